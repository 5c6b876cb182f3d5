// A passkey computes 32 bytes that only it can compute (the PRF extension); they unlock the person's keys on the server.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const random = (size) => crypto.getRandomValues(new Uint8Array(size));
const answer = (credential) => credential.getClientExtensionResults().prf?.results?.first;

const ask = (known) => navigator.credentials.get({ publicKey: {
  challenge: random(32),
  userVerification: "required",
  allowCredentials: known.map(({ id }) => ({ type: "public-key", id: bytes(id) })),
  extensions: { prf: { evalByCredential: Object.fromEntries(known.map(({ id, question }) => [id, { first: bytes(question) }])) } },
} });

const make = async (question) => {
  const made = await navigator.credentials.create({ publicKey: {
    challenge: random(32),
    rp: { name: "Samsyn" },
    user: { id: random(32), name: "Samsyn", displayName: "Samsyn" },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -257 }],
    authenticatorSelection: { userVerification: "required" },
    extensions: { prf: { eval: { first: bytes(question) } } },
  } });
  // Some keys answer only when they are asked a second time.
  return answer(made) ? made : ask([{ id: text(made.rawId), question }]);
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const sorry = document.getElementById("no-answer");
    sorry.hidden = true;
    try {
      const known = [...form.querySelectorAll("[data-credential]")].map((one) => ({ id: one.dataset.credential, question: one.dataset.question }));
      const credential = form.dataset.passkey === "create" ? await make(form.elements.question.value) : await ask(known);
      const secret = answer(credential);
      if (!secret) throw new Error("no answer");
      form.elements.credential.value = text(credential.rawId);
      form.elements.secret.value = text(secret);
      form.submit();
    } catch {
      sorry.hidden = false;
    }
  });
}
