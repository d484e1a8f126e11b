// Today in a real browser: worked through by keyboard, live, and with a network that fails.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startDemo } from "./support/product.mjs";
import { accessible, closeWindow, enterDemo, openWindow, small, wide } from "./support/window.mjs";

const inside = "nagao@kizashi.example";

let demo, browser;
before(async () => {
  demo = await startDemo();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const rows = (page) => page.locator("#todo .row");
const current = (page) => page.locator('#todo .row[aria-current="true"]');

test("the list is worked through by keyboard, and undone", { timeout: 120_000 }, async () => { // L07, L10
  const page = await openWindow(browser, wide);
  await enterDemo(page, demo.url, inside);
  const before = await rows(page).count();
  assert.ok(before > 2);
  const second = await rows(page).nth(1).getAttribute("data-lead");
  await page.keyboard.press("j");
  assert.equal(await current(page).getAttribute("data-lead"), second);
  await page.keyboard.press("2"); // no answer
  await page.locator("#notice .notice").waitFor();
  assert.equal(await page.locator(`#todo [data-lead="${second}"]`).count(), 0);
  await page.keyboard.press("u");
  await page.locator(`#todo [data-lead="${second}"]`).waitFor();
  await page.keyboard.press("7"); // too early: asks when
  const ask = page.locator("#ask");
  await ask.locator("[name=when]").waitFor();
  await page.keyboard.press("Escape");
  await ask.waitFor({ state: "hidden" });
  await page.keyboard.press("n");
  await ask.locator("[name=note]").fill("asked for a quote in writing");
  await ask.locator("button.primary").click();
  await page.locator("#notice .notice").waitFor();
  await closeWindow(page);
});

test("a hot lead appears without a reload", { timeout: 120_000 }, async () => { // T08
  const page = await openWindow(browser, wide);
  await enterDemo(page, demo.url, inside);
  await page.goto(`${demo.url}/?view=unassigned`);
  const { key } = JSON.parse(await demo.run("key", "add", "--name", "web", "--role", "track", "--json"));
  await page.evaluate(() => document.body.setAttribute("data-same", "yes"));
  const sent = await fetch(`${demo.url}/v1/batch`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` },
    body: JSON.stringify({ batch: [
      { type: "identify", messageId: "live-1", userId: "live", traits: { email: "hikari@sora.example", name: "空野 ひかり", company: { name: "株式会社そらの" } } },
      { type: "track", messageId: "live-2", userId: "live", event: "quote_requested" },
    ] }),
  });
  assert.equal(sent.status, 200);
  await page.getByRole("link", { name: "空野 ひかり" }).first().waitFor();
  assert.equal(await page.evaluate(() => document.body.getAttribute("data-same")), "yes");
  await closeWindow(page);
});

test("a network that fails says so, and loses nothing", { timeout: 120_000 }, async () => {
  const page = await openWindow(browser, wide);
  await enterDemo(page, demo.url, inside);
  const count = await rows(page).count();
  await page.context().setOffline(true);
  await page.keyboard.press("2");
  await page.locator("#notice .bad").waitFor();
  assert.equal(await rows(page).count(), count);
  await page.context().setOffline(false);
  page.faults.length = 0; // the browser itself complained of the network
  await page.keyboard.press("2");
  await page.locator("#notice .notice:not(.bad)").waitFor();
  await closeWindow(page);
});

test("Today is in nobody's way", { timeout: 300_000 }, async () => {
  for (const options of [small, wide]) {
    const page = await openWindow(browser, options);
    await enterDemo(page, demo.url, inside);
    for (const path of ["/", "/?view=team", "/duplicates", "/help"]) await accessible(page, demo.url, path);
    await closeWindow(page);
  }
});
