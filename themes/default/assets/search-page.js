// The search page: results in the page, filters, and an address that holds both.
// @ts-check
"use strict";
(() => {
  const shared = /** @type {any} */ (globalThis);
  const inkstone = /** @type {Inkstone} */ (shared.inkstone);
  const page = /** @type {HTMLElement | null} */ (document.querySelector("[data-search-page]"));
  if (!page) return;

  /** Pages asked for at a time, sections of each, and the most that an address may ask for. */
  const BATCH = 10;
  const SECTIONS = 3;
  const BATCHES = 20;
  /** Further sections of one page asked for at a time. */
  const REST = 20;
  /** Milliseconds before a reader is told to wait, and before a search that lost is tried again. */
  const PATIENCE = 150;
  const AGAIN = 200;

  const { element } = inkstone;
  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (page.querySelector(selector));
  const form = /** @type {HTMLFormElement} */ (find("form[role=search]"));
  const input = /** @type {HTMLInputElement} */ (find("input[name=q]"));
  const answer = find("[data-answer]");
  const status = find("[data-status]");
  const sort = find("[data-sort]");
  const byDate = /** @type {HTMLInputElement} */ (find("input[value=date]"));
  const byRelevance = /** @type {HTMLInputElement} */ (find("input[value=relevance]"));
  const correction = find("[data-correction]");
  const drops = find("[data-drops]");
  const list = find("[data-results]");
  const more = find("[data-more]");
  const retry = find("[data-retry]");
  const title = document.title;

  let ticket = 0;
  let batches = 1;
  /** Whether the address already follows what is being typed. */
  let typing = false;

  const query = () => input.value.trim();
  const tell = (/** @type {string} */ words) => {
    status.textContent = words;
  };

  /** @type {FacetPanel} */
  const facets = shared.inkstoneFacetPanel(page, () => choose());
  /** @type {ResultsHost} */
  const host = {
    tell,
    theme: (id) => facets.name("theme", id),
    rest: (source, offset) =>
      inkstone.search(query(), { ...options(), page: source, offset, limit: REST }),
  };
  /** @type {ResultsList} */
  const results = shared.inkstoneResultsList(list, host);

  /** @returns {SearchOptions} */
  const options = () => ({ ...facets.options(), sort: byDate.checked ? "date" : "relevance" });

  /**
   * The address of another search under the present sorting.
   * @param {string} words
   * @param {boolean} filtered Whether the filters stay.
   */
  const address = (words, filtered) => {
    const parts = new URLSearchParams();
    if (words !== "") parts.set("q", words);
    if (filtered) facets.write(parts);
    if (byDate.checked) parts.set("sort", "date");
    return parts;
  };
  /** @param {URLSearchParams} parts */
  const url = (parts) => {
    const words = parts.toString();
    return location.pathname + (words === "" ? "" : `?${words}`);
  };

  const read = () => {
    const parts = new URLSearchParams(location.search);
    input.value = parts.get("q") || "";
    byDate.checked = parts.get("sort") === "date";
    byRelevance.checked = !byDate.checked;
    facets.read(parts);
    batches = Math.min(Math.max(Math.floor(Number(parts.get("page"))) || 1, 1), BATCHES);
  };

  /** @param {boolean} push Whether the back button returns to what is shown now. */
  const write = (push) => {
    const parts = address(query(), true);
    if (batches > 1) parts.set("page", String(batches));
    const target = url(parts);
    if (target === location.pathname + location.search) return;
    // On file:// some browsers forbid this; search works without.
    try {
      if (push) history.pushState(null, "", target);
      else history.replaceState(null, "", target);
    } catch (_) {
      return;
    }
  };

  /**
   * A link to another search, followed within the page.
   * @param {HTMLAnchorElement} link
   * @param {string} words
   * @param {boolean} filtered
   */
  const lead = (link, words, filtered) => {
    link.href = url(address(words, filtered));
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      try {
        history.pushState(null, "", link.href);
      } catch (_) {
        return;
      }
      event.preventDefault();
      read();
      search(false);
      status.focus({ preventScroll: true });
    };
    return link;
  };

  /** @param {string} words @param {Results | null} found */
  const offer = (words, found) => {
    const corrected = found ? found.corrected : "";
    correction.hidden = corrected === "";
    const link = /** @type {HTMLAnchorElement} */ (correction.querySelector("a"));
    link.textContent = corrected;
    lead(link, corrected, true);
    drops.textContent = "";
    const parts = found && found.total === 0 ? found.drop : [];
    parts.forEach(({ text, query: left, total }) => {
      const key = text === "" ? "searchDropFilters" : "searchDrop";
      const label = inkstone.text(key, { text, count: total });
      const other = /** @type {HTMLAnchorElement} */ (element("a", "", label));
      drops.append(element("li", "", lead(other, text === "" ? words : left, text !== "")));
    });
    drops.hidden = parts.length === 0;
  };

  /** @param {string} words @param {Results} found */
  const summary = (words, found) => {
    const { total, pages } = found;
    if (total > 0) return inkstone.text("searchCount", { count: total, pages });
    if (words === "") return inkstone.text("searchNoneAny");
    return inkstone.text(facets.any() ? "searchNoneFiltered" : "searchNone", { query: words });
  };

  /** Before a search: what can be searched for. */
  const idle = () => {
    results.clear();
    more.hidden = true;
    sort.hidden = true;
    answer.removeAttribute("aria-busy");
    offer("", null);
    facets.show(null);
    tell(inkstone.text("searchHint"));
  };

  /** @param {boolean} add Whether pages join those shown. */
  const search = (add) => {
    const mine = ++ticket;
    const words = query();
    retry.hidden = true;
    document.title = words === "" ? title : `${words} - ${title}`;
    if (words === "" && !facets.any()) return idle();
    const timer = window.setTimeout(() => {
      answer.setAttribute("aria-busy", "true");
      tell(inkstone.text(inkstone.stats().requests === 0 ? "searchStart" : "searchLoading"));
    }, PATIENCE);
    const settle = () => {
      clearTimeout(timer);
      if (mine === ticket) answer.removeAttribute("aria-busy");
      return mine === ticket;
    };
    const limit = add ? BATCH : BATCH * batches;
    const offset = add ? results.pages() : 0;
    inkstone
      .search(words, { ...options(), limit, offset, group: SECTIONS, facets: !add })
      .then((found) => {
        if (!settle()) return;
        if (!add) {
          results.clear();
          results.divide = !byDate.checked;
          facets.show(found.facets);
          offer(words, found);
        }
        const first = results.show(found.hits, words);
        more.hidden = found.hits.length === 0 || results.pages() >= found.pages;
        sort.hidden = found.total === 0;
        tell(summary(words, found));
        const link = add && first && first.querySelector("a");
        if (link) link.focus({ preventScroll: true });
        else restore();
      })
      .catch((/** @type {unknown} */ error) => {
        if (!settle()) return;
        // Another script searched meanwhile; this reader still waits.
        if (inkstone.superseded(error)) {
          setTimeout(() => mine === ticket && search(add), AGAIN);
          return;
        }
        if (!add) {
          results.clear();
          offer("", null);
          sort.hidden = true;
        }
        more.hidden = true;
        retry.hidden = false;
        tell(inkstone.explain(error));
      });
  };

  /** The reader chose other filters or another order. */
  const choose = () => {
    batches = 1;
    typing = false;
    write(true);
    search(false);
  };

  /** Where the reader was in the results before leaving, once they are there again. */
  let place = 0;
  const restore = () => {
    if (place > window.scrollY) window.scrollTo(0, place);
    place = 0;
  };

  inkstone.listen(input, () => {
    batches = 1;
    // One step back for each query, not for each key.
    write(!typing);
    typing = true;
    search(false);
  });
  input.addEventListener("change", () => {
    typing = false;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    inkstone.recent.add(query());
    batches = 1;
    write(!typing);
    typing = false;
    search(false);
    // A keyboard on the screen gives way to the results.
    if (matchMedia("(hover: none)").matches) input.blur();
  });
  sort.addEventListener("change", choose);
  more.addEventListener("click", () => {
    batches += 1;
    write(false);
    search(true);
  });
  retry.addEventListener("click", () => search(false));
  /** @param {MouseEvent} event */
  const followed = (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.button < 2 && target.closest("a")) inkstone.recent.add(query());
  };
  list.addEventListener("click", followed);
  list.addEventListener("auxclick", followed);
  addEventListener("popstate", () => {
    read();
    typing = false;
    search(false);
  });
  addEventListener("pagehide", () => {
    try {
      history.replaceState({ place: window.scrollY }, "");
    } catch (_) {
      return;
    }
  });
  // A page kept by the browser comes back as it was left; so does the box by itself.
  addEventListener("pageshow", (event) => {
    if (event.persisted) return;
    place = (history.state && history.state.place) || 0;
    read();
    search(false);
    if (query() === "" && !facets.any()) input.focus({ preventScroll: true });
  });
})();
