// A follow-up question shows when the answer that it hangs on is chosen. Without this script all of them are shown.
for (const followUp of document.querySelectorAll("[data-asked-if]")) {
  const wanted = followUp.dataset.askedValues.split(" ");
  const decides = (control) => wanted.includes(control.value) && (control.checked || control.tagName === "SELECT");
  const show = () => {
    followUp.hidden = ![...document.getElementsByName(followUp.dataset.askedIf)].some(decides);
  };
  // Listens late and on the whole page: chips let go of each other in handlers of their own.
  document.addEventListener("change", show);
  show();
}
