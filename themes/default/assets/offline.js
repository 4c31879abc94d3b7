// Lets the browser keep the site: starts the worker, tells when the site has changed, and lists
// what is kept on the page that stands for the others.
// @ts-check
"use strict";
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const workers = navigator.serviceWorker;
  // Browsers have none over file:// and plain http://.
  if (!workers || location.protocol === "file:") return;
  // The preview changes at every save; its author wants no copies.
  if (document.querySelector('script[src="/.inkstone/reload.js"]')) return;
  const { worker = "", updated = "", reload = "" } = script.dataset;

  const tell = (/** @type {ServiceWorker} */ waiting) => {
    if (document.querySelector(".update")) return;
    const note = document.createElement("div");
    note.className = "update";
    note.setAttribute("role", "status");
    const words = document.createElement("span");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = reload;
    button.addEventListener("click", () => {
      workers.addEventListener("controllerchange", () => location.reload());
      waiting.postMessage("take over");
    });
    note.append(words, button);
    document.body.append(note);
    // Read out, since it comes into a region that is there already.
    words.textContent = updated;
  };

  addEventListener("load", () => {
    workers
      .register(new URL(worker, location.href).href)
      .then((registration) => {
        const watch = () => {
          const { waiting, installing } = registration;
          if (waiting && workers.controller) tell(waiting);
          if (installing) installing.addEventListener("statechange", watch, { once: true });
        };
        registration.addEventListener("updatefound", watch);
        watch();
        // Browsers look for a new worker by themselves, but some only after a while.
        if (workers.controller) return registration.update();
      })
      .catch(() => {
        // Not allowed here, or no network; the site works without.
      });
  });

  const saved = /** @type {HTMLElement | null} */ (document.querySelector("[data-saved]"));
  if (!saved || !window.caches) return;
  const list = /** @type {HTMLElement} */ (saved.querySelector("ul"));
  const scope = new URL(".", new URL(worker, location.href)).pathname;
  const show = async () => {
    const pages = await caches.open(`inkstone ${scope} pages`);
    const newest = (await pages.keys()).slice(-50).reverse();
    for (const request of newest) {
      const kept = await pages.match(request);
      const html = kept ? await kept.text() : "";
      const link = document.createElement("a");
      link.href = request.url;
      const page = new DOMParser().parseFromString(html, "text/html");
      const heading = page.querySelector("h1");
      link.textContent = (heading && heading.textContent) || page.title;
      const entry = document.createElement("li");
      entry.className = "entry";
      const date = page.querySelector(".byline time");
      entry.append(link, ...(date ? [" ", date] : []));
      list.append(entry);
      saved.hidden = false;
    }
  };
  show().catch(() => {
    // Storage may be forbidden; then nothing is kept.
  });
})();
