// The five tasks of docs/USABILITY.md as people do them, step by step, with a picture of each step: a Vietnamese resident on a phone,
// somebody with a keyboard alone, a PIN that locks, a correction, and a shared computer.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { cardClient, chromiumArgs, opener, run, screenshots, shut } from "./card.mjs";
import { freePort, signWithOpenssl, startGateway } from "./gateway.mjs";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-usability-"));
const port = await freePort();
const gateway = await startGateway(`[card]\nagent = "http://127.0.0.1:${port}"\n`);
const client = cardClient(folder);
const windows = opener(folder);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: chromiumArgs });
const phone = { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 };
const desktop = { viewport: { width: 1280, height: 900 } };
mkdirSync(screenshots, { recursive: true });

/// A new browser, and a camera for it.
const sitDown = async (task, language, device) => {
  const context = await browser.newContext({ locale: language, ...device });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  let step = 0;
  const picture = async (name, of = page) => {
    step += 1;
    await of.screenshot({ path: join(screenshots, `task-${task}-${String(step).padStart(2, "0")}-${name}.png`), fullPage: true });
    const width = await of.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(width <= 0, `${task} ${name}: ${width} pixels too wide`);
  };
  return { context, page, picture };
};

/// Hands that have a keyboard and no mouse: Tab until the focus is on what they look for, told by its id or its words.
const hands = (page) => {
  const here = () => page.evaluate(() => {
    const one = document.activeElement;
    return [one.id, (one.labels?.[0]?.innerText ?? "").trim(), (one.innerText ?? "").trim()];
  });
  const to = async (wanted, { back = false, most = 80 } = {}) => {
    for (let presses = 0; presses < most; presses += 1) {
      if ((await here()).some((name) => name && (name === wanted || (name.length > 2 && name.startsWith(wanted))))) return;
      await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    }
    throw new Error(`the keyboard does not reach “${wanted}” at ${page.url()}`);
  };
  const press = async (wanted, key = "Enter") => { await to(wanted); await page.keyboard.press(key); };
  const type = async (wanted, text) => { await to(wanted); await page.keyboard.type(text); };
  /// Sends the page's form, and waits until the next page is there.
  const on = async (wanted, where) => { await to(wanted); await page.keyboard.press("Enter"); await page.waitForURL(where); };
  return { to, press, type, on };
};

/// Chooses one of some radio buttons with a finger.
const tap = (page, id) => page.tap(`label[for="${id}"]`);
/// Does what leads to another page, and waits until that page is there: a picture of one that is just being left never comes.
const leave = (page, act) => Promise.all([page.waitForNavigation({ waitUntil: "load" }), act()]);
const go = (page) => leave(page, () => page.tap("main form[action*='/form/'] .button-row button"));
const date = async (page, id, [era, year, month, day]) => {
  await page.selectOption(`#${id}-era`, era);
  for (const [part, value] of Object.entries({ year, month, day })) await page.fill(`#${id}-${part}`, value);
};
const opens = (page, locator) => leave(page, () => locator.tap());

/// 1. Child allowance in Vietnamese on a phone: broken off, resumed on another one by the private link, filed.
const allowance = async () => {
  const { context, page, picture } = await sitDown("1-allowance", "vi", phone);
  await page.goto(gateway.origin);
  assert.equal(await page.getAttribute("html", "lang"), "vi", "the phone's own language");
  await picture("home");
  await opens(page, page.locator("main a.button").first());
  await picture("procedures");
  await opens(page, page.locator("a[href='/procedures/child-allowance']"));
  await picture("procedure");
  await opens(page, page.locator("main form[action$='/start'] button"));
  await picture("applicant");
  for (const [id, text] of [["f-name", "SMITH JOHN"], ["f-address", "東京都"]]) await page.fill(`#${id}`, text);
  await tap(page, "f-sex-male");
  await go(page);
  await page.fill("#f-recipient", "Chiyoda");
  await picture("recipient");
  await go(page);
  await picture("recipient-sent");
  if (await page.locator(".error-summary").count()) { await page.fill("#f-recipient", "131016"); await go(page); }
  await tap(page, "f-answers-filed_by-self");
  await picture("filed-by");
  await go(page);
  await picture("you");
  // The train arrives: the draft is kept and left.
  await opens(page, page.locator("a[href$='/keep']").first());
  await picture("keep");
  await opens(page, page.locator("main form:has(input[value=link]) button"));
  await picture("link-made");
  const link = (await page.locator("#private-link").textContent()).trim();
  await context.close();
  const other = await sitDown("1-allowance-b", "vi", phone);
  await other.page.goto(link);
  await other.picture("link");
  await opens(other.page, other.page.locator("main form button"));
  await other.picture("resumed");
  await finishAllowance(other);
  await other.context.close();
};

