// The real @segment/analytics-next in a real browser against the door, unchanged.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { build } from "esbuild";
import { person, startBrowser } from "./support/browser.mjs";
import { startDoor } from "./support/door.mjs";
import { startSite } from "./support/site.mjs";

let door, site, browser;
before(async () => {
  door = await startDoor();
  // As a customer bundles it; only the address of the server is ours.
  const bundle = async (load) => {
    const contents = `import { AnalyticsBrowser } from "@segment/analytics-next"; window.analytics = AnalyticsBrowser.load(${load});`;
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: new URL("..", import.meta.url).pathname },
      bundle: true, write: false, format: "iife", define: { "process.env.NODE_ENV": '"production"' },
    });
    return { script: outputFiles[0].text };
  };
  const host = new URL(door.url).host;
  site = await startSite(door.url, {
    "/": { head: '<script src="/one.js"></script>', title: "価格" },
    "/batch": { head: '<script src="/batch.js"></script>' },
    "/one.js": await bundle(`{ writeKey: "wk", cdnURL: "${door.url}" }`),
    "/batch.js": await bundle(
      `{ writeKey: "wk", cdnSettings: { integrations: { "Segment.io": { apiKey: "wk" } } } },
       { integrations: { "Segment.io": { apiHost: "${host}/v1", protocol: "http", deliveryStrategy: { strategy: "batching", config: { size: 2 } } } } }`,
    ),
  });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await door?.stop();
});

const open = async (path, options = { userAgent: person, locale: "ja-JP" }) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (e) => errors.push(String(e)));
  page.on("console", (m) => m.type() === "error" && !/favicon/.test(m.location().url) && errors.push(m.text()));
  await page.goto(site.url + path);
  return { page, errors, close: () => context.close() };
};

test("analytics-next needs nothing but the address", { timeout: 60_000 }, async () => {
  const { page, errors, close } = await open("/?utm_source=news&utm_medium=email&utm_campaign=spring");
  await page.evaluate(async () => {
    await analytics.page("Price");
    await analytics.track("document_requested", { document: "catalogue" });
    await analytics.identify("u1", { email: "taro@example.jp" });
    await analytics.group("g1", { name: "例株式会社" });
  });
  const view = await door.until((m) => m.Kind === "page_view");
  assert.match(view.Subject, /utm_source=news/);
  assert.equal(view.Channel, "mail");
  assert.equal(view.Props.utm_campaign, "spring");
  assert.equal(view.Props.title, "価格");
  assert.equal(view.Props.locale, "ja-JP");
  assert.equal(view.Props.user_agent, person);
  assert.equal(view.Class, 0);
  const request = await door.until((m) => m.Kind === "document_requested");
  assert.equal(request.Visitor, view.Visitor);
  assert.equal(request.Subject, "catalogue");
  const known = await door.until((m) => m.Email === "taro@example.jp");
  assert.equal(known.Visitor, view.Visitor);
  assert.equal((await door.until((m) => m.Traits?.company)).Traits.company, "例株式会社");
  assert.deepEqual(errors, []);
  await close();
});

test("analytics-next ties an anonymous visitor to a user by alias", { timeout: 60_000 }, async () => {
  door.clear();
  const { page, close } = await open("/");
  await page.evaluate(() => analytics.track("before"));
  await page.evaluate(() => analytics.alias("u2"));
  const { Visitor } = await door.until((m) => m.Kind === "before");
  assert.equal((await door.until((m) => m.User === "u2")).Visitor, Visitor);
  await close();
});

test("analytics-next in batches", { timeout: 60_000 }, async () => {
  door.clear();
  const { page, errors, close } = await open("/batch");
  await page.evaluate(async () => {
    analytics.track("one");
    analytics.track("two");
  });
  await door.until((m) => m.Kind === "one");
  await door.until((m) => m.Kind === "two");
  assert.deepEqual(errors, []);
  await close();
});

test("a headless browser is classed as a bot, and kept", { timeout: 60_000 }, async () => {
  door.clear();
  const { page, close } = await open("/", {});
  await page.evaluate(() => analytics.track("crawled"));
  assert.equal((await door.until((m) => m.Kind === "crawled")).Class, 1);
  await close();
});
