// Marks in a page's text what a search found there: a result's link carries the query as `?q=`.
// A bar says how many places there are and leads from one to the next.
// @ts-check
"use strict";
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const query = new URLSearchParams(location.search).get("q") || "";
  const main = document.getElementById("main");
  if (query === "" || !main) return;

  /** Parts of a page that hold its text. */
  const TEXT = ".page-main, .list-text, .home-text";
  /** What is no text, or marked already. */
  const SKIPPED = /^(SCRIPT|STYLE|TEMPLATE|NAV|SVG|MATH|MARK|BUTTON|INPUT|TEXTAREA|SELECT|IFRAME)$/;
  /** Elements within a line: a match may run across their ends. */
  const INLINE = /^(A|ABBR|B|BDI|BDO|CITE|CODE|DEL|DFN|EM|I|INS|KBD|Q|S|SAMP|SMALL|SPAN|STRONG|SUB|SUP|TIME|U|VAR)$/;
  /** More would be of no help to anybody. */
  const MOST = 2000;
  const FIELD =
    /^(标题|title|文号|number|(教育)?主题|theme|类型|kind|type|年份|年度|year|(发文)?机关|issuer|状态|status|栏目|collection|section):/;

  /** Case and full width folded, character for character. @param {string} text */
  const fold = (text) => {
    const half = text.replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
    const low = half.toLowerCase();
    return low.length === text.length ? low : half.replace(/[A-Z]/g, (c) => c.toLowerCase());
  };

  const isLatin = (/** @type {string} */ c) => /[a-z0-9\u00aa-\u024f\u0370-\u052f]/.test(c || "");

  /**
   * A place in a string of the query from which a match may run; `whole`: only to its end.
   * @typedef {{run: string, at: number, whole: boolean}} Start
   */

  /**
   * Where matches may begin, by their first two characters; of a query of one character, by that.
   * @param {string} text
   */
  const startsOf = (text) => {
    /** @type {Map<string, Start[]>} */
    const starts = new Map();
    const put = (/** @type {string} */ key, /** @type {Start} */ start) => {
      const others = starts.get(key);
      if (others) others.push(start);
      else starts.set(key, [start]);
    };
    const plain = fold(text).replace(/[“”]/g, '"');
    /** @type {string[]} */
    const runs = [];
    (plain.match(/[^\s"]*"[^"]*"|[^\s"]+/g) || []).forEach((word) => {
      if (word.startsWith("-") || FIELD.test(word)) return;
      const [bare, exact] = word.split('"');
      runs.push(...(bare.match(/[\p{L}\p{N}\p{M}]+/gu) || []));
      const phrase = (exact || "").trim();
      if (phrase.length > 1) put(phrase.slice(0, 2), { run: phrase, at: 0, whole: true });
      else if (phrase) runs.push(phrase);
    });
    runs.forEach((run) => {
      if (run.length === 1 && runs.length === 1 && starts.size === 0) {
        put(run, { run, at: 0, whole: true });
      }
      // A Latin word is not cut, nor is a character of two units.
      for (let at = 0; at + 1 < run.length; at++) {
        const within = isLatin(run[at]) && isLatin(run[at - 1]);
        const low = /[\udc00-\udfff]/.test(run[at]);
        if (!within && !low) put(run.slice(at, at + 2), { run, at, whole: false });
      }
    });
    return starts;
  };

  /**
   * How far a match runs from `from`; 0: there is none.
   * @param {string} text Folded.
   * @param {number} from
   * @param {Start} start
   */
  const reach = (text, from, { run, at, whole }) => {
    let length = 0;
    while (at + length < run.length && text[from + length] === run[at + length]) length += 1;
    if (whole) return at + length === run.length ? length : 0;
    while (length > 0 && isLatin(run[at + length - 1]) && isLatin(run[at + length])) length -= 1;
    return length > 1 ? length : 0;
  };

  /**
   * The longest matches in a text from left to right.
   * @param {string} text Folded.
   * @param {Map<string, Start[]>} starts
   */
  const matches = (text, starts) => {
    const [first = ""] = starts.keys();
    /** @type {[number, number][]} */
    const found = [];
    for (let from = 0; from < text.length; ) {
      const here = starts.get(text.slice(from, from + first.length)) || [];
      const length = here.reduce((most, start) => Math.max(most, reach(text, from, start)), 0);
      if (length > 0) found.push([from, from + length]);
      from += length || 1;
    }
    return found;
  };

  /**
   * The text of an element in stretches without a break, each as its nodes.
   * @param {Element} element
   */
  const stretches = (element) => {
    /** @type {Text[][]} */
    const all = [[]];
    const cut = () => all[all.length - 1].length > 0 && all.push([]);
    const walk = (/** @type {Node} */ node) => {
      for (let child = node.firstChild; child; child = child.nextSibling) {
        if (child.nodeType === Node.TEXT_NODE) {
          all[all.length - 1].push(/** @type {Text} */ (child));
        } else if (child.nodeType === Node.ELEMENT_NODE) {
          const name = child.nodeName.toUpperCase();
          const inline = INLINE.test(name);
          const skipped = SKIPPED.test(name) || /** @type {Element} */ (child).matches(".anchor");
          if (!inline || skipped) cut();
          if (!skipped) walk(child);
          if (!inline || skipped) cut();
        }
      }
    };
    walk(element);
    return all;
  };

  /**
   * Wraps the matches in a stretch of text; a match in several nodes becomes several marks.
   * @param {Text[]} nodes
   * @param {[number, number][]} found
   */
  const wrap = (nodes, found) => {
    const places = found.map(() => /** @type {HTMLElement[]} */ ([]));
    let begin = 0;
    nodes.forEach((node) => {
      const end = begin + node.data.length;
      let rest = node;
      let at = begin;
      found.forEach(([from, to], number) => {
        const left = Math.max(from, begin);
        const right = Math.min(to, end);
        if (left >= right) return;
        const inner = left > at ? rest.splitText(left - at) : rest;
        rest = right < end ? inner.splitText(right - left) : inner;
        at = right;
        const mark = document.createElement("mark");
        mark.className = "found";
        inner.replaceWith(mark);
        mark.append(inner);
        places[number].push(mark);
      });
      begin = end;
    });
    return places;
  };

  const starts = startsOf(query);
  /** @type {HTMLElement[][]} The marks of each place. */
  const places = [];
  if (starts.size > 0) {
    document.querySelectorAll(TEXT).forEach((part) => {
      stretches(part).forEach((nodes) => {
        if (nodes.length === 0 || places.length >= MOST) return;
        const text = fold(nodes.map((node) => node.data).join(""));
        const found = matches(text, starts).slice(0, MOST - places.length);
        if (found.length > 0) places.push(...wrap(nodes, found));
      });
    });
  }
  if (places.length === 0) return;

  const words = (/** @type {string} */ key, /** @type {Record<string, number>} */ values = {}) =>
    (script.dataset[key] || "").replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

  /** Where the link leads. */
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const after = (/** @type {HTMLElement[]} */ [mark]) =>
    !target || target.compareDocumentPosition(mark) & Node.DOCUMENT_POSITION_FOLLOWING;
  const begin = Math.max(places.findIndex(after), 0);
  let place = -1;

  const status = document.createElement("p");
  status.setAttribute("role", "status");

  const light = (/** @type {boolean} */ on) =>
    (places[place] || []).forEach((mark) => mark.classList.toggle("found-here", on));

  const step = (/** @type {number} */ by) => {
    light(false);
    // The first step is to the place where the link leads, or to the one before it.
    const next = place < 0 ? begin + Math.min(by, 0) : place + by;
    place = (next + places.length) % places.length;
    light(true);
    const [mark] = places[place];
    const folds = document.querySelectorAll("details:not([open])");
    folds.forEach((closed) => closed.contains(mark) && closed.setAttribute("open", ""));
    mark.scrollIntoView({ block: "center" });
    status.textContent = words("place", { place: place + 1, count: places.length });
  };

  const remove = () => {
    places.forEach((marks) =>
      marks.forEach((mark) => {
        const parent = mark.parentNode;
        mark.replaceWith(...Array.from(mark.childNodes));
        if (parent) parent.normalize();
      }),
    );
    bar.remove();
    delete document.documentElement.dataset.found;
    main.focus({ preventScroll: true });
    const address = new URL(location.href);
    address.searchParams.delete("q");
    try {
      history.replaceState(history.state, "", address.href);
    } catch (_) {
      // On file:// some browsers forbid this; the marks are gone all the same.
    }
  };

  /** @param {string} name @param {() => void} act */
  const button = (name, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "text-button";
    made.textContent = words(name);
    made.addEventListener("click", act);
    return made;
  };

  const bar = document.createElement("div");
  bar.className = "found-bar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", words("label"));
  bar.append(
    status,
    button("previous", () => step(-1)),
    button("next", () => step(1)),
    button("remove", remove),
  );

  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = script.dataset.style || "";
  style.onload = () => {
    document.documentElement.dataset.found = "";
    main.prepend(bar);
    // Said once the bar stands there, so that screen readers notice.
    setTimeout(() => {
      status.textContent = words("count", { count: places.length });
    }, 100);
  };
  document.head.append(style);
})();
