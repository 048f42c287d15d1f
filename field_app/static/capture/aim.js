/**
 * What a person with a phone in the hand is told about place and direction. Pure; it shows the
 * way and judges nothing: that is done on the server, by the record.
 *
 * @typedef {import("../js/geo.js").Parts} Parts
 * @typedef {import("../js/geo.js").LonLat} LonLat
 * @typedef {{tone: "good" | "wait" | "bad", text: string}} Told
 */

import { bearingDeg, distanceM, groundState, metresPerDegree, sayDistance, wayTo } from "../js/geo.js";
import { direction } from "./words.js";

const RAD = Math.PI / 180;
/** Half of what a phone's camera sees across, less a rim: the parcel is well in the picture. */
const IN_VIEW_DEG = 20;
const LEVEL_DEG = 35;
/** Which way the kinds of the four sides look. @type {Record<string, number>} */
const SIDES = { 北向: 0, 东向: 90, 南向: 180, 西向: 270 };

/** @param {number} angle @returns {number} in (−180, 180] */
export function turn(angle) {
  return 180 - ((((180 - angle) % 360) + 360) % 360);
}

/**
 * Where the person stands. Inside and outside are claimed only where the position's own error
 * allows it.
 * @param {Parts} parts
 * @param {{lon: number, lat: number, accuracy_m: number}} fix
 * @param {number} [near_m] a photo of this kind may be taken from so far outside
 * @returns {Told}
 */
export function sayPlace(parts, fix, near_m = 0) {
  const { state, metres, way } = groundState(parts, fix);
  if (state === "possible") return { tone: "wait", text: "可能在地块内" };
  if (state === "inside") return { tone: "good", text: "在地块内" };
  if (metres <= near_m) return { tone: "good", text: `在界外 ${sayDistance(metres)}，够近，可以拍` };
  return { tone: "bad", text: `在界外 ${sayDistance(metres)}，向${direction(way.bearing_deg ?? 0)}走` };
}

/**
 * The directions in which the parcel is seen from a place outside it.
 * @param {Parts} parts
 * @param {LonLat} at
 * @returns {{middle: number, half: number}} degrees from true north, and half the width
 */
export function seenFrom(parts, at) {
  const [east, north] = metresPerDegree(at[1]);
  const outline = parts.flatMap((rings) => rings[0]);
  const angles = outline.map(([lon, lat]) => Math.atan2((lon - at[0]) * east, (lat - at[1]) * north) / RAD);
  const offs = angles.map((a) => turn(a - angles[0]));
  const low = Math.min(...offs), high = Math.max(...offs);
  return { middle: angles[0] + (low + high) / 2, half: (high - low) / 2 };
}

/**
 * Which way to turn so that the camera looks at what is wanted.
 * @param {Parts} parts
 * @param {{lon: number, lat: number} | null} fix
 * @param {number | null} heading true, degrees; null where there is no compass
 * @param {string} kind of photo
 * @returns {Told}
 */
export function sayFacing(parts, fix, heading, kind) {
  if (heading === null) return { tone: "wait", text: "没有罗盘读数，请自己对准地块" };
  const side = SIDES[kind];
  if (side !== undefined) {
    const off = turn(side - heading), wish = `正${direction(side)}`;
    return Math.abs(off) <= IN_VIEW_DEG ? { tone: "good", text: `面朝${wish}` } : { tone: "wait", text: `${sayTurn(off)}，面朝${wish}` };
  }
  if (!fix) return { tone: "wait", text: `面朝${direction(heading)}` };
  const at = /** @type {LonLat} */ ([fix.lon, fix.lat]);
  if (wayTo(parts, at).inside) return { tone: "good", text: `站在地块里，面朝${direction(heading)}` };
  const { middle, half } = seenFrom(parts, at), off = turn(middle - heading);
  if (Math.abs(off) <= Math.max(half, IN_VIEW_DEG)) return { tone: "good", text: "正对地块" };
  return { tone: "wait", text: sayTurn(off) };
}

/**
 * How far it is to where the picture from before was taken. The way is shown to the very place; the
 * server calls it the same standpoint within `near_m`.
 * @param {LonLat} there
 * @param {{lon: number, lat: number, accuracy_m: number}} fix
 * @param {number} near_m
 * @returns {Told}
 */
export function sayStandpoint(there, fix, near_m) {
  const at = /** @type {LonLat} */ ([fix.lon, fix.lat]), metres = distanceM(at, there);
  if (metres <= fix.accuracy_m) return { tone: "good", text: "就在整改前站位" };
  const far = `离整改前站位 ${sayDistance(metres)}`, wind = direction(bearingDeg(at, there));
  return metres <= near_m ? { tone: "good", text: `${far}（在${wind}），可以拍` } : { tone: "bad", text: `${far}，向${wind}走` };
}

/**
 * Which way to turn so that the camera looks as it did in the picture from before.
 * @param {number} wished true heading then, degrees
 * @param {number | null} heading true, degrees; null where there is no compass
 * @returns {Told}
 */
export function sayAsBefore(wished, heading) {
  if (heading === null) return { tone: "wait", text: `没有罗盘读数，整改前镜头朝${direction(wished)}` };
  const off = turn(wished - heading);
  return Math.abs(off) <= IN_VIEW_DEG ? { tone: "good", text: "与整改前同一朝向" } : { tone: "wait", text: `${sayTurn(off)}，与整改前同一朝向` };
}

/** @param {number} off degrees, positive to the right */
function sayTurn(off) {
  const by = Math.max(5, Math.round(Math.abs(off) / 5) * 5);
  return by >= 165 ? "请向后转" : `请向${off > 0 ? "右" : "左"}转 ${by}°`;
}

/**
 * How the phone is held.
 * @param {number | null} pitch_deg 0 at the horizon, negative towards the ground
 * @param {string} kind
 * @returns {Told | null} null where nothing is known
 */
export function sayTilt(pitch_deg, kind) {
  if (pitch_deg === null) return null;
  const by = Math.round(Math.abs(pitch_deg));
  if (by <= 8) return { tone: "good", text: "端平" };
  const text = `镜头朝${pitch_deg < 0 ? "下" : "上"} ${by}°`;
  const wide = kind === "全景" || kind in SIDES;
  return wide && by > LEVEL_DEG ? { tone: "wait", text: `${text}，放平一些` } : { tone: "good", text };
}
