// A chat stays up to date by server-sent events; without this script the page fetches itself. Each message has a number of
// its own, so that a second sending is no second message; the server's numbers say what the page has seen.
const list = document.querySelector("[data-conversation]");
const form = document.querySelector("[data-write]");
const waiting = document.querySelector("[data-waiting]");
const { side, you, other, sending } = list.dataset;
const place = () => `${list.dataset.stream}?seen=${seen}`;
const LONGEST_PAUSE = 15_000;
const wait = (time) => new Promise((done) => setTimeout(done, time));
let seen = Number(list.dataset.seen);

const bubble = (isOwn, text, ...after) => {
  const item = document.createElement("li");
  item.className = isOwn ? "said own" : "said";
  const who = document.createElement("span");
  who.className = "quiet";
  who.append(`${isOwn ? you : other} `, ...after);
  const words = document.createElement("p");
  words.dir = "auto";
  text.split("\n").forEach((line, at) => words.append(...(at ? [document.createElement("br"), line] : [line])));
  item.append(who, words);
  return item;
};

const show = ({ number, advisers, at, text }) => {
  if (number <= seen) return;
  seen = number;
  const time = document.createElement("time");
  time.dateTime = at;
  time.textContent = new Date(at).toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Stockholm" }).replace(":", ".");
  const item = bubble(advisers === (side === "advisers"), text, time);
  item.dataset.number = number;
  list.querySelector(`[data-unsent="${number}"]`)?.remove();
  list.insertBefore(item, list.querySelector("[data-unsent]"));
  item.scrollIntoView({ block: "nearest" });
};

// The line to the server. A browser comes back by itself after a broken line, but gives up for good after an answer that is
// no stream: a proxy's while our process starts again (we try anew), or the one that says that the chat is over.
const unsent = [];
let pause = 1_000;

const over = () => {
  unsent.length = 0;
  location.reload();
};

const follow = () => {
  const source = new EventSource(place(), { withCredentials: true });
  source.addEventListener("open", () => { pause = 1_000; });
  source.addEventListener("message", ({ data }) => show(JSON.parse(data)));
  source.addEventListener("answered", () => { if (waiting) waiting.hidden = true; });
  source.addEventListener("over", () => { source.close(); over(); });
  source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) ask(); });
};

const ask = async () => {
  await wait(pause);
  pause = Math.min(pause * 2, LONGEST_PAUSE);
  const enough = new AbortController();
  try {
    const { status } = await fetch(place(), { credentials: "include", signal: enough.signal });
    if (status === 204) return over();
    if (status === 401) return location.reload(); // the screen is locked
  } catch { /* still away: asked again */ }
  enough.abort();
  follow();
};

follow();

// What is written leaves the field at once and waits in line until the server has it: while the line is broken one can go on
// writing, and nothing that is typed meanwhile is lost or sent under another message's number.
const giveBack = (message) => {
  const { text } = form.elements;
  text.value = [...unsent.map(({ said }) => said), text.value].filter(Boolean).join("\n");
  unsent.splice(0).forEach(({ item }) => item.remove());
  const error = document.getElementById("text-error") || document.createElement("p");
  error.id = "text-error";
  error.className = "error";
  error.setAttribute("role", "alert");
  error.textContent = message;
  text.before(error);
  text.setAttribute("aria-describedby", error.id);
};

let isSending = false;
const send = async () => {
  if (isSending) return;
  isSending = true;
  for (let time = 500; unsent.length;) {
    const { body, item } = unsent[0];
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.redirected) return over(); // there is no such chat any more
      if (answer.ok) {
        const { number } = await answer.json();
        unsent.shift();
        item.dataset.unsent = number;
        item.querySelector(".quiet").textContent = you;
        if (number <= seen) item.remove();
        time = 500;
        continue;
      }
      if (answer.status < 500) {
        giveBack((await answer.json()).message);
        break;
      }
    } catch { /* the line is broken: the same message is sent again */ }
    await wait(time);
    time = Math.min(time * 2, LONGEST_PAUSE);
  }
  isSending = false;
};

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const { text, own_id } = form.elements;
  const said = text.value.trim();
  if (!said) return;
  document.getElementById("text-error")?.remove();
  text.removeAttribute("aria-describedby");
  const item = bubble(true, said, sending);
  item.dataset.unsent = "";
  item.setAttribute("aria-hidden", "true"); // read out once, when it is there
  list.append(item);
  item.scrollIntoView({ block: "nearest" });
  unsent.push({ body: new URLSearchParams(new FormData(form)), item, said });
  text.value = "";
  own_id.value = crypto.randomUUID();
  text.focus();
  send();
});

form?.elements.text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
});
addEventListener("beforeunload", (event) => { if (unsent.length) event.preventDefault(); });
