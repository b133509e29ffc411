// The loopback agent in a real Chromium, from form to receipt: what is missing is explained, the page is paired by the code
// that the agent's own window shows, one PIN entry gives certificate and signature, and the agent's windows are looked at in
// both languages and sizes. Then hostile pages and programs: nothing is signed, no window opens, and what the person sees.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { assertAccepted, cardClient, chromiumArgs, confirm, fillIn, look, opener, shut, run } from "./card.mjs";
import { ask, freePort, startGateway } from "./gateway.mjs";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-agent-"));
const port = await freePort();
const agentOrigin = `http://127.0.0.1:${port}`;
const gateway = await startGateway(`[card]\nagent = "${agentOrigin}"\n`);
const client = cardClient(folder);
const windows = opener(folder);
const cards = ["--p12", join(gateway.pki, "cards/sign-yamada.p12"), "--p12", join(gateway.pki, "cards/sign-smith.p12")];
const phrase = "青い朝顔と灯台";
const words = { title: "街灯の修理のお願い", body: "3番地の前の街灯が消えています。" };
const panel = (page) => page.waitForSelector("[data-card][data-looked]").then(() => page.locator("[data-card]").innerText());
const start = async (page, language) => {
  await page.goto(`${gateway.origin}/procedures/general-application?lang=${language}`);
  await page.click("main form[action$='/start'] button");
};

/// Without an agent, and without trust, the page says what is missing, with Web eID's codes.
const missing = async (page) => {
  await start(page, "ja");
  const nothing = await panel(page);
  for (const code of ["ERR_WEBEID_EXTENSION_UNAVAILABLE", "ERR_WEBEID_NATIVE_UNAVAILABLE"]) assert.ok(nothing.includes(code), nothing);
  assert.equal(await page.locator("[data-card-read]").isVisible(), false, "no button that does nothing");
  await look(page, "ja-1-missing");
  await page.goto(`${page.url()}?lang=en`);
  assert.match(await panel(page), /this is missing/);
  await look(page, "en-1-missing");
  const agent = await client.agent(port, cards, windows);
  await page.reload();
  assert.ok((await panel(page)).includes("ERR_WEBEID_NATIVE_UNAVAILABLE"), "an agent that does not trust this gateway is not seen");
  client.run(["trust", gateway.origin, "--yes"]);
  return agent;
};

/// Pairing: the agent shows the origin and a code; the person types the code into the page. By keyboard.
const pair = async (context, page) => {
  await page.goto(`${page.url().split("?")[0]}?lang=ja`);
  await page.waitForSelector("[data-card-pair]:visible");
  await look(page, "ja-2-pair-page");
  await page.focus("[data-card-pair-ask]");
  await page.keyboard.press("Enter");
  const window = await windows.next(context);
  const shown = await window.locator("main").innerText();
  assert.ok(shown.includes(gateway.origin), `who asks is shown:\n${shown}`);
  await look(window, "ja-3-pair");
  assert.equal(await window.evaluate(() => document.activeElement.id), "phrase", "the keyboard starts at the phrase");
  await window.keyboard.type("abc");
  await window.keyboard.press("Enter");
  await window.waitForSelector("#error");
  await window.fill("#phrase", phrase);
  await window.keyboard.press("Enter");
  const code = (await window.locator("#code").textContent()).trim();
  assert.match(code, /^[0-9A-Z]{5}-[0-9A-Z]{5}$/);
  await look(window, "ja-4-code");
  await shut(window);
  await page.fill("#f-pair-code", "00000-00000");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("[data-card-live]").textContent.includes("pairing-code"));
  await page.fill("#f-pair-code", code.toLowerCase());
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-card-read]:visible");
  assert.match(client.run(["pair", "--list"]), new RegExp(gateway.origin));
};

