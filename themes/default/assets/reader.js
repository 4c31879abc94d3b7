// The reader's settings: colours, size and face of the text, a band of light on the lines being
// read, reading aloud. Fetched with the first wish for them; `words.js` holds what they say.
// @ts-check
"use strict";

Object.assign(globalThis, {
  /** @param {HTMLButtonElement} button */
  inkstoneReader: (button) => {
    const page = document.documentElement;
    /** @type {Record<string, string>} */
    const words = /** @type {any} */ (globalThis).inkstoneWords;
    const word = (/** @type {string} */ key) => words[`reader_${key}`] || key;

    /**
     * @template {keyof HTMLElementTagNameMap} K
     * @param {K} tag @param {Record<string, any>} values @param {(Node | string)[]} content
     */
    const make = (tag, values, ...content) => {
      const made = Object.assign(document.createElement(tag), values);
      made.append(...content);
      return made;
    };

    /** What can be chosen; the first of each is what there is without choosing. */
    const CHOICES = {
      look: ["auto", "light", "dark", "sepia", "contrast"],
      size: ["1", "2", "3", "4"],
      face: ["hei", "song"],
    };

    /** @param {string} name @param {string} value empty: as it was */
    const choose = (name, value) => {
      if (value) page.dataset[name] = value;
      else delete page.dataset[name];
      const { look, size, face, focus } = page.dataset;
      try {
        localStorage.setItem("inkstone-reader", JSON.stringify({ look, size, face, focus }));
      } catch (_) {
        // Storage may be forbidden or full; the choice then lasts as long as the page.
      }
    };

    /** @type {HTMLInputElement[]} */
    const inputs = [];
    /** Shows what is chosen; radio buttons that stand in no page yet would forget it. */
    const show = () =>
      inputs.forEach((input) => {
        const name = /** @type {keyof typeof CHOICES} */ (input.name.replace("reader-", ""));
        input.checked = (page.dataset[name] || CHOICES[name][0]) === input.value;
      });
    const group = (/** @type {"look" | "size" | "face"} */ name) => {
      const row = make("div", { className: `reader-row reader-${name}` });
      CHOICES[name].forEach((value, place) => {
        const input = make("input", { type: "radio", name: `reader-${name}`, value });
        input.addEventListener("change", () => choose(name, place === 0 ? "" : value));
        inputs.push(input);
        const sample = make("span", { className: "reader-sample" }, word("sample"));
        sample.dataset.value = value;
        sample.setAttribute("aria-hidden", "true");
        const label = make("span", {}, word(`${name}_${value}`));
        row.append(make("label", { className: "reader-choice" }, input, sample, label));
      });
      return make("fieldset", {}, make("legend", {}, word(name)), row);
    };

    // A band of light follows the pointer, or stays where eyes rest while the text moves.
    const band = make("div", { className: "reader-band", hidden: true });
    const focus = make("input", { type: "checkbox" });
    const follow = (/** @type {PointerEvent} */ event) => {
      if (event.pointerType === "mouse") band.style.setProperty("--at", `${event.clientY}px`);
    };
    const lighten = () => {
      band.hidden = !focus.checked;
      choose("focus", focus.checked ? "lines" : "");
      const listen = focus.checked ? addEventListener : removeEventListener;
      listen("pointermove", /** @type {EventListener} */ (follow), { passive: true });
    };
    focus.checked = page.dataset.focus === "lines";
    focus.addEventListener("change", lighten);
    const lines = make("label", { className: "reader-line" }, focus, make("span", {}, word("focus")));

    const aloud = make("button", { type: "button", className: "button" }, word("aloud"));
    const silent = make("p", { className: "reader-note", hidden: true }, word("no_voice"));
    const reset = make("button", { type: "button", className: "text-button" }, word("reset"));
    reset.addEventListener("click", () => {
      ["look", "size", "face"].forEach((name) => choose(name, ""));
      show();
      focus.checked = false;
      lighten();
    });

    const panel = make(
      "div",
      { className: "reader-panel", id: "reader-panel", hidden: true },
      group("look"),
      group("size"),
      group("face"),
      lines,
      make("div", { className: "reader-foot" }, aloud, silent, reset),
    );
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", word("settings"));
    button.setAttribute("aria-controls", panel.id);
    button.after(panel);
    show();
    document.body.append(band);
    if (focus.checked) lighten();

    const toggle = (open = panel.hidden === true) => {
      panel.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      const first = open ? panel.querySelector("input:checked") : null;
      if (first) /** @type {HTMLElement} */ (first).focus();
    };
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || panel.hidden) return;
      toggle(false);
      button.focus();
    });
    addEventListener("pointerdown", (event) => {
      const target = /** @type {Node} */ (event.target);
      if (!panel.hidden && !panel.contains(target) && !button.contains(target)) toggle(false);
    });
    panel.addEventListener("focusout", (event) => {
      const next = /** @type {Node | null} */ (event.relatedTarget);
      if (next && !panel.contains(next) && next !== button) toggle(false);
    });

    // Reading aloud, where the browser has a voice for the page's language.
    const SPOKEN = "h1, h2, h3, h4, h5, h6, p, li, dt, dd, th, td, blockquote, figcaption";
    const text = document.querySelector(".page-main .prose");
    const speech = window.speechSynthesis;
    const language = page.lang.slice(0, 2);
    const voice = () => {
      const voices = speech ? speech.getVoices() : [];
      return voices.find(({ lang }) => lang.slice(0, 2).toLowerCase() === language);
    };
    const offer = () => {
      aloud.hidden = !text || !voice();
      silent.hidden = !text || !aloud.hidden;
    };
    offer();
    if (speech && speech.addEventListener) speech.addEventListener("voiceschanged", offer);

    /** @type {{block: Element, words: string}[]} */
    let parts = [];
    let place = 0;
    let speaking = false;
    const pause = make("button", { type: "button", className: "button" }, word("pause"));
    const stop = make("button", { type: "button", className: "text-button" }, word("stop"));
    const player = make("div", { className: "reader-player", hidden: true }, pause, stop);
    player.setAttribute("role", "group");
    player.setAttribute("aria-label", word("aloud"));
    document.body.append(player);

    /** Browsers cut long speeches short, so every sentence is one of its own. */
    const sentences = () => {
      const blocks = text ? Array.from(text.querySelectorAll(SPOKEN)) : [];
      const innermost = blocks.filter((block) => !block.querySelector(SPOKEN));
      return innermost.reduce((all, block) => {
        const copy = /** @type {Element} */ (block.cloneNode(true));
        copy.querySelectorAll(".anchor, .footnote-reference").forEach((mark) => mark.remove());
        const found = (copy.textContent || "").match(/[^。！？；.!?;]+[。！？；.!?;]*/g) || [];
        const spoken = found.map((words) => words.trim()).filter(Boolean);
        spoken.forEach((words) => all.push({ block, words }));
        return all;
      }, /** @type {typeof parts} */ ([]));
    };
    const mark = (/** @type {Element | null} */ block) => {
      document.querySelectorAll(".being-read").forEach((old) => old.classList.remove("being-read"));
      if (!block) return;
      block.classList.add("being-read");
      const { top, bottom } = block.getBoundingClientRect();
      if (top < 96 || bottom > innerHeight - 96) block.scrollIntoView({ block: "center" });
    };
    const quiet = () => {
      speaking = false;
      speech.cancel();
      pause.textContent = word("resume");
    };
    const end = () => {
      quiet();
      mark(null);
      player.hidden = true;
    };
    const speak = () => {
      const part = parts[place];
      if (!part) return end();
      mark(part.block);
      const said = new SpeechSynthesisUtterance(part.words);
      said.lang = page.lang;
      said.voice = voice() || null;
      said.onend = () => {
        if (!speaking) return;
        place += 1;
        speak();
      };
      speech.speak(said);
    };
    const resume = () => {
      speaking = true;
      pause.textContent = word("pause");
      speak();
    };
    aloud.addEventListener("click", () => {
      end();
      parts = sentences();
      // From where the reader is, not from the top.
      const seen = parts.findIndex(({ block }) => block.getBoundingClientRect().bottom > 96);
      place = Math.max(0, seen);
      toggle(false);
      player.hidden = false;
      pause.focus();
      resume();
    });
    pause.addEventListener("click", () => (speaking ? quiet() : resume()));
    stop.addEventListener("click", end);
    addEventListener("pagehide", () => {
      if (speaking) quiet();
    });

    return { toggle: () => toggle() };
  },
});
