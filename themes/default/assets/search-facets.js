// The filters of the search page: values with their counts, what is chosen, and the chips above
// the results that say so.
// @ts-check
"use strict";

/**
 * @typedef {{options(): SearchOptions, any(): boolean, read(address: URLSearchParams): void,
 *   write(address: URLSearchParams): void, show(facets: Facets | null): void,
 *   name(facet: string, id: string): string}} FacetPanel
 */

(() => {
  const inkstone = /** @type {Inkstone} */ (/** @type {any} */ (globalThis).inkstone);
  const { element } = inkstone;

  /** Values that a long facet shows at first: the largest. */
  const FEW = 8;

  /**
   * One facet: its name in the address, among the counts and among the engine's options.
   * @typedef {{name: string, counts: keyof Facets, option: keyof SearchOptions}} Row
   * @type {Row[]}
   */
  const rows = [
    { name: "kind", counts: "kind", option: "kinds" },
    { name: "theme", counts: "education_theme", option: "education_themes" },
    { name: "year", counts: "year", option: "years" },
    { name: "issuer", counts: "issuer", option: "issuers" },
    { name: "status", counts: "status", option: "statuses" },
    { name: "collection", counts: "collection", option: "collections" },
  ];

  /**
   * @param {HTMLElement} page
   * @param {() => void} changed A reader chose something else.
   * @returns {FacetPanel}
   */
  const facetPanel = (page, changed) => {
    const find = (/** @type {string} */ selector, /** @type {ParentNode} */ within = page) =>
      /** @type {HTMLElement} */ (within.querySelector(selector));
    const form = /** @type {HTMLFormElement} */ (find("[data-filters]"));
    const fold = /** @type {HTMLDetailsElement} */ (find("[data-fold]"));
    const foldName = find("[data-fold-name]");
    const pattern = /** @type {HTMLTemplateElement} */ (find("template[data-filter]"));
    const chips = find("[data-chips]");
    const clear = find("[data-clear]");
    const panel = (/** @type {string} */ name) =>
      /** @type {HTMLDetailsElement} */ (find(`[data-facet="${name}"]`));

    /** @type {Map<string, Set<string>>} The values chosen, by facet. */
    const chosen = new Map(rows.map(({ name }) => [name, new Set()]));
    /** @type {Map<string, Map<string, string>>} What values are called, by facet. */
    const names = new Map(rows.map(({ name }) => [name, new Map()]));
    /** @type {Map<string, Map<string, HTMLElement>>} A row for each value seen, by facet. */
    const items = new Map(rows.map(({ name }) => [name, new Map()]));
    /** @type {Set<string>} Long facets shown in full. */
    const full = new Set();
    /** @type {Facets | null} */
    let counted = null;

    const of = (/** @type {string} */ name) => /** @type {Set<string>} */ (chosen.get(name));
    const called = (/** @type {string} */ name, /** @type {string} */ id) =>
      (names.get(name) || new Map()).get(id) || (name === "kind" && inkstone.kind(id)) || "";
    const any = () => rows.some(({ name }) => of(name).size > 0);

    /** @param {HTMLElement} item @param {string} name @param {Count} value */
    const fill = (item, name, value) => {
      const box = /** @type {HTMLInputElement} */ (find("input", item));
      box.checked = of(name).has(value.id);
      find("[data-count]", item).textContent = value.count < 0 ? "" : String(value.count);
    };

    const branches = /** @type {HTMLElement[]} */ (
      Array.from(panel("theme").querySelectorAll("li"))
    );
    branches.forEach((branch) => {
      const id = /** @type {HTMLInputElement} */ (find("input", branch)).value;
      const name = find("[data-name]", branch).textContent || "";
      /** @type {Map<string, string>} */ (names.get("theme")).set(id, name);
    });

    /** The tree keeps its shape; themes without a page step back. */
    const showThemes = (/** @type {Count[] | null} */ counts) => {
      const numbers = new Map((counts || []).map(({ id, count }) => [id, count]));
      // From the leaves upwards, so that a branch knows whether anything below it is shown.
      branches.reverse().forEach((branch) => {
        const id = /** @type {HTMLInputElement} */ (find("input", branch)).value;
        const count = counts ? numbers.get(id) || 0 : -1;
        fill(branch, "theme", { id, name: "", count });
        const below = branch.querySelector("li:not([hidden])");
        branch.hidden = count === 0 && !of("theme").has(id) && !below;
      });
      branches.reverse();
      panel("theme").hidden = branches.every((branch) => branch.hidden);
    };

    /**
     * A facet's values in the order they are shown, the first few of them, and how many more.
     * @param {string} name
     * @param {Count[]} counts
     */
    const arrange = (name, counts) => {
      const values = counts.filter(({ id, count }) => count !== 0 || of(name).has(id));
      of(name).forEach((id) => {
        const known = values.some((value) => value.id === id);
        if (!known) values.push({ id, name: called(name, id), count: counted ? 0 : -1 });
      });
      values.sort((a, b) => b.count - a.count);
      const few = values.filter(({ id }, place) => place < FEW || of(name).has(id));
      const shown = full.has(name) ? values : few;
      // Years are looked for by year, all else by weight.
      if (name === "year") shown.sort((a, b) => (a.id < b.id ? 1 : -1));
      return { shown, rest: values.length - few.length };
    };

    /** @param {string} name @param {Count[]} counts */
    const showValues = (name, counts) => {
      const known = /** @type {Map<string, HTMLElement>} */ (items.get(name));
      const list = find("ul", panel(name));
      const { shown, rest } = arrange(name, counts);
      const focused = /** @type {HTMLElement | null} */ (document.activeElement);
      shown.forEach((value, place) => {
        let item = known.get(value.id);
        if (!item) {
          item = element("li", "", pattern.content.cloneNode(true));
          const box = /** @type {HTMLInputElement} */ (find("input", item));
          box.name = name;
          box.value = value.id;
          known.set(value.id, item);
        }
        find("[data-name]", item).textContent = value.name || value.id;
        fill(item, name, value);
        // Only what is out of its place moves: moving takes the focus away.
        if (list.children[place] !== item) list.insertBefore(item, list.children[place] || null);
      });
      while (list.children.length > shown.length && list.lastChild) list.lastChild.remove();
      if (focused && focused !== document.activeElement && list.contains(focused)) {
        focused.focus({ preventScroll: true });
      }
      const button = find("[data-rest]", panel(name));
      button.hidden = rest === 0;
      button.setAttribute("aria-expanded", String(full.has(name)));
      const words = full.has(name) ? "filterLess" : "filterRest";
      button.textContent = inkstone.text(words, { count: rest });
      panel(name).hidden = shown.length === 0;
    };

    const buttons = () => /** @type {HTMLElement[]} */ (Array.from(chips.querySelectorAll("button")));

    const showChips = () => {
      // The focus stays at its place in the row; without a row it goes to what was found.
      const focused = buttons().indexOf(/** @type {HTMLElement} */ (document.activeElement));
      while (chips.children.length > 1 && chips.firstChild) chips.firstChild.remove();
      rows.forEach(({ name }) => {
        const facet = find(`#facet-${name}`).textContent || "";
        of(name).forEach((id) => {
          const words = called(name, id) || id;
          const chip = /** @type {HTMLButtonElement} */ (element("button", "chip", words));
          chip.type = "button";
          chip.dataset.facet = name;
          chip.value = id;
          chip.setAttribute("aria-label", inkstone.text("filterRemove", { facet, name: words }));
          chips.insertBefore(element("li", "", chip), chips.lastElementChild);
        });
        find("[data-chosen]", panel(name)).textContent = of(name).size ? `${of(name).size}` : "";
      });
      const count = chips.children.length - 1;
      chips.hidden = count === 0;
      const beside = chips.hidden ? find("[data-status]") : buttons()[Math.min(focused, count)];
      if (focused >= 0) beside.focus({ preventScroll: true });
      foldName.textContent = inkstone.text("filters") + (count > 0 ? ` · ${count}` : "");
    };

    /** @type {FacetPanel["show"]} */
    const show = (facets) => {
      counted = facets;
      rows.forEach(({ name, counts }) => {
        const values = facets ? facets[counts] : [];
        values.forEach((value) => {
          if (name !== "theme") (names.get(name) || new Map()).set(value.id, value.name);
        });
        if (name === "theme") showThemes(facets && values);
        else showValues(name, facets || name !== "kind" ? values : inkstone.kinds());
      });
      showChips();
      form.hidden = rows.every(({ name }) => panel(name).hidden);
      if (facets) delete document.documentElement.dataset.asked;
    };

    const wide = matchMedia("(min-width: 60em)").matches;
    fold.open = wide;
    rows.forEach(({ name }) => {
      panel(name).open = wide;
    });

    form.addEventListener("change", (event) => {
      const box = /** @type {HTMLInputElement} */ (event.target);
      if (box.checked) of(box.name).add(box.value);
      else of(box.name).delete(box.value);
      showChips();
      changed();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("[data-rest]");
      if (!button || !counted) return;
      const facet = /** @type {HTMLElement} */ (button.closest("[data-facet]"));
      const name = facet.dataset.facet || "";
      const before = new Set(facet.querySelectorAll("li"));
      if (full.has(name)) full.delete(name);
      else full.add(name);
      show(counted);
      const added = Array.from(facet.querySelectorAll("li")).find((item) => !before.has(item));
      if (added) find("input", added).focus();
    });
    chips.addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("button");
      if (!button) return;
      if (button === clear) chosen.forEach((values) => values.clear());
      else of(button.dataset.facet || "").delete(button.value);
      show(counted);
      changed();
    });

    return {
      any,
      show,
      name: called,
      options: () => {
        /** @type {SearchOptions} */
        const options = {};
        rows.forEach(({ name, option }) => {
          if (of(name).size > 0) Object.assign(options, { [option]: Array.from(of(name)) });
        });
        return options;
      },
      read: (address) => {
        rows.forEach(({ name }) => chosen.set(name, new Set(address.getAll(name).filter(Boolean))));
        show(counted);
      },
      write: (address) => {
        chosen.forEach((values, name) => values.forEach((id) => address.append(name, id)));
      },
    };
  };

  Object.assign(globalThis, { inkstoneFacetPanel: facetPanel });
})();
