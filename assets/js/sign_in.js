// Signing in with a card. The page speaks the messages of web-eid.js to whatever browser extension answers them; the PIN
// is typed in the card client's own window. What goes wrong is told in that ecosystem's codes, with what to do.
"use strict";
(() => {
  const panel = document.querySelector("[data-sign-in]");
  if (!panel) return;
  const part = (name) => panel.querySelector(`[data-sign-in-${name}]`);
  const [button, live, problem] = [part("button"), part("live"), part("problem")];
  const words = document.querySelector("[data-sign-in-words]").content;
  // web-eid.js gives the extension a second to say that it is there, and the card's program five more.
  const [handshake, start, person] = [1000, 5000, 120000];
  const failed = (code, reason) => Object.assign(new Error(code), { code, reason });

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
      if (data.action === `${action}-failure`) settle(reject, failed(data.error?.code ?? "ERR_WEBEID_UNKNOWN_ERROR", data.error?.reason));
    };
    const early = setTimeout(() => { if (!acknowledged) settle(reject, failed("ERR_WEBEID_EXTENSION_UNAVAILABLE")); }, handshake);
    const late = setTimeout(() => settle(reject, failed("ERR_WEBEID_ACTION_TIMEOUT")), handshake + start + patience);
    window.addEventListener("message", hear);
    window.postMessage({ action, libraryVersion: "2.1.0", ...more }, location.origin);
  });

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
  };

  const signIn = async () => {
    if (!window.isSecureContext) throw failed("ERR_WEBEID_CONTEXT_INSECURE");
    const { nonce } = await call("/auth/challenge");
    live.textContent = live.dataset.busy;
    const { action, ...token } = await ask("web-eid:authenticate", {
      challengeNonce: nonce, options: { lang: document.documentElement.lang, userInteractionTimeout: person },
    }, person);
    live.textContent = live.dataset.sending;
    const { location: next } = await call("/auth/login", token);
    location.assign(next);
  };

  button.addEventListener("click", async () => {
    button.disabled = true;
    problem.hidden = true;
    try {
      await signIn();
    } catch (error) {
      tell(error);
      problem.focus();
    } finally {
      button.disabled = false;
    }
  });

  panel.hidden = false;
  // What is missing is told before anybody presses the button: a content script may need a moment to be there.
  const look = async () => {
    if (!window.isSecureContext) throw failed("ERR_WEBEID_CONTEXT_INSECURE");
    live.textContent = live.dataset.looking;
    await new Promise((resolve) => setTimeout(resolve, 500));
    await ask("web-eid:status", {}, 0);
    live.textContent = live.dataset.ready;
  };
  look().catch(tell);
})();
