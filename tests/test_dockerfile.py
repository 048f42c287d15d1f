"""The image holds what `make setup` installs and all that the program imports, and nothing else.

Read from the files alone: no container engine is needed. The health check is really run.
"""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from field_app.__main__ import app
from field_app.routes import health
from field_app.settings import ROOT, Settings


def _instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile: their names and the rest, without comments."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    pairs = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()]
    return [(name.upper(), rest) for name, rest in pairs]


STEPS = _instructions((ROOT / "Dockerfile").read_text(encoding="utf-8"))


def every(name: str) -> list[str]:
    return [rest for instruction, rest in STEPS if instruction == name]


def only(name: str) -> str:
    (rest,) = every(name)
    return rest


def position(name: str, holding: str = "") -> int:
    """Where the last such instruction stands."""
    return max(i for i, (n, rest) in enumerate(STEPS) if n == name and holding in rest)


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in every("ENV") for pair in rest.split())


def copied() -> set[str]:
    """What goes from the checkout into the image."""
    return {source for rest in every("COPY") for source in rest.split()[:-1]}


def _imported_packages(package: str) -> set[str]:
    """The packages of this checkout that a package's modules name, itself among them."""
    roots = {package}
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                roots |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                roots.add(node.module.split(".")[0])
    return {root for root in roots if (ROOT / root).is_dir()}


def test_the_image_serves_as_a_user_without_rights_who_comes_after_all_installing() -> None:
    uid, gid = only("USER").split(":")
    assert int(uid) > 0
    assert int(gid) > 0
    assert position("USER") > max(position("RUN"), position("COPY"))
    assert not any("--chown" in rest for rest in every("COPY")), "the program could change itself"


def test_the_one_volume_is_the_data_folder_and_belongs_to_that_user_alone() -> None:
    folder = only("VOLUME")
    assert folder == environment()["DATA_DIR"]
    assert not folder.startswith(only("WORKDIR"))
    uid, gid = only("USER").split(":")
    made = position("RUN", f"install -d -o {uid} -g {gid} -m 0700 {folder}")
    assert made < position("VOLUME"), "what is done to a volume later is lost"


def test_the_image_holds_every_package_that_the_program_imports_and_no_other() -> None:
    program = {"field_app", "pages"}
    while (more := program.union(*map(_imported_packages, program))) != program:
        program = more
    assert copied() == program | {"requirements.txt", "constraints.txt"}
    for package in program:
        assert f"{package} {package}" in every("COPY"), "it stands where it is imported from"


def test_files_that_the_program_looks_for_beside_its_packages_are_in_the_image() -> None:
    for package in copied():
        for path in (ROOT / package).rglob("*.py"):
            for name in re.findall(r'\bROOT / "([^"]+)"', path.read_text(encoding="utf-8")):
                assert name in copied(), f"{path.relative_to(ROOT)} reads {name}"


def test_only_what_is_copied_leaves_the_checkout() -> None:
    text = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    rules = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied()
    assert {"**/__pycache__", "**/*.pyc"} <= set(rules)
    last_let_in = max(i for i, rule in enumerate(rules) if rule.startswith("!"))
    assert rules.index("**/__pycache__") > last_let_in, "the last rule that fits decides"


def test_the_image_installs_just_what_make_setup_installs() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").split("$(VENV)/.ready:")[1]
    (wanted,) = re.findall(r"\$\(PIP\) (.+)", recipe.split("\n\n")[0])
    (install,) = re.findall(r"pip install (.+)", " ".join(every("RUN")))
    assert [w for w in install.split() if not w.startswith("--")] == wanted.split()
    assert "--no-cache-dir" in install
    assert not re.search(r"\bapt", " ".join(every("RUN"))), (
        "a bare machine has no such package either"
    )
    assert position("COPY", "requirements.txt constraints.txt") < position("RUN", "pip install")
    first_package = min(i for i, (n, rest) in enumerate(STEPS) if rest == "models models")
    assert position("RUN", "pip install") < first_package, "a changed page would install anew"


def test_every_package_of_the_image_is_pinned_once() -> None:
    pins = dict(
        line.lower().split("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    )
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, version = re.sub(r"\[.*?\]", "", line.lower()).split("==")
            assert pins[name] == version, line


def test_the_python_of_the_image_is_the_one_that_the_types_are_checked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (base,) = [rest for rest in every("ARG") if rest.startswith("BASE=")]
    assert only("FROM") == "${BASE}"
    assert base == f"BASE=python:{project['tool']['mypy']['python_version']}-slim"


def test_the_image_carries_no_secret_and_loosens_no_setting() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert not re.search(r"://[^/\s]*:[^/\s]*@", text)
    names = [*environment(), *(rest.split("=")[0] for rest in every("ARG"))]
    assert not [n for n in names if re.search(r"SECRET|PASSWORD|TOKEN|KEY|DATABASE_URL", n)]
    settings = {name.upper() for name in Settings.model_fields}
    assert settings & set(names) == {"DATA_DIR"}


def test_the_image_starts_a_command_that_the_program_has_on_the_port_it_names() -> None:
    python, option, module, command, *rest = json.loads(only("CMD"))
    assert (python, option, module) == ("python", "-m", "field_app")
    assert command in {
        c.name or getattr(c.callback, "__name__", "") for c in app.registered_commands
    }
    assert rest == ["--host", "0.0.0.0"], "the port of EXPOSE is the default"
    assert only("EXPOSE") == "8501"


def _health_check() -> list[str]:
    options, _, command = only("HEALTHCHECK").partition(" CMD ")
    assert "--timeout=" in options
    found: list[str] = json.loads(command)
    return found


def _answer(code: int) -> type[BaseHTTPRequestHandler]:
    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    return Ready


@contextmanager
def _server(code: int) -> Iterator[int]:
    """Something that answers /readyz with `code`; its port."""
    with HTTPServer(("127.0.0.1", 0), _answer(code)) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def _checked(port: int, **variables: str) -> int:
    """The exit code of the health check, asking at `port`."""
    python, option, code = _health_check()
    assert (python, option) == ("python", "-c")
    moved = code.replace(only("EXPOSE"), str(port))
    assert moved != code
    run = subprocess.run(
        [sys.executable, "-I", "-c", moved],
        env={**os.environ, **variables},
        stderr=subprocess.DEVNULL,
        timeout=20,
    )
    return run.returncode


@pytest.mark.parametrize(("answer", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_whether_the_database_answers(answer: int, healthy: bool) -> None:
    assert "/readyz" in {route.path for route in health.ROUTES}
    with _server(answer) as port:
        assert (_checked(port) == 0) is healthy


def test_a_proxy_in_the_environment_does_not_make_a_healthy_container_sick() -> None:
    with _server(200) as port:
        assert _checked(port, http_proxy="http://127.0.0.1:9", no_proxy="") == 0


def test_a_container_in_which_nothing_listens_is_not_healthy() -> None:
    with _server(200) as port:
        pass
    assert _checked(port) != 0


def test_the_deployment_page_runs_the_image_as_it_is_meant() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    runs = re.findall(r"docker run (?:.*\\\n)*.*", page)
    assert runs
    for run in runs:
        assert f":{only('EXPOSE')} " in run
        assert "127.0.0.1:" in run, "only the proxy beside it may reach the container"
    assert f":{only('VOLUME')} " in runs[0]
    assert "PUBLIC_URL=https://" in runs[0]
    assert only("USER") in page
    for name in (rest.split("=")[0] for rest in every("ARG")):
        assert f"--build-arg {name}=" in page
