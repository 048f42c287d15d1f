/** From an entry of the ledger, which knows no task, to what is taken along for it. */

import { field } from "../field.js";
import { link, notice, title } from "../pieces.js";
import { toTask } from "./task.js";

/**
 * @param {HTMLElement} main
 * @param {number} id of the entry
 * @returns {Promise<import("../page.js").Shown>}
 */
export async function show(main, id) {
  const task = field.pack?.tasks.find((/** @type {any} */ t) => t.entry?.id === id);
  if (task) return toTask(task);
  main.append(title("离线包里没有这条问题"), notice("warn",
    field.pack ? "离线包还没有更新，或者这条问题不在整改中。有信号时更新离线包，再从待办点进来。" : "还没有离线包。有信号时先下载，进山就能用。",
    link(field.pack ? "去更新离线包" : "去下载离线包", "#/", { look: "main" })));
  return { title: "离线包里没有", tab: "find" };
}
