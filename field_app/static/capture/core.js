/** The one door from the screens to what keeps, signs and delivers. */

export { surroundings, takeIn } from "../js/capture.js";
export { bytesOf, capturesOf, discard, finishAll, followCaptures, takeShot, waitingOfOthers } from "../js/captures.js";
export { stock } from "../js/codes.js";
export { closeDay } from "../js/day.js";
export { deliverFor, delivery, hurry, tallies, tryAgain } from "../js/delivery.js";
export { formOf, lastOwner, packageOf, prepare, thumbUrl } from "../js/package.js";
export { checks } from "../js/readiness.js";
export * as rules from "../js/rules.js";
export { openStore } from "../js/store.js";
export { confirmAnswers, handIn, localVisit, saveAnswers, visitsOf } from "../js/visits.js";
