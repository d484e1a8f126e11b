// The table of leads in a real browser: the rule as a form and as text, many at once, on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startDemo } from "./support/product.mjs";
import { accessible, closeWindow, enterDemo, openWindow, small, wide } from "./support/window.mjs";

let demo, browser;
before(async () => ([demo, browser] = await Promise.all([startDemo(), startBrowser()])));
after(async () => {
  await browser?.close();
  await demo?.stop();
});

const marketing = "morishita@kizashi.example";
const text = (page) => page.locator(".rulebuilder textarea");
const counted = (page) => page.locator(".rule-count").filter({ hasText: /\d/ }).waitFor();
/** Waits until the server has read the rule that was just changed. */
const read = (page, change) => Promise.all([page.waitForResponse((r) => r.url().endsWith("/leads/rule")), change()]);

test("a rule as text becomes a form, and the form becomes the text again (L19)", async () => {
  const page = await openWindow(browser, { ...wide, locale: "ja" });
  await enterDemo(page, demo.url, marketing, "/leads");
  await page.locator("details.narrow > summary").click();
  await counted(page);
  const rule = '(lead.fit in ["A", "B"] || (lead.rank >= 5 && lead.size >= 300)) && count("page_view", days(30)) >= 2 && !("x" in lead.tags)';
  await read(page, () => text(page).fill(rule));
  await page.locator(".rule-group .rule-group .rule-group").waitFor();
  assert.equal(await page.locator(".rule-row").count(), 5);
  assert.match(await page.locator(".rule-sentence").textContent(), /適合.*ページの閲覧/);

  await read(page, () => page.getByRole("checkbox", { name: "C", exact: true }).check());
  await read(page, () => page.locator('[data-path="nodes[1]"] input[type=number]').first().fill("3"));
  await read(page, () => page.locator('[data-path="nodes[1]"] input[type=number]').nth(1).fill("2"));
  await read(page, () => page.locator('[data-path="nodes[1]"]').getByRole("combobox", { name: "単位" }).selectOption("weeks"));
  await read(page, () => page.getByRole("combobox", { name: "条件の組み合わせ" }).nth(2).selectOption("or"));
  await page.waitForFunction(() => document.querySelector(".rulebuilder textarea").value.includes("weeks(2)) >= 3"));
  const changed = rule.replace('"B"]', '"B", "C"]').replace("(lead.rank >= 5 && lead.size >= 300)", "lead.rank >= 5 || lead.size >= 300");
  assert.equal(await text(page).inputValue(), changed.replace("days(30)) >= 2", "weeks(2)) >= 3"));

  await read(page, () => text(page).fill('lead.fit == "A" &&'));
  await page.locator(".rule-wrong button").click();
  assert.ok(await text(page).evaluate((area) => area === document.activeElement && area.selectionStart > 10));
  assert.match(await page.locator(".rule-wrong").textContent(), /1行目/);
  await read(page, () => text(page).fill('lead.fit == "A"'));
  await counted(page);
  await page.getByRole("button", { name: "この条件で表示" }).click();
  await page.waitForURL(/rule=/);
  const fits = await page.locator("td.c-fit").allTextContents();
  assert.ok(fits.length > 0 && fits.every((fit) => fit.trim() === "A"));
  await closeWindow(page);
});

test("a form from nothing: add, deny, group, remove", async () => {
  const page = await openWindow(browser, { ...wide, locale: "en" });
  await enterDemo(page, demo.url, marketing, "/leads?lang=en");
  await page.locator("details.narrow > summary").click();
  await counted(page);
  await read(page, () => page.getByRole("button", { name: "Add a condition" }).click());
  await page.waitForFunction(() => document.querySelector(".rulebuilder textarea").value !== "");
  await read(page, () => page.getByRole("combobox", { name: "About what" }).selectOption("b:event"));
  await page.waitForFunction(() => document.querySelector(".rulebuilder textarea").value.startsWith("did("));
  await read(page, () => page.getByRole("checkbox", { name: "Not" }).check());
  await page.waitForFunction(() => document.querySelector(".rulebuilder textarea").value.startsWith("!did("));
  await read(page, () => page.getByRole("button", { name: "Remove" }).click());
  await page.waitForFunction(() => document.querySelector(".rulebuilder textarea").value === "");
  await accessible(page, demo.url);
  await closeWindow(page);
});

test("search by two characters narrows while typing; many at once, and u takes it back", async () => {
  const page = await openWindow(browser, { ...wide, locale: "ja" });
  await enterDemo(page, demo.url, marketing, "/leads");
  const family = (await page.locator("a.name").first().textContent()).slice(0, 2);
  await page.keyboard.press("/");
  await Promise.all([page.waitForURL(/q=/), page.keyboard.type(family)]);
  for (const name of await page.locator("tbody tr").allTextContents()) assert.ok(name.includes(family));
  const bar = page.locator("#leads-bulk");
  assert.ok(await bar.isHidden());
  await page.locator('input[name="lead"]').first().check();
  await bar.getByText("タグ", { exact: true }).first().click();
  await bar.getByRole("textbox", { name: "タグ" }).fill("春の展示会");
  await bar.getByRole("button", { name: "付ける" }).click();
  await page.locator("#notice", { hasText: "1件" }).waitFor();
  await page.keyboard.press("u");
  await page.locator("#notice", { hasText: "元に戻しました" }).waitFor();
  await closeWindow(page);
});

test("no serious fault, wide and on a phone, light and dark, in both languages", async () => {
  for (const size of [wide, small]) {
    const page = await openWindow(browser, size);
    await enterDemo(page, demo.url, marketing, "/leads");
    for (const path of ["/leads", "/leads?filter=1", "/leads?q=zzzz", "/leads/new"]) await accessible(page, demo.url, path);
    await closeWindow(page);
  }
});
