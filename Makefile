# The two commands of the README are `make demo` and `make test`.
# Both work on a bare Debian machine with Python 3.11+ and make, as root or with sudo.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --disable-pip-version-check install --quiet
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
CHROMIUM := $(shell command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome)
GDAL := $(shell command -v ogr2ogr)
CJK := $(shell fc-list :lang=zh-cn 2>/dev/null | head -n 1)
JOBS ?= 2

.PHONY: demo setup test lint bench soak corpus screenshots clean

demo: setup
	$(RUN) -m field_app demo

# What `make demo` installs. Debian splits venv from python3: it is fetched where it is missing.
setup: $(VENV)/.ready

$(VENV)/.ready: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq python3-venv; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	$(PIP) -r requirements-dev.txt -c constraints.txt
	@touch $@

# The browser tests need a Chromium and a font with Chinese letters. The shell is the same engine
# without windows, which halves their work; where it is not to be had, the whole browser does.
.PHONY: browser
browser:
	@if [ -z "$(CHROMIUM)" ] || [ -z "$(CJK)" ]; then \
	  get="$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fonts-noto-cjk fontconfig"; \
	  $(SUDO) apt-get update -qq && \
	  { $$get chromium-headless-shell || $$get chromium; } >/dev/null; \
	fi

# The layers for map programs are opened with Debian's own ogrinfo and ogr2ogr.
.PHONY: gdal
gdal:
	@if [ -z "$(GDAL)" ]; then \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gdal-bin >/dev/null; \
	fi

lint: $(VENV)/.ready-dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

test: $(VENV)/.ready-dev browser gdal lint
	$(RUN) -m pytest -n $(JOBS) --dist loadgroup

# The long runs: every property test over many more examples, and 200 days of faults in the field.
soak: $(VENV)/.ready-dev browser
	SOAK=50 $(RUN) -m pytest -n $(JOBS) tests/photos tests/corpus tests/parcels tests/models tests/test_drafts.py tests/ledger tests/sync tests/packages
	SOAK=50 $(RUN) -m pytest -s tests/browser/test_captures_survive.py tests/browser/test_slow_line.py tests/browser/test_one_record.py

# How often each photo check fires on honest and on forged photos, and what changed since the table
# kept in photos/checks/rates.json (`$(RUN) -m tests.corpus --write` keeps a new one).
corpus: $(VENV)/.ready-dev
	$(RUN) -m tests.corpus

bench: $(VENV)/.ready-dev
	@for each in bench/bench_*.py; do echo "== $$each"; PYTHONPATH=. $(RUN) $$each || exit 1; done

# The pictures of README and 用户手册, taken from a fresh demonstration county.
screenshots: $(VENV)/.ready-dev browser
	PYTHONPATH=. $(RUN) docs/take_screenshots.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
