/* Runs before the page is drawn, so that a chosen theme does not flash. */
"use strict";
(() => {
  try {
    const chosen = localStorage.getItem("peerwatch-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch { /* storage may be closed to a file; the system's choice holds then */ }
})();
