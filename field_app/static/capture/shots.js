/** A capture as a person sees it: the picture, and its two marks 已存本机 and 已送达. */

import { delivery } from "./core.js";
import { badge, el, icon } from "./pieces.js";
import { hour } from "./words.js";

/** @type {Record<string, string>} */
const WAYS = { live: "页面相机", camera: "手机相机", file: "从文件选" };

/** @param {any} capture */
export function wayWords(capture) {
  return WAYS[capture.way] ?? "";
}

/**
 * Where a capture stands, in one sentence.
 * @param {any} capture
 * @returns {{tone: import("./pieces.js").Tone, text: string}}
 */
export function standing(capture) {
  const { line, sending } = delivery();
  const receipt = capture.receipt;
  if (capture.in_memory && capture.state !== "delivered") return { tone: "bad", text: "手机存不下，只在内存里：送达前不要关闭本页" };
  if (capture.state === "delivered" && receipt?.state === "held") return { tone: "warn", text: `服务器已收到，另有说明：${receipt.why}` };
  if (capture.state === "delivered") return { tone: receipt?.verdict === "不符" || receipt?.verdict === "存疑" ? "warn" : "good", text: `已送达${receipt?.verdict ? `，${receipt.verdict}` : ""}` };
  if (capture.state === "refused") return { tone: "bad", text: capture.problem || "服务器没有接收" };
  if (capture.state === "raw") return { tone: "wait", text: "已存本机，正在写入位置和签名" };
  if (sending?.id === capture.uuid || sending?.uuid === capture.uuid) return { tone: "blue", text: sending.share < 1 ? `正在送出 ${Math.round(sending.share * 100)}%` : "已送出，正在核验" };
  if (line === "sign-in") return { tone: "wait", text: "已存本机，重新登录后送出" };
  if (line === "no-line" || !navigator.onLine) return { tone: "wait", text: "已存本机，有信号自动送出" };
  if (capture.problem) return { tone: "wait", text: `已存本机，稍后自动重试：${capture.problem}` };
  return { tone: "wait", text: "已存本机，排队送出" };
}

/** @param {any} capture @param {string} [alt] */
export function picture(capture, alt = "") {
  return capture.thumb ? el("img.thumb", { src: capture.thumb, alt }) : el("span.thumb.blank", {}, icon("camera"));
}

/** @type {Record<import("./pieces.js").Tone, string>} */
const SHORT = { good: "已送达", warn: "已送达", bad: "没有接收", wait: "已存本机", blue: "正在送出", violet: "" };

/**
 * A capture in a grid.
 * @param {any} capture
 */
export function shotTile(capture) {
  const { tone } = standing(capture), lost = capture.in_memory && capture.state !== "delivered";
  const verdict = capture.state === "delivered" ? capture.receipt?.verdict : "";
  return el("div.tile", {}, picture(capture, `${capture.kind}照片`), badge(lost ? "没存进手机" : `${SHORT[tone]}${verdict ? ` ${verdict}` : ""}`, tone), el("span.tile-said", {}, el("b", {}, capture.kind), ` ${hour(capture.moment)}`));
}
