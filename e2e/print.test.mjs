// On paper: nothing to click or to fill in, and nothing cut off.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startDemo } from "./support/product.mjs";
import { closeWindow, enterDemo, firstLink, openWindow } from "./support/window.mjs";

/** A4 with Chromium's margins of 1 cm, in CSS pixels. */
const paper = { viewport: { width: 718, height: 1040 }, bypassCSP: true };

let demo, browser;
before(async () => {
  demo = await startDemo(120, 20);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const first = (page, path, pattern) => firstLink(page, `${demo.url}${path}`, pattern);

/** What would be printed and is of no use on paper, and what would be cut. */
const wrong = () => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const name = (e) => e.outerHTML.slice(0, 120).replace(/\s+/g, " ");
  const found = [];
  for (const e of document.querySelectorAll("nav, dialog, button, input:not([type=hidden]), select, textarea"))
    if (seen(e) && !(e.matches(".lead-fields select") && getComputedStyle(e).borderStyle === "none")) found.push(`printed: ${name(e)}`);
  for (const e of document.querySelectorAll(".lead-fields select"))
    if (!seen(e)) found.push(`not told: ${name(e)}`); // who owns the lead and what its work has come to is set there
  for (const e of document.querySelectorAll("main, main *"))
    if (seen(e) && e.scrollWidth > e.clientWidth + 1 && !["visible", "clip"].includes(getComputedStyle(e).overflowX)
      && getComputedStyle(e).textOverflow !== "ellipsis" && e.clientWidth > 2) found.push(`cut: ${name(e)}`);
  if (document.documentElement.scrollWidth > window.innerWidth) found.push(`wider than paper: ${document.documentElement.scrollWidth}`);
  return found;
};

test("Today, lead, leads, company, segment and model on paper", { timeout: 120_000 }, async () => {
  const page = await openWindow(browser, paper);
  await enterDemo(page, demo.url, "takizawa@kizashi.example");
  const paths = ["/?view=all", "/leads?view=all", "/model", "/segments", "/companies",
    await first(page, "/leads?view=all", /^\/leads\/[0-9a-z]{13}$/),
    await first(page, "/companies", /^\/companies\/[0-9a-z]{13}$/), await first(page, "/segments", /^\/segments\/[0-9a-z]{13}$/)];
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const found = [];
  for (const path of paths) {
    await page.goto(`${demo.url}${path}`);
    for (const fault of await page.evaluate(wrong)) found.push(`${path} ${fault}`);
    const [back, ink] = await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]);
    assert.deepEqual([back, ink], ["rgb(255, 255, 255)", "rgb(0, 0, 0)"], path);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/print${paths.indexOf(path)}.png`, fullPage: true });
  }
  assert.deepEqual(found, []);
  await closeWindow(page);
});
