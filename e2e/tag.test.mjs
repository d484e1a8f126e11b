// The tag in a real browser: made on one page, put on a site, and its first hit arrives while one looks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { person, startBrowser } from "./support/browser.mjs";
import { startDemo } from "./support/product.mjs";
import { startSite } from "./support/site.mjs";
import { closeWindow, enterDemo, openWindow, small, wide } from "./support/window.mjs";

const admin = "takizawa@kizashi.example";

let demo, browser;
before(async () => {
  demo = await startDemo(20, 5);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

test("the first hit arrives without a reload", { timeout: 40_000 }, async () => {
  const page = await openWindow(browser, { ...wide, locale: "ja" });
  await enterDemo(page, demo.url, admin, "/settings/tracking");
  assert.equal(await page.getByText("<script").count(), 0); // nothing to paste that holds no key
  await page.locator('main a[href="/start/tag"]').click();
  await page.fill("#site", "www.aozora.example");
  await page.locator('form[action="/start/tag"] button').click();
  const snippet = await page.locator("#snippet").innerText();
  assert.match(snippet, /^<script async src="http\S+\/k\.js" data-key="kz_\w+"><\/script>$/);
  await page.evaluate(() => (window.still = true));

  const site = await startSite(demo.url, { "/": { title: "青空製作所", head: snippet } });
  const visitor = await openWindow(browser, { userAgent: person });
  await visitor.goto(`${site.url}/`);
  await page.locator("#hits.arrived", { hasText: site.url }).waitFor();
  assert.equal(await page.evaluate(() => window.still), true); // the page was not loaded again
  await closeWindow(visitor);
  await closeWindow(page);
  await site.stop();
});

test("the menu of a phone begins closed, that of a desk open; without a script too", { timeout: 40_000 }, async () => {
  for (const javaScriptEnabled of [true, false]) {
    for (const [size, shown] of [[small, false], [wide, true]]) {
      const page = await openWindow(browser, { ...size, javaScriptEnabled });
      await enterDemo(page, demo.url, admin);
      const link = page.locator('.contents .menu a[href="/leads"]');
      assert.equal(await link.isVisible(), shown, `script ${javaScriptEnabled}, ${size.viewport.width} px`);
      if (!shown) await page.locator(".contents summary").click();
      await link.click();
      await page.waitForURL(`${demo.url}/leads**`);
      await closeWindow(page);
    }
  }
});
