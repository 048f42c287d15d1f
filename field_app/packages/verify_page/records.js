/** The records of phones in a package: were they signed by the keys that came along? */
import { sha256 } from "./keys.js";

const MOST_RECORD = 300_000;

/**
 * How many records there are, how many are signed by a key that is named by its own sha256, and
 * how many photos of the package these name.
 * @param {Set<string>} sound the names of the members that are as sealed
 * @param {(name: string, most: number) => Promise<Uint8Array>} read
 * @returns {Promise<{records: number, signed: number, photos: number}>}
 */
export async function records(sound, read) {
  const names = [...sound].filter((name) => name.startsWith("captures/") && name.endsWith(".record"));
  const photos = new Set([...sound].filter((n) => n.startsWith("photos/")).map((n) => n.slice(7).split(".")[0]));
  const named = new Set();
  let good = 0;
  for (const name of names) {
    const text = await read(name, MOST_RECORD);
    const found = recordIn(text);
    const device = `devices/${found?.key_id}.der`;
    const sig = name.replace(/\.record$/, ".sig");
    if (!sound.has(device) || !sound.has(sig)) continue;
    const key = await read(device, MOST_RECORD);
    const mine = (await sha256(key)) === found.key_id;
    if (mine && (await signedBy(key, text, await read(sig, MOST_RECORD)))) {
      good += 1;
      if (photos.has(found.sha256)) named.add(found.sha256);
    }
  }
  return { records: names.length, signed: good, photos: named.size };
}

/** @param {Uint8Array} text @returns {any} */
function recordIn(text) {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    return null;
  }
}

/**
 * @param {Uint8Array} spki
 * @param {Uint8Array} text
 * @param {Uint8Array} signature base64url of r‖s
 * @returns {Promise<boolean>}
 */
async function signedBy(spki, text, signature) {
  const plain = new TextDecoder().decode(signature).replace(/-/g, "+").replace(/_/g, "/");
  try {
    const raw = Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("spki", spki, curve, false, ["verify"]);
    return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, raw, text);
  } catch {
    return false;
  }
}
