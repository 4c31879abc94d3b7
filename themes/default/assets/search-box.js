// The search box with results below it: a combobox with a list, after the WAI-ARIA practices.
// @ts-check
"use strict";
(() => {
  const inkstone = /** @type {any} */ (globalThis).inkstone;
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-search-box]"));
  if (!form) return;

  /** Hits below the box; the search page has the rest. */
  const LIMIT = 8;
  /** Milliseconds before a reader is told to wait. */
  const PATIENCE = 250;

  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (form.querySelector(selector));
  const input = /** @type {HTMLInputElement} */ (find("input[name=q]"));
  const popup = find("[data-popup]");
  const list = find("[role=listbox]");
  const note = find("[data-note]");
  const status = find("[data-status]");

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let ticket = 0;
  /** What the list answers. */
  let answered = "";
  /** @type {HTMLElement | null} */
  let active = null;

  const query = () => input.value.trim();
  const options = () => /** @type {HTMLElement[]} */ (Array.from(list.children));

  /** @param {HTMLElement | null} option */
  const activate = (option) => {
    if (active) active.setAttribute("aria-selected", "false");
    active = option;
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };

  const open = () => {
    popup.hidden = false;
    // As far down as the window goes; a little at least, for the keyboards of phones.
    const room = window.innerHeight - popup.getBoundingClientRect().top - 16;
    popup.style.maxHeight = `${Math.max(room, 240)}px`;
    input.setAttribute("aria-expanded", String(list.children.length > 0));
  };

  const close = () => {
    popup.hidden = true;
    activate(null);
    input.setAttribute("aria-expanded", "false");
  };

  /** @param {string} words */
  const say = (words) => {
    note.textContent = words;
    note.hidden = words === "";
    status.textContent = words;
  };

  /**
   * @param {string} tag
   * @param {string} style
   * @param {Node | string} content
   */
  const element = (tag, style, content) => {
    const made = document.createElement(tag);
    made.className = style;
    made.append(content);
    return made;
  };

  /** @param {string} href */
  const option = (href) => {
    const link = document.createElement("a");
    link.href = href;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
    link.id = `search-hit-${list.children.length}`;
    list.append(link);
    return link;
  };

  /** @param {any} hit */
  const show = (hit) => {
    const link = option(inkstone.href(hit.url));
    link.className = "hit";
    link.dataset.kind = hit.kind;
    const head = element("span", "hit-head", element("span", "hit-title", hit.page_title));
    const kind = inkstone.text(`kind${hit.kind.charAt(0).toUpperCase()}${hit.kind.slice(1)}`);
    if (kind) head.append(" ", element("span", "hit-kind", kind));
    const words = element("span", "hit-snippet", inkstone.snippet(hit.snippet));
    if (hit.section) words.prepend(element("span", "hit-section", hit.section), " ");
    link.append(head, " ", words);
  };

  const search = () => {
    const words = query();
    const mine = ++ticket;
    if (words === "") {
      answered = "";
      list.textContent = "";
      say("");
      return close();
    }
    if (words === answered) return open();
    const timer = window.setTimeout(() => {
      if (mine !== ticket || list.children.length > 0) return;
      say(inkstone.text("searchLoading"));
      open();
    }, PATIENCE);
    inkstone
      .search(words, { limit: LIMIT })
      .then((/** @type {any} */ results) => {
        clearTimeout(timer);
        if (mine !== ticket) return;
        answered = words;
        activate(null);
        list.textContent = "";
        results.hits.forEach(show);
        if (results.total > results.hits.length) {
          const page = inkstone.text("searchAddress");
          const link = option(`${page}?q=${encodeURIComponent(words)}`);
          link.className = "hit-all";
          link.textContent = inkstone.text("searchAll", { count: results.total });
        }
        const none = inkstone.text("searchNone", { query: words });
        say(results.total === 0 ? `${none} ${inkstone.text("searchNoneHint")}` : "");
        if (results.total > 0) {
          status.textContent = inkstone.text("searchShown", { count: results.hits.length });
        }
        if (form.contains(document.activeElement)) open();
      })
      .catch((/** @type {unknown} */ error) => {
        clearTimeout(timer);
        if (mine !== ticket || inkstone.superseded(error)) return;
        answered = "";
        list.textContent = "";
        say(inkstone.explain(error));
        open();
      });
  };

  inkstone.listen(input, search);
  input.addEventListener("focus", () => {
    if (query() !== "") search();
  });

  input.addEventListener("keydown", (event) => {
    if (inkstone.composing(event)) return;
    const all = popup.hidden ? [] : options();
    const place = active ? all.indexOf(active) : -1;
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp": {
        event.preventDefault();
        if (all.length === 0) return search();
        // One step beyond either end stands the text itself.
        const step = event.key === "ArrowDown" ? 1 : -1;
        const count = all.length + 1;
        const next = ((place + 1 + step + count) % count) - 1;
        return activate(next < 0 ? null : all[next]);
      }
      case "Enter":
        if (!active || popup.hidden) return;
        event.preventDefault();
        active.click();
        return;
      case "Escape":
        if (popup.hidden) return;
        event.preventDefault();
        return close();
    }
  });

  // Nothing to search for: the reader is led to the box instead of to an empty page.
  form.addEventListener("submit", (event) => {
    if (query() === "") {
      event.preventDefault();
      input.focus();
    }
  });
  // The focus stays in the box while the list is clicked.
  popup.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", () => close());
  document.addEventListener("focusin", (event) => {
    if (!form.contains(/** @type {Node} */ (event.target))) close();
  });
  document.addEventListener("mousedown", (event) => {
    if (!form.contains(/** @type {Node} */ (event.target))) close();
  });
})();
