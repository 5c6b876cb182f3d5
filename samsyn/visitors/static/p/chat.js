// A chat keeps itself up to date and is written in without leaving the page. Without this script both are forms and a link.
// A bell (bell.js) says when to ask. Where it hears nothing the clock does.
// Each line has its writer's own number, so that a second sending is no second line; the server's numbers say what is seen.
const SOON = 3000, LATE = 15000, SELDOM = 60000;
// A line that hangs is a broken line: after so long the question is asked again.
const patience = () => AbortSignal.timeout(10000);
let timer, seen = 0, pause = SOON, busy = false, isRung = false;
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
  isRung = busy; // a ring while we ask may be for what the answer does not have
  if (!chat || busy) return;
  busy = true;
  let isAnswered = false;
  try {
    const answer = await fetch(`${chat.dataset.chat}${seen}/`, { headers: { Accept: "application/json", "X-Unattended": "1" }, signal: patience() });
    const isLost = answer.redirected || (answer.status >= 400 && answer.status < 500);
    const told = answer.ok && !isLost && await answer.json();
    // What is on its way comes first: a line may be the word for somebody who came, which leads away, and a form's answer
    // may have the words to come back with.
    const isSending = lines.length > 0 || [...chat.querySelectorAll("form")].some((form) => form.ariaBusy);
    if (chat.isConnected && !isSending && (isLost || told.state === "over")) location.replace(chat.dataset.chat);
    if (chat.isConnected && told) {
      told.lines.forEach((line) => show(chat, line));
      const state = chat.querySelector("[data-state]");
      if (state && told.say && state.textContent !== told.say) state.textContent = told.say;
      isAnswered = true;
    }
  } catch { /* the line is broken: asked again */ }
  busy = false;
  pause = Math.min(pause * 1.2, LATE);
  const wait = isAnswered && "hears" in chat.dataset ? SELDOM : pause;
  timer = setTimeout(look, isRung ? 0 : wait * (0.75 + Math.random() / 2));
};
document.addEventListener("ring", () => {
  pause = SOON;
  look();
});

// Send a line until somebody takes it; return its number, 0 for one that was taken by who does not say, nothing if nobody did.
const taken = async (form, body) => {
  for (let tries = 0; tries < 6; tries += 1) {
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json", "X-Quiet": "1" }, signal: patience() });
      // An answer that nobody reads keeps its connection, and there are six.
      const said = await (answer.headers.get("Content-Type") === "application/json" ? answer.json() : answer.text());
      if (answer.status === 204) document.querySelector(".exit").click();
      else if (answer.redirected) location.replace(current().dataset.chat);
      if (answer.ok) return said.number ?? 0;
      if (answer.status < 500) return undefined;
    } catch { /* the line is broken */ }
    await new Promise((done) => { setTimeout(done, 500 * 2 ** tries); });
  }
  return undefined;
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
    const [{ text, body }] = lines, number = await taken(form, body), chat = current();
    if (number === undefined) {
      field.value = [...lines.splice(0).map((one) => one.text), field.value].filter(Boolean).join("\n");
      lost.hidden = false;
    } else {
      lines.shift();
      if (chat && number === seen + 1) show(chat, { number, desk: chat.dataset.side === "desk", text: text.trim() });
      else look();
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
