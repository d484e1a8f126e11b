// The settings in a real browser: what is changed is said and can be taken back; every section is accessible.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startDemo } from "./support/product.mjs";
import { accessible, closeWindow, enterDemo, openWindow, small, wide } from "./support/window.mjs";

const admin = "takizawa@kizashi.example";
const viewer = "shirota@kizashi.example";

let demo, browser;
before(async () => {
  demo = await startDemo(60, 10);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

test("a value is saved, said, and taken back", { timeout: 60_000 }, async () => {
  const page = await openWindow(browser, wide);
  await enterDemo(page, demo.url, admin, "/settings/work");
  const minutes = page.locator('form[action$="answer_minutes"]');
  const former = await minutes.locator("input").inputValue();
  await minutes.locator("input").fill("45");
  await minutes.locator("button").click();
  await page.locator("#notice .notice").waitFor();
  assert.equal(await minutes.locator("input").inputValue(), "45");
  await page.locator("#notice button[data-undo]").click();
  await page.waitForFunction((was) => document.querySelector('form[action$="answer_minutes"] input').value === was, former);
  await closeWindow(page);
});

test("an invitation is made and its link shown once", { timeout: 60_000 }, async () => {
  const page = await openWindow(browser, wide);
  await enterDemo(page, demo.url, admin, "/settings/people");
  await page.locator('input[name="email"]').fill("new@kizashi.example");
  await page.locator('form[action="/settings/people"] button.primary').click();
  assert.match(await page.locator(".fresh input").inputValue(), /\/join\//);
  await page.goto(`${demo.url}/settings/people`);
  assert.equal(await page.locator(".fresh").count(), 0);
  await page.getByText("new@kizashi.example").first().waitFor();
  await closeWindow(page);
});

test("every section is accessible, also on a phone", { timeout: 240_000 }, async () => {
  const page = await openWindow(browser, small);
  await enterDemo(page, demo.url, admin, "/settings");
  const sections = await page.locator("main a").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
  assert.equal(sections.length, 16);
  for (const path of ["/settings", ...sections]) await accessible(page, demo.url, path);
  await page.goto(`${demo.url}/settings/people`);
  await accessible(page, demo.url, await page.locator("tbody a").first().getAttribute("href"));
  await page.goto(`${demo.url}/settings/keys`);
  const key = await page.locator("tbody th a").first().getAttribute("href");
  await accessible(page, demo.url, `${key}?from=2020-01-01T00:00&until=`);
  await closeWindow(page);
});

test("a viewer sees and does not change", { timeout: 60_000 }, async () => {
  const page = await openWindow(browser, wide);
  await enterDemo(page, demo.url, viewer, "/settings/company");
  assert.equal(await page.locator('main form[method="post"]').count(), 0);
  assert.equal((await page.goto(`${demo.url}/settings/audit`)).status(), 403);
  await closeWindow(page);
});

test("own domains reach the leads that are there, and the way back too", { timeout: 90_000 }, async () => {
  const page = await openWindow(browser, wide);
  await enterDemo(page, demo.url, admin, "/leads?view=all&lang=en");
  const lead = await page.locator('a[href^="/leads/"].name').first().getAttribute("href");
  await page.goto(`${demo.url}${lead}/edit`);
  const domain = (await page.locator('input[name="email"]').inputValue()).split("@")[1];
  const excluded = page.locator('select[name="excluded"]');
  assert.equal(await excluded.inputValue(), "");
  const obeyed = async (value) => {
    await page.locator("#notice .notice").waitFor();
    await page.waitForFunction(() => !document.querySelector("#walk section"), null, { timeout: 30_000 });
    await page.goto(`${demo.url}${lead}/edit`);
    assert.equal(await excluded.inputValue(), value);
  };
  await page.goto(`${demo.url}/settings/domains`);
  await page.locator('form[action$="own_domains"] textarea').fill(domain);
  await page.locator('form[action$="own_domains"] button').click();
  await obeyed("own");
  await page.goto(`${demo.url}/settings/domains`);
  await page.locator('form[action$="own_domains"] textarea').fill("");
  await page.locator('form[action$="own_domains"] button').click();
  await obeyed("");
  await closeWindow(page);
});
