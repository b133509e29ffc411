// Procedures of different shapes through their pages in a real Chromium, each up to the review: on a desktop and on a phone of
// 375 pixels, in Japanese and in English, with and without JavaScript; axe-core on every page. Screenshots go to $SCREENSHOTS
// (default: target/screenshots).
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { date, procedures } from "./answers.mjs";
import { attach } from "./card.mjs";
import { root, signWithOpenssl, startGateway } from "./gateway.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = process.env.SCREENSHOTS ?? join(root, "target/screenshots");
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
mkdirSync(screenshots, { recursive: true });

const views = [
  { name: "desktop-ja", language: "ja", viewport: { width: 1280, height: 900 }, javaScriptEnabled: true },
  { name: "phone-en", language: "en", viewport: { width: 375, height: 812 }, javaScriptEnabled: true },
  { name: "phone-ja-nojs", language: "ja", viewport: { width: 375, height: 812 }, javaScriptEnabled: false },
];

/// Looks at a page as it stands: no sideways scrolling, nothing found by axe-core, and a picture for people.
const look = async (page, view, name) => {
  await page.screenshot({ path: join(screenshots, `${view.name}-${name}.png`), fullPage: true });
  if (!view.javaScriptEnabled) return;
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= view.viewport.width, `${view.name} ${name}: ${width} pixels wide`);
  const { violations } = await page.evaluate(`(() => { ${axe}; return axe.run(); })()`);
  assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`), [], `${view.name} ${name}`);
};

/// Types into the controls of a page.
const fill = async (page, fields, at = "") => {
  for (const [name, value] of Object.entries(fields)) {
    const id = `#f-answers-${at}${name}`;
    const radio = page.locator(`${id}-${value}`);
    if (await radio.count()) await radio.check();
    else if (await page.locator(`select${id}`).count()) await page.selectOption(id, value);
    else await page.fill(id, value);
  }
};

const next = (page) => page.click("main form[action*='/form/'] button.button");

const walk = async (gateway, context, view, code, folder) => {
  const page = await context.newPage();
  const refused = [];
  page.on("console", (message) => { if (/Content.Security.Policy/i.test(message.text())) refused.push(message.text()); });
  page.on("pageerror", (error) => refused.push(String(error)));
  const see = (name) => look(page, view, `${code}-${name}`);
  const isAt = (end) => assert.ok(new URL(page.url()).pathname.endsWith(end), `${page.url()} is at ${end}`);
  await page.goto(`${gateway.origin}/procedures/${code}?lang=${view.language}`);
  await see("00-procedure");
  await page.click("main form[action$='/start'] button");
  await page.click("main details summary");
  await page.setInputFiles("#f-certificate", join(gateway.pki, "certificates/sign-yamada.pem"));
  await page.click("#certificate-form button");
  await next(page);
  await page.fill("#f-recipient", "131016");
  await next(page);
  for (const [index, [step, fields]] of procedures[code].entries()) {
    const name = `${String(index + 1).padStart(2, "0")}-${step}`;
    if (!Array.isArray(fields)) {
      isAt(`/form/${step}`);
      // A page that has to be answered says so; one that is locked has nothing to answer.
      if (Object.keys(fields).length > 0) {
        await next(page);
        assert.ok(await page.locator(".error-summary li").count() > 0, `${step} has to be answered`);
        await see(`${name}-errors`);
      }
      await fill(page, fields);
      await see(name);
      await next(page);
      continue;
    }
    for (const [number, entry] of fields.entries()) {
      isAt(`/form/${step}/${number + 1}`);
      await fill(page, entry, `${step}-${number}-`);
      await see(`${name}-${number + 1}`);
      await next(page);
      isAt(`/form/${step}`);
      await see(`${name}-list`);
      await page.check(number + 1 < fields.length ? "#f-more-yes" : "#f-more-no");
      await next(page);
    }
  }
  isAt("/attachments");
  const file = join(folder, "proof.pdf");
  writeFileSync(file, "%PDF-1.4");
  await attach(page, file, view.javaScriptEnabled);
  await see("20-attachments");
  await page.click("main form[action$='/review'] button");
  isAt("/review");
  await see("21-review");
  await page.click("a[href$='/form/contact?from=review']");
  await next(page);
  isAt("/review");
  const [input, output] = [join(folder, `${view.name}-${code}.json`), join(folder, `${view.name}-${code}.p7s`)];
  const draft = new URL(page.url()).pathname.replace(/\/review$/, "");
  writeFileSync(input, await (await page.request.get(`${gateway.origin}${draft}/application.json`)).body());
  signWithOpenssl(gateway.pki, "sign-yamada", input, output);
  await page.click("main a.button");
  await page.click("main details summary");
  await page.setInputFiles("#f-signature", output);
  await page.click("#signature-form button");
  await page.waitForSelector("#access-key");
  assert.deepEqual(refused, [], "no script fails and nothing breaks the page's security policy");
  await page.close();
};

/// An era that never was, and what a script shows and hides.
const details = async (gateway, context, view) => {
  const page = await context.newPage();
  await page.goto(`${gateway.origin}/procedures/moving-out?lang=${view.language}`);
  await page.click("main form[action$='/start'] button");
  const form = new URL(page.url()).pathname.replace(/\/applicant$/, "");
  await page.goto(`${gateway.origin}${form}/date`);
  await fill(page, date("moves_on", "heisei", "32", "1", "1"));
  await next(page);
  await look(page, view, "heisei-32");
  assert.equal(await page.evaluate(() => document.activeElement.id), "f-answers-moves_on-year", "the keyboard is at the first error");
  assert.match(await page.locator(".error-summary").textContent(), /令和2年|Reiwa 2/);
  await page.goto(`${gateway.origin}${form}/who-moves`);
  await fill(page, { movers: "others" });
  await next(page);
  await page.goto(`${gateway.origin}${form}/members/1`);
  const words = page.locator("#f-answers-members-0-relation_words");
  assert.equal(await words.isVisible(), !view.javaScriptEnabled, "asked where the answer before it asks for it");
  await page.check("#f-answers-members-0-relation-other");
  assert.ok(await words.isVisible());
  await page.close();
};

const folder = mkdtempSync(join(tmpdir(), "madoguchi-procedures-"));
const gateway = await startGateway();
try {
  for (const view of views) {
    const context = await chromium.launchPersistentContext(join(folder, view.name), {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args, viewport: view.viewport,
      javaScriptEnabled: view.javaScriptEnabled, locale: view.language, acceptDownloads: true,
    });
    for (const code of Object.keys(procedures)) {
      await walk(gateway, context, view, code, folder);
      console.log(`${view.name}: ${code} to the receipt`);
    }
    if (view.javaScriptEnabled) await details(gateway, context, view);
    await context.close();
  }
} finally {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
console.log(`screenshots: ${screenshots}`);
