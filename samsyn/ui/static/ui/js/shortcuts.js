// Every key here is also a button. Ctrl+Enter presses the page's main button, F6 jumps, ? shows the keys.
const dialog = document.querySelector("dialog[data-keys]");
const main = document.querySelector("main");
const side = document.querySelector("[data-jump=side]");
const places = new Map(); // where the focus was in each of them
const typing = (element) => element.matches("input:not([type=radio], [type=checkbox]), textarea, select");
const show = () => { if (dialog && !dialog.open) dialog.showModal(); };

const jump = () => {
  const goal = side && !side.contains(document.activeElement) ? side : main;
  const first = goal.querySelector("input:not([type=hidden], [tabindex='-1']), select, textarea, a, button");
  (places.get(goal) || first || goal).focus();
};

document.addEventListener("focusin", ({ target }) => {
  for (const part of [main, side]) if (part?.contains(target)) places.set(part, target);
});
for (const opener of document.querySelectorAll("[data-opens=keys]")) opener.addEventListener("click", show);
for (const jumper of document.querySelectorAll("[data-jumps]")) jumper.addEventListener("click", jump);

// The rest of the bar's links fold up when one goes elsewhere.
const more = document.querySelector(".more-links");
addEventListener("pointerdown", ({ target }) => { if (more && !more.contains(target)) more.open = false; });
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && more?.open) {
    more.open = false;
    more.querySelector("summary").focus();
    return;
  }
  if (event.key === "Enter" && event.ctrlKey) {
    const button = document.querySelector("[data-key='ctrl+enter']");
    if (!button || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    button.click();
  } else if (event.key === "F6" && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    jump();
  } else if (event.key === "?" && !typing(event.target)) {
    event.preventDefault();
    show();
  }
});
