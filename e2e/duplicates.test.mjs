// Two leads that may be one person: seen side by side, merged, both histories on one page, and two again. And the
// page of a lead follows what a colleague does, while the person goes on typing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startDemo } from "./support/product.mjs";
import { accessible, closeWindow, enterDemo, openWindow, small, wide } from "./support/window.mjs";

let demo, browser;
before(async () => ([demo, browser] = await Promise.all([startDemo(300, 30), startBrowser()])));
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const inside = "nagao@kizashi.example";
const admin = "takizawa@kizashi.example";

/** Writes a note on a lead, on its page. */
async function note(page, path, text) {
  await page.goto(demo.url + path);
  const form = page.locator("form.lead-log");
  await form.locator('input[name="kind"][value="note"]').check();
  await form.locator("textarea").fill(text);
  await form.locator("button.primary").click();
  await page.locator("#timeline", { hasText: text }).waitFor();
}

test("a suggestion side by side, merged and two again, with both histories (P04)", async () => {
  const page = await openWindow(browser, { ...wide, locale: "ja" });
  await enterDemo(page, demo.url, inside, "/duplicates");
  const card = page.locator("section.card", { has: page.locator('input[name="winner"]') }).first();
  const [one, two] = await Promise.all([0, 1].map((i) => card.locator("thead a").nth(i).getAttribute("href")));
  await note(page, one, "左の人の記録");
  await note(page, two, "右の人の記録");

  await page.goto(`${demo.url}/duplicates`);
  const pair = page.locator("section.card", { has: page.locator(`thead a[href="${one}"]`) }).filter({ has: page.locator(`thead a[href="${two}"]`) });
  await pair.getByRole("button").first().click();
  await page.locator("#notice [data-undo]").waitFor();
  await page.goto(demo.url + two); // leads to the one that stays
  assert.equal(new URL(page.url()).pathname, one);
  for (const text of ["左の人の記録", "右の人の記録"]) await page.locator("#timeline", { hasText: text }).waitFor();

  await page.locator(`form[action="${two}/unmerge"] button`).click();
  await page.locator("#notice .notice").waitFor();
  await page.goto(demo.url + two);
  assert.equal(new URL(page.url()).pathname, two);
  const timeline = await page.locator("#timeline").textContent();
  assert.ok(timeline.includes("右の人の記録") && !timeline.includes("左の人の記録"), "the histories were not parted");
  await closeWindow(page);
});

test("the page of a lead follows a colleague, and what is being typed stays (T08)", async () => {
  const [page, colleague] = [await openWindow(browser, { ...wide, locale: "ja" }), await openWindow(browser, { ...wide, locale: "ja" })];
  await enterDemo(page, demo.url, inside, "/?view=team");
  const path = `/leads/${await page.locator("#todo .row").first().getAttribute("data-lead")}`;
  const stream = page.waitForResponse((r) => r.url().includes("/live?lead="));
  await page.goto(demo.url + path);
  await stream;
  const draft = page.locator("form.lead-log textarea");
  await draft.fill("書きかけの");
  await enterDemo(colleague, demo.url, admin, "/");
  await note(colleague, path, "同僚が電話しました");
  await page.locator("#timeline", { hasText: "同僚が電話しました" }).waitFor();
  await page.keyboard.type("メモ");
  assert.equal(await draft.inputValue(), "書きかけのメモ");
  await closeWindow(colleague);
  await closeWindow(page);
});

test("the pages are accessible and fit a phone", async () => {
  const page = await openWindow(browser, small);
  await enterDemo(page, demo.url, inside, "/duplicates");
  await accessible(page, demo.url, "/duplicates");
  await closeWindow(page);
});
