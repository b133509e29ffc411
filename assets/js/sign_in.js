// Signing in with a card: by whatever browser extension answers the messages of web-eid.js, else by the card client's agent on
// this computer. The PIN is typed in the card client's own window. What is missing is told calmly when the page is there; what
// goes wrong after the person pressed the button is an alert, in that ecosystem's codes, with what to do.
"use strict";
(() => {
  const panel = document.querySelector("[data-sign-in]");
  if (!panel || !globalThis.madoguchiCard?.panelOf) return;
  const { extension, failed, panelOf } = globalThis.madoguchiCard;
  const { live, language, start } = panelOf(panel);
  const part = (name) => panel.querySelector(`[data-sign-in-${name}]`);
  const [button, again, problem] = [part("button"), part("again"), part("problem")];
  const words = document.querySelector("[data-sign-in-words]").content;
  // web-eid.js gives the extension a second to say that it is there, and the signing app five more.
  const [handshake, begin, person] = [1000, 5000, 120000];

  /// Sends one message and waits for its answer; one at a time.
  const ask = (action, more, patience) => new Promise((resolve, reject) => {
    let acknowledged = false;
    const settle = (done, value) => {
      window.removeEventListener("message", hear);
      clearTimeout(early);
      clearTimeout(late);
      done(value);
    };
    const hear = ({ source, origin, data }) => {
      // Only what stands in this very page may answer: its own extension's content script.
      if (source !== window || origin !== location.origin || !data || typeof data.action !== "string") return;
      if (data.action === `${action}-ack`) acknowledged = true;
      if (data.action === `${action}-success`) settle(resolve, data);
      if (data.action === `${action}-failure`) {
        settle(reject, failed(data.error?.code ?? "ERR_WEBEID_UNKNOWN_ERROR", "", { reason: data.error?.reason }));
      }
    };
    const early = setTimeout(() => { if (!acknowledged) settle(reject, failed("ERR_WEBEID_EXTENSION_UNAVAILABLE")); }, handshake);
    const late = setTimeout(() => settle(reject, failed("ERR_WEBEID_ACTION_TIMEOUT")), handshake + begin + patience);
    window.addEventListener("message", hear);
    window.postMessage({ action, libraryVersion: "2.1.0", ...more }, location.origin);
  });

  // An extension that answers, of whichever maker. Ours tells beforehand whether it trusts this site; others tell when asked.
  const anyExtension = async () => {
    // A content script may need a moment to be there.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [, ours] = await Promise.all([ask("web-eid:status", {}, 0), extension.status().catch(() => null)]);
    if (ours && !ours.trusted) throw failed("ERR_WEBEID_NATIVE_INVALID_ARGUMENT", "", { reason: "gateway-not-trusted" });
    return {
      authenticate: async (lang, challengeNonce) => {
        const options = { lang, userInteractionTimeout: person };
        const { action, ...token } = await ask("web-eid:authenticate", { challengeNonce, options }, person);
        return token;
      },
    };
  };

  const call = async (path, body) => {
    const response = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      cache: "no-store",
    });
    const answer = await response.json();
    if (!response.ok) throw failed(answer.code ?? "internal");
    return answer;
  };

  // A card client may say more than the ecosystem's code: its own code beside it.
  const tell = ({ code = "ERR_WEBEID_UNKNOWN_ERROR", reason }) => {
    const of = (one) => (typeof one === "string" ? words.querySelector(`[data-code="${CSS.escape(one)}"]`)?.children : undefined);
    const [what, todo] = of(code) ?? of("ERR_WEBEID_UNKNOWN_ERROR");
    part("what").textContent = what.textContent;
    part("do").textContent = (of(reason)?.[0] ?? todo).textContent;
    part("code").textContent = typeof reason === "string" ? `${code}, ${reason}` : code;
    problem.hidden = false;
    live.textContent = "";
    problem.focus();
  };

  const signIn = async (way) => {
    const { nonce } = await call("/auth/challenge");
    live.textContent = live.dataset.busy;
    const token = await way.authenticate(language, nonce);
    live.textContent = live.dataset.sending;
    await call("/auth/login", token);
    location.assign(panel.dataset.next);
  };

  again.addEventListener("click", () => location.reload());
  start(anyExtension, (way) => {
    button.hidden = false;
    again.hidden = true;
    live.textContent = live.dataset.ready;
    button.addEventListener("click", async () => {
      button.disabled = true;
      problem.hidden = true;
      try { await signIn(way); } catch (error) { tell(error); } finally { button.disabled = false; }
    });
  }).finally(() => { again.hidden = panel.querySelector("[data-card-missing]").hidden; });
})();
