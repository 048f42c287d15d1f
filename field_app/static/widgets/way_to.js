/**
 * The way to the parcel: distance and an arrow, live, without a single rerun.
 *
 * @typedef {{parts: import("../js/geo.js").Parts, declination_deg: number}} Data
 */

import { askPermission, followCompass, lookAt, needsTap } from "../js/compass.js";
import { component, el } from "../js/component.js";
import { sayDistance, wayTo, windOf } from "../js/geo.js";
import { currentState, follow, latest, retry, SAYS } from "../js/position.js";

/**
 * What to say. Inside and outside are claimed only where the position's own error allows it.
 * @param {import("../js/geo.js").Way} way
 * @param {number} accuracy_m
 * @returns {{look: "in" | "maybe" | "out", big: string, small: string}}
 */
export function sayWay(way, accuracy_m) {
  const error = `定位 ±${Math.round(accuracy_m)} m`;
  if (way.edge_m <= accuracy_m) {
    const side = way.inside ? "内侧" : "外侧";
    return { look: "maybe", big: "可能在地块内", small: `在边界${side} ${sayDistance(way.edge_m)}，${error}` };
  }
  if (way.inside) return { look: "in", big: "在地块内", small: `距边界 ${sayDistance(way.edge_m)}，${error}` };
  return { look: "out", big: `距地块 ${sayDistance(way.distance_m)}`, small: `往${windOf(way.bearing_deg ?? 0)}方向走，${error}` };
}

export const mount = component((parent) => {
  /** @type {Data | undefined} */
  let data;
  let turned = 0;
  const arrow = el("div.arrow", { "aria-hidden": true });
  arrow.innerHTML = '<svg viewBox="0 0 48 48"><path d="M24 3 38 42 24 33 10 42z"/></svg>';
  const big = el("div.big"), small = el("div.small");
  const action = el("button", { type: "button", hidden: true });
  const root = el("section.way", { role: "status" }, arrow, el("div.words", {}, big, small), action);
  parent.append(root);

  /**
   * @param {string} text
   * @param {() => void} work
   */
  function offer(text, work) {
    action.hidden = !text;
    action.textContent = text;
    action.onclick = work;
  }

  function draw() {
    if (!data) return;
    const fix = latest(120_000), state = currentState();
    if (!fix) {
      const failed = state !== "waiting" && state !== "fixed";
      root.className = `way ${failed ? "none" : "wait"}`;
      big.textContent = failed ? "不知道您在哪里" : "正在定位…";
      small.textContent = failed ? SAYS[state] : "请到开阔处稍等";
      offer(failed && state !== "insecure" && state !== "unsupported" ? "重试" : "", retry);
      return;
    }
    const way = wayTo(data.parts, [fix.lon, fix.lat]);
    const says = sayWay(way, fix.accuracy_m), age = Math.round((Date.now() - fix.at) / 1000);
    root.className = `way ${says.look}`;
    big.textContent = says.big;
    small.textContent = says.small + (age > 20 ? `（${age} 秒前）` : "");
    if (way.bearing_deg !== null) point(way.bearing_deg);
    const compass = needsTap() && says.look === "out";
    offer(compass ? "让箭头随手机转" : "", () => { askPermission().then(draw); });
  }

  /** @param {number} bearing_deg true */
  function point(bearing_deg) {
    const look = lookAt(Date.now(), 2000);
    const heading = look ? look.heading_deg + (data?.declination_deg ?? 0) : 0;
    // The short way round: an arrow must not spin a whole turn when it passes north.
    const goal = bearing_deg - heading, off = ((goal - turned + 540) % 360 + 360) % 360 - 180;
    turned += off;
    const needle = /** @type {SVGElement} */ (arrow.firstElementChild);
    needle.style.transform = `rotate(${turned.toFixed(1)}deg)`;
    arrow.classList.toggle("north-up", !look);
  }

  let drawing = 0;
  const soon = () => {
    drawing ||= requestAnimationFrame(() => { drawing = 0; draw(); });
  };
  const leave = [follow(soon), followCompass(soon)];
  const clock = setInterval(draw, 5000);
  return {
    update(given) {
      data = /** @type {Data} */ (given.data);
      draw();
    },
    stop() {
      leave.forEach((go) => go());
      clearInterval(clock);
      cancelAnimationFrame(drawing);
      root.remove();
    },
  };
});
