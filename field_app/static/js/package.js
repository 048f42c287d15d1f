/**
 * The offline package: what a person's tasks need without signal. Kept for each person who has
 * used this phone; the last one is whom the page opens for where there is no line.
 *
 * @typedef {any} Package see docs/api.md, `GET /api/v1/package`
 */

import { ask } from "./api.js";
import { readyToSign } from "./codes.js";
import { get, tell, transaction } from "./store.js";
import { asDataUrl, keepThumb, thumbOf, whenThere } from "./thumbs.js";

const LAST = "@last";
const PATIENCE_MS = 120_000;

/** Why there is no package: `reason` for the program, the message for the person. */
export class NoPackage extends Error {
  /** @param {"offline" | "sign-in" | "refused"} reason @param {string} message */
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

/** @returns {Promise<string | null>} the login name of who used this phone last */
export async function lastOwner() {
  return (await get("packages", LAST).catch(() => undefined)) ?? null;
}

/** @param {string} owner @returns {Promise<Package | null>} */
export async function packageOf(owner) {
  return (await get("packages", owner).catch(() => undefined))?.package ?? null;
}

/**
 * The form of a visit: a visit keeps the version that it was opened with.
 * @param {Package} pack
 * @param {string | null} sha256 of the form; the package's own where nothing is said
 * @returns {import("./rules.js").Form}
 */
export function formOf(pack, sha256) {
  return (sha256 && pack.forms?.[sha256]) || pack.form;
}

/**
 * How long ago the package was last agreed with the server.
 * @param {string} owner
 * @returns {Promise<number | null>}
 */
export async function ageMs(owner) {
  const kept = await get("packages", owner).catch(() => undefined);
  return kept ? Math.max(0, Date.now() - kept.agreed_at) : null;
}

/**
 * Fetches the package of whoever is signed in. Throws NoPackage.
 * @returns {Promise<Package>}
 */
export async function fetchPackage() {
  const last = await lastOwner();
  const kept = last ? await get("packages", last) : undefined;
  const answer = await ask("GET", "/api/v1/package", "", { etag: kept?.etag, patience_ms: PATIENCE_MS });
  if (answer.kind === "sign-in") throw new NoPackage("sign-in", "登录已失效，请重新登录后再下载离线包");
  if (answer.kind === "refused") throw new NoPackage("refused", answer.why);
  if (answer.kind !== "ok") throw new NoPackage("offline", answer.kind === "later" && answer.why ? answer.why : "没有网络，没有取到离线包；手机里原有的仍可使用");
  const fresh = answer.status === 304 ? kept?.package : answer.body;
  if (typeof fresh?.person?.name !== "string") throw new NoPackage("offline", "网络返回了别的页面（可能需要先登录 Wi-Fi）");
  const entry = { package: fresh, etag: answer.etag || kept?.etag || "", agreed_at: Date.now() };
  try {
    await transaction(["packages"], "readwrite", (s) => {
      s.packages.put(entry, fresh.person.name);
      s.packages.put(fresh.person.name, LAST);
    });
  } catch (error) {
    console.warn("the package could not be kept", error);
    throw new NoPackage("refused", "手机存储已满，离线包没有存下。请清理空间后再下载");
  }
  tell();
  fetchThumbs(fresh).catch((error) => console.warn("some earlier photos are missing", error));
  return fresh;
}

let fetching = false;
/** Of a package that came while pictures of the one before were being fetched. @type {Package | null} */
let next = null;

/** Small pictures of earlier photos, one at a time, behind everything else. @param {Package} fresh */
async function fetchThumbs(fresh) {
  next = fresh;
  if (fetching) return;
  fetching = true;
  try {
    while (next) {
      const now = next;
      next = null;
      await fetchThumbsOf(now);
    }
  } finally {
    fetching = false;
  }
}

/** Goes no further once a newer package has come. @param {Package} now */
async function fetchThumbsOf(now) {
  for (const { photo_id, thumb } of now.tasks.flatMap((/** @type {any} */ t) => t.earlier ?? [])) {
    if (next) return;
    if (await thumbOf(`photo/${photo_id}`)) continue;
    const answer = await fetch(thumb, { signal: AbortSignal.timeout(60_000) });
    const isPicture = answer.ok && (answer.headers.get("content-type") ?? "").startsWith("image/");
    if (isPicture) await keepThumb(`photo/${photo_id}`, await asDataUrl(await answer.blob()));
  }
}

/**
 * Shows the small picture of an earlier photo: now, or as soon as it has been fetched.
 * @param {number} photo_id
 * @param {(src: string) => void} show gets a data URL
 */
export const showThumb = (photo_id, show) => whenThere(`photo/${photo_id}`, show);

/**
 * Everything that makes a phone ready to go out: clock, package, key, codes.
 * @param {string} owner login name
 * @returns {Promise<{key: string, codes: string, clock: boolean, package: "fetched" | string}>}
 *   `package` says why it was not fetched
 */
export async function prepare(owner) {
  const ready = await readyToSign(owner);
  try {
    await fetchPackage();
    return { ...ready, package: "fetched" };
  } catch (error) {
    if (!(error instanceof NoPackage)) throw error;
    return { ...ready, package: error.message };
  }
}
