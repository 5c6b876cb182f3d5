// The way out, three presses of Shift or Esc, no trail inside the site, warnings while typing.
const exit = document.querySelector(".exit");
const said = document.querySelector("[data-left]");

const blank = () => {
  document.title = "Information";
  document.body.replaceChildren();
  document.dispatchEvent(new CustomEvent("arrived")); // nothing is asked for any more, and no line stays open
};

const leave = () => {
  const to = exit.dataset.to;
  blank();
  navigator.sendBeacon("/x/");
  location.replace(to);
};

// Every page replaces the one before, so that Back leads to where somebody was before they came.
addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link === exit) {
    event.preventDefault();
    leave();
  } else if (link.origin === location.origin && !link.hash) {
    event.preventDefault();
    location.replace(link.href);
  }
});

// Three presses within five seconds; Shift used to write something else does not count.
let presses = [], key = "", clean = false;
addEventListener("keydown", (event) => {
  clean = !event.repeat && (event.key === "Shift" || event.key === "Escape");
  if (!clean) presses = [];
});
addEventListener("keyup", (event) => {
  if (!clean || (event.key !== "Shift" && event.key !== "Escape")) return;
  if (event.key !== key) presses = [];
  key = event.key;
  const now = Date.now();
  presses = [...presses.filter((at) => now - at < 5000), now];
  if (presses.length === 3) leave();
  else said.textContent = said.dataset.left.replace("%(left)s", 3 - presses.length);
});

// A page that the browser kept shows nothing of what it was.
const empty = () => {
  const start = document.body.dataset.start;
  blank();
  location.replace(start);
};
addEventListener("pageshow", ({ persisted }) => { if (persisted) empty(); });

// What was written vanishes from the screen when nobody has touched it for ten minutes.
let idle;
const touched = () => {
  clearTimeout(idle);
  if (document.querySelector("[data-vanishes]")) idle = setTimeout(empty, 600000);
};
for (const kind of ["keydown", "pointerdown", "scroll"]) addEventListener(kind, touched, { passive: true });

// A form's answer takes the page's place without a step in the history: Back would show what was written.
// An answer without content is the word for somebody who came.
addEventListener("submit", (event) => {
  const form = event.target, body = new URLSearchParams(new FormData(form, event.submitter));
  event.preventDefault();
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.setRequestHeader("X-Quiet", "1");
  request.onloadend = () => {
    form.ariaBusy = null;
    const main = request.response?.querySelector("main");
    if (request.status === 204) leave();
    else if (main) {
      document.querySelector("main").replaceWith(document.adoptNode(main));
      main.focus();
      scrollTo(0, 0);
      touched();
      document.dispatchEvent(new CustomEvent("arrived"));
    } else form.querySelector("[data-lost]").hidden = false;
  };
  request.send(body);
});

const western = (text) => text.replace(/[٠-٩۰-۹]/g, (digit) => digit.charCodeAt(0) & 15);
const isNumber = (found) => {
  const sum = [...found.replace(/\D/g, "").slice(-10)].reduce((total, digit, place) => {
    const twice = digit * (2 - (place % 2));
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return sum % 10 === 0;
};
document.addEventListener("input", ({ target: text }) => {
  if (text.tagName !== "TEXTAREA") return;
  const warn = (name, is) => { document.querySelector(`[data-warn=${name}]`).hidden = !is; };
  const plain = western(text.value);
  const identity = (plain.match(/(?<!\d)(?:(?:19|20)\d\d|\d\d)(?:0[1-9]|1[0-2])\d\d[ +-]?\d{4}(?!\d)/g) ?? []).filter(isNumber);
  warn("identity", identity.length > 0);
  const rest = identity.reduce((left, one) => left.replace(one, ""), plain);
  warn("phone", /(?<!\d)(?:\+|00)?\d(?:[ -]?\d){7,13}(?!\d)/.test(rest));
});
