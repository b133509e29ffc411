// A resident's way from the home page to the receipt and the status, in a real Chromium: on a desktop and on a phone of
// 375 pixels, in Japanese and in English, with and without JavaScript, with the keyboard alone, and with axe-core on
// every page. Screenshots go to $SCREENSHOTS (default: target/screenshots).
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { attach } from "./card.mjs";
import { root, signWithOpenssl, startGateway } from "./gateway.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = process.env.SCREENSHOTS ?? join(root, "target/screenshots");
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
mkdirSync(screenshots, { recursive: true });

const views = [
  { name: "desktop-ja", language: "ja", viewport: { width: 1280, height: 900 }, javaScriptEnabled: true },
  { name: "desktop-en", language: "en", viewport: { width: 1280, height: 900 }, javaScriptEnabled: true },
  { name: "phone-ja", language: "ja", viewport: { width: 375, height: 812 }, javaScriptEnabled: true },
  { name: "phone-en-nojs", language: "en", viewport: { width: 375, height: 812 }, javaScriptEnabled: false },
];
const texts = {
  ja: { title: "街灯の修理のお願い", body: "3番地の前の街灯が消えています。\n夜道が暗く危険ですので、修理をお願いします。", place: "千代田区", received: "申請を受け付けました" },
  en: { title: "Street lamp out of order", body: "The street lamp in front of house 3 is out.\nIt is dangerous at night. Please repair it.", place: "Chiyoda City", received: "Your application has been received" },
};

