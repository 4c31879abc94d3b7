// @ts-check
// Tabs side by side, large pictures above the page, and a button that copies code. Without it the
// tabs stand one below another, and a picture leads to its file.

(() => {
  const strings = /** @type {HTMLElement | null} */ (document.getElementById("inkstone-strings"));
  const words = strings ? strings.dataset : {};

  document.querySelectorAll(".prose .tabs").forEach((box, number) => {
    /** @type {HTMLElement[]} */
    const panels = Array.from(box.querySelectorAll(":scope > .tab"));
    if (panels.length < 2) return;
    const list = document.createElement("div");
    list.className = "tab-list";
    list.setAttribute("role", "tablist");
    /** @type {HTMLButtonElement[]} */
    const buttons = [];

    /** @param {number} chosen @param {boolean} [focus] */
    const choose = (chosen, focus) => {
      panels.forEach((panel, place) => {
        panel.hidden = place !== chosen;
        buttons[place].setAttribute("aria-selected", String(place === chosen));
        buttons[place].tabIndex = place === chosen ? 0 : -1;
      });
      if (focus) buttons[chosen].focus();
    };

    panels.forEach((panel, place) => {
      const title = /** @type {HTMLElement | null} */ (panel.querySelector(".tab-title"));
      const button = document.createElement("button");
      button.type = "button";
      button.id = `tabs-${number}-${place}`;
      button.textContent = title ? title.textContent : String(place + 1);
      button.setAttribute("role", "tab");
      panel.id = panel.id || `tabs-${number}-${place}-panel`;
      button.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", button.id);
      if (title) title.hidden = true;
      button.addEventListener("click", () => choose(place));
      buttons.push(button);
      list.append(button);
    });
    list.addEventListener("keydown", (event) => {
      const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
      const last = buttons.length - 1;
      /** @type {Record<string, number>} */
      const next = {
        ArrowRight: at === last ? 0 : at + 1,
        ArrowLeft: at === 0 ? last : at - 1,
        Home: 0,
        End: last,
      };
      if (at >= 0 && event.key in next) {
        event.preventDefault();
        choose(next[event.key], true);
      }
    });
    box.prepend(list);
    choose(0);
    // A link into a tab, or a search hit, opens it.
    const reveal = () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const place = panels.findIndex((panel) => target && panel.contains(target));
      if (place >= 0) choose(place);
    };
    addEventListener("hashchange", reveal);
    reveal();
  });

  document.querySelectorAll(".prose .zoom").forEach((link) => {
    link.addEventListener("click", (event) => {
      const { button, ctrlKey, metaKey, shiftKey, altKey } = /** @type {MouseEvent} */ (event);
      const small = link.querySelector("img");
      const box = document.createElement("dialog");
      if (button || ctrlKey || metaKey || shiftKey || altKey || !small || !box.showModal) return;
      event.preventDefault();
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = words.close || "";
      const whole = document.createElement("img");
      whole.src = /** @type {HTMLAnchorElement} */ (link).href;
      whole.alt = small.alt;
      box.className = "zoomed";
      box.setAttribute("aria-label", small.alt || words.close || "");
      box.append(close, whole);
      box.addEventListener("click", () => box.close());
      box.addEventListener("close", () => box.remove());
      document.body.append(box);
      box.showModal();
    });
  });

  // On paper nothing can be unfolded.
  /** @type {HTMLDetailsElement[]} */
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = Array.from(document.querySelectorAll(".prose details:not([open])"));
    unfolded.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => unfolded.forEach((details) => (details.open = false)));

  if (!navigator.clipboard || !words.copy) return;
  document.querySelectorAll(".prose pre > code").forEach((code) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy || "";
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(code.textContent || "").then(() => {
        button.textContent = words.copied || "";
        setTimeout(() => (button.textContent = words.copy || ""), 2000);
      });
    });
    code.before(button);
  });
})();
