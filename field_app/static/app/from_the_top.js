/**
 * Another page, another record: begun at its top. Streamlit keeps the scroll position when it
 * changes pages, so that from far down a list the next page opened in its middle.
 */

/** @param {URL} url */
const record = (url) => ["visit", "entry", "parcel"].map((name) => url.searchParams.get(name) ?? "").join("/");

let shown = new URL(location.href);

function changed() {
  const now = new URL(location.href);
  // An address that gets its number only after the page was opened is the same page.
  const first = now.pathname === shown.pathname && record(shown) === "//";
  const other = now.pathname !== shown.pathname || (record(now) !== record(shown) && !(first && now.pathname === "/inspect"));
  shown = now;
  if (!other) return;
  for (const wait of [0, 120]) {
    setTimeout(() => document.querySelector('[data-testid="stMain"]')?.scrollTo({ top: 0 }), wait);
  }
}

for (const name of /** @type {const} */ (["pushState", "replaceState"])) {
  const original = history[name].bind(history);
  history[name] = (...given) => {
    original(...given);
    changed();
  };
}
addEventListener("popstate", () => { shown = new URL(location.href); });
