// Attachments, file by file and in parts (tus 1.0.0, docs/uploads.md): by the chooser or by dropping, each with how far it is. One
// that breaks off goes on where it stopped; one that is refused says why, and the others are kept. Without this script the
// form sends the files whole.
"use strict";
(() => {
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.fetch || !window.DataTransfer) return;
  const PART = 1024 * 1024;
  const PATIENCE = [1000, 2000, 4000, 8000, 15000];
  const list = form.querySelector("[data-uploads]");
  const token = form.elements.namedItem("csrf").value;
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const headers = { "X-CSRF-Token": token, "Tus-Resumable": "1.0.0" };
  const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const base64 = (text) => btoa(String.fromCodePoint(...new TextEncoder().encode(text)));

  /// A refusal is final; anything else may go over.
  const refusal = async (response) => {
    const { text, detail } = await response.json().catch(() => ({}));
    return Object.assign(new Error(text ?? detail ?? form.dataset.failed), { isFinal: response.status < 500 && response.status !== 429 && response.status !== 408 });
  };
  const send = async (path, options) => {
    const response = await fetch(path, { cache: "no-store", ...options, headers: { ...headers, ...options.headers } });
    if (response.ok || response.status === 409) return response;
    throw await refusal(response);
  };

  const begin = (file) => send(form.dataset.upload, {
    method: "POST", headers: { "Upload-Length": String(file.size), "Upload-Metadata": `filename ${base64(file.name)}` },
  });

  /// Sends what is missing; after a break it asks how far the upload is.
  const upload = async (file, signal, tell) => {
    let [place, at] = [null, 0];
    for (let tries = 0; ;) {
      try {
        if (!place) {
          const begun = await begin(file);
          [place, at] = [begun.headers.get("Location"), Number(begun.headers.get("Upload-Offset"))];
        }
        while (at < file.size) {
          tell(at / file.size);
          const body = file.slice(at, at + PART);
          const taken = await send(place, {
            method: "PATCH", body, signal, headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at) },
          });
          at = Number(taken.headers.get("Upload-Offset"));
          tries = 0;
        }
        tell(1);
        return;
      } catch (error) {
        if (error.isFinal || signal.aborted) {
          if (signal.aborted && place) fetch(place, { method: "DELETE", headers }).catch(() => {});
          throw error;
        }
        if (tries >= PATIENCE.length) throw new Error(form.dataset.failed);
        tell(at / file.size, form.dataset.again);
        await wait(PATIENCE[tries]);
        tries += 1;
        place = null;
      }
    }
  };

  const row = (file) => {
    const item = document.createElement("li");
    const [name, state, bar, stop] = ["span", "span", "progress", "button"].map((kind) => document.createElement(kind));
    name.textContent = `${file.name} `;
    state.textContent = form.dataset.waiting;
    state.setAttribute("role", "status");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    stop.type = "button";
    stop.className = "link-button";
    stop.textContent = form.dataset.cancel;
    const control = new AbortController();
    stop.addEventListener("click", () => control.abort());
    item.append(name, state, bar, stop);
    list.append(item);
    return {
      signal: control.signal,
      tell: (share, text) => {
        bar.value = share;
        state.textContent = text ?? form.dataset.progress.replace("#", Math.floor(share * 100));
      },
      end: (text, failed) => {
        bar.remove();
        stop.remove();
        state.textContent = text;
        item.className = failed ? "failed" : "";
        if (failed) state.setAttribute("role", "alert");
        if (!failed) setTimeout(() => item.remove(), 4000);
      },
      remove: () => item.remove(),
    };
  };

  /// The page's own list, as the gateway has it now.
  const refresh = async () => {
    const response = await fetch(location.pathname, { cache: "no-store", headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("[data-files]");
    if (response.ok && fresh) document.querySelector("[data-files]").replaceWith(fresh);
  };

  let turn = Promise.resolve();
  const take = (files) => {
    const rows = files.map((file) => [file, row(file)]);
    for (const [file, { signal, tell, end, remove }] of rows) {
      turn = turn.then(async () => {
        if (signal.aborted) return remove();
        try {
          await upload(file, signal, tell);
          end(form.dataset.done, false);
        } catch (error) {
          if (signal.aborted) remove(); else end(error.message, true);
        }
        await refresh().catch(() => {});
      });
    }
  };

  for (const input of inputs) {
    const chosen = () => {
      take([...input.files]);
      input.value = "";
    };
    input.addEventListener("change", chosen);
    // Chosen before this script was there, or kept by the browser over going back.
    if (input.files.length > 0) chosen();
  }
  for (const button of form.querySelectorAll("button[type=submit]")) button.hidden = true;
  form.querySelector("[data-drop-hint]").hidden = false;
  const over = (event, isOver) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("drop--over", isOver);
  };
  // Wherever on the page a file is dropped, it is meant for here, and never opened in place of the page.
  window.addEventListener("dragover", (event) => over(event, true));
  window.addEventListener("dragleave", (event) => over(event, false));
  window.addEventListener("drop", (event) => {
    over(event, false);
    take([...event.dataTransfer.files]);
  });
})();
