/** The answer on the page. Text is never HTML. */
import { fingerprint } from "./keys.js";
import { bytesOf } from "./zip.js";

const MOST_PHOTOS = 200;
const TYPES = { jpg: "image/jpeg", png: "image/png", webp: "image/webp" };
const LOOKS = { 完好: "good", 来源未确认: "warn", 被改动: "bad", 不是证据包: "bad" };

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 * @returns {HTMLElement}
 */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * @param {HTMLElement} place
 * @param {import("./check.js").Checked} said
 * @param {import("./keys.js").Key | null} published
 */
export async function show(place, said, published) {
  place.replaceChildren(verdict(said, published));
  if (!said.manifest) return;
  place.append(seal(said));
  const entry = await entryOf(said);
  if (entry) place.append(...entryParts(said, entry));
}

function verdict(said, published) {
  const part = el("section", {}, el("p", { class: `verdict ${LOOKS[said.verdict]}` }, `核验结果：${said.verdict}`));
  if (said.verdict === "完好") {
    part.append(el("p", {}, "每个文件、每个字节都与县办封存时相同，签名出自您给出的县办公钥。"));
  }
  if (said.verdict === "来源未确认") {
    part.append(el("p", {}, "内容与清单一致，但还不能确认是县办封存的。"));
    if (!published) {
      part.append(el("p", {}, "包里自带的公钥不能证明来源：改动过的人可以连它一起换掉。请在上面填入县办公布的公钥，或把下面的指纹与县办公布的逐位核对。"));
    }
  }
  if (said.noSignature) {
    part.append(el("p", { class: "warn" }, "这个浏览器不支持 Ed25519，没有核对签名，只核对了各文件的校验码。请用新版 Chrome、Edge（137 以上）或 Firefox，或用命令 package-verify。"));
  }
  if (said.faults.length) {
    part.append(el("ul", { id: "faults" }, ...said.faults.map((/** @type {any} */ f) => el("li", { class: "bad" }, f.says))));
  }
  return part;
}

/** @param {string} iso @returns {string} in China, to the minute */
function moment(iso) {
  const at = Date.parse(iso ?? "");
  if (Number.isNaN(at)) return "—";
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
}

/** @param {[string, string][]} rows */
function facts(rows) {
  return el("dl", {}, ...rows.filter(([, text]) => text).flatMap(([name, text]) => [el("dt", {}, name), el("dd", {}, String(text))]));
}

function seal(said) {
  const { manifest } = said;
  const part = el("section", {}, el("h2", {}, "封存"));
  if (said.faults.length) part.append(el("p", { class: "bad" }, "包已被改动，以下内容不能作准。"));
  part.append(facts([
    ["问题编号", manifest.entry],
    ["封存单位", manifest.office],
    ["封存人", manifest.made_by],
    ["封存时间", moment(manifest.made_at)],
    ["用途", manifest.purpose],
    ["手机采集记录", recordsIn(said.records)],
    ["文件", `清单 ${manifest.members.length} 个，完好 ${said.sound.size} 个`],
  ]));
  if (said.keyId) {
    part.append(el("p", {}, "签名公钥指纹（SHA-256）"), el("p", { class: "hash", id: "fingerprint" }, fingerprint(said.keyId)));
  }
  return part;
}

function recordsIn({ records, signed, photos }) {
  return records ? `${records} 条，设备签名有效 ${signed} 条，对应照片 ${photos} 张` : "";
}

async function entryOf(said) {
  const data = await soundBytes(said, "entry.json");
  try {
    return data ? JSON.parse(new TextDecoder().decode(data)) : null;
  } catch {
    return null;
  }
}

async function soundBytes(said, name) {
  if (!said.sound.has(name)) return null;
  const member = said.opened.members.find((/** @type {any} */ m) => m.name === name);
  return bytesOf(said.opened, member, member.size);
}

/** A sound member as a file of the browser; it is not read for that. */
function blobOf(said, name, type) {
  const member = said.opened.members.find((/** @type {any} */ m) => m.name === name);
  if (!said.sound.has(name) || member?.method !== 0) return null;
  return said.opened.file.slice(member.start, member.start + member.packed, type);
}

function entryParts(said, found) {
  const entry = found.entry ?? {};
  const about = el("section", {}, el("h2", {}, "问题"));
  if (found.invented) about.append(el("p", { class: "bad" }, "演示数据"));
  about.append(facts([
    ["问题编号", entry.number],
    ["问题", entry.problem],
    ["位置", `${entry.township ?? ""} ${entry.village ?? ""}`.trim()],
    ["地块", found.parcel?.number],
    ["问题描述", entry.description],
    ["责任主体", (entry.units ?? []).join("、")],
    ["问题性质", entry.nature || "未定（由人认定）"],
    ["整改措施", entry.measure],
    ["状态", entry.state],
    ["移送", entry.handed_to],
  ]));
  const dossier = blobOf(said, "dossier.pdf", "application/pdf");
  if (dossier) {
    const save = el("button", { type: "button" }, "保存卷宗（PDF）");
    save.addEventListener("click", () => {
      el("a", { href: URL.createObjectURL(dossier), download: `${said.manifest.entry}.pdf` }).click();
    });
    about.append(save);
  }
  const parts = [about];
  const map = blobOf(said, "map.svg", "image/svg+xml");
  if (map) parts.push(el("section", {}, el("h2", {}, "地块与站位"), el("img", { class: "map", alt: "地块和照片的站位、视野", src: URL.createObjectURL(map) })));
  const photos = (found.photos ?? []).slice(0, MOST_PHOTOS);
  if (photos.length) {
    parts.push(el("section", {}, el("h2", {}, `照片 ${photos.length} 张`), el("div", { class: "photos" }, ...photos.map((/** @type {any} */ p) => photo(said, p)))));
  }
  return parts;
}

function photo(said, each) {
  const type = TYPES[String(each.file).split(".").pop()];
  const blob = type ? blobOf(said, each.file, type) : null;
  const said_ = `照片 ${each.number}　${each.kind}（${each.stage}）`;
  const figure = el("figure", {});
  if (blob) figure.append(el("img", { alt: said_, loading: "lazy", src: URL.createObjectURL(blob) }));
  else figure.append(el("p", { class: "soft" }, said.sound.has(each.file) ? "浏览器不能显示这种照片" : "这张照片被改动或缺少，不显示"));
  figure.append(el("figcaption", {}, said_, el("br"), `${each.verdict}，${each.grade} 级`, el("br"), `拍摄 ${moment(each.taken_at)}　${each.by}`));
  return figure;
}
