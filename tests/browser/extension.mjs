// The extension in a real Chromium, with its native messaging host, on a page of a public https origin: from form to receipt
// with one PIN entry. Then Web eID's messages as web-eid.js speaks them, and hostile pages: nothing is signed, and what the
// person sees.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createPublicKey, createVerify, X509Certificate, createHash, randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertAccepted, cardClient, confirm, fillIn, look, opener, run, shut, stale, until, withExtension } from "./card.mjs";
import { startGateway } from "./gateway.mjs";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-extension-"));
const gateway = await startGateway("", "madoguchi.example");
const client = cardClient(folder);
const windows = opener(folder);
const profile = join(folder, "profile");
const phrase = "青い朝顔と灯台";
const words = { title: "Street lamp out of order", body: "The street lamp in front of house 3 is out." };
const manifest = join(profile, "NativeMessagingHosts/jp.madoguchi.card.json");
const cards = ["sign-yamada", "auth-yamada"].flatMap((card) => ["--p12", join(gateway.pki, `cards/${card}.p12`)]);
const hostArguments = ["--browser", "chromium", "--user-data-dir", profile];

const panel = (page) => page.waitForSelector("[data-card][data-looked]").then(() => page.locator("[data-card]").innerText());
const start = async (page) => {
  await page.goto(`${gateway.origin}/procedures/general-application?lang=en`);
  await page.click("main form[action$='/start'] button");
};

