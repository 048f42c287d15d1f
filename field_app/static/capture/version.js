/**
 * The worker behind the page, and a new version of it: fetched in the background, offered, and
 * taken only when the person says so. A shot is never interrupted.
 */

/** A page that stays open for days asks now and then; the browser itself asks at each opening. */
const ASK_EVERY_MS = 3_600_000;

/** @type {ServiceWorker | null} */
let waiting = null;
/** Whether it was in this tab that somebody wanted the new version. */
let wanted = false;

/** Whether a new version lies ready. */
export function newVersion() {
  return waiting !== null;
}

/** Lets the new version take over; the page then loads again by itself. */
export function takeVersion() {
  wanted = true;
  waiting?.postMessage({ type: "take-over" });
}

/**
 * Comes true once the worker answers for this page, which it does when it holds all files; never without one.
 * A page that opened in the moment in which the worker took all others, or that was loaded past it, asks to be
 * taken: else its screens would come from the line alone, though the phone holds them.
 */
export async function kept() {
  const worker = navigator.serviceWorker;
  await new Promise((done) => {
    if (worker?.controller) return done(null);
    worker?.addEventListener("controllerchange", done, { once: true });
    worker?.ready.then(({ active }) => { if (!worker.controller) active?.postMessage({ type: "take-me" }); });
  });
}

const SCOPE = { scope: "/capture/" };

/** As a module the worker can deliver when no page is open; older browsers take it without that. */
function registered() {
  return navigator.serviceWorker.register("/capture/sw.js?module", { ...SCOPE, type: "module" })
    .catch(() => navigator.serviceWorker.register("/capture/sw.js", SCOPE));
}

/** @param {() => void} told called when a new version lies ready */
export async function readyVersion(told) {
  if (!("serviceWorker" in navigator)) return;
  let ours = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (ours && wanted) location.reload();
    // Wanted in another tab: here a shot or an answer may be under way, so at the next step.
    else if (ours) window.addEventListener("hashchange", () => location.reload(), { once: true });
    ours = true; // the first worker takes nothing over
  });
  try {
    const registration = await registered();
    const look = () => {
      waiting = navigator.serviceWorker.controller ? registration.waiting : null;
      if (waiting) told();
    };
    registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
    look();
    let asked = performance.now();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || performance.now() - asked < ASK_EVERY_MS) return;
      asked = performance.now();
      registration.update().catch((error) => console.warn("no newer version seen", error));
    });
  } catch (error) {
    console.warn("no worker", error); // plain http, or no line at the first visit
  }
}
