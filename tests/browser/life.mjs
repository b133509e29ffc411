// A filing's whole life in a real Chromium, both sides: each procedure that is built in, from its start to the official document,
// the resident by keyboard alone and with the real card client's agent. They file, open the filing with their access key, have
// notices mailed, answer the agency's message, correct what it marked and nothing else, see the seal's verdict, and save document,
// receipt and everything on record; one filing is withdrawn with the card in the page. Desktop and 375 pixels, Japanese and
// English; every page and state is looked at in both sizes with axe-core.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { desk, officialSettings, signIn } from "./agency.mjs";
import { procedures } from "./answers.mjs";
import { cardClient, chromiumArgs, confirm, opener, run, screenshots, shut, sizes, until } from "./card.mjs";
import { binary, freePort, root, startGateway } from "./gateway.mjs";
import { keyboard } from "./keys.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "madoguchi-life-"));
const [desktop, phone] = [{ width: 1280, height: 900 }, { width: 375, height: 812 }];
const card = { card: "sign-yamada", pin: "YAMADA01" };

/// Each procedure in another language and on another screen; what the agency has corrected, and how.
const lives = [
  { code: "general-application", language: "ja", viewport: desktop, fields: ["body"], page: "content",
    corrected: { body: "三番地二号の前の街灯です。" }, locked: "#f-answers-title" },
  { code: "moving-out", language: "en", viewport: phone, fields: ["telephone"], page: "contact",
    corrected: { telephone: "0312345678" } },
  { code: "child-allowance", language: "ja", viewport: phone, fields: ["account_number"], page: "account",
    corrected: { account_number: "7654321" }, locked: "#f-answers-bank_code" },
  { code: "alias", language: "en", viewport: desktop, fields: ["alias_kana"], page: "alias",
    corrected: { alias_kana: "ヤマダ　ハナ" }, locked: "#f-answers-alias" },
];
const general = [["content", { title: "街灯の修理のお願い", body: "3番地の前の街灯が消えています。" }]];

const look = async (page, name) => {
  const before = page.viewportSize();
  for (const [size, viewport] of sizes) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(screenshots, `life-${name}-${size}.png`), fullPage: true });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${name} ${size}: ${width} pixels wide`);
    const { violations } = await page.evaluate(`(() => { ${axe}; return axe.run(); })()`);
    assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`), [], `${name} ${size}`);
  }
  await page.setViewportSize(before);
};

