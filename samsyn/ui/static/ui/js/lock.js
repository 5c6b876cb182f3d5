// F8 or the button: the page is blank at once, what waits is saved, then the lock screen comes.
const form = document.querySelector("form[data-lock]");

const lock = async (event) => {
  event.preventDefault();
  document.title = "Samsyn";
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
  for (const part of document.body.children) part.hidden = true;
  const saving = [];
  document.dispatchEvent(new CustomEvent("leaving", { detail: saving }));
  await Promise.race([Promise.allSettled(saving), new Promise((done) => { setTimeout(done, 800); })]);
  form.submit();
};

if (form) {
  form.addEventListener("submit", lock);
  addEventListener("keydown", (event) => {
    if (event.key !== "F8") return;
    event.preventDefault();
    form.requestSubmit();
  });
  // A page that comes back from the browser's memory asks the server again.
  addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });
}
