// Between the pages and the card client on this computer (native messaging, docs/card-client.md). The origin that it names to
// the card client is the one that the browser attests for the sender, never one that a page wrote. It holds no secret, sees
// no PIN, and signs nothing: the card client checks, shows and asks.
"use strict";
const api = globalThis.browser ?? globalThis.chrome;
const HOST = "jp.madoguchi.card";
const API = 2;
const VERSION = api.runtime.getManifest().version;
// A card stays open for five minutes after its certificate was read, as long as the host runs.
const IDLE_MS = 6 * 60 * 1000;
const STATUS_MS = 4000;
const USER_MS = 5 * 60 * 1000 + 5000;
// What is asked at once, in characters: 20 applications, as the card client takes them.
const MAX_BODY = 30 << 20;

// Any page may ask whether the card client is there. What it may set going by that is little: an answer is good for some
// seconds, and the card client is started so often within a minute for one site, and for all of them.
const FRESH_MS = 5000;
const FRESH_UNTRUSTED_MS = 1500;
const MOST_SITES = 200;
const STARTS_OF_ONE = 6;
const STARTS_OF_ALL = 24;
const WITHIN_MS = 60 * 1000;

let port = null;
let starts = [];
const known = new Map();
let nextId = 1;
let idle;
const pending = new Map();

class Refused extends Error {
  constructor(code, message, more) {
    super(message);
    this.code = code;
    this.more = more;
  }
}

const unavailable = (reason) => new Refused("ERR_WEBEID_NATIVE_UNAVAILABLE",
  `the card client is not installed for this browser (madoguchi-card native-host install): ${reason ?? "no answer"}`);

const close = () => {
  const closing = port;
  port = null;
  closing?.disconnect();
};

// Counts one more start for a site.
const begin = (origin) => {
  const now = Date.now();
  starts = starts.filter(({ at }) => now - at < WITHIN_MS);
  if (starts.length >= STARTS_OF_ALL || starts.filter((one) => one.origin === origin).length >= STARTS_OF_ONE) {
    throw new Refused("ERR_WEBEID_NATIVE_UNAVAILABLE", "the card client was started again and again; wait a minute", { reason: "too-many" });
  }
  starts.push({ origin, at: now });
};

const connect = (origin) => {
  if (!port) begin(origin);
  clearTimeout(idle);
  idle = setTimeout(() => { if (pending.size === 0) close(); }, IDLE_MS);
  if (port) return port;
  const opened = api.runtime.connectNative(HOST);
  opened.onMessage.addListener((message) => {
    const waiting = pending.get(message?.id);
    if (!waiting) return;
    pending.delete(message.id);
    if (message.error) waiting.reject(new Refused(message.error.webeid ?? "ERR_WEBEID_UNKNOWN_ERROR",
      `${message.error.title}: ${message.error.detail}`, { reason: message.error.code, title: message.error.title, detail: message.error.detail }));
    else waiting.resolve(message.ok ?? {});
  });
  opened.onDisconnect.addListener(() => {
    const reason = api.runtime.lastError?.message ?? opened.error?.message;
    if (port === opened) port = null;
    for (const [id, waiting] of [...pending]) {
      if (waiting.port !== opened) continue;
      pending.delete(id);
      waiting.reject(unavailable(reason));
    }
  });
  port = opened;
  return opened;
};

// Asks the card client; `who` is the sender's attested origin and tab.
const ask = (who, command, body, patience, late) => new Promise((resolve, reject) => {
  const id = nextId++;
  let through;
  try { through = connect(who.origin); } catch (error) { reject(error instanceof Refused ? error : unavailable(error.message)); return; }
  const timer = setTimeout(() => {
    pending.delete(id);
    through.postMessage({ id: nextId++, origin: who.origin, command: "cancel", of: id });
    reject(late);
  }, patience);
  const settled = (settle) => (value) => { clearTimeout(timer); settle(value); };
  pending.set(id, { resolve: settled(resolve), reject: settled(reject), port: through, command, ...who });
  through.postMessage({ id, origin: who.origin, command, ...body });
});

// What the card client says of itself to a site: asked for once in some seconds, however often the site asks.
const status = async (who) => {
  const before = known.get(who.origin);
  if (before && Date.now() < before.until) return before.told;
  if (known.size >= MOST_SITES) known.clear();
  const told = ask(who, "status", {}, STATUS_MS, unavailable("it did not answer in time"));
  known.set(who.origin, { told, until: Date.now() + STATUS_MS });
  try {
    const { trusted } = await told;
    known.set(who.origin, { told, until: Date.now() + (trusted ? FRESH_MS : FRESH_UNTRUSTED_MS) });
  } catch (error) {
    // What is not there may be there a moment later; starts are counted.
    known.delete(who.origin);
    throw error;
  }
  return told;
};