const finishAllowance = async ({ page, picture }) => {
  const answers = "f-answers-";
  // The certificate replaces what was typed by hand; so the name that is signed is the card's.
  await page.goto(page.url().replace(/\/form.*$/, "/form/applicant"));
  await page.locator("main details:has(#f-certificate) summary").tap();
  await page.setInputFiles("#f-certificate", join(gateway.pki, "certificates/sign-smith.pem"));
  await opens(page, page.locator("#certificate-form button"));
  await picture("applicant-from-card");
  await go(page);
  for (let pages = 0; !page.url().includes("/attachments"); pages += 1) {
    assert.ok(pages < 30, page.url());
    const at = new URL(page.url()).pathname.replace(/^.*\/form\//, "");
    if (at === "reason") { await tap(page, `${answers}reason-birth`); await date(page, `${answers}reason_day`, ["western", "2026", "11", "1"]); }
    if (at === "capacity") await tap(page, `${answers}capacity-parent`);
    if (at === "children/1") {
      await page.fill(`#${answers}children-0-name`, "SMITH NGUYEN THI MINH KHAI ALEXANDRA");
      await date(page, `${answers}children-0-date_of_birth`, ["reiwa", "8", "11", "1"]);
      await tap(page, `${answers}children-0-lives_with-together`);
    }
    if (at === "children") await tap(page, "f-more-no");
    for (const [name, value] of [["lives_apart", "false"], ["public_account", "true"], ["declared", "true"]]) {
      if (await page.locator(`#${answers}${name}-${value}`).count()) await tap(page, `${answers}${name}-${value}`);
    }
    if (at === "pension") await tap(page, `${answers}pension-employees`);
    if (at === "contact") await page.fill(`#${answers}telephone`, "090-1234-5678");
    await picture(at.replace("/", "-"));
    await go(page);
    assert.equal(await page.locator(".error-summary").count(), 0, `${at}: ${await page.locator("main").innerText()}`);
  }
  await picture("attachments");
  await opens(page, page.locator("main form[action$='/review'] button"));
  await picture("review");
  await opens(page, page.locator("main a.button[href$='/sign']"));
  await picture("sign");
  await signByFile(page, "sign-smith");
  await picture("receipt");
};

/// The files' way of signing: a program of one's own in place of the card client.
const signByFile = async (page, card) => {
  const draft = new URL(page.url()).pathname.replace(/\/sign$/, "");
  const [input, output] = [join(folder, `${card}.json`), join(folder, `${card}.p7s`)];
  writeFileSync(input, await (await page.request.get(`${gateway.origin}${draft}/application.json`)).body());
  signWithOpenssl(gateway.pki, card, input, output);
  await page.setInputFiles("#f-signature", output);
  await page.click("#signature-form button");
  await page.waitForSelector("#access-key");
};

/// Pairs this browser with the card client, by keyboard.
const pair = async (context, page, picture) => {
  await hands(page).press("接続する");
  const window = await windows.next(context);
  await picture("pair-window", window);
  await hands(window).type("phrase", "青い朝顔と灯台");
  await window.keyboard.press("Enter");
  const code = (await window.locator("#code").textContent()).trim();
  await shut(window);
  await hands(page).type("f-pair-code", code);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-card-read]:visible");
};

