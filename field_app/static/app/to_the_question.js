/**
 * The chat stands where it asks: after each answer the question and its buttons are brought into
 * view, above the input. Somebody who has scrolled up to read is left alone until he speaks.
 */

let shown = "";

function look() {
  const ask = document.querySelector(".st-key-ask");
  if (!ask) {
    shown = "";
    return;
  }
  const bubbles = document.querySelectorAll('[data-testid="stChatMessage"]').length;
  const now = `${location.search} ${bubbles} ${ask.textContent}`;
  if (now === shown) return;
  shown = now;
  setTimeout(() => ask.scrollIntoView({ block: "end" }), 150);
}

new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, characterData: true });

/** What is opened below the question comes into view as well, once it has grown. */
addEventListener("toggle", (event) => {
  const opened = event.target;
  if (!(opened instanceof HTMLDetailsElement) || !opened.open || !document.querySelector(".st-key-ask")) return;
  setTimeout(() => opened.scrollIntoView({ block: "nearest" }), 600);
}, true);