/// A mail server of its own; `link` gives the newest link that was mailed.
const startMail = async () => {
  const inbox = join(folder, "mails");
  mkdirSync(inbox);
  const port = await freePort();
  const child = spawn("/usr/bin/python3", [join(root, "tests/suite/support/smtp.py"), inbox, String(port)], { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const read = "import email, email.policy, sys; print(email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default).get_body().get_content())";
  const mails = () => readdirSync(inbox).filter((name) => name.endsWith(".eml")).sort();
  const newest = () => execFileSync("/usr/bin/python3", ["-c", read, join(inbox, mails().at(-1))], { encoding: "utf8" });
  return {
    port,
    count: () => mails().length,
    link: () => newest().match(/https?:\/\/\S+\/mail\/\S+/)[0],
    stop: () => new Promise((resolve) => { child.once("exit", resolve); child.stdin.end(); }),
  };
};

/// Signs what the page asks the card for, in the card client's own window.
const withCard = async (context, windows, { check }) => {
  const window = await windows.next(context);
  const asks = await window.locator("#pin").count() > 0;
  await confirm(window, { ...(asks ? card : {}), check });
  await window.waitForSelector("h1.done");
  await shut(window);
};

/// Answers the form's pages up to the review.
const fillIn = async (page, keys, code) => {
  await keys.go("main form[action$='/form/applicant'] button.button");
  await keys.type("#f-recipient", "131016");
  await keys.go("main form[action$='/form/recipient'] button.button");
  for (const [step, fields] of procedures[code] ?? general) {
    const next = `main form[action*='/form/${step}'] button.button`;
    const groups = Array.isArray(fields) ? fields : [fields];
    for (const [number, entry] of groups.entries()) {
      const at = Array.isArray(fields) ? `${step}-${number}-` : "";
      for (const [name, value] of Object.entries(entry)) await keys.answer(`#f-answers-${at}${name}`, value);
      await keys.go(next);
      if (!Array.isArray(fields)) continue;
      await keys.choose(number + 1 < groups.length ? "#f-more-yes" : "#f-more-no");
      await keys.go(next);
    }
  }
  const proof = join(folder, "証明書.pdf");
  writeFileSync(proof, "%PDF-1.4");
  await keys.files("#f-attachment", proof);
  await page.waitForSelector("[data-files] dt");
  await keys.go("main form[action$='/review'] button.button");
};

/// From the review over the card's window to the receipt: its number and key.
const sign = async (context, page, keys, windows) => {
  await keys.go("main a.button[href$='/sign']");
  await page.waitForSelector("[data-card-sign]:visible");
  await keys.press("[data-card-sign]");
  await withCard(context, windows, { check: true });
  await page.waitForSelector("#access-key");
  const text = (selector) => page.locator(selector).first().textContent();
  return { number: (await text(".reference")).replaceAll("-", "").trim(), key: (await text("#access-key")).trim() };
};

const file = async ({ context, page, keys, windows, gateway }, { code, language, name }) => {
  await page.goto(`${gateway.origin}/procedures/${code}?lang=${language}`);
  await keys.go("main form[action$='/start'] button");
  await page.waitForSelector("[data-card-read]:visible");
  await keys.press("[data-card-read]");
  await withCard(context, windows, { check: false });
  await page.waitForSelector("#f-name[readonly]");
  await fillIn(page, keys, code);
  const filed = await sign(context, page, keys, windows);
  await look(page, `${name}-01-receipt`);
  assert.match(readFileSync(await keys.save("main a[href$='/receipt.pdf']")).subarray(0, 5).toString("latin1"), /^%PDF-/);
  return filed;
};

/// Opens a filing with its number and key, and looks at its receipt.
const openFiling = async ({ page, keys, gateway }, { language, name }, { number, key }) => {
  await page.goto(`${gateway.origin}/status?lang=${language}`);
  await look(page, `${name}-02-status`);
  await keys.type("#f-arrival_number", number);
  await keys.type("#f-access_key", key);
  await keys.go("main form[action='/status'] button");
  assert.equal(new URL(page.url()).pathname, `/filings/${number}`);
  await look(page, `${name}-03-received`);
  await keys.go("main a[href$='/receipt']");
  await look(page, `${name}-04-receipt-sheet`);
  await keys.save("main a[href$='/receipt.pdf']");
  await keys.go("main a.back-link");
};

/// Has notices mailed: the address is given, confirmed by the link in a mail, and shown as confirmed.
const askForMail = async ({ page, keys, mail, gateway }, { name }, { number }) => {
  await keys.go("main a[href$='/mail']");
  await keys.type("#f-address", "nobody");
  await keys.go("main form[action$='/mail'] button");
  await look(page, `${name}-05-mail-wrong`);
  const before = mail.count();
  await keys.type("#f-address", "hanako@example.jp");
  await keys.go("main form[action$='/mail'] button");
  await look(page, `${name}-06-mail-asked`);
  await until(() => mail.count() > before, "the mail to confirm");
  await page.goto(mail.link());
  await look(page, `${name}-07-mail-link`);
  await keys.go("main form button");
  await look(page, `${name}-08-mail-confirmed`);
  await page.goto(`${gateway.origin}/filings/${number}/mail`);
  await page.waitForSelector("main .tag--green");
  await keys.go("main a.back-link");
};

/// Reads what is new, answers, and corrects what was marked, where everything else is locked with the reason.
const correct = async ({ context, page, keys, windows, mail, gateway }, life, { number }) => {
  const { name, fields, page: step, corrected, locked } = life;
  await until(() => mail.count() > 0, "the mail with the notice");
  await page.goto(`${gateway.origin}/filings/${number}`);
  assert.ok(await page.locator("main .tag--yellow").count() > 0, "what is new is marked");
  await look(page, `${name}-10-correction-requested`);
  await keys.type("#f-body", life.answer);
  await keys.go("main form[action$='/messages'] button");
  assert.equal(await page.locator(".message--mine").count(), 1);
  await keys.go("main form[action$='/notices'] button");
  await look(page, `${name}-11-answered`);
  await keys.go("main form[action$='/correction'] button");
  assert.ok(new URL(page.url()).pathname.endsWith(`/form/${step}`), `${page.url()}: at once at what is to be corrected`);
  await look(page, `${name}-12-correction-form`);
  if (locked) assert.equal(await page.getAttribute(locked, "readonly"), "", "what was not marked is locked");
  for (const field of fields) await keys.answer(`#f-answers-${field}`, corrected[field]);
  await keys.go(`main form[action*='/form/${step}'] button.button`);
  assert.ok(page.url().endsWith("/review"), `${page.url()}: nothing else is asked`);
  await look(page, `${name}-13-correction-review`);
  const correction = await sign(context, page, keys, windows);
  await look(page, `${name}-14-correction-receipt`);
  return correction;
};

/// The document of the agency, its seal and its verdict; and everything on record.
const receive = async ({ page, keys, gateway }, { name }, { number, correction, sent }) => {
  await page.goto(`${gateway.origin}/filings/${number}`);
  await look(page, `${name}-15-corrected`);
  await keys.go(`main .notice--info a[href='/filings/${correction}']`);
  assert.equal(new URL(page.url()).pathname, `/filings/${correction}`, "the first filing's key opens what corrects it");
  await look(page, `${name}-16-document`);
  await keys.press("#official ~ .panel details summary");
  await look(page, `${name}-17-document-checks`);
  assert.deepEqual(readFileSync(await keys.save("main a.button[href*='/official/']:not([href$='/seal'])")), readFileSync(sent));
  const seal = await keys.save("main a[href$='/seal']");
  const out = execFileSync(binary, ["verify", "--json", "--policy", "generic", "--signature", seal, "--content", sent, "--anchor", join(gateway.pki, "anchors/tt-ec-root.pem"),
    ...["tt-ec-root", "tt-p256"].flatMap((list) => ["--crl", join(gateway.pki, "crls", `${list}.crl`)]),
    "--certificate", join(gateway.pki, "intermediates/tt-p256.pem")], { encoding: "utf8" });
  assert.equal(JSON.parse(out).indication, "TOTAL_PASSED");
  const all = await keys.save("main a[href$='/everything.zip']");
  const inside = execFileSync("/usr/bin/python3", ["-m", "zipfile", "-l", all], { encoding: "utf8" });
  for (const part of ["receipt.pdf", "application.p7s", "messages.json", "official/1-"]) assert.ok(inside.includes(part), `${part} in ${inside}`);
};

/// Withdraws a filing, signed with the card in the page.
const withdraw = async ({ context, page, keys, windows, gateway }, { language, name }, { number }) => {
  await page.goto(`${gateway.origin}/filings/${number}?lang=${language}`);
  await keys.go("main a[href$='/withdrawal']");
  await look(page, `${name}-20-withdraw`);
  await keys.type("#f-reason", language === "ja" ? "街灯は修理されました。" : "It was repaired.");
  await keys.go("main form[action$='/withdrawal'] button");
  await page.waitForSelector("[data-card-sign]:visible");
  await look(page, `${name}-21-withdraw-sign`);
  await keys.press("[data-card-sign]");
  await withCard(context, windows, { check: true });
  await page.waitForURL(`${gateway.origin}/filings/${number}`);
  assert.equal(await page.locator("main a[href$='/withdrawal']").count(), 0, "it is final");
  await look(page, `${name}-22-withdrawn`);
};

const live = async (house, agency, life) => {
  await house.page.setViewportSize(life.viewport);
  const filed = await file(house, life);
  await openFiling(house, life, filed);
  await askForMail(house, life, filed);
  const ja = life.language === "ja";
  await agency.ask(filed.number, { name: life.name, fields: life.fields,
    message: ja ? "提出ありがとうございます。1点確認させてください。\nご回答をお待ちしています。" : "Thank you for filing. We have one question.\nPlease answer here.",
    text: ja ? "読み取れない箇所がありました。正しい内容に直してください。" : "One field cannot be read. Please correct it." });
  const { number: correction } = await correct(house, { ...life, answer: ja ? "承知しました。すぐに直します。" : "I see. I will correct it." }, filed);
  assert.equal(await agency.accept(filed.number, ja ? "受理しました。" : "Accepted.", life.name), correction);
  const sent = await agency.send(correction, folder, life.name);
  await receive(house, life, { ...filed, correction, sent });
  await house.page.goto(`${house.gateway.origin}/filings/${correction}`);
  await house.page.click("main form[action$='/close'] button");
  console.log(`life: ${life.code} (${life.language}, ${life.viewport.width} pixels), from its start to the official document`);
};

let browser, gateway, agent, mail;
const test = async () => {
  mail = await startMail();
  const client = cardClient(folder);
  const windows = opener(folder);
  const port = await freePort();
  gateway = await startGateway((known) => `${officialSettings(known)}[mail]\nsmtp = "smtp://127.0.0.1:${mail.port}"
[card]\nagent = "http://127.0.0.1:${port}"\npairing = "${client.run(["pair", known.origin, "--line"]).trim()}"\n`);
  client.run(["trust", gateway.origin, "--yes"]);
  client.run(["phrase"], { input: "青い朝顔と灯台\n" });
  agent = await client.agent(port, ["--p12", join(gateway.pki, "cards/sign-yamada.p12")], windows);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: chromiumArgs });
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => { if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text()); });
  page.on("pageerror", (error) => faults.push(String(error)));
  const house = { context, page, keys: keyboard(page), windows, mail, gateway };
  const clerk = desk(await signIn(await browser.newContext(), gateway, "ja"), gateway, look);
  for (const life of lives) await live(house, clerk, { ...life, name: `${life.code}-${life.language}` });
  for (const [language, viewport] of [["ja", phone], ["en", desktop]]) {
    const life = { code: "general-application", language, name: `withdrawal-${language}` };
    await page.setViewportSize(viewport);
    const filed = await file(house, life);
    await openFiling(house, life, filed);
    await withdraw(house, life, filed);
    console.log(`life: withdrawn with the card in the page (${language}, ${viewport.width} pixels)`);
  }
  assert.deepEqual(faults, [], "no script fails and nothing breaks the pages' security policy");
};

await run("life", test, {
  context: () => browser && { pages: () => browser.contexts().flatMap((context) => context.pages()), close: () => browser.close() },
  steps: [() => agent?.stop(), () => gateway?.stop(), () => mail?.stop(), () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })],
});
