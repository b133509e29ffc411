// Signing at once from the page, with something that speaks the agent's interface (docs/card-client.md) in the place of
// the card client: what is tested here is the page's own script. The card client itself has tests of its own.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { freePort, signWithOpenssl, startGateway } from "./gateway.mjs";

const pairing = "a-pairing-token-of-the-test";
const folder = mkdtempSync(join(tmpdir(), "madoguchi-agent-"));
const port = await freePort();
const agentOrigin = `http://127.0.0.1:${port}`;
const gateway = await startGateway(`[card]\nagent = "${agentOrigin}"\npairing = "${pairing}"\n`);
const asked = [];
const operations = new Map();
let refuse = null;

/// The result of an operation, once its window was opened: the person's yes.
const resultOf = ({ kind, body }) => {
  if (kind === "certificate") {
    const pem = readFileSync(join(gateway.pki, "certificates/sign-smith.pem"), "utf8");
    return { certificate: pem.replace(/-----[^-]+-----|\s/g, ""), card: "sign-smith" };
  }
  const [input, output] = [join(folder, "application.json"), join(folder, "application.p7s")];
  writeFileSync(input, Buffer.from(body.mgreq.application, "base64"));
  signWithOpenssl(gateway.pki, "sign-smith", input, output);
  return { signature: readFileSync(output).toString("base64"), card: "sign-smith" };
};

const answer = (request, body) => {
  if (request.headers.authorization !== `Bearer ${pairing}`) return [401, { error: { code: "token", title: "no", detail: "no" } }];
  if (request.url === "/v1/status") return [200, { agent: "madoguchi-card", api: 1, busy: false }];
  if (request.method === "POST" && refuse) return [422, { error: refuse }];
  if (request.method === "POST") {
    const kind = request.url.replace("/v1/", "");
    const operation = `operation-${operations.size}`;
    operations.set(operation, { kind, body, opened: false });
    return [202, { operation, url: `${agentOrigin}/p/${operation}`, expires_in: 300 }];
  }
  const operation = operations.get(request.url.split("/").pop());
  return operation.opened ? [200, { status: "done", result: resultOf(operation) }] : [200, { status: "waiting" }];
};

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  if (request.url.startsWith("/p/")) {
    operations.get(request.url.slice(3)).opened = true;
    response.writeHead(200, { "Content-Type": "text/html" }).end("<title>card client</title><p>Done. Close this window.</p>");
    return;
  }
  const headers = { "Access-Control-Allow-Origin": gateway.origin, "Access-Control-Allow-Headers": "authorization, content-type" };
  if (request.method === "OPTIONS") { response.writeHead(204, headers).end(); return; }
  if (request.url.startsWith("/v1/")) asked.push({ url: request.url, origin: request.headers.origin, cookie: request.headers.cookie });
  const [status, body] = answer(request, chunks.length ? JSON.parse(Buffer.concat(chunks)) : null);
  response.writeHead(status, { ...headers, "Content-Type": "application/json" }).end(JSON.stringify(body));
});
await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));

const context = await chromium.launchPersistentContext(join(folder, "profile"), {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, locale: "en",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
try {
  const page = context.pages()[0];
  await page.goto(`${gateway.origin}/procedures/general-application?lang=en`);
  await page.click("main form[action$='/start'] button");
  await page.click("[data-agent-read]");
  await page.waitForSelector("#f-name[readonly]");
  assert.match(await page.inputValue("#f-name"), /SMITH/i);
  await page.fill("#f-recipient", "131016");
  await page.fill("#f-answers-title", "Street lamp");
  await page.fill("#f-answers-body", "It is out.");
  await page.click("main form[action$='/form'] button");
  await page.click("main form[action$='/review'] button");
  await page.click("main a.button");
  await page.waitForSelector("[data-agent-sign]:visible");
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, "agent-1-sign.png"), fullPage: true });
  refuse = { code: "gateway-not-trusted", title: "Not trusted", detail: "This gateway is not trusted yet." };
  await page.click("[data-agent-sign]");
  await page.waitForFunction(() => document.querySelector("[data-agent-live]").textContent.includes("not trusted yet"));
  refuse = null;
  await page.click("[data-agent-sign]");
  await page.waitForSelector("#access-key");
  assert.equal((await page.locator("h1").textContent()).trim(), "Your application has been received");
  assert.ok(asked.every(({ origin, cookie }) => origin === gateway.origin && cookie === undefined), "no cookie reaches the agent");
  console.log("agent: certificate and signature through the card client's interface, a refusal told, no cookie sent");
} finally {
  await context.close();
  server.close();
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
