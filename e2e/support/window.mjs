// Windows of a real browser onto the screens.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export const small = { viewport: { width: 390, height: 844 }, bypassCSP: true };
export const wide = { viewport: { width: 1280, height: 820 }, bypassCSP: true };

/** A browser window of its own; faults in the console fail the test that opened it. */
export async function openWindow(browser, options = {}) {
  const context = await browser.newContext({ locale: "en", ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && !/status of 4/.test(message.text()) && page.faults.push(message.text()));
  return page;
}

export async function closeWindow(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

/** Makes the first account of an empty installation by the link that the server printed, and comes to Today. */
export async function setUp(page, product) {
  await page.goto(product.setup);
  for (const [name, value] of Object.entries({ company: "兆し株式会社", name: "田中 花子", email: "tanaka@kizashi.example", password: "shinjuku-3-chome-tram" }))
    await page.fill(`[name=${name}]`, value);
  await page.click("main button");
  await page.waitForURL(`${product.url}/`);
}

/** Signs in at a demonstration as one of its team, by mail address. */
export async function enterDemo(page, url, email, next = "/") {
  await page.goto(`${url}/sign-in?next=${encodeURIComponent(next)}`);
  await page.locator("form", { has: page.locator(`input[value="${email}"]`) }).locator("button").click();
  await page.waitForURL(`${url}${next}`);
}

/** No fault that axe calls serious, nothing wider than the screen: in light and dark and both languages, or without a path the page as it stands. */
export async function accessible(page, url, path) {
  for (const lang of ["ja", "en"]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      if (path) await page.goto(`${url}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
      if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: axe });
      const { violations } = await page.evaluate(() => window.axe.run());
      const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
      assert.deepEqual(serious.map((v) => `${path} ${lang} ${colorScheme} ${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${path} is wider than the screen`);
      if (!path) return;
    }
  }
}

/** The address of the first link on a page that has a shape. */
export async function firstLink(page, address, pattern) {
  await page.goto(address);
  const links = await page.locator("main a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  return links.find((href) => pattern.test(href));
}
