// @ts-check
/**
 * Passkeys: forms with `data-passkey` ask the browser for one before they are sent ("get": sign in or confirm, "create": add
 * one). What the server wants lies in `data-options` or is fetched from `data-options-from`; what the browser answers
 * goes into the field "credential". Browsers without passkeys never see such a form unless it is the whole page.
 */

/** @param {string} text */
const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
};

/** @param {ArrayBuffer | null} buffer */
const text = (buffer) =>
  buffer === null
    ? null
    : btoa(String.fromCharCode(...new Uint8Array(buffer)))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replaceAll("=", "");

/** @param {{ id: string }[] | undefined} list @returns {PublicKeyCredentialDescriptor[]} */
const known = (list) => (list ?? []).map((one) => ({ .../** @type {any} */ (one), id: bytes(one.id) }));

/** @param {any} asked @param {boolean} alone */
const create = async (asked, alone) => {
  const choice = { ...asked.authenticatorSelection };
  if (alone) Object.assign(choice, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
  return navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: known(asked.excludeCredentials),
      authenticatorSelection: choice,
    },
  });
};

/** @param {any} asked */
const get = async (asked) =>
  navigator.credentials.get({
    publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) },
  });

/** @param {Credential | null} found */
const told = (found) => {
  if (!(found instanceof PublicKeyCredential)) throw new Error("no passkey");
  const answer = found.response;
  /** @type {Record<string, unknown>} */
  const response = { clientDataJSON: text(answer.clientDataJSON) };
  if (answer instanceof AuthenticatorAttestationResponse) {
    response["attestationObject"] = text(answer.attestationObject);
    response["transports"] = answer.getTransports();
  } else if (answer instanceof AuthenticatorAssertionResponse) {
    response["authenticatorData"] = text(answer.authenticatorData);
    response["signature"] = text(answer.signature);
    response["userHandle"] = text(answer.userHandle);
  }
  return {
    id: found.id,
    rawId: text(found.rawId),
    type: found.type,
    authenticatorAttachment: found.authenticatorAttachment,
    clientExtensionResults: found.getClientExtensionResults(),
    response,
  };
};

/** @param {HTMLFormElement} form */
const options = async (form) => {
  const address = form.dataset["optionsFrom"];
  if (address === undefined) return JSON.parse(form.dataset["options"] ?? "{}");
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no options");
  return (await answer.json()).request_options;
};

/** @param {HTMLFormElement} form */
const ask = async (form) => {
  const said = /** @type {HTMLElement | null} */ (form.querySelector("[data-said]"));
  if (said !== null) said.hidden = true;
  try {
    const asked = (await options(form)).publicKey;
    const alone = form.querySelector("[name=passwordless]:checked") !== null;
    const found = await (form.dataset["passkey"] === "create" ? create(asked, alone) : get(asked));
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("credential"));
    field.value = JSON.stringify(told(found));
    form.submit();
  } catch {
    if (said === null) return;
    said.textContent = said.dataset["said"] ?? "";
    said.hidden = false;
  }
};

if (window.PublicKeyCredential !== undefined) {
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-passkey]"))) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void ask(form);
    });
  }
}
