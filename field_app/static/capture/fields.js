/**
 * One question as a field: what it looks like, and the value it gives. A field is made once and
 * kept while its question is shown, so that nobody loses what he is typing.
 *
 * @typedef {object} Field
 * @property {HTMLElement} node
 * @property {(value: any, options: any[], wrong: string, required: boolean) => void} show
 * @typedef {(value: any) => void} Give called with a value as the draft keeps it; null empties it
 */

import { chooseFrom } from "./choosing.js";
import { button, el, icon, redraw } from "./pieces.js";

/** So many options stand on a phone's screen at once. */
const ALL_SEEN = 12;
const SEGMENTS = 3;
const MAX_TEXT = 2000;
const PAUSE_MS = 400;

/**
 * @param {any} q the question
 * @param {Give} give
 * @returns {Field}
 */
export function makeField(q, give) {
  const id = `q-${q.name}`;
  const { control, set, label } = controlOf(q, id, give);
  const error = el("p.wrong", { id: `${id}-wrong`, role: "alert" });
  const name = el(label === "legend" ? "legend" : "label", label === "legend" ? { id: `${id}-label` } : { for: id, id: `${id}-label` });
  const hint = q.hint ? el("p.soft", { id: `${id}-hint` }, q.hint) : null;
  const node = el(label === "legend" ? "fieldset.field" : "div.field", { id: `field-${q.name}`, "data-question": q.name }, name, hint, control, error);
  return {
    node,
    show(value, options, wrong, required) {
      redraw(name, [q.label, required], () => [el("span", {}, q.label), required ? null : el("span.soft", {}, "（选填）")]);
      redraw(error, wrong, () => (wrong ? [icon("warn"), el("span", {}, wrong)] : []));
      node.classList.toggle("is-wrong", Boolean(wrong));
      set(value, options, required, [hint?.id, wrong ? error.id : ""].filter(Boolean).join(" "), Boolean(wrong));
    },
  };
}

/**
 * @typedef {(value: any, options: any[], required: boolean, described: string, wrong: boolean) => void} Set
 * @param {any} q
 * @param {string} id
 * @param {Give} give
 * @returns {{control: HTMLElement, set: Set, label: "label" | "legend"}}
 */
function controlOf(q, id, give) {
  if (q.kind === "select_one") return choosing(q, id, give);
  if (q.kind === "select_multiple") return several(q, id, give);
  return typed(q, id, give);
}

/** @param {HTMLElement} node @param {string} described @param {boolean} wrong @param {boolean} required */
function describe(node, described, wrong, required) {
  if (described) node.setAttribute("aria-describedby", described);
  else node.removeAttribute("aria-describedby");
  node.setAttribute("aria-invalid", String(wrong));
  if (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) node.setAttribute("aria-required", String(required));
}

/** @param {any} q @param {string} id @param {Give} give */
function typed(q, id, give) {
  const number = q.kind === "decimal" || q.kind === "integer";
  const input = /** @type {HTMLInputElement} */ (q.kind === "text"
    ? el("textarea", { id, rows: 3, maxlength: MAX_TEXT, placeholder: q.hint || "" })
    : el("input", { id, type: q.kind === "date" ? "date" : "text", inputmode: number ? (q.kind === "integer" ? "numeric" : "decimal") : false, placeholder: number ? (q.kind === "integer" ? "整数，如 3" : "如 3.25") : "", autocomplete: "off" }));
  const bad = el("p.wrong", { role: "alert" });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pausing;
  const hand = () => {
    clearTimeout(pausing);
    const value = valueOf(q.kind, input.value);
    const broken = value === undefined;
    redraw(bad, broken, () => (broken ? [icon("warn"), el("span", {}, q.kind === "integer" ? "请填整数，如 3" : "请填数字，如 3.25")] : []));
    if (!broken) give(value);
  };
  input.addEventListener("input", () => { clearTimeout(pausing); pausing = setTimeout(hand, PAUSE_MS); });
  for (const when of ["change", "blur"]) input.addEventListener(when, hand);
  return {
    control: el("div", {}, input, bad), label: /** @type {const} */ ("label"),
    /** @type {Set} */
    set(value, _options, required, described, wrong) {
      describe(input, described, wrong, required);
      if (document.activeElement === input) return; // what is being typed is the newest
      const text = value === null || value === undefined ? "" : String(value);
      if (input.value !== text && valueOf(q.kind, input.value) !== undefined) input.value = text;
    },
  };
}

