// `madoguchi demo` as a newcomer meets it, in a real Chromium with the real card client: read a certificate, sign and
// file in Japanese and in English (the PIN is typed in the card client's own windows, once wrongly), accept the filing as
// the demo agency, see that at /status; look at the agency's and the operator's pages. Every page is looked at on a
// desktop and at 375 pixels. Then the demo is started again: it goes on with what is there.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { opener, shut } from "./card.mjs";
import { binary, freePort, root } from "./gateway.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = process.env.SCREENSHOTS ?? join(root, "target/screenshots");
mkdirSync(screenshots, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "madoguchi-demo-"));
const origin = `http://127.0.0.1:${await freePort()}`;
const windows = opener(folder);
const phrase = "青い朝顔と灯台";
const desktop = { width: 1280, height: 900 };
const phone = { width: 375, height: 812 };
const texts = {
  ja: { title: "公園のベンチの修理のお願い", body: "南公園の入口のベンチの板が割れています。\n修理をお願いします。", received: "申請を受け付けました", accepted: "受理", left: /残り回数: 4/ },
  en: { title: "Broken bench in the park", body: "A board of the bench at the south gate is broken.\nPlease repair it.", received: "Your application has been received", accepted: "Accepted", left: /Tries left: 4/ },
};

/// Starts the demo and waits until it serves; gives what it printed, and what ends it and everything it started.
const startDemo = async () => {
  const child = spawn(binary, ["demo", "--data", join(folder, "data"), "--listen", new URL(origin).host], 
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, MADOGUCHI_CARD_BROWSER: windows.command } });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.once("error", (error) => { output += error; });
  let output = "";
  child.stderr.on("data", (chunk) => { output += chunk; });
  const stop = async () => {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
    const status = await ended;
    clearTimeout(late);
    return status;
  };
  for (let waited = 0; !output.includes("listening on"); waited += 100) {
    if (waited > 90_000 || child.exitCode !== null || child.pid === undefined) {
      if (child.pid !== undefined) await stop();
      throw new Error(`the demo did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { output: () => output, stop };
};

/// Out of what the demo prints: a sign-in, an example filing, a card's PIN.
const printed = (output, pattern, what) => {
  const found = output.match(pattern);
  assert.ok(found, `the demo prints ${what}; it printed:\n${output}`);
  return found.slice(1);
};

/// Looks at a page in both sizes: no sideways scrolling, no serious finding of axe-core, a picture for people.
const look = async (page, name) => {
  for (const [size, viewport] of [["phone", phone], ["desktop", desktop]]) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(screenshots, `demo-${name}-${size}.png`), fullPage: true });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${name} ${size}: ${width} pixels wide`);
    const { violations } = await page.evaluate(`(() => { ${axe}; return axe.run(); })()`);
    const serious = violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
    assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`), [], `${name} ${size}`);
  }
};

/// Answers the card client's window that a button makes it open; `wrong` is typed first.
const answer = async (context, page, opener, { name, card, pin, wrong, left, signs }) => {
  await page.click(opener);
  const popup = await windows.next(context);
  await popup.waitForSelector("#pin");
  assert.notEqual(new URL(popup.url()).origin, origin, "the PIN is typed in the card client's own window");
  assert.ok((await popup.locator("main").innerText()).includes(phrase), "the phrase that the demo prints stands in it");
  await look(popup, `${name}-window`);
  const give = async (typed) => {
    await popup.locator("label.choice", { hasText: card }).click();
    if (signs) await popup.check("[name=checked]");
    else await popup.uncheck("[name=keep]");
    await popup.fill("#pin", typed);
    await popup.click("button.agree");
  };
  if (wrong) {
    await give(wrong);
    await popup.waitForSelector("#error");
    assert.match(await popup.locator("label.choice", { hasText: card }).textContent(), left, "the tries that are left are shown");
    await look(popup, `${name}-window-wrong-pin`);
  }
  await give(pin);
  await popup.waitForSelector("[role=status]");
  await look(popup, `${name}-window-done`);
  await shut(popup);
};

/// Files an application as a resident does; gives its arrival number and access key.
const file = async (context, language, pin) => {
  const page = await context.newPage();
  const words = texts[language];
  const card = "sign-yamada";
  await page.goto(`${origin}/procedures/general-application?lang=${language}`);
  await page.click("main form[action$='/start'] button");
  await page.waitForSelector("[data-card-read]:visible");
  await answer(context, page, "[data-card-read]", { name: `${language}-1-read`, card, pin });
  await page.waitForSelector("#f-name[readonly]");
  assert.equal(await page.inputValue("#f-name"), "山田　花子");
  await page.click("main form[action$='/form/applicant'] button");
  await page.fill("#f-recipient", "131016");
  await page.click("main form[action$='/form/recipient'] button");
  await page.fill("#f-answers-title", words.title);
  await page.fill("#f-answers-body", words.body);
  await page.click("main form[action$='/form/content'] button");
  await page.click("main form[action$='/review'] button");
  await page.click("main a.button");
  await page.waitForSelector("[data-card-sign]:visible");
  await look(page, `${language}-2-sign`);
  await answer(context, page, "[data-card-sign]", { name: `${language}-3-sign`, card, pin, wrong: "WRONG123", left: words.left, signs: true });
  await page.waitForSelector("#access-key");
  assert.equal((await page.locator("h1").textContent()).trim(), words.received);
  const [number, key] = [await page.locator(".reference").textContent(), await page.locator("#access-key").textContent()];
  await page.close();
  return { number, key };
};

/// Signs in with the authentication card through the demo's agent, looks at the account, and signs out.
const signInByCard = async (context, language, pin) => {
  const page = await context.newPage();
  await page.goto(`${origin}/sign-in?lang=${language}`);
  await page.waitForSelector("[data-sign-in-button]:visible");
  assert.equal(await page.locator("[role=alert]:visible").count(), 0, "nothing to be alarmed about");
  await look(page, `${language}-10-sign-in`);
  await page.click("[data-sign-in-button]");
  const popup = await windows.next(context);
  await popup.locator("label.choice", { hasText: "auth-yamada" }).click();
  await popup.fill("#pin", pin);
  await popup.click("button.agree");
  await popup.waitForSelector("[role=status]");
  await shut(popup);
  await page.waitForURL(`${origin}/account`);
  await look(page, `${language}-11-account`);
  await page.click("form.sign-out button");
  await page.waitForURL(`${origin}/sign-in`);
  await page.close();
};

const signIn = async (page, address, login, password) => {
  await page.goto(`${address}?lang=en`);
  await page.fill("[name=login]", login);
  await page.fill("[name=password]", password);
  await page.click("main form button[type=submit]");
  await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
};

/// Looks at an address in both languages.
const lookAt = async (page, address, name) => {
  for (const language of ["ja", "en"]) {
    await page.goto(`${address}?lang=${language}`);
    await look(page, `${language}-${name}`);
  }
};

/// Accepts the filing of that title as the agency.
const accept = async (page, filing, title, reason) => {
  await lookAt(page, `${origin}/agency`, "4-agency-queue");
  await page.goto(`${origin}/agency`);
  assert.ok(!(await page.locator("main").textContent()).includes("伊藤"), "a held filing is no agency's yet");
  await page.click(`main table a:text-is("${title}")`);
  const address = page.url();
  await lookAt(page, address, "5-agency-filing");
  await page.check("[name=decision][value=accept]");
  await page.fill("[name=reason]", reason);
  await page.click("form[action$='/decision'] button");
  await page.waitForSelector(".notice--success");
  await look(page, "en-6-agency-accepted");
};

const status = async (page, language, number, key) => {
  await page.goto(`${origin}/status?lang=${language}`);
  await page.fill("#f-arrival_number", number);
  await page.fill("#f-access_key", key);
  await page.click("main form button");
  await page.waitForSelector(".timeline");
  return page.locator("main").textContent();
};

const browse = async (context, output) => {
  context.setDefaultTimeout(20_000);
  const [pin] = printed(output, /^\s+sign-yamada\s+([A-Z0-9]+)\s+山田/m, "sign-yamada's PIN");
  const filings = { ja: await file(context, "ja", pin), en: await file(context, "en", pin) };
  console.log("demo: certificate, signature and receipt through the card client, in Japanese and English");

  const [fourDigits] = printed(output, /^\s+auth-yamada\s+(\d{4})\s/m, "auth-yamada's PIN");
  for (const language of ["ja", "en"]) await signInByCard(context, language, fourDigits);
  console.log("demo: signed in with the card by the agent, in Japanese and English");

  const page = context.pages()[0] ?? await context.newPage();
  const [login, password, address] = printed(output, /^\s+Agency\s+(\S+)\s+(\S+)\s+(\S+)$/m, "the agency's sign-in");
  await signIn(page, address, login, password);
  await accept(page, filings.en, texts.en.title, "The bench will be repaired next week.");
  for (const language of ["ja", "en"]) {
    const said = await status(page, language, filings.en.number, filings.en.key);
    assert.ok(said.includes(texts[language].accepted) && said.includes("The bench will be repaired next week."), said);
    await look(page, `${language}-7-status`);
  }
  assert.ok(!(await status(page, "en", filings.ja.number, filings.ja.key)).includes("Accepted"), "the other one waits");
  const [number, key] = printed(output, /^\s+sign-ito\s+held\s+(\S+)\s+(\S+)$/m, "an example that is held");
  await status(page, "en", number, key);
  await look(page, "en-8-status-held");
  console.log("demo: accepted by the agency, told at /status");

  // In the same browser: each desk has a session of its own.
  const [operator, secret, there] = printed(output, /^\s+Operator\s+(\S+)\s+(\S+)\s+(\S+)$/m, "the operator's sign-in");
  await signIn(page, there, operator, secret);
  await lookAt(page, `${origin}/operator`, "9-operator-lists");
  assert.equal(await page.locator("main .tag--red").count() > 0, true, "the stale list is told");
  await lookAt(page, `${origin}/operator/anchors`, "9-operator-anchors");
  await lookAt(page, `${origin}/operator/audit`, "9-operator-audit");
  await page.goto(`${origin}/agency`);
  assert.equal(new URL(page.url()).pathname, "/agency", "the agency is signed in still");
};

/// Started again it goes on: the same sign-ins and examples, and nothing filed twice.
const again = async (first) => {
  const demo = await startDemo();
  try {
    const examples = (output) => output.match(/^\s+sign-\S+\s+\S+\s+\S+-\S+-\S+.*$/gm);
    assert.equal(examples(first)?.length, 4, `four example filings are printed:\n${first}`);
    assert.deepEqual(examples(demo.output()), examples(first));
    const sign = /^\s+Agency.*$/m;
    assert.equal(demo.output().match(sign)[0], first.match(sign)[0]);
  } finally {
    await demo.stop();
  }
};

let demo;
let context;
try {
  demo = await startDemo();
  context = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, viewport: desktop,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  await browse(context, demo.output());
  await context.close();
  assert.equal(await demo.stop(), 0, `the demo ends well:\n${demo.output()}`);
  await again(demo.output());
  console.log("demo: started again it goes on with what is there");
} catch (error) {
  for (const [index, page] of (context?.pages() ?? []).entries()) {
    await page.screenshot({ path: join(screenshots, `demo-failed-${index}.png`), fullPage: true }).catch(() => {});
  }
  throw error;
} finally {
  await context?.close().catch(() => {});
  await demo?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
