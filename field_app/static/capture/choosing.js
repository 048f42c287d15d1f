/** A long list to choose from: a dialog with a field that finds. */

import { button, el, icon, redraw } from "./pieces.js";

/** Nobody searches among so few. */
const FEW = 12;

/**
 * @param {string} label
 * @param {{value: string, label: string}[]} options
 * @param {string | null} held
 * @returns {Promise<string | null | undefined>} null: nothing any more; undefined: as it was
 */
export function chooseFrom(label, options, held) {
  return new Promise((done) => {
    let words = "";
    /** @type {string | null | undefined} */
    let chosen;
    const list = el("ul.options", { "aria-label": label });
    const count = el("p.soft", { role: "status" });
    const search = el("input", { type: "search", placeholder: "输入名称或编码查找", "aria-label": `查找${label}`, oninput: (/** @type {any} */ e) => { words = e.target.value.trim(); draw(); } });
    const dialog = /** @type {HTMLDialogElement} */ (el("dialog.chooser", { "aria-label": label, onclose: () => { dialog.remove(); done(chosen); } },
      el("div.chooser-head", {}, el("h2", {}, label), button("关闭", { look: "quiet", onclick: () => dialog.close() })),
      search, count, list, held ? button("不选", { onclick: () => end(null) }) : null));

    search.hidden = count.hidden = options.length <= FEW;

    /** @param {string | null} value */
    function end(value) {
      chosen = value;
      dialog.close();
    }

    function draw() {
      const found = options.filter((o) => `${o.label} ${o.value}`.toLowerCase().includes(words.toLowerCase()));
      count.textContent = found.length ? `${found.length} 项` : "没有这一项，换个词再试";
      redraw(list, [words], () => found.map((o) => el("li", {},
        el("button", { type: "button", "aria-pressed": String(o.value === held), onclick: () => end(o.value) }, el("span", {}, o.label), o.value === held ? icon("check") : null))));
    }

    document.body.append(dialog);
    draw();
    dialog.showModal();
  });
}
