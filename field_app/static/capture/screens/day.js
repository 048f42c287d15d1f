/** 今日收工: as many held by the server as were taken, or just which are not. */

import { capturesOf, closeDay, formerDays, hurry, prune, takenSince } from "../core_visit.js";
import { field, signInHref } from "../field.js";
import { announce, button, el, icon, link, notice, title } from "../pieces.js";
import { picture } from "../shots.js";
import { hour, moment } from "../words.js";

/**
 * @param {HTMLElement} main
 * @returns {Promise<import("../page.js").Shown>}
 */
export async function show(main) {
  const shown = { title: "今日收工", tab: "day" };
  main.append(title("今日收工"));
  if (!field.owner) {
    main.append(notice("warn", "还没有登录过，没有可核对的。", link("去登录", signInHref(), { look: "main" })));
    return shown;
  }
  let busy = false;
  const box = el("div.stack", { "aria-live": "polite" });
  const ask = button("和服务器核对", { icon: "check", look: "main", onclick: check });
  main.append(el("p.soft", {}, "一张一张问服务器：收到没有，内容是不是一样。数目对上了再收工。"), box, ask);
  const today = await takenSince(field.owner), got = today.filter((row) => row.receipt).length;
  box.append(numbers(today.length, got, false));
  const former = el("div");
  main.append(former);
  await drawFormer();

  async function drawFormer() {
    former.replaceChildren(...formerRows(await formerDays(field.owner)));
  }

  async function check() {
    if (busy) return;
    busy = true;
    ask.setAttribute("aria-disabled", "true");
    ask.lastChild?.replaceWith(el("span", {}, "正在核对…"));
    hurry();
    try {
      const answer = await closeDay(field.owner);
      if (!answer.asked) throw new Error("nobody answered");
      const all = await capturesOf(field.owner);
      box.replaceChildren(...result(answer, all));
      await prune(field.owner).then((gone) => (gone ? drawFormer() : undefined)).catch((error) => console.warn("nothing let go", error));
      announce(answer.ok ? `${answer.taken} 条全部收到，可以收工` : `还有 ${answer.missing.length + answer.astray.length} 条没有收到`);
    } catch (error) {
      console.warn(error);
      const signedOut = field.signedIn === "no";
      box.replaceChildren(numbers(today.length, got, false), notice("warn",
        signedOut ? "登录已失效，问不了服务器。照片都在本机。" : "现在连不上服务器，核对不了。照片都在本机，有信号时再点一次。",
        signedOut ? link("重新登录", signInHref(), { look: "main" }) : null));
    }
    busy = false;
    ask.removeAttribute("aria-disabled");
    ask.lastChild?.replaceWith(el("span", {}, "再核对一次"));
  }

  return shown;
}

/** @param {number} taken @param {number} held @param {boolean} sure */
function numbers(taken, held, sure) {
  return el(`section.numbers.${taken === held ? "even" : "odd"}`, { "aria-label": "数目" },
    el("div", {}, el("b", {}, String(taken)), el("span", {}, "本机拍了")),
    el("span.equals", { "aria-hidden": "true" }, taken === held ? "=" : "≠"),
    el("div", {}, el("b", {}, String(held)), el("span", {}, sure ? "服务器已收" : "已有回执")));
}

/**
 * @param {Awaited<ReturnType<typeof closeDay>>} answer
 * @param {any[]} all
 */
function result(answer, all) {
  const head = numbers(answer.taken, answer.held, true), at = hour(Date.now());
  const astray = answer.astray.length ? strays(answer.astray) : [];
  if (!answer.taken) return [head, notice("blue", "今天本机没有拍照。"), ...astray];
  if (!answer.missing.length && astray.length) return [head, notice("good", `${at} 核对：本机拍的一张不少，内容一样。`), ...astray];
  if (answer.ok) return [head, notice("good", `${at} 核对：一张不少，内容一样。可以收工了。`)];
  const rows = answer.missing.map(({ uuid, why }) => {
    const c = all.find((one) => one.uuid === uuid);
    return el("li.shot.bad", {}, c ? picture(c, `${c.kind}照片`) : icon("camera"), el("div.what", {}, el("b", {}, c?.kind ?? "填写内容"), el("p", {}, c ? `${c.parcel}　${hour(c.moment)}` : "")), el("p.state", {}, why));
  });
  return [head, notice("bad", `${at} 核对：还有 ${answer.missing.length} 条服务器没有收到。它们都在本机，先不要清除浏览器数据。`, link("去看照片", "#/outbox", { look: "main" })), el("ul.shots", {}, ...rows), ...astray];
}

/** @param {import("../../js/pruning.js").Day[]} days of which the phone keeps only the count */
function formerRows(days) {
  if (!days.length) return [];
  const said = (/** @type {import("../../js/pruning.js").Day} */ d) => [d.photos ? `照片 ${d.photos} 张` : "", d.hand_ins ? `填写 ${d.hand_ins} 次` : ""].filter(Boolean).join("、");
  return [el("details.receipt", {}, el("summary", {}, "三十天以前核对过的"), el("p.soft", {}, "都在服务器上，本机只留张数。"), ...days.map((d) => el("p", {}, `${d.day}　${said(d)}`)))];
}

/** @param {import("../../js/day.js").Astray[]} photos whose records came from a phone that has them no more */
function strays(photos) {
  const rows = photos.map((p) => el("li.shot.bad", {}, icon("camera"), el("div.what", {}, el("b", {}, p.kind), el("p", {}, `${p.parcel || "地块不明"}　${moment(p.made_at ?? p.received_at, Date.now())} 拍`)), el("p.state", {}, "这张照片的记录到了，照片没到")));
  return [notice("bad", `有 ${photos.length} 张照片，服务器收到了记录，照片没到，本机也没有。可能在您另一台手机上，请打开那台手机送完；没存下来的，请重拍，并告诉督导。`), el("ul.shots", { "aria-label": "照片没到" }, ...rows)];
}
