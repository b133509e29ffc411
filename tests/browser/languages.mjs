// The residents' pages in all seven languages, on a desktop and at 375 pixels, with axe-core: the picker by keyboard and
// without a script, nothing wider than the window, each language in its own fonts and with its own rules of breaking.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { root, startGateway } from "./gateway.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = process.env.SCREENSHOTS ?? join(root, "target/screenshots");
mkdirSync(screenshots, { recursive: true });
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const languages = ["ja", "en", "ja-simple", "zh-Hans", "ko", "pt-BR", "vi"];
const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 375, height: 812 } };
const pages = ["/", "/help", "/procedures", "/procedures/resident-record-copy", "/status", "/verify", "/problems/signature-refused", "/privacy"];

/// What of a page is wrong: too wide, or a finding of axe-core.
const judge = async (page, where) => {
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= page.viewportSize().width, `${where}: ${width} pixels wide`);
  const { violations } = await page.evaluate(`(() => { ${axe}; return axe.run(); })()`);
  const told = violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.map((node) => node.html).join(" | ")}`);
  assert.deepEqual(told, [], where);
};

const walk = async (gateway, context, size) => {
  const page = await context.newPage();
  for (const language of languages) {
    for (const path of pages) {
      await page.goto(`${gateway.origin}${path}?lang=${language}`);
      assert.equal(await page.getAttribute("html", "lang"), language);
      await page.screenshot({ path: join(screenshots, `${size}-${language}${path.replaceAll("/", "-")}.png`), fullPage: true });
      await judge(page, `${size} ${language} ${path}`);
    }
    await page.goto(`${gateway.origin}/procedures/general-application?lang=${language}`);
    await page.click("main form[action$='/start'] button");
    await page.click("main form[action$='/form/applicant'] button");
    assert.equal(await page.getAttribute("html", "lang"), language, "the choice is kept on the way");
    await page.screenshot({ path: join(screenshots, `${size}-${language}-applicant-errors.png`), fullPage: true });
    await judge(page, `${size} ${language} applicant`);
  }
  await page.close();
};

/// Opens the picker and chooses Vietnamese with the keyboard alone.
const pick = async (gateway, context, size) => {
  const page = await context.newPage();
  await page.goto(`${gateway.origin}/status?lang=ko`);
  await page.focus(".languages summary");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".languages li a").count(), languages.length);
  assert.ok(await page.locator(".languages li a").last().isVisible(), "the list is open");
  await page.screenshot({ path: join(screenshots, `${size}-picker.png`) });
  if (size === "phone") {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 375, `the open picker: ${width} pixels wide`);
  }
  for (let step = 0; step < languages.length; step += 1) await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.lang), "vi");
  await page.keyboard.press("Enter");
  await page.waitForURL(/lang=vi/);
  assert.equal(await page.getAttribute("html", "lang"), "vi");
  assert.ok(page.url().includes("/status"), "the page stays");
  await page.close();
};

const gateway = await startGateway();
const folder = mkdtempSync(join(tmpdir(), "madoguchi-languages-"));
try {
  for (const [size, viewport] of Object.entries(sizes)) {
    for (const javaScriptEnabled of [true, false]) {
      const context = await chromium.launchPersistentContext(join(folder, `${size}-${javaScriptEnabled}`), {
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args, viewport, javaScriptEnabled,
      });
      if (javaScriptEnabled) await walk(gateway, context, size);
      else {
        const page = await context.newPage();
        await page.goto(`${gateway.origin}/help?lang=en`);
        await page.click(".languages summary");
        await page.click(".languages a[hreflang=pt-BR]");
        assert.equal(await page.getAttribute("html", "lang"), "pt-BR", "the picker needs no script");
      }
      if (javaScriptEnabled) await pick(gateway, context, size);
      await context.close();
    }
  }
} finally {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`languages: ${languages.length} languages, ${pages.length + 1} pages each, on a desktop and at 375 pixels`);
