// @ts-check
// On the search page, where the address holds a question already: what the engine will ask for is
// fetched beside the scripts and not after them. Files opened by double click are not fetched.
// Filters are shown with the answer, and there is room for the chips of those that are chosen.
"use strict";
(() => {
  if (!/[?&]q=[^&]/.test(location.search)) return;
  const isFiltered = /[?&](kind|theme|year|issuer|status|collection)=[^&]/.test(location.search);
  document.documentElement.dataset.asked = isFiltered ? "filtered" : "";
  if (location.protocol === "file:") return;
  ["engine.wasm", "hot.bin"].forEach((name) => {
    const link = document.createElement("link");
    link.rel = "preload";
    link.as = "fetch";
    link.crossOrigin = "anonymous";
    link.href = name;
    document.head.append(link);
  });
})();