/// Looks at a page as it stands: no sideways scrolling, no serious finding of axe-core, and a picture for people.
const look = async (page, view, name) => {
  await page.screenshot({ path: join(screenshots, `${view.name}-${name}.png`), fullPage: true });
  if (!view.javaScriptEnabled) return;
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= view.viewport.width, `${view.name} ${name}: ${width} pixels wide`);
  const { violations } = await page.evaluate(`(() => { ${axe}; return axe.run(); })()`);
  const serious = violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
  assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`), [], `${view.name} ${name}`);
};

const download = async (page, selector, path) => {
  const [file] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
  await file.saveAs(path);
};

const open = async (browserFolder, view) => chromium.launchPersistentContext(browserFolder, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args, viewport: view.viewport,
  javaScriptEnabled: view.javaScriptEnabled, locale: view.language, bypassCSP: false, acceptDownloads: true,
});

const journey = async (gateway, view, folder) => {
  const context = await open(join(folder, view.name), view);
  const page = context.pages()[0] ?? await context.newPage();
  const refused = [];
  page.on("console", (message) => { if (/Content.Security.Policy/i.test(message.text())) refused.push(message.text()); });
  page.on("pageerror", (error) => refused.push(String(error)));
  const words = texts[view.language];
  const see = (name) => look(page, view, name);

  await page.goto(`${gateway.origin}/?lang=${view.language}`);
  await see("01-home");
  await page.click("a[href='/procedures'].button");
  await see("02-procedures");
  await page.click("a[href='/procedures/general-application']");
  await see("03-procedure");
  await page.click("main form[action$='/start'] button");
  await see("04-applicant");
  await page.click("main form[action$='/form/applicant'] button");
  assert.equal(await page.locator(".error-summary li").count(), 3, "every empty field is told");
  await see("05-applicant-errors");
  await page.click("main details summary");
  await page.setInputFiles("#f-certificate", join(gateway.pki, "certificates/sign-yamada.pem"));
  await page.click("#certificate-form button");
  assert.equal(await page.locator("#f-name[readonly]").count(), 1, "the applicant is locked");
  await see("06-applicant-filled");
  await page.click("main form[action$='/form/applicant'] button");
  await page.click("main form[action$='/form/recipient'] button");
  await see("06-recipient-error");
  await page.fill("#f-recipient", words.place);
  await page.click("main form[action$='/form/recipient'] button");
  await page.fill("#f-answers-title", words.title);
  await page.fill("#f-answers-body", words.body);
  await see("06-content");
  await page.click("a.back-link");
  assert.equal(await page.inputValue("#f-recipient"), words.place, "going back loses nothing");
  await page.click("main form[action$='/form/recipient'] button");
  await page.fill("#f-answers-title", words.title);
  await page.fill("#f-answers-body", words.body);
  await page.click("main form[action$='/form/content'] button");
  const attachment = join(folder, "地図.txt");
  writeFileSync(attachment, "map");
  await attach(page, attachment, view.javaScriptEnabled);
  assert.equal(await page.locator("[data-files] dt").textContent(), "地図.txt");
  await see("07-attachments");
  await page.click("main form[action$='/review'] button");
  assert.ok((await page.locator("pre.document").textContent()).includes("madoguchi/application/1"), "the document itself is shown");
  await see("08-review");
  await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: join(screenshots, `${view.name}-08-review-print.png`), fullPage: true });
  await page.emulateMedia({ media: "screen" });
  await page.click("a[href$='/form/content?from=review']");
  await page.click("main form[action$='/form/content'] button");
  assert.match(page.url(), /\/review$/, "a change leads back to the review");
  await page.click("main a.button");
  await see("09-sign");
  const [input, output] = [join(folder, `${view.name}.json`), join(folder, `${view.name}.p7s`)];
  await page.click("main details summary");
  await download(page, "a[href$='/application.json']", input);
  signWithOpenssl(gateway.pki, "auth-yamada", input, output);
  await page.setInputFiles("#f-signature", output);
  await page.click("#signature-form button");
  assert.equal(await page.locator(".error-summary").count(), 1, "the authentication certificate does not sign");
  await see("10-refused");
  signWithOpenssl(gateway.pki, "sign-yamada", input, output);
  await page.setInputFiles("#f-signature", output);
  await page.click("#signature-form button");
  assert.equal((await page.locator("h1").textContent()).trim(), words.received);
  await see("11-receipt");
  const number = await page.locator(".reference").textContent();
  const key = await page.locator("#access-key").textContent();
  await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: join(screenshots, `${view.name}-12-receipt-print.png`), fullPage: true });
  await page.emulateMedia({ media: "screen" });

  await page.goto(`${gateway.origin}/status`);
  await page.fill("#f-arrival_number", number);
  await page.fill("#f-access_key", "wrong");
  await page.click("main form button");
  await see("13-status-errors");
  await page.fill("#f-arrival_number", number);
  await page.fill("#f-access_key", key);
  await page.click("main form button");
  assert.equal(await page.locator(".timeline li").count(), 1);
  assert.ok(!page.url().includes(key), "the key is in no address");
  await see("14-status");

  await page.goto(`${gateway.origin}/verify`);
  await see("15-verify");
  await page.setInputFiles("#f-signature", output);
  await page.setInputFiles("#f-content", input);
  await page.click("main form button");
  assert.equal(await page.locator(".tag--red").count(), 0);
  await see("16-verified");
  for (const [name, path] of [["17-help", "/help"], ["18-privacy", "/privacy"], ["19-problems", "/problems"],
    ["20-problem", "/problems/signature-refused"], ["21-not-found", "/nothing-here"]]) {
    await page.goto(gateway.origin + path);
    await see(name);
  }
  assert.deepEqual(refused, [], "no script fails and nothing breaks the page's security policy");
  await context.close();
};

/// The form by keyboard alone: the skip link, the fields in order, the summary of errors, the radio buttons, Enter.
const keyboard = async (gateway, folder) => {
  const view = { ...views[1], name: "keyboard" };
  const context = await open(join(folder, view.name), view);
  const page = context.pages()[0] ?? await context.newPage();
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  const tabTo = async (id, back = false) => {
    for (let presses = 0; presses < 60; presses += 1) {
      if (await focused() === id) return;
      await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    }
    throw new Error(`the keyboard does not reach ${id}`);
  };
  await page.goto(`${gateway.origin}/procedures/general-application?lang=en`);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to main content");
  await page.screenshot({ path: join(screenshots, "keyboard-1-skip-link.png") });
  await page.keyboard.press("Enter");
  await tabTo("Start now");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/form\/applicant$/);
  await tabTo("Continue");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#f-name:focus", { timeout: 10_000 });
  await page.screenshot({ path: join(screenshots, "keyboard-2-error-summary.png") });
  await tabTo("Full name: Fill this in", true);
  await page.keyboard.press("Enter");
  assert.equal(await focused(), "f-name", "a line of the summary leads to its field");
  await page.keyboard.type("Jo Smith");
  await tabTo("f-sex-female");
  await page.keyboard.press("ArrowDown");
  await page.screenshot({ path: join(screenshots, "keyboard-3-radio.png") });
  await tabTo("f-address");
  await page.keyboard.type("1 Chome");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/form\/recipient$/);
  await tabTo("f-recipient");
  await page.keyboard.type("131016");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/form\/content$/);
  for (const [id, text] of [["f-answers-title", "t"], ["f-answers-body", "b"]]) {
    await tabTo(id);
    await page.keyboard.type(text);
  }
  await tabTo("Continue");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/attachments$/);
  await context.close();
};

const folder = mkdtempSync(join(tmpdir(), "madoguchi-chromium-"));
const gateway = await startGateway();
try {
  for (const view of views) {
    await journey(gateway, view, folder);
    console.log(`${view.name}: form to receipt, status and verdict`);
  }
  await keyboard(gateway, folder);
  console.log("keyboard: the form without a mouse");
} finally {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
console.log(`screenshots: ${screenshots}`);
