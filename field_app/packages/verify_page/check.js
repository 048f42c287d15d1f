/** Whether a package is as it was sealed: what `package-verify` says, by its words. */
import { crc32, pieces } from "./form.js";
import { readKey, sha256, signed } from "./keys.js";
import { records } from "./records.js";
import { Unreadable, bytesOf, openZip, overlapping, slice } from "./zip.js";

const FORMAT = "shidi-hecha/evidence-package/1";
const NAME = /^[a-z0-9][a-z0-9._-]{0,99}(\/[a-z0-9][a-z0-9._-]{0,99})?$/;
const MANIFEST = "manifest.json";
const SIGNATURE = "manifest.sig";
const KEY = "office-key.pem";
const MOST_MANIFEST = 4_000_000;
const MOST_TOLD = 200;

/**
 * @typedef {{kind: string, member: string, says: string}} Fault
 * @typedef {{name: string, size: number, crc32: number, sha256: string}} Sealed
 * @typedef {{verdict: string, faults: Fault[], manifest: any, sound: Set<string>, keyId: string,
 *   noSignature: boolean, records: {records: number, signed: number, photos: number}, opened: import("./zip.js").Opened | null}} Checked
 */

/**
 * @param {Blob} file
 * @param {import("./keys.js").Key | null} published
 * @param {(done: number, of: number) => void} report
 * @returns {Promise<Checked>}
 */
export async function check(file, published, report) {
  /** @type {Checked} */
  const said = {
    verdict: "不是证据包", faults: [], manifest: null, sound: new Set(), keyId: "",
    noSignature: false, opened: null,
    records: { records: 0, signed: 0, photos: 0 },
  };
  const say = (/** @type {string} */ kind, /** @type {string} */ member, /** @type {string} */ says) => {
    if (said.faults.length < MOST_TOLD) said.faults.push({ kind, member, says });
  };
  try {
    said.opened = await openZip(file);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    say("container", "", `${error.message}。`);
    return said;
  }
  const byName = around(said.opened, say);
  const text = await small(said.opened, byName, MANIFEST, MOST_MANIFEST, say);
  const signature = (await small(said.opened, byName, SIGNATURE, 64, say)) ?? new Uint8Array();
  if (!text) return said;
  said.verdict = "被改动";
  try {
    said.manifest = readManifest(new TextDecoder("utf-8", { fatal: true }).decode(text));
  } catch {
    say("manifest", MANIFEST, "清单读不懂，无法逐个核对。");
    return said;
  }
  await bySignature(said, byName, text, signature, published, say);
  await members(said, byName, say, report);
  await form(said, file, text, signature, say);
  said.records = await records(said.sound, (name, most) => bytesOf(said.opened, byName.get(name), most));
  if (!said.faults.length) {
    said.verdict = published && !said.noSignature ? "完好" : "来源未确认";
  }
  return said;
}

/**
 * @param {import("./zip.js").Opened} opened
 * @param {(kind: string, member: string, says: string) => void} say
 * @returns {Map<string, import("./zip.js").Listed>}
 */
function around(opened, say) {
  for (const says of opened.odd) say("container", "", `${says}。`);
  for (const name of overlapping(opened.members)) say("container", name, `${name}：内容与另一个文件重叠。`);
  const byName = new Map();
  const twice = new Set();
  for (const member of opened.members) {
    for (const odd of member.odd) say(odd.kind, member.name, `${member.name}：${odd.says}。`);
    if (byName.has(member.name)) twice.add(member.name);
    else byName.set(member.name, member);
  }
  for (const name of twice) say("duplicate", name, `${name}：在包里出现了不止一次。`);
  return byName;
}

/** The bytes of a small member; null where they cannot be had, which is told. */
async function small(opened, byName, name, most, say) {
  const member = byName.get(name);
  if (!member) {
    say("missing", name, `${name}：缺少。`);
    return null;
  }
  try {
    const data = await bytesOf(opened, member, most);
    if (crc32(data) !== member.crc32) say("altered", name, `${name}：内容被改动，与 zip 里的校验不符。`);
    return data;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    say("altered", name, `${name}：${error.message}。`);
    return null;
  }
}

/**
 * The manifest that a text is. Throws where it is none.
 * @param {string} text
 */
