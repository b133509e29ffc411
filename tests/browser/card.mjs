// The real card client for the browser tests: its folder, its agent, and its windows. The client opens a window by running a
// command; here that command writes the address into a file, and the test opens it in the same browser, as a person's
// browser would.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ask, binary, root } from "./gateway.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const screenshots = process.env.SCREENSHOTS ?? join(root, "target/screenshots");
mkdirSync(screenshots, { recursive: true });
export const chromiumArgs = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const sizes = [["phone", { width: 375, height: 812 }], ["desktop", { width: 1280, height: 900 }]];

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/// Waits until `look` gives something; its last word otherwise.
export const until = async (look, what, patience = 20_000) => {
  for (let waited = 0; ; waited += 100) {
    const found = await look();
    if (found) return found;
    if (waited > patience) throw new Error(`waited in vain for ${what}`);
    await pause(100);
  }
};

/// Waits for a promise, and fails when it does not settle in time.
export const within = async (promise, what, patience = 30_000) => {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`${what} took longer than ${patience} ms`)), patience); });
  try { return await Promise.race([promise, late]); } finally { clearTimeout(timer); }
};

/// Ends a program that a test started; one that does not end is killed, and that is a failure which says what it said.
const stop = async (child, ended, what, said) => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGINT");
  try {
    await within(ended, `${what} (SIGINT)`, 15_000);
  } catch (error) {
    child.kill("SIGKILL");
    await within(ended, `${what} (SIGKILL)`, 5_000);
    throw new Error(`${what} did not end: ${error.message}; it said:\n${said()}`);
  }
};

/// Closes a browser; one that does not close is left behind, and told: what the test found is not lost for it.
export const closeBrowser = async (context) => {
  if (!context) return;
  try { await within(context.close(), "closing the browser"); } catch (error) { console.error(error.message); }
};

/// Runs a test: its failure is told, with pictures of every page, before anything is cleaned up; cleaning up is bounded, and so
/// is the whole. `context` gives the browser that is open; `steps` clean up, one after the other, each whatever became of the others.
export const run = async (name, test, { context = () => null, steps = [], patience = 10 * 60_000 }) => {
  // Where nothing else ends it: a promise that never settles, a page that never answers.
  const last = setTimeout(() => { console.error(`${name}: did not end`); process.exit(1); }, patience + 3 * 60_000);
  let failed = false;
  try {
    await within(test(), name, patience);
  } catch (error) {
    failed = true;
    console.error(`${name}: FAILED\n${error?.stack ?? error}`);
    for (const [index, page] of (context()?.pages() ?? []).entries()) {
      const path = join(screenshots, `failed-${name}-${index}.png`);
      await within(page.screenshot({ path, fullPage: true }), "a picture", 10_000).catch(() => {});
    }
  }
  for (const step of [() => closeBrowser(context()), ...steps]) {
    try {
      await within(Promise.resolve(step()), `${name}: cleaning up`, 45_000);
    } catch (error) {
      failed = true;
      console.error(`${name}: ${error?.stack ?? error}`);
    }
  }
  clearTimeout(last);
  // What a failed test left open would keep this program alive.
  if (failed) process.exit(1);
};

/// Until the extension asks the card client anew: its answer to a site that is not trusted is good for a moment.
export const stale = () => new Promise((resolve) => setTimeout(resolve, 1700));

/// Closes a window. A page that is closed between its answer's first octet and its end may never be said to be closed: its
/// end is waited for, and the closing not for ever, because the browser ends at the end anyhow.
export const shut = async (page) => {
  await page.waitForLoadState();
  await Promise.race([page.close(), pause(10_000)]);
};

/// Looks at a page in both sizes: no sideways scrolling, no serious finding of axe-core, a picture for people.
export const look = async (page, name) => {
  for (const [size, viewport] of sizes) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(screenshots, `card-${name}-${size}.png`), fullPage: true });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${name} ${size}: ${width} pixels wide`);
    const { violations } = await page.evaluate(`(() => { ${axe}; return axe.run(); })()`);
    const serious = violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
    assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`), [], `${name} ${size}`);
  }
};

/// A command that "opens" windows, and what it was told to open.
export const opener = (folder) => {
  const [command, log] = [join(folder, "open-window.sh"), join(folder, "windows.txt")];
  writeFileSync(command, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${log}'\n`);
  chmodSync(command, 0o755);
  let taken = 0;
  const all = () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean) : []);
  return {
    command,
    all,
    /// How many windows were opened that no test looked at.
    left: () => all().length - taken,
    /// The next window that the card client opens, in this browser.
    next: async (context) => {
      const address = await until(() => all()[taken], "the card client's window");
      taken += 1;
      assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/p\/[\w-]{43}$/, "a one-time address on this machine");
      const page = await context.newPage();
      await page.goto(address);
      return page;
    },
  };
};

