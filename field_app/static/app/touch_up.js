/**
 * Touches up Streamlit's own widgets: their English into Chinese, and the right keyboard.
 *
 * Streamlit has no other language and no setting for these words. They are replaced where they
 * appear, by the whole phrase, so nothing that a person wrote is ever changed; a new phrase of a
 * new Streamlit stays English until it is put here, and a browser test finds it.
 */

/** @type {Map<string, string>} */
const PHRASES = new Map(Object.entries({
  "Upload": "选择文件",
  "Browse files": "选择文件",
  "Uploading...": "正在上传…",
  "Upload failed": "上传失败",
  "file upload": "选择文件",
  "Add files": "再加文件",
  "Upload files": "添加照片",
  "File type not allowed.": "不能上传这种文件",
  "Send message": "发送",
  "Stop script": "停止",
  "Chat message from user": "您说的",
  "Chat message from assistant": "答复",
  "Drag and drop files here": "把文件拖到这里",
  "Drag and drop a file here": "把文件拖到这里",
  "Drag and drop file here": "把文件拖到这里",
  "No results": "没有符合的选项",
  "No options to select": "没有可选的",
  "No options to select.": "没有可选的",
  "Choose an option": "请选择",
  "Choose options": "请选择",
  "Show suggestions": "展开选项",
  "Clear value": "清除",
  "Clear": "清除",
  "Clear selection": "清除选择",
  "Clear all": "全部清除",
  "Clear date": "清除日期",
  "Clear dates": "清除日期",
  "Open": "展开",
  "Close": "关闭",
  "Close popup": "关闭",
  "Dismiss": "关闭",
  "Notifications": "提示",
  "Show more": "展开",
  "Show less": "收起",
  "view more": "展开",
  "view less": "收起",
  "Show password": "显示密码",
  "Hide password": "隐藏密码",
  "Show password text": "显示密码",
  "Hide password text": "隐藏密码",
  "Increment": "加",
  "Decrement": "减",
  "Calendar": "日历",
  "Date range": "起止日期",
  "Quick select a date range": "快选一段日期",
  "Select...": "请选择",
  "Skip to main content": "跳到正文",
  "Choose date": "选择日期",
  "Choose date range": "选择起止日期",
  "Previous month": "上个月",
  "Next month": "下个月",
  "Previous": "上一个",
  "Next": "下一个",
  "Running...": "正在处理…",
  "Stop": "停止",
  "Search": "查找",
  "Download as CSV": "下载为 CSV",
  "Fullscreen": "全屏",
  "Close fullscreen": "退出全屏",
  "Show/hide columns": "显示或隐藏列",
  "Sort ascending": "升序",
  "Sort descending": "降序",
  "Autosize": "自动列宽",
  "Pin column": "固定列",
  "Unpin column": "取消固定",
  "Hide column": "隐藏列",
  "Format": "格式",
  "Statistics": "统计",
  "Copy column name": "复制列名",
  "Select all": "全选",
  "empty": "空",
  "Copy": "复制",
  "Copied": "已复制",
  "Copy to clipboard": "复制",
  "Rerun": "刷新",
  "Clear caches": "清除缓存",
  "Print": "打印",
  "Help": "说明",
  "progress": "进度",
  "Error": "出错",
  "Error:": "出错：",
  "Click to retry upload": "点此重新上传",
  "Connection error": "连接中断",
  "Page not found": "没有这个页面",
}));

/** @type {[RegExp, string][]} */
const PATTERNS = [
  [/^([\d.]+) ?([KMG]?B) per file(?: • (.*))?$/, "每个文件不超过 $1 $2　$3"],
  [/^Press (?:Enter|(?:Ctrl|⌘)\+Enter) to (?:apply|submit form)$/, "写好后点空白处即保存"],
  [/^(.*) files are not allowed\.$/, "不能上传这种文件（$1）"],
  [/^File must be (.*) or smaller\.$/, "文件不能超过 $1"],
  [/^Upload or drag and drop files?(?: \(.*\))?$/, "添加照片"],
  [/^(\d+) options? available\.$/, "有 $1 个选项"],
  [/^Choose date(?: range)?, (.+)$/, "选择日期，$1"],
  [/^(?:(?:year|month|day), )?(.*) start date$/, "$1 开始"],
  [/^(?:(?:year|month|day), )?(.*) end date$/, "$1 结束"],
  [/^year, (.+)$/, "$1，年"],
  [/^month, (.+)$/, "$1，月"],
  [/^day, (.+)$/, "$1，日"],
  [/^Remove (.+)$/, "移除 $1"],
  [/^Clear (.+)$/, "清除 $1"],
  [/^Select (\d+) matches$/, "选中 $1 项"],
  [/^Help for (.+)$/, "$1的说明"],
  [/^Showing page (\d+) of (\d+)$/, "第 $1 页，共 $2 页"],
];
const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
// What people and our own modules wrote.
const NOT_OURS_TO_TOUCH = "textarea, input, [contenteditable], .stMarkdown, .stHtml, .stHeading, pre, code";

/** @param {string} text */
function chinese(text) {
  const phrase = text.trim();
  if (!/[A-Za-z]{3}/.test(phrase)) return null;
  const known = PHRASES.get(phrase);
  if (known !== undefined) return known;
  for (const [pattern, words] of PATTERNS) {
    if (pattern.test(phrase)) return phrase.replace(pattern, words).trim();
  }
  return null;
}

/** @param {Node} node */
function touchText(node) {
  if (node.parentElement?.closest(NOT_OURS_TO_TOUCH)) return;
  const said = chinese(node.nodeValue ?? "");
  if (said !== null) node.nodeValue = said;
}

/** @param {Element} element */
function touchElement(element) {
  for (const name of ATTRIBUTES) {
    const value = element.getAttribute(name);
    const said = value && chinese(value);
    if (said) element.setAttribute(name, said);
  }
  // A sign in a text: Streamlit speaks its English name.
  if (element.matches('[role="img"][aria-label$=" icon"]')) {
    element.removeAttribute("aria-label");
    element.setAttribute("aria-hidden", "true");
  }
  // Else a phone shows the keyboard with letters, or one without a decimal point.
  if (element.matches('input[type="number"]:not([inputmode])')) element.setAttribute("inputmode", "decimal");
}

/** @param {Node} root */
function touch(root) {
  if (root.nodeType === Node.TEXT_NODE) return touchText(root);
  if (!(root instanceof Element)) return;
  touchElement(root);
  for (const element of root.querySelectorAll(ATTRIBUTES.map((n) => `[${n}]`).join() + ',input[type="number"]')) {
    touchElement(element);
  }
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) touchText(node);
}

new MutationObserver((changes) => {
  for (const change of changes) {
    if (change.type === "childList") change.addedNodes.forEach(touch);
    else if (change.type === "characterData") touchText(change.target);
    else touchElement(/** @type {Element} */ (change.target));
  }
}).observe(document.documentElement, {
  subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
});
touch(document.body);
