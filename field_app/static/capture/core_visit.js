/** The door from the screens of a visit to what keeps, signs and delivers. */

export * from "./core.js";
export { surroundings, takeIn } from "../js/capture.js";
export { bytesOf, capturesOf, discard, followCaptures, takeShot } from "../js/captures.js";
export { closeDay, takenSince } from "../js/day.js";
export { formerDays, prune } from "../js/pruning.js";
export * as rules from "../js/rules.js";
export { confirmAnswers, fillLikeLast, handIn, localVisit, saveAnswers, visitsOf } from "../js/visits.js";
