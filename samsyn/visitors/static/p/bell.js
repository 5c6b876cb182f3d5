// A bell: a line that is kept open and on which never a word comes. It tells the page when there is something to ask for
// ("ring"), and the page's element whether anything is heard at all (data-hears). Whoever serves it gets no cookie and
// knows nobody. A sign of life comes each twenty seconds; a line without one is a broken line.
const SILENCE = 45000, FIRST = 2000, LONGEST = 60000;
let line;
const here = () => document.querySelector("[data-bell]");
const ring = () => document.dispatchEvent(new CustomEvent("ring"));
const pause = (time) => new Promise((done) => { setTimeout(done, time); });

const hear = async (page) => {
  const signs = new TextDecoder(), own = line = new AbortController(), end = () => own.abort();
  let silence = setTimeout(end, SILENCE);
  try {
    const answer = await fetch(page.dataset.bell, { credentials: "omit", cache: "no-store", signal: own.signal });
    const reader = answer.ok && answer.body.getReader();
    while (reader) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE);
      // What happened before the line was there is asked for, too.
      if (signs.decode(value).includes("1") || !("hears" in page.dataset)) {
        page.dataset.hears = "";
        ring();
      }
    }
  } catch { /* gone, or left */ }
  clearTimeout(silence);
  end();
};

const begin = async () => {
  line?.abort();
  const page = here();
  for (let wait = FIRST; page && page === here(); wait = Math.min(wait * 2, LONGEST)) {
    await hear(page);
    const wasHeard = "hears" in page.dataset;
    if (wasHeard) wait = FIRST;
    delete page.dataset.hears;
    // Pages whose line broke in the same moment do not come back in the same moment.
    await pause(wait * (0.75 + Math.random() / 2));
    if (wasHeard && page === here()) ring();
  }
};
document.addEventListener("arrived", begin);
begin();
