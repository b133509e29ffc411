// The card client's extension (docs/card-client.md), spoken to by window.postMessage. What it is told is what the browser lets any
// page tell it: the extension takes the origin from the browser, and the card client shows what is signed.
"use strict";
(() => {
  const ACK_MS = 900;
  let last = 0;

  const ask = (name, body = {}) => new Promise((resolve, reject) => {
    const { failed } = globalThis.madoguchiCard;
    const action = `madoguchi-card:${name}`;
    const id = `page-${last += 1}`;
    const settle = (done) => {
      clearTimeout(timer);
      window.removeEventListener("message", receive);
      done();
    };
    const timer = setTimeout(() => settle(() => reject(failed("ERR_WEBEID_EXTENSION_UNAVAILABLE"))), ACK_MS);
    const receive = ({ source, origin, data }) => {
      if (source !== window || origin !== window.location.origin || data?.id !== id) return;
      if (data.action === `${action}-ack`) clearTimeout(timer);
      if (data.action === `${action}-success`) settle(() => resolve(data.ok));
      if (data.action === `${action}-failure`) settle(() => {
        const { code, message, detail, reason, title } = data.error ?? {};
        reject(failed(code ?? "ERR_WEBEID_UNKNOWN_ERROR", detail ?? message, { reason, title }));
      });
    };
    window.addEventListener("message", receive);
    window.postMessage({ action, id, ...body }, window.location.origin);
  });

  const extension = {
    status: () => ask("status"),
    certificate: (language) => ask("certificate", { language }),
    sign: async (language, mgreq) => (await ask("sign", { language, mgreqs: [mgreq] })).signatures[0],
    authenticate: (language, nonce) => ask("authenticate", { language, nonce }),
  };
  globalThis.madoguchiCard = { ...globalThis.madoguchiCard, extension };
})();
