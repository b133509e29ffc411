// Every page of the gateway in every state that a person may meet, one after the other: `see(page, name)` is called at each. What
// is looked for there is up to the caller (design.mjs).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, createSign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary, signWithOpenssl } from "./gateway.mjs";

/// What is typed where the name of a field asks for more than a word.
const TYPED = {
  recipient: "131016", new_municipality: "131041", new_postcode: "160-0023", new_address: "西新宿二丁目8番1号", new_head: "山田　花子",
  kana: "ﾔﾏﾀﾞ ﾀﾛｳ", claimant_kana: "ヤマダ ハナコ", alias_kana: "やまだ　はなこ", account_holder: "ﾔﾏﾀﾞ ﾊﾅｺ", alphabet_name: "NGUYEN THI MINH KHAI",
  card_number: "AB12345678CD", telephone: "090-1234-5678", bank_code: "0001", branch_code: "001", account_number: "1234567",
  copies: "1", title: "街灯の修理のお願い", body: "3番地の前の街灯が消えています。\n夜道が暗く危険ですので、修理をお願いします。",
};
const RADIOS = { sex: "female", more: "no", declared: "true" };
const DATE = { era: "reiwa", year: "8", month: "11", day: "1" };

/// Fills in what is asked on a page: of radio buttons the first or the last, and then what they show.
const fill = async (page, which) => {
  const controls = () => page.locator("main form[action*='/form/']:has(.button-row)").evaluate((form) =>
    [...form.elements].filter((one) => one.name && one.type !== "hidden" && one.checkVisibility()).map((one) => ({
      id: one.id, type: one.type, name: one.name.replace(/^answers\./, ""), value: one.value, locked: one.readOnly || one.disabled })));
  const radios = (await controls()).filter(({ type }) => type === "radio");
  for (const name of new Set(radios.map((one) => one.name))) {
    const choices = radios.filter((one) => one.name === name);
    const wanted = choices.find(({ value }) => value === RADIOS[name]) ?? choices.at(which === "first" ? 0 : -1);
    await page.check(`#${wanted.id}`);
  }
  for (const { id, type, name } of (await controls()).filter((one) => one.type !== "radio" && !one.locked)) {
    const [, field, part] = name.match(/([^/.]+)(?:\.(\w+))?$/);
    if (part && type === "select-one") await page.selectOption(`#${id}`, DATE[part]);
    else if (type === "select-one") await page.selectOption(`#${id}`, { index: 1 });
    else await page.fill(`#${id}`, part ? DATE[part] : TYPED[field] ?? "山田　花子");
  }
};

const next = (page) => page.click("main form[action*='/form/'] .button-row button");
const place = (page) => new URL(page.url()).pathname;
const draftOf = (page) => place(page).match(/^\/apply\/[^/]+/)[0];

