/** The one form in which a package is written; docs/package.md says it in words. */

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** @param {Uint8Array} bytes @returns {number} */
export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = CRC[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/**
 * Day and time as a zip keeps them: in China, to two seconds.
 * @param {string} iso
 * @returns {[number, number]}
 */
export function dosMoment(iso) {
  const there = new Date(Date.parse(iso) + 8 * 3_600_000);
  const day = ((there.getUTCFullYear() - 1980) << 9) | ((there.getUTCMonth() + 1) << 5) | there.getUTCDate();
  return [day, (there.getUTCHours() << 11) | (there.getUTCMinutes() << 5) | (there.getUTCSeconds() >> 1)];
}

/**
 * Everything of the file that is no member's own bytes, in the order in which it stands.
 * @param {{name: string, size: number, crc32: number}[]} members
 * @param {string} madeAt
 * @returns {{offset: number, data: Uint8Array, member: string, place: string}[]}
 */
export function pieces(members, madeAt) {
  const [day, time] = dosMoment(madeAt);
  const found = [];
  const starts = [];
  let offset = 0;
  for (const member of members) {
    const data = header(member, 30, 0x04034b50, [20, 0, 0, time, day]);
    found.push({ offset, data, member: member.name, place: "本地文件头" });
    starts.push(offset);
    offset += data.length + member.size;
  }
  const directory = offset;
  members.forEach((member, n) => {
    const data = header(member, 46, 0x02014b50, [20, 20, 0, 0, time, day]);
    new DataView(data.buffer).setUint32(42, starts[n], true);
    found.push({ offset, data, member: member.name, place: "目录" });
    offset += data.length;
  });
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, members.length, true);
  view.setUint16(10, members.length, true);
  view.setUint32(12, offset - directory, true);
  view.setUint32(16, directory, true);
  found.push({ offset, data: end, member: "", place: "目录结尾" });
  return found;
}

/**
 * @param {{name: string, size: number, crc32: number}} member
 * @param {number} length of the header without its name
 * @param {number} mark
 * @param {number[]} words what follows the mark, two bytes each
 * @returns {Uint8Array}
 */
function header(member, length, mark, words) {
  const name = new TextEncoder().encode(member.name);
  const data = new Uint8Array(length + name.length);
  const view = new DataView(data.buffer);
  view.setUint32(0, mark, true);
  let at = 4;
  for (const word of words) {
    view.setUint16(at, word, true);
    at += 2;
  }
  for (const number of [member.crc32, member.size, member.size]) {
    view.setUint32(at, number, true);
    at += 4;
  }
  view.setUint16(at, name.length, true);
  data.set(name, length);
  return data;
}