/// One of two cards, by keyboard: the radio buttons, then the arrow keys.
const chooseCard = async (window, card) => {
  for (let presses = 0; presses < 30; presses += 1) {
    const here = await window.evaluate(() => (document.activeElement.type === "radio" ? document.activeElement.closest("label").innerText : ""));
    if (here.includes(card)) { await window.keyboard.press("Space"); return; }
    await window.keyboard.press(here ? "ArrowDown" : "Tab");
  }
  throw new Error(`the keyboard does not reach ${card}`);
};

/// 2. Moving out in Japanese with the keyboard alone, signed in the card client's own window.
const movingOut = async ({ context, page, picture }) => {
  const { to, press, type, on } = hands(page);
  await page.goto(`${gateway.origin}/`);
  await on("手続をはじめる", /\/procedures$/);
  await on("転出届", /\/moving-out$/);
  await picture("procedure");
  await on("この手続をはじめる", /\/applicant$/);
  await page.waitForSelector("[data-card-pair]:visible");
  await picture("not-paired");
  await pair(context, page, picture);
  await press("証明書を読み取る");
  const reading = await windows.next(context);
  await chooseCard(reading, "sign-yamada");
  await hands(reading).type("pin", "YAMADA01");
  await picture("reading-window", reading);
  await reading.keyboard.press("Enter");
  await reading.waitForSelector("h1.done");
  await shut(reading);
  await page.waitForSelector("#f-name[readonly]");
  await picture("applicant");
  await on("次へ", /\/recipient$/);
  await type("f-recipient", "千代田区");
  await on("次へ", /\/filing-as$/);
  await press("f-answers-filing_as-self", "Space");
  await on("次へ", /\/date$/);
  await press("次へ");
  await page.waitForSelector(".error-summary");
  await picture("date-missing");
  for (const [part, text] of [["year", "8"], ["month", "12"], ["day", "1"]]) await type(`f-answers-moves_on-${part}`, text);
  await picture("date");
  await on("次へ", /\/destination$/);
  await press("f-answers-destination-japan", "Space");
  await on("次へ", /\/new-address$/);
  for (const [name, text] of [["new_postcode", "1600023"], ["new_municipality", "新宿区"], ["new_address", "西新宿二丁目8番1号"], ["new_head", "山田　花子"]]) {
    await type(`f-answers-${name}`, text);
  }
  await picture("new-address");
  await on("次へ", /\/who-moves$/);
  await to("f-answers-movers-self");
  await page.keyboard.press("Space");
  await on("次へ", /\/contact$/);
  await type("f-answers-telephone", "09012345678");
  await on("次へ", /\/attachments$/);
  await picture("attachments");
  await on("確認画面へ", /\/review$/);
  await picture("review");
  await to("本文へ移動");
  await page.keyboard.press("Enter");
  await on("署名へ進む", /\/sign$/);
  await page.waitForSelector("[data-card-sign]:visible");
  await picture("sign");
  await press("カードで署名して提出する");
  const signing = await windows.next(context);
  await hands(signing).to("pin").catch(() => {});
  await picture("signing-window", signing);
  await signing.focus("input[name=checked]");
  await signing.keyboard.press("Space");
  await signing.keyboard.press("Enter");
  await signing.waitForSelector("h1.done");
  await shut(signing);
  await page.waitForSelector("#access-key");
  await picture("receipt");
};

/// 3. The PIN is mistyped until the card locks: what the window and the page say, and where help is.
const locked = async ({ context, page, picture }) => {
  await page.goto(`${gateway.origin}/procedures/general-application`);
  await hands(page).on("この手続をはじめる", /\/applicant$/);
  await page.waitForSelector("[data-card-read]:visible");
  await hands(page).press("証明書を読み取る");
  const reading = await windows.next(context);
  for (let tries = 0; tries < 5; tries += 1) {
    await reading.locator("label.choice", { hasText: "sign-smith" }).locator("input").check();
    await reading.fill("#pin", "WRONG999");
    await reading.keyboard.press("Enter");
    await reading.waitForLoadState();
    await reading.waitForTimeout(300);
    if (tries === 3) await picture("one-try-left", reading);
  }
  await picture("locked", reading);
  await shut(reading);
  await page.waitForTimeout(2000);
  await picture("page");
  await hands(page).on("使い方", /\/help$/);
  await picture("help");
};

