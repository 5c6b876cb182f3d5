// The board counts seconds by itself and loads anew when somebody came or went; without script: reload by hand.
const board = document.querySelector("[data-board]");
if (board) {
  const began = performance.now();
  const tick = () => {
    for (const cell of board.querySelectorAll("[data-waited]")) {
      const seconds = Number(cell.dataset.waited) + Math.floor((performance.now() - began) / 1000);
      cell.textContent = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    }
  };
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(board.dataset.board, { headers: { Accept: "application/json" } });
      if (answer.ok && (await answer.json()).mark !== board.dataset.mark) location.reload();
    } catch { /* the network is away: the next look tells */ }
  };
  setInterval(tick, 1000);
  setInterval(look, 3000);
}
