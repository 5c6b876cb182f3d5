// Posts each changed group within 2 seconds; the server keeps the draft, the browser keeps nothing.
// Sent: the group's fields, group, tab, sequence. Answer: {saved_at: "09:14", now: milliseconds} or {message}.
const WAIT = 700;

for (const form of document.querySelectorAll("form[data-autosave-url]")) {
  const status = document.querySelector("[data-autosave-status]") || document.createElement("p");
  const texts = status.dataset;
  const tab = form.dataset.tab || crypto.randomUUID();
  const waiting = new Set();
  let sequence = 0, timer = 0, sending = false, failures = 0, stopped = false;

  const tell = (text, state) => {
    status.setAttribute("aria-live", state === "failed" ? "assertive" : "off");
    status.textContent = text;
    texts.state = state;
  };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(send, wait); };

  const body = () => {
    const data = new URLSearchParams({ tab, sequence: ++sequence });
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken?.value || "");
    for (const group of waiting) data.append("group", group);
    for (const field of form.elements) {
      if (!field.name || field.type === "submit" || !waiting.has(field.closest("[data-group]")?.dataset.group)) continue;
      if (!/radio|checkbox/.test(field.type) || field.checked) data.append(field.name, field.value);
    }
    return data;
  };

  async function send(leaving) {
    clearTimeout(timer);
    timer = 0;
    if (!waiting.size || stopped || (sending && leaving !== true)) return;
    const groups = [...waiting], data = body();
    waiting.clear();
    sending = true;
    let answer, said = {};
    try {
      answer = await fetch(form.dataset.autosaveUrl, {
        method: "POST", body: data, keepalive: true, redirect: "manual", headers: { Accept: "application/json" },
      });
      said = await answer.json();
    } catch { /* no answer, or one that isn't JSON: judged below */ }
    sending = false;
    if (answer?.ok) {
      failures = 0;
      tell(`${texts.saved} ${said.saved_at || ""}`, "saved");
      document.dispatchEvent(new CustomEvent("autosaved", { detail: said }));
      if (said.now) document.dispatchEvent(new CustomEvent("server-time", { detail: Number(said.now) }));
    } else if (answer?.status === 422 || answer?.status === 400) {
      tell(said.message || texts.stopped, "failed");
    } else {
      groups.forEach((group) => waiting.add(group));
      // Locked, signed out, closed elsewhere: asking again won't help. No answer or a fault: it may.
      stopped = answer?.type === "opaqueredirect" || (answer?.status >= 401 && answer.status < 500);
      tell(stopped ? said.message || texts.stopped : texts.failed, "failed");
      if (!stopped) later(Math.min(30000, 1000 * 2 ** failures++));
      return;
    }
    if (waiting.size) later(WAIT);
  }

  // Controls may stand outside the form and belong to it by their form attribute.
  const changed = ({ target }) => {
    const group = target.form === form && target.closest("[data-group]")?.dataset.group;
    if (!group) return;
    waiting.add(group);
    // The first change decides when: somebody who never pauses is saved all the same.
    if (!failures && !timer) later(WAIT);
  };
  // A number is a change while it is typed, not only when its field is left.
  for (const kind of ["input", "change"]) document.addEventListener(kind, changed);
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(true); });
  addEventListener("pagehide", () => send(true));
  document.addEventListener("leaving", ({ detail }) => detail.push(send(true)));
  form.addEventListener("submit", () => { waiting.clear(); clearTimeout(timer); timer = 0; });
}