/// One PIN entry: the certificate, then the signature over what the agent shows.
const file = async (context, page) => {
  await page.click("[data-card-read]");
  const reading = await windows.next(context);
  await look(reading, "ja-5-read");
  await confirm(reading, { card: "sign-yamada", pin: "WRONG999", see: [gateway.origin, phrase, "残り回数: 5"] });
  await reading.waitForSelector("#error");
  assert.match(await reading.locator("main").innerText(), /残り回数: 4/);
  await look(reading, "ja-6-wrong-pin");
  await confirm(reading, { card: "sign-yamada", pin: "YAMADA01", see: [phrase] });
  await reading.waitForSelector("h1.done");
  await look(reading, "ja-7-read-done");
  await shut(reading);
  await page.waitForSelector("#f-name[readonly]");
  assert.equal(await page.inputValue("#f-name"), "山田　花子");
  await fillIn(page, words);
  await page.waitForSelector("[data-card-sign]:visible");
  await look(page, "ja-8-sign-page");
  await page.click("[data-card-sign]");
  const signing = await windows.next(context);
  assert.equal(await signing.locator("#pin").count(), 0, "no second PIN");
  await look(signing, "ja-9-review-open");
  await confirm(signing, { see: [gateway.origin, words.title, words.body, "山田　花子"] });
  await signing.waitForSelector("#error");
  await signing.focus("input[name=checked]");
  await signing.keyboard.press("Space");
  await signing.keyboard.press("Enter");
  await signing.waitForSelector("h1.done");
  await shut(signing);
  await page.waitForSelector("#access-key");
  assert.equal((await page.locator("h1").textContent()).trim(), "申請を受け付けました");
};

/// The same in English with the PIN on the signing page, refused once; what was signed is verified by two programs.
const fileAgain = async (context, page) => {
  await start(page, "en");
  await page.waitForSelector("[data-card-read]:visible");
  await page.click("[data-card-read]");
  const reading = await windows.next(context);
  await look(reading, "en-5-read");
  await confirm(reading, { card: "sign-yamada", pin: "YAMADA01", keep: false, see: [phrase, "Your phrase"] });
  await shut(reading);
  await page.waitForSelector("#f-name[readonly]");
  await fillIn(page, words);
  await page.waitForSelector("[data-card-sign]:visible");
  await page.click("[data-card-sign]");
  const refused = await windows.next(context);
  await refused.click("button[value=refuse]");
  await shut(refused);
  await page.waitForFunction(() => document.querySelector("[data-card-live]").textContent.includes("ERR_WEBEID_USER_CANCELLED"));
  const asked = [];
  page.on("request", (request) => { if (request.url().includes("/v1/operations/")) asked.push(request.url()); });
  const mgreq = await (await page.request.get(`${page.url().split("?")[0].replace(/\/sign$/, "")}/application.mgreq`)).json();
  await page.click("[data-card-sign]");
  const signing = await windows.next(context);
  await look(signing, "en-9-review");
  await confirm(signing, { card: "sign-yamada", pin: "YAMADA01", check: true, see: [phrase, words.title, "I have read all of this"] });
  await signing.waitForSelector("h1.done");
  await shut(signing);
  await page.waitForSelector("#access-key");
  // What the page got, asked for once more as the page asks.
  const kept = await page.evaluate((origin) => localStorage.getItem(`madoguchi-card ${origin}`), agentOrigin);
  const { result } = JSON.parse((await ask(asked.at(-1), { Origin: gateway.origin, Authorization: `Bearer ${kept.split(".")[0]}` })).body);
  assertAccepted(gateway.pki, folder, Buffer.from(mgreq.application, "base64"), Buffer.from(result.signatures[0].signature, "base64"));
  return mgreq;
};

