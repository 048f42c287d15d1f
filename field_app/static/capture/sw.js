/**
 * The worker of `/capture/`: keeps the page's files on the phone, so that it opens with no signal.
 * The server puts one line before this text: `self.SHELL = {digest, page, files}`; a changed byte
 * is a new version, which is fetched in the background and takes over only when the page says so:
 * never while somebody is taking a photo.
 *
 * What is asked of `/api/` is never kept: an answer of yesterday is no receipt.
 */

const SHELL = /** @type {{digest: string, page: string, files: string[]}} */ (/** @type {any} */ (self).SHELL);
const PREFIX = "capture-shell ";
const KEPT = PREFIX + SHELL.digest;
const worker = /** @type {any} */ (self);

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(install());
});

/** All files or none: half a shell would break on a hillside. */
async function install() {
  const cache = await caches.open(KEPT);
  await Promise.all([SHELL.page, ...SHELL.files].map(async (url) => {
    const answer = await fetch(url, { cache: "no-cache", credentials: "same-origin" });
    const type = answer.headers.get("content-type") ?? "";
    // A Wi-Fi portal answers everything with a page of its own.
    const ours = answer.ok && !answer.redirected && type.includes("html") === (url === SHELL.page);
    if (!ours) throw new Error(`not our file: ${url}`);
    await cache.put(url, answer);
  }));
}

worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(activate());
});

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== KEPT) await caches.delete(name);
  await worker.clients.claim();
}

worker.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data?.type === "take-over") worker.skipWaiting();
  if (event.data?.type === "take-me") event.waitUntil(worker.clients.claim());
});

worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const request = /** @type {Request} */ (event.request);
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate" && url.pathname === SHELL.page) event.respondWith(kept(SHELL.page, request));
  else if (SHELL.files.includes(url.pathname)) event.respondWith(kept(url.pathname, request));
});

/**
 * @param {string} name
 * @param {Request} request
 */
async function kept(name, request) {
  const cache = await caches.open(KEPT);
  return (await cache.match(name)) ?? fetch(request);
}

worker.addEventListener("sync", (/** @type {any} */ event) => {
  if (event.tag === "deliver") event.waitUntil(deliver());
});

/** An open page delivers, and shows it; with none the worker does, where it has learned how to. */
async function deliver() {
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.length) for (const page of pages) page.postMessage({ type: "deliver" });
  else await worker.deliverOnce?.();
}
