/**
 * Watches Streamlit's connection. Its own overlay is English, and when a session has ended it
 * reconnects for ever behind dead widgets. So: a Chinese line while the connection is lost, and
 * the sign-in page where the server says that nobody is signed in.
 */

const EVERY_MS = 2000;
const ASK_AFTER_MS = 4000;

/** @type {HTMLElement | null} */
let banner = null;
let lostSince = 0;
let asking = false;

/** @param {string} text "" takes it away */
function say(text) {
  if (!text) {
    banner?.remove();
    banner = null;
    return;
  }
  banner ??= Object.assign(document.createElement("div"), { className: "app-offline" });
  banner.setAttribute("role", "status");
  banner.textContent = text;
  if (!banner.isConnected) document.body.append(banner);
}

async function askWho() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch("/api/v1/me", { cache: "no-store", signal: AbortSignal.timeout(8000) });
    if (answer.status === 401) {
      location.replace(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
  } catch {
    // No line: Streamlit goes on trying, and so do we.
  } finally {
    asking = false;
  }
}

function look() {
  const app = document.querySelector("[data-test-connection-state]");
  const state = app?.getAttribute("data-test-connection-state");
  const connected = !state || state === "CONNECTED" || state === "INITIAL";
  if (connected && navigator.onLine) {
    lostSince = 0;
    say("");
    return;
  }
  if (!navigator.onLine) return say("没有网络。照片会先存在本机，有信号后自动送出");
  lostSince ||= Date.now();
  const lost = Date.now() - lostSince;
  if (lost < EVERY_MS) return; // a reload or a short gap is no news
  say("与服务器的连接断开，正在重新连接…已填内容都在");
  if (lost > ASK_AFTER_MS) askWho();
}

setInterval(look, EVERY_MS);
for (const name of ["online", "offline"]) window.addEventListener(name, look);
document.addEventListener("visibilitychange", look);
