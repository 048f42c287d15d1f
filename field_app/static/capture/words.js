/** Numbers and moments as people in the field say them. Times are shown in China's wall time. */

const DAY = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" });
const HOUR = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
const EIGHT = ["北", "东北", "东", "东南", "南", "西南", "西", "西北"];

/**
 * @param {number} area_mu
 * @returns {string} 3.75 亩, 128.4 亩
 */
export function mu(area_mu) {
  return `${area_mu.toFixed(area_mu < 100 ? 2 : 1)} 亩`;
}

/** @param {string | number} at ISO or ms @returns {string} 2026-03-02 */
export function day(at) {
  return DAY.format(new Date(at));
}

/** @param {string | number} at ISO or ms @returns {string} 08:11 */
export function hour(at) {
  return HOUR.format(new Date(at));
}

/**
 * @param {string | number} at ISO or ms
 * @param {number} now ms
 * @returns {string} 今天 08:11, or 2026-03-02 08:11
 */
export function moment(at, now) {
  return `${day(at) === day(now) ? "今天" : day(at)} ${hour(at)}`;
}

/**
 * @param {number} ms
 * @returns {string} 刚刚, 5 分钟前, 3 小时前, 2 天前
 */
export function ago(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "刚刚";
  if (minutes < 60) return `${minutes} 分钟前`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} 小时前` : `${Math.floor(hours / 24)} 天前`;
}

/**
 * @param {number} bytes
 * @returns {string}
 */
export function mb(bytes) {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

/**
 * One of eight directions.
 * @param {number} bearing_deg clockwise from north
 */
export function direction(bearing_deg) {
  return EIGHT[Math.round((((bearing_deg % 360) + 360) % 360) / 45) % 8];
}
