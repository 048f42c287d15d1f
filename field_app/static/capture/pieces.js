/** Pieces that several screens draw alike. Text is always text, never markup. */

import { el } from "../js/component.js";

export { el };

const SVG = "http://www.w3.org/2000/svg";
/** Strokes on a grid of 24. @type {Record<string, string>} */
const SHAPES = {
  tasks: "M4 6l2 2 3-4M4 17l2 2 3-4M12 7h8M12 18h8",
  camera: "M4 7h4l2-3h4l2 3h4v12H4zM12 9.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
  field: "M3 19l6-10 4 6 3-4 5 8zM17 6.5a1.5 1.5 0 1 0 0-.1",
  chat: "M4 5h12v9H8l-4 4zM16 9h4v11l-3-3H10v-3",
  records: "M5 5v5h5M5.6 10A8 8 0 1 1 4 13M12 8v5l3 2",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 20c1-4 4-6 8-6s7 2 8 6",
  list: "M4 6h16M4 12h16M4 18h16",
  map: "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14",
  check: "M5 13l4 4L19 7",
  circle: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z",
  warn: "M12 4 2.5 20h19zM12 10v5M12 17.2v.3",
  bad: "M6 6l12 12M18 6 6 18",
  wait: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.5l3 2",
  back: "M14 5l-7 7 7 7",
  on: "M9 5l7 7-7 7",
  send: "M4 4l17 8-17 8 3-8zM7 12h9",
  file: "M4 5h6l2 2h8v12H4z",
  edit: "M4 20l1-5L16 4l4 4L9 19z",
  down: "M12 4v11M7 11l5 5 5-5M4 20h16",
  sun: "M5 19h14M7 16a5 5 0 0 1 10 0M12 6V4M5 9 4 8M19 9l1-1",
  torch: "M8 3h8v4l-2 3v11h-4V10L8 7zM12 13v2",
  again: "M19 5v5h-5M18.4 10A8 8 0 1 0 20 13",
  info: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8v.3",
};

/**
 * @param {string} name
 * @returns {SVGElement} an ornament: what it says stands beside it in words
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/**
 * An arrow that can be turned.
 * @returns {{node: HTMLElement, point: (degrees: number, northUp: boolean) => void}} `degrees`
 *   clockwise from the top of the screen
 */
export function arrow() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 48 48");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M24 3 38 42 24 33 10 42z");
  svg.append(path);
  const node = el("span.arrow", { "aria-hidden": "true" }, svg);
  let turned = 0;
  return {
    node,
    point(degrees, northUp) {
      // The short way round: it must not spin a whole turn when it passes north.
      turned += ((degrees - turned + 540) % 360 + 360) % 360 - 180;
      svg.style.transform = `rotate(${turned.toFixed(1)}deg)`;
      node.classList.toggle("north-up", northUp);
    },
  };
}

/**
 * @param {string} text
 * @param {{icon?: string, look?: "main" | "plain" | "danger" | "quiet", onclick?: () => void, [more: string]: any}} [how]
 * @returns {HTMLButtonElement}
 */
export function button(text, how = {}) {
  const { icon: sign, look = "plain", ...rest } = how;
  const node = el(`button.button.${look}`, { type: "button", ...rest }, sign ? icon(sign) : null, el("span", {}, text));
  return /** @type {HTMLButtonElement} */ (node);
}

/**
 * A link that looks like a button.
 * @param {string} text
 * @param {string} href
 * @param {{icon?: string, look?: "main" | "plain" | "quiet", [more: string]: any}} [how]
 */
export function link(text, href, how = {}) {
  const { icon: sign, look = "plain", ...rest } = how;
  return el(`a.button.${look}`, { href, ...rest }, sign ? icon(sign) : null, el("span", {}, text));
}

/** @typedef {"good" | "warn" | "bad" | "wait" | "blue" | "violet"} Tone */
/** Never by colour alone: in sunlight, and for one man in twelve, the sign must do. */
const SIGNS = { good: "check", warn: "warn", bad: "bad", wait: "wait", blue: "circle", violet: "edit" };

/**
 * @param {string} text
 * @param {Tone} tone
 */
export function badge(text, tone) {
  return el(`span.badge.${tone}`, {}, icon(SIGNS[tone]), text);
}

/**
 * A boxed sentence with what can be done about it.
 * @param {Tone} tone
 * @param {string | Node} text
 * @param {...(Node | null)} actions
 */
export function notice(tone, text, ...actions) {
  const box = el(`div.notice.${tone}`, {}, icon(SIGNS[tone]), el("div.words", {}, text));
  if (actions.some(Boolean)) box.append(el("div.actions", {}, ...actions));
  return box;
}

/**
 * A heading that can be given the focus when its screen opens.
 * @param {string} text
 */
export function title(text) {
  return el("h1", { tabindex: -1 }, text);
}

/**
 * One of a few, as a row of buttons.
 * @param {string} label
 * @param {{value: string, text: string}[]} choices
 * @param {string} chosen
 * @param {(value: string) => void} onchange
 */
export function segmented(label, choices, chosen, onchange) {
  const name = `s${++serial}`;
  return el("div.segmented", { role: "radiogroup", "aria-label": label }, ...choices.map(({ value, text }) =>
    el("label", {}, el("input", { type: "radio", name, value, checked: value === chosen, onchange: () => onchange(value) }), el("span", {}, text))));
}
let serial = 0;

/**
 * Tells those who do not see the screen what has happened.
 * @param {string} text
 */
export function announce(text) {
  const line = document.getElementById("said");
  if (line && line.textContent !== text) line.textContent = text;
}

let fading = 0;

/**
 * Shows a sentence for a moment, and says it.
 * @param {string} text
 */
export function toast(text) {
  const line = document.getElementById("said");
  if (!line) return;
  line.textContent = text;
  line.classList.add("seen");
  clearTimeout(fading);
  fading = setTimeout(() => line.classList.remove("seen"), TOAST_MS);
}
const TOAST_MS = 4000;

/**
 * Draws again only where something has changed: what stands there keeps focus and place.
 * @param {HTMLElement} node
 * @param {any} from all that the drawing depends on
 * @param {() => (Node | null)[]} make
 */
export function redraw(node, from, make) {
  const key = JSON.stringify(from);
  if (drawn.get(node) === key) return;
  drawn.set(node, key);
  node.replaceChildren(...make().filter((n) => n !== null));
}
/** @type {WeakMap<HTMLElement, string>} */
const drawn = new WeakMap();

/**
 * Facts as a list of names and values; empty ones are left out.
 * @param {Record<string, string>} facts
 */
export function factList(facts) {
  const rows = Object.entries(facts).filter(([, value]) => value);
  return el("dl.facts", {}, ...rows.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}
