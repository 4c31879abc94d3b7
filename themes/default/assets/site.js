// What pages do beside search: the reader's settings, and the outline that follows.
// @ts-check
"use strict";
(() => {
  const page = document.documentElement;

  /**
   * The settings are fetched with the first wish for them: few readers open them on a page.
   * @type {Promise<{toggle(): void}> | null}
   */
  let loading = null;
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-reader]"));
  const reader = () => {
    if (loading || !button) return loading;
    /** @type {(node: HTMLScriptElement | HTMLLinkElement) => Promise<void>} */
    const fetched = (node) =>
      new Promise((resolve, reject) => {
        node.onload = () => resolve();
        node.onerror = () => reject(new Error("cannot load the reader's settings"));
        document.head.appendChild(node);
      });
    const script = (/** @type {string} */ src) =>
      fetched(Object.assign(document.createElement("script"), { src }));
    const { style = "", words = "", reader = "" } = button.dataset;
    loading = Promise.all([
      fetched(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style })),
      script(words),
    ])
      .then(() => script(reader))
      .then(() => /** @type {any} */ (globalThis).inkstoneReader(button));
    loading.catch(() => {
      loading = null;
    });
    return loading;
  };
  /** To ask for files takes a slow device longer than to show that it was touched. */
  const afterPaint = (/** @type {() => void} */ deed) =>
    requestAnimationFrame(() => setTimeout(deed));
  if (button) {
    const fetchEarly = () => afterPaint(() => void reader());
    button.addEventListener("pointerenter", fetchEarly);
    button.addEventListener("focus", fetchEarly);
    button.addEventListener("click", () => {
      afterPaint(() => {
        const ready = reader();
        if (ready) ready.then(({ toggle }) => toggle());
      });
    });
    if (page.dataset.focus) addEventListener("load", fetchEarly);
  }

  /** On a phone the sections stand in a row that may be wider than the screen. */
  const here = /** @type {HTMLElement | null} */ (
    document.querySelector(".site-nav [aria-current]")
  );
  const row = here && here.closest("ul");
  if (here && row) {
    const end = /** @type {HTMLElement | null} */ (row.querySelector(".languages"));
    const room = row.clientWidth - (end ? end.offsetWidth : 0);
    if (here.offsetLeft + here.offsetWidth > room) {
      row.scrollLeft = here.offsetLeft - (room - here.offsetWidth) / 2;
    }
  }

  // A note over the foot of the screen gives way to whoever goes on by keyboard.
  const note = /** @type {HTMLElement | null} */ (document.querySelector(".untranslated-note"));
  if (note) {
    addEventListener("focusin", ({ target }) => {
      note.hidden = !note.contains(/** @type {Node} */ (target));
    });
  }

  /** Marks the part being read in the outline beside the text. */
  const outline = /** @type {HTMLElement | null} */ (document.querySelector(".outline nav"));
  if (outline) {
    /** @type {{heading: HTMLElement, link: HTMLAnchorElement}[]} */
    const parts = [];
    outline.querySelectorAll("a").forEach((link) => {
      const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (heading) parts.push({ heading, link });
    });
    /** @type {HTMLAnchorElement | null} */
    let marked = null;
    let waiting = false;

    const follow = () => {
      waiting = false;
      // Headings stand in order, so the last one above the reading line is found by halving.
      const line = window.innerHeight * 0.3;
      let low = 0;
      let high = parts.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (parts[middle].heading.getBoundingClientRect().top <= line) low = middle + 1;
        else high = middle;
      }
      const link = low > 0 ? parts[low - 1].link : null;
      if (link === marked) return;
      if (marked) marked.removeAttribute("aria-current");
      marked = link;
      if (!link) return;
      link.setAttribute("aria-current", "location");
      const box = outline.getBoundingClientRect();
      const place = link.getBoundingClientRect();
      if (place.top < box.top + 32 || place.bottom > box.bottom - 32) {
        outline.scrollTop += place.top - box.top - box.height / 2;
      }
    };
    const soon = () => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(follow);
    };
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon, { passive: true });
    soon();
  }
})();
