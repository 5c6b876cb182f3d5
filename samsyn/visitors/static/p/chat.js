// A chat keeps itself up to date and is written in without leaving the page. Without this script both are forms and a link.
// Each line has its writer's own number, so that a second sending is no second line; the server's numbers say what is seen.
const SOON = 1500, LATE = 8000;
// A line that hangs is a broken line: after so long the question is asked again.
const patience = () => AbortSignal.timeout(10000);
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
    const answer = await fetch(`${chat.dataset.chat}${seen}/`, { headers: { Accept: "application/json", "X-Unattended": "1" }, signal: patience() });
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

// Say whether somebody took the line; the same line is sent again until then.
const isTaken = async (form, body) => {
  for (let tries = 0; tries < 6; tries += 1) {
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json", "X-Quiet": "1" }, signal: patience() });
      await answer.text(); // an answer that nobody reads keeps its connection, and there are six
      if (answer.status === 204) document.querySelector(".exit").click();
      else if (answer.redirected) location.replace(current().dataset.chat);
      if (answer.ok) return true;
      if (answer.status < 500) return false;
    } catch { /* the line is broken */ }
    await new Promise((done) => { setTimeout(done, 500 * 2 ** tries); });
  }
  return false;
};

// The field is free for the next line at once; lines go one after the other, and what nobody took comes back.
const lines = [];
addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-say]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const field = form.elements.text;
  if (!field.value.trim()) return;
  lines.push({ text: field.value, body: new URLSearchParams(new FormData(form)) });
  field.value = "";
  form.elements.own_id.value = crypto.randomUUID();
  field.focus();
  if (lines.length > 1) return;
  const lost = form.querySelector("[data-lost]");
  lost.hidden = true;
  while (lines.length) {
    if (await isTaken(form, lines[0].body)) {
      lines.shift();
      look();
    } else {
      field.value = [...lines.splice(0).map(({ text }) => text), field.value].filter(Boolean).join("\n");
      lost.hidden = false;
    }
  }
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
