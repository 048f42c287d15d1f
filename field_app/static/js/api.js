/**
 * Questions to our own server, in JSON, and what an answer means. Every one says whose work it
 * is: somebody else may have signed in in another tab, and must not send mine.
 *
 * @typedef {{kind: "ok", status: number, body: any, etag: string}
 *          | {kind: "sign-in"} | {kind: "other-person"}
 *          | {kind: "refused", why: string, id: string, status: number}
 *          | {kind: "later", why: string, id?: string}} Answer
 *   later: no line (`why` empty), or a server that cannot just now
 */

const PATIENCE_MS = 30_000;

/**
 * The header that names whose work a request carries.
 * @param {string} owner login name
 */
export function ownerHeader(owner) {
  return { "X-Owner": encodeURIComponent(owner) };
}

/**
 * @param {string} method
 * @param {string} path
 * @param {string} owner login name; "" where nobody is known yet
 * @param {{body?: any, etag?: string, patience_ms?: number}} [more]
 * @returns {Promise<Answer>}
 */
export async function ask(method, path, owner, { body, etag, patience_ms = PATIENCE_MS } = {}) {
  /** @type {Record<string, string>} */
  const headers = { ...(owner ? ownerHeader(owner) : {}) };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (etag) headers["If-None-Match"] = etag;
  try {
    const answer = await fetch(path, {
      method, headers, cache: "no-store", credentials: "same-origin",
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(patience_ms),
    });
    const type = answer.headers.get("content-type") ?? "";
    const text = answer.status === 304 ? "" : await answer.text();
    const ours = new URL(answer.url, location.href).pathname === new URL(path, location.href).pathname;
    return { ...judge(answer.status, type, text, ours), etag: answer.headers.get("etag") ?? "" };
  } catch {
    return { kind: "later", why: "" };
  }
}

/**
 * What an answer means. A Wi-Fi portal answers 200 to everything: only JSON from the address that
 * was asked is an answer of ours.
 * @param {number} status 0: there was none
 * @param {string} type
 * @param {string} text
 * @param {boolean} ours whether it comes from the address that was asked
 * @returns {any} an Answer (without `etag`)
 */
export function judge(status, type, text, ours) {
  if (!status) return { kind: "later", why: "" };
  const body = type.includes("json") ? parsed(text) : null;
  if (status === 401 || (status < 400 && !ours)) return { kind: "sign-in" };
  if (status === 304 || (status < 300 && body)) return { kind: "ok", status, body };
  if (status < 400) return { kind: "later", why: "网络返回了别的页面（可能需要先登录 Wi-Fi）" };
  if (body?.id === "other-person") return { kind: "other-person" };
  const why = typeof body?.detail === "string" ? body.detail : `服务器没有接收（${status}）`;
  const passing = status >= 500 || status === 408 || status === 425 || status === 429;
  if (passing || body?.retry === true) return { kind: "later", why, id: String(body?.id ?? "") };
  // A refusal that is not in our words is a proxy's or a portal's: it says nothing of the photo.
  if (!body && status !== 413) return { kind: "later", why };
  return { kind: "refused", why, id: String(body?.id ?? ""), status };
}

/** @param {string} text */
function parsed(text) {
  try {
    const found = JSON.parse(text);
    return typeof found === "object" ? found : null;
  } catch {
    return null;
  }
}

/**
 * Who this browser is signed in as.
 * @returns {Promise<string | null | undefined>} login name; null: nobody; undefined: no answer
 */
export async function signedInName() {
  const answer = await ask("GET", "/api/v1/me", "", { patience_ms: 10_000 });
  if (answer.kind === "ok") return String(answer.body.name ?? "");
  return answer.kind === "sign-in" ? null : undefined;
}
