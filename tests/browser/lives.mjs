// Real lives in a real Chromium: a parent files for a child with their own card; a notification that is late; a shared computer
// whose time-out warns, is extended by keyboard, and closes everything; finishing wipes; the lost card; one's own data. Japanese
// and English, 375 and 1280 pixels, axe-core on every page. Screenshots go to $SCREENSHOTS (default: target/screenshots).
import assert from "node:assert/strict";
import { createHash, createSign } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { attach, chromiumArgs, run, screenshots } from "./card.mjs";
import { signWithOpenssl, startGateway } from "./gateway.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const sizes = [{ width: 375, height: 812 }, { width: 1280, height: 900 }];
const folder = mkdtempSync(join(tmpdir(), "madoguchi-lives-"));
mkdirSync(screenshots, { recursive: true });
const gateway = await startGateway();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: chromiumArgs });

const look = async (page, name) => {
  for (const viewport of sizes) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(screenshots, `lives-${name}-${viewport.width}.png`), fullPage: true });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${name}: ${width} pixels wide at ${viewport.width}`);
    const { violations } = await page.evaluate(`(() => { ${axe}; return axe.run(); })()`);
    assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`), [], `${name} at ${viewport.width}`);
  }
};

const next = (page) => page.click("main form[action*='/form/'] button.button");
const isAt = (page, end) => assert.ok(new URL(page.url()).pathname.endsWith(end), `${page.url()} is at ${end}`);
const date = async (page, name, day) => {
  const [year, month, number] = day.split("-").map((part) => String(Number(part)));
  await page.selectOption(`#f-answers-${name}-era`, "western");
  for (const [part, value] of [["year", year], ["month", month], ["day", number]]) await page.fill(`#f-answers-${name}-${part}`, value);
};
/// A day so many years and days from today, in Japan.
const day = (years, days) => {
  const now = new Date(Date.now() + 9 * 3600_000);
  return new Date(Date.UTC(now.getUTCFullYear() + years, now.getUTCMonth(), now.getUTCDate() + days)).toISOString().slice(0, 10);
};

const start = async (page, code, language) => {
  await page.goto(`${gateway.origin}/procedures/${code}?lang=${language}`);
  await page.click("main form[action$='/start'] button");
  await page.click("main details summary");
  await page.setInputFiles("#f-certificate", join(gateway.pki, "certificates/sign-yamada.pem"));
  await page.click("#certificate-form button");
  await page.waitForSelector("#f-name[readonly]");
};

/// A parent files for a child: refused at fifteen, taken at fourteen; everybody sees for whom.
const forAChild = async (language) => {
  const context = await browser.newContext({ locale: language });
  const page = await context.newPage();
  await start(page, "resident-record-copy", language);
  await look(page, `child-applicant-${language}`);
  await next(page);
  await page.fill("#f-recipient", "131016");
  await next(page);
  isAt(page, "/form/filing-as");
  await look(page, `child-filing-as-${language}`);
  // By keyboard: the second choice, and on.
  await page.focus("#f-answers-filing_as-self");
  await page.keyboard.press("ArrowDown");
  assert.ok(await page.isChecked("#f-answers-filing_as-parent"));
  await next(page);
  isAt(page, "/form/represented");
  await page.fill("#f-answers-represented_name", "山田　一");
  await page.fill("#f-answers-represented_address", "東京都千代田区霞が関2-1-2");
  await date(page, "represented_born", day(-15, 0));
  await next(page);
  assert.match(await page.locator(".error-summary").innerText(), /15/);
  await look(page, `child-too-old-${language}`);
  await date(page, "represented_born", day(-15, 1));
  await next(page);
  await page.check("#f-answers-scope-individual");
  await next(page);
  await page.fill("#f-answers-copies", "1");
  await next(page);
  await page.fill("#f-answers-purpose", "学校");
  await next(page);
  isAt(page, "/attachments");
  writeFileSync(join(folder, "register.pdf"), "%PDF-1.4");
  await attach(page, join(folder, "register.pdf"), true);
  await look(page, `child-attachments-${language}`);
  await page.click("main form[action$='/review'] button");
  isAt(page, "/review");
  assert.match(await page.locator("main").innerText(), /山田　一/);
  await look(page, `child-review-${language}`);
  const [input, output] = [join(folder, "application.json"), join(folder, "application.p7s")];
  const draft = new URL(page.url()).pathname.replace(/\/review$/, "");
  writeFileSync(input, await (await page.request.get(`${gateway.origin}${draft}/application.json`)).body());
  writeFileSync(join(folder, "wrong.json"), "{}");
  signWithOpenssl(gateway.pki, "sign-yamada", join(folder, "wrong.json"), output);
  await page.click("main a.button");
  await page.click("main details summary").catch(() => {});
  await page.setInputFiles("#f-signature", output);
  await page.click("#signature-form button");
  await page.waitForSelector(".error-summary");
  await look(page, `refused-signature-${language}`);
  signWithOpenssl(gateway.pki, "sign-yamada", input, output);
  await page.setInputFiles("#f-signature", output);
  await page.click("#signature-form button");
  await page.waitForSelector("#access-key");
  assert.match(await page.locator("main").innerText(), /山田　一/);
  await look(page, `child-receipt-${language}`);
  await context.close();
};

