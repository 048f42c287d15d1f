/**
 * What every map of ours wears: scale, north arrow, legend, a graticule instead of tiles, and
 * manners on a phone. A classic script, because folium's own scripts call it by name.
 *
 * @typedef {{sign: string, text: string}} LegendRow `sign` is our own markup, `text` is text
 * @typedef {{fit: [[number, number], [number, number]] | null, legend: LegendRow[], notes: string[],
 *            whole_screen?: boolean}} Dress
 *   `fit` is [[south, west], [north, east]]; a map of the `whole_screen` moves with one finger
 */
const page = /** @type {any} */ (window);

page.fieldMap = (() => {
  const { L } = page;
  const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600]; // seconds of arc
  const LINE_PX = 110;

  /** @type {((bounds: any) => void) | null} */
  let includeInView = null;

  /**
   * Keeps the shapes in view until the person moves the map: an iframe often gets its size late.
   * @param {any} map
   * @param {Dress["fit"]} bounds
   */
  function keepInView(map, bounds) {
    let touched = false;
    /** @type {Dress["fit"]} */
    let more = null;
    const fit = () => {
      const all = L.latLngBounds([...(bounds ?? []), ...(more ?? [])]);
      if (touched || !all.isValid()) return;
      map.fitBounds(all, { paddingTopLeft: [24, 56], paddingBottomRight: [64, 40], maxZoom: 18, animate: false });
    };
    for (const name of ["mousedown", "touchstart", "wheel", "keydown"]) {
      map.getContainer().addEventListener(name, () => { touched = true; }, { passive: true });
    }
    const sized = new ResizeObserver(() => {
      map.invalidateSize({ animate: false });
      fit();
    });
    sized.observe(map.getContainer());
    map.on("unload", () => sized.disconnect());
    includeInView = (/** @type {Dress["fit"]} */ given) => {
      more = given;
      fit();
    };
    fit();
  }

  /**
   * @param {any} map
   * @param {string} position
   * @param {HTMLElement} node
   */
  function pin(map, position, node) {
    const control = new L.Control({ position });
    control.onAdd = () => {
      L.DomEvent.disableClickPropagation(node);
      return node;
    };
    control.addTo(map);
  }

  /**
   * @param {string} className
   * @param {string} [text]
   */
  function div(className, text = "") {
    const node = document.createElement("div");
    node.className = className;
    node.textContent = text;
    return node;
  }

  /**
   * @param {LegendRow[]} rows
   * @param {string[]} notes
   */
  function legend(rows, notes) {
    const box = document.createElement("details");
    box.className = "fm-legend";
    box.open = window.innerWidth > 560;
    const title = document.createElement("summary");
    title.textContent = "图例";
    box.append(title);
    for (const row of rows) {
      const line = div("fm-row");
      line.innerHTML = row.sign;
      line.append(row.text);
      box.append(line);
    }
    const all = div("fm-corner");
    for (const note of notes) all.append(div("fm-note", note));
    if (rows.length) all.append(box);
    return all;
  }

  /** @param {number} seconds */
  function sayAngle(seconds) {
    const s = Math.abs(seconds), d = Math.floor(s / 3600 + 1e-9), m = Math.floor((s - d * 3600) / 60 + 1e-9);
    const rest = s - d * 3600 - m * 60;
    return `${d}°${String(m).padStart(2, "0")}′${rest.toFixed(1).replace(/\.0$/, "").padStart(2, "0")}″`;
  }

  /**
   * Thin lines of longitude and latitude: with no tiles, something must move with the map.
   * @param {any} map
   */
  function graticule(map) {
    const pane = map.createPane("fm-graticule");
    pane.style.zIndex = "150";
    pane.style.pointerEvents = "none";
    const group = L.layerGroup().addTo(map);
    const line = { pane: "fm-graticule", interactive: false, color: "#8aa399", weight: 1, opacity: 0.55 };
    const label = (/** @type {any} */ at, /** @type {string} */ text, /** @type {string} */ side) => L.marker(at, {
      pane: "fm-graticule", interactive: false, keyboard: false,
      icon: L.divIcon({ className: `fm-degree fm-${side}`, html: text, iconSize: [0, 0] }),
    }).addTo(group);
    function draw() {
      group.clearLayers();
      const size = map.getSize(), b = map.getBounds();
      if (!size.x || !size.y) return;
      const perPx = ((b.getEast() - b.getWest()) * 3600) / size.x;
      const step = STEPS_S.find((s) => s / perPx >= LINE_PX) ?? 3600;
      const lines = (/** @type {number} */ from, /** @type {number} */ to) => {
        const found = [];
        for (let n = Math.ceil((from * 3600) / step); n * step <= to * 3600; n++) found.push(n * step);
        return found;
      };
      for (const s of lines(b.getWest(), b.getEast())) {
        L.polyline([[b.getSouth(), s / 3600], [b.getNorth(), s / 3600]], line).addTo(group);
        label([b.getNorth(), s / 3600], sayAngle(s), "top");
      }
      for (const s of lines(b.getSouth(), b.getNorth())) {
        L.polyline([[s / 3600, b.getWest()], [s / 3600, b.getEast()]], line).addTo(group);
        label([s / 3600, b.getWest()], sayAngle(s), "left");
      }
    }
    map.on("moveend zoomend resize", draw);
    draw();
  }

  /**
   * One finger scrolls the page, two move the map; otherwise a thumb gets stuck on the map.
   * @param {any} map
   */
  function twoFingers(map) {
    if (!matchMedia("(pointer: coarse)").matches) return;
    map.dragging.disable();
    const hint = div("fm-hint", "用两个手指移动地图");
    map.getContainer().append(hint);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    map.getContainer().addEventListener("touchmove", (/** @type {TouchEvent} */ event) => {
      hint.classList.toggle("on", event.touches.length === 1);
      clearTimeout(timer);
      timer = setTimeout(() => hint.classList.remove("on"), 900);
    }, { passive: true });
  }

  /**
   * @param {any} map
   * @param {Dress} given
   */
  function dress(map, given) {
    L.control.scale({ imperial: false, position: "bottomleft", maxWidth: 130 }).addTo(map);
    const north = div("fm-north");
    north.innerHTML = '<svg viewBox="0 0 24 30" aria-label="上为北"><path d="M12 1 20 22 12 17 4 22z"/><text x="12" y="29.5">北</text></svg>';
    pin(map, "topright", north);
    pin(map, "topleft", legend(given.legend, given.notes));
    graticule(map);
    if (!given.whole_screen) twoFingers(map);
    keepInView(map, given.fit);
    // The frame around us counts taps from 0 and Python from nothing; told apart, each map would
    // cost one more rerun when it appears.
    const frame = page.__GLOBAL_DATA__;
    if (frame) frame.last_object_clicked_count = null;
  }

  /**
   * Takes a place into the frame, such as that of the person, who moves while the map stays.
   * @param {Dress["fit"]} bounds
   */
  function include(bounds) {
    includeInView?.(bounds);
  }

  return { dress, include };
})();
