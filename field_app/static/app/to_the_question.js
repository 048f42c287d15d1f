/**
 * The chat stands where it asks: after each answer the question and its buttons are brought into
 * view, above the input, and kept there while the page is still growing around them. Somebody who
 * has scrolled up to read is left alone until he speaks.
 */

let shown = "";
let follows = false;

function bring() {
  document.querySelector(".st-key-ask")?.scrollIntoView({ block: "end" });
}

// A card, a camera or a picture that comes late moves the question after it was brought into view.
const growth = new ResizeObserver(() => { if (follows) bring(); });
/** @type {(Element | null)[]} */
let watched = [];

function look() {
  const ask = document.querySelector(".st-key-ask");
  if (!ask) {
    shown = "";
    return;
  }
  const parts = ["stMain", "stMainBlockContainer", "stBottom"].map((id) => document.querySelector(`[data-testid="${id}"]`));
  if (parts.some((part, i) => part !== watched[i])) {
    growth.disconnect();
    watched = parts;
    for (const part of parts) if (part) growth.observe(part);
  }
  const bubbles = document.querySelectorAll('[data-testid="stChatMessage"]').length;
  const now = `${location.search} ${bubbles} ${ask.textContent}`;
  if (now === shown) return;
  shown = now;
  follows = true;
  setTimeout(() => { if (follows) bring(); }, 150); // who has begun to scroll meanwhile is left there
}

const leave = () => { follows = false; };
for (const own of ["pointerdown", "wheel"]) addEventListener(own, leave, { capture: true, passive: true });
addEventListener("keydown", ({ key }) => { if (/^(Page|Arrow|Home|End)/.test(key)) leave(); }, true);

new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, characterData: true });

/** What is opened below the question comes into view as well, once it has grown. */
addEventListener("toggle", (event) => {
  const opened = event.target;
  if (!(opened instanceof HTMLDetailsElement) || !opened.open || !document.querySelector(".st-key-ask")) return;
  setTimeout(() => opened.scrollIntoView({ block: "nearest" }), 600);
}, true);
