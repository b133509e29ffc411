// A real Firefox, driven by its own protocol (Marionette: `length:[0, id, command, parameters]` over TCP). A page has the few
// methods of Playwright's pages that the tests of the card client use, so that they are written once for both browsers.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { until, within } from "./card.mjs";
import { freePort } from "./gateway.mjs";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/// Commands to a browser, one after the other.
class Connection {
  #socket; #buffer = Buffer.alloc(0); #waiting = new Map(); #next = 1;

  constructor(socket) {
    this.#socket = socket;
    this.hello = new Promise((resolve) => this.#waiting.set("hello", { resolve }));
    socket.on("data", (chunk) => { this.#buffer = Buffer.concat([this.#buffer, chunk]); this.#read(); });
    socket.on("error", () => {});
    socket.on("close", () => { for (const { reject } of this.#waiting.values()) reject?.(new Error("Firefox is gone")); });
  }

  #read() {
    for (;;) {
      const colon = this.#buffer.indexOf(":");
      if (colon < 0) return;
      const end = colon + 1 + Number(this.#buffer.subarray(0, colon));
      if (this.#buffer.length < end) return;
      const message = JSON.parse(this.#buffer.subarray(colon + 1, end));
      this.#buffer = this.#buffer.subarray(end);
      const [, id, error, result] = Array.isArray(message) ? message : [1, "hello", null, message];
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.reject(new Error(`${waiting.command}: ${error.error}: ${error.message}`));
      else waiting?.resolve(result);
    }
  }

  send(command, parameters = {}) {
    const id = this.#next++;
    const text = JSON.stringify([0, id, command, parameters]);
    const answered = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject, command }));
    this.#socket.write(`${Buffer.byteLength(text)}:${text}`);
    return answered;
  }

  end() { this.#socket.destroy(); }
}

/// A tab.
class Page {
  #browser; #handle;
  constructor(browser, handle) { this.#browser = browser; this.#handle = handle; }

  #do(command, parameters) { return this.#browser.at(this.#handle, command, parameters); }
  goto(url) { return this.#do("WebDriver:Navigate", { url }); }
  reload() { return this.#do("WebDriver:Refresh"); }

  /// Runs a function in the page; what it gives is waited for. Variables of `window` stay as long as the document.
  async evaluate(body, argument) {
    const script = typeof body === "function" ? `return (${body})(arguments[0]);` : `return ${body};`;
    return (await this.#do("WebDriver:ExecuteScript", { script, args: [argument ?? null], newSandbox: false })).value;
  }

  /// The first element that can be seen; `hasText` chooses among several.
  async #element(selector, { hasText, within: inside, patience } = {}) {
    const look = async () => {
      const parent = inside ? { element: inside } : {};
      const found = await this.#do("WebDriver:FindElements", { using: "css selector", value: selector, ...parent }).catch(() => []);
      for (const one of found.value ?? found) {
        const id = one[ELEMENT];
        const text = hasText ? (await this.#do("WebDriver:GetElementText", { id }).catch(() => ({ value: "" }))).value : "";
        const seen = await this.#do("WebDriver:IsElementDisplayed", { id }).catch(() => ({ value: false }));
        if (seen.value && (!hasText || text.includes(hasText))) return id;
      }
      return null;
    };
    return until(look, `${selector} ${hasText ?? ""}`, patience);
  }

  waitForSelector(selector, patience = 60_000) { return this.#element(selector, { patience }); }
  async waitForLoadState() { await until(async () => await this.evaluate("document.readyState") === "complete", "the page"); }
  async click(selector) { await this.#do("WebDriver:ElementClick", { id: await this.#element(selector) }); }
  async fill(selector, text) {
    const id = await this.#element(selector);
    await this.#do("WebDriver:ElementClear", { id });
    await this.#do("WebDriver:ElementSendKeys", { id, text });
  }

  async #set(id, checked) {
    const { value } = await this.#do("WebDriver:IsElementSelected", { id });
    if (value !== checked) await this.#do("WebDriver:ElementClick", { id });
  }
  async check(selector) { await this.#set(await this.#element(selector), true); }
  async uncheck(selector) { await this.#set(await this.#element(selector), false); }
  async inputValue(selector) { return (await this.#do("WebDriver:GetElementProperty", { id: await this.#element(selector), name: "value" })).value; }

  locator(selector, { hasText } = {}) {
    const find = () => this.#element(selector, { hasText });
    return {
      innerText: async () => (await this.#do("WebDriver:GetElementText", { id: await find() })).value,
      locator: (inner) => ({ check: async () => this.#set(await this.#element(inner, { within: await find() }), true) }),
      count: async () => ((found) => (found.value ?? found).length)(await this.#do("WebDriver:FindElements", { using: "css selector", value: selector })),
    };
  }

  async screenshot({ path }) { writeFileSync(path, Buffer.from((await this.#do("WebDriver:TakeScreenshot", { full: true })).value, "base64")); }
  async close() { await this.#do("WebDriver:CloseWindow"); this.#browser.forget(this); }
}

/// Firefox as a set of tabs.
class Browser {
  #connection; #queue = Promise.resolve(); #pages = [];
  constructor(connection, stop) { this.#connection = connection; this.close = stop; }

  /// A command in one of the tabs.
  at(handle, command, parameters) {
    const done = this.#queue.then(async () => {
      await this.#connection.send("WebDriver:SwitchToWindow", { handle, focus: true });
      return this.#connection.send(command, parameters);
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  async start() {
    await this.#connection.send("WebDriver:NewSession", { acceptInsecureCerts: true });
    await this.#connection.send("WebDriver:SetTimeouts", { script: 60_000, pageLoad: 60_000, implicit: 0 });
    const handles = await this.#connection.send("WebDriver:GetWindowHandles");
    this.#pages.push(new Page(this, (handles.value ?? handles)[0]));
  }

  /// Loads an extension until the browser ends, as developers load an unsigned one; gives its identifier.
  install(path) { return this.#connection.send("Addon:Install", { path, temporary: true }).then((answer) => answer.value ?? answer); }

  async newPage() {
    const opened = this.#queue.then(() => this.#connection.send("WebDriver:NewWindow", { type: "tab", focus: true }));
    this.#queue = opened.catch(() => {});
    const page = new Page(this, (await opened).handle);
    this.#pages.push(page);
    return page;
  }

  /// Whether an extension's background script runs: `running`, `suspending`, `stopped`. Asked of the browser itself, where no page gets.
  backgroundOf(extension) {
    const script = "return WebExtensionPolicy.getByID(arguments[0]).extension.backgroundState;";
    const told = this.#queue.then(async () => {
      await this.#connection.send("Marionette:SetContext", { value: "chrome" });
      try {
        return (await this.#connection.send("WebDriver:ExecuteScript", { script, args: [extension] })).value;
      } finally {
        await this.#connection.send("Marionette:SetContext", { value: "content" });
      }
    });
    this.#queue = told.catch(() => {});
    return told;
  }

  pages() { return this.#pages; }
  forget(page) { this.#pages = this.#pages.filter((one) => one !== page); }
}

/// A proxy that knows some hosts and leads to a port of this machine for them: the browser sees public names and ports, and meets
/// nobody else.
const proxyTo = async (hosts, port) => {
  const server = createServer((client) => {
    client.on("error", () => {});
    client.once("data", (head) => {
      if (!hosts.some((host) => head.toString().startsWith(`CONNECT ${host}:443 `))) return client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      const there = connect(port, "127.0.0.1", () => { client.write("HTTP/1.1 200 OK\r\n\r\n"); client.pipe(there).pipe(client); });
      there.on("error", () => client.destroy());
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
};

/// Starts Firefox with a home and a profile of its own, which reaches the gateway under its public https name, and under those of
/// `others`.
export const startFirefox = async (home, gateway, { preferences = {}, others = [] } = {}) => {
  const profile = join(home, "profile");
  mkdirSync(profile, { recursive: true });
  const [proxy, port] = [await proxyTo([new URL(gateway.origin).hostname, ...others], gateway.port), await freePort()];
  const all = {
    "marionette.port": port, "network.proxy.type": 1, "network.proxy.ssl": "127.0.0.1", "network.proxy.ssl_port": proxy.address().port,
    "network.proxy.http": "127.0.0.1", "network.proxy.http_port": proxy.address().port, "intl.accept_languages": "en",
    "app.update.enabled": false, "browser.startup.page": 0, "datareporting.policy.dataSubmissionEnabled": false,
    "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false, "browser.aboutwelcome.enabled": false,
    ...preferences,
  };
  const lines = Object.entries(all).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`);
  writeFileSync(join(profile, "user.js"), lines.join(""));
  const program = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
  const env = { ...process.env, HOME: home, MOZ_HEADLESS: "1", XDG_CONFIG_HOME: undefined, XDG_CACHE_HOME: undefined };
  const options = ["--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile, "about:blank"];
  const child = spawn(program, options, { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => { said += chunk; });
  const ended = new Promise((resolve) => { child.once("exit", resolve); child.once("error", resolve); });
  const attach = () => new Promise((resolve) => {
    assert.equal(child.exitCode, null, `Firefox ended:\n${said}`);
    const socket = connect(port, "127.0.0.1", () => resolve(socket)).once("error", () => resolve(null));
  });
  let connection;
  const close = async () => {
    proxy.close();
    connection?.end();
    child.kill("SIGTERM");
    await within(ended, "ending Firefox", 15_000).catch(() => { child.kill("SIGKILL"); return ended; });
  };
  try {
    connection = new Connection(await until(attach, "Firefox", 90_000));
    await within(connection.hello, "Firefox’s greeting", 60_000);
    const browser = new Browser(connection, close);
    await within(browser.start(), "Firefox’s session", 90_000);
    return browser;
  } catch (error) {
    await close();
    throw new Error(`${error.message}; Firefox said:\n${said.slice(-3000)}`);
  }
};
