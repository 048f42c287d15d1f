/**
 * A date field that is touched opens its calendar and the keyboard at once. Where the date is typed,
 * Streamlit leaves the calendar open over the buttons below: it goes once the date is whole, or by
 * Enter. Chosen in the calendar, a date closes it by itself.
 */

const FIELD = '[data-testid="stDateInputField"]';
const CALENDAR = '[data-testid="stDateInputCalendar"]';
const ESCAPE = { key: "Escape", code: "Escape", bubbles: true, cancelable: true };

let typed = "";

/** @param {EventTarget | null} target @param {string} part */
function segmentOf(target, part) {
  return target instanceof Element ? target.closest(`${FIELD} ${part}`) : null;
}

/** The calendar's own way out, taken by the field; the focus stays where it is. @param {Element} segment */
function closeCalendar(segment) {
  if (document.querySelector(CALENDAR)) segment.dispatchEvent(new KeyboardEvent("keydown", ESCAPE));
}

addEventListener("focusin", () => { typed = ""; }, true);

addEventListener("beforeinput", ({ target, data }) => {
  const day = segmentOf(target, "[data-type=day]");
  if (!day || !data || !/^\d+$/.test(data)) return;
  typed += data;
  if (typed.length < 2 && Number(typed) <= 3) return; // a 10, 20 or 30 may follow
  setTimeout(() => {
    if (!day.closest(FIELD)?.querySelector("[data-placeholder]")) closeCalendar(day);
  });
}, true);

addEventListener("keydown", ({ target, key }) => {
  const segment = key === "Enter" ? segmentOf(target, "[data-type]") : null;
  if (segment) setTimeout(() => closeCalendar(segment));
}, true);
