// Every page in every state (walk.mjs), each by every rule (inspect.mjs): axe-core by day and by night, 1280, 375 and 320 pixels
// wide, the Tab key, forced colours, no motion, little to load, nothing from elsewhere. Then once more in English without
// scripts, up to the review; what is printed, as PDF on A4; and the colours, against the Digital Agency's tokens.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { chromiumArgs, run } from "./card.mjs";
import { root, startGateway } from "./gateway.mjs";
import { inspector, watch } from "./inspect.mjs";
import * as walk from "./walk.mjs";

const screenshots = process.env.SCREENSHOTS ?? join(root, "target/screenshots");
mkdirSync(screenshots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "madoguchi-design-"));
const gateway = await startGateway();
const { inspect, report } = inspector(gateway.origin);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: chromiumArgs });

/// Every finding of every page is told, not the first alone.
const wrong = [];

/// A browser of its own, in a language.
const begin = async (language, more = {}) => {
  const context = await browser.newContext({ locale: language, ...more });
  context.setDefaultTimeout(60_000);
  const isClean = watch(context, gateway.origin);
  const page = await context.newPage();
  await page.goto(`${gateway.origin}/?lang=${language}`);
  return { page, end: async () => { await context.close(); isClean(); } };
};

const see = (language, deep) => async (page, name) => {
  wrong.push(...await inspect(page, name, { language, deep }));
  if (process.env.PICTURES) await page.screenshot({ path: join(screenshots, `design-${language}-${name}.png`), fullPage: true });
};

/// Prints a page on A4.
const print = async (page, name) => writeFileSync(join(screenshots, `design-${name}.pdf`), await page.pdf({ format: "A4", preferCSSPageSize: true }));

const inside = async (part) => { const path = join(folder, part); mkdirSync(path); return path; };

const questions = async () => {
  const { page, end } = await begin("ja");
  await walk.procedures(gateway, page, await inside("questions"), see("ja", true));
  await end();
};

const everythingElse = async () => {
  const files = await inside("else");
  const { page, end } = await begin("ja");
  const look = see("ja", true);
  await walk.open(gateway, page, files, look);
  await walk.drafts(gateway, page, look);
  const number = await walk.filed(gateway, page, files, async (at, name) => {
    await look(at, name);
    if (["receipt", "filing"].includes(name)) await print(at, name);
  });
  const desk = await begin("ja");
  await walk.staff(gateway, desk.page, number, look);
  await desk.end();
  await end();
};

/// In English on a phone without scripts: filled in to the review, and no word of Japanese that is not said to be Japanese.
const withoutScripts = async () => {
  const { page, end } = await begin("en", { javaScriptEnabled: false });
  const look = see("en", false);
  await walk.procedures(gateway, page, await inside("without"), async (at, name) => {
    await look(at, `${name} without scripts`);
    const unmarked = await at.evaluate(() => [...document.querySelectorAll("main :is(h1, h2, legend, label, .field__hint, .field__error, .lead, .button)")]
      .filter((one) => /[\u3041-\u30ff]/.test(one.textContent) && !one.closest("[lang|=ja]") && !one.querySelector("[lang|=ja]"))
      .map((one) => one.textContent.trim()));
    wrong.push(...unmarked.map((text) => `${name}, language: “${text}”`));
    if (name === "moving-out-review") await print(at, "review");
  }, { ways: ["first"] });
  await end();
};

/// Every colour of the style sheet is a token of the Digital Agency's, of the name that it has there.
const tokens = () => {
  const theirs = new Map([...readFileSync(createRequire(import.meta.url).resolve("@digital-go-jp/design-tokens/dist/tokens.css"), "utf8")
    .matchAll(/--color-(?:primitive|neutral)-(?:solid-)?([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name.replace("gray", "grey"), value]));
  const sheet = readFileSync(join(root, "assets/css/app.css"), "utf8");
  const ours = [...sheet.matchAll(/--([a-z]+(?:-\d+)?): (#[0-9a-f]{3,8})/g)];
  assert.ok(ours.length > 30, "the sheet names its tokens");
  for (const [, name, value] of ours) assert.equal(value, theirs.get(name), `--${name}`);
  assert.equal([...sheet.matchAll(/#[0-9a-f]{3,8}\b(?=[^{}]*[;}])/g)].length, ours.length, "no colour beside the tokens");
};

await run("design", async () => {
  tokens();
  try {
    await Promise.all([questions(), everythingElse(), withoutScripts()]);
  } finally {
    for (const one of wrong) console.error(one);
  }
  assert.equal(wrong.length, 0, "findings");
  console.log(`design: ${report()}`);
}, { steps: [() => browser.close(), () => gateway.stop(), () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })] });
