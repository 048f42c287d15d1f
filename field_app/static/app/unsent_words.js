/**
 * What was typed into the chat and not yet sent survives a reload: Streamlit keeps nothing of it.
 * Kept for this tab and this address only, and forgotten when it was sent.
 */

const BOX = '[data-testid="stChatInputTextArea"]';
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
  const kept = sessionStorage.getItem(key());
  if (!met.has(box)) {
    met.add(box);
    if (kept && !box.value) type(box, kept);
  } else if (kept && !box.value && document.activeElement !== box) {
    sessionStorage.removeItem(key()); // it was sent by the button
  }
}

/** Sent by Enter: the box is emptied by Streamlit, without an event of its own. */
addEventListener("keydown", (event) => {
  const box = event.target;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!(box instanceof HTMLTextAreaElement) || !box.matches(BOX)) return;
  setTimeout(() => { if (!box.value) sessionStorage.removeItem(key()); }, 300);
}, true);

new MutationObserver(meet).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