/**
 * What was typed, as the draft keeps it; undefined where it is no number.
 * @param {string} kind
 * @param {string} text
 * @returns {any}
 */
export function valueOf(kind, text) {
  const plain = text.trim();
  if (!plain) return null;
  if (kind !== "decimal" && kind !== "integer") return kind === "text" ? text : plain;
  // Keyboards of China give full-width digits and points.
  const half = plain.normalize("NFKC").replaceAll("。", ".").replaceAll(",", "");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(half)) return undefined;
  const number = Number(half);
  if (!Number.isFinite(number) || (kind === "integer" && !Number.isInteger(number))) return undefined;
  return kind === "decimal" ? Number(number.toFixed(4)) : number;
}

/** @param {any} q @param {string} id @param {Give} give */
function choosing(q, id, give) {
  const box = el("div.choose");
  const opened = button("", { id, look: "plain", class: "button plain opens", "aria-haspopup": "dialog", onclick: () => pick() });
  /** @type {any[]} */
  let offered = [];
  /** @type {any} */
  let held = null;
  async function pick() {
    const value = await chooseFrom(q.label, offered, held);
    if (value !== undefined) give(value);
    opened.focus();
  }
  return {
    control: box, label: /** @type {const} */ ("legend"),
    /** @type {Set} */
    set(value, options, required, described, wrong) {
      offered = options;
      held = value ?? null;
      const few = options.length <= SEGMENTS && options.every((o) => o.label.length <= 6);
      if (options.length > ALL_SEEN || (!required && !few)) {
        const said = options.find((o) => o.value === value)?.label ?? (options.length > ALL_SEEN ? "请选择（可查找）" : "请选择");
        redraw(opened, said, () => [el("span", {}, said), icon("list")]);
        opened.setAttribute("aria-labelledby", `${id}-label ${id}`);
        if (opened.parentElement !== box) box.replaceChildren(opened);
        describe(opened, described, false, required);
        opened.removeAttribute("aria-invalid");
        return;
      }
      redraw(box, [options, few], () => [
        el(`div.${few ? "segmented" : "radios"}`, { role: "radiogroup", "aria-labelledby": `${id}-label` }, ...options.map((o) =>
          el("label", {}, el("input", { type: "radio", name: id, value: o.value, onchange: () => give(o.value) }), el("span", {}, o.label)))),
        button("不选", { look: "quiet", class: "button quiet nothing", onclick: () => give(null) }),
      ]);
      // Only the marks are set anew: a group that is drawn again loses the keyboard.
      for (const input of box.querySelectorAll("input")) input.checked = input.value === value;
      const nothing = /** @type {HTMLElement} */ (box.querySelector(".nothing"));
      nothing.hidden = required || !value;
      const group = /** @type {HTMLElement | null} */ (box.firstElementChild);
      if (group) {
        if (described) group.setAttribute("aria-describedby", described);
        else group.removeAttribute("aria-describedby");
        group.setAttribute("aria-invalid", String(wrong));
      }
    },
  };
}

/** @param {any} q @param {string} id @param {Give} give */
function several(q, id, give) {
  const box = el("div.radios", { role: "group", "aria-labelledby": `${id}-label` });
  const gather = () => {
    const chosen = [...box.querySelectorAll("input")].filter((input) => input.checked).map((input) => input.value);
    give(chosen.length ? chosen.sort() : null);
  };
  return {
    control: box, label: /** @type {const} */ ("legend"),
    /** @type {Set} */
    set(value, options, _required, described) {
      const held = new Set(value ?? []);
      if (described) box.setAttribute("aria-describedby", described);
      redraw(box, options, () => options.map((o) => el("label", {}, el("input", { type: "checkbox", value: o.value, onchange: gather }), el("span", {}, o.label))));
      for (const input of box.querySelectorAll("input")) input.checked = held.has(input.value);
    },
  };
}
