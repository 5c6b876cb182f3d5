// The desk's own: F4 adds a person, F9 goes to the outcome, and the checklists follow what autosave answers.
const form = document.getElementById("desk");
const place = document.querySelector("[data-side]");

// The call begins where the hand is; a person who was just added comes next.
const person = location.hash.startsWith("#person-") && document.getElementById(location.hash.slice(1));
if (!document.querySelector(".error-summary")) {
  (person || form).querySelector("input[type=radio]")?.focus({ preventScroll: !person });
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "F4") {
    event.preventDefault();
    form.querySelector("[value=add_person]")?.click();
  } else if (event.key === "F9") {
    event.preventDefault();
    const group = form.querySelector("[data-group=outcome]");
    (group.querySelector("input:checked") || group.querySelector("input")).focus();
  }
});

// A person's box says who it is about as soon as that is known.
form.addEventListener("change", ({ target }) => {
  const box = target.closest(".person");
  if (!box) return;
  const chosen = ["sex", "age_band"].map((code) => box.querySelector(`[data-group$="-${code}"] input:checked + label [data-text]`));
  box.querySelector("header .quiet").replaceChildren(...chosen.filter(Boolean).flatMap((text, at) =>
    [...(at ? [", "] : []), ...text.cloneNode(true).childNodes]));
});

// Another template fits now: the list is written anew from text, never from markup. The two lists exist already.
const fill = (name, items) => {
  const group = place.querySelector(`[data-group=${name}]`);
  const list = group?.querySelector(".checklist");
  if (!list) return;
  const model = list.querySelector(".check");
  list.replaceChildren(...items.map(({ code, text, chosen }, at) => {
    const line = model.cloneNode(true);
    const [box, label] = [line.querySelector("input"), line.querySelector("label")];
    box.value = code;
    box.id = label.htmlFor = `${name}-${code}`;
    box.checked = chosen;
    box.dataset.digit = at < 9 ? String(at + 1) : "";
    box.tabIndex = at ? -1 : 0;
    label.textContent = text;
    return line;
  }));
};

document.addEventListener("autosaved", ({ detail }) => {
  if (!detail.side) return;
  const timer = document.querySelector("[data-timer]");
  timer.dataset.limit = detail.side.limit;
  timer.querySelector("[data-timer-of]").textContent = detail.side.minutes;
  const hint = place.querySelector("[data-group=ask] .hint");
  if (hint) hint.textContent = detail.side.line;
  fill("ask", detail.side.ask);
  fill("inform", detail.side.inform);
  const deviation = place?.querySelector("[data-deviation]");
  if (deviation && detail.side.deviation) deviation.href = detail.side.deviation;
});
