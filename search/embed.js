// Search for other pages of the same intranet: one line puts a form and results there.
//
//   <script src="https://kb.example/search/embed.js" defer></script>
//
//   data-sites="https://kb.example/ https://other.example/kb/"   what is searched; without: the script's site
//   data-names="知识库|制度库"                                     what they are called; without: their hosts
//   data-target="#search"                                        where; without: after the script
//
// Several sites are asked at once and their hits stand in one list, best first. Nothing but this
// script and engine.js beside it is needed, no CORS headers either: from another origin the engine
// takes its files as scripts. The page's own style neither reaches in here nor is touched; under a
// strict CSP the sites named belong to `script-src`, with 'wasm-unsafe-eval'.
// @ts-check
"use strict";

(() => {
  /**
   * @typedef {{score: number, source: string, url: string, page_title: string, section: string,
   *   date: string, status: string, snippet: string, more: number}} Hit
   * @typedef {{total: number, pages: number, hits: Hit[]}} Results
   * @typedef {{search(text: string, options: object): Promise<Results>}} Engine
   * One of the sites, with what it answered; `pages` is how many pages it has, of which `hits` are
   * the first, `error` why it has none.
   * @typedef {{base: string, name: string, engine: Engine | null, hits: Hit[], total: number,
   *   pages: number, asked: boolean, waiting: boolean, error: string}} Site
   */

  /** A site before it is asked. */
  const UNASKED = { hits: [], total: 0, pages: 0, asked: false, waiting: false, error: "" };
  /** Pages shown at a time. */
  const BATCH = 10;
  /** Milliseconds without a key before a query is meant. */
  const PAUSE = 200;

  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const folder = new URL(".", script.src).href;

  const CHINESE = {
    label: "搜索",
    placeholder: "搜索知识库",
    submit: "搜索",
    loading: "正在搜索…",
    count: "找到 {pages} 页 {total} 处",
    waiting: "，还在等待：{names}",
    none: "没有找到“{query}”。可以换个说法，或减少几个词再试。",
    more: "显示更多",
    rest: "还有 {more} 处",
    missing: "{name}：连接不上，没有它的结果。",
    damaged: "{name}：搜索文件不完整、版本不同，或服务器给脚本声明了字符集，没有它的结果。",
    failed: "{name}：搜索没有成功，没有它的结果。",
  };
  /** @type {typeof CHINESE} */
  const ENGLISH = {
    label: "Search",
    placeholder: "Search the knowledge base",
    submit: "Search",
    loading: "Searching…",
    count: "{total} {total|passage|passages} on {pages} {pages|page|pages}",
    waiting: "; still waiting for {names}",
    none: "Nothing found for “{query}”. Try other words, or fewer.",
    more: "Show more",
    rest: "{more} more",
    missing: "{name}: cannot be reached; its results are missing.",
    damaged: "{name}: its search files are incomplete, of another version, or declared in another character set; its results are missing.",
    failed: "{name}: the search did not succeed; its results are missing.",
  };

  const STYLE = `
:host { display: block; color-scheme: light; --paper: #fff; --ink: #211d1a; --soft: #574f48; --line: #e3dccf;
  --edge: #8d8477; --accent: #a51d1d; --on: #fff; --mark: #ffe7a0; --focus: #0b57d0; --warn: #85550a; }
@media (prefers-color-scheme: dark) { :host { color-scheme: dark; --paper: #1e1b19; --ink: #ebe6df; --soft: #bdb5ab;
  --line: #38332e; --edge: #7d746a; --accent: #f28b7d; --on: #2a0d09; --mark: #5f4a0c; --focus: #8ab4f8; --warn: #e3b765; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.box { padding: 1rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--paper);
  color: var(--ink); font-size: 1rem; line-height: 1.65; text-align: left; overflow-wrap: anywhere; }
form { display: flex; gap: 0.5rem; }
input, button { min-height: 2.75rem; border-radius: 0.5rem; font: inherit; }
input { flex: 1; min-width: 0; padding: 0 0.875rem; border: 1px solid var(--edge); background: var(--paper); color: inherit; }
button { padding: 0 1.25rem; border: 0; background: var(--accent); color: var(--on); font-weight: 700; cursor: pointer; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
p, ol, ul { margin: 0; padding: 0; list-style: none; }
.status:not(:empty) { margin-top: 0.75rem; color: var(--soft); }
.failures { color: var(--warn); }
.hit { padding: 0.875rem 0; border-top: 1px solid var(--line); }
.hit:first-child { margin-top: 0.75rem; }
.about { display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.75rem; color: var(--soft); font-size: 0.875rem; }
.about a { display: inline-flex; align-items: center; min-height: 1.75rem; }
a { color: var(--accent); text-underline-offset: 0.25em; }
.title { color: var(--ink); font-weight: 700; text-decoration: none; }
.title:hover { color: var(--accent); text-decoration: underline; }
.section { color: var(--accent); }
.snippet { color: var(--soft); }
mark { border-radius: 2px; background: var(--mark); color: var(--ink); }
.more { margin-top: 0.75rem; }`;

  const lang = (script.closest("[lang]") || document.documentElement).getAttribute("lang") || "zh";
  const chinese = /^zh\b/i.test(lang);
  const words = chinese ? CHINESE : ENGLISH;

  /**
   * `{total|page|pages}` is the first word for one, else the second.
   * @param {keyof typeof CHINESE} key @param {Record<string, string | number>} [values]
   */
  const text = (key, values = {}) =>
    words[key].replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (whole, name, one, more) => {
      if (!(name in values)) return whole;
      if (one === undefined) return String(values[name]);
      return values[name] === 1 ? one : more;
    });

  /** @param {string} tag @param {string} style @param {(Node | string)[]} content */
  const element = (tag, style, ...content) => {
    const made = document.createElement(tag);
    if (style) made.className = style;
    made.append(...content);
    return made;
  };

  const names = (script.dataset.names || "").split("|").map((name) => name.trim());
  const addresses = (script.dataset.sites || "").split(/\s+/).filter(Boolean);
  if (addresses.length === 0) addresses.push(new URL("..", folder).href);
  const sites = addresses.map((address, place) => {
    const url = new URL(address.endsWith("/") ? address : `${address}/`, document.baseURI);
    const name = names[place] || url.host || decodeURI(url.pathname);
    /** @type {Site} */
    const site = { base: url.href, name, engine: null, ...UNASKED };
    return site;
  });

  /**
   * The engine's class, loaded once for all forms on a page.
   * @returns {Promise<new (base: string) => Engine>}
   */
  const load = () => {
    const shared = /** @type {any} */ (globalThis);
    if (typeof shared.InkstoneEngine === "function") return Promise.resolve(shared.InkstoneEngine);
    if (!shared.inkstoneEngineLoading) {
      shared.inkstoneEngineLoading = new Promise((resolve, reject) => {
        const made = document.createElement("script");
        made.src = `${folder}engine.js`;
        made.onload = () => resolve(shared.InkstoneEngine);
        made.onerror = () => {
          shared.inkstoneEngineLoading = null;
          reject(Object.assign(new Error(`cannot load ${made.src}`), { code: "missing" }));
        };
        document.head.append(made);
      });
    }
    return shared.inkstoneEngineLoading;
  };

  /**
   * A snippet is escaped text with `<mark>`; it becomes nodes and never HTML.
   * @param {string} html
   */
  const snippet = (html) => {
    /** @type {Record<string, string>} */
    const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'" };
    const plain = (/** @type {string} */ part) =>
      part.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, name) => entities[name]);
    const parts = html.split(/<\/?mark>/).map(plain);
    return parts.map((part, place) => (place % 2 ? element("mark", "", part) : part));
  };

  /**
   * An address in a site, with the words to be marked there. A folder opens no page by double
   * click, so there the file is named.
   * @param {Site} site
   * @param {string} path
   * @param {string} query
   */
  const href = (site, path, query) => {
    const url = new URL(path, site.base);
    if (url.protocol === "file:" && url.pathname.endsWith("/")) url.pathname += "index.html";
    url.searchParams.set("q", query);
    return url.href;
  };

  /** @param {string} url @param {string} style @param {(Node | string)[]} content */
  const link = (url, style, ...content) => {
    const made = /** @type {HTMLAnchorElement} */ (element("a", style, ...content));
    made.href = url;
    return made;
  };

  const start = () => {
    const input = /** @type {HTMLInputElement} */ (element("input", ""));
    Object.assign(input, { type: "search", placeholder: text("placeholder"), maxLength: 200 });
    Object.assign(input, { autocomplete: "off", spellcheck: false });
    const submit = element("button", "", text("submit"));
    const form = element("form", "", input, submit);
    form.setAttribute("role", "search");
    input.setAttribute("aria-label", text("label"));
    const status = element("p", "status");
    status.setAttribute("role", "status");
    const failures = element("ul", "failures");
    const list = element("ol", "");
    const more = /** @type {HTMLButtonElement} */ (element("button", "more", text("more")));
    more.type = "button";
    more.hidden = true;

    let ticket = 0;
    let query = "";
    let wanted = BATCH;
    /** @type {Map<string, HTMLElement>} What is shown, by address. */
    let shown = new Map();

    /** @param {Site} site @param {Hit} hit */
    const row = (site, hit) => {
      const about = element("p", "about");
      if (sites.length > 1) about.append(element("span", "site", site.name));
      if (hit.status) about.append(element("span", "", hit.status));
      if (hit.date) about.append(element("time", "", hit.date));
      if (hit.more > 0) {
        about.append(link(href(site, "search/", query), "", text("rest", { more: hit.more })));
      }
      const title = link(href(site, hit.url, query), "title", hit.page_title);
      if (hit.section) title.append(" ", element("span", "section", hit.section));
      const found = element("p", "snippet", ...snippet(hit.snippet));
      return element("li", "hit", element("p", "", title), found, about);
    };

    const show = () => {
      const all = sites.flatMap((site) => site.hits.map((hit) => ({ site, hit })));
      // Scores of different sites are comparable; equal ones keep the order of the sites.
      all.sort((a, b) => b.hit.score - a.hit.score);
      /** @type {Map<string, HTMLElement>} */
      const rows = new Map();
      all.slice(0, wanted).forEach(({ site, hit }) => {
        const key = site.base + hit.url;
        rows.set(key, shown.get(key) || row(site, hit));
      });
      shown = rows;
      const items = Array.from(rows.values());
      // Only what is out of its place moves: moving takes the focus away.
      items.forEach((item, place) => {
        if (list.children[place] !== item) list.insertBefore(item, list.children[place] || null);
      });
      while (list.children.length > items.length && list.lastChild) list.lastChild.remove();
      failures.replaceChildren(
        ...sites.filter(({ error }) => error).map(({ error }) => element("li", "", error)),
      );
      const pages = sites.reduce((sum, site) => sum + site.pages, 0);
      const total = sites.reduce((sum, site) => sum + site.total, 0);
      const late = sites.filter(({ waiting }) => waiting).map(({ name }) => name);
      more.hidden = items.length === 0 || items.length >= pages;
      if (late.length === sites.length) status.textContent = text("loading");
      else if (late.length > 0) {
        status.textContent = text("count", { pages, total }) + text("waiting", { names: late.join(", ") });
      } else if (total > 0) status.textContent = text("count", { pages, total });
      else status.textContent = sites.every(({ error }) => error) ? "" : text("none", { query });
    };

    /**
     * Asks a site for as many of its pages as the list may need.
     * @param {Site} site
     * @param {number} mine
     */
    const ask = async (site, mine) => {
      const offset = site.hits.length;
      if (site.error || (site.asked && offset >= Math.min(wanted, site.pages))) return;
      Object.assign(site, { asked: true, waiting: true });
      try {
        const Engine = await load();
        site.engine = site.engine || new Engine(`${site.base}search/`);
        const options = { limit: wanted - offset, offset, group: 1 };
        const { hits, pages, total } = await site.engine.search(query, options);
        if (mine !== ticket) return;
        Object.assign(site, { hits: site.hits.concat(hits), pages, total });
      } catch (error) {
        if (mine !== ticket) return;
        const code = /** @type {{code?: string}} */ (error).code;
        const known = code === "missing" || code === "damaged" ? code : "failed";
        site.error = text(code === "version" ? "damaged" : known, { name: site.name });
      }
      site.waiting = false;
      show();
    };

    const askAll = () => {
      const mine = ++ticket;
      return Promise.all(sites.map((site) => ask(site, mine))).then(() => mine === ticket);
    };

    const search = () => {
      query = input.value.trim();
      wanted = BATCH;
      shown = new Map();
      sites.forEach((site) => Object.assign(site, UNASKED));
      if (query !== "") {
        askAll();
        status.textContent = text("loading");
        return;
      }
      ticket += 1;
      show();
      status.textContent = "";
    };

    let timer = 0;
    const soon = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => input.value.trim() !== query && search(), PAUSE);
    };
    // Half-typed in an input method is not meant yet.
    input.addEventListener("input", (event) => {
      if (!(/** @type {InputEvent} */ (event).isComposing)) soon();
    });
    input.addEventListener("compositionend", soon);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(timer);
      search();
    });
    more.addEventListener("click", async () => {
      const first = list.children.length;
      wanted += BATCH;
      if (!(await askAll())) return;
      show();
      const item = list.children[first];
      const next = item && item.querySelector("a");
      if (next) next.focus({ preventScroll: true });
    });

    const host = document.createElement("div");
    host.lang = chinese ? "zh-CN" : "en";
    const root = host.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    root.append(element("div", "box", form, status, failures, list, more));
    const target = script.dataset.target && document.querySelector(script.dataset.target);
    if (target) target.append(host);
    else if (document.head.contains(script)) document.body.prepend(host);
    else script.after(host);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
