// Signing at once, with the card client on this computer: by its extension, else by its agent; the page says what is missing
// otherwise, and the file way is always there. The review and the PIN are in the card client's own window. This page gets a
// certificate or a signature, puts it into the same form that takes a file, and sends it.
"use strict";
(() => {
  const panel = document.querySelector("[data-card]");
  if (!panel || !globalThis.madoguchiCard) return;
  const { agentAt, extension, failed } = globalThis.madoguchiCard;
  const part = (name) => panel.querySelector(`[data-card-${name}]`);
  const live = part("live");
  const button = part("read") ?? part("sign");
  const language = document.documentElement.lang;
  const texts = part("texts").content;

  // What a code means, in the page's language: the card client's own code first, then Web eID's.
  const explain = (error) => {
    const text = [error.reason, error.code, "ERR_WEBEID_UNKNOWN_ERROR"]
      .map((code) => code && texts.querySelector(`[data-code="${CSS.escape(code)}"]`)?.textContent).find(Boolean);
    return { text, code: error.reason ? `${error.code}, ${error.reason}` : error.code };
  };
  const told = (error) => {
    const { text, code } = explain(error);
    const small = document.createElement("code");
    small.textContent = code;
    return [document.createTextNode(`${text} `), small];
  };
  const show = (name, visible = true) => { part(name).hidden = !visible; };

  const missing = (all) => {
    // A program that is not the one that was paired with is no missing piece: it is said alone, and loudly.
    const alarm = all.filter(({ code }) => code === "agent-key");
    const errors = alarm.length > 0 ? alarm : all;
    part("missing").classList.toggle("notice", alarm.length > 0);
    part("missing").classList.toggle("notice--error", alarm.length > 0);
    if (alarm.length > 0) part("missing").setAttribute("role", "alert"); else part("missing").removeAttribute("role");
    part("missing-text").hidden = alarm.length > 0;
    part("missing-list").replaceChildren(...errors.map((error) => {
      const line = document.createElement("li");
      line.append(...told(error));
      return line;
    }));
    show("missing", errors.length > 0);
  };

  // Which way there is: the extension, the agent, or none, with what is missing of each.
  const look = async () => {
    const lacking = [];
    if (!window.isSecureContext) return { lacking: [failed("ERR_WEBEID_CONTEXT_INSECURE")] };
    try {
      const { trusted } = await extension.status();
      if (trusted) return { way: extension, name: "extension", lacking };
      lacking.push(failed("ERR_WEBEID_NATIVE_INVALID_ARGUMENT", "", { reason: "gateway-not-trusted" }));
    } catch (error) { lacking.push(error); }
    if (!panel.dataset.agent) return { lacking };
    const agent = agentAt(panel.dataset.agent, panel.dataset.pairing);
    try {
      if (await agent.hello() === "paired") return { way: agent, name: "agent", lacking: [] };
      return { agent, lacking: [] };
    } catch (error) {
      lacking.push(error);
      // Another program may have taken the port. Pairing anew is offered only to who gives the old pairing up knowingly.
      return { stranger: error.code === "agent-key" && !panel.dataset.pairing ? agent : null, lacking };
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

  const busy = async (control, what) => {
    control.disabled = true;
    try { await what(); } catch (error) { live.replaceChildren(...told(error)); } finally { control.disabled = false; }
  };

  const offerPairing = (agent) => {
    show("pair");
    show("pair-form");
    const form = part("pair-form");
    part("pair-ask").addEventListener("click", ({ currentTarget }) => busy(currentTarget, async () => {
      await agent.askToPair(language);
      live.textContent = live.dataset.pair;
      form.elements.namedItem("code").focus();
    }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      delete form.dataset.sent;
      busy(form.querySelector("button"), async () => {
        await agent.pair(form.elements.namedItem("code").value);
        show("pair", false);
        missing([]);
        live.textContent = live.dataset.paired;
        use(agent, "agent");
      });
    });
  };

  const use = (way, name) => {
    panel.dataset.way = name;
    part(`way-${name}`).hidden = false;
    button.hidden = false;
    button.addEventListener("click", () => busy(button, async () => {
      live.textContent = live.dataset.busy;
      await work(way);
    }));
  };

  panel.hidden = false;
  live.textContent = live.dataset.looking;
  look().then(({ way, name, agent, stranger, lacking }) => {
    live.textContent = "";
    missing(way ? [] : lacking);
    if (way) use(way, name);
    else if (agent) offerPairing(agent);
    if (stranger) {
      const forget = part("forget");
      forget.hidden = false;
      forget.addEventListener("click", () => {
        stranger.forget();
        missing([]);
        offerPairing(stranger);
      }, { once: true });
    }
    panel.dataset.looked = "yes";
  });
})();
