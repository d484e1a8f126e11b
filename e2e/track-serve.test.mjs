// From what a person does in a browser to the list of whom to contact today, through the product as
// it is delivered. An answer means counted, so nothing here waits.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Analytics } from "@segment/analytics-node";
import { person, startBrowser } from "./support/browser.mjs";
import { startProduct } from "./support/product.mjs";
import { startSite } from "./support/site.mjs";

let product, site, browser;
before(async () => {
  product = await startProduct();
  const head = `<script async src="${product.url}/k.js" data-key="${product.key}"></script>`;
  site = await startSite(product.url, { "/": { head, title: "トップ" }, "/price/": { head, title: "料金" } });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await product?.stop();
});

test("an SDK's quote request makes somebody hot", { timeout: 120_000 }, async () => { // T03, T05
  const analytics = new Analytics({ writeKey: product.key, host: product.url });
  analytics.identify({ userId: "u1", traits: { email: "taro@alpha.example" } });
  analytics.track({ userId: "u1", event: "quote_requested" });
  await analytics.closeAndFlush();
  const item = (await product.today()).get("taro@alpha.example");
  assert.equal(item?.lead.temperature, "hot");
  assert.ok(item.why.length > 0);
});

test("what a visitor did before it became known counts for the lead", { timeout: 120_000 }, async () => { // T06
  const context = await browser.newContext({ userAgent: person });
  const page = await context.newPage();
  /** Waits for the answer to a hit of k.js: from then on it is counted. */
  const hit = (path) => page.waitForEvent("requestfinished", (r) => r.url() === `${product.url}/v1/${path}`);
  let answered = hit("p");
  await page.goto(`${site.url}/price/`);
  await answered;
  assert.equal((await product.today()).has("hanako@beta.example"), false);
  answered = hit("i");
  await page.evaluate(() => kizashi.identify({ email: "hanako@beta.example" }));
  await answered;
  const item = (await product.today()).get("hanako@beta.example");
  assert.equal(item?.lead.temperature, "hot");
  await context.close();
});

test("a robot's visit counts for nothing", { timeout: 120_000 }, async () => {
  const context = await browser.newContext(); // says that it is headless
  const page = await context.newPage();
  let answered = page.waitForEvent("requestfinished", (r) => r.url() === `${product.url}/v1/p`);
  await page.goto(`${site.url}/price/`);
  await answered;
  answered = page.waitForEvent("requestfinished", (r) => r.url() === `${product.url}/v1/i`);
  await page.evaluate(() => kizashi.identify({ email: "robot@gamma.example" }));
  await answered;
  assert.notEqual((await product.today()).get("robot@gamma.example")?.lead.temperature, "hot");
  await context.close();
});

test("the state is what the log says", { timeout: 120_000 }, async () => {
  await product.verify(); // fails with another exit code than 0
});
