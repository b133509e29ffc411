// What is typed is saved while it is typed, calmly: "saved at". Without this script every page's form saves it.
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  const live = document.querySelector("[data-saved]");
  if (!form || !live) return;
  const [PAUSE, AGAIN] = [1200, 8000];
  let [timer, under, changed] = [null, false, false];

  const later = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  };
  const fields = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const save = async () => {
    if (under || !changed || form.dataset.sent) return;
    [under, changed] = [true, false];
    live.textContent = live.dataset.saving;
    try {
      const response = await fetch(form.dataset.autosave, {
        method: "POST", body: fields(), cache: "no-store", redirect: "error", headers: { "X-Autosave": "1", Accept: "application/json" },
      });
      if (!response.ok) throw new Error(String(response.status));
      document.dispatchEvent(new Event("madoguchi-used"));
      const { text, beside } = await response.json();
      live.textContent = `${text} `;
      if (beside) {
        const link = document.createElement("a");
        [link.href, link.textContent] = [beside, live.dataset.compare];
        live.append(link);
      }
    } catch {
      changed = true;
      live.textContent = live.dataset.failed;
      later(AGAIN);
    } finally { under = false; }
    if (changed) later(PAUSE);
  };
  const note = () => {
    changed = true;
    later(PAUSE);
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  // Who leaves the page in the middle of a word loses nothing of it.
  window.addEventListener("pagehide", () => {
    if (!changed || form.dataset.sent) return;
    fetch(form.dataset.autosave, { method: "POST", body: fields(), keepalive: true, headers: { "X-Autosave": "1" } }).catch(() => {});
  });
})();
