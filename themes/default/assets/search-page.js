// The search page: results in the page, filters, and an address that holds both.
// @ts-check
"use strict";
(() => {
  const inkstone = /** @type {any} */ (globalThis).inkstone;
  const page = /** @type {HTMLElement | null} */ (document.querySelector("[data-search-page]"));
  if (!page) return;

  /** Hits asked for at a time, and the most that an address may ask for at once. */
  const BATCH = 20;
  const PAGES = 10;
  /** Milliseconds before a reader is told to wait. */
  const PATIENCE = 150;

  const find = (/** @type {string} */ selector) =>
    /** @type {HTMLElement} */ (page.querySelector(selector));
  const form = /** @type {HTMLFormElement} */ (find("form[role=search]"));
  const input = /** @type {HTMLInputElement} */ (find("input[name=q]"));
  const filters = /** @type {HTMLFormElement} */ (find("[data-filters]"));
  const fold = /** @type {HTMLDetailsElement} */ (find("[data-fold]"));
  const clear = find("[data-clear]");
  const status = find("[data-status]");
  const list = find("[data-results]");
  const more = find("[data-more]");
  const retry = find("[data-retry]");
  const boxes = /** @type {HTMLInputElement[]} */ (
    Array.from(filters.querySelectorAll("input[type=checkbox]"))
  );
  const title = document.title;

  const wide = matchMedia("(min-width: 60em)");
  fold.open = wide.matches;

  let ticket = 0;
  let shown = 0;
  let pages = 1;
  /** Whether the address already follows what is being typed. */
  let typing = false;
  let partial = false;

  const query = () => input.value.trim();
  const checked = (/** @type {string} */ name) =>
    boxes.filter((box) => box.name === name && box.checked);

  /** A theme stands for those below it, too. */
  const themes = () => {
    /** @type {Set<string>} */
    const ids = new Set();
    checked("theme").forEach((box) => {
      const branch = /** @type {Element} */ (box.closest("li"));
      branch.querySelectorAll("input").forEach((below) => ids.add(below.value));
    });
    return Array.from(ids);
  };

  const name = (/** @type {string} */ facet, /** @type {string} */ value) => {
    const box = boxes.find((other) => other.name === facet && other.value === value);
    const label = box && box.closest("label");
    if (label) return (label.textContent || "").trim();
    if (facet !== "kind") return "";
    return inkstone.text(`kind${value.charAt(0).toUpperCase()}${value.slice(1)}`);
  };

  const read = () => {
    const address = new URLSearchParams(location.search);
    input.value = address.get("q") || "";
    boxes.forEach((box) => {
      box.checked = address.getAll(box.name).includes(box.value);
    });
    pages = Math.min(Math.max(Math.floor(Number(address.get("page"))) || 1, 1), PAGES);
  };

  /** @param {boolean} push Whether the back button returns to what is shown now. */
  const write = (push) => {
    const address = new URLSearchParams();
    if (query() !== "") address.set("q", query());
    boxes.forEach((box) => {
      if (box.checked) address.append(box.name, box.value);
    });
    if (pages > 1) address.set("page", String(pages));
    const words = address.toString();
    const url = location.pathname + (words === "" ? "" : `?${words}`);
    if (url === location.pathname + location.search) return;
    // On file:// some browsers forbid this; search works without.
    try {
      if (push) history.pushState(null, "", url);
      else history.replaceState(null, "", url);
    } catch (_) {
      return;
    }
  };

  /**
   * @param {string} tag
   * @param {string} style
   * @param {(Node | string)[]} content
   */
  const element = (tag, style, ...content) => {
    const made = document.createElement(tag);
    if (style) made.className = style;
    made.append(...content);
    return made;
  };

  /** @param {any} hit */
  const section = (hit) => {
    const link = document.createElement("a");
    link.href = inkstone.href(hit.url);
    if (hit.section) link.append(element("span", "result-section", hit.section), " ");
    link.append(element("span", "result-snippet", inkstone.snippet(hit.snippet)));
    return element("li", "", link);
  };

  /** @param {any} hit */
  const head = (hit) => {
    const link = document.createElement("a");
    link.href = inkstone.href(hit.url.split("#")[0]);
    link.textContent = hit.page_title;
    const kind = name("kind", hit.kind);
    const seal = element("span", "seal", kind.slice(0, 1));
    seal.setAttribute("aria-hidden", "true");
    const about = element("p", "result-about");
    if (kind) about.append(seal, element("span", "", kind));
    if (hit.date) about.append(element("time", "", hit.date));
    const themed = (hit.education_themes || []).map((/** @type {string} */ id) => name("theme", id));
    themed.filter(Boolean).forEach((/** @type {string} */ words) => {
      about.append(element("span", "result-theme", words));
    });
    return element("div", "result-head", about, element("h2", "", link));
  };

  /**
   * Hits of one page stand together where its first one ranks.
   * @param {any[]} hits
   */
  const show = (hits) => {
    /** @type {Map<string, Element>} */
    const groups = new Map();
    hits.forEach((hit) => {
      if (hit.match === "most" && !partial) {
        partial = true;
        groups.clear();
        if (shown > 0) list.append(element("li", "results-divider", inkstone.text("searchMost")));
      }
      shown += 1;
      const address = hit.url.split("#")[0];
      let group = groups.get(address);
      if (!group) {
        group = element("ol", "result-sections");
        groups.set(address, group);
        const item = element("li", "result", head(hit), group);
        item.dataset.kind = hit.kind;
        list.append(item);
      }
      group.append(section(hit));
    });
  };

  const empty = () => {
    list.textContent = "";
    shown = 0;
    partial = false;
  };

  /** @param {boolean} add Whether hits join those on the page. */
  const search = (add) => {
    const mine = ++ticket;
    const words = query();
    const filtered = boxes.some((box) => box.checked);
    clear.hidden = !filtered;
    retry.hidden = true;
    document.title = words === "" ? title : `${words} - ${title}`;
    if (words === "") {
      empty();
      more.hidden = true;
      page.removeAttribute("aria-busy");
      status.textContent = inkstone.text("searchHint");
      return;
    }
    const timer = window.setTimeout(() => {
      page.setAttribute("aria-busy", "true");
      const cold = inkstone.stats().requests === 0;
      status.textContent = inkstone.text(cold ? "searchStart" : "searchLoading");
    }, PATIENCE);
    const settle = () => {
      clearTimeout(timer);
      if (mine === ticket) page.removeAttribute("aria-busy");
      return mine === ticket;
    };
    const kinds = checked("kind").map((box) => box.value);
    const limit = add ? BATCH : BATCH * pages;
    const offset = add ? shown : 0;
    inkstone
      .search(words, { limit, offset, kinds, education_themes: themes() })
      .then((/** @type {any} */ results) => {
        if (!settle()) return;
        if (!add) empty();
        const first = list.children.length;
        show(results.hits);
        more.hidden = results.hits.length === 0 || shown >= results.total;
        if (results.total > 0) {
          status.textContent = inkstone.text("searchCount", { count: results.total });
        } else {
          const hint = inkstone.text(filtered ? "searchNoneFiltered" : "searchNoneHint");
          status.textContent = `${inkstone.text("searchNone", { query: words })} ${hint}`;
        }
        const added = add && list.children[first];
        const link = added && added.querySelector("a");
        if (link) link.focus();
      })
      .catch((/** @type {unknown} */ error) => {
        if (!settle()) return;
        // Another script searched meanwhile; this reader still waits.
        if (inkstone.superseded(error)) return void setTimeout(() => mine === ticket && search(add), 200);
        if (!add) empty();
        more.hidden = true;
        retry.hidden = false;
        status.textContent = inkstone.explain(error);
      });
  };

  inkstone.listen(input, () => {
    pages = 1;
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
    pages = 1;
    write(!typing);
    typing = false;
    search(false);
  });
  filters.addEventListener("change", () => {
    pages = 1;
    typing = false;
    write(true);
    search(false);
  });
  filters.addEventListener("submit", (event) => event.preventDefault());
  clear.addEventListener("click", (event) => {
    event.preventDefault();
    boxes.forEach((box) => {
      box.checked = false;
    });
    pages = 1;
    write(true);
    search(false);
    input.focus();
  });
  more.addEventListener("click", () => {
    pages += 1;
    write(false);
    search(true);
  });
  retry.addEventListener("click", () => search(false));
  addEventListener("popstate", () => {
    read();
    typing = false;
    search(false);
  });
  // A page kept by the browser comes back as it was left; so does the box by itself.
  addEventListener("pageshow", (event) => {
    if (event.persisted) return;
    read();
    search(false);
    if (query() === "") input.focus({ preventScroll: true });
  });
})();
