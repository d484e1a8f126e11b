// Every screen of the way through the product: in nobody's way, and behind the walls of the roles.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startDemo } from "./support/product.mjs";
import { accessible, closeWindow, enterDemo, firstLink, openWindow, small, wide } from "./support/window.mjs";

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

for (const [name, options] of Object.entries({ wide, small })) {
  test(`no screen is in anybody's way, ${name}`, { timeout: 300_000 }, async () => {
    const page = await openWindow(browser, options);
    await enterDemo(page, demo.url, "takizawa@kizashi.example");
    const paths = await page.locator(".contents li a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    assert.ok(paths.length >= 9, paths.join(" "));
    const lead = await first(page, "/leads?view=all", /^\/leads\/[0-9a-z]{13}$/);
    paths.push("/start", lead, `${lead}/score`);
    paths.push(await first(page, "/companies", /^\/companies\/[0-9a-z]{13}$/), await first(page, "/segments", /^\/segments\/[0-9a-z]{13}$/));
    for (const path of paths) await accessible(page, demo.url, path);
    await closeWindow(page);
  });
}

test("walls between the roles", { timeout: 120_000 }, async () => { // S18
  const page = await openWindow(browser, wide);
  await page.goto(`${demo.url}/leads?view=all`);
  assert.match(page.url(), /sign-in/); // a stranger comes to the door
  await page.locator("form", { has: page.locator('input[value="shirota@kizashi.example"]') }).locator("button").click();
  await page.waitForURL(/\/leads\?view=all/); // and afterwards to where they wanted to go
  const lead = await first(page, "/leads?view=all", /^\/leads\/[0-9a-z]{13}$/);
  await page.goto(`${demo.url}${lead}`);
  assert.equal(await page.locator("main form[method=post]").count(), 0); // a viewer is shown nothing to change
  assert.equal((await page.goto(`${demo.url}/settings/audit`)).status(), 403);
  const answer = await page.request.post(`${demo.url}${lead}/status`, { form: { status: "talked" } });
  assert.equal(answer.status(), 403);
  await closeWindow(page);
});
