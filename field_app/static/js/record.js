/**
 * The record of a capture: the text that the device signs and the server keeps for ever. Pure:
 * everything it says is handed in.
 *
 * @typedef {{lon: number, lat: number, accuracy_m: number, altitude_m: number | null,
 *            altitude_accuracy_m: number | null, speed_m_s: number | null,
 *            heading_deg: number | null, fixed_at: string}} Position WGS 84; UTC
 * @typedef {Position & {received_at: string}} Fix
 * @typedef {{heading_deg: number, heading_ref: "M", pitch_deg: number, at: string,
 *            accuracy_deg: number | null}} Look
 * @typedef {{label: string, width: number, height: number, facing: string}} Camera
 * @typedef {"live" | "camera" | "file"} Way
 *
 * @typedef {object} Row what the phone keeps of a capture (store "captures"); times are ms of the
 *   phone's clock
 * @property {string} uuid
 * @property {"photo" | "visit"} type
 * @property {string} owner login name; another one's sign-in does not send it
 * @property {number | null} task
 * @property {number | null} inspection
 * @property {string} visit
 * @property {string} parcel its number; "" where the page did not know it
 * @property {number | null} shape_no
 * @property {string | null} form
 * @property {"raw" | "waiting" | "refused" | "delivered"} state raw: not hashed and signed yet
 * @property {string} problem what the server said
 * @property {any} receipt
 * @property {any} record_receipt of the record alone, while the photo is under way
 * @property {boolean} tried something of it may have reached the server
 * @property {number} rev counts changes, so that none is overlooked
 * @property {number} made_at
 * @property {number} added_at
 * @property {number | null} [offset_ms] server minus phone, as it was known when this was made
 * @property {string | null} sha256
 * @property {string | null} [bytes_sha256] of the bytes that were sent, where they were no longer those
 *   of the record
 * @property {string} kind
 * @property {string} [code]
 * @property {boolean} [code_offline]
 * @property {Way} [way]
 * @property {string} [note]
 * @property {number} [size] bytes
 * @property {string | null} [raw_sha256]
 * @property {Uint8Array | null} [segment] EXIF that belongs into the file
 * @property {string} [media_type]
 * @property {string} [name] of the file
 * @property {number} [opened_at]
 * @property {number} [moment] the shutter
 * @property {number} [chosen_at]
 * @property {number | null} [file_modified_at]
 * @property {Look | null} [look]
 * @property {Position | null} [position]
 * @property {Fix[]} [track]
 * @property {Camera | null} [camera]
 * @property {number} [settle_by] until when a better position is waited for; 0: settled
 * @property {any} [answers] and what else a hand-in says
 * @property {any} [seen]
 * @property {any} [marks]
 * @property {boolean} [submit]
 * @property {string[]} [photos] capture uuids
 * @property {number | null} [edition_seen]
 *
 * @typedef {{key_id: string, app: string, offset: {offset_ms: number | null,
 *            measured_at: number | null}, photos?: string[]}} Known of the phone at the signing
 */

/** @param {number | null | undefined} ms @returns {string | null} UTC, ISO 8601 */
const utc = (ms) => (typeof ms === "number" && Number.isFinite(ms) ? new Date(ms).toISOString() : null);

const LONGEST_NAME = 120;

/** @param {Row} row */
function photo(row) {
  return {
    kind: row.kind, way: row.way, sha256: row.sha256, size: row.size,
    raw_sha256: row.raw_sha256 ?? null, media_type: row.media_type,
    opened_at: utc(row.opened_at), shot_at: utc(row.moment), chosen_at: utc(row.chosen_at),
    file_name: (row.name ?? "").slice(-LONGEST_NAME), file_modified_at: utc(row.file_modified_at),
    position: row.position ?? null, track: row.track ?? [], look: row.look ?? null,
    camera: row.camera ?? null, note: row.note ?? "",
  };
}

/** @param {Row} row @param {string[]} photos their sha256 */
function visit(row, photos) {
  return {
    answers: row.answers, seen: row.seen, marks: row.marks ?? {}, submit: row.submit === true,
    photos, edition_seen: row.edition_seen ?? null,
  };
}

/**
 * The record as JSON text, its keys in the agreed order.
 * @param {Row} row
 * @param {Known} known
 * @returns {string}
 */
export function recordText(row, known) {
  return JSON.stringify({
    v: 1, uuid: row.uuid, type: row.type, owner: row.owner, key_id: known.key_id,
    task: row.task, visit: row.visit, inspection: row.inspection, parcel: row.parcel,
    shape_no: row.shape_no, form: row.form, made_at: utc(row.made_at),
    zone_offset_min: -new Date(row.made_at).getTimezoneOffset(),
    clock: { offset_ms: known.offset.offset_ms, measured_at: utc(known.offset.measured_at) },
    code: row.code ?? null, code_offline: row.code_offline ?? null, app: known.app,
    ...(row.type === "photo" ? photo(row) : visit(row, known.photos ?? [])),
  });
}
