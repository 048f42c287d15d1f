/**
 * Distances and bearings on the phone, for showing the way. Nothing here judges evidence: that
 * is done on the server, on the ellipsoid. Coordinates are [lon, lat] in degrees (EPSG:4490,
 * which at a phone's accuracy is WGS 84).
 *
 * @typedef {[number, number]} LonLat
 * @typedef {LonLat[][][]} Parts polygons → rings → points, the first ring being the outline
 * @typedef {{distance_m: number, edge_m: number, bearing_deg: number | null, inside: boolean}} Way
 *   `distance_m` is 0 inside; `edge_m` is the distance to the outline, from either side.
 */

const RAD = Math.PI / 180;

/**
 * Metres of one degree of longitude and latitude; within 0.1 % of the ellipsoid over 10 km.
 * @param {number} lat
 * @returns {[number, number]}
 */
export function metresPerDegree(lat) {
  const s = Math.sin(lat * RAD), w2 = 1 - 0.0066943800229 * s * s;
  const normal = 6378137 / Math.sqrt(w2);
  return [normal * Math.cos(lat * RAD) * RAD, (6378137 * (1 - 0.0066943800229) * RAD) / (w2 * Math.sqrt(w2))];
}

/**
 * @param {LonLat} a
 * @param {LonLat} b
 * @returns {number} metres
 */
export function distanceM(a, b) {
  const [east, north] = metresPerDegree((a[1] + b[1]) / 2);
  return Math.hypot((b[0] - a[0]) * east, (b[1] - a[1]) * north);
}

/**
 * @param {LonLat} a
 * @param {LonLat} b
 * @returns {number} which way `b` lies from `a`, degrees clockwise from north
 */
export function bearingDeg(a, b) {
  const [east, north] = metresPerDegree((a[1] + b[1]) / 2);
  return (Math.atan2((b[0] - a[0]) * east, (b[1] - a[1]) * north) / RAD + 360) % 360;
}

/**
 * The way from `at` to the nearest part of the parcel.
 * @param {Parts} parts
 * @param {LonLat} at
 * @returns {Way}
 */
export function wayTo(parts, at) {
  const [east, north] = metresPerDegree(at[1]);
  let inside = false, best = Infinity, bestX = 0, bestY = 0;
  for (const rings of parts) {
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const ax = (ring[j][0] - at[0]) * east, ay = (ring[j][1] - at[1]) * north;
        const bx = (ring[i][0] - at[0]) * east, by = (ring[i][1] - at[1]) * north;
        // Even-odd over all rings: a hole counts as outside.
        if (ay > 0 !== by > 0 && (bx - ax) * (0 - ay) / (by - ay) + ax > 0) inside = !inside;
        const dx = bx - ax, dy = by - ay, length2 = dx * dx + dy * dy;
        const t = length2 ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2)) : 0;
        const x = ax + t * dx, y = ay + t * dy, d2 = x * x + y * y;
        if (d2 < best) [best, bestX, bestY] = [d2, x, y];
      }
    }
  }
  const edge = Math.sqrt(best);
  return {
    inside,
    edge_m: edge,
    distance_m: inside ? 0 : edge,
    bearing_deg: inside ? null : (Math.atan2(bestX, bestY) / RAD + 360) % 360,
  };
}

/**
 * A boundary as GeoJSON tells it, as parts.
 * @param {{type: string, coordinates: any}} geometry Polygon or MultiPolygon, lon lat
 * @returns {Parts}
 */
export function partsOf(geometry) {
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

/**
 * Where a person stands to a parcel, as far as the phone's own accuracy allows to say.
 * @param {Parts} parts
 * @param {{lon: number, lat: number, accuracy_m: number}} position
 * @returns {{state: "inside" | "possible" | "outside", metres: number, way: Way}} `metres`: to the
 *   outline where inside, to the parcel otherwise
 */
export function groundState(parts, position) {
  const way = wayTo(parts, [position.lon, position.lat]);
  const sure = way.edge_m > position.accuracy_m;
  const state = !sure ? "possible" : way.inside ? "inside" : "outside";
  return { state, metres: way.inside ? way.edge_m : way.distance_m, way };
}

const WINDS = ["正北", "东北", "正东", "东南", "正南", "西南", "正西", "西北"];

/**
 * @param {number} bearing degrees clockwise from north
 * @returns {string} 正北 … 西北
 */
export function windOf(bearing) {
  return WINDS[Math.round((((bearing % 360) + 360) % 360) / 45) % 8];
}

/**
 * @param {number} metres
 * @returns {string} as people say it: 8 m, 120 m, 1.2 km
 */
export function sayDistance(metres) {
  if (metres < 100) return `${Math.round(metres)} m`;
  if (metres < 1000) return `${Math.round(metres / 10) * 10} m`;
  return `${(metres / 1000).toFixed(metres < 10000 ? 1 : 0)} km`;
}
