// What every page with the card has in common: which way there is to the card client (its extension, else its agent), what is
// missing otherwise, pairing with the agent, and what a code means in the page's language.
"use strict";
(() => {
  const { agentAt, failed } = globalThis.madoguchiCard ?? {};
  if (!agentAt) return;

  const panelOf = (panel) => {
    const part = (name) => panel.querySelector(`[data-card-${name}]`);
    const show = (name, visible = true) => { part(name).hidden = !visible; };
    const live = part("live");
    const language = document.documentElement.lang;
    const texts = part("texts").content;

    // What a code means: the card client's own code first, then Web eID's.
    const told = (error) => {
      const text = [error.reason, error.code, "ERR_WEBEID_UNKNOWN_ERROR"]
        .map((code) => code && texts.querySelector(`[data-code="${CSS.escape(code)}"]`)?.textContent).find(Boolean);
      const small = document.createElement("code");
      // Narrow pages break a code where its words end.
      const words = (error.reason ? `${error.code}, ${error.reason}` : error.code).split(/(?<=_)/);
      small.append(...words.flatMap((word) => [word, document.createElement("wbr")]));
      return [document.createTextNode(`${text} `), small];
    };

    const busy = async (control, what) => {
      control.disabled = true;
      try { await what(); } catch (error) { live.replaceChildren(...told(error)); } finally { control.disabled = false; }
    };

    // Nobody did anything yet: it is said calmly, and read out after what the person is reading.
    const missing = (all) => {
      // A program that is not the one that was paired with is no missing piece: it is said alone, and loudly.
      const alarm = all.filter(({ code }) => code === "agent-key");
      const errors = alarm.length > 0 ? alarm : all;
      const box = part("missing");
      box.classList.toggle("notice", alarm.length > 0);
      box.classList.toggle("notice--error", alarm.length > 0);
      box.setAttribute("role", alarm.length > 0 ? "alert" : "status");
      show("missing", errors.length > 0);
      part("missing-text").hidden = alarm.length > 0;
      part("missing-list").replaceChildren(...errors.map((error) => {
        const line = document.createElement("li");
        line.append(...told(error));
        return line;
      }));
    };

    // Which way there is, with what is missing of each where there is none. `extension` gives what speaks with it, or throws.
    const look = async (extension) => {
      const lacking = [];
      if (!window.isSecureContext) return { lacking: [failed("ERR_WEBEID_CONTEXT_INSECURE")] };
      try { return { way: await extension(), name: "extension", lacking }; } catch (error) { lacking.push(error); }
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

    const offerPairing = (agent, use) => {
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

    // Looks for a way, and hands it to `use`; tells what is missing otherwise, or offers to pair.
    const start = async (extension, use) => {
      panel.hidden = false;
      live.textContent = live.dataset.looking;
      const chosen = (way, name) => {
        panel.dataset.way = name;
        show(`way-${name}`);
        use(way);
      };
      const { way, name, agent, stranger, lacking } = await look(extension);
      live.textContent = "";
      missing(way ? [] : lacking);
      if (way) chosen(way, name);
      else if (agent) offerPairing(agent, chosen);
      const forget = part("forget");
      forget.hidden = !stranger;
      forget.addEventListener("click", () => {
        stranger.forget();
        missing([]);
        offerPairing(stranger, chosen);
      }, { once: true });
      panel.dataset.looked = "yes";
    };

    return { part, live, language, busy, start };
  };

  globalThis.madoguchiCard = { ...globalThis.madoguchiCard, panelOf };
})();
