/**
 * Which way the back camera looks. Headings of phones are magnetic: the reference is handed on
 * as "M" and the server takes the declination off.
 *
 * @typedef {{heading_deg: number, pitch_deg: number, at: number, accuracy_deg?: number | null}} Look
 *   `pitch_deg` is 0 at the horizon and negative towards the ground; `accuracy_deg` as iOS says it
 */

const RAD = Math.PI / 180;
const KEEP = 120;

/** @type {Look[]} */
let looks = [];
/** @type {Set<() => void>} */
const listeners = new Set();
let listening = false;

/**
 * The direction of the back camera from the angles of a device orientation event (W3C: turned by
 * alpha about z, then beta about x, then gamma about y; the camera looks along −z).
 * @param {number} alpha
 * @param {number} beta
 * @param {number} gamma
 * @returns {{heading_deg: number | null, pitch_deg: number}} no heading where it looks straight
 *   up or down
 */
export function cameraLook(alpha, beta, gamma) {
  const [ca, sa] = [Math.cos(alpha * RAD), Math.sin(alpha * RAD)];
  const [cb, sb] = [Math.cos(beta * RAD), Math.sin(beta * RAD)];
  const [cg, sg] = [Math.cos(gamma * RAD), Math.sin(gamma * RAD)];
  const east = -(ca * sg + sa * sb * cg), north = -(sa * sg - ca * sb * cg), up = -cb * cg;
  const level = Math.hypot(east, north);
  return {
    heading_deg: level < 0.2 ? null : (Math.atan2(east, north) / RAD + 360) % 360,
    pitch_deg: Math.atan2(up, level) / RAD,
  };
}

/** @param {DeviceOrientationEvent} event */
function onTurn(event) {
  const { beta, gamma } = event;
  if (beta === null || gamma === null) return;
  let alpha = event.alpha;
  const ios = /** @type {any} */ (event).webkitCompassHeading;
  if (typeof ios === "number") alpha = 360 - ios;
  else if (!event.absolute) return; // counted from wherever the phone happened to point
  if (alpha === null) return;
  const look = cameraLook(alpha, beta, gamma);
  if (look.heading_deg === null) {
    // Held flat, as one holds a compass: the upper edge of the phone is the pointer.
    look.heading_deg = (360 - alpha) % 360;
  }
  const sure = /** @type {any} */ (event).webkitCompassAccuracy;
  const accuracy_deg = typeof sure === "number" && sure >= 0 ? sure : null;
  looks.push({ heading_deg: look.heading_deg, pitch_deg: look.pitch_deg, at: Date.now(), accuracy_deg });
  if (looks.length > KEEP) looks = looks.slice(-KEEP / 2);
  for (const listener of [...listeners]) listener();
}

/** Whether the phone wants to be asked by a tap first (iOS, which has no absolute event). */
export function needsTap() {
  const kind = /** @type {any} */ (globalThis.DeviceOrientationEvent);
  const asks = typeof kind?.requestPermission === "function";
  return asks && !("ondeviceorientationabsolute" in window) && looks.length === 0;
}

/** Must be called inside a tap. */
export async function askPermission() {
  const kind = /** @type {any} */ (globalThis.DeviceOrientationEvent);
  return (await kind.requestPermission()) === "granted";
}

/**
 * @param {() => void} listener called at every turn
 * @returns {() => void} leave
 */
export function followCompass(listener) {
  listeners.add(listener);
  if (!listening) {
    listening = true;
    const name = "ondeviceorientationabsolute" in window ? "deviceorientationabsolute" : "deviceorientation";
    window.addEventListener(name, /** @type {EventListener} */ (onTurn));
  }
  return () => listeners.delete(listener);
}

/**
 * The look nearest to `moment`, at most `within_ms` off.
 * @param {number} moment
 * @param {number} within_ms
 * @returns {Look | null}
 */
export function lookAt(moment, within_ms) {
  /** @type {Look | null} */
  let best = null;
  for (const look of looks) {
    const off = Math.abs(look.at - moment);
    if (off <= within_ms && (!best || off < Math.abs(best.at - moment))) best = look;
  }
  return best;
}

/**
 * A look as a record keeps it: magnetic, its moment as ISO 8601 in UTC.
 * @param {Look} look
 */
export function asRecordLook(look) {
  return {
    heading_deg: Number(look.heading_deg.toFixed(1)), heading_ref: "M", pitch_deg: Number(look.pitch_deg.toFixed(1)),
    at: new Date(look.at).toISOString(), accuracy_deg: look.accuracy_deg ?? null,
  };
}
