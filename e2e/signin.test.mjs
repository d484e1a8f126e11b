// The door in a real browser: first set-up, passwords, codes, passkeys; also without JavaScript, and for
// people who cannot see it.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { startBrowser } from "./support/browser.mjs";
import { startProduct } from "./support/product.mjs";
import { accessible, closeWindow, openWindow, small } from "./support/window.mjs";

const user = { email: "tanaka@kizashi.example", password: "shinjuku-3-chome-tram" };

let product, browser, url;
before(async () => {
  product = await startProduct();
  url = product.url.replace("127.0.0.1", "localhost"); // passkeys belong to names
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await product?.stop();
});

const open = (options) => openWindow(browser, options);
const close = closeWindow;

async function signIn(page) {
  await page.goto(`${url}/sign-in?next=/me`);
  await page.fill("[name=email]", user.email);
  await page.fill("[name=password]", user.password);
  await page.click("form[action='/sign-in'] button");
}

/** What an authenticator app shows at a time in ms (RFC 6238). */
function codeAt(secret, ms) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(ms / 30_000)));
  const sum = createHmac("sha1", key).update(step).digest();
  return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("nothing in the first set-up is in anybody's way", { timeout: 120_000 }, async () => {
  const page = await open(small);
  await accessible(page, url, "/setup");
  await accessible(page, url, new URL(product.setup).pathname + new URL(product.setup).search);
  await close(page);
});

test("the first set-up, without JavaScript", { timeout: 120_000 }, async () => { // S18
  const page = await open({ javaScriptEnabled: false });
  await page.goto(url);
  assert.equal(new URL(page.url()).pathname, "/setup");
  await page.fill("[name=code]", "abcd-efgh-jkmn-pqrs");
  await page.click("main button");
  assert.match(await page.getByRole("alert").innerText(), /set-up code is wrong/);
  await page.fill("[name=code]", new URL(product.setup).searchParams.get("code").toUpperCase());
  await page.click("main button");
  await page.fill("[name=company]", "兆し株式会社");
  await page.fill("[name=name]", "田中花子");
  await page.fill("[name=email]", user.email);
  await page.fill("[name=password]", user.password);
  await page.click("details:has([name=own]) > summary");
  await page.fill("[name=own]", "kizashi.example");
  await page.click("main button");
  assert.equal(new URL(page.url()).pathname, "/");
  assert.ok(await page.getByRole("link", { name: "田中花子" }).isVisible());
  await page.getByRole("button", { name: "Sign out" }).click();
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await signIn(page);
  assert.equal(new URL(page.url()).pathname, "/me");
  await close(page);
});

test("a passkey signs in", { timeout: 120_000 }, async () => { // S18
  const page = await open();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  await signIn(page);
  const form = page.locator("#add-passkey");
  await form.locator("[name=name]").fill("laptop");
  await form.locator("[name=current]").fill("wrong password");
  await form.locator("button").click();
  await form.getByRole("alert").filter({ hasText: "current password is wrong" }).waitFor();
  await form.locator("[name=current]").fill(user.password);
  await form.locator("button").click();
  await page.getByText("laptop").waitFor();
  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await page.waitForURL("**/sign-in");
  await page.goto(`${url}/sign-in?next=/me`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL("**/me");
  const item = page.getByRole("listitem").filter({ hasText: "laptop" });
  await item.getByText("Remove", { exact: true }).click();
  await item.locator("[name=current]").fill(user.password);
  await item.getByRole("button", { name: "Remove this passkey" }).click();
  await page.getByText("The passkey is removed.").waitFor();
  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await page.waitForURL("**/sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.getByRole("alert").filter({ hasText: /passkey/ }).waitFor();
  await close(page);
});

test("nothing at the door is in anybody's way", { timeout: 300_000 }, async () => {
  const page = await open(small);
  await accessible(page, url, "/sign-in");
  await signIn(page);
  await accessible(page, url, "/me");
  await close(page);
});

test("two-step sign-in, the way back with a recovery code", { timeout: 120_000 }, async () => { // S18
  const page = await open(small);
  await signIn(page);
  const form = page.locator("form[action='/me/totp']");
  await form.locator("[name=current]").fill(user.password);
  await form.locator("button").click();
  const secret = (await page.locator(".steps code").innerText()).replaceAll(" ", "");
  assert.ok((await page.locator("svg.qr").boundingBox()).width > 100);
  await accessible(page);
  await page.fill("[name=code]", codeAt(secret, Date.now()));
  await page.click("form[action='/me/totp/confirm'] button");
  const codes = await page.locator(".recovery code").allInnerTexts();
  assert.equal(codes.length, 10);
  await accessible(page);
  await page.context().clearCookies();
  await signIn(page);
  await accessible(page);
  await page.fill("[name=code]", "000000");
  await page.click("form[action='/sign-in/code'] button");
  await page.getByRole("alert").waitFor();
  await page.fill("[name=code]", codes[3]);
  await page.click("form[action='/sign-in/code'] button");
  await page.waitForURL("**/me");
  await page.getByText("9 recovery codes").waitFor();
  await page.locator("form[action='/me/totp'] [name=current]").fill(user.password);
  await page.getByRole("button", { name: "Turn it off" }).click();
  await page.getByText("Two-step sign-in is off.").waitFor();
  await close(page);
});

test("a forgotten password: the administrator's link, once", { timeout: 120_000 }, async () => { // S18
  const chosen = "kanda-jimbocho-curry";
  await product.tell("forgotten-long-ago", "user", "add", "--email", "sato@kizashi.example", "--role", "viewer", "--password-stdin");
  const admin = await open(small);
  await signIn(admin);
  await admin.goto(`${url}/settings/people`);
  await admin.getByRole("link", { name: "sato" }).click();
  await admin.getByRole("button", { name: "Make the link" }).click();
  const link = await admin.getByLabel("Link for a new password").inputValue();
  await accessible(admin);
  await close(admin);

  const page = await open({ ...small, javaScriptEnabled: false });
  await page.goto(link);
  await page.goto(link); // whoever looks first uses nothing up
  await page.fill("[name=password]", chosen);
  await page.click("form[action^='/reset/'] button");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await page.getByText("The new password is set").waitFor();
  await page.fill("[name=email]", "sato@kizashi.example");
  await page.fill("[name=password]", chosen);
  await page.click("form[action='/sign-in'] button");
  await page.goto(`${url}/me`);
  await page.getByText("sato@kizashi.example").first().waitFor();
  await page.goto(link);
  await page.getByText("it was used or replaced").waitFor();
  await close(page);
});
