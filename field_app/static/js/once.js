/** Delivery with no page open: the service worker's answer to a Background Sync. */

import { LOCK } from "./delivery.js";
import { finishAll } from "./finishing.js";
import { alter, rowsOf } from "./shelf.js";
import { greet, nextOf, step } from "./sending.js";

/**
 * Sends what waits of the person who is signed in, until all is held or the line is lost. Rejects
 * where something is left, so that the browser asks again later.
 */
export async function deliverOnce() {
  await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (!lock) return; // a page does it
    const there = await greet(null);
    if (there === "no-line") throw new Error("no line");
    if (typeof there === "string") return; // only a person can sign in
    const owner = there.name;
    await finishAll(owner);
    /** @type {Set<string>} */
    const passed = new Set();
    for (;;) {
      const row = nextOf(await rowsOf(owner, { states: ["waiting"] }), (r) => !passed.has(r.uuid));
      if (!row) break;
      const outcome = await step(row, () => {});
      if (outcome.kind === "refused") await alter(row.uuid, (now) => ({ ...now, state: "refused", problem: outcome.why }));
      else if (outcome.kind === "sign-in" || outcome.kind === "other-person") return;
      else if (outcome.kind === "later" && !outcome.why) throw new Error("no line");
      else if (outcome.kind === "later" || outcome.kind === "gone") passed.add(row.uuid);
    }
    if (passed.size) throw new Error("the server could not take everything");
  });
}
