// What stands in the list below the search box: recent queries, suggestions, hits by page.
// @ts-check
"use strict";

/**
 * @typedef {{all(): HTMLElement[], clear(): void, recent(words: string): void,
 *   suggestions(suggestions: Suggestion[]): void, results(words: string, results: Results): void}} Rows
 */

(() => {
  const inkstone = /** @type {Inkstone} */ (/** @type {any} */ (globalThis).inkstone);
  const { element } = inkstone;

  /**
   * @param {HTMLElement} list A listbox.
   * @returns {Rows}
   */
  const rows = (list) => {
    const all = () =>
      /** @type {HTMLElement[]} */ (Array.from(list.querySelectorAll("[role=option]")));

    /**
     * @param {Element} parent
     * @param {string} href
     * @param {string} style
     * @param {(Node | string)[]} content
     */
    const option = (parent, href, style, ...content) => {
      const link = /** @type {HTMLAnchorElement} */ (element("a", `option ${style}`, ...content));
      link.href = href;
      link.tabIndex = -1;
      link.setAttribute("role", "option");
      link.setAttribute("aria-selected", "false");
      link.id = `search-option-${all().length}`;
      parent.append(link);
      return link;
    };

    /** A row that leads to the search page. @param {string} words @param {string} style @param {(Node | string)[]} content */
    const query = (words, style, ...content) => {
      option(list, inkstone.searchHref(words), style, ...content).dataset.words = words;
    };

    /** @param {string} name */
    const group = (name) => {
      const made = element("div", "options");
      made.setAttribute("role", "group");
      made.setAttribute("aria-label", name);
      list.append(made);
      return made;
    };

    /**
     * @param {Hit} hit
     * @param {string} words
     * @param {Element} into
     * @param {boolean} first Whether it is its page's first, which says what page it is.
     */
    const showHit = (hit, words, into, first) => {
      const link = option(into, inkstone.hitHref(hit, words), "hit");
      link.dataset.words = words;
      if (first) {
        const head = element("span", "hit-head", element("span", "hit-title", hit.page_title));
        const kind = inkstone.kind(hit.kind);
        if (kind) head.append(" ", element("span", "hit-kind", kind));
        link.append(head, " ");
      }
      const text = element("span", "hit-snippet", inkstone.snippet(hit.snippet));
      if (hit.section) text.prepend(element("span", "hit-section", hit.section), " ");
      link.append(text);
    };

    return {
      all,
      clear: () => {
        list.textContent = "";
      },
      recent: (words) => query(words, "recent", words),
      suggestions: (suggestions) => {
        if (suggestions.length === 0) return;
        const into = group(inkstone.text("suggestions"));
        suggestions.forEach(({ kind, text, detail, url }) => {
          const name = inkstone.text(`suggest${kind.charAt(0).toUpperCase()}${kind.slice(1)}`);
          const words = element("span", "suggestion-text", text);
          if (detail) words.append(" ", element("span", "suggestion-detail", detail));
          const label = element("span", "suggestion-kind", name);
          option(into, inkstone.href(url), "suggestion", words, " ", label);
        });
      },
      results: (words, { corrected, hits, total }) => {
        if (corrected) {
          const label = inkstone.text("searchCorrection");
          query(corrected, "option-link", label, " ", element("strong", "", corrected));
        }
        let source = "";
        /** @type {HTMLElement} */
        let into = list;
        hits.forEach((hit) => {
          const first = hit.source !== source;
          if (first) {
            source = hit.source;
            into = group(hit.page_title);
            into.dataset.kind = hit.kind;
          }
          showHit(hit, words, into, first);
        });
        if (total > 0) query(words, "option-link", inkstone.text("searchAll", { count: total }));
      },
    };
  };

  Object.assign(globalThis, { inkstoneRows: rows });
})();
