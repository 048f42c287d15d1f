/**
 * The door from the first screen to what keeps, signs and delivers. Little of it: on a slow line
 * every module is waited for. The other screens go through `core_visit.js`.
 */

export { stock } from "../js/codes.js";
export { deliverFor, delivery, hurry, tallies, tryAgain } from "../js/delivery.js";
export { finishAll } from "../js/finishing.js";
export { formOf, lastOwner, packageOf, prepare, showThumb } from "../js/package.js";
export { checks } from "../js/readiness.js";
export { holdsAnOnlyCopy, waitingOfOthers } from "../js/shelf.js";
export { openStore } from "../js/store.js";
