// A minute before the lock a window asks; any key, press or the button extends by a post (WCAG 2.2.1).
// Work in the page extends too, at most once a minute, so that a long call never locks.
const dialog = document.querySelector("dialog[data-idle]");

if (dialog) {
  const form = dialog.querySelector("form");
  const left = dialog.querySelector("[data-idle-left]");
  const after = 1000 * dialog.dataset.after, warn = 1000 * dialog.dataset.warn;
  let last = Date.now(), posted = Date.now();

  const extend = async () => {
    last = posted = Date.now();
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" }, redirect: "manual",
    }).catch(() => null);
    if (answer?.ok) dialog.close();
    else if (answer) location.reload();
  };

  const alive = () => {
    last = Date.now();
    if (dialog.open || last - posted > 60000) extend();
  };

  form.addEventListener("submit", (event) => { event.preventDefault(); extend(); });
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); extend(); });
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, (event) => { if (event.key !== "F8") alive(); });

  setInterval(() => {
    // A call within its standard length is work, also when nobody touches the keys.
    if (document.querySelector("[data-timer]:not([data-state=over])")) alive();
    const rest = after - (Date.now() - last);
    if (rest <= 0) document.querySelector("form[data-lock]")?.requestSubmit();
    else if (rest <= warn) {
      left.textContent = `${Math.ceil(rest / 1000)}`;
      if (!dialog.open) dialog.showModal();
    }
  }, 1000);
}