/// 4. A filing is corrected by the person who made it.
const correction = async () => {
  const { context, page, picture } = await sitDown("4-correction", "ja", phone);
  const { number, key } = await fileGeneral(page);
  await find(page, number, key);
  await picture("filing");
  await leave(page, () => page.click("form[action$='/correction'] button"));
  await picture("correction");
  await context.close();
};

const fileGeneral = async (page) => {
  await page.goto(`${gateway.origin}/procedures/general-application`);
  await page.click("main form[action$='/start'] button");
  await page.click("main details:has(#f-certificate) summary");
  await page.setInputFiles("#f-certificate", join(gateway.pki, "certificates/sign-yamada.pem"));
  await page.click("#certificate-form button");
  const on = () => page.click("main form[action*='/form/'] .button-row button");
  await on();
  await page.fill("#f-recipient", "131016");
  await on();
  await page.fill("#f-answers-title", "街灯の修理のお願い");
  await page.fill("#f-answers-body", "3番地の前の街灯が消えています。");
  await on();
  await page.click("main form[action$='/review'] button");
  await page.click("main a.button[href$='/sign']");
  await page.waitForURL(/\/sign$/);
  await signByFile(page, "sign-yamada");
  return { number: await page.locator(".reference").innerText(), key: await page.locator("#access-key").innerText() };
};

/// Finds a filing by its number and key, by keyboard.
const find = async (page, number, key) => {
  await page.goto(`${gateway.origin}/status`);
  const { type } = hands(page);
  await type("f-arrival_number", number);
  await type("f-access_key", key);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/filings\//);
};

/// 5. On a shared computer: found with number and key, closed, and not there any more for whoever comes next.
const shared = async () => {
  const own = await sitDown("5-own", "ja", desktop);
  const { number, key } = await fileGeneral(own.page);
  await own.context.close();
  const { context, page, picture } = await sitDown("5-shared", "ja", desktop);
  await page.goto(`${gateway.origin}/status`);
  await picture("status");
  await hands(page).type("f-arrival_number", number.replaceAll("-", " "));
  await hands(page).type("f-access_key", `${key} `);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/filings\//);
  await picture("filing");
  const address = page.url();
  await hands(page).press("この申請の表示を終了する");
  await page.waitForURL((url) => !url.pathname.startsWith("/filings/"));
  await picture("closed");
  await page.goBack();
  await picture("back-button");
  assert.ok(!(await page.locator("main").innerText()).includes("街灯"), "the next person does not see it");
  await page.goto(address);
  assert.ok(!(await page.locator("main").innerText()).includes("街灯"), "nor by the address");
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0, "nothing is left in the browser");
  await context.close();
};

let agent = null;
await run("usability", async () => {
  const only = process.env.TASKS ?? "12345";
  if (only.includes("1")) await allowance();
  client.run(["trust", gateway.origin, "--yes"]);
  agent = await client.agent(port, ["sign-yamada", "sign-smith"].flatMap((card) => ["--p12", join(gateway.pki, `cards/${card}.p12`)]), windows);
  if (only.includes("2")) {
    const person = await sitDown("2-moving-out", "ja", desktop);
    await movingOut(person);
    await locked(person);
    await person.context.close();
  }
  if (only.includes("4")) await correction();
  if (only.includes("5")) await shared();
  console.log("usability: five tasks, on a phone, by keyboard, to their end");
}, { steps: [() => agent?.stop(), () => browser.close(), () => gateway.stop(), () => rmSync(folder, { recursive: true, force: true })] });
