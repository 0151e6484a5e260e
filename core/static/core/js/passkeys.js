// Passkeys: data-passkey="login" asks the server for its question, "get" and "create" find it in
// the page (data-options names the JSON); the answer goes into the form, which then sends itself.
import { showToast } from "./toast.js";

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  if (!buffer) return null;
  const letters = [...new Uint8Array(buffer)].map((one) => String.fromCharCode(one)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function answer(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = text(response.attestationObject);
    said.transports = response.getTransports?.() ?? [];
  } else {
    said.authenticatorData = text(response.authenticatorData);
    said.signature = text(response.signature);
    said.userHandle = text(response.userHandle);
  }
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: said,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function create({ publicKey }, withoutPassword) {
  const selection = {
    ...publicKey.authenticatorSelection,
    residentKey: withoutPassword ? "required" : "discouraged",
    requireResidentKey: withoutPassword,
  };
  if (withoutPassword) selection.userVerification = "required";
  return navigator.credentials.create({
    publicKey: {
      ...publicKey, challenge: bytes(publicKey.challenge), authenticatorSelection: selection,
      user: { ...publicKey.user, id: bytes(publicKey.user.id) }, excludeCredentials: known(publicKey.excludeCredentials),
    },
  });
}

function get({ publicKey }) {
  return navigator.credentials.get({
    publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: known(publicKey.allowCredentials) },
  });
}

async function ask(form) {
  if (form.dataset.passkey === "login") {
    const reply = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!reply.ok) throw new Error(reply.statusText);
    return get((await reply.json()).request_options);
  }
  const given = JSON.parse(document.getElementById(form.dataset.options).textContent);
  if (form.dataset.passkey === "get") return get(given.request_options);
  return create(given.creation_options, form.elements.passwordless?.checked ?? false);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(answer(await ask(form)));
      form.submit();
    } catch {
      button.disabled = false;
      showToast({ text: form.dataset.failed, tone: "late" });
    }
  });
}
