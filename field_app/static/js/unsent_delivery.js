/**
 * Sends what has no receipt, one photo at a time, until the server says that it holds it.
 *
 * One queue for the page, whichever widget put a photo in. A lost line makes the whole queue wait
 * (1, 2, 4 … 60 s, and at once when the phone says it is online or the page is looked at again);
 * a refused photo stays, with the server's reason, and lets the others pass.
 *
 * @typedef {import("./unsent.js").Unsent} Unsent
 * @typedef {{sha256: string, photo_id?: number, received_at: string, grade?: string, verdict?: string,
 *            sentences?: string[], missing?: string[]}} Receipt
 * @typedef {{photo: Unsent, receipt: Receipt}} Delivered
 * @typedef {"idle" | "sending" | "no-line" | "busy" | "sign-in"} Line
 * @typedef {{kind: "delivered", receipt: Receipt} | {kind: "sign-in"}
 *          | {kind: "refused", why: string} | {kind: "later", why: string}} Answer
 */

import { amend, bytesOf, followUnsent, forget, unsentOf } from "./unsent.js";

const STALL_MS = 60_000;
const EXAMINATION_MS = 180_000;

/** @type {string} */
let owner = "";
let running = false;
/** Something changed, or somebody pressed, while the queue was running. */
let again = false;
let pressed = false;
let step = 0;
/** @type {Line} */
let line = "idle";
/** @type {{id: string, share: number} | null} */
let sending = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Set<(event: Delivered | null) => void>} */
const listeners = new Set();
/** Photos that the server could not take just now; the others go first. @type {Map<string, number>} */
const notBefore = new Map();

/** @param {Delivered | null} event */
function tell(event) {
  for (const listener of [...listeners]) listener(event);
}

/** @returns {{line: Line, sending: {id: string, share: number} | null}} */
export function delivery() {
  return { line, sending };
}

/**
 * Starts delivering for a person, and follows what happens.
 * @param {string} person
 * @param {(event: Delivered | null) => void} listener gets each delivery, and null at other changes
 * @returns {() => void} leave
 */
export function deliverFor(person, listener) {
  listeners.add(listener);
  if (!owner) {
    window.addEventListener("online", hurry);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) hurry(); });
    followUnsent(() => { if (line !== "no-line" && line !== "sign-in") run(); });
  }
  owner = person;
  hurry();
  return () => listeners.delete(listener);
}

/** Tries again now: the line is back, or somebody tapped. */
export function hurry() {
  step = 0;
  notBefore.clear();
  pressed = true;
  run();
}

/**
 * A refused photo, once more.
 * @param {string} id
 */
export async function tryAgain(id) {
  await amend(id, { state: "waiting", problem: "" });
  hurry();
}

/** @param {number} ms */
function later(ms) {
  clearTimeout(timer);
  timer = setTimeout(run, ms);
}

function backOff() {
  const wait = Math.min(60, 2 ** step) * 1000;
  step++;
  return wait;
}

async function run() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  clearTimeout(timer);
  try {
    do {
      again = pressed = false;
      // Another tab may be sending the same photos; the server would not mind, the line would.
      if (navigator.locks) {
        await navigator.locks.request("field-photos", { ifAvailable: true }, async (lock) => {
          if (lock) await drain();
          else later(5000);
        });
      } else {
        await drain();
      }
    } while (pressed || (again && line !== "no-line" && line !== "sign-in"));
  } finally {
    running = false;
    sending = null;
    tell(null);
  }
}

/** @returns {Promise<{photo: Unsent | null, wait: number}>} the next one, or how long to wait */
async function next() {
  const now = Date.now();
  let wait = 0;
  for (const photo of await unsentOf(owner)) {
    if (photo.state !== "waiting") continue;
    const ready = Math.max(photo.settle_by, notBefore.get(photo.id) ?? 0);
    if (ready <= now) return { photo, wait: 0 };
    wait = wait ? Math.min(wait, ready - now) : ready - now;
  }
  return { photo: null, wait };
}

