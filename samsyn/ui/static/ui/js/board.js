// A board counts seconds by itself and fetches itself anew when somebody came or went, without counting as anybody's
// activity: an empty desk locks. `data-board` is the address that tells its mark as JSON. Without script: reload by hand.
let board = document.querySelector("[data-board]");
let began = performance.now();

const tick = () => {
  for (const cell of board.querySelectorAll("[data-waited]")) {
    const seconds = Number(cell.dataset.waited) + Math.floor((performance.now() - began) / 1000);
    cell.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  }
};

// A request that answers with a document: pages take no text as markup.
const fresh = () => new Promise((done, failed) => {
  const request = new XMLHttpRequest();
  request.open("GET", location.href);
  request.responseType = "document";
  request.setRequestHeader("X-Unattended", "1");
  request.onload = () => done(request.response?.querySelector("[data-board]"));
  request.onerror = failed;
  request.send();
});

const look = async () => {
  if (document.hidden) return;
  try {
    const answer = await fetch(board.dataset.board, { headers: { Accept: "application/json", "X-Unattended": "1" } });
    if (!answer.ok || (await answer.json()).mark === board.dataset.mark) return;
    const next = await fresh();
    if (!next) return;
    const focused = board.contains(document.activeElement);
    board.replaceWith(next);
    board = next;
    began = performance.now();
    if (focused) board.querySelector("button")?.focus();
  } catch { /* the network is away: the next look tells */ }
};

if (board) {
  setInterval(tick, 1000);
  setInterval(look, 3000);
}
