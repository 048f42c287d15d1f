/**
 * Reading a zip that anybody may have made: what it lists, what is odd about it, its bytes in
 * bounds. Nothing is held but the directory and one member at a time.
 */

const MOST_MEMBERS = 4000;
const MOST_DIRECTORY = 4_000_000;
const LOCAL = 30;
const CENTRAL = 46;
const END = 22;
const UTF8 = new TextDecoder();

/**
 * A member as the directory lists it; `start` is null where its local header is not sound.
 * @typedef {{name: string, method: number, size: number, packed: number, crc32: number,
 *   start: number | null, odd: {kind: string, says: string}[]}} Listed
 * @typedef {{file: Blob, members: Listed[], odd: string[]}} Opened
 */

/** A file that is no zip, or a member that cannot be read; says in Chinese why. */
export class Unreadable extends Error {}

/**
 * @param {Blob} file
 * @param {number} at
 * @param {number} count
 * @returns {Promise<Uint8Array>}
 */
export async function slice(file, at, count) {
  return new Uint8Array(await file.slice(at, at + count).arrayBuffer());
}

/** @param {Uint8Array} bytes @returns {DataView} */
function view(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * @param {Blob} file
 * @returns {Promise<Opened>}
 */
export async function openZip(file) {
  const tailAt = Math.max(0, file.size - END - 0xffff);
  const tail = await slice(file, tailAt, file.size - tailAt);
  const found = endOf(tail);
  if (found < 0) throw new Unreadable("不是 zip 文件，或者文件尾部被截断、损坏");
  const end = view(tail.subarray(found));
  const [disk, first, here, count] = [4, 6, 8, 10].map((at) => end.getUint16(at, true));
  const length = end.getUint32(12, true);
  const offset = end.getUint32(16, true);
  if (disk || first || here !== count) throw new Unreadable("是分卷的 zip，证据包不会分卷");
  if (count > MOST_MEMBERS || length > MOST_DIRECTORY) throw new Unreadable("目录太大");
  const odd = [];
  const endAt = tailAt + found;
  const after = file.size - endAt - END;
  if (after) odd.push(`zip 末尾多出 ${after} 字节`);
  if (end.getUint16(20, true) !== after) odd.push("zip 注释的长度与文件不符");
  const start = endAt - length;
  const shift = start - offset;
  if (start < 0 || shift < 0) throw new Unreadable("目录的位置不对，文件被截断或损坏");
  if (shift) odd.push(`zip 前面或中间多出 ${shift} 字节`);
  const data = await slice(file, start, length);
  const members = [];
  let at = 0;
  for (let n = 1; n <= count; n += 1) {
    const entry = data.length - at >= CENTRAL ? view(data.subarray(at)) : null;
    if (!entry || entry.getUint32(0, true) !== 0x02014b50) {
      throw new Unreadable(`目录从第 ${n} 项起损坏`);
    }
    const nameEnd = at + CENTRAL + entry.getUint16(28, true);
    const next = nameEnd + entry.getUint16(30, true) + entry.getUint16(32, true);
    if (next > data.length) throw new Unreadable(`目录从第 ${n} 项起损坏`);
    members.push(await listed(file, data.subarray(at + CENTRAL, nameEnd), entry, shift, start));
    at = next;
  }
  if (at < data.length) odd.push(`目录里多出 ${data.length - at} 字节`);
  return { file, members, odd };
}

/** @param {Uint8Array} tail @returns {number} */
function endOf(tail) {
  for (let at = tail.length - END; at >= 0; at -= 1) {
    if (tail[at] === 0x50 && tail[at + 1] === 0x4b && tail[at + 2] === 5 && tail[at + 3] === 6) {
      return at;
    }
  }
  return -1;
}

/**
 * @param {Blob} file
 * @param {Uint8Array} raw the name
 * @param {DataView} entry its part of the directory
 * @param {number} shift bytes before the zip
 * @param {number} end where the directory begins
 * @returns {Promise<Listed>}
 */
async function listed(file, raw, entry, shift, end) {
  const flags = entry.getUint16(8, true);
  const method = entry.getUint16(10, true);
  const [crc32, packed, size] = [16, 20, 24].map((at) => entry.getUint32(at, true));
  const name = UTF8.decode(raw);
  const odd = [];
  const say = (/** @type {string} */ kind, /** @type {string} */ says) => odd.push({ kind, says });
  if (/^\/|[\\:\x00-\x1f\x7f]/.test(name) || name.split(/[\\/]/).includes("..")) {
    say("unsafe-name", "文件名不安全");
  }
  if (flags & 1) say("encrypted", "被加了密，证据包里的文件都不加密");
  if (method !== 0 && method !== 8) say("unreadable", `用了不认识的压缩方法 ${method}`);
  if (packed === 0xffffffff || size === 0xffffffff) say("unreadable", "用了 ZIP64 的大小");
  const at = entry.getUint32(42, true) + shift;
  const head = await slice(file, at, LOCAL + raw.length);
  const local = head.length >= LOCAL ? view(head) : null;
  let start = null;
  if (!local || local.getUint32(0, true) !== 0x04034b50) {
    say("header", "本地文件头损坏");
  } else {
    const nameLength = local.getUint16(26, true);
    const same = head.length === LOCAL + raw.length && raw.every((b, n) => head[LOCAL + n] === b);
    const sizes = [14, 18, 22].map((place) => local.getUint32(place, true));
    const heads = local.getUint16(6, true) === flags && local.getUint16(8, true) === method;
    const agree = heads && sizes[0] === crc32 && sizes[1] === packed && sizes[2] === size;
    if (nameLength !== raw.length || !same) say("header", "目录与本地文件头的名字不同");
    else if (!agree && !(flags & 8 && heads)) say("header", "目录与本地文件头的大小、校验或方法不同");
    const begins = at + LOCAL + nameLength + local.getUint16(28, true);
    if (begins + packed <= end) start = begins;
    else say("header", "内容超出了文件的范围");
  }
  return { name, method, size, packed, crc32, start, odd };
}

/**
 * The bytes of a member, `most` at most.
 * @param {Opened} opened
 * @param {Listed} member
 * @param {number} most
 * @returns {Promise<Uint8Array>}
 */
export async function bytesOf(opened, member, most) {
  const closed = member.odd.some((o) => o.kind === "encrypted" || o.kind === "unreadable");
  if (member.start === null || closed) throw new Unreadable("内容读不出来");
  if (member.method === 0) {
    if (member.packed > most) throw new Unreadable(`内容应不超过 ${most} 字节`);
    return slice(opened.file, member.start, member.packed);
  }
  const packed = opened.file.slice(member.start, member.start + member.packed);
  const reader = packed.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > most) throw new Unreadable(`解压后超过应有的 ${most} 字节，没有再解压`);
      parts.push(value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {});
    throw error instanceof Unreadable ? error : new Unreadable("压缩内容损坏");
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/**
 * Members whose bytes lie over those of another.
 * @param {Listed[]} members
 * @returns {string[]}
 */
export function overlapping(members) {
  const placed = members.filter((m) => m.start !== null).sort((a, b) => a.start - b.start);
  return placed.slice(1).filter((m, n) => m.start < placed[n].start + placed[n].packed).map((m) => m.name);
}
