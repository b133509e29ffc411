// The extension as it is packed for Firefox, in a real Firefox ESR with its native messaging host, on a page of a public https
// origin: from form to receipt with one PIN entry, though Firefox ends idle background scripts; then Web eID's messages.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, createVerify, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertAccepted, cardClient, confirm, fillIn, opener, run, screenshots, shut, stale, until } from "./card.mjs";
import { root, startGateway } from "./gateway.mjs";
import { startFirefox } from "./marionette.mjs";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-firefox-"));
const home = join(folder, "home");
mkdirSync(home, { mode: 0o700 });
const gateway = await startGateway("", "madoguchi.example");
const client = cardClient(folder);
const windows = opener(folder);
const EXTENSION = "card@madoguchi.example";
const phrase = "青い朝顔と灯台";
const words = { title: "Street lamp out of order", body: "The street lamp in front of house 3 is out." };
const cards = ["sign-yamada", "auth-yamada"].flatMap((card) => ["--p12", join(gateway.pki, `cards/${card}.p12`)]);
const atHome = { env: { ...process.env, HOME: home } };
const manifest = join(home, ".mozilla/native-messaging-hosts/jp.madoguchi.card.json");

// Firefox ends the background script of an extension that was idle for so long (30 seconds where it is not set).
const IDLE_MS = 2500;
const longerThanIdle = () => new Promise((resolve) => setTimeout(resolve, 2 * IDLE_MS));

const packed = () => {
  const out = join(folder, "packed");
  execFileSync("sh", [join(root, "extension/pack.sh"), out], { stdio: "ignore" });
  return join(out, "madoguchi-card-firefox.zip");
};

const panel = async (page) => {
  await page.waitForSelector("[data-card][data-looked]");
  return page.locator("[data-card]").innerText();
};

/// What stands in the way, from the page alone to a client that trusts this gateway.
const missing = async (browser, page) => {
  await page.goto(`${gateway.origin}/procedures/general-application?lang=en`);
  await page.click("main form[action$='/start'] button");
  assert.match(await panel(page), /ERR_WEBEID_EXTENSION_UNAVAILABLE/);
  assert.equal(await browser.install(packed()), EXTENSION);
  await page.reload();
  const alone = await panel(page);
  assert.ok(alone.includes("ERR_WEBEID_NATIVE_UNAVAILABLE") && !alone.includes("EXTENSION_UNAVAILABLE"), alone);
  await until(async () => await browser.backgroundOf(EXTENSION) === "stopped", "the end of the idle background script");
  client.run(["native-host", "install", "--browser", "firefox", ...cards, "--open-with", windows.command], atHome);
  assert.ok(existsSync(manifest));
  await page.reload();
  const untrusted = await panel(page);
  assert.ok(untrusted.includes("gateway-not-trusted"), untrusted);
  await client.pin(gateway);
  client.run(["phrase"], { input: `${phrase}\n` });
  await stale();
  await page.reload();
  assert.match(await panel(page), /browser’s extension/);
};

/// Keeps what the page hears from the extension, as JSON.
const listen = (page) => page.evaluate(() => {
  window.heard = [];
  window.addEventListener("message", ({ data }) => { window.heard.push(JSON.stringify(data)); });
});
const heard = async (page, action) => (await page.evaluate(() => window.heard)).map(JSON.parse).find((one) => one.action?.startsWith(action));

/// One PIN entry for certificate and signature, from a public https page.
const file = async (browser, page) => {
  await page.click("[data-card-read]");
  const reading = await windows.next(browser);
  await longerThanIdle();
  await confirm(reading, { card: "sign-yamada", pin: "YAMADA01", see: [gateway.origin, phrase] });
  await reading.waitForSelector("h1.done");
  await shut(reading);
  await page.waitForSelector("#f-name[readonly]");
  await fillIn(page, words);
  await page.waitForSelector("[data-card-sign]");
  await longerThanIdle();
  assert.equal(await browser.backgroundOf(EXTENSION), "running", "the card would be let go");
  const mgreq = await page.evaluate(() => fetch(document.querySelector("[data-card]").dataset.request).then((answer) => answer.json()));
  await page.evaluate(() => {
    // What was signed is kept beyond the page, which goes on to the receipt.
    window.addEventListener("message", ({ data }) => {
      if (data.action === "madoguchi-card:sign-success") sessionStorage.setItem("signed", data.ok.signatures[0].signature);
    });
  });
  await page.click("[data-card-sign]");
  const signing = await windows.next(browser);
  assert.equal(await signing.locator("#pin").count(), 0, "no second PIN");
  await confirm(signing, { check: true, see: [gateway.origin, phrase, words.title, words.body, "山田　花子"] });
  await signing.waitForSelector("h1.done");
  await shut(signing);
  await page.waitForSelector("#access-key");
  assert.equal((await page.locator("h1").innerText()).trim(), "Your application has been received");
  await page.screenshot({ path: join(screenshots, "card-firefox-receipt.png") });
  const signature = await page.evaluate(() => sessionStorage.getItem("signed"));
  assertAccepted(gateway.pki, folder, Buffer.from(mgreq.application, "base64"), Buffer.from(signature, "base64"));
  return mgreq;
};

