// A group of chips is one tab stop. A digit acts in the focused group only (WCAG 2.1.4), Delete empties it.
// A group may get other lines later (a checklist does), so its controls are looked up when they are needed.
const all = (group) => [...group.querySelectorAll("input[type=radio], input[type=checkbox]")];
const boxesOf = (group) => all(group).filter((input) => input.type === "checkbox");
const rove = (boxes, current) => boxes.forEach((box) => { box.tabIndex = box === current ? 0 : -1; });

for (const group of document.querySelectorAll("[data-choices]")) {
  const first = boxesOf(group);
  if (first.length) rove(first, first.find((box) => box.checked) || first[0]);

  group.addEventListener("focusin", ({ target }) => {
    const boxes = boxesOf(group);
    if (boxes.includes(target)) rove(boxes, target);
  });

  // "Unknown" and the like let go of the others, and the others of it.
  group.addEventListener("change", ({ target }) => {
    const boxes = boxesOf(group);
    if (!boxes.includes(target) || !target.checked) return;
    const exclusive = "exclusive" in target.dataset;
    for (const box of boxes) if (box !== target && (exclusive || "exclusive" in box.dataset)) box.checked = false;
  });

  group.addEventListener("keydown", (event) => {
    const inputs = all(group), boxes = boxesOf(group);
    if (!inputs.includes(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    const wanted = inputs.find((input) => input.dataset.digit === event.key && !input.disabled);
    if (wanted) {
      event.preventDefault();
      wanted.focus();
      wanted.click();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      const chosen = inputs.filter((input) => input.checked);
      chosen.forEach((input) => { input.checked = false; });
      if (chosen.length) chosen[0].dispatchEvent(new Event("change", { bubbles: true }));
    } else if (boxes.length && event.key.startsWith("Arrow")) {
      event.preventDefault();
      const forward = ["ArrowDown", getComputedStyle(group).direction === "rtl" ? "ArrowLeft" : "ArrowRight"].includes(event.key);
      const at = boxes.indexOf(event.target) + (forward ? 1 : -1);
      boxes.at(at % boxes.length).focus();
    }
  });
}
