// Reloads the page when the site was rebuilt; shows what is wrong when it could not be.
"use strict";
(() => {
  const events = new EventSource("/.inkstone/events");
  events.addEventListener("reload", () => location.reload());
  events.addEventListener("complaint", (event) => {
    const old = document.getElementById("inkstone-complaint");
    const box = old || document.createElement("pre");
    box.id = "inkstone-complaint";
    box.setAttribute("role", "alert");
    box.textContent = event.data;
    Object.assign(box.style, {
      position: "fixed", inset: "auto 0 0 0", maxHeight: "50vh", overflow: "auto", margin: "0",
      padding: "1rem", background: "#2b1111", color: "#ffe9e6", font: "14px/1.5 monospace",
      zIndex: "9999", borderTop: "3px solid #e5484d",
    });
    document.body.append(box);
  });
})();
