// Signing in with a card, in a real Chromium: what the page says where neither extension nor agent is there; with a double of an
// extension that answers the messages of web-eid.js with a token of the test card's authentication key (the real one has a
// test of its own); and with the card client's real agent, paired on this page. A filing made while signed in is linked,
// listed, undone; then signed out. Japanese and English, 375 and 1280 pixels, axe-core, and the sign-in by keyboard alone.
import assert from "node:assert/strict";
import { createHash, createSign } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { cardClient, chromiumArgs, confirm, opener, shut } from "./card.mjs";
import { freePort, signWithOpenssl, startGateway } from "./gateway.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "madoguchi-sign-in-"));
const port = await freePort();
const gateway = await startGateway(`[card]\nagent = "http://127.0.0.1:${port}"\n`);
const sizes = [{ width: 375, height: 812 }, { width: 1280, height: 900 }];

/// A token as a Web eID application makes it, for the origin that the browser attests.
const tokenOf = (origin, nonce, card = "auth-yamada") => {
  const sha256 = (text) => createHash("sha256").update(text).digest();
  const message = Buffer.concat([sha256(origin), sha256(nonce)]);
  const signature = createSign("RSA-SHA256").update(message).sign(readFileSync(join(gateway.pki, "private", `${card}.key.pem`)));
  const pem = readFileSync(join(gateway.pki, "certificates", `${card}.pem`), "utf8");
  return {
    format: "web-eid:1.0", algorithm: "RS256", signature: signature.toString("base64"), appVersion: "https://example.org/double/1.0.0",
    unverifiedCertificate: pem.replace(/-----[^-]+-----|\s/g, ""),
  };
};

/// Runs in the page, as a content script does: hears the messages of web-eid.js and answers them.
const contentScriptDouble = () => window.addEventListener("message", async ({ source, data }) => {
  if (source !== window || !["web-eid:status", "web-eid:authenticate"].includes(data?.action)) return;
  const answer = (suffix, more) => window.postMessage({ action: `${data.action}-${suffix}`, ...more }, location.origin);
  answer("ack");
  if (data.action === "web-eid:status") return answer("success", { library: data.libraryVersion, extension: "2.2.0", nativeApp: "2.2.0" });
  const { error, ...token } = await window.webEidDouble(location.origin, data.challengeNonce);
  return error ? answer("failure", { error: { code: error, message: "", name: "Error" } }) : answer("success", token);
});

