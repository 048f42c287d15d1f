/**
 * 出发前检查: can this phone go out? Each item is asked at once and told when it is known.
 *
 * @typedef {{id: string, state: "good" | "warn" | "bad" | "asking", title: string, text: string,
 *            action?: {label: string, run?: () => Promise<void>, href?: string}}} Item
 * @typedef {Omit<Item, "id" | "title">} Said
 */

import { clockState, measureClock } from "./clock.js";
import { refill, stock } from "./codes.js";
import { askPermission, followCompass, needsTap } from "./compass.js";
import { canSign, deviceKey, ensureRegistered, replaceKey } from "./keys.js";
import { hasLiveCamera } from "./live_camera.js";
import { ageMs, fetchPackage } from "./package.js";
import { currentState, follow, latest, retry, SAYS } from "./position.js";

const POSITION_MS = 15_000;
const COMPASS_MS = 3000;
const GOOD_M = 20;
const PACKAGE_OLD_MS = 24 * 3_600_000;
const PACKAGE_DEAD_MS = 72 * 3_600_000;
const FREE_FEW_MB = 500;
const CODES_FEW = 30;

/** @param {number} ms @param {(done: () => void) => () => void} watch */
function waitFor(ms, watch) {
  return new Promise((go) => {
    const leave = watch(() => finish());
    const timer = setTimeout(() => finish(), ms);
    function finish() {
      clearTimeout(timer);
      setTimeout(() => leave());
      go(undefined);
    }
  });
}

/** @returns {Promise<Said>} */
async function camera() {
  if (!hasLiveCamera()) return { state: "bad", text: "浏览器不让网页用相机。请用 https 网址，并换用系统自带浏览器或 Chrome" };
  const may = await navigator.permissions?.query({ name: /** @type {any} */ ("camera") }).catch(() => null);
  if (may?.state === "denied") return { state: "bad", text: "相机权限被拒绝。请在浏览器的网站设置里允许“相机”" };
  if (may?.state === "granted") return { state: "good", text: "可以使用" };
  return {
    state: "warn", text: "还没有允许使用相机",
    action: {
      label: "允许",
      run: async () => {
        const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
        for (const track of stream.getTracks()) track.stop();
      },
    },
  };
}

/** @returns {Promise<Said>} */
async function position() {
  await waitFor(POSITION_MS, (done) => follow(() => { if (latest(60_000) || !["waiting", "fixed"].includes(currentState())) done(); }));
  const fix = latest(60_000);
  const action = { label: "重试", run: async () => retry() };
  if (!fix) return { state: "bad", text: SAYS[currentState()] || SAYS.waiting, action };
  const off = Math.round(fix.accuracy_m);
  if (fix.accuracy_m <= GOOD_M) return { state: "good", text: `误差 ±${off} m` };
  return { state: "warn", text: `误差 ±${off} m，偏大。请到开阔处，打开系统的“精确位置”`, action };
}

/** @returns {Promise<Said>} */
async function compass() {
  if (needsTap()) return { state: "warn", text: "还没有允许读取方向", action: { label: "允许", run: async () => { await askPermission(); } } };
  let turned = false;
  await waitFor(COMPASS_MS, (done) => followCompass(() => { turned = true; done(); }));
  return turned ? { state: "good", text: "方向可用" } : { state: "warn", text: "手机没有给出方向：照片不带朝向，不影响拍照" };
}

/** @returns {Promise<Said>} */
async function storage() {
  if (!("indexedDB" in globalThis) || !navigator.storage?.estimate) return { state: "bad", text: "浏览器不能在手机里保存照片。请换用系统自带浏览器或 Chrome，不要用无痕模式" };
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  const free = Math.floor((quota - usage) / 2 ** 20);
  const room = free >= 2048 ? `${Math.floor(free / 1024)} GB` : `${free} MB`;
  if (free < FREE_FEW_MB) return { state: "bad", text: `只剩 ${room}，请清理手机空间后再出发` };
  if (await navigator.storage.persisted?.()) return { state: "good", text: `还可存 ${room}，不会被系统清掉` };
  return {
    state: "warn", text: `还可存 ${room}；空间紧张时系统可能清掉未送出的照片，请把本页添加到主屏幕`,
    action: { label: "请求保留", run: async () => { await navigator.storage.persist?.(); } },
  };
}