// An operation that a person has to answer: one of an origin at a time, and only with a client of the same version.
const operation = async (who, command, body, patience) => {
  for (const waiting of pending.values()) {
    if (waiting.origin === who.origin && waiting.command !== "status") {
      throw new Refused("ERR_WEBEID_ACTION_PENDING", "this site asked already; answer or close the card client's window");
    }
  }
  const native = await status(who);
  checkVersion(native);
  // Nothing that other sites send goes any further, however much of it there is.
  if (!native.trusted) throw new Refused("ERR_WEBEID_NATIVE_INVALID_ARGUMENT", "this gateway is not trusted by the card client", { reason: "gateway-not-trusted" });
  if (JSON.stringify(body).length > MAX_BODY) throw new Refused("ERR_WEBEID_NATIVE_INVALID_ARGUMENT", `too much was asked at once: 20 applications, ${MAX_BODY >> 20} MiB together, are taken`, { reason: "too-large" });
  const late = new Refused("ERR_WEBEID_USER_TIMEOUT", "nobody answered in time");
  return ask(who, command, body, Math.min(Math.max(Number(patience) || USER_MS, 1000), USER_MS), late);
};

const checkVersion = (native) => {
  if (native.api === API) return;
  throw new Refused("ERR_WEBEID_VERSION_MISMATCH", "extension and card client do not fit together; update the older one",
    { nativeApp: native.version, extension: VERSION, requiresUpdate: { extension: native.api > API, nativeApp: !(native.api > API) } });
};

const language = (tag) => (String(tag ?? "ja").toLowerCase().startsWith("en") ? "en" : "ja");
const webEidLanguage = (tag) => (String(tag ?? "").toLowerCase().startsWith("ja") ? "ja" : "en");

const handlers = {
  "madoguchi-card:status": async (message, who) => {
    const native = await status(who);
    checkVersion(native);
    return { ok: { extension: VERSION, nativeApp: native.version, trusted: native.trusted } };
  },
  "madoguchi-card:certificate": async (message, who) =>
    ({ ok: await operation(who, "certificate", { language: language(message.language) }) }),
  "madoguchi-card:sign": async (message, who) =>
    ({ ok: await operation(who, "sign", { language: language(message.language), mgreqs: message.mgreqs }) }),
  "madoguchi-card:authenticate": async (message, who) =>
    ({ ok: await operation(who, "authenticate", { language: language(message.language), nonce: message.nonce }) }),

  // Web eID's own messages, as web-eid.js sends them.
  "web-eid:status": async (message, who) => {
    const native = await status(who);
    checkVersion(native);
    return { library: message.libraryVersion, extension: VERSION, nativeApp: native.version };
  },
  "web-eid:authenticate": async (message, who) => {
    if (typeof message.challengeNonce !== "string") throw new Refused("ERR_WEBEID_MISSING_PARAMETER", "challengeNonce is missing");
    const { userInteractionTimeout, lang } = message.options ?? {};
    return operation(who, "authenticate", { language: webEidLanguage(lang), nonce: message.challengeNonce }, userInteractionTimeout);
  },
  "web-eid:get-signing-certificate": async (message, who) => {
    const { userInteractionTimeout, lang } = message.options ?? {};
    const read = await operation(who, "certificate", { language: webEidLanguage(lang) }, userInteractionTimeout);
    // No hash is signed here (web-eid:sign), so there is no algorithm to offer for one.
    return { certificate: read.certificate, supportedSignatureAlgorithms: [] };
  },
  "web-eid:sign": async () => {
    throw new Refused("ERR_WEBEID_NATIVE_INVALID_ARGUMENT",
      "this card client never signs a hash that is handed in: nobody can read it. Ask for madoguchi-card:sign with a signing request",
      { reason: "hash-refused" });
  },
};

const serialised = (error) => (error instanceof Refused
  ? { code: error.code, name: "Error", message: error.message, ...error.more }
  : { code: "ERR_WEBEID_UNKNOWN_ERROR", name: "Error", message: String(error?.message ?? error) });

// Who sends: our own content script in the top frame of a tab, and the origin that the browser knows it by.
const senderOf = (sender) => {
  if (sender.id !== api.runtime.id || sender.frameId !== 0 || !sender.tab) return null;
  let url;
  try { url = new URL(sender.url); } catch { return null; }
  const origin = sender.origin ?? url.origin;
  const local = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  const secure = url.protocol === "https:" || (url.protocol === "http:" && local);
  return secure && origin === url.origin ? { origin, tab: sender.tab.id } : null;
};

const cancelOf = (tab) => {
  for (const [id, waiting] of pending) {
    if (waiting.tab === tab && waiting.command !== "status") {
      waiting.port.postMessage({ id: nextId++, origin: waiting.origin, command: "cancel", of: id });
    }
  }
};

api.runtime.onMessage.addListener((message, sender, sendResponse) => {
  const who = senderOf(sender);
  if (message?.action === "madoguchi-card:left") { if (who) cancelOf(who.tab); return false; }
  const { action, id } = message ?? {};
  const handler = Object.hasOwn(handlers, action) ? handlers[action] : null;
  if (!handler) return false;
  const work = who ? handler(message, who) : Promise.reject(new Refused("ERR_WEBEID_CONTEXT_INSECURE", "this frame may not ask"));
  work.then(
    (answer) => sendResponse({ action: `${action}-success`, id, ...answer }),
    (error) => sendResponse({ action: `${action}-failure`, id, error: { ...serialised(error), extension: VERSION } }),
  );
  return true;
});
api.tabs?.onRemoved?.addListener(cancelOf);
