// Search for every page: `window.inkstone`. The engine is fetched when somebody first searches.
//
//   const { total, hits } = await inkstone.search("个体工商户", { limit: 10, kinds: ["policy"] });
//   const found = await inkstone.suggest("个体", { limit: 6 });
// @ts-check
"use strict";

/**
 * What the engine is asked. Values of one facet: any of them; several facets: all of them.
 * With `group`, `limit` and `offset` count pages, of which at most `group` sections are given.
 * `page` asks for the sections of one page only, by its `source`.
 * @typedef {{limit?: number, offset?: number, group?: number, sort?: "relevance" | "date",
 *   facets?: boolean, page?: string, kinds?: string[], education_themes?: string[],
 *   years?: string[], issuers?: string[], statuses?: string[], collections?: string[]}} SearchOptions
 * @typedef {{rank: number, score: number, source: string, url: string, page_title: string,
 *   section: string, kind: string, education_themes: string[], date: string, status: string,
 *   in_force: boolean, issuer: string, number: string, collection: string, trail: string[],
 *   match: "title" | "exact" | "all" | "most", snippet: string, more: number}} Hit
 * @typedef {{id: string, name: string, count: number}} Count
 * @typedef {Record<"kind" | "education_theme" | "year" | "issuer" | "status" | "collection", Count[]>} Facets
 * @typedef {{text: string, query: string, total: number}} Drop
 * @typedef {{total: number, pages: number, hits: Hit[], facets: Facets | null, corrected: string,
 *   drop: Drop[]}} Results
 * @typedef {{kind: "page" | "section" | "theme" | "article", text: string, detail: string,
 *   url: string}} Suggestion
 * @typedef {{search(text: string, options?: SearchOptions): Promise<Results>,
 *   suggest(text: string, options?: {limit?: number}): Promise<Suggestion[]>,
 *   prepare(): Promise<void>, stats(): {requests: number, bytes: number}}} Engine
 * @typedef {{all(): string[], add(words: string): void, remove(words: string): void,
 *   clear(): void}} Recent
 * @typedef {Omit<Engine, "prepare"> & {
 *   text(key: string, values?: Record<string, string | number>): string,
 *   kind(id: string): string,
 *   plural(id: string): string,
 *   kinds(): Count[],
 *   snippet(html: string): DocumentFragment,
 *   element(tag: string, style: string, ...content: (Node | string)[]): HTMLElement,
 *   href(url: string, words?: string): string,
 *   hitHref(hit: Hit, words: string): string,
 *   searchHref(words: string): string,
 *   explain(error: unknown): string,
 *   superseded(error: unknown): boolean,
 *   listen(input: HTMLInputElement, tell: () => void): void,
 *   composing(event: KeyboardEvent): boolean,
 *   recent: Recent}} Inkstone
 */

