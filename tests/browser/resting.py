"""When a page has come to rest, and taps that are taken again where the page moved beneath them.

A page that has asked its server to run shows nothing of it until the server begins. On a busy
machine that takes longer than any pause a test would make, so each page listens to what it asks.
"""

import re

from playwright.sync_api import Locator, Page, TimeoutError, expect

# Whether the server owes an answer. The messages are Streamlit's protobufs, of which only the
# fields' numbers matter: 11 of a page's message asks for a run, 4 of a server's begins one.
LISTENING = """(() => {
  const Socket = window.WebSocket;
  const number = (bytes, at) => {
    let value = 0, shift = 0;
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return [value, at];
      shift += 7;
    }
  };
  const has = (bytes, wanted) => {
    for (let at = 0, tag, length; at < bytes.length;) {
      [tag, at] = number(bytes, at);
      if (Math.floor(tag / 8) === wanted) return true;
      [length, at] = number(bytes, at);
      if (tag % 8 === 2) at += length;
    }
    return false;
  };
  const send = Socket.prototype.send;
  Socket.prototype.send = function (message) {
    if (!this.heard && this.url.includes('/_stcore/stream')) {
      this.heard = true;
      this.addEventListener('message', ({data}) => {
        if (data instanceof ArrayBuffer && has(new Uint8Array(data), 4)) window.awaiting = false;
      });
      this.addEventListener('close', () => { window.awaiting = false; });
    }
    if (this.heard && ArrayBuffer.isView(message) && has(message, 11)) window.awaiting = true;
    return send.call(this, message);
  };
})()"""

# Neither asking, nor working, nor about to move what somebody wants to touch.
_RESTING = """(settled) => {
  const main = document.querySelector('[data-testid=stMain]');
  const state = document.querySelector('[data-test-script-state]')?.getAttribute('data-test-script-state');
  const looks = `${main?.scrollHeight} ${main?.scrollTop}`;
  const moves = window.awaiting || state !== 'notRunning' ||
    document.querySelector('[data-stale="true"]') || looks !== window.looked;
  if (moves) window.movedAt = performance.now();
  window.looked = looks;
  return performance.now() - window.movedAt > settled;
}"""
_TAPS, _SEEN_MS = 4, 8_000


def rest(page: Page, settled_ms: int = 150) -> None:
    """Waits until the page has come to rest."""
    page.evaluate("window.movedAt = performance.now()")
    page.wait_for_function(_RESTING, arg=settled_ms)


def answer(page: Page, question: str | re.Pattern[str], choice: str | re.Pattern[str]) -> None:
    """Taps one of the choices that stand open under a question."""
    group = page.get_by_role("radiogroup", name=question)
    tap(page, group.get_by_text(choice), group.get_by_role("radio", name=choice, checked=True))


def tap(page: Page, what: Locator, until: Locator) -> None:
    """Taps, and taps again while what it is for does not show: a finger that comes down as the page
    is drawn anew beneath it touches nothing, and one does the same."""
    for left in reversed(range(_TAPS)):
        rest(page)
        try:
            what.click(timeout=_SEEN_MS)
            expect(until.first).to_be_attached(timeout=_SEEN_MS)
        except (AssertionError, TimeoutError):
            if not left:
                raise
        else:
            break
    rest(page)
