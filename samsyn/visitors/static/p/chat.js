// A chat keeps itself up to date and is written in without leaving the page. Without this script both are forms and a link.
// Each line has its writer's own number, so that a second sending is no second line; the server's numbers say what is seen.
const SOON = 1500, LATE = 8000;
let timer, seen = 0, pause = SOON, busy = false;
const current = () => document.querySelector("[data-chat]");

const show = (chat, { number, desk, text }) => {
  if (number <= seen) return;
  seen = number;
  const list = chat.querySelector("[data-lines]"), item = document.createElement("li");
  const who = document.createElement("h2"), words = document.createElement("p");
  const isOwn = desk === (chat.dataset.side === "desk");
  if (desk) item.className = "answer";
  who.textContent = isOwn ? chat.dataset.you : chat.dataset.other;
  words.className = "said";
  words.dir = "auto";
  text.split("\n").forEach((line, at) => words.append(...(at ? [document.createElement("br"), line] : [line])));
  item.append(who, words);
  list.append(item);
  chat.dataset.vanishes = "";
  item.scrollIntoView({ block: "nearest" });
  pause = SOON;
};

const look = async () => {
  clearTimeout(timer);
  const chat = current();
  if (!chat || busy) return;
  busy = true;
  try {
    const answer = await fetch(`${chat.dataset.chat}${seen}/`, { headers: { Accept: "application/json" } });
    if (answer.redirected || (answer.status >= 400 && answer.status < 500)) location.replace(chat.dataset.chat);
    else if (answer.ok && chat.isConnected) {
      const told = await answer.json();
      if (told.state === "over") location.replace(chat.dataset.chat);
      told.lines.forEach((line) => show(chat, line));
      const state = chat.querySelector("[data-state]");
      if (state && told.say && state.textContent !== told.say) state.textContent = told.say;
    }
  } catch { /* the line is broken: asked again */ }
  busy = false;
  pause = Math.min(pause * 1.2, LATE);
  timer = setTimeout(look, pause);
};

const send = async (form) => {
  const body = new URLSearchParams(new FormData(form));
  for (let tries = 0; tries < 6; tries += 1) {
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json", "X-Quiet": "1" } });
      if (answer.status === 204) return document.querySelector(".exit").click();
      if (answer.redirected) return location.replace(current().dataset.chat);
      if (answer.ok) {
        form.elements.text.value = "";
        form.elements.own_id.value = crypto.randomUUID();
        form.elements.text.focus();
        return look();
      }
      if (answer.status < 500) break;
    } catch { /* the same line is sent again */ }
    await new Promise((done) => { setTimeout(done, 500 * 2 ** tries); });
  }
  form.querySelector("[data-lost]").hidden = false;
};

addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-say]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.ariaBusy || !form.elements.text.value.trim()) return;
  form.ariaBusy = "true";
  form.querySelector("[data-lost]").hidden = true;
  await send(form);
  form.ariaBusy = null;
}, { capture: true });

addEventListener("keydown", ({ key, ctrlKey, target }) => {
  if (key === "Enter" && ctrlKey && target.form?.matches("[data-say]")) target.form.requestSubmit();
});

const begin = () => {
  clearTimeout(timer);
  if (!current()) return;
  seen = Number(current().dataset.seen);
  pause = SOON;
  timer = setTimeout(look, pause);
};
document.addEventListener("arrived", begin);
begin();
