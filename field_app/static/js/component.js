/**
 * The frame of a Streamlit component: Streamlit calls its function again at every rerun, with the
 * same parent; what has been built must stay.
 *
 * @typedef {{data: any, setTriggerValue: (name: string, value: any) => void,
 *            setStateValue: (name: string, value: any) => void}} Given
 * @typedef {{update: (given: Given) => void, stop: () => void}} Living
 */

/**
 * @param {(parent: ShadowRoot | HTMLElement) => Living} make
 */
export function component(make) {
  /** @type {WeakMap<Node, Living>} */
  const living = new WeakMap();
  return (/** @type {Given & {parentElement: ShadowRoot | HTMLElement}} */ given) => {
    const parent = given.parentElement;
    const one = living.get(parent) ?? make(parent);
    living.set(parent, one);
    one.update(given);
    // Streamlit also calls this for a first call that a rerun has overtaken; the component lives
    // on then, and stops only when it has really left the page.
    return () => setTimeout(() => {
      if (parent.isConnected || living.get(parent) !== one) return;
      living.delete(parent);
      one.stop();
    });
  };
}

/**
 * A DOM element. Text is always text, never markup.
 * @param {string} tag with classes: "button.big.primary"
 * @param {Record<string, any>} [attributes] `onclick` and the like are listeners; `false` and
 *   `null` leave the attribute out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null));
  return node;
}
