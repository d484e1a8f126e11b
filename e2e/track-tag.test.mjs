// k.js in a real browser, on pages of another origin with a strict content security policy.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { person, startBrowser } from "./support/browser.mjs";
import { startDoor } from "./support/door.mjs";
import { startSite } from "./support/site.mjs";

let door, site, browser;
before(async () => {
  door = await startDoor();
  const tag = (attributes) => `<script async src="${door.url}/k.js" data-key="wk" ${attributes}></script>`;
  site = await startSite(door.url, {
    "/": {
      title: "トップ",
      head: tag(""),
      body: `<a id="pdf" href="/files/catalogue.pdf?x=1">カタログ</a> <a id="page" href="/other">次</a>
        <a id="mail" href="mailto:sales@example.jp">メール</a> <a id="tel" href="tel:0312345678"><b id="number">03-1234-5678</b></a>
        <button id="named" data-kizashi="whitepaper_downloaded">資料</button>`,
    },
    "/other": { title: "次", head: tag("") },
    "/consent": { head: tag('data-consent="required"') },
    "/dnt": { head: tag("data-dnt") },
    "/queue": { head: `<script src="/queue.js"></script>${tag("")}` },
    "/queue.js": { script: "(window.kizashi ||= []).push(['track', 'early', { n: 1 }]);" },
    "/noscript": { body: `<noscript><img src="${door.url}/p.gif?key=wk&id=px1&amp;url=https://www.example.jp/nojs" alt=""></noscript>` },
  });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await door?.stop();
});

const open = async (path, options = {}, prepare = async () => {}) => {
  door.clear();
  const context = await browser.newContext({ userAgent: person, locale: "ja-JP", ...options });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (e) => errors.push(String(e)));
  page.on("console", (m) => m.type() === "error" && !/favicon|\/files\//.test(m.location().url) && errors.push(m.text()));
  await prepare(page);
  await page.goto(site.url + path, { waitUntil: "load" });
  return { page, context, errors };
};

test("page views, also where a script changes the address", { timeout: 60_000 }, async () => { // T18
  const { page, context, errors } = await open("/?utm_medium=cpc&utm_source=g");
  const first = await door.until((m) => m.Kind === "page_view");
  assert.equal(first.Subject, `${site.url}/?utm_medium=cpc&utm_source=g`);
  assert.equal(first.Channel, "ad");
  assert.equal(first.Props.title, "トップ");
  assert.equal(first.Props.user_agent, person);
  assert.equal(first.Class, 0);
  assert.ok(Math.abs(first.At - Date.now()) < 60_000);

  await page.evaluate(() => {
    history.pushState({}, "", "/app/two");
    document.title = "二";
  });
  const second = await door.until((m) => m.Subject.endsWith("/app/two"));
  assert.equal(second.Props.title, "二");
  assert.equal(second.Props.referrer, first.Subject);
  assert.equal(second.Visitor, first.Visitor);
  await page.evaluate(() => history.replaceState({}, "", "/app/two#part")); // the same page
  await page.evaluate(() => history.pushState({}, "", "#/route"));
  await door.until((m) => m.Subject.endsWith("/app/two#/route"));
  await page.goBack();
  await door.until((m, i) => i > 2 && m.Subject.endsWith("/app/two"));
  assert.equal(door.messages.length, 4);

  await page.goto(`${site.url}/other`);
  const other = await door.until((m) => m.Subject.endsWith("/other"));
  assert.equal(other.Visitor, first.Visitor, "the cookie knows the visitor again");
  const cookie = (await context.cookies()).find((c) => c.name === "kz_id");
  assert.equal(cookie.value, first.Visitor);
  assert.equal(cookie.sameSite, "Lax");
  assert.equal(new URL(site.url).hostname, cookie.domain, "a cookie of the page's own site");
  assert.deepEqual(errors, []);
  await context.close();
});

test("clicks on files, addresses, numbers and named things", { timeout: 60_000 }, async () => { // T13
  const { page, context, errors } = await open("/");
  await door.until((m) => m.Kind === "page_view");
  await page.evaluate(() => {
    document.addEventListener("click", (e) => e.preventDefault()); // stay on the page
    for (const id of ["page", "mail", "number", "named", "pdf"]) document.getElementById(id).click();
  });
  const file = await door.until((m) => m.Kind === "file_downloaded");
  assert.equal(file.Subject, `${site.url}/files/catalogue.pdf?x=1`);
  assert.equal(file.Props.text, "カタログ");
  await door.until((m) => m.Kind === "mail_link_clicked");
  assert.equal((await door.until((m) => m.Kind === "phone_link_clicked")).Subject, "tel:0312345678");
  await door.until((m) => m.Kind === "whitepaper_downloaded");
  assert.equal(door.messages.length, 5);
  assert.deepEqual(errors, []);
  await context.close();
});