/// Web eID's messages, as web-eid.js sends them.
const webEid = async (browser, page) => {
  await page.goto(`${gateway.origin}/?lang=en`);
  await listen(page);
  const say = (message) => page.evaluate((body) => { window.postMessage(body, "*"); }, { libraryVersion: "2.1.0", ...message });
  const answer = async (action) => until(async () => await heard(page, `${action}-success`) ?? heard(page, `${action}-failure`), action);
  await say({ action: "web-eid:status" });
  const status = await answer("web-eid:status");
  assert.equal(status.library, "2.1.0");
  assert.match(`${status.extension} ${status.nativeApp}`, /^\d+\.\d+\.\d+ \d+\.\d+\.\d+$/);
  assert.ok(await heard(page, "web-eid:status-ack"));

  const nonce = randomBytes(33).toString("base64");
  await say({ action: "web-eid:authenticate", challengeNonce: nonce, options: { lang: "en" } });
  const window = await windows.next(browser);
  await longerThanIdle();
  await confirm(window, { card: "auth-yamada", pin: "1234", see: ["Sign in with your card", gateway.origin, phrase] });
  await window.waitForSelector("h1.done");
  await shut(window);
  const token = await answer("web-eid:authenticate");
  assert.deepEqual([token.format, token.algorithm], ["web-eid:1.0", "RS256"]);
  const { publicKey } = new X509Certificate(Buffer.from(token.unverifiedCertificate, "base64"));
  const hash = (text) => createHash("sha256").update(text).digest();
  const verifier = createVerify("sha256").update(hash(gateway.origin)).update(hash(nonce));
  assert.ok(verifier.verify(publicKey, Buffer.from(token.signature, "base64")));

  await say({ action: "web-eid:sign", certificate: token.unverifiedCertificate, hash: "AAAA", hashFunction: "SHA-256" });
  assert.equal((await answer("web-eid:sign")).error.code, "ERR_WEBEID_NATIVE_INVALID_ARGUMENT");
};

/// A page of another origin gets nothing, whatever origin it writes; no window is opened for it.
const hostile = async (browser, mgreq) => {
  const before = windows.all().length;
  const page = await browser.newPage();
  await page.goto("https://evil.example/");
  assert.equal(await page.evaluate(() => window.origin), "https://evil.example");
  await listen(page);
  for (const [id, message] of [
    { action: "madoguchi-card:certificate" },
    { action: "madoguchi-card:sign", mgreqs: [mgreq], origin: gateway.origin },
    { action: "madoguchi-card:authenticate", nonce: "A".repeat(44) },
  ].entries()) {
    await page.evaluate((body) => { window.postMessage(body, "*"); }, { ...message, id: `${id}` });
    const answer = await until(() => heard(page, `${message.action}-failure`), message.action);
    assert.equal(answer.error.reason, "gateway-not-trusted", message.action);
  }
  assert.equal(windows.all().length, before, "no window was opened for it");
};

let browser;
const test = async () => {
  browser = await startFirefox(home, gateway, { preferences: { "extensions.background.idle.timeout": IDLE_MS }, others: ["evil.example"] });
  const [page] = browser.pages();
  await missing(browser, page);
  const mgreq = await file(browser, page);
  console.log("firefox: form to receipt on a public https page with one PIN; verify and OpenSSL accept it");
  await webEid(browser, page);
  console.log("firefox: Web eID's messages as web-eid.js speaks them; a hash is never signed");
  await hostile(browser, mgreq);
  console.log("firefox: a page of another origin gets nothing");
  client.run(["native-host", "uninstall", "--browser", "firefox"], atHome);
  assert.ok(!existsSync(manifest));
};

await run("firefox", test, {
  context: () => browser,
  steps: [() => gateway.stop(), () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })],
});
