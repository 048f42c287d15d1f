/**
 * The EXIF block of a photo from the live camera: a canvas writes none, and a photo that leaves
 * our hands must say by itself where and when it was taken. The block is piexifjs's; putting it
 * into the file is ours: it goes right behind the first two bytes, and nothing else is touched.
 *
 * @typedef {import("./record.js").Position} Position
 * @typedef {import("./record.js").Look} Look
 * @typedef {{uuid: string, shot_at: number, zone_offset_min: number, position: Position | null,
 *            look: Look | null}} Facts `shot_at` by the phone's clock (ms)
 */

import { piexif } from "../vendor/piexif/piexif.js";

const SOFTWARE = "shidi capture page";
// Of EXIF 2.31, which piexifjs does not know.
const OFFSETS = { 36880: "OffsetTime", 36881: "OffsetTimeOriginal", 36882: "OffsetTimeDigitized" };
for (const [tag, name] of Object.entries(OFFSETS)) piexif.TAGS.Exif[tag] = { name, type: "Ascii" };

/** @param {number} n @param {number} [digits] */
const padded = (n, digits = 2) => String(n).padStart(digits, "0");

/** @param {Date} d its UTC fields are written */
const day = (d) => `${padded(d.getUTCFullYear(), 4)}:${padded(d.getUTCMonth() + 1)}:${padded(d.getUTCDate())}`;

/** @param {Date} d */
const time = (d) => `${padded(d.getUTCHours())}:${padded(d.getUTCMinutes())}:${padded(d.getUTCSeconds())}`;

/** @param {number} value @param {number} per */
const rational = (value, per) => [Math.round(value * per), per];

/**
 * Degrees, minutes and seconds to 1/10000 of a second (3 mm), as phones write them.
 * @param {number} degrees
 */
export function degreesMinutesSeconds(degrees) {
  const parts = Math.round(Math.abs(degrees) * 36_000_000);
  return [[Math.floor(parts / 36_000_000), 1], [Math.floor(parts / 600_000) % 60, 1], [parts % 600_000, 10_000]];
}

/**
 * @param {Position} p
 * @param {Look | null} look
 */
function gps(p, look) {
  const at = new Date(p.fixed_at);
  /** @type {Record<number, any>} */
  const block = {
    0: [2, 3, 0, 0],
    1: p.lat < 0 ? "S" : "N", 2: degreesMinutesSeconds(p.lat),
    3: p.lon < 0 ? "W" : "E", 4: degreesMinutesSeconds(p.lon),
    7: [[at.getUTCHours(), 1], [at.getUTCMinutes(), 1], [at.getUTCSeconds(), 1]],
    18: "WGS-84",
    29: day(at),
    31: rational(p.accuracy_m, 100),
  };
  if (p.altitude_m !== null) {
    block[5] = [p.altitude_m < 0 ? 3 : 2]; // above or below the ellipsoid (EXIF 3.0), as browsers tell it
    block[6] = rational(Math.abs(p.altitude_m), 100);
  }
  if (p.speed_m_s !== null) {
    block[12] = "K";
    block[13] = rational(p.speed_m_s * 3.6, 100);
  }
  if (look) {
    block[16] = look.heading_ref;
    block[17] = rational(look.heading_deg, 100);
  }
  return block;
}

/**
 * The whole APP1 segment, marker and length included.
 * @param {Facts} facts
 * @returns {Uint8Array}
 */
export function exifSegment(facts) {
  const local = new Date(facts.shot_at + facts.zone_offset_min * 60_000);
  const at = `${day(local)} ${time(local)}`;
  const east = Math.abs(facts.zone_offset_min);
  const zone = `${facts.zone_offset_min < 0 ? "-" : "+"}${padded(Math.floor(east / 60))}:${padded(east % 60)}`;
  const part = padded(local.getUTCMilliseconds(), 3);
  const block = {
    "0th": { 274: [1], 305: SOFTWARE, 306: at },
    Exif: {
      36864: "0232", 36867: at, 36868: at, 36880: zone, 36881: zone, 36882: zone,
      37520: part, 37521: part, 37522: part, 42016: facts.uuid.replaceAll("-", ""),
    },
    ...(facts.position ? { GPS: gps(facts.position, facts.look) } : {}),
  };
  const text = /** @type {string} */ (piexif.dump(block));
  const segment = new Uint8Array(text.length + 4);
  segment.set([0xff, 0xe1, (text.length + 2) >> 8, (text.length + 2) & 0xff]);
  for (let i = 0; i < text.length; i++) segment[i + 4] = text.charCodeAt(i);
  return segment;
}

/** Whether these are the first bytes of a JPEG. @param {ArrayBuffer} bytes */
export function isJpeg(bytes) {
  const [a, b, c] = new Uint8Array(bytes, 0, Math.min(3, bytes.byteLength));
  return a === 0xff && b === 0xd8 && c === 0xff;
}

/**
 * The file with a segment put in as its first.
 * @param {ArrayBuffer} bytes a JPEG
 * @param {Uint8Array | null | undefined} segment none leaves the file as it is
 * @returns {ArrayBuffer}
 */
export function spliced(bytes, segment) {
  if (!segment) return bytes;
  const whole = new Uint8Array(bytes.byteLength + segment.length);
  whole.set(new Uint8Array(bytes, 0, 2));
  whole.set(segment, 2);
  whole.set(new Uint8Array(bytes, 2), 2 + segment.length);
  return whole.buffer;
}

/**
 * A JPEG of the live camera with its EXIF.
 * @param {ArrayBuffer} bytes
 * @param {Facts} facts
 * @returns {Uint8Array} the bytes as they were where they are no JPEG
 */
export function writeExif(bytes, facts) {
  return new Uint8Array(isJpeg(bytes) ? spliced(bytes, exifSegment(facts)) : bytes);
}