(() => {
  /** Queries that are remembered. */
  const RECENT = 8;
  /** Milliseconds without a key before a query is meant. */
  const PAUSE = 80;
  /** Marked words of so many characters stay whole. */
  const SHORT = 8;

  const page = document.documentElement;
  const root = page.dataset.root || "./";
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("inkstone-strings"));
  const strings = template.dataset;
  /** Each language of a site has a search page, and its index beside it. */
  const base = new URL(".", new URL(strings.searchAddress || "", location.href)).href;

  /** @type {Promise<Engine> | null} */
  let loading = null;
  /** @type {Engine | null} */
  let engine = null;

  const load = () => {
    if (loading) return loading;
    /** @type {Promise<Engine>} */
    const started = new Promise((resolve, reject) => {
      const make = () => {
        const Engine = /** @type {any} */ (globalThis).InkstoneEngine;
        if (typeof Engine !== "function") return false;
        const made = /** @type {Engine} */ (new Engine(base));
        engine = made;
        resolve(made);
        return true;
      };
      // The search page asks for the engine by itself.
      if (make()) return;
      const script = document.createElement("script");
      const fail = (/** @type {string} */ code) =>
        reject(Object.assign(new Error(`cannot load ${script.src}`), { code }));
      script.src = `${base}engine.js`;
      script.onerror = () => fail("missing");
      script.onload = () => {
        if (!make()) fail("damaged");
      };
      document.head.appendChild(script);
    });
    started.catch(() => {
      loading = null;
    });
    loading = started;
    return started;
  };

  /** @type {Engine["search"]} */
  const search = (query, options) => load().then((ready) => ready.search(query, options));

  /** @type {Engine["suggest"]} */
  const suggest = (query, options) => load().then((ready) => ready.suggest(query, options));

  /** What search has fetched since the page was loaded. */
  const stats = () => (engine ? engine.stats() : { requests: 0, bytes: 0 });

  /**
   * The pages' words for readers: `text("searchAll", {count: 3})`. `{count|page|pages}` is the first
   * word for one, else the second.
   * @type {Inkstone["text"]}
   */
  const text = (key, values = {}) =>
    (strings[key] || "").replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (whole, name, one, more) => {
      if (!(name in values)) return whole;
      if (one === undefined) return String(values[name]);
      return values[name] === 1 ? one : more;
    });

  /** @type {Map<string, string>} */
  const names = new Map();
  /** @type {Map<string, string>} */
  const plurals = new Map();
  template.content.querySelectorAll("[data-kind]").forEach((item) => {
    const { kind = "", plural = "" } = /** @type {HTMLElement} */ (item).dataset;
    names.set(kind, item.textContent || "");
    plurals.set(kind, plural);
  });

  /** A kind's name, also of those that the site declares. */
  const kind = (/** @type {string} */ id) => names.get(id) || "";

  /** What several pages of a kind are called. */
  const plural = (/** @type {string} */ id) => plurals.get(id) || "";

  /** All kinds, not counted yet. */
  const kinds = () => Array.from(names, ([id, name]) => ({ id, name, count: -1 }));

  /** @type {Inkstone["element"]} */
  const element = (tag, style, ...content) => {
    const made = document.createElement(tag);
    if (style) made.className = style;
    made.append(...content);
    return made;
  };

  /** @type {Record<string, string>} */
  const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'" };

  /**
   * A snippet is escaped text with `<mark>`; it becomes nodes and never HTML.
   * @type {Inkstone["snippet"]}
   */
  const snippet = (html) => {
    const fragment = document.createDocumentFragment();
    /** @type {Node} */
    let into = fragment;
    html.split(/(<\/?mark>)/).forEach((part) => {
      if (part === "<mark>") into = fragment.appendChild(document.createElement("mark"));
      else if (part === "</mark>") into = fragment;
      else if (part) {
        const words = part.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name) => entities[name]);
        into.appendChild(document.createTextNode(words));
        if (into !== fragment && words.length <= SHORT) /** @type {Element} */ (into).className = "short";
      }
    });
    return fragment;
  };

  /**
   * The link to a page or section, with the words that are to be marked there. A folder opens no
   * page by double click, so there the file is named.
   * @type {Inkstone["href"]}
   */
  const href = (url, words = "") => {
    const [path, fragment] = url.split("#");
    const folder = path === "" || path.endsWith("/");
    const file = location.protocol === "file:" && folder ? `${path}index.html` : path;
    const query = words === "" ? "" : `?q=${encodeURIComponent(words)}`;
    return root + file + query + (fragment === undefined ? "" : `#${fragment}`);
  };

  const plain = (/** @type {string} */ words) =>
    words.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

  /**
   * The link to a hit: besides the query it carries what was found under another spelling, such as
   * pinyin, traditional characters or an article's number in digits, to be marked as well.
   * @type {Inkstone["hitHref"]}
   */
  const hitHref = (hit, words) => {
    const marks = Array.from(snippet(hit.snippet).querySelectorAll("mark"));
    const others = new Set(marks.map((mark) => mark.textContent || ""));
    const unlike = Array.from(others).filter((other) => !plain(words).includes(plain(other)));
    return href(hit.url, [words, ...unlike].filter(Boolean).join(" "));
  };

  const searchHref = (/** @type {string} */ words) =>
    `${text("searchAddress")}?q=${encodeURIComponent(words)}`;

  const code = (/** @type {unknown} */ error) =>
    /** @type {{code?: string}} */ (error || {}).code || "";

  /**
   * What went wrong, for readers.
   * @param {unknown} error
   */
  const explain = (error) => {
    if (code(error) === "missing") return text("searchMissing");
    if (code(error) === "damaged" || code(error) === "version") return text("searchDamaged");
    return text("searchFailed");
  };

  const superseded = (/** @type {unknown} */ error) => code(error) === "superseded";

  /** Sites may share an origin; each remembers its own, in each of its languages. */
  const shelf = `inkstone-recent ${new URL("..", base).pathname}`;
  /** @param {string[]} list */
  const keep = (list) => {
    try {
      if (list.length === 0) localStorage.removeItem(shelf);
      else localStorage.setItem(shelf, JSON.stringify(list.slice(0, RECENT)));
    } catch (_) {
      // Storage may be forbidden or full; then nothing is remembered.
    }
  };
  const others = (/** @type {string} */ words) => recent.all().filter((kept) => kept !== words);
  /**
   * What this reader searched for, newest first.
   * @type {Recent}
   */
  const recent = {
    all() {
      try {
        const kept = JSON.parse(localStorage.getItem(shelf) || "[]");
        return kept.filter((/** @type {unknown} */ words) => typeof words === "string" && words);
      } catch (_) {
        return [];
      }
    },
    add(words) {
      if (words !== "") keep([words, ...others(words)]);
    },
    remove: (words) => keep(others(words)),
    clear: () => keep([]),
  };

  /**
   * A box that tells about its text when the reader means it: never half-typed in an input method,
   * and not at every key.
   * @type {Inkstone["listen"]}
   */
  const listen = (input, tell) => {
    let timer = 0;
    // Whoever goes to the box will search: what every search needs is on its way before the first
    // key, which then has the page to itself.
    const prepare = () => {
      load().then((ready) => ready.prepare()).catch(() => {});
    };
    const soon = () => {
      prepare();
      clearTimeout(timer);
      timer = window.setTimeout(tell, PAUSE);
    };
    input.addEventListener("input", (event) => {
      if (!(/** @type {InputEvent} */ (event).isComposing)) soon();
    });
    input.addEventListener("focus", prepare);
    input.addEventListener("compositionstart", prepare);
    input.addEventListener("compositionend", soon);
    // Safari ends a composition before its Enter, which would then send the form.
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && composing(event)) event.preventDefault();
    });
  };

  /**
   * Whether a key belongs to an input method.
   * @param {KeyboardEvent} event
   */
  const composing = (event) => event.isComposing || event.keyCode === 229;

  /** @type {Inkstone} */
  const inkstone = {
    search,
    suggest,
    stats,
    text,
    kind,
    plural,
    kinds,
    snippet,
    element,
    href,
    hitHref,
    searchHref,
    explain,
    superseded,
    listen,
    composing,
    recent,
  };
  Object.assign(globalThis, { inkstone: Object.freeze(inkstone) });

  // `/` and Ctrl-K go to the search box.
  document.addEventListener("keydown", (event) => {
    if (composing(event) || event.defaultPrevented || event.altKey) return;
    const command = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey;
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
    // A checkbox takes no slash.
    const box = target instanceof HTMLInputElement && /^(checkbox|radio)$/.test(target.type);
    if (!command && (!slash || (typing && !box))) return;
    const input = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=q]"));
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
})();
