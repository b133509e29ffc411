// Signing at once, with the card client on this computer: by its extension, else by its agent; the page says what is missing
// otherwise, and the file way is always there. The review and the PIN are in the card client's own window. This page gets a
// certificate or a signature, puts it into the same form that takes a file, and sends it.
"use strict";
(() => {
  const panel = document.querySelector("[data-card]");
  if (!panel || !globalThis.madoguchiCard?.panelOf) return;
  const { extension, failed, panelOf } = globalThis.madoguchiCard;
  const { part, live, language, busy, start } = panelOf(panel);
  const button = part("read") ?? part("sign");

  const trustedExtension = async () => {
    const { trusted } = await extension.status();
    if (!trusted) throw failed("ERR_WEBEID_NATIVE_INVALID_ARGUMENT", "", { reason: "gateway-not-trusted" });
    return extension;
  };

  const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const sendAsFile = (formId, name, fileName, bytes) => {
    const form = document.getElementById(formId);
    const files = new DataTransfer();
    files.items.add(new File([bytes], fileName));
    form.elements.namedItem(name).files = files.files;
    form.requestSubmit();
  };

  // Fetched before the click, so that the window opens at once.
  const request = part("sign") && fetch(panel.dataset.request, { cache: "no-store" }).then((response) => response.json());
  request?.catch(() => {});
  const work = async (way) => {
    if (part("read")) {
      const { certificate } = await way.certificate(language);
      sendAsFile("certificate-form", "certificate", "certificate.cer", bytesOf(certificate));
      return;
    }
    const { signature } = await way.sign(language, await request);
    live.textContent = live.dataset.sending;
    sendAsFile("signature-form", "signature", "application.p7s", bytesOf(signature));
  };

  start(trustedExtension, (way) => {
    button.hidden = false;
    button.addEventListener("click", () => busy(button, async () => {
      live.textContent = live.dataset.busy;
      await work(way);
    }));
  });
})();
