/** The office's public key: read from what somebody pasted, and asked whether it signed. */

const PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

/**
 * A key by its SubjectPublicKeyInfo, or only its fingerprint.
 * @typedef {{spki: Uint8Array | null, id: string}} Key
 */

/** @param {Uint8Array} bytes @returns {Promise<string>} lower hex */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A key from PEM, from base64 of its DER or its 32 bytes, or from its fingerprint; null where the
 * text is none of these.
 * @param {string} text
 * @returns {Promise<Key | null>}
 */
export async function readKey(text) {
  const plain = text.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, "").replace(/\s+/g, "");
  if (/^[0-9a-f]{64}$/i.test(plain)) return { spki: null, id: plain.toLowerCase() };
  if (!/^[A-Za-z0-9+/]{40,80}={0,2}$/.test(plain)) return null;
  let raw;
  try {
    raw = Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
  const spki = raw.length === 32 ? Uint8Array.of(...PREFIX, ...raw) : raw;
  if (spki.length !== 44 || PREFIX.some((byte, n) => spki[n] !== byte)) return null;
  return { spki, id: await sha256(spki) };
}

/**
 * Whether the key made the signature; null where this browser knows no Ed25519.
 * @param {Key} key
 * @param {Uint8Array} text
 * @param {Uint8Array} signature
 * @returns {Promise<boolean | null>}
 */
export async function signed(key, text, signature) {
  if (!key.spki) return false;
  let known;
  try {
    known = await crypto.subtle.importKey("spki", key.spki, "Ed25519", false, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") return null;
    return false;
  }
  return crypto.subtle.verify("Ed25519", known, signature, text);
}

/** @param {string} id @returns {string} in fours, for the eye */
export function fingerprint(id) {
  return (id.match(/.{1,4}/g) ?? []).join(" ");
}
