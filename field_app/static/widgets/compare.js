/**
 * Two pictures of one place, one over the other, and a line between them that can be dragged, or
 * moved by the arrow keys: the control is a range input, so keyboards and screen readers know it.
 *
 * @typedef {{url: string, said: string}} Picture
 * @typedef {{before: Picture, after: Picture}} Data
 */

import { component, el } from "../js/component.js";

const START = 50;

export const mount = component((parent) => {
  const before = /** @type {HTMLImageElement} */ (el("img.before", { draggable: "false" }));
  const after = /** @type {HTMLImageElement} */ (el("img.after", { draggable: "false" }));
  const line = el("div.line", { "aria-hidden": true });
  const slider = /** @type {HTMLInputElement} */ (el("input", {
    type: "range", min: 0, max: 100, step: 1, value: START,
    "aria-label": "左边是整改前，右边是整改后。拖动或按左右方向键对照",
    oninput: place,
  }));
  const left = el("figcaption.left"), right = el("figcaption.right");
  const frame = el("div.frame", {}, before, after, slider, line,
    el("span.tag.of-before", { "aria-hidden": true }, "整改前"),
    el("span.tag.of-after", { "aria-hidden": true }, "整改后"));
  const root = el("figure.compare", {}, frame, el("div.words", {}, left, right));
  parent.append(root);

  function place() {
    const at = Number(slider.value);
    after.style.clipPath = `inset(0 0 0 ${at}%)`;
    line.style.left = `${at}%`;
    slider.setAttribute("aria-valuetext", `左边 ${at}% 是整改前`);
  }

  /**
   * @param {HTMLImageElement} image
   * @param {Picture} picture
   */
  function show(image, picture) {
    if (image.getAttribute("src") !== picture.url) image.src = picture.url;
    image.alt = picture.said;
  }

  return {
    update(given) {
      const data = /** @type {Data} */ (given.data);
      show(before, data.before);
      show(after, data.after);
      left.textContent = data.before.said;
      right.textContent = data.after.said;
      place();
    },
    stop() {
      root.remove();
    },
  };
});