/// What stands in the way, from the extension alone to a client that trusts this gateway.
const missing = async (page) => {
  await start(page);
  const alone = await panel(page);
  assert.ok(alone.includes("ERR_WEBEID_NATIVE_UNAVAILABLE") && !alone.includes("EXTENSION_UNAVAILABLE"), alone);
  await look(page, "en-ext-1-no-native-host");
  client.run(["native-host", "install", ...hostArguments, ...cards, "--open-with", windows.command]);
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

/// One PIN entry for certificate and signature, from a public https page.
const file = async (context, page) => {
  await page.evaluate(() => {
    window.heard = [];
    window.addEventListener("message", ({ data }) => window.heard.push(data));
  });
  await page.click("[data-card-read]");
  const reading = await windows.next(context);
  await look(reading, "en-ext-2-read");
  await confirm(reading, { card: "sign-yamada", pin: "YAMADA01", see: [gateway.origin, phrase] });
  await reading.waitForSelector("h1.done");
  await shut(reading);
  await page.waitForSelector("#f-name[readonly]");
  await fillIn(page, words);
  await page.waitForSelector("[data-card-sign]:visible");
  const mgreq = await page.evaluate(() => fetch(document.querySelector("[data-card]").dataset.request).then((answer) => answer.json()));
  const signed = page.evaluate(() => new Promise((resolve) => window.addEventListener("message", ({ data }) => {
    if (data.action === "madoguchi-card:sign-success") resolve(data.ok.signatures[0].signature);
  })));
  await page.click("[data-card-sign]");
  const signing = await windows.next(context);
  assert.equal(await signing.locator("#pin").count(), 0, "no second PIN");
  await look(signing, "en-ext-3-review");
  await confirm(signing, { check: true, see: [gateway.origin, phrase, words.title, words.body, "山田　花子"] });
  await signing.waitForSelector("h1.done");
  await shut(signing);
  const signature = await signed;
  await page.waitForSelector("#access-key");
  assert.equal((await page.locator("h1").textContent()).trim(), "Your application has been received");
  assertAccepted(gateway.pki, folder, Buffer.from(mgreq.application, "base64"), Buffer.from(signature, "base64"));
  return mgreq;
};

/// A message of Web eID, sent and answered as web-eid.js does it: an acknowledgement within a second, then success or failure.
const webEid = (page, message) => page.evaluate((body) => new Promise((resolve) => {
  const heard = [];
  const late = setTimeout(() => resolve({ code: "no ack", heard }), 1000);
  const receive = ({ data }) => {
    if (!String(data?.action).startsWith(`${body.action}-`)) return;
    heard.push(data.action);
    if (data.action === `${body.action}-ack`) { clearTimeout(late); return; }
    window.removeEventListener("message", receive);
    resolve({ ...data, heard, code: data.error?.code });
  };
  window.addEventListener("message", receive);
  window.postMessage(body, "*");
}), { libraryVersion: "2.1.0", ...message });

const webEidMessages = async (context, page) => {
  await page.goto(`${gateway.origin}/?lang=en`);
  const status = await webEid(page, { action: "web-eid:status" });
  assert.deepEqual(status.heard, ["web-eid:status-ack", "web-eid:status-success"]);
  assert.equal(status.library, "2.1.0");
  assert.match(status.extension + status.nativeApp, /^\d+\.\d+\.\d+\d+\.\d+\.\d+$/);

  const nonce = randomBytes(33).toString("base64");
  const login = webEid(page, { action: "web-eid:authenticate", challengeNonce: nonce, options: { lang: "en" } });
  const window = await windows.next(context);
  await look(window, "en-ext-4-login");
  await confirm(window, { card: "auth-yamada", pin: "1234", see: ["Sign in with your card", gateway.origin, phrase] });
  await window.waitForSelector("h1.done");
  await shut(window);
  const token = await login;
  assert.deepEqual(token.heard, ["web-eid:authenticate-ack", "web-eid:authenticate-success"]);
  assert.deepEqual([token.format, token.algorithm], ["web-eid:1.0", "RS256"]);
  const certificate = new X509Certificate(Buffer.from(token.unverifiedCertificate, "base64"));
  const hash = (text) => createHash("sha256").update(text).digest();
  const verifier = createVerify("sha256").update(hash(gateway.origin)).update(hash(nonce));
  assert.ok(verifier.verify(createPublicKey(certificate.publicKey.export({ type: "spki", format: "pem" })), Buffer.from(token.signature, "base64")));

  const raw = await webEid(page, { action: "web-eid:sign", certificate: token.unverifiedCertificate, hash: "AAAA", hashFunction: "SHA-256" });
  assert.deepEqual(raw.heard, ["web-eid:sign-ack", "web-eid:sign-failure"]);
  assert.equal(raw.code, "ERR_WEBEID_NATIVE_INVALID_ARGUMENT");
  assert.match(raw.error.message, /never signs a hash/);
  assert.equal((await webEid(page, { action: "web-eid:authenticate" })).code, "ERR_WEBEID_MISSING_PARAMETER");

  const reading = webEid(page, { action: "web-eid:get-signing-certificate", options: { lang: "ja" } });
  const refused = await windows.next(context);
  assert.match(await refused.locator("main").innerText(), /電子証明書の読み取り/);
  const second = await webEid(page, { action: "web-eid:authenticate", challengeNonce: nonce });
  assert.equal(second.code, "ERR_WEBEID_ACTION_PENDING", "one thing at a time");
  await refused.click("button[value=refuse]");
  await shut(refused);
  assert.equal((await reading).code, "ERR_WEBEID_USER_CANCELLED");

  const late = webEid(page, { action: "web-eid:authenticate", challengeNonce: nonce, options: { userInteractionTimeout: 1500 } });
  const unanswered = await windows.next(context);
  assert.equal((await late).code, "ERR_WEBEID_USER_TIMEOUT");
  await unanswered.locator("input[type=radio]").last().check();
  await unanswered.fill("#pin", "1234");
  await unanswered.click("button.agree");
  assert.match(await unanswered.locator("main").innerText(), /cannot be used|使えません/, "what was given up cannot be agreed to");
  await shut(unanswered);
};

/// Any page may ask whether the card client is there: it reaches the card client once in some seconds, and starts it a few times a
/// minute at most, whatever becomes of it. Other sites are not kept out by that.
const flood = async (context, page) => {
  const [log, broken] = [join(folder, "starts.txt"), join(folder, "broken")];
  const told = JSON.parse(readFileSync(manifest, "utf8"));
  const script = join(folder, "counted.sh");
  writeFileSync(script, `#!/bin/sh\necho start >> '${log}'\n[ -e '${broken}' ] && exit 1\nexec '${told.path}' "$@"\n`, { mode: 0o755 });
  writeFileSync(manifest, JSON.stringify({ ...told, path: script }));
  const starts = () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0);
  await context.route("https://flood.example/**", (route) => route.fulfill({ contentType: "text/html", body: "<title>flood</title><p>flood" }));
  const other = await context.newPage();
  await other.goto("https://flood.example/");
  const [worker] = context.serviceWorkers();
  const asked = () => worker.evaluate(() => nextId);
  const before = await asked();
  for (let number = 0; number < 40; number += 1) assert.equal((await webEid(other, { action: "web-eid:status" })).code, undefined);
  assert.ok(await asked() - before < 10, `40 questions reached the card client ${await asked() - before} times`);
  // A card client that ends at once is not started for ever.
  writeFileSync(broken, "");
  await worker.evaluate(() => { close(); known.clear(); });
  const codes = [];
  for (let number = 0; number < 40; number += 1) {
    const { error } = await webEid(other, { action: "web-eid:status" });
    codes.push(error.reason ?? error.code);
  }
  assert.equal(codes[0], "ERR_WEBEID_NATIVE_UNAVAILABLE");
  assert.equal(codes.at(-1), "too-many");
  assert.ok(starts() > 0 && starts() <= 6, `${starts()} starts`);
  rmSync(broken);
  assert.equal((await webEid(page, { action: "web-eid:status" })).code, undefined, "another site is answered");
  await other.close();
  writeFileSync(manifest, JSON.stringify(told));
};

