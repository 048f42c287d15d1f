/** Small pictures: of what was taken here, kept for ever, and of earlier photos of a parcel. */

import { get, put, tell } from "./store.js";

const WIDTH = 160;

/**
 * A picture small enough to keep; "" where the browser cannot read it (HEIC).
 * @param {Blob} file
 * @returns {Promise<string>} data URL
 */
export async function thumbnail(file) {
  try {
    const bitmap = await createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: "low" });
    const canvas = document.createElement("canvas");
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas.toDataURL("image/jpeg", 0.6);
  } catch {
    return ""; // only an ornament
  }
}

/** @param {Blob} blob @returns {Promise<string>} */
export function asDataUrl(blob) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });
}

/**
 * @param {string} key uuid of a capture, or "photo/" and the number of a photo of the server
 * @returns {Promise<string>} data URL or ""
 */
export async function thumbOf(key) {
  return fresh.get(key) ?? (await get("thumbs", key).catch(() => "")) ?? "";
}

/** Where nothing can be stored. @type {Map<string, string>} */
const fresh = new Map();

/** Who waits for a picture that may still be on its way. @type {Map<string, ((thumb: string) => void)[]>} */
const awaited = new Map();

/**
 * Shows a small picture: now, or as soon as it has come.
 * @param {string} key as for `thumbOf`
 * @param {(thumb: string) => void} show
 */
export function whenThere(key, show) {
  awaited.set(key, [...(awaited.get(key) ?? []), show]);
  thumbOf(key).then((thumb) => { if (thumb) came(key, thumb); });
}

/** @param {string} key @param {string} thumb */
function came(key, thumb) {
  const waiting = awaited.get(key) ?? [];
  awaited.delete(key);
  for (const show of waiting) show(thumb);
}

/**
 * @param {string} key
 * @param {string} thumb
 */
export async function keepThumb(key, thumb) {
  try {
    await put("thumbs", thumb, key);
  } catch {
    fresh.set(key, thumb); // a full disk: shown while the page lives
  }
  came(key, thumb);
  tell();
}
