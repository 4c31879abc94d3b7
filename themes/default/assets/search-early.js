// @ts-check
// On the search page, where the address holds a question already: what the engine will ask for is
// fetched beside the scripts and not after them. Files opened by double click are not fetched.
"use strict";
(() => {
  if (location.protocol === "file:" || !/[?&]q=[^&]/.test(location.search)) return;
  ["engine.wasm", "hot.bin"].forEach((name) => {
    const link = document.createElement("link");
    link.rel = "preload";
    link.as = "fetch";
    link.crossOrigin = "anonymous";
    link.href = name;
    document.head.append(link);
  });
})();
