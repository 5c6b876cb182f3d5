// A chat stays up to date by server-sent events; without this script the page fetches itself. Each message has a number of
// its own, so that a second sending is no second message; the server's numbers say what the page has seen.
const list = document.querySelector("[data-conversation]");
const form = document.querySelector("[data-write]");
const waiting = document.querySelector("[data-waiting]");
const { side, you, other } = list.dataset;
let seen = Number(list.dataset.seen);

const show = ({ number, advisers, at, text }) => {
  if (number <= seen) return;
  seen = number;
  const isOwn = advisers === (side === "advisers");
  const item = document.createElement("li");
  item.className = isOwn ? "said own" : "said";
  item.dataset.number = number;
  const who = document.createElement("span");
  who.className = "quiet";
  const time = document.createElement("time");
  time.dateTime = at;
  time.textContent = new Date(at).toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Stockholm" }).replace(":", ".");
  who.append(`${isOwn ? you : other} `, time);
  const words = document.createElement("p");
  words.dir = "auto";
  text.split("\n").forEach((line, at) => words.append(...(at ? [document.createElement("br"), line] : [line])));
  item.append(who, words);
  list.append(item);
  item.scrollIntoView({ block: "nearest" });
};

const source = new EventSource(`${list.dataset.stream}?seen=${seen}`, { withCredentials: true });
source.addEventListener("message", ({ data }) => show(JSON.parse(data)));
source.addEventListener("answered", () => { if (waiting) waiting.hidden = true; });
source.addEventListener("over", () => { source.close(); location.reload(); });

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = form.elements.text;
  if (!field.value.trim()) return;
  const body = new URLSearchParams(new FormData(form));
  for (let tries = 0; tries < 5; tries += 1) {
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.ok) {
        field.value = "";
        form.elements.own_id.value = crypto.randomUUID();
        field.focus();
        return;
      }
      if (answer.status < 500) break;
    } catch { /* the line is broken: the same message is sent again */ }
    await new Promise((done) => setTimeout(done, 500 * 2 ** tries));
  }
  form.submit();
});
field_keys();

function field_keys() {
  form?.elements.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
  });
}
