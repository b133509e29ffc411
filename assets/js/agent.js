// Signing at once, with the card client's agent on this computer (docs/card-client.md). The PIN is typed in the agent's
// own window; this page gets a certificate or a signature, puts it into the same form that takes a file, and sends it.
"use strict";
(() => {
  const panel = document.querySelector("[data-agent]");
  if (!panel) return;
  const origin = panel.dataset.agent;
  const live = panel.querySelector("[data-agent-live]");

  const call = async (path, body) => {
    const response = await fetch(origin + path, {
      method: body ? "POST" : "GET",
      headers: { Authorization: `Bearer ${panel.dataset.pairing}`, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
    });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error("refused"), { refusal: answer.error });
    return answer;
  };

  // The agent's window is opened in the click itself, or the browser blocks it; the link is there in any case.
  const inWindow = async (path, body) => {
    const opened = window.open("", "_blank");
    try {
      const operation = await call(path, body());
      if (!operation.url.startsWith(origin + "/")) throw new Error("not the agent's address");
      live.textContent = live.dataset.busy + " ";
      const link = document.createElement("a");
      Object.assign(link, { href: operation.url, target: "_blank", rel: "noopener noreferrer" });
      link.textContent = panel.dataset.open;
      if (opened) { opened.opener = null; opened.location = operation.url; } else { live.append(link); }
      return await result(operation.operation);
    } catch (error) {
      if (opened) opened.close();
      throw error;
    }
  };

  const result = async (operation) => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const state = await call(`/v1/operations/${encodeURIComponent(operation)}`);
      if (state.status === "done") return state.result;
      if (state.status === "ended") throw Object.assign(new Error("ended"), { refusal: state.error });
    }
  };

  const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

  const sendAsFile = (formId, name, fileName, bytes) => {
    const form = document.getElementById(formId);
    const files = new DataTransfer();
    files.items.add(new File([bytes], fileName));
    form.elements.namedItem(name).files = files.files;
    form.requestSubmit();
  };

  const onClick = (button, work) => button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      live.textContent = error.refusal ? `${live.dataset.refused} ${error.refusal.detail || error.refusal.title}` : live.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });

  const language = document.documentElement.lang;
  const read = panel.querySelector("[data-agent-read]");
  if (read) onClick(read, async () => {
    const { certificate } = await inWindow("/v1/certificate", () => ({ language }));
    sendAsFile("certificate-form", "certificate", "certificate.cer", bytesOf(certificate));
  });
  const sign = panel.querySelector("[data-agent-sign]");
  if (sign) {
    // Fetched before the click, so that the window opens at once.
    const request = fetch(panel.dataset.request, { cache: "no-store" }).then((response) => response.json());
    request.catch(() => {});
    onClick(sign, async () => {
      const mgreq = await request;
      const { signature } = await inWindow("/v1/sign", () => ({ language, mgreq }));
      live.textContent = live.dataset.sending;
      sendAsFile("signature-form", "signature", "application.p7s", bytesOf(signature));
    });
  }

  // The panel is offered only where an agent answers this page.
  call("/v1/status").then(() => { panel.hidden = false; }, () => {});
})();
