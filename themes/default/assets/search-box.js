// The search box with answers below it: a combobox with a list, after the WAI-ARIA practices.
// Empty, it offers what this reader searched for before; else suggestions first, then hits by page.
// @ts-check
"use strict";
(() => {
  const shared = /** @type {any} */ (globalThis);
  const inkstone = /** @type {Inkstone} */ (shared.inkstone);
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-search-box]"));
  if (!form) return;

  /** Pages below the box, sections of each, suggestions above; the search page has the rest. */
  const PAGES = 5;
  const SECTIONS = 2;
  const SUGGESTIONS = 5;
  /** Milliseconds before a reader is told to wait, and that hits wait for suggestions. */
  const PATIENCE = 250;
  const GRACE = 1000;

  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (form.querySelector(selector));
  const input = /** @type {HTMLInputElement} */ (find("input[name=q]"));
  const popup = find("[data-popup]");
  const list = find("[role=listbox]");
  const recentHead = find("[data-recent-head]");
  const removes = find("[data-recent-removes]");
  const note = find("[data-note]");
  const status = find("[data-status]");
  /** @type {Rows} */
  const rows = shared.inkstoneRows(list);

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
    // As far down as the window goes, less a phone's keyboard; a little at least.
    const height = window.visualViewport ? window.visualViewport.height : window.innerHeight;
    const room = height - popup.getBoundingClientRect().top - 16;
    popup.style.maxHeight = `${Math.max(room, 240)}px`;
    input.setAttribute("aria-expanded", String(rows.all().length > 0));
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

  const empty = () => {
    activate(null);
    rows.clear();
    recentHead.hidden = true;
    removes.hidden = true;
    removes.textContent = "";
  };

  const showRecent = () => {
    ticket += 1;
    answered = "";
    empty();
    say("");
    const kept = inkstone.recent.all();
    if (kept.length === 0) return close();
    list.setAttribute("aria-label", inkstone.text("recent"));
    kept.forEach((words) => {
      rows.recent(words);
      const remove = /** @type {HTMLButtonElement} */ (inkstone.element("button", "recent-remove"));
      remove.type = "button";
      remove.dataset.words = words;
      remove.setAttribute("aria-label", inkstone.text("recentRemove", { query: words }));
      removes.append(remove);
    });
    recentHead.hidden = false;
    removes.hidden = false;
    open();
    status.textContent = inkstone.text("recentShown", { count: kept.length });
  };

  /** @param {string} words */
  const forget = (words) => {
    const buttons = /** @type {HTMLElement[]} */ (Array.from(removes.children));
    const place = buttons.findIndex((button) => button.dataset.words === words);
    const focused = removes.contains(document.activeElement);
    inkstone.recent.remove(words);
    showRecent();
    const beside = /** @type {HTMLElement | undefined} */ (
      removes.children[Math.min(place, removes.children.length - 1)]
    );
    if (focused) (beside || input).focus();
    else if (!popup.hidden && active === null) activate(rows.all()[Math.max(place - 1, 0)] || null);
    status.textContent = inkstone.text("recentRemoved", { query: words });
  };

  const search = () => {
    const words = query();
    if (words === "") return showRecent();
    if (words === answered) return open();
    const mine = ++ticket;
    // Without suggestions there still are hits.
    const suggested = Promise.race([
      inkstone.suggest(words, { limit: SUGGESTIONS }).catch(() => []),
      new Promise((resolve) => setTimeout(resolve, GRACE, [])),
    ]);
    let early = false;
    let settled = false;
    const begin = (/** @type {Suggestion[]} */ suggestions) => {
      empty();
      list.setAttribute("aria-label", inkstone.text("searchResults"));
      rows.suggestions(suggestions);
    };
    const wait = () => {
      say(inkstone.text("searchLoading"));
      open();
    };
    const timer = window.setTimeout(() => {
      // What was found before may stand until there is something new.
      if (mine === ticket && rows.all().length === 0) wait();
      suggested.then((/** @type {Suggestion[]} */ suggestions) => {
        if (mine !== ticket || settled) return;
        early = true;
        begin(suggestions);
        wait();
      });
    }, PATIENCE);
    // In a task of its own, so that a key pressed meanwhile comes in between.
    const found = new Promise((resolve) => setTimeout(resolve)).then(() =>
      inkstone.search(words, { limit: PAGES, group: SECTIONS }),
    );
    Promise.all([suggested, found])
      .then(([suggestions, results]) => {
        clearTimeout(timer);
        settled = true;
        if (mine !== ticket) return;
        answered = words;
        if (!early) begin(suggestions);
        rows.results(words, results);
        const count = { suggestions: suggestions.length, count: results.total };
        if (rows.all().length > 0) {
          say("");
          status.textContent = inkstone.text("searchShown", count);
        } else say(inkstone.text("searchNone", { query: words }));
        if (form.contains(document.activeElement)) open();
      })
      .catch((/** @type {unknown} */ error) => {
        clearTimeout(timer);
        settled = true;
        if (mine !== ticket || inkstone.superseded(error)) return;
        answered = "";
        empty();
        say(inkstone.explain(error));
        open();
      });
  };

  inkstone.listen(input, search);
  input.addEventListener("focus", search);

  input.addEventListener("keydown", (event) => {
    if (inkstone.composing(event)) return;
    const all = popup.hidden ? [] : rows.all();
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
      case "Delete":
        if (!active || !active.classList.contains("recent")) return;
        event.preventDefault();
        return forget(active.dataset.words || "");
      case "Escape":
        if (popup.hidden) return;
        event.preventDefault();
        return close();
    }
  });

  // Nothing to search for: the reader is led to the box instead of to an empty page.
  form.addEventListener("submit", (event) => {
    inkstone.recent.add(query());
    if (query() === "") {
      event.preventDefault();
      input.focus();
    }
  });
  // The focus stays in the box while the list is clicked.
  popup.addEventListener("mousedown", (event) => event.preventDefault());
  /** @param {MouseEvent} event */
  const follow = (event) => {
    if (event.button > 1) return;
    const target = /** @type {Element} */ (event.target);
    const link = /** @type {HTMLElement | null} */ (target.closest("[role=option]"));
    if (!link) return;
    inkstone.recent.add(link.dataset.words || "");
    close();
  };
  list.addEventListener("click", follow);
  list.addEventListener("auxclick", follow);
  removes.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (button) forget(button.dataset.words || "");
  });
  find("[data-recent-clear]").addEventListener("click", () => {
    inkstone.recent.clear();
    input.focus();
    showRecent();
    status.textContent = inkstone.text("recentCleared");
  });
  popup.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    input.focus();
    close();
  });
  document.addEventListener("focusin", (event) => {
    if (!form.contains(/** @type {Node} */ (event.target))) close();
  });
  document.addEventListener("mousedown", (event) => {
    if (!form.contains(/** @type {Node} */ (event.target))) close();
  });
})();