/// Attachments are compared, in the client's own window, with files that the person chooses there.
const attachments = async (context, page) => {
  const [same, other] = [join(folder, "写真 1.png"), join(folder, "other.png")];
  writeFileSync(same, "photo");
  writeFileSync(other, "photO");
  const sha256 = createHash("sha256").update("photo").digest("hex");
  const certificate = readFileSync(join(gateway.pki, "certificates/sign-yamada.pem"), "utf8");
  await start(page, "ja");
  await panel(page);
  const begun = await page.evaluate(async ([agent, body]) => {
    const headers = { "Content-Type": "application/json" };
    const made = await fetch("/api/v1/applications", { method: "POST", headers, body: JSON.stringify(body) });
    const token = localStorage.getItem(`madoguchi-card ${agent}`).split(".")[0];
    const asked = await fetch(`${agent}/v1/sign`, { method: "POST", headers: { ...headers, Authorization: `Bearer ${token}` },
      body: JSON.stringify({ language: "ja", mgreq: await made.json() }) });
    return [made.status, asked.status];
  }, [agentOrigin, { procedure: "general-application", recipient: "131016", answers: words, certificate,
    attachments: [{ name: "写真.png", media_type: "image/png", size: 5, sha256 }] }]);
  assert.deepEqual(begun, [201, 202]);
  const window = await windows.next(context);
  const compare = async (files) => {
    await window.setInputFiles("#files", files);
    await Promise.all([window.waitForNavigation(), window.click("form.compare button")]);
    return window.locator("main").innerText();
  };
  assert.match(await window.locator("main").innerText(), /手元のファイルとは照合していません/);
  await look(window, "ja-11-attachment");
  assert.match(await compare([other]), /一致しないファイルです[^]*other\.png/);
  await look(window, "ja-12-attachment-other");
  const told = await compare([same]);
  assert.ok(told.includes("手元のファイルと一致しました") && !told.includes("照合していません"), told);
  await look(window, "ja-13-attachment-same");
  await window.click("button[value=refuse]");
  await shut(window);
};

/// A page of another origin: it reads nothing, opens nothing, frames nothing, and cannot send a window there.
const hostilePage = async (context, token) => {
  const server = createServer((request, response) => response.writeHead(200, { "Content-Type": "text/html" }).end("<title>evil</title>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const before = windows.all().length;
  const tried = await page.evaluate(async ([agent, bearer]) => {
    const attempt = (path, options) => fetch(agent + path, options).then((answer) => `answered ${answer.status}`, () => "nothing");
    const json = { "Content-Type": "application/json", Authorization: `Bearer ${bearer}` };
    const seen = [await attempt("/v1/status"), await attempt("/p/guess")];
    for (const path of ["hello", "pair", "pair/confirm", "certificate", "sign", "authenticate"]) {
      seen.push(await attempt(`/v1/${path}`, { method: "POST", headers: json, body: "{}" }));
      seen.push(await attempt(`/v1/${path}`, { method: "POST", headers: { "Content-Type": "text/plain" }, body: "{}" }));
    }
    for (let flood = 0; flood < 60; flood += 1) await attempt("/v1/certificate", { method: "POST", mode: "no-cors", body: "{}" });
    return seen;
  }, [agentOrigin, token]);
  assert.deepEqual([...new Set(tried)], ["nothing"], "a page of another origin reads no answer");
  assert.equal(windows.all().length, before, "it opens no window");
  // Framing and sending a window to the agent's pages.
  const [popup] = await Promise.all([
    context.waitForEvent("page"),
    page.evaluate((agent) => {
      const frame = document.createElement("iframe");
      frame.src = `${agent}/p/guess`;
      document.body.append(frame);
      window.open(`${agent}/p/guess`);
      const form = document.createElement("form");
      Object.assign(form, { method: "post", action: `${agent}/answer`, target: "elsewhere" });
      document.body.append(form);
      form.submit();
    }, agentOrigin),
  ]);
  await popup.waitForLoadState();
  assert.match(await popup.locator("main").innerText(), /使えません|cannot be used/);
  assert.equal(await page.evaluate(() => { try { return document.querySelector("iframe").contentDocument; } catch { return "closed"; } }), null);
  assert.equal(page.frames().some((frame) => frame.url().startsWith(agentOrigin)), false, "the agent's page is in no frame");
  await page.close();
  for (const other of context.pages().slice(1)) await other.close();
  server.close();
};

/// The pairing was ended in the client: the page says so, and pairs anew once the person gives the old one up. In English.
const pairAnew = async (context, page) => {
  await start(page, "en");
  assert.ok((await panel(page)).includes("agent-key"), "the pairing was ended in the client");
  await look(page, "en-2-ended");
  await page.click("[data-card-forget]");
  await page.click("[data-card-pair-ask]");
  const window = await windows.next(context);
  assert.equal(await window.inputValue("#phrase"), phrase, "the phrase is kept unless another is chosen");
  await look(window, "en-3-pair");
  await window.click("button.agree");
  await look(window, "en-4-code");
  await page.fill("#f-pair-code", await window.locator("#code").textContent());
  await shut(window);
  await page.click("[data-card-pair-form] button");
  await page.waitForSelector("[data-card-read]:visible");
};

/// A name that was rebound to this machine gets nothing.
const rebound = async () => {
  const { request } = await import("node:http");
  const status = await new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path: "/v1/status", headers: { Host: `rebound.example:${port}`, Origin: gateway.origin } },
      (answer) => resolve(answer.statusCode)).once("error", reject).end();
  });
  assert.equal(status, 421);
};

