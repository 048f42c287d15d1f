/**
 * Where I am: shows the accuracy at once, and tells Python only what is worth a rerun.
 *
 * @typedef {import("../js/position.js").Fix} Fix
 */

import { component, el } from "../js/component.js";
import { distanceM } from "../js/geo.js";
import { currentState, follow, latest, retry, SAYS } from "../js/position.js";

const MOVED_M = 10;
const BETTER_AFTER_MS = 15_000;
const BETTER_BY = 0.8;

/**
 * Whether a new fix is worth a rerun: moved by more than 10 m and by more than its own error, or
 * clearly better than one that is older than 15 s.
 * @param {Fix | null} told the last one that Python was told
 * @param {Fix} fix
 */
export function worthTelling(told, fix) {
  if (!told) return true;
  const moved = distanceM([told.lon, told.lat], [fix.lon, fix.lat]);
  if (moved > Math.max(MOVED_M, Math.min(fix.accuracy_m, 100))) return true;
  return fix.at - told.at > BETTER_AFTER_MS && fix.accuracy_m < told.accuracy_m * BETTER_BY;
}

export const mount = component((parent) => {
  /** @type {(name: string, value: any) => void} */
  let setState = () => {};
  /** @type {Fix | null} */
  let told = null;
  const line = el("div.place", { role: "status" });
  parent.append(line);

  function draw() {
    const fix = latest(10 * 60_000), state = currentState();
    const failed = !fix && state !== "waiting" && state !== "fixed";
    const age = fix ? Math.max(0, Date.now() - fix.at) : 0;
    line.className = `place ${failed ? "bad" : fix && age < 60_000 && fix.accuracy_m <= 30 ? "good" : "wait"}`;
    const old = age < 60_000 ? "" : `，${Math.round(age / 60_000)} 分钟前`;
    const text = fix ? `我的位置 ±${Math.round(fix.accuracy_m)} m${old}` : failed ? SAYS[state] : SAYS.waiting;
    line.replaceChildren(el("span.dot", { "aria-hidden": true }), el("span", {}, text));
    if (failed && state !== "insecure" && state !== "unsupported") {
      line.append(el("button", { type: "button", onclick: retry }, "重试"));
    }
    if (fix && age < 60_000 && worthTelling(told, fix)) {
      told = fix;
      setState("position", { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, at: fix.at });
    }
  }

  const leave = follow(draw);
  const clock = setInterval(draw, 10_000);
  return {
    update(given) {
      setState = given.setStateValue;
      // Python has a position from before a reload of this component: no need to say it again.
      told ??= given.data?.told ?? null;
      draw();
    },
    stop() {
      leave();
      clearInterval(clock);
      line.remove();
    },
  };
});