async function drain() {
  for (;;) {
    const { photo, wait } = await next();
    if (!photo) {
      line = wait ? "busy" : "idle";
      if (wait) later(wait + 50);
      return;
    }
    line = "sending";
    sending = { id: photo.id, share: 0 };
    tell(null);
    const answer = await send(photo);
    sending = null;
    if (answer.kind === "delivered") {
      step = 0;
      await forget(photo.id);
      tell({ photo, receipt: answer.receipt });
    } else if (answer.kind === "refused") {
      await amend(photo.id, { state: "refused", problem: answer.why });
    } else if (answer.kind === "sign-in") {
      line = "sign-in";
      later(60_000);
      return;
    } else if (answer.why) {
      notBefore.set(photo.id, Date.now() + backOff());
      await amend(photo.id, { problem: answer.why });
    } else {
      line = "no-line";
      later(backOff());
      return;
    }
  }
}

/**
 * @param {Unsent} photo
 * @returns {Promise<Answer>}
 */
async function send(photo) {
  const bytes = await bytesOf(photo.id);
  if (!bytes) return { kind: "refused", why: "手机里已没有这张照片的内容，请删除后重拍" };
  const where = `/api/v1/photos/${photo.sha256}`;
  const query = new URLSearchParams({ inspection: String(photo.inspection), kind: photo.kind });
  const answer = await put(`${where}?${query}`, bytes, photo);
  if (answer.status) return judge(answer.status, answer.type, answer.text, answer.url.includes(where), photo.sha256);
  // A server that refuses before it has read everything closes the line: the browser then shows
  // no answer at all. A small question tells a lost line from an ended sign-in.
  return (await signedOut()) ? { kind: "sign-in" } : { kind: "later", why: "" };
}

async function signedOut() {
  try {
    return (await fetch("/api/v1/me", { cache: "no-store", signal: AbortSignal.timeout(10_000) })).status === 401;
  } catch {
    return false;
  }
}

/**
 * @param {string} address
 * @param {ArrayBuffer} bytes
 * @param {Unsent} photo
 * @returns {Promise<{status: number, type: string, text: string, url: string}>} status 0: no answer
 */
function put(address, bytes, photo) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    /** @type {ReturnType<typeof setTimeout>} */
    let stalled;
    // No limit on the whole: 5 MB on a bad line may take minutes. Only silence ends it.
    const patience = (/** @type {number} */ ms) => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), ms);
    };
    const end = () => {
      clearTimeout(stalled);
      done({ status: request.status, type: request.getResponseHeader("content-type") ?? "", text: request.responseText, url: request.responseURL });
    };
    request.upload.onprogress = (event) => {
      patience(STALL_MS);
      if (event.lengthComputable) sending = { id: photo.id, share: event.loaded / event.total };
      tell(null);
    };
    request.upload.onload = () => {
      patience(EXAMINATION_MS);
      sending = { id: photo.id, share: 1 };
      tell(null);
    };
    request.onload = request.onerror = request.onabort = end;
    request.open("PUT", address);
    request.setRequestHeader("Content-Type", photo.type);
    request.setRequestHeader("X-Capture", base64Url(JSON.stringify({ ...photo.capture, device_time: new Date().toISOString() })));
    patience(STALL_MS);
    request.send(bytes);
  });
}

/** @param {string} text */
export function base64Url(text) {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * What an answer means. Only a receipt that names the photo's own digest is a receipt: a Wi-Fi
 * portal answers 200 to everything.
 * @param {number} status
 * @param {string} type
 * @param {string} text
 * @param {boolean} ours whether the answer comes from the address that was asked
 * @param {string} sha256
 * @returns {Answer}
 */
export function judge(status, type, text, ours, sha256) {
  /** @type {any} */
  let body = null;
  if (type.includes("json")) {
    try {
      body = JSON.parse(text);
    } catch {
      body = null;
    }
  }
  if ((status === 200 || status === 201) && body?.sha256 === sha256) return { kind: "delivered", receipt: body };
  if (status === 401 || (status < 300 && !ours)) return { kind: "sign-in" };
  if (status < 300) return { kind: "later", why: "网络返回了别的页面（可能需要先登录 Wi-Fi）" };
  const why = typeof body?.detail === "string" ? body.detail : `服务器没有接收（${status}）`;
  const passing = status >= 500 || status === 408 || status === 425 || status === 429;
  return passing || body?.retry === true ? { kind: "later", why } : { kind: "refused", why };
}
