// Makes the pictures of the README from the demo: `make screenshots`. Not a test.
import { mkdirSync } from "node:fs";
import { startBrowser } from "./support/browser.mjs";
import { startDemo } from "./support/product.mjs";
import { enterDemo } from "./support/window.mjs";

const folder = new URL("../docs/screens/", import.meta.url).pathname;
mkdirSync(folder, { recursive: true });
const demo = await startDemo(1500, 90);
const browser = await startBrowser();

/** Opens a page as somebody of the demo's team, and keeps what it looks like. */
async function picture(name, email, path, options = {}, act = async () => {}) {
  const context = await browser.newContext({ locale: "ja", viewport: { width: 1280, height: 820 }, ...options });
  const page = await context.newPage();
  await enterDemo(page, demo.url, email, path);
  await act(page);
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: `${folder}${name}.png` });
  await context.close();
  console.log(`docs/screens/${name}.png`);
}

const [inside, marketing] = ["nagao@kizashi.example", "morishita@kizashi.example"];
const phone = { viewport: { width: 390, height: 844 } };
const filter = 'lead.fit in ["A", "B"] && (count("price_view", days(14)) >= 1 || did("document_requested", days(30)))';
const firstLead = async (page) => {
  await page.locator("#todo .row a.name").first().click();
  await page.waitForURL("**/leads/*");
};

try {
  await picture("today", inside, "/", {}, (page) => page.locator("#panel-content").waitFor());
  await picture("today-phone", inside, "/", { ...phone, colorScheme: "dark" });
  await picture("lead", inside, "/", {}, firstLead);
  await picture("leads", marketing, `/leads?filter=1&sort=-engagement&rule=${encodeURIComponent(filter)}`, {}, (page) =>
    page.locator(".rulebuilder select").first().waitFor());
} finally {
  await browser.close();
  await demo.stop();
}