function readManifest(text) {
  const found = JSON.parse(text);
  const whole = (/** @type {any} */ n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32;
  const texts = ["entry", "title", "office", "purpose", "made_at", "made_by", "key_id"];
  const fine =
    found?.format === FORMAT &&
    texts.every((name) => typeof found[name] === "string" && found[name].length <= 400) &&
    !Number.isNaN(Date.parse(found.made_at)) &&
    Array.isArray(found.members) &&
    found.members.length > 0 &&
    found.members.every(
      (/** @type {any} */ m) =>
        typeof m?.name === "string" && NAME.test(m.name) && !m.name.includes("..") &&
        m.name !== MANIFEST && m.name !== SIGNATURE && whole(m.size) && whole(m.crc32) &&
        /^[0-9a-f]{64}$/.test(m.sha256),
    ) &&
    new Set(found.members.map((/** @type {any} */ m) => m.name)).size === found.members.length;
  if (!fine) throw new Error("no manifest");
  return found;
}

async function bySignature(said, byName, text, signature, published, say) {
  let inside = null;
  if (byName.has(KEY)) {
    const pem = await small(said.opened, byName, KEY, 2000, say);
    inside = pem ? await readKey(new TextDecoder().decode(pem)) : null;
    if (!inside?.spki || inside.id !== said.manifest.key_id) {
      say("key", KEY, `${KEY}：不是清单所写的那把公钥。`);
    }
  }
  // A fingerprint alone says which key is meant: the package brings it along, or another one.
  const meant = published && !published.spki && inside?.id === published.id ? inside : published;
  const first = meant ?? inside;
  const answer = first ? await signed(first, text, signature) : false;
  if (answer === null) {
    said.noSignature = true;
  } else if (answer) {
    said.keyId = first.id;
    if (first.id !== said.manifest.key_id) say("key", MANIFEST, "清单写的公钥与实际签名的不是同一把。");
  } else if (published && inside && (await signed(inside, text, signature))) {
    said.keyId = inside.id;
    say("key", SIGNATURE, "签名出自另一把密钥，不是所给的县办公钥：可能有人改动后重新签过，也可能公钥给错了。");
  } else {
    say("signature", SIGNATURE, "签名与清单不符：清单或签名被改动过，或者公钥不对。");
  }
}

async function members(said, byName, say, report) {
  const wanted = said.manifest.members;
  const known = new Set(wanted.map((/** @type {Sealed} */ m) => m.name));
  const added = [...byName.values()].filter((m) => !known.has(m.name) && m.name !== MANIFEST && m.name !== SIGNATURE);
  const total = wanted.reduce((/** @type {number} */ sum, /** @type {Sealed} */ m) => sum + m.size, 0);
  let done = 0;
  for (const sealed of wanted) {
    const member = byName.get(sealed.name);
    if (!member) {
      let at = -1;
      for (let n = 0; n < added.length && at < 0; n += 1) {
        if (added[n].size === sealed.size && !(await difference(said.opened, added[n], sealed))) at = n;
      }
      if (at < 0) say("missing", sealed.name, `${sealed.name}：缺少。`);
      else say("renamed", sealed.name, `${sealed.name}：被改名为 ${added.splice(at, 1)[0].name}。`);
    } else {
      const differs = await difference(said.opened, member, sealed);
      if (differs) say("altered", sealed.name, `${sealed.name}：${differs}。`);
      else if (!member.odd.length) said.sound.add(sealed.name);
    }
    done += sealed.size;
    report(done, total);
  }
  for (const member of added) say("added", member.name, `${member.name}：清单里没有，是后来加进去的。`);
}

/** How a member's bytes differ from what was sealed; empty where they do not. */
async function difference(opened, member, sealed) {
  try {
    const data = await bytesOf(opened, member, sealed.size);
    if (data.length !== sealed.size) return `大小应为 ${sealed.size} 字节，实为 ${data.length} 字节`;
    return (await sha256(data)) === sealed.sha256 ? "" : "内容被改动，校验码不符";
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return error.message;
  }
}

async function form(said, file, text, signature, say) {
  const structural = ["missing", "added", "duplicate", "renamed", "unsafe-name"];
  if (said.faults.some((/** @type {Fault} */ f) => structural.includes(f.kind))) return;
  const parts = [
    { name: MANIFEST, size: text.length, crc32: crc32(text) },
    { name: SIGNATURE, size: signature.length, crc32: crc32(signature) },
    ...said.manifest.members,
  ];
  const all = pieces(parts, said.manifest.made_at);
  const last = all[all.length - 1];
  const length = last.offset + last.data.length;
  const altered = said.faults.some((/** @type {Fault} */ f) => f.kind === "altered");
  if (file.size !== length && !altered) say("container", "", `文件应为 ${length} 字节，实为 ${file.size} 字节。`);
  for (const piece of all) {
    const there = await slice(file, piece.offset, piece.data.length);
    if (there.length !== piece.data.length || piece.data.some((byte, n) => there[n] !== byte)) {
      const where = piece.member ? `${piece.member} 的${piece.place}` : piece.place;
      say("header", piece.member, `zip 结构被改动：${where}不是封存时的字节。`);
      if (file.size !== length) break;
    }
  }
}
