// The scoring model in a real browser: change points in fields, see who would change, publish with a note,
// read the difference, and take an old version up again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startDemo } from "./support/product.mjs";
import { accessible, closeWindow, enterDemo, openWindow, small, wide } from "./support/window.mjs";

let demo, browser;
before(async () => ([demo, browser] = await Promise.all([startDemo(200, 30), startBrowser()])));
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const marketing = "morishita@kizashi.example";
const price = "scoring[4]"; // the price page in the pack that Kizashi starts with
const at = (page, name) => page.locator(`[name="${name}"]`);
/** Waits until the draft was tried on the leads with what has just been changed. */
const tried = (page, change) => Promise.all([page.waitForResponse((r) => r.request().method() === "POST" && r.url().endsWith("/edit")), change()]);
/** Fills a field and leaves it, as a person does. */
const fill = (page, name, value) => tried(page, () => at(page, name).fill(value).then(() => at(page, name).blur()));

async function draft(page) {
  await page.getByRole("button", { name: "下書きを作って変更" }).click();
  await page.waitForURL(/\/model\/\w+\/edit/);
}

test("points change, who would change is seen, it is published with a note, and reinstated (P21, X03)", async () => {
  const page = await openWindow(browser, { ...wide, locale: "ja" });
  await enterDemo(page, demo.url, marketing, "/model");
  await draft(page);
  await fill(page, `${price}.points`, "");
  await page.locator(`[data-wrong="${price}.points"]`, { hasText: "数を入れてください" }).waitFor();
  await fill(page, `${price}.points`, "90");
  await fill(page, "groups.web", "90");
  const lead = page.locator("#effect .most a").first();
  await lead.waitFor();
  assert.match(await lead.getAttribute("href"), /^\/leads\/\w+$/);
  assert.equal(await page.locator(`[data-wrong="${price}.points"]`).textContent(), "");

  await at(page, "temperature.hot").evaluate((area) => (area.closest("details").open = true));
  const hot = page.locator('.rulebuilder:has([name="temperature.hot"])');
  await hot.locator(".rule-row").first().waitFor();
  await tried(page, () => hot.locator('[data-path="nodes[0]"] input[type=number]').fill("21"));
  await page.waitForFunction(() => document.getElementsByName("temperature.hot")[0].value.includes("days(21)"));
  await page.locator('[data-told="temperature.hot"]', { hasText: "21日以内" }).waitFor();

  await page.getByRole("button", { name: "保存して公開へ進む" }).first().click();
  await page.waitForURL(/publish$/);
  await page.locator("#note").fill("価格ページを重く見る");
  await page.getByRole("button", { name: "公開する" }).click();
  await page.locator("#notice", { hasText: "第2版を公開しました" }).waitFor();

  await page.goto(`${demo.url}/model/versions`);
  const newest = page.locator("tbody tr", { hasText: "第2版" });
  assert.match(await newest.textContent(), /公開中[^]*森下[^]*価格ページを重く見る/);
  await newest.getByRole("link", { name: "違いを見る" }).click();
  const differences = await page.locator("table.differences").textContent();
  assert.match(differences, /価格ページの閲覧[^]*15[^]*90/);
  assert.match(differences, /今すぐ\(ホット\)の条件[^]*14日以内[^]*21日以内/);

  await page.goto(`${demo.url}/model/versions`);
  await page.locator("tbody tr", { hasText: "過去の版" }).getByRole("button", { name: "この版から下書きを作る" }).click();
  await page.waitForURL(/\/edit/);
  assert.equal(await at(page, `${price}.points`).inputValue(), "15");
  await closeWindow(page);
});

test("rows: added, moved and kept after all; an event's properties by their names; another person at the same draft", async () => {
  const page = await openWindow(browser, { ...wide, locale: "ja" });
  await enterDemo(page, demo.url, marketing, "/model");
  await draft(page);
  const first = page.locator("#playbook fieldset").first();
  const words = await first.locator('textarea[lang="ja"]').inputValue();
  await tried(page, () => first.getByRole("button", { name: /^下へ/ }).click());
  await page.waitForFunction((was) => document.getElementsByName("playbook[1].ja")[0].value === was, words);
  assert.match(await page.evaluate(() => document.activeElement.value), /^down:playbook\[1\]$/);

  const gone = page.locator("#playbook fieldset").first();
  await gone.getByText("削除", { exact: true }).click();
  await gone.getByText("削除をやめる").click();
  assert.ok(!(await gone.getAttribute("class")).includes("gone"));

  const rows = await page.locator("#group-web fieldset.one").count();
  await tried(page, () => page.locator("#group-web").getByRole("button", { name: "規則を追加" }).click());
  const row = page.locator("#group-web fieldset.one").nth(rows);
  await row.locator('select[name$=".on"]').selectOption({ label: "ページの閲覧" });
  await row.locator('input[name$=".ja"]').fill("採用以外のページ");
  await row.getByRole("button", { name: "条件を追加" }).click();
  await row.getByRole("combobox", { name: "何について" }).selectOption({ label: "ページの URL" });
  await row.getByRole("textbox", { name: "値" }).fill("/plan");
  await page.waitForFunction(() => [...document.querySelectorAll("textarea")].some((t) => t.value === 'event.url.contains("/plan")'));
  await row.locator("summary", { hasText: "ページの URLが「/plan」を含む" }).waitFor();
  await page.locator(".top").getByRole("button", { name: "下書きを保存" }).click();
  await page.locator("#notice", { hasText: "保存しました" }).waitFor();
  assert.equal(await page.locator("#group-web fieldset.one").count(), rows + 1);

  const other = await openWindow(browser, { ...wide, locale: "ja" });
  await enterDemo(other, demo.url, "takizawa@kizashi.example", new URL(page.url()).pathname);
  await fill(page, "cap", "95");
  await fill(other, "cap", "85");
  await page.locator(".top").getByRole("button", { name: "下書きを保存" }).click();
  await page.locator("#notice", { hasText: "保存しました" }).waitFor();
  await other.locator(".top").getByRole("button", { name: "下書きを保存" }).click();
  await other.getByRole("alert").filter({ hasText: "ほかの人がこの下書きを変更しました" }).waitFor();
  assert.equal(await at(other, "cap").inputValue(), "85");
  await other.getByRole("button", { name: "自分の入力を別の下書きとして保存" }).click();
  await other.locator("#notice", { hasText: "別の下書き" }).waitFor();
  assert.equal(await at(other, "cap").inputValue(), "85");
  await closeWindow(other);
  await closeWindow(page);
});

test("no serious fault, wide and on a phone", async () => {
  const page = await openWindow(browser, wide);
  await enterDemo(page, demo.url, marketing, "/model?lang=ja");
  await draft(page);
  const edit = new URL(page.url()).pathname;
  await accessible(page, demo.url, edit.replace("edit", "publish"));
  await page.setViewportSize(small.viewport);
  await accessible(page, demo.url, "/model/versions");
  await page.goto(demo.url + edit);
  await accessible(page, demo.url); // the form is large: as it stands
  await closeWindow(page);
});
