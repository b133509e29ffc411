// The loopback agent of the card client (docs/card-client.md): pairing, seeing that it is the one that was paired with, and its
// operations. Before anything is sent to it, it has to sign a challenge with the key of the pairing: a program that took its
// port is told nothing.
"use strict";
(() => {
  const encoder = new TextEncoder();
  const toBase64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const fromBase64url = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const failed = (code, message, more) => Object.assign(new Error(message ?? code), { code, ...more });
  const isPart = (text) => typeof text === "string" && /^[\w-]{43}$/.test(text);

  const agentAt = (origin, preset) => {
    const kept = `madoguchi-card ${origin}`;
    const read = (line) => {
      const [token, x, y] = (line ?? "").split(".");
      return [token, x, y].every(isPart) ? { token, x, y } : null;
    };
    // On a shared computer the pairing ends with the tab.
    const shelf = "shared" in document.body.dataset ? sessionStorage : localStorage;
    let link = read(preset) ?? read(shelf.getItem(kept));

    const send = async (path, body, headers = {}, method = body ? "POST" : "GET") => {
      let response;
      try {
        response = await fetch(origin + path, {
          method,
          headers: { ...headers, ...(body && { "Content-Type": "application/json" }) },
          body: body && JSON.stringify(body),
          credentials: "omit",
          cache: "no-store",
          redirect: "error",
          signal: AbortSignal.timeout(15_000),
        });
      } catch { throw failed("ERR_WEBEID_NATIVE_UNAVAILABLE"); }
      if (response.status === 204) return null;
      const answer = await response.json().catch(() => { throw failed("ERR_WEBEID_NATIVE_UNAVAILABLE"); });
      if (response.ok) return answer;
      const { code, title, detail, webeid } = answer.error ?? {};
      throw failed(webeid ?? "ERR_WEBEID_UNKNOWN_ERROR", detail, { reason: code, title });
    };

    // Who is there: "paired" (it proved its key), "unpaired", or an error; "agent-key" when it is another than the paired one.
    const hello = async () => {
      const challenge = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
      const said = await send("/v1/hello", { challenge });
      if (said.api !== 2) throw failed("ERR_WEBEID_VERSION_MISMATCH");
      if (!link) return "unpaired";
      // An agent that knows nothing of the pairing may have ended it; it gets nothing that belongs to the pairing either.
      if (!said.paired) throw failed("agent-key");
      if (!await proves(said.proof, challenge)) throw failed("agent-key");
      return "paired";
    };

    const proves = async (proof, challenge) => {
      try {
        const [header, payload, signature] = proof.split(".");
        const key = await crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x: link.x, y: link.y },
          { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
        const good = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, fromBase64url(signature),
          encoder.encode(`${header}.${payload}`));
        const { typ, alg } = JSON.parse(new TextDecoder().decode(fromBase64url(header)));
        const claims = JSON.parse(new TextDecoder().decode(fromBase64url(payload)));
        return good && alg === "ES256" && typ === "madoguchi-agent+jwt"
          && claims.iss === origin && claims.aud === window.location.origin && claims.challenge === challenge;
      } catch { return false; }
    };

    const authorised = () => ({ Authorization: `Bearer ${link.token}` });
    const operation = async (path, body) => {
      if (await hello() !== "paired") throw failed("agent-key");
      const { operation: id } = await send(path, body, authorised());
      const at = `/v1/operations/${encodeURIComponent(id)}`;
      const leave = () => { send(at, null, authorised(), "DELETE").catch(() => {}); };
      window.addEventListener("pagehide", leave);
      try {
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 700));
          const state = await send(at, null, authorised());
          if (state.status === "done") return state.result;
          if (state.status === "ended") {
            throw failed(state.error.webeid, state.error.detail, { reason: state.error.code, title: state.error.title });
          }
        }
      } finally { window.removeEventListener("pagehide", leave); }
    };

    // The code that the agent's window shows, typed here by the person: both sides prove that they know it, neither sends it.
    const pair = async (typed) => {
      const code = typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
      if (!/^[0-9A-Z]{10}$/.test(code)) throw failed("pairing-form");
      const nonce = toBase64url(crypto.getRandomValues(new Uint8Array(32)));
      const salt = encoder.encode(`madoguchi-card pairing 1\n${window.location.origin}\n${origin}\n${nonce}`);
      const password = await crypto.subtle.importKey("raw", encoder.encode(code), "PBKDF2", false, ["deriveKey"]);
      const key = await crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: 200_000 }, password,
        { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign", "verify"]);
      const proof = toBase64url(await crypto.subtle.sign("HMAC", key, encoder.encode("page")));
      const { token, x, y, proof: theirs } = await send("/v1/pair/confirm", { nonce, proof });
      const said = encoder.encode(`agent\n${token}\n${x}\n${y}`);
      const good = [token, x, y].every(isPart) && await crypto.subtle.verify("HMAC", key, fromBase64url(theirs), said);
      if (!good) throw failed("agent-key");
      link = { token, x, y };
      shelf.setItem(kept, `${token}.${x}.${y}`);
    };

    return {
      hello,
      pair,
      askToPair: (language) => send("/v1/pair", { language }),
      forget: () => { shelf.removeItem(kept); link = read(preset); },
      certificate: (language) => operation("/v1/certificate", { language }),
      sign: async (language, mgreq) => {
        const { signatures } = await operation("/v1/sign", { language, mgreq });
        return signatures[0];
      },
      authenticate: (language, challengeNonce) => operation("/v1/authenticate", { language, challenge_nonce: challengeNonce }),
    };
  };

  globalThis.madoguchiCard = { ...globalThis.madoguchiCard, agentAt, failed };
})();
