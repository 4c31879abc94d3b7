// Search for every page: `window.inkstone`. The engine is fetched when somebody first searches.
//
//   const { total, hits } = await inkstone.search("个体工商户", { limit: 10, kinds: ["policy"] });
// @ts-check
"use strict";
(() => {
  /**
   * @typedef {{limit?: number, offset?: number, kinds?: string[], education_themes?: string[]}} Options
   * @typedef {{rank: number, score: number, source: string, url: string, page_title: string,
   *   section: string, kind: string, education_themes: string[], date: string | null,
   *   match?: string, snippet: string}} Hit
   * @typedef {{total: number, hits: Hit[]}} Results
   * @typedef {{search(text: string, options?: Options): Promise<Results>,
   *   stats(): {requests: number, bytes: number}}} Engine
   */

  const page = document.documentElement;
  const root = page.dataset.root || "./";
  const base = new URL(`${root}search/`, location.href).href;
  const strings = /** @type {HTMLElement} */ (document.getElementById("inkstone-strings")).dataset;

  /** @type {Promise<Engine> | null} */
  let loading = null;
  /** @type {Engine | null} */
  let engine = null;

  const load = () => {
    if (loading) return loading;
    /** @type {Promise<Engine>} */
    const started = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const fail = (/** @type {string} */ code) =>
        reject(Object.assign(new Error(`cannot load ${script.src}`), { code }));
      script.src = `${base}engine.js`;
      script.onerror = () => fail("missing");
      script.onload = () => {
        const Engine = /** @type {any} */ (globalThis).InkstoneEngine;
        if (typeof Engine !== "function") return fail("damaged");
        const made = /** @type {Engine} */ (new Engine(base));
        engine = made;
        resolve(made);
      };
      document.head.appendChild(script);
    });
    started.catch(() => {
      loading = null;
    });
    loading = started;
    return started;
  };

  /**
   * The pages' words for readers: `text("searchCount", {count: 3})`.
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  const text = (key, values = {}) =>
    (strings[key] || "").replace(/\{(\w+)\}/g, (whole, name) =>
      name in values ? String(values[name]) : whole,
    );

  /** @type {Record<string, string>} */
  const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'" };

  /**
   * A snippet is escaped text with `<mark>`; it becomes nodes and never HTML.
   * @param {string} html
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
      }
    });
    return fragment;
  };

  /**
   * The link to a hit's section. A folder opens no page by double click, so there the file is named.
   * @param {string} url
   */
  const href = (url) => {
    if (location.protocol !== "file:") return root + url;
    const [path, fragment] = url.split("#");
    const file = path === "" || path.endsWith("/") ? `${path}index.html` : path;
    return root + file + (fragment === undefined ? "" : `#${fragment}`);
  };

  /**
   * What went wrong, for readers.
   * @param {unknown} error
   */
  const explain = (error) => {
    const code = /** @type {{code?: string}} */ (error || {}).code;
    if (code === "missing") return text("searchMissing");
    if (code === "damaged" || code === "version") return text("searchDamaged");
    return text("searchFailed");
  };

  /** @param {unknown} error */
  const superseded = (error) => /** @type {{code?: string}} */ (error || {}).code === "superseded";

  /**
   * @param {string} query
   * @param {Options} [options]
   * @returns {Promise<Results>}
   */
  const search = (query, options) => load().then((ready) => ready.search(query, options));

  /** What search has fetched since the page was loaded. */
  const stats = () => (engine ? engine.stats() : { requests: 0, bytes: 0 });

  /**
   * A box that tells about its text when the reader means it: never half-typed in an input method,
   * and not at every key.
   * @param {HTMLInputElement} input
   * @param {() => void} tell
   */
  const listen = (input, tell) => {
    let timer = 0;
    const soon = () => {
      clearTimeout(timer);
      timer = window.setTimeout(tell, 80);
    };
    input.addEventListener("input", (event) => {
      if (!(/** @type {InputEvent} */ (event).isComposing)) soon();
    });
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

  Object.assign(globalThis, {
    inkstone: Object.freeze({
      search,
      stats,
      text,
      snippet,
      href,
      explain,
      superseded,
      listen,
      composing,
    }),
  });

  // `/` and Ctrl-K go to the search box.
  document.addEventListener("keydown", (event) => {
    if (composing(event) || event.defaultPrevented || event.altKey) return;
    const command = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey;
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
    if (!command && (!slash || typing)) return;
    const input = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=q]"));
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
})();