/// A program that took the agent's port: the page tells, sends it nothing that belongs to the pairing, and asks for no code.
const impostor = async (page) => {
  const heard = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method !== "OPTIONS") heard.push({ path: request.url, authorization: request.headers.authorization, body: String(Buffer.concat(chunks)) });
    const headers = { "Access-Control-Allow-Origin": gateway.origin, "Access-Control-Allow-Headers": "authorization, content-type" };
    const proof = `${Buffer.from('{"alg":"ES256","typ":"madoguchi-agent+jwt"}').toString("base64url")}.e30.${"A".repeat(86)}`;
    response.writeHead(request.method === "OPTIONS" ? 204 : 200, { ...headers, "Content-Type": "application/json" });
    response.end(request.method === "OPTIONS" ? "" : JSON.stringify({ agent: "madoguchi-card", api: 2, paired: true, proof }));
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  await start(page, "ja");
  const told = await panel(page);
  assert.ok(told.includes("別のプログラムが応答しています") && told.includes("agent-key"), told);
  assert.equal(await page.locator("[data-card-read]").isVisible(), false);
  assert.equal(await page.locator("[data-card-pair]").isVisible(), false, "pairing anew is not offered to it by itself");
  await look(page, "ja-10-impostor");
  assert.deepEqual([...new Set(heard.map(({ path }) => path))], ["/v1/hello"]);
  assert.ok(heard.every(({ authorization }) => authorization === undefined), "it hears no token");
  assert.ok(heard.every(({ body }) => Object.keys(JSON.parse(body)).join() === "challenge"), "it hears a challenge alone");
  await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
};

const context = await chromium.launchPersistentContext(join(folder, "profile"), {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, locale: "ja", args: chromiumArgs,
});
let agent;
const test = async () => {
  const page = context.pages()[0];
  agent = await missing(page);
  await pair(context, page);
  await file(context, page);
  console.log("agent: explained, paired by its code, one PIN for certificate and signature, receipt");
  const mgreq = await fileAgain(context, page);
  await attachments(context, page);
  console.log("agent: attachments are compared in its window");
  assert.equal(windows.left(), 0);
  client.run(["pair", "--list"]);
  const kept = await page.evaluate((origin) => localStorage.getItem(`madoguchi-card ${origin}`), agentOrigin);
  await hostilePage(context, kept.split(".")[0]);
  await rebound();
  console.log("agent: hostile pages read, open and frame nothing, even with the token");
  await agent.stop();
  await impostor(page);
  console.log("agent: a program on its port is told apart, and hears nothing");
  agent = await client.agent(port, cards, windows);
  client.run(["pair", gateway.origin, "--remove"]);
  await pairAnew(context, page);
  // A request that was signed is replayed to the card client in another way: it was used.
  const [replayed, pin] = [join(folder, "replayed.mgreq"), "YAMADA01\n"];
  writeFileSync(replayed, JSON.stringify(mgreq));
  assert.throws(() => client.run(["sign", replayed, "--p12", cards[1], "--pin-stdin"], { input: pin }), /request-used/);
};

await run("agent", test, {
  context: () => context,
  steps: [() => agent?.stop(), () => gateway.stop(), () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })],
});
