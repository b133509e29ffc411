// The agency's side of a filing, for tests of its whole life: an account, its pages, the seal that it sends documents under.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary, signWithOpenssl } from "./gateway.mjs";

const PASSWORD = "kaki-no-tane 2026";
/// Who seals: under an anchor that residents' certificates are not under.
const SEAL = "p256-carol";

/// The trust in agencies' seals, out of the test PKI, as settings.
export const officialSettings = ({ pki, folder }) => {
  const official = join(folder, "official");
  for (const part of ["anchors", "intermediates", "crls"]) mkdirSync(join(official, part), { recursive: true });
  cpSync(join(pki, "anchors/tt-ec-root.pem"), join(official, "anchors/root.pem"));
  cpSync(join(pki, "intermediates/tt-p256.pem"), join(official, "intermediates/ca.pem"));
  for (const list of readdirSync(join(pki, "crls")).filter((name) => name.startsWith("tt-"))) {
    cpSync(join(pki, "crls", list), join(official, "crls", list));
  }
  return `[official]\nanchors = "${official}/anchors"\nintermediates = "${official}/intermediates"\ncrls = "${official}/crls"\n`;
};

/// Somebody of the agency who signed in, in a browser of their own.
export const signIn = async (context, gateway, language) => {
  execFileSync(binary, ["account", "add", "tanaka", "--agency", "131016", "--password-stdin", "--config", join(gateway.folder, "madoguchi.toml")],
    { input: `${PASSWORD}\n`, stdio: ["pipe", "ignore", "inherit"] });
  const page = await context.newPage();
  await page.goto(`${gateway.origin}/agency/sign-in?lang=${language}`);
  await page.fill("[name=login]", "tanaka");
  await page.fill("[name=password]", PASSWORD);
  await page.click("main form button[type=submit]");
  await page.waitForURL(`${gateway.origin}/agency`);
  return page;
};

export const desk = (page, gateway, look) => {
  const at = (number, rest = "") => `${gateway.origin}/agency/filings/${number}${rest}`;
  const done = () => page.waitForSelector("main .notice--success");

  /// Writes a message, and asks for a correction of the marked fields: refused first, where nothing is marked.
  const ask = async (number, { message, text, fields, name }) => {
    await page.goto(at(number));
    await look(page, `${name}-agency-filing`);
    await page.goto(at(number, "/correspondence"));
    await look(page, `${name}-agency-correspondence`);
    await page.fill("form[action$='/messages'] textarea", message);
    await page.click("form[action$='/messages'] button");
    await done();
    await page.check("[name=kind][value=partial]");
    await page.fill("form[action$='/correction'] textarea", text);
    await page.click("form[action$='/correction'] button");
    await page.waitForSelector(".error-summary");
    assert.equal(await page.inputValue("form[action$='/correction'] textarea"), text, "what was typed stays");
    await look(page, `${name}-agency-none-marked`);
    for (const field of fields) await page.check(`[name=field][value="${field}"]`);
    await page.click("form[action$='/correction'] button");
    await done();
    await look(page, `${name}-agency-asked`);
  };

  /// Goes from a filing to the one that corrects it, and decides.
  const accept = async (number, reason, name) => {
    await page.goto(at(number));
    await look(page, `${name}-agency-superseded`);
    await page.click("main .notice--info a");
    const correction = new URL(page.url()).pathname.split("/").at(-1);
    assert.notEqual(correction, number);
    assert.equal(await page.locator(`main a[href='/agency/filings/${number}']`).count(), 1, "and back");
    await page.check("[name=decision][value=accept]");
    await page.fill("[name=reason]", reason);
    await page.click("form[action$='/decision'] button");
    await done();
    return correction;
  };

  /// Sends a finished document: refused under a resident's signature, taken under the agency's seal.
  const send = async (number, folder, name) => {
    const [document, wrong, seal] = ["許可証.pdf", "wrong.p7s", "許可証.pdf.p7s"].map((file) => join(folder, file));
    writeFileSync(document, `%PDF-1.7 ${name}`);
    signWithOpenssl(gateway.pki, "sign-yamada", document, wrong);
    signWithOpenssl(gateway.pki, SEAL, document, seal);
    await page.goto(at(number, "/correspondence"));
    const upload = async (sealed) => {
      await page.setInputFiles("#f-document", document);
      await page.setInputFiles("#f-seal", sealed);
      await page.click("form[action$='/official'] button");
    };
    await upload(wrong);
    await page.waitForSelector(".error-summary");
    await look(page, `${name}-agency-seal-refused`);
    await upload(seal);
    await done();
    await look(page, `${name}-agency-sent`);
    return document;
  };

  return { ask, accept, send };
};
