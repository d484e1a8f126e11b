// An import in a real browser whose server dies in the middle of it: it goes on by itself, and nobody comes twice.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startProduct } from "./support/product.mjs";
import { closeWindow, openWindow, setUp, wide } from "./support/window.mjs";

const people = 20_000;
const file = {
  name: "展示会.csv",
  mimeType: "text/csv",
  buffer: Buffer.from(
    "会社名,氏名,メールアドレス\n" +
      Array.from({ length: people }, (_, n) => `第${n % 500}製作所,山田 ${n}号,p${n}@c${n % 500}.example\n`).join(""),
  ),
};

let product, browser;
before(async () => {
  product = await startProduct();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

test("an import goes on after its server was killed", { timeout: 120_000 }, async () => { // M06
  const page = await openWindow(browser, { ...wide, locale: "ja" });
  await setUp(page, product);

  await page.goto(`${product.url}/imports`);
  await page.setInputFiles("#file", file);
  await page.locator("#draft").waitFor();
  await page.locator('input[name=basis][value="card"]').check();
  await page.locator("button[form=draft].primary").click();
  await page.waitForURL(/\/imports\/\w+$/);
  const result = page.url();
  await page.goto("about:blank"); // nobody looks while the server is gone
  await product.kill();
  const before = JSON.parse(await product.run("verify", "--json"));
  assert.ok(before, "the folder is whole");

  await product.serve();
  await page.goto(result); // the session is still good
  await page.locator('a.primary[href="/?view=team"]').waitFor({ timeout: 90_000 });
  assert.match(await page.locator("main").innerText(), new RegExp(people.toLocaleString("ja")));
  await closeWindow(page);
});
