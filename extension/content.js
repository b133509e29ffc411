// Passes messages of the page to the extension and its answers back. It believes nothing that it passes: who asks is what
// the browser says of this frame (background.js), and what is signed is shown by the card client itself.
"use strict";
(() => {
  const api = globalThis.browser ?? globalThis.chrome;
  const actions = new Set([
    "web-eid:status", "web-eid:authenticate", "web-eid:get-signing-certificate", "web-eid:sign",
    "madoguchi-card:status", "madoguchi-card:certificate", "madoguchi-card:sign", "madoguchi-card:authenticate",
  ]);

  const failure = (action, id, code, message) => ({ action: `${action}-failure`, id, error: { code, name: "Error", message } });

  window.addEventListener("message", async (event) => {
    if (event.source !== window || event.origin !== window.location.origin) return;
    const { action, id } = event.data ?? {};
    if (typeof action !== "string" || !actions.has(action)) return;
    const answer = (message) => window.postMessage(message, event.origin);
    if (!window.isSecureContext) {
      answer(failure(action, id, "ERR_WEBEID_CONTEXT_INSECURE", "the page did not come over https"));
      return;
    }
    answer({ action: `${action}-ack`, id });
    try {
      const told = await api.runtime.sendMessage(event.data);
      answer(told ?? failure(action, id, "ERR_WEBEID_UNKNOWN_ERROR", "the extension gave no answer"));
    } catch (error) {
      // The extension was updated or removed while the page stayed open.
      answer(failure(action, id, "ERR_WEBEID_EXTENSION_UNAVAILABLE", String(error?.message ?? error)));
    }
  });

  // A page that is left ends what it asked for.
  window.addEventListener("pagehide", () => {
    try { api.runtime.sendMessage({ action: "madoguchi-card:left" })?.catch?.(() => {}); } catch { /* the extension is gone */ }
  });
})();
