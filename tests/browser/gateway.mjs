// A gateway of its own for the browser tests: a test PKI, a settings file and `madoguchi serve`, in a temporary folder.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const root = new URL("../..", import.meta.url).pathname;

export const binary = process.env.MADOGUCHI_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "release/madoguchi");

export const freePort = () => new Promise((resolve, reject) => {
  const server = createServer().once("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/// Asks over http, or over https with a certificate of our own making.
export const ask = (address, headers = {}) => new Promise((resolve, reject) => {
  const get = address.startsWith("https:") ? httpsGet : httpGet;
  get(address, { headers, rejectUnauthorized: false }, async (answer) => {
    const chunks = [];
    for await (const chunk of answer) chunks.push(chunk);
    resolve({ ok: answer.statusCode === 200, body: Buffer.concat(chunks) });
  }).once("error", reject);
});

/// Starts one; `stop` ends it and removes its folder. `more` is further settings, or makes them out of what is known before it
/// starts; with `host` it serves https under that name.
export const startGateway = async (more = "", host = null) => {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-browser-"));
  const pki = process.env.MADOGUCHI_PKI ?? join(folder, "pki");
  if (!existsSync(pki)) execFileSync(binary, ["pki", "init", "--out", pki], { stdio: "inherit", cwd: root });
  const port = await freePort();
  const here = `${host ? "https" : "http"}://127.0.0.1:${port}`;
  const origin = host ? `https://${host}` : here;
  let tls = "";
  if (host) {
    const [certificate, key] = [join(folder, "tls.pem"), join(folder, "tls.key")];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${host}`,
      "-addext", `subjectAltName=DNS:${host}`, "-keyout", key, "-out", certificate], { stdio: "ignore" });
    tls = `tls_certificate = "${certificate}"\ntls_key = "${key}"\n`;
  }
  writeFileSync(join(folder, "madoguchi.toml"), `
[server]
listen = "127.0.0.1:${port}"
public_origin = "${origin}"
${tls}[limits]
requests_per_minute = 0
[trust]
anchors = "${pki}/anchors"
intermediates = "${pki}/intermediates"
[revocation]
directory = "${pki}/crls"
${typeof more === "function" ? more({ origin, pki, folder }) : more}
`);
  const child = spawn(binary, ["serve", "--config", join(folder, "madoguchi.toml")], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk) => { log += chunk; });
  for (let waited = 0; ; waited += 100) {
    if (await ask(`${here}/healthz`).then((answer) => answer.ok, () => false)) break;
    if (waited > 30_000 || child.exitCode !== null) throw new Error(`the gateway did not start:\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const stop = () => new Promise((resolve, reject) => {
    const ended = () => { rmSync(folder, { recursive: true, force: true }); resolve(); };
    if (child.exitCode !== null || child.signalCode !== null) return ended();
    const late = setTimeout(() => { child.kill("SIGKILL"); reject(new Error(`the gateway did not stop:\n${log}`)); }, 30_000);
    child.once("exit", () => { clearTimeout(late); ended(); });
    child.kill("SIGTERM");
  });
  return { origin, here, port, pki, folder, stop };
};

/// A detached CAdES signature over a file, as the page tells residents to make it without a card client.
export const signWithOpenssl = (pki, card, input, output) => execFileSync("openssl", [
  "cms", "-sign", "-cades", "-binary", "-in", input, "-md", "sha256", "-outform", "DER", "-out", output,
  "-signer", join(pki, "certificates", `${card}.pem`), "-inkey", join(pki, "private", `${card}.key.pem`),
]);
