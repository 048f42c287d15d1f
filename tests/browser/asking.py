"""What a test asks of the modules of the page for work without signal, in the page itself."""

_OURS = "document.querySelector('script[type=module]').src"


def calling(module: str, function: str) -> str:
    """A function of the page that gets one of its modules and what it is given."""
    return f"given => import(new URL('{module}', {_OURS}).href).then(m => ({function})(m, given))"


SHOOT = calling(
    "core_visit.js",
    """async (core, { owner, task, shots, told }) => {
  const found = (await core.packageOf(owner)).tasks.find(t => t.id === task);
  const { visit, inspection, form } = await core.localVisit(owner, found);
  const one = async ({ data, way, kind, settle, ...more }) => {
    const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
    const moment = Date.now();
    const { good, ...here } = core.surroundings(moment);
    const file = new File([bytes], 'IMG.jpg', { type: 'image/jpeg', lastModified: moment });
    const taken = await core.takeShot({
      owner, task, inspection, visit, parcel: found.parcel.number,
      shape_no: found.parcel.shape_no, form, kind, way, file, name: file.name,
      opened_at: moment - 4000, moment, chosen_at: moment, camera: null,
      settle_by: settle ? moment + settle : 0, ...here, ...more,
    });
    console.info('TOLD ' + JSON.stringify({ ...taken, data }));
    return taken;
  };
  const all = Promise.all(shots.map(one));
  if (told) return all;
  all.catch(error => console.warn(String(error)));
}""",
)
STAND = calling(
    "core_visit.js",
    """async (core, owner) => {
  const rows = (await core.capturesOf(owner)).map(({ thumb, track, segment, ...row }) => row);
  return { rows, tallies: await core.tallies(owner), ...core.delivery() };
}""",
)
BYTES = calling(
    "../js/store.js", "s => s.transaction(['bytes'], 'readonly', of => of.bytes.getAllKeys())"
)
HURRY = calling("core_visit.js", "core => core.hurry()")
CLOSE_DAY = calling(
    "core_visit.js", "(core, { owner, since }) => core.closeDay(owner, since ?? undefined)"
)
HAND_IN = calling(
    "core_visit.js",
    """async (core, { owner, task }) => {
  const found = (await core.packageOf(owner)).tasks.find(t => t.id === task);
  const { visit, state } = await core.localVisit(owner, found);
  return state === 'submitted' ? null : core.handIn(visit, { submit: true });
}""",
)
SET_KIND = calling(
    "../js/captures.js", "(captures, { uuid, kind }) => captures.setKind(uuid, kind)"
)
# Runs in every page before its own scripts: a disk that fills up, a clock that is wrong.
PHONE = """(() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, ...key) {
    if (self.diskFull && (self.diskFull === 'all' || value instanceof ArrayBuffer)) throw new DOMException('full', 'QuotaExceededError');
    return put.call(this, value, ...key);
  };
  const off = %d, Real = Date;
  if (off) {
    self.Date = class extends Real {
      constructor(...given) { if (given.length) super(...given); else super(Real.now() + off); }
      static now() { return Real.now() + off; }
    };
  }
})()"""
