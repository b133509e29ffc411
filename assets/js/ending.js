// The time-out of who is signed in, or uses a shared computer: a warning two minutes before, and a button that extends it
// (WCAG 2.2, 2.2.1). The gateway ends it by itself; without this script it does so without a warning, and what was typed is kept.
"use strict";
(() => {
  const dialog = document.querySelector("dialog[data-ending]");
  if (!dialog) return;
  const [BEFORE, TELL_EACH] = [120, 30];
  const whole = Number(dialog.dataset.ending);
  const [left, said] = ["left", "said"].map((name) => dialog.querySelector(`[data-ending-${name}]`));
  const extend = dialog.querySelector("[data-ending-extend]");
  let ends = Date.now() + whole * 1000;
  let ticking = null;

  const finish = () => { window.location.replace(dialog.dataset.ended); };
  const seconds = () => Math.ceil((ends - Date.now()) / 1000);
  const words = (count) => left.dataset.words.replace("#", count.toLocaleString(document.documentElement.lang));
  const tick = () => {
    const count = seconds();
    if (count <= 0) { finish(); return; }
    if (count > BEFORE) {
      if (dialog.open) dialog.close();
      return;
    }
    if (!dialog.open) {
      dialog.showModal();
      extend.focus();
      said.textContent = words(count);
    }
    left.textContent = words(count);
    if (count % TELL_EACH === 0) said.textContent = words(count);
  };
  const used = () => {
    ends = Date.now() + whole * 1000;
    tick();
  };
  // Asking for this very page is a use of whatever opened it; where it leads elsewhere, the time is over.
  const again = async () => {
    try {
      const response = await fetch(window.location.href, { cache: "no-store", headers: { Accept: "text/html" } });
      if (response.redirected || !response.ok) { finish(); return; }
      used();
    } catch { said.textContent = words(Math.max(seconds(), 0)); }
  };
  extend.addEventListener("click", again);
  // Escape closes a dialog: who presses it is there, and wants to go on.
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    again();
  });
  document.addEventListener("madoguchi-used", used);
  // A page that comes back out of the browser's memory, or a machine that slept, looks at the time first.
  window.addEventListener("pageshow", tick);
  document.addEventListener("visibilitychange", tick);
  ticking = setInterval(tick, 1000);
  window.addEventListener("pagehide", () => clearInterval(ticking));
  window.addEventListener("pageshow", () => {
    clearInterval(ticking);
    ticking = setInterval(tick, 1000);
  });
})();