/// From a procedure's own page to its attachments or its review; each page of questions as it comes, with what is wrong on it.
export const questions = async (gateway, page, code, see, { which = "first", seen = new Set(), certificate = true } = {}) => {
  const look = (name) => (seen.has(name) ? null : (seen.add(name), see(page, `${code}-${name}`)));
  await page.goto(`${gateway.origin}/procedures/${code}`);
  await look("procedure");
  await page.click("main form[action$='/start'] button");
  if (!seen.has("applicant")) {
    await look("applicant");
    await next(page);
    await look("applicant-errors");
  }
  if (certificate) {
    await page.click("main details:has(#f-certificate) summary");
    await page.setInputFiles("#f-certificate", join(gateway.pki, "certificates/sign-yamada.pem"));
    await page.click("#certificate-form button");
    await look("applicant-filled");
  } else await fill(page, which);
  await next(page);
  for (let pages = 0; /\/form\//.test(place(page)); pages += 1) {
    assert.ok(pages < 60, `${page.url()}: the questions do not end`);
    const at = place(page).replace(/^.*\/form\//, "").replace("/", "-");
    const before = place(page);
    await look(at);
    // What is wrong with an empty page is looked at once.
    if (!seen.has(`${at}-errors`)) {
      await next(page);
      if (await page.locator(".error-summary").count() === 0) {
        assert.notEqual(place(page), before, "it goes on, or tells why not");
        continue;
      }
      await look(`${at}-errors`);
    }
    await fill(page, which);
    await next(page);
    const told = page.locator(".error-summary");
    if (await told.count()) throw new Error(`${page.url()}: ${await told.innerText()}`);
  }
};

/// Every procedure of the catalog: both ways through it, its attachments with one that fails, the review, the page for signing.
export const procedures = async (gateway, page, folder, see, { signs = true, certificate = true, ways = ["first", "last"] } = {}) => {
  await page.goto(`${gateway.origin}/procedures`);
  const codes = await page.locator("main a[href^='/procedures/']").evaluateAll((links) => links.map((link) => link.pathname.split("/").at(-1)));
  // Who applies, where to, and signing are the same page for every procedure: looked at once.
  const common = ["applicant", "applicant-errors", "applicant-filled", "recipient", "recipient-errors", "attachments", "sign"];
  for (const code of codes) {
    const seen = new Set(code === codes[0] ? [] : common);
    for (const which of ways) {
      await questions(gateway, page, code, see, { which, seen, certificate });
      if (place(page).endsWith("/attachments")) await attachments(page, folder, code, see, seen);
      if (!seen.has("review")) {
        seen.add("review");
        await see(page, `${code}-review`);
        if (signs && !seen.has("sign")) {
          await page.click("main a.button[href$='/sign']");
          await see(page, `${code}-sign`);
        }
      }
      const draft = draftOf(page);
      await page.goto(`${gateway.origin}/drafts`);
      await page.locator("li", { has: page.locator(`a[href^='${draft}']`) }).locator("details summary").click();
      await page.click(`form[action='${draft}/discard'] button`);
    }
  }
};

const attachments = async (page, folder, code, see, seen) => {
  const isFirst = !seen.has("attachments");
  seen.add("attachments");
  if (isFirst) {
    await see(page, `${code}-attachments`);
    const [good, bad] = [join(folder, "proof.pdf"), join(folder, "長い名前の書類の写し_2026年11月23日_スキャン_最終版.pdf")];
    writeFileSync(good, "%PDF-1.4");
    writeFileSync(bad, "GIF89a");
    await page.setInputFiles("#f-attachment", [good, bad]);
    if (await page.locator("[data-upload] button[type=submit]").isVisible()) {
      await page.click("[data-upload] button[type=submit]");
    } else {
      await page.waitForSelector(".uploads .failed");
    }
    await page.waitForSelector("[data-files] dt");
    await see(page, `${code}-attachments-failed`);
  }
  await page.click("main form[action$='/review'] button");
  // A document that is asked for is missing: told once.
  if (!place(page).endsWith("/attachments")) return;
  if (isFirst) await see(page, `${code}-attachments-wanted`);
  const more = [1, 2, 3].map((number) => join(folder, `proof-${number}.pdf`));
  for (const one of more) writeFileSync(one, "%PDF-1.4");
  await page.setInputFiles("#f-attachment", more);
  const send = page.locator("[data-upload] button[type=submit]");
  if (await send.isVisible()) await send.click();
  await page.locator("[data-files] dt").nth(isFirst ? 3 : 2).waitFor();
  await page.click("main form[action$='/review'] button");
};

/// Pages that anybody may open, and what they answer when something is wrong.
export const open = async (gateway, page, folder, see) => {
  for (const [name, path] of [["home", "/"], ["procedures", "/procedures"], ["help", "/help"], ["privacy", "/privacy"], ["status", "/status"],
    ["verify", "/verify"], ["problems", "/problems"], ["problem", "/problems/signature-refused"], ["not-found", "/nothing-here"],
    ["drafts-empty", "/drafts"], ["shared-computer", "/shared-computer"], ["finished", "/finished"], ["lost-card", "/lost-card"], ["sign-in", "/sign-in"], ["agency-sign-in", "/agency/sign-in"], ["operator-sign-in", "/operator/sign-in"]]) {
    await page.goto(gateway.origin + path);
    if (name === "sign-in") await page.waitForSelector("[data-card][data-looked]");
    await see(page, name);
  }
  await page.goto(`${gateway.origin}/status`);
  await page.fill("#f-access_key", "wrong");
  await page.click("main form button");
  await see(page, "status-errors");
  const content = join(folder, "content.txt");
  const signature = join(folder, "content.p7s");
  writeFileSync(content, "content");
  signWithOpenssl(gateway.pki, "sign-yamada", content, signature);
  await page.goto(`${gateway.origin}/verify`);
  await page.click("main form button");
  await see(page, "verify-errors");
  for (const [name, file] of [["verified", content], ["verified-other", signature]]) {
    await page.goto(`${gateway.origin}/verify`);
    await page.setInputFiles("#f-signature", signature);
    await page.setInputFiles("#f-content", file);
    await page.click("main form button");
    await page.waitForSelector("main details");
    await see(page, name);
  }
};

/// A draft's own pages: kept, by a private link, in two windows, thrown away, restored, and sent after the sign-in was over.
export const drafts = async (gateway, page, see) => {
  const context = page.context();
  await page.goto(`${gateway.origin}/procedures/general-application`);
  await page.click("main form[action$='/start'] button");
  const draft = draftOf(page);
  await page.goto(`${gateway.origin}/procedures/general-application`);
  await see(page, "procedure-with-draft");
  await page.goto(`${gateway.origin}/drafts`);
  await see(page, "drafts");
  await page.goto(`${gateway.origin}${draft}/keep`);
  await see(page, "draft-keep");
  await page.click("main form:has(input[value=link]) button");
  await see(page, "draft-link-made");
  const link = (await page.locator("#private-link").textContent()).trim();
  await page.goto(link);
  await see(page, "draft-link");

  const content = `${gateway.origin}${draft}/form/content`;
  await page.goto(content);
  const other = await context.newPage();
  await other.goto(content);
  for (const [window, title] of [[page, "街灯の修理のお願い"], [other, "街灯と歩道の修理のお願い"]]) {
    await window.fill("#f-answers-title", title);
    await window.fill("#f-answers-body", "3番地の前の街灯が消えています。");
    await next(window);
  }
  await other.waitForURL(/\/versions$/);
  await see(other, "draft-versions");
  await other.click("main form:has(input[value=other]) button");
  await other.close();

  await page.goto(`${gateway.origin}/drafts`);
  await page.click("main li details summary");
  await page.click(`form[action='${draft}/discard'] button`);
  await page.goto(`${gateway.origin}/drafts`);
  await see(page, "drafts-over");
  await page.goto(`${gateway.origin}/procedures/general-application`);
  await see(page, "procedure-restorable");
  await page.goto(`${gateway.origin}/drafts`);
  await page.click(`form[action='${draft}/restore'] button`);
  await see(page, "draft-restored");
  // What is sent to a draft that this browser may not open: kept until the person has signed in.
  await page.goto(content);
  await page.evaluate(() => { const form = document.querySelector("form[data-autosave]"); form.querySelector("button").formAction = "/apply/00000000-0000-7000-8000-000000000000/form/content"; });
  await next(page);
  await see(page, "draft-parked");
};

/// A token as a Web eID application makes it.
const tokenOf = (gateway, nonce, card) => {
  const sha256 = (text) => createHash("sha256").update(text).digest();
  const message = Buffer.concat([sha256(gateway.origin), sha256(nonce)]);
  const signature = createSign("RSA-SHA256").update(message).sign(readFileSync(join(gateway.pki, "private", `${card}.key.pem`)));
  return {
    format: "web-eid:1.0", algorithm: "RS256", signature: signature.toString("base64"), appVersion: "https://example.org/double/1.0.0",
    unverifiedCertificate: readFileSync(join(gateway.pki, "certificates", `${card}.pem`), "utf8").replace(/-----[^-]+-----|\s/g, ""),
  };
};

/// Signs in with a card's authentication key, as the page's script does it.
export const signIn = async (gateway, page, card = "auth-yamada") => {
  const { nonce } = await (await page.request.get(`${gateway.origin}/auth/challenge`)).json();
  const headers = { Origin: gateway.origin, "Sec-Fetch-Site": "same-origin" };
  const answer = await page.request.post(`${gateway.origin}/auth/login`, { data: tokenOf(gateway, nonce, card), headers });
  assert.ok(answer.ok(), await answer.text());
};

/// Files what stands at the review or at the page for signing, with the file of a signature; gives number and access key.
export const file = async (gateway, page, folder) => {
  const draft = draftOf(page);
  const [input, output] = [join(folder, "application.json"), join(folder, "application.p7s")];
  writeFileSync(input, await (await page.request.get(`${gateway.origin}${draft}/application.json`)).body());
  signWithOpenssl(gateway.pki, "sign-yamada", input, output);
  await page.goto(`${gateway.origin}${draft}/sign`);
  await page.setInputFiles("#f-signature", output);
  await page.click("#signature-form button");
  await page.waitForSelector("#access-key");
  return { number: (await page.locator(".reference").textContent()).trim(), key: (await page.locator("#access-key").textContent()).trim() };
};

/// A refused signature, the receipt, the account, and the pages of a filing that somebody signed in made.
export const filed = async (gateway, page, folder, see) => {
  await signIn(gateway, page);
  await page.goto(`${gateway.origin}/account`);
  await see(page, "account-empty");
  await questions(gateway, page, "general-application", () => {});
  await page.click("main form[action$='/review'] button");
  await page.goto(`${gateway.origin}${draftOf(page)}/sign`);
  const wrong = join(folder, "content.p7s");
  await page.setInputFiles("#f-signature", wrong);
  await page.click("#signature-form button");
  await see(page, "sign-refused");
  const { number, key } = await file(gateway, page, folder);
  await see(page, "receipt");
  await page.goto(`${gateway.origin}/account`);
  await see(page, "account-offer");
  await page.click("main form:has(input[value=link]) button");
  await page.waitForSelector(".account-list a");
  await see(page, "account");
  await page.goto(`${gateway.origin}/account/data`);
  await see(page, "own-data");
  await page.goto(`${gateway.origin}/status`);
  await page.fill("#f-arrival_number", number);
  await page.fill("#f-access_key", key);
  await page.click("main form button");
  await see(page, "filing");
  const filing = place(page);
  for (const [name, path] of [["filing-receipt", "/receipt"], ["filing-mail", "/mail"], ["filing-withdrawal", "/withdrawal"]]) {
    await page.goto(gateway.origin + filing + path);
    await see(page, name);
  }
  return number;
};

/// Makes an account for staff.
const account = (gateway, login, args) => execFileSync(binary,
  ["account", "add", login, ...args, "--password-stdin", "--config", join(gateway.folder, "madoguchi.toml")],
  { input: "rotes-fahrrad-im-regen\n", stdio: ["pipe", "ignore", "inherit"], cwd: gateway.folder });

const enter = async (gateway, page, desk, login, see) => {
  account(gateway, login, desk === "agency" ? ["--agency", "131016"] : ["--operator"]);
  await page.goto(`${gateway.origin}/${desk}/sign-in`);
  for (const password of ["wrong", "rotes-fahrrad-im-regen"]) {
    await page.fill("[name=login]", login);
    await page.fill("[name=password]", password);
    await page.click("main form button[type=submit]");
    if (password === "wrong") await see(page, `${desk}-sign-in-refused`);
  }
  await page.waitForURL((url) => !url.pathname.endsWith("/sign-in"));
};

/// The agency's main pages, and the operators'.
export const staff = async (gateway, page, number, see) => {
  await enter(gateway, page, "agency", "madoguchi-kakari", see);
  const filing = `/agency/filings/${number.replace(/\D/g, "")}`;
  for (const [name, path] of [["agency-queue", "/agency"], ["agency-queue-filtered", "/agency?applicant=nobody"], ["agency-filing", filing],
    ["agency-correspondence", `${filing}/correspondence`], ["agency-procedures", "/agency/procedures"], ["agency-password", "/agency/password"]]) {
    await page.goto(gateway.origin + path);
    await see(page, name);
  }
  await page.goto(`${gateway.origin}/agency/procedures`);
  await page.click("main table a");
  await see(page, "agency-procedure");
  await page.click("main form[action$='/preview'] button");
  await see(page, "agency-preview");
  await enter(gateway, page, "operator", "unyo-tantou", see);
  for (const path of ["", "/quarantine", "/impacts", "/anchors", "/audit", "/password"]) {
    await page.goto(`${gateway.origin}/operator${path}`);
    await see(page, `operator${path.replace("/", "-")}`);
  }
};
