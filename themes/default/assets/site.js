// What pages do beside search: the switch of light and dark, and the outline that follows.
// @ts-check
"use strict";
(() => {
  const page = document.documentElement;
  const strings = /** @type {HTMLElement} */ (document.getElementById("inkstone-strings")).dataset;

  /** The switch goes round: as the system, light, dark. */
  const looks = ["auto", "light", "dark"];
  const names = [strings.lookAuto, strings.lookLight, strings.lookDark];
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("button[data-look]"));
  const name = button && button.querySelector("[data-look-name]");

  if (button && name) {
    const place = () => Math.max(0, looks.indexOf(page.dataset.look || "auto"));
    const show = () => {
      const words = names[place()] || "";
      name.textContent = words;
      button.title = words;
    };
    button.addEventListener("click", () => {
      const look = looks[(place() + 1) % looks.length];
      if (look === "auto") delete page.dataset.look;
      else page.dataset.look = look;
      try {
        if (look === "auto") localStorage.removeItem("inkstone-look");
        else localStorage.setItem("inkstone-look", look);
      } catch (_) {
        // Storage may be forbidden; the choice then lasts as long as the page.
      }
      show();
    });
    show();
  }

  /** On a phone the sections stand in a row that may be wider than the screen. */
  const here = /** @type {HTMLElement | null} */ (
    document.querySelector(".site-nav [aria-current]")
  );
  const row = here && here.closest("ul");
  if (here && row) row.scrollLeft = here.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;

  /** Marks the part being read in the outline beside the text. */
  const outline = /** @type {HTMLElement | null} */ (document.querySelector(".outline"));
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