test("a click that leaves the page is not lost", { timeout: 60_000 }, async () => {
  const { page, context } = await open("/");
  await door.until((m) => m.Kind === "page_view");
  await page.evaluate(() => {
    kizashi.track("leaving");
    location.href = "/other";
  });
  await door.until((m) => m.Kind === "leaving");
  await door.until((m) => m.Subject.endsWith("/other"));
  await context.close();
});

test("identify, track and calls before the tag is there", { timeout: 60_000 }, async () => {
  const { page, context, errors } = await open("/queue");
  const early = await door.until((m) => m.Kind === "early");
  assert.equal(early.Props.n, 1);
  await page.evaluate(() => {
    kizashi.track("quote_requested", { plan: "pro" });
    kizashi.identify({ email: "taro@example.jp", company: { name: "例株式会社" } });
    kizashi.identify("u1", { title: "部長" });
  });
  const quote = await door.until((m) => m.Kind === "quote_requested"); // T05
  assert.equal(quote.Props.plan, "pro");
  const known = await door.until((m) => m.Email === "taro@example.jp");
  assert.equal(known.Visitor, early.Visitor);
  assert.equal(known.Traits.company, "例株式会社");
  assert.equal((await door.until((m) => m.User === "u1")).Traits.title, "部長");
  await page.evaluate(() => {
    kizashi.reset();
    kizashi.track("after_reset");
  });
  assert.notEqual((await door.until((m) => m.Kind === "after_reset")).Visitor, early.Visitor);
  assert.deepEqual(errors, []);
  await context.close();
});

/** Says that everything sent so far has arrived: what the tag holds back would have come before it. */
const flush = async (page) => {
  await page.evaluate(
    (url) => fetch(`${url}/v1/t`, { method: "POST", body: JSON.stringify({ writeKey: "wk", event: "mark", anonymousId: "mark" }) }),
    door.url,
  );
  await door.until((m) => m.Kind === "mark");
  return door.messages.filter((m) => m.Kind !== "mark");
};

test("without consent no cookie and no hit; with it everything", { timeout: 60_000 }, async () => {
  const { page, context } = await open("/consent");
  await page.evaluate(() => kizashi.track("before"));
  assert.deepEqual(await flush(page), []);
  assert.deepEqual(await context.cookies(), []);

  await page.evaluate(() => kizashi.consent(true));
  const view = await door.until((m) => m.Kind === "page_view");
  assert.equal((await door.until((m) => m.Kind === "before")).Visitor, view.Visitor);

  door.clear();
  await page.reload({ waitUntil: "load" });
  assert.equal((await door.until((m) => m.Kind === "page_view")).Visitor, view.Visitor, "the choice is remembered");

  door.clear();
  await page.evaluate(() => {
    kizashi.consent(false);
    kizashi.track("after");
  });
  assert.deepEqual(await flush(page), []);
  assert.deepEqual((await context.cookies()).map((c) => c.name), ["kz_c"]);
  door.clear();
  await page.reload({ waitUntil: "load" });
  assert.deepEqual(await flush(page), []);
  await context.close();
});

test("who says do-not-track is left alone where that is wanted", { timeout: 60_000 }, async () => {
  for (const signal of ["doNotTrack", "globalPrivacyControl"]) {
    const { page, context } = await open("/dnt", {}, (p) =>
      p.addInitScript((name) => Object.defineProperty(navigator, name, { value: name === "doNotTrack" ? "1" : true }), signal));
    await page.evaluate(() => kizashi.track("x"));
    assert.deepEqual(await flush(page), []);
    assert.deepEqual(await context.cookies(), []);
    await context.close();
  }
  const { context } = await open("/dnt");
  await door.until((m) => m.Kind === "page_view");
  await context.close();
});

test("without sendBeacon, fetch", { timeout: 60_000 }, async () => {
  const { context, errors } = await open("/", {}, (p) =>
    p.addInitScript(() => Object.defineProperty(navigator, "sendBeacon", { value: undefined })));
  await door.until((m) => m.Kind === "page_view");
  assert.deepEqual(errors, []);
  await context.close();
});

test("without JavaScript, the picture", { timeout: 60_000 }, async () => {
  const { context } = await open("/noscript", { javaScriptEnabled: false });
  const view = await door.until((m) => m.Kind === "page_view");
  assert.equal(view.Visitor, "px1");
  assert.equal(view.Subject, "https://www.example.jp/nojs");
  await context.close();
});
