/**
 * What a receipt teaches a visit on this phone: its number on the server, and how it stands.
 *
 * @typedef {import("./visits.js").Local} Local
 */

import { change, tell } from "./store.js";

/** What the states of a receipt mean for the visit. @type {Record<string, Local["state"]>} */
const MEANS = { submitted: "submitted", "waiting-photos": "handed-in", held: "held", refused: "held" };

/**
 * A receipt came: of a hand-in of this visit, or of a photo that tells its number.
 * @param {import("./record.js").Row} row
 * @param {any} receipt
 */
export async function learn(row, receipt) {
  await change("visits", row.visit, (/** @type {Local} */ local) => {
    const inspection = receipt.inspection ?? local.inspection;
    const latest = row.type === "visit" && row.uuid === local.hand_in;
    const state = latest ? MEANS[receipt.state] ?? local.state : local.state;
    const next = { ...local, inspection, state, ...(latest ? { receipt, why: state === "held" ? receipt.why ?? "" : "" } : {}) };
    return JSON.stringify(next) === JSON.stringify(local) ? undefined : next;
  }).catch((error) => console.warn("a visit did not learn of its receipt", error));
  tell();
}
