// The whole real path in a browser: Chromium, the agent or the extension with its native messaging host, OpenSC's stock module,
// pcscd, and the software JPKI card of tests/card in a virtual reader. From form to receipt with one PIN entry each; the card
// is pulled out while it is open; gateway and OpenSSL accept what it signed. Its authentication certificate signs in.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { assertAccepted, cardClient, chromiumArgs, closeBrowser, confirm, fillIn, look, opener, shut, run, until } from "./card.mjs";
import { freePort, root, startGateway } from "./gateway.mjs";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-reader-"));
const agentPort = await freePort();
const gateway = await startGateway(`[card]\nagent = "http://127.0.0.1:${agentPort}"\n`);
const windows = opener(folder);
const phrase = "青い朝顔と灯台";
const words = { title: "街灯の修理のお願い", body: "3番地の前の街灯が消えています。" };
const started = [];

/// A pcscd of our own with a virtual reader, in a mount namespace of its own: no other test meets it.
const startReader = async () => {
  const [driver, port] = ["/usr/lib/pcsc/drivers/serial/libifdvpcd.so", await freePort()];
  assert.ok(existsSync(driver), "vsmartcard-vpcd is not installed: tests/run installs it");
  const hex = port.toString(16).toUpperCase();
  const config = join(folder, "reader.conf");
  writeFileSync(config, `FRIENDLYNAME "Test PCD"\nDEVICENAME /dev/null:0x${hex}\nLIBPATH ${driver}\nCHANNELID 0x${hex}\n`);
  const log = openSync(join(folder, "pcscd.log"), "w");
  const pcscd = spawn("unshare", ["--mount", "sh", "-c", 'mount -t tmpfs tmpfs /run && exec pcscd --foreground --config "$0"', config],
    { stdio: ["ignore", log, log] });
  started.push(pcscd);
  const socket = `/proc/${pcscd.pid}/root/run/pcscd/pcscd.comm`;
  await until(() => existsSync(socket), "pcscd");
  const listed = () => execFileSync("opensc-tool", ["-l"], { encoding: "utf8", env: { ...process.env, PCSCLITE_CSOCK_NAME: socket }, stdio: ["ignore", "pipe", "ignore"], timeout: 20_000 });
  const hasCard = () => /^0\s+Yes/m.test(listed());
  await until(() => listed().includes("Test PCD"), "the virtual reader");
  const file = (name) => ["certificates", "anchors", "intermediates"].map((where) => join(gateway.pki, where, `${name}.pem`)).find(existsSync);
  const cardLog = join(folder, "card.log");
  const of = (who, card, authority) => [`--${who}-key`, join(gateway.pki, "private", `${card}.key.pem`), `--${who}-cert`, file(card), `--${who}-ca`, file(authority)];
  const card = spawn("python3", [join(root, "tests/card/jpki_card.py"), ...of("sign", "sign-yamada", "jpki-sign-2023"),
    ...of("auth", "auth-yamada", "jpki-auth-2023"), "--sign-pin", "YAMADA01", "--auth-pin", "1234", "--port", String(port),
    "--state", join(folder, "card.json"), "-v"], { stdio: ["ignore", "ignore", openSync(cardLog, "w")] });
  started.push(card);
  await until(hasCard, "the card in its reader");
  return {
    socket,
    /// Pulls the card out, or puts it back.
    toggle: async (there) => { card.kill("SIGUSR1"); await until(() => hasCard() === there, "the card to move"); },
    signatures: () => (readFileSync(cardLog, "utf8").match(/SIGN with the/g) ?? []).length,
    verifications: () => (readFileSync(cardLog, "utf8").match(/VERIFY/g) ?? []).length,
  };
};

const module = readdirSync("/usr/lib").map((name) => join("/usr/lib", name, "opensc-pkcs11.so")).find(existsSync);
assert.ok(module, "opensc-pkcs11 is not installed: tests/run installs it");
const client = cardClient(folder);
let reader;

/// Reads the certificate: one PIN, given to the card in the client's window.
const read = async (context, page, name) => {
  await page.goto(`${gateway.origin}/procedures/general-application?lang=ja`);
  await page.click("main form[action$='/start'] button");
  await page.click("[data-card-read]");
  const reading = await windows.next(context);
  await look(reading, `${name}-1-read`);
  await confirm(reading, { pin: "YAMADA01", see: [gateway.origin, phrase, "Test PCD"] });
  await reading.waitForSelector("h1.done");
  await shut(reading);
  await page.waitForSelector("#f-name[readonly]");
  assert.equal(await page.inputValue("#f-name"), "山田　花子");
  await fillIn(page, words);
  await page.waitForSelector("[data-card-sign]:visible");
};