/// A notification of moving out, three days late: said on the page after the day, and taken.
const late = async (language) => {
  const context = await browser.newContext({ locale: language });
  const page = await context.newPage();
  await start(page, "moving-out", language);
  await next(page);
  await page.fill("#f-recipient", "131016");
  await next(page);
  await page.check("#f-answers-filing_as-self");
  await next(page);
  await date(page, "moves_on", day(0, -3));
  await next(page);
  isAt(page, "/form/destination");
  assert.match(await page.locator(".notice--warning").innerText(), /3/);
  await look(page, `late-${language}`);
  await context.close();
};

/// Shared: warned two minutes before, extended by keyboard, closed when the time is over; then finished, and nothing is left.
const shared = async (language) => {
  const context = await browser.newContext({ locale: language });
  const page = await context.newPage();
  await page.goto(`${gateway.origin}/shared-computer?lang=${language}`);
  await look(page, `shared-${language}`);
  await page.click("main form[action='/shared-computer'] button");
  await page.waitForSelector("body[data-shared]");
  await page.clock.install();
  await start(page, "general-application", language);
  const place = page.url();
  await page.clock.fastForward("12:30");
  assert.equal(await page.locator("dialog.ending").isVisible(), false);
  await page.clock.fastForward("00:45");
  await page.waitForSelector("dialog.ending[open]");
  assert.ok(await page.evaluate(() => document.activeElement.matches("[data-ending-extend]")), "the keyboard is at the button");
  await look(page, `ending-${language}`);
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog.ending:not([open])", { state: "attached" });
  await page.clock.fastForward("13:30");
  await page.waitForSelector("dialog.ending[open]");
  // Escape is a sign of life too.
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog.ending:not([open])", { state: "attached" });
  assert.equal(page.url(), place);
  await page.clock.fastForward("15:05");
  await page.waitForURL(/\/finished\?late=1/);
  await look(page, `late-finished-${language}`);
  await page.goto(`${gateway.origin}/shared-computer`);
  await look(page, `shared-on-${language}`);
  await page.evaluate(() => { localStorage.setItem("left", "over"); sessionStorage.setItem("left", "over"); });
  await page.click("main form[action='/shared-computer/finish'] button");
  await page.waitForURL(/\/finished$/);
  await look(page, `finished-${language}`);
  const left = await page.evaluate(() => [localStorage.length, sessionStorage.length]);
  assert.deepEqual(left, [0, 0]);
  const cookies = (await context.cookies()).filter((cookie) => !["lang", "madoguchi-browser"].includes(cookie.name));
  assert.deepEqual(cookies, [], "nothing is left in the browser");
  const answer = await page.goto(place);
  assert.equal(answer.status(), 404);
  await look(page, `draft-away-${language}`);
  await context.close();
};

/// A token as a Web eID application makes it.
const tokenOf = (nonce) => {
  const sha256 = (text) => createHash("sha256").update(text).digest();
  const message = Buffer.concat([sha256(gateway.origin), sha256(nonce)]);
  const signature = createSign("RSA-SHA256").update(message).sign(readFileSync(join(gateway.pki, "private/auth-yamada.key.pem")));
  const pem = readFileSync(join(gateway.pki, "certificates/auth-yamada.pem"), "utf8");
  return {
    format: "web-eid:1.0", algorithm: "RS256", signature: signature.toString("base64"), appVersion: "https://example.org/double/1.0.0",
    unverifiedCertificate: pem.replace(/-----[^-]+-----|\s/g, ""),
  };
};

/// One's own data: seen, saved, deleted after a question; signing out where a draft would be lost.
const ownData = async (language) => {
  const context = await browser.newContext({ locale: language });
  const page = await context.newPage();
  await start(page, "alias", language);
  const { nonce } = await (await page.request.get(`${gateway.origin}/auth/challenge`)).json();
  const login = await page.request.post(`${gateway.origin}/auth/login`, { data: tokenOf(nonce) });
  assert.equal(login.status(), 200, await login.text());
  await start(page, "general-application", language);
  await page.goto(`${gateway.origin}/account/data`);
  await look(page, `own-data-${language}`);
  await page.click("main form:has(input[value=drafts]) button");
  await look(page, `own-delete-${language}`);
  await page.click("main form button");
  await page.waitForURL(/done=drafts/);
  await look(page, `own-deleted-${language}`);
  // The draft of before is this browser's alone: signing out asks first.
  await page.click("form.sign-out button");
  await page.waitForURL(/\/shared-computer$/);
  await look(page, `sign-out-asks-${language}`);
  await page.click("main form[action='/shared-computer/finish'] button");
  await page.waitForURL(/\/finished$/);
  await page.goto(`${gateway.origin}/account`);
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await context.close();
};

const told = async (language) => {
  const context = await browser.newContext({ locale: language });
  const page = await context.newPage();
  for (const [name, path] of [["lost-card", "/lost-card"], ["privacy", "/privacy"], ["home", "/"], ["status", "/status"], ["procedure", "/procedures/moving-out"], ["problem", "/problems/signature-refused"]]) {
    await page.goto(`${gateway.origin}${path}?lang=${language}`);
    await look(page, `${name}-${language}`);
  }
  await context.close();
};

await run("real lives", async () => {
  for (const language of ["ja", "en"]) {
    for (const part of [told, shared, forAChild, late, ownData]) {
      await part(language);
      console.log(`lives: ${part.name} in ${language}`);
    }
  }
}, {
  steps: [() => browser.close(), () => gateway.stop(), () => rmSync(folder, { recursive: true, force: true })],
});
