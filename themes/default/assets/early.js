// Runs before the first paint, so that a reader's choice of light or dark does not flash.
// @ts-check
"use strict";
(() => {
  const page = document.documentElement;
  page.dataset.js = "";
  try {
    const look = localStorage.getItem("inkstone-look");
    if (look === "light" || look === "dark") page.dataset.look = look;
  } catch (_) {
    // Storage may be forbidden; the system's choice stands.
  }
})();
