/**
 * The map without tiles: outlines from the package, my own position with its circle of error and
 * the way I look. Leaflet is fetched when somebody first opens it; the worker has kept it.
 *
 * @typedef {import("../js/position.js").Fix} Fix
 */

import { metresPerDegree, partsOf, sayDistance, wayTo } from "../js/geo.js";
import { placeOf, standpointsOf } from "./before.js";
import { el, link, notice, redraw } from "./pieces.js";
import { nearest } from "./tasks.js";
import { direction } from "./words.js";

const FILES = ["../vendor/leaflet/leaflet.css", "../map/map.css", "../vendor/leaflet/leaflet.js", "../map/map.js"];
/** @type {Record<string, string>} */
const COLOURS = { 待核查: "#0d47a1", 草稿: "#6a1b9a", 退回补拍: "#b3261e", 待审核: "#46544d", 已完成: "#0b5d3b", 退回: "#b3261e" };
const CONE_M = 45;
const CONE_HALF_DEG = 25;
/** So many parcels are in view at first: a whole county shows dots. */
const FIRST_SEEN = 6;

/** @type {Promise<void> | null} */
let loading = null;

/** Leaflet and what our maps wear, in their order. */
function load() {
  loading ??= (async () => {
    for (const name of FILES) await fetchFile(new URL(name, import.meta.url).href);
  })().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** @param {string} address @returns {Promise<void>} */
function fetchFile(address) {
  return new Promise((done, failed) => {
    const node = address.endsWith(".css") ? el("link", { rel: "stylesheet", href: address }) : el("script", { src: address });
    node.onload = () => done();
    node.onerror = () => failed(new Error(`not loaded: ${address}`));
    document.head.append(node);
  });
}

/**
 * @param {HTMLElement} box
 * @param {any[]} tasks
 * @param {number} declination_deg
 * @param {number} chosen id of the task to begin with; 0 for none
 * @param {Fix | null} here where the person is, if that is known
 * @returns {Promise<{update: (fix: Fix | null, look: {heading_deg: number} | null) => void, close: () => void}>}
 */
export async function openMap(box, tasks, declination_deg, chosen, here) {
  try {
    await load();
  } catch (error) {
    console.warn(error);
    box.replaceChildren(notice("warn", "地图还没有存到手机里。有信号时打开一次地图就有；列表不用地图也能找到地块。"));
    return { update: () => {}, close: () => {} };
  }
  const { L, fieldMap } = /** @type {any} */ (window);
  const space = el("div.map", { role: "region", "aria-label": "地图：地块轮廓和我的位置。不方便看图时请用列表" });
  const card = el("div.map-card", { role: "status" });
  box.replaceChildren(space, card);
  const map = L.map(space, { zoomControl: true, attributionControl: false });
  /** @type {Map<number, any>} */
  const shapes = new Map();
  const around = L.layerGroup().addTo(map), mine = L.layerGroup().addTo(map), aim = L.layerGroup().addTo(map), stands = L.layerGroup().addTo(map);
  for (const task of tasks) {
    const shape = L.geoJSON(task.parcel.boundary, { style: style(task, false) });
    shape.on("click", () => choose(task.id));
    shape.addTo(map);
    shapes.set(task.id, shape);
  }
  const first = tasks.find((t) => t.id === chosen) ?? null;
  const near = nearest(tasks, here).slice(0, here ? FIRST_SEEN : tasks.length).map((s) => shapes.get(s.task.id));
  const bounds = (first ? shapes.get(first.id) : L.featureGroup(near)).getBounds();
  const fit = bounds.isValid() ? [[bounds.getSouth(), bounds.getWest()], [bounds.getNorth(), bounds.getEast()]] : null;
  map.setView(bounds.isValid() ? bounds.getCenter() : [33, 112], 15);
  fieldMap.dress(map, { fit, legend: [], notes: tasks.some((t) => standpointsOf(t).length) ? ["红圈：整改前的站位"] : [], whole_screen: true });
  /** @type {any} */
  let at = null;
  /** @type {Fix | null} */
  let fix = null;
  let told = "", shown = "";
  if (first) choose(first.id);
  else drawCard();

  /** @param {any} task @param {boolean} strong */
  function style(task, strong) {
    const color = COLOURS[task.progress] ?? "#0d47a1";
    return strong ? { color: "#101812", weight: 4, fillColor: "#f9a825", fillOpacity: 0.75 } : { color, weight: 2.5, fillColor: color, fillOpacity: 0.15 };
  }

  /** @param {number} id */
  function choose(id) {
    if (at) shapes.get(at.id).setStyle(style(at, false));
    at = tasks.find((t) => t.id === id);
    shapes.get(id).setStyle(style(at, true)).bringToFront();
    around.clearLayers();
    for (const near of at.neighbours ?? []) L.geoJSON(near.boundary, { interactive: false, style: { color: "#7a877f", weight: 1.2, dashArray: "4 4", fill: false } }).addTo(around);
    drawStandpoints();
    drawWay();
    drawCard();
  }

  function drawCard() {
    const way = at && fix ? wayTo(partsOf(at.parcel.boundary), [fix.lon, fix.lat]) : null;
    const far = !way ? "" : way.inside ? "您在这块地里" : `距我 ${sayDistance(way.distance_m)}，向${direction(way.bearing_deg ?? 0)}走`;
    redraw(card, [at?.id, far], () => (at
      ? [el("div", {}, el("b", {}, at.parcel.number), el("p", {}, [at.progress, far || "还没有定位"].join("　"))), link("打开", `#/task/${at.id}`, { look: "main", icon: "on" })]
      : [el("p", {}, "点一块地，看它多远、怎么走。")]));
  }

  /** The standpoints of the pictures from before, each with the way that its camera looked. */
  function drawStandpoints() {
    stands.clearLayers();
    for (const before of standpointsOf(at)) {
      const [lon, lat] = placeOf(before), how = { color: "#8a1c14", interactive: false };
      if (before.heading_deg !== null) L.polygon(cone({ lon, lat }, before.heading_deg), { ...how, weight: 1.5, fillOpacity: 0.2 }).addTo(stands);
      L.circleMarker([lat, lon], { ...how, radius: 7, weight: 3, fillColor: "#fff", fillOpacity: 1 }).addTo(stands);
    }
  }

  /** A line from me to the first standpoint, or to the nearest edge of the chosen parcel. */
  function drawWay() {
    aim.clearLayers();
    if (!at || !fix) return;
    const [first] = standpointsOf(at);
    if (first) {
      const [lon, lat] = placeOf(first);
      L.polyline([[fix.lat, fix.lon], [lat, lon]], { color: "#101812", weight: 3, dashArray: "2 7", interactive: false }).addTo(aim);
      return;
    }
    const way = wayTo(partsOf(at.parcel.boundary), [fix.lon, fix.lat]);
    if (way.bearing_deg === null) return;
    const end = off(fix, way.distance_m, way.bearing_deg);
    L.polyline([[fix.lat, fix.lon], end], { color: "#101812", weight: 3, dashArray: "2 7", interactive: false }).addTo(aim);
  }

  return {
    update(newFix, look) {
      fix = newFix;
      const heading = look ? Math.round((look.heading_deg + declination_deg) / 4) * 4 : null;
      const key = JSON.stringify([fix?.lon, fix?.lat, fix?.accuracy_m, heading]);
      if (key === shown) return;
      shown = key;
      mine.clearLayers();
      if (fix) {
        const me = [fix.lat, fix.lon];
        L.circle(me, { radius: fix.accuracy_m, color: "#0d47a1", weight: 1.5, fillOpacity: 0.12, interactive: false }).addTo(mine);
        if (heading !== null) {
          L.polygon(cone(fix, heading), { stroke: false, fillColor: "#0d47a1", fillOpacity: 0.35, interactive: false }).addTo(mine);
        }
        L.circleMarker(me, { radius: 8, color: "#fff", weight: 3, fillColor: "#0d47a1", fillOpacity: 1, interactive: false }).addTo(mine);
        const here = `${fix.lon.toFixed(4)},${fix.lat.toFixed(4)}`;
        if (here !== told) {
          told = here;
          fieldMap.include([me, me]);
        }
      }
      drawWay();
      drawCard();
    },
    close() {
      map.remove();
    },
  };
}

/**
 * What a camera at a place sees, as far as it is drawn.
 * @param {{lon: number, lat: number}} place
 * @param {number} heading true, degrees
 * @returns {[number, number][]} corners, lat lon
 */
function cone(place, heading) {
  return [[place.lat, place.lon], off(place, CONE_M, heading - CONE_HALF_DEG), off(place, CONE_M, heading), off(place, CONE_M, heading + CONE_HALF_DEG)];
}

/**
 * @param {{lon: number, lat: number}} fix
 * @param {number} metres
 * @param {number} bearing_deg
 * @returns {[number, number]} lat, lon
 */
function off(fix, metres, bearing_deg) {
  const [east, north] = metresPerDegree(fix.lat), angle = (bearing_deg * Math.PI) / 180;
  return [fix.lat + (metres * Math.cos(angle)) / north, fix.lon + (metres * Math.sin(angle)) / east];
}
