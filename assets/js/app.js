// Small help for every page; nothing depends on it.
"use strict";
(() => {
  // After a form came back with errors, a screen reader and the keyboard start at the first field that is wrong, or at the
  // summary.
  const focus = document.querySelector("[autofocus]") ?? document.querySelector("[data-focus]");
  if (focus) focus.focus();

  // A field that belongs to some answers of another one is shown with them alone; without scripts it is always there, and
  // what is typed into it counts with those answers only.
  for (const field of document.querySelectorAll("[data-reveal-by]")) {
    const values = field.dataset.revealValues.split("|");
    const controls = [...document.getElementsByName(field.dataset.revealBy)];
    const tell = () => {
      const chosen = controls.find((one) => one.type !== "radio" || one.checked);
      field.hidden = !chosen || !values.includes(chosen.value);
    };
    for (const one of controls) one.addEventListener("change", tell);
    tell();
  }

  // How many characters are left, counted as the gateway counts them (code points), told politely when few are left.
  for (const input of document.querySelectorAll("[data-max-length]")) {
    const limit = Number(input.dataset.maxLength);
    const line = document.querySelector(`[data-count-for="${input.id}"]`);
    if (!line || !limit) continue;
    const tell = () => {
      const left = limit - [...input.value.replace(/\r\n/g, "\n")].length;
      const text = left >= 0 ? line.dataset.left : line.dataset.over;
      line.textContent = text.replace("#", Math.abs(left).toLocaleString(document.documentElement.lang));
      line.classList.toggle("field__count--over", left < 0);
      line.hidden = left > limit * 0.25;
    };
    input.addEventListener("input", tell);
    tell();
  }

  // A form is sent once, however often the button is pressed.
  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      for (const live of form.querySelectorAll("[data-busy]")) live.textContent = live.dataset.busy;
    });
  }
  // Coming back with the browser's "back" brings the page as it was: it can be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form")) delete form.dataset.sent;
  });

  // Everything was to be forgotten: what a browser without Clear-Site-Data kept goes here.
  if (document.querySelector("[data-wiped]") || "shared" in document.body.dataset) localStorage.clear();
  if (document.querySelector("[data-wiped]")) sessionStorage.clear();

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    if (!source || !navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source.textContent.trim());
      const live = document.getElementById(button.dataset.live);
      if (live) live.textContent = button.dataset.done;
    });
  }
})();