/// Signs what is shown, without a second PIN while the card is open.
const sign = async (context, page, { pin } = {}) => {
  const mgreq = await page.evaluate(() => fetch(document.querySelector("[data-card]").dataset.request).then((answer) => answer.json()));
  await page.evaluate(() => {
    const form = document.getElementById("signature-form");
    form.addEventListener("submit", async () => {
      const bytes = new Uint8Array(await form.elements.namedItem("signature").files[0].arrayBuffer());
      sessionStorage.setItem("signed", btoa(String.fromCharCode(...bytes)));
    });
  });
  await page.click("[data-card-sign]");
  const signing = await windows.next(context);
  assert.equal(await signing.locator("#pin").count(), pin ? 1 : 0);
  await confirm(signing, { pin, check: true, see: [gateway.origin, phrase, words.title, words.body] });
  await signing.waitForSelector("h1.done");
  await shut(signing);
  await page.waitForSelector("#access-key");
  const signed = await page.evaluate(() => sessionStorage.getItem("signed"));
  assertAccepted(gateway.pki, folder, Buffer.from(mgreq.application, "base64"), Buffer.from(signed, "base64"));
};

/// The card is pulled out while it is open: nothing is signed, both windows say why; put back, it signs with its PIN.
const pulled = async (context, page) => {
  await read(context, page, "reader-pulled");
  const before = reader.signatures();
  await reader.toggle(false);
  await page.click("[data-card-sign]");
  const signing = await windows.next(context);
  await confirm(signing, { check: true });
  const text = await signing.locator("main").innerText();
  assert.match(text, /カード/);
  await look(signing, "reader-pulled-2-told");
  await shut(signing);
  await page.waitForFunction(() => document.querySelector("[data-card-live]").textContent.includes("ERR_WEBEID_NATIVE_FATAL"));
  assert.equal(reader.signatures(), before, "nothing was signed");
  await reader.toggle(true);
  await sign(context, page, { pin: "YAMADA01" });
};

/// Signs in at the gateway with the card's authentication certificate and its own PIN of four digits, and out again.
const signIn = async (context, page) => {
  const before = reader.signatures();
  await page.goto(`${gateway.origin}/sign-in?lang=ja`);
  await page.waitForSelector("[data-sign-in-button]:visible");
  await page.click("[data-sign-in-button]");
  const window = await windows.next(context);
  await look(window, "reader-sign-in");
  await confirm(window, { pin: "1234", see: [gateway.origin, phrase, "Test PCD"] });
  await window.waitForSelector("h1.done");
  await shut(window);
  await page.waitForURL(`${gateway.origin}/account`);
  assert.equal(reader.signatures(), before + 1);
  await page.click("form.sign-out button");
  await page.waitForURL(`${gateway.origin}/sign-in`);
};

const browser = (name, more = {}) => chromium.launchPersistentContext(join(folder, name), {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, locale: "ja", ...more, args: [...chromiumArgs, ...(more.args ?? [])],
});
let context;
let agent;
const test = async () => {
  reader = await startReader();
  process.env.PCSCLITE_CSOCK_NAME = reader.socket;
  client.run(["trust", gateway.origin, "--yes"]);
  client.run(["phrase"], { input: `${phrase}\n` });
  agent = await client.agent(agentPort, ["--pkcs11", module], windows);
  context = await browser("with-agent");
  const page = context.pages()[0];
  await page.goto(`${gateway.origin}/procedures/general-application?lang=ja`);
  await page.click("main form[action$='/start'] button");
  const code = client.run(["pair", gateway.origin]).trim();
  await page.waitForSelector("[data-card-pair]:visible");
  await page.fill("#f-pair-code", code);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-card-read]:visible");
  const before = reader.verifications();
  await read(context, page, "reader-agent");
  await sign(context, page);
  assert.equal(reader.signatures(), 1);
  console.log(`reader: form to receipt over the agent with the JPKI card through OpenSC and pcscd (${reader.verifications() - before} VERIFY commands for one PIN entry)`);
  await pulled(context, page);
  console.log("reader: a card that is pulled out signs nothing, and signs again when it is back");
  await closeBrowser(context);
  await agent.stop();

  const extension = join(root, "extension");
  const profile = join(folder, "with-extension");
  client.run(["native-host", "install", "--browser", "chromium", "--user-data-dir", profile, "--pkcs11", module, "--open-with", windows.command]);
  context = await browser("with-extension", {
    ignoreDefaultArgs: ["--disable-extensions"],
    args: [`--load-extension=${extension}`, `--disable-extensions-except=${extension}`, "--disable-features=DisableLoadExtensionCommandLineSwitch"],
  });
  const signed = reader.signatures();
  await read(context, context.pages()[0], "reader-extension");
  await sign(context, context.pages()[0]);
  assert.equal(reader.signatures(), signed + 1);
  console.log("reader: form to receipt over the extension with the JPKI card through OpenSC and pcscd");
  await signIn(context, context.pages()[0]);
  console.log("reader: signed in with the authentication certificate of the JPKI card through OpenSC and pcscd");
};

await run("reader", test, {
  context: () => context,
  steps: [() => agent?.stop(), () => gateway.stop(), () => started.forEach((child) => child.kill("SIGKILL")),
    () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })],
});