const look = async (page, name) => {
  for (const viewport of sizes) {
    await page.setViewportSize(viewport);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}-${viewport.width}.png`), fullPage: true });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${name}: ${width} pixels wide at ${viewport.width}`);
    const { violations } = await page.evaluate(`(() => { ${axe}; return axe.run(); })()`);
    assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`), [], `${name} at ${viewport.width}`);
  }
};

/// Files an application as a resident does, signed with a file.
const file = async (page) => {
  await page.goto(`${gateway.origin}/procedures/general-application`);
  await page.click("main form[action$='/start'] button");
  await page.click("main details summary");
  await page.setInputFiles("#f-certificate", join(gateway.pki, "certificates/sign-yamada.pem"));
  await page.click("#certificate-form button");
  await page.waitForSelector("#f-name[readonly]");
  await page.click("main form[action$='/form/applicant'] button");
  await page.fill("#f-recipient", "131016");
  await page.click("main form[action$='/form/recipient'] button");
  await page.fill("#f-answers-title", "Street lamp");
  await page.fill("#f-answers-body", "It is out.");
  await page.click("main form[action$='/form/content'] button");
  await page.click("main form[action$='/review'] button");
  const draft = new URL(page.url()).pathname.replace(/\/review$/, "");
  const [input, output] = [join(folder, "application.json"), join(folder, "application.p7s")];
  const document = await page.request.get(`${gateway.origin}${draft}/application.json`);
  writeFileSync(input, await document.body());
  signWithOpenssl(gateway.pki, "sign-yamada", input, output);
  await page.click("main a.button");
  await page.setInputFiles("#f-signature", output);
  await page.click("#signature-form button");
  await page.waitForSelector("#access-key");
};

const looked = (page) => page.waitForSelector("[data-card][data-looked]").then(() => page.locator("[data-card]").innerText());
const alerts = (page) => page.locator("[role=alert]:visible").count();

/// Neither extension nor agent: it is said calmly, for nobody did anything yet.
const nothingThere = async (language) => {
  const context = await browser.newContext({ locale: language });
  const page = await context.newPage();
  await page.goto(`${gateway.origin}/sign-in?lang=${language}`);
  const told = await looked(page);
  for (const code of ["ERR_WEBEID_EXTENSION_UNAVAILABLE", "ERR_WEBEID_NATIVE_UNAVAILABLE"]) assert.ok(told.includes(code), told);
  assert.equal(await alerts(page), 0, "no alert where nobody did anything");
  assert.equal(await page.locator("[data-card-missing][role=status]:visible").count(), 1, "it is read out calmly");
  assert.equal(await page.locator("[data-sign-in-button]").isVisible(), false, "no button that does nothing");
  await look(page, `sign-in-nothing-there-${language}`);
  await page.click("[data-sign-in-again]");
  await page.waitForLoadState();
  await looked(page);
  await context.close();
};

/// By the agent: paired on this page, a wrong PIN, cancelled, signed in.
const byAgent = async (language) => {
  const own = join(folder, `agent-${language}`);
  mkdirSync(own);
  const [client, windows] = [cardClient(own), opener(own)];
  client.run(["trust", gateway.origin, "--yes"]);
  const cards = ["sign-yamada", "auth-yamada"].flatMap((card) => ["--p12", join(gateway.pki, `cards/${card}.p12`)]);
  const agent = await client.agent(port, cards, windows);
  const context = await browser.newContext({ locale: language });
  try {
    const page = await context.newPage();
    await page.goto(`${gateway.origin}/sign-in?lang=${language}`);
    await looked(page);
    assert.equal(await alerts(page), 0);
    await look(page, `sign-in-pair-${language}`);
    await page.click("[data-card-pair-ask]");
    const pairing = await windows.next(context);
    await pairing.fill("#phrase", "青い朝顔と灯台");
    await pairing.keyboard.press("Enter");
    await page.fill("#f-pair-code", (await pairing.locator("#code").textContent()).trim());
    await shut(pairing);
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-sign-in-button]:visible");
    await look(page, `sign-in-paired-${language}`);
    // Paired, the page knows the agent when it comes again.
    await page.reload();
    await page.waitForSelector("[data-sign-in-button]:visible");
    await look(page, `sign-in-agent-${language}`);
    await page.click("[data-sign-in-button]");
    const refused = await windows.next(context);
    await refused.click("button[value=refuse]");
    await shut(refused);
    await page.waitForFunction(() => document.querySelector("[data-sign-in-code]").textContent === "ERR_WEBEID_USER_CANCELLED, user-cancelled");
    assert.equal(await alerts(page), 1, "what came of pressing the button is an alert");
    await look(page, `sign-in-agent-cancelled-${language}`);
    await page.click("[data-sign-in-button]");
    const window = await windows.next(context);
    await confirm(window, { card: "auth-yamada", pin: "4321", see: [gateway.origin] });
    await window.waitForSelector("#error");
    assert.equal(new URL(page.url()).pathname, "/sign-in", "nobody is signed in with a wrong PIN");
    await confirm(window, { card: "auth-yamada", pin: "1234" });
    await window.waitForSelector("h1.done");
    await look(window, `sign-in-agent-window-done-${language}`);
    await page.waitForURL(`${gateway.origin}/account`);
  } finally {
    await context.close();
    await agent.stop();
  }
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: chromiumArgs,
});
try {
  for (const language of ["ja", "en"]) {
    await nothingThere(language);
    await byAgent(language);

    const context = await browser.newContext({ locale: language });
    let refuse = "ERR_WEBEID_USER_CANCELLED";
    const asked = [];
    await context.exposeFunction("webEidDouble", (origin, nonce) => {
      asked.push({ origin, nonce });
      return refuse ? { error: refuse } : tokenOf(origin, nonce);
    });
    await context.addInitScript(contentScriptDouble);
    const page = await context.newPage();
    const code = (expected) => page.waitForFunction((wanted) => document.querySelector("[data-sign-in-code]").textContent === wanted, expected);
    await page.goto(`${gateway.origin}/sign-in?lang=${language}`);
    await page.waitForSelector("[data-card-way-extension]:visible");
    await page.click("[data-sign-in-button]");
    await code("ERR_WEBEID_USER_CANCELLED");
    await look(page, `sign-in-cancelled-${language}`);
    // By keyboard alone: the focus stands on the message; the button is before it.
    refuse = null;
    await page.focus("[data-sign-in-button]");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${gateway.origin}/account`);
    assert.ok(asked.every(({ origin, nonce }) => origin === gateway.origin && nonce.length === 44));
    assert.notEqual(asked[0].nonce, asked[1].nonce, "a challenge a try");
    await look(page, `account-empty-${language}`);

    await file(page);
    await look(page, `receipt-signed-in-${language}`);
    await page.click("main a[href='/account']");
    await look(page, `account-offer-${language}`);
    await page.click("main form:has(input[value=link]) button");
    await page.waitForSelector(".account-list a");
    await look(page, `account-linked-${language}`);
    await page.click(".account-list a");
    await page.waitForSelector(".timeline");
    await look(page, `account-filing-${language}`);
    await page.goto(`${gateway.origin}/account`);
    await page.click("main form:has(input[value=undo]) button");
    await page.waitForFunction(() => !document.querySelector(".account-list"));
    await page.click("form.sign-out button");
    await page.waitForURL(`${gateway.origin}/sign-in`);
    await page.goto(`${gateway.origin}/account`);
    assert.equal(new URL(page.url()).pathname, "/sign-in", "signed out");
    await context.close();
  }
  console.log("sign-in: neither extension nor agent; by the agent, paired here; by an extension, cancelled, by keyboard; a filing linked, listed, undone; signed out; ja and en, two sizes, axe clean");
} finally {
  await browser.close();
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
}
