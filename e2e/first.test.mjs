// The first fifteen minutes in a real browser: from an empty folder to whom to contact today, and back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startProduct } from "./support/product.mjs";
import { closeWindow, openWindow, setUp, wide } from "./support/window.mjs";

let product, browser;
before(async () => {
  product = await startProduct();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

// As Excel saves "Unicode text", with one bad row.
const file = {
  name: "名刺.csv",
  mimeType: "text/csv",
  buffer: Buffer.from(
    "\ufeff会社名,部署,役職,氏名,メールアドレス,電話番号\r\n" +
      "株式会社青空製作所,情報システム部,部長,山田 太郎,taro@aozora.example,03-1234-5678\r\n" +
      "みどり物流株式会社,経営企画部,課長,鈴木 花子,hanako@midori.example,\r\n" +
      "はまかぜ銀行,総務部,主任,渡邉 美咲,not-a-mail,\r\n",
    "utf16le",
  ),
};

test("from an empty folder to whom to contact today, and back", { timeout: 120_000 }, async () => { // P02, P03, L10
  const page = await openWindow(browser, { ...wide, locale: "ja" });
  await setUp(page, product);

  await page.goto(`${product.url}/imports`);
  await page.setInputFiles("#file", file);
  await page.locator("#draft").waitFor(); // the columns as understood
  await page.getByText("not-a-mail").filter({ visible: true }).first().waitFor(); // the bad row, with its reason
  await page.locator('input[name=basis][value="card"]').check();
  await page.locator("button[form=draft].primary").click();
  const next = page.locator('a.primary[href="/?view=team"]');
  await next.waitFor(); // the result, whenever the work is done
  const result = page.url();
  await next.click();
  await page.locator("#todo .row", { hasText: "山田 太郎" }).waitFor();
  assert.match(await page.locator("#todo").innerText(), /名刺交換/);

  await page.goto(`${result}/undo`);
  await page.locator("form button.danger").click();
  await page.goto(`${product.url}/leads?view=all`);
  for (let tries = 0; (await page.getByText("山田 太郎").count()) > 0; tries++) { // the undo is a job: it gives no signal here
    assert.ok(tries < 100, "the import was not taken back");
    await page.reload();
  }
  await closeWindow(page);
});
