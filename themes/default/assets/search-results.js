// The results of the search page: pages, each with its best sections and a button for the rest.
// @ts-check
"use strict";

/**
 * `rest` asks for more sections of the page `source`, `tell` says something to the reader.
 * @typedef {{theme(id: string): string, tell(words: string): void,
 *   rest(source: string, offset: number): Promise<Results>}} ResultsHost
 * @typedef {{clear(): void, pages(): number, divide: boolean,
 *   show(hits: Hit[], words: string): HTMLElement | null}} ResultsList
 */

(() => {
  const inkstone = /** @type {Inkstone} */ (/** @type {any} */ (globalThis).inkstone);
  const { element } = inkstone;

  /** What is said of pages that do not hold the query as typed, by the match of their best hit. */
  const DIVIDERS = /** @type {Record<string, string>} */ ({ all: "searchAllWords", most: "searchMost" });

  /**
   * @param {HTMLElement} list
   * @param {ResultsHost} host
   * @returns {ResultsList}
   */
  const resultsList = (list, host) => {
    /** How much of the query the pages shown last hold. */
    let held = "";

    /** @param {string} tag @param {string} style @param {string} words */
    const maybe = (tag, style, words) => (words ? [element(tag, style, words)] : []);

    /**
     * A title with what was found marked, as it is in the lines below: often it is there alone.
     * @param {string} title
     * @param {string} words
     * @param {Hit[]} hits
     */
    const marked = (title, words, hits) => {
      const marks = hits.map((hit) => inkstone.snippet(hit.snippet).querySelectorAll("mark"));
      const found = marks.map((list) => Array.from(list, (mark) => mark.textContent || ""));
      const needles = words.split(/[\s"“”]+/).concat(...found).filter((needle) => needle.length > 1);
      if (needles.length === 0) return [title];
      const longest = needles.sort((one, other) => other.length - one.length);
      const plain = longest.map((needle) => needle.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
      const parts = title.split(new RegExp(`(${plain.join("|")})`, "iu"));
      return parts.map((part, at) => (at % 2 === 1 ? element("mark", "", part) : part));
    };

    /** @param {Hit} hit @param {string} words */
    const section = (hit, words) => {
      const link = /** @type {HTMLAnchorElement} */ (element("a", ""));
      link.href = inkstone.hitHref(hit, words);
      const title = marked(hit.section, words, [hit]);
      if (hit.section) link.append(element("span", "result-section", ...title), " ");
      link.append(element("span", "result-snippet", inkstone.snippet(hit.snippet)));
      return element("li", "", link);
    };

    /** @param {Hit} hit */
    const about = (hit) => {
      const line = element("p", "result-about");
      const kind = inkstone.kind(hit.kind);
      if (kind) {
        const seal = element("span", "seal", kind.slice(0, 1));
        seal.setAttribute("aria-hidden", "true");
        line.append(seal, element("span", "result-kind", kind));
      }
      // Where a folder is called as what it holds, once is enough.
      const called = [kind, inkstone.plural(hit.kind)];
      const folders = hit.trail.filter((folder) => !called.includes(folder));
      if (folders.length > 0) {
        const trail = folders.map((folder) => element("span", "", folder));
        line.append(element("span", "result-trail", ...trail));
      }
      return line;
    };

    /** @param {Hit} hit */
    const facts = (hit) => {
      const line = element("p", "result-facts");
      // Of texts without a status, those with a newer one of the same title are no more in force.
      const words = hit.status || (hit.in_force ? "" : inkstone.text("searchOlder"));
      if (words) {
        const status = element("span", "status", words);
        status.dataset.status = hit.status;
        status.dataset.force = String(hit.in_force);
        line.append(status);
      }
      if (hit.date) {
        const date = /** @type {HTMLTimeElement} */ (element("time", "", hit.date));
        date.dateTime = hit.date;
        line.append(date);
      }
      line.append(...maybe("span", "", hit.number), ...maybe("span", "", hit.issuer));
      hit.education_themes.map(host.theme).forEach((theme) => {
        line.append(...maybe("span", "result-theme", theme));
      });
      return line;
    };

    /**
     * The button that brings a page's other sections.
     * @param {Hit} hit
     * @param {string} words
     * @param {Element} sections
     */
    const rest = (hit, words, sections) => {
      const button = /** @type {HTMLButtonElement} */ (element("button", "text-button chevron"));
      button.type = "button";
      const item = element("li", "result-rest", button);
      const label = (/** @type {number} */ count) => {
        const page = inkstone.text("searchRestOf", { page: hit.page_title });
        button.textContent = inkstone.text("searchRest", { count });
        button.append(element("span", "visually-hidden", page));
      };
      const shown = () => /** @type {HTMLAnchorElement[]} */ (
        Array.from(sections.querySelectorAll("li > a"))
      );
      const load = async () => {
        const offset = shown().length;
        const results = await host.rest(hit.source, offset);
        const seen = new Set(shown().map((link) => link.href));
        const added = results.hits.map((other) => section(other, words));
        const fresh = added.filter(({ firstChild: link }) =>
          link instanceof HTMLAnchorElement && !seen.has(link.href));
        item.before(...fresh);
        const left = results.total - offset - results.hits.length;
        if (results.hits.length === 0 || left <= 0) item.remove();
        else label(left);
        const link = fresh.length > 0 && fresh[0].querySelector("a");
        if (link) link.focus({ preventScroll: true });
        host.tell(inkstone.text("searchShownMore", { count: fresh.length }));
      };
      button.addEventListener("click", () => {
        // Not `disabled`, which would drop the focus.
        if (button.getAttribute("aria-disabled") === "true") return;
        button.setAttribute("aria-disabled", "true");
        load()
          .catch((error) => {
            if (!inkstone.superseded(error)) host.tell(inkstone.explain(error));
          })
          .finally(() => button.removeAttribute("aria-disabled"));
      });
      label(hit.more);
      return item;
    };

    /** @param {Hit[]} hits The hits of one page. @param {string} words */
    const result = (hits, words) => {
      const [first] = hits;
      const last = hits[hits.length - 1];
      const title = marked(first.page_title, words, hits);
      const link = /** @type {HTMLAnchorElement} */ (element("a", "", ...title));
      link.href = inkstone.href(first.url.split("#")[0], words);
      const sections = element("ol", "result-sections", ...hits.map((hit) => section(hit, words)));
      if (last.more > 0) sections.append(rest(last, words, sections));
      const head = [about(first), element("h2", "", link), facts(first)];
      const item = element("li", "result", ...head.filter((line) => line.hasChildNodes()), sections);
      item.dataset.kind = first.kind;
      return item;
    };

    /** @type {ResultsList} */
    const results = {
      divide: true,
      clear: () => {
        list.textContent = "";
        held = "";
      },
      pages: () => list.querySelectorAll(".result").length,
      show: (hits, words) => {
        /** @type {HTMLElement | null} */
        let begin = null;
        for (let from = 0; from < hits.length; ) {
          const other = hits.findIndex((hit, at) => at > from && hit.source !== hits[from].source);
          const to = other < 0 ? hits.length : other;
          // First what holds the query as typed, then all of its words, then some: a line tells
          // where the latter begin. One word has no words that could stand apart.
          const kind = DIVIDERS[hits[from].match] || "";
          const line = kind && !/\s/.test(words.trim()) ? "searchRelated" : kind;
          if (line && line !== held && results.divide) {
            list.append(element("li", "results-divider", inkstone.text(line)));
          }
          held = line;
          const item = result(hits.slice(from, to), words);
          list.append(item);
          begin = begin || item;
          from = to;
        }
        return begin;
      },
    };
    return results;
  };

  Object.assign(globalThis, { inkstoneResultsList: resultsList });
})();
