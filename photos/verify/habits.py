"""How each device of a run writes its files: learnt from the run itself."""

from collections import defaultdict

from photos.devices import device_of, software_of
from photos.evidence import Evidence
from photos.profile import Profile, Signature, learn, signature

_Writer = tuple[str, str | None, str]  # device, software, container


class Habits:
    """Signatures by device, software and container, each content once.

    In the records the photos before one teach how its device writes; of a pile of files nobody
    knows which came before, so all others do.
    """

    def __init__(self) -> None:
        self._written: defaultdict[_Writer, dict[str, Signature]] = defaultdict(dict)
        self._learnt: dict[_Writer, Profile] = {}

    def learn(self, evidence: Evidence) -> None:
        written = signature(evidence)
        writer = _writer(evidence, written)
        if writer is not None:
            self._written[writer][evidence.sha256] = written
            self._learnt.pop(writer, None)

    def of_others(self, evidence: Evidence) -> Profile | None:
        """The profile of the other photos of the same writer; None where there are none."""
        written = signature(evidence)
        writer = _writer(evidence, written)
        if writer is None or evidence.sha256 not in self._written[writer]:
            return None
        if writer not in self._learnt:
            self._learnt[writer] = learn(writer[2], self._written[writer].values())
        return self._learnt[writer].without(written)


def _writer(evidence: Evidence, written: Signature) -> _Writer | None:
    device = device_of(evidence)
    if device is None or not written:
        return None
    return device.key, software_of(evidence), written["container"]