/// The card client's folder.
export const cardClient = (folder) => {
  const data = join(folder, "card-client");
  const run = (args, options = {}) => execFileSync(binary, ["card", "--data", data, ...args],
    { encoding: "utf8", stdio: ["pipe", "pipe", "pipe"], timeout: 60_000, killSignal: "SIGKILL", ...options });
  /// Starts the agent; `stop` ends it.
  const agent = async (port, cards, open) => {
    const child = spawn(binary, ["card", "--data", data, "agent", "--listen", `127.0.0.1:${port}`, "--open-with", open.command, ...cards],
      { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => { said += chunk; });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await until(() => { if (child.exitCode !== null) throw new Error(said); return said.includes("http://"); }, "the agent");
    return { stop: () => stop(child, ended, "the agent", () => said) };
  };
  /// The gateway's keys as `madoguchi-card trust` pins them; it does not take the test's own TLS certificate.
  const pin = async (gateway) => {
    const keys = JSON.parse((await ask(`${gateway.here}/.well-known/jwks.json`)).body);
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(join(data, "trusted.json"), JSON.stringify([{ origin: gateway.origin, keys, pinned_at: new Date().toISOString() }]));
  };
  return { data, run, agent, pin };
};

/// A Chromium with the extension loaded, which reaches the gateway under its public https name.
export const withExtension = (profile, gateway, more = {}) => {
  const extension = join(root, "extension");
  return chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, locale: "en", ignoreHTTPSErrors: true,
    ignoreDefaultArgs: ["--disable-extensions"], ...more,
    args: [...chromiumArgs, `--load-extension=${extension}`, `--disable-extensions-except=${extension}`,
      "--disable-features=DisableLoadExtensionCommandLineSwitch",
      `--host-resolver-rules=MAP ${new URL(gateway.origin).hostname}:443 127.0.0.1:${gateway.port}`],
  });
};

/// Answers a window of the card client: what it shows is asserted by `see`, then the form is filled in and sent.
export const confirm = async (page, { pin, card, keep = true, check = false, see = [] }) => {
  const text = await page.locator("main").innerText();
  for (const wanted of see) assert.ok(text.includes(wanted), `“${wanted}” is shown in:\n${text}`);
  if (card) await page.locator("label.choice", { hasText: card }).locator("input[type=radio]").check();
  if (check) await page.check("input[name=checked]");
  if (pin) await page.fill("#pin", pin);
  if (!keep) await page.uncheck("input[name=keep]");
  await page.click("button.agree");
};

/// Fills in the form up to the signing page; `signs` says what goes on in between.
export const fillIn = async (page, words) => {
  await page.click("main form[action$='/form/applicant'] button");
  await page.fill("#f-recipient", "131016");
  await page.click("main form[action$='/form/recipient'] button");
  await page.fill("#f-answers-title", words.title);
  await page.fill("#f-answers-body", words.body);
  await page.click("main form[action$='/form/content'] button");
  await page.click("main form[action$='/review'] button");
  await page.click("main a.button");
};

/// Attaches a file: with scripts it goes up as soon as it is chosen, without them the form's button sends it.
export const attach = async (page, file, scripts) => {
  await page.setInputFiles("#f-attachment", file);
  if (!scripts) await page.click("[data-upload] button[type=submit]");
  await page.waitForSelector("[data-files] dt");
};

/// The gateway's `verify` and OpenSSL both take what was signed.
export const assertAccepted = (pki, folder, document, signature) => {
  const [content, cms] = [join(folder, "signed.json"), join(folder, "signed.p7s")];
  writeFileSync(content, document);
  writeFileSync(cms, signature);
  const files = (name) => execFileSync("sh", ["-c", 'printf "%s\\n" "$0"/*', join(pki, name)], { encoding: "utf8" }).trim().split("\n");
  const anchors = files("anchors");
  const all = join(folder, "anchors.pem");
  writeFileSync(all, anchors.map((file) => readFileSync(file, "utf8")).join("\n"));
  const report = JSON.parse(execFileSync(binary, ["verify", "--json", "--policy", "jpki", "--signature", cms, "--content", content,
    ...anchors.flatMap((file) => ["--anchor", file]), ...files("crls").flatMap((file) => ["--crl", file])], { encoding: "utf8" }));
  assert.equal(report.indication, "TOTAL_PASSED");
  execFileSync("openssl", ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms, "-content", content, "-CAfile", all,
    "-purpose", "any", "-out", "/dev/null"], { stdio: ["ignore", "ignore", "pipe"] });
};
