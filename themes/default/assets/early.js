// Runs before the first paint, so that what a reader chose (colours, size, face) does not flash.
// @ts-check
"use strict";
(() => {
  const page = document.documentElement;
  page.dataset.js = "";
  try {
    const chosen = JSON.parse(localStorage.getItem("inkstone-reader") || "{}");
    ["look", "size", "face", "focus"].forEach((name) => {
      const value = chosen[name];
      if (typeof value === "string" && /^\w+$/.test(value)) page.dataset[name] = value;
    });
  } catch (_) {
    // Storage may be forbidden or hold something else; the system's choice stands.
  }
})();
