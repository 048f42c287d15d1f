/** The page: a key, a file, the answer. */
import { check } from "./check.js";
import { fingerprint, readKey } from "./keys.js";
import { show } from "./show.js";

const keyField = /** @type {HTMLTextAreaElement} */ (document.getElementById("key"));
const fileField = /** @type {HTMLInputElement} */ (document.getElementById("file"));
const keySaid = /** @type {HTMLElement} */ (document.getElementById("key-said"));
const progress = /** @type {HTMLElement} */ (document.getElementById("progress"));
const answer = /** @type {HTMLElement} */ (document.getElementById("answer"));
const own = document.querySelector('meta[name="office-key"]')?.getAttribute("content") ?? "";
let turn = 0;

/** The key that was pasted; undefined where what stands there is none. */
async function published() {
  if (!keyField.value.trim()) {
    keySaid.textContent = "";
    return null;
  }
  const key = await readKey(keyField.value);
  keySaid.textContent = key ? `指纹 ${fingerprint(key.id)}` : "这不是县办公布的公钥或指纹，请整段复制。";
  keySaid.className = key ? "soft hash" : "bad";
  return key ?? undefined;
}

async function look() {
  const mine = (turn += 1);
  const key = await published();
  const file = fileField.files?.[0];
  answer.replaceChildren();
  if (!file || key === undefined || mine !== turn) return;
  progress.textContent = "正在核验……";
  try {
    const said = await check(file, key, (done, of) => {
      if (mine === turn) progress.textContent = `正在核验…… ${Math.round((100 * done) / Math.max(of, 1))}%`;
    });
    if (mine !== turn) return;
    progress.textContent = "";
    await show(answer, said, key);
  } catch (error) {
    progress.textContent = `没能核验：${error instanceof Error ? error.message : error}。请换一个浏览器，或用命令 package-verify。`;
  }
}

document.getElementById("key-note").textContent = own
  ? "本页带有县办的公钥。请确认本页取自县办公布它的网站，而不是随证据包一起收到的。"
  : "请粘贴县办在网站等处公布的公钥或指纹。证据包里自带的公钥不能证明来源。";
keyField.value = own;
keyField.addEventListener("input", look);
fileField.addEventListener("change", look);
if (globalThis.crypto?.subtle) look();
else progress.textContent = "这个浏览器不能计算校验码，请用新版 Chrome、Edge 或 Firefox，或用命令 package-verify。";
