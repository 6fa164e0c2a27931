/* The page works without this. It adds passkeys, and takes in what is new. */
"use strict";
(() => {
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (c) => c.charCodeAt(0));
  };
  const text = (buffer) => {
    let plain = "";
    for (const one of new Uint8Array(buffer)) plain += String.fromCharCode(one);
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const listed = (all) => (all || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function create(options) {
    const made = await navigator.credentials.create({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: listed(options.excludeCredentials),
    } });
    return { id: made.id, rawId: text(made.rawId), type: made.type, response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
    } };
  }

  async function get(options) {
    const made = await navigator.credentials.get({ publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: listed(options.allowCredentials),
    } });
    return { id: made.id, rawId: text(made.rawId), type: made.type, response: {
      clientDataJSON: text(made.response.clientDataJSON),
      authenticatorData: text(made.response.authenticatorData),
      signature: text(made.response.signature),
      userHandle: made.response.userHandle ? text(made.response.userHandle) : null,
    } };
  }

  async function post(address, value) {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(value),
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(said.error || "The page did not take this. Try again.");
    return said;
  }

  function told(form, error) {
    const place = form.querySelector(".error");
    place.textContent = error.name === "NotAllowedError"
      ? "The passkey was not used. Try again when you are ready." : error.message;
  }

  function during(form, work) {
    const button = form.querySelector("button:not([disabled])");
    form.querySelector(".error").textContent = "";
    if (button) button.disabled = true;
    return work().catch((error) => told(form, error)).finally(() => { if (button) button.disabled = false; });
  }

  const signIn = document.getElementById("sign-in");
  if (signIn) signIn.addEventListener("submit", (event) => {
    event.preventDefault();
    during(signIn, async () => {
      const options = await post("/sign-in/ask", {});
      const said = await post("/sign-in/answer", { answer: await get(options), next: signIn.dataset.next });
      location.assign(said.next);
    });
  });

  const enrol = document.getElementById("enrol");
  if (enrol) enrol.addEventListener("submit", (event) => {
    event.preventDefault();
    during(enrol, async () => {
      const code = enrol.elements.code.value;
      const options = await post("/enrol/ask", { code });
      const said = await post("/enrol/answer", { code, answer: await create(options) });
      location.assign(said.next);
    });
  });

  const sign = document.getElementById("sign");
  if (sign && sign.dataset.options) sign.addEventListener("submit", (event) => {
    if (sign.elements.answer.value) return;
    event.preventDefault();
    during(sign, async () => {
      sign.elements.answer.value = JSON.stringify(await get(JSON.parse(sign.dataset.options)));
      sign.requestSubmit();
    });
  });

  /* What is new: parts of the page that hold no form are taken anew from the same address. */
  const live = document.getElementById("live");
  if (!live || !window.EventSource) return;
  let waiting = false;
  async function refresh() {
    const answer = await fetch(location.href, { headers: { "X-Refresh": "1" } });
    if (answer.redirected || !answer.ok) { live.textContent = "You are signed out. Reload to sign in."; return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of document.querySelectorAll("[data-live]")) {
      const now = fresh.getElementById(old.id);
      if (!now) continue;
      if (old.contains(document.activeElement) || old.querySelector("details[open]")) {
        live.textContent = "There is something new. Reload to see it.";
        return;
      }
      old.replaceWith(document.adoptNode(now));
    }
    live.textContent = `Updated ${new Date().toISOString().slice(11, 19)} UTC.`;
  }
  const source = new EventSource("/events");
  source.addEventListener("leaf", () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => { waiting = false; refresh().catch(() => {}); }, 500);
  });
  source.addEventListener("ended", () => {
    source.close();
    live.textContent = "You are signed out. Reload to sign in.";
  });
  window.addEventListener("pagehide", () => source.close());
})();
