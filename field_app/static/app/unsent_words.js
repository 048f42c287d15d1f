/**
 * What was typed into the chat and not yet sent survives a reload: Streamlit keeps nothing of it.
 * Kept for this tab and this address only, and forgotten when it was sent.
 */

const BOX = '[data-testid="stChatInputTextArea"]';
const SEND = '[data-testid="stChatInputSubmitButton"]';
const key = () => `unsent words ${location.pathname}${location.search}`;

/** Puts a text into a box that React watches over, as typing would. @param {HTMLTextAreaElement} box @param {string} text */
function type(box, text) {
  const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set;
  set?.call(box, text);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLTextAreaElement) || !box.matches(BOX)) return;
  if (box.value) sessionStorage.setItem(key(), box.value);
  else sessionStorage.removeItem(key());
});

/** @type {WeakSet<Element>} */
const met = new WeakSet();

function meet() {
  const box = /** @type {HTMLTextAreaElement | null} */ (document.querySelector(BOX));
  if (!box || box.disabled) return;
  if (met.has(box)) return;
  met.add(box);
  const kept = sessionStorage.getItem(key());
  if (kept && !box.value) type(box, kept);
}

/**
 * Sent, by Enter or by the button: the box is emptied by Streamlit, without an event of its own,
 * and the answer may bring another address.
 * @param {HTMLTextAreaElement} box
 */
function sent(box) {
  const here = key();
  setTimeout(() => { if (!box.value) sessionStorage.removeItem(here); }, 300);
}

addEventListener("keydown", (event) => {
  const box = event.target;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (box instanceof HTMLTextAreaElement && box.matches(BOX)) sent(box);
}, true);

addEventListener("click", (event) => {
  const box = /** @type {HTMLTextAreaElement | null} */ (document.querySelector(BOX));
  if (box && event.target instanceof Element && event.target.closest(SEND)) sent(box);
}, true);

new MutationObserver(meet).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
