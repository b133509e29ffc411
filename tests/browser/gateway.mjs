// A gateway of its own for the browser tests: a test PKI, a settings file and `madoguchi serve`, in a temporary folder.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

/// Starts one; `stop` ends it and removes its folder.
export const startGateway = async (more = "") => {
  const folder = mkdtempSync(join(tmpdir(), "madoguchi-browser-"));
  const pki = process.env.MADOGUCHI_PKI ?? join(folder, "pki");
  if (!existsSync(pki)) execFileSync(binary, ["pki", "init", "--out", pki], { stdio: "inherit", cwd: root });
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder, "madoguchi.toml"), `
[server]
listen = "127.0.0.1:${port}"
public_origin = "${origin}"
[limits]
requests_per_minute = 0
[trust]
anchors = "${pki}/anchors"
intermediates = "${pki}/intermediates"
[revocation]
directory = "${pki}/crls"
${more}
`);
  const child = spawn(binary, ["serve", "--config", join(folder, "madoguchi.toml")], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk) => { log += chunk; });
  for (let waited = 0; ; waited += 100) {
    if (await fetch(`${origin}/healthz`).then((answer) => answer.ok, () => false)) break;
    if (waited > 30_000 || child.exitCode !== null) throw new Error(`the gateway did not start:\n${log}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const stop = () => new Promise((resolve) => {
    child.once("exit", () => { rmSync(folder, { recursive: true, force: true }); resolve(); });
    child.kill("SIGTERM");
  });
  return { origin, pki, folder, stop };
};

/// A detached CAdES signature over a file, as the page tells residents to make it without a card client.
export const signWithOpenssl = (pki, card, input, output) => execFileSync("openssl", [
  "cms", "-sign", "-cades", "-binary", "-in", input, "-md", "sha256", "-outform", "DER", "-out", output,
  "-signer", join(pki, "certificates", `${card}.pem`), "-inkey", join(pki, "private", `${card}.key.pem`),
]);
