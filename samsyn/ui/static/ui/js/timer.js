// The server's clock is the truth: it says when the call began and what time it was when the page left.
// A "server-time" event (autosave sends one) sets it right again. Two polite announcements, never more.
for (const timer of document.querySelectorAll("[data-timer]")) {
  const { started, soon, over } = timer.dataset;
  const clock = timer.querySelector("[data-timer-clock]");
  const note = timer.querySelector("[data-timer-note]");
  const say = timer.querySelector("[data-timer-say]");
  const bar = timer.querySelector("progress");
  let ahead = Number(timer.dataset.now) - performance.now();
  let said = null;

  const show = () => {
    const seconds = Math.max(0, Math.floor((ahead + performance.now() - Number(started)) / 1000));
    clock.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    const share = (100 * seconds) / Number(timer.dataset.limit);
    bar.value = Math.min(100, share);
    const state = share >= 100 ? "over" : share >= 80 ? "soon" : "";
    const text = { over, soon, "": "" }[state];
    timer.dataset.state = state;
    if (note.textContent !== text) note.textContent = text;
    // What had passed before the page came is shown, not announced again.
    if (said !== null && state && said !== state && !(said === "over")) say.textContent = text;
    if (said !== "over") said = state;
  };

  show();
  setInterval(show, 1000);
  document.addEventListener("visibilitychange", show);
  document.addEventListener("server-time", ({ detail }) => { ahead = detail - performance.now(); show(); });
}