/** @returns {Promise<Said>} */
async function clock() {
  await measureClock();
  const { state, offset_ms } = clockState();
  if (state === "unknown" || offset_ms === null) return { state: "warn", text: "还没有和服务器对过时，联网时会自动对" };
  if (state === "good") return { state: "good", text: "与服务器一致" };
  const minutes = Math.round(Math.abs(offset_ms) / 60_000);
  const off = minutes < 120 ? `${minutes} 分钟` : `${Math.round(minutes / 60)} 小时`;
  return { state: "warn", text: `手机时间${offset_ms > 0 ? "慢" : "快"}了约 ${off}。可以照常拍，差值已记下；请在系统设置里打开“自动设置时间”` };
}

/** @returns {Promise<Said>} */
async function browser() {
  if (!isSecureContext) return { state: "bad", text: "当前地址不是 https，相机和定位不可用。请用管理员给的 https 网址打开" };
  if (!/MicroMessenger/i.test(navigator.userAgent)) return { state: "good", text: "可以使用" };
  return { state: "bad", text: "正在微信里打开：关掉就可能丢失照片。请点右上角“…”，选“在浏览器打开”" };
}

/** @param {string} owner @returns {Promise<Said>} */
async function packed(owner) {
  const action = { label: "下载", run: async () => { await fetchPackage(); } };
  const age = await ageMs(owner);
  if (age === null) return { state: "bad", text: "还没有下载，没有信号时看不到任务", action };
  const hours = Math.floor(age / 3_600_000);
  const old = hours < 1 ? "刚刚更新" : hours < 48 ? `${hours} 小时前更新` : `${Math.floor(hours / 24)} 天前更新`;
  return { state: age > PACKAGE_DEAD_MS ? "bad" : age > PACKAGE_OLD_MS ? "warn" : "good", text: old, action };
}

/** @param {string} owner @returns {Promise<Said>} */
async function key(owner) {
  if (!canSign()) return { state: "bad", text: "浏览器不能签名（需要 https）。照片照样能拍、能送，证据等级会降低" };
  const asked = await ensureRegistered(owner);
  const state = asked === "offline" ? (await deviceKey(owner))?.state ?? "new" : asked;
  if (state === "registered") return { state: "good", text: "本机已登记" };
  if (state === "new") return { state: "warn", text: "本机还没有登记，联网时会自动登记" };
  if (state === "revoked") {
    return { state: "bad", text: "本机的登记已被管理员撤销，照片的证据等级会降低", action: { label: "重新登记", run: async () => { await replaceKey(owner); } } };
  }
  return { state: "bad", text: "服务器没有接受本机的登记，请联系管理员" };
}

/** @param {string} owner @returns {Promise<Said>} */
async function codes(owner) {
  await refill(owner);
  const { offline } = await stock(owner);
  if (offline >= CODES_FEW) return { state: "good", text: `够拍 ${offline} 张` };
  const action = { label: "领取", run: async () => { await refill(owner); } };
  return { state: offline ? "warn" : "bad", text: offline ? `只够拍 ${offline} 张` : "没有一次性码：没有信号时拍的照片证据等级会降低", action };
}

/**
 * Asks everything.
 * @param {string} owner login name
 * @param {(item: Item) => void} told called at each change, first with "asking"
 * @returns {Promise<Item[]>} when all is known
 */
export async function checks(owner, told) {
  /** @type {[string, string, () => Promise<Said>][]} */
  const list = [
    ["browser", "浏览器", browser], ["camera", "相机", camera], ["position", "定位", position],
    ["compass", "方向", compass], ["storage", "手机存储", storage], ["clock", "手机时间", clock],
    ["key", "本机登记", () => key(owner)], ["codes", "一次性码", () => codes(owner)],
    ["package", "离线包", () => packed(owner)],
  ];
  for (const [id, title] of list) told({ id, title, state: "asking", text: "正在检查…" });
  return Promise.all(list.map(async ([id, title, ask]) => {
    /** @type {Said} */
    const said = await ask().catch((error) => {
      console.error(error);
      return { state: /** @type {const} */ ("warn"), text: "没有查成，请再试一次" };
    });
    const item = { id, title, ...said };
    told(item);
    return item;
  }));
}