/// A page of another origin, a frame of it in the gateway's page, and forged, replayed and changed requests.
const hostile = async (context, page, mgreq) => {
  const before = windows.all().length;
  const say = (where, message) => where.evaluate((body) => new Promise((resolve) => {
    const late = setTimeout(() => resolve({ code: "silence" }), 2500);
    window.addEventListener("message", ({ data }) => {
      if (data?.id !== body.id || !/-(success|failure)$/.test(data.action ?? "")) return;
      clearTimeout(late);
      resolve({ code: data.error?.code, reason: data.error?.reason, ok: data.ok });
    });
    window.postMessage(body, "*");
  }), message);
  await context.route("https://evil.example/**", (route) => route.fulfill({ contentType: "text/html", body: "<title>evil</title><p>evil" }));
  const evil = await context.newPage();
  await evil.goto("https://evil.example/");
  for (const message of [
    { action: "madoguchi-card:certificate", id: "1" },
    { action: "madoguchi-card:sign", id: "2", mgreqs: [mgreq], origin: gateway.origin },
    { action: "madoguchi-card:authenticate", id: "3", nonce: "A".repeat(44) },
  ]) {
    assert.deepEqual(await say(evil, message).then(({ reason }) => reason), "gateway-not-trusted", message.action);
  }
  assert.equal((await say(evil, { action: "madoguchi-card:status", id: "4" })).ok.trusted, false);
  for (let flood = 0; flood < 30; flood += 1) await say(evil, { action: "madoguchi-card:certificate", id: `flood-${flood}` });
  await evil.evaluate(() => document.body.append(Object.assign(document.createElement("iframe"), { src: "https://evil.example/inner" })));
  const frame = await until(() => evil.frames().find((one) => one.url().endsWith("/inner")), "the frame");
  assert.equal((await say(frame, { action: "madoguchi-card:status", id: "5" })).code, "silence", "a frame is not answered");

  const [head, payload] = mgreq.request.split(".");
  const changed = Buffer.from(Buffer.from(mgreq.application, "base64").toString().replace("Street lamp", "Street vamp")).toString("base64");
  for (const [forged, reason] of [
    [{ ...mgreq, application: changed }, "request-digest"],
    [{ ...mgreq, request: `${head}.${payload}.${"A".repeat(86)}` }, "request-signature"],
    [{ ...mgreq, request: "x" }, "request-malformed"],
  ]) {
    assert.equal((await say(page, { action: "madoguchi-card:sign", id: `forged ${reason}`, mgreqs: [forged] })).reason, reason);
  }
  assert.equal(windows.all().length, before, "no window was opened for any of it");

  // A replay is shown no second time, or ends without a signature.
  const replayed = say(page, { action: "madoguchi-card:sign", id: "replayed", language: "en", mgreqs: [mgreq] });
  const outcome = await Promise.race([replayed, until(() => windows.left(), "a window").then(() => null)]);
  if (outcome === null) {
    const window = await windows.next(context);
    await confirm(window, { card: "sign-yamada", pin: "YAMADA01", check: true });
    assert.match(await window.locator("main").innerText(), /signed before|already|used/i);
    await shut(window);
  }
  assert.equal((await replayed).reason, "request-used");
  await evil.close();
};

const context = await withExtension(profile, gateway);
const test = async () => {
  const page = context.pages()[0];
  await missing(page);
  const mgreq = await file(context, page);
  console.log("extension: form to receipt on a public https page with one PIN; verify and OpenSSL accept it");
  await webEidMessages(context, page);
  console.log("extension: Web eID's messages as web-eid.js speaks them; a hash is never signed");
  await page.goto(`${gateway.origin}/?lang=en`);
  await flood(context, page);
  console.log("extension: a page that asks and asks starts the card client a few times");
  await hostile(context, page, mgreq);
  console.log("extension: hostile pages get nothing");
  client.run(["native-host", "uninstall", ...hostArguments]);
  assert.ok(!existsSync(manifest));
};

await run("extension", test, {
  context: () => context,
  steps: [() => gateway.stop(), () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })],
});
