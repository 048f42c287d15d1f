"""A server on data of its own that may be killed at any moment and started again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from field_app import db
from field_app.settings import ROOT
from tests import rows
from tests.browser.conftest import County, Served, free_port, start_server, wait_for


@dataclass
class Server:
    """A server process on data of its own, to be killed and started again."""

    county: County
    port: int
    process: Served | None = None
    root: Path = ROOT
    _lock: threading.Lock = field(default_factory=threading.Lock)  # the line kills it as well

    def start(self) -> None:
        with self._lock:
            if self.process is not None and self.process.poll() is None:
                return
            self.process = start_server(
                self.port, self.county.log, self.county.data_dir, root=self.root
            )
            wait_for(f"http://127.0.0.1:{self.port}/readyz", self.process, self.county.log)

    def kill(self) -> None:
        with self._lock:
            if self.process is not None:
                self.process.kill()
                self.process.wait(20)


@contextmanager
def a_mortal_server(folder: Path) -> Iterator[Server]:
    """A county whose server dies now and then."""
    port = free_port()
    county = County(f"http://127.0.0.1:{port}", folder / "data", folder / "server.log")
    with county.inside():
        db.migrate()
        rows.a_team()
    server = Server(county, port)
    server.start()
    try:
        yield server
    finally:
        server.kill()
