// Finds the number that a form costs, while the person reads; the form waits for it if it is sent before.
const form = document.querySelector("[data-proof]");
const said = form.elements.form.value;
const bits = Number(form.dataset.proof);
const encoder = new TextEncoder();

const solve = async () => {
  for (let number = 0; ; number++) {
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`${said}:${number}`));
    if (new DataView(digest).getUint32(0) >>> (32 - bits) === 0) return number;
  }
};

const solved = solve().then((number) => { form.elements.work.value = String(number); });

form.addEventListener("submit", (event) => {
  if (form.elements.work.value) return;
  event.preventDefault();
  const button = event.submitter;
  if (button) button.disabled = true;
  solved.then(() => { if (button) button.disabled = false; form.requestSubmit(button); });
});
