# 售后 shouhou: the commands of daily work. `make setup` first happens by itself.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= 2

.PHONY: setup run test browser check docs fix bench crash screenshots lock clean
.DEFAULT_GOAL := setup

setup: $(READY)
	@:

$(READY): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "缺少 venv：Debian/Ubuntu 请安装 python3-venv / venv is missing: apt install python3-venv"; rm -rf $(VENV); exit 1; }
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "需要 Python 3.11 或更新 / Python 3.11 or newer is needed: make PYTHON=python3.x"; exit 1; }
	@echo "安装依赖 installing requirements …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . \
	  2>$(VENV)/install.log || { cat $(VENV)/install.log; exit 1; }
	@touch $(READY)

run: setup
	@PORT=$(PORT) $(BIN)/shouhou serve --demo

test: setup browser
	$(BIN)/pytest -n $(JOBS) --dist loadgroup

browser:
	@.ci/browser

check: setup
	.ci/check

docs: setup
	$(BIN)/shouhou docs

fix: setup
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python -m bench

crash: setup
	$(BIN)/python -m bench.crash --returns 2000
	$(BIN)/python -m bench.crash --returns 1000 --mode channel

screenshots: setup browser
	$(BIN)/python -m tests.browser.screenshots

# Pins for everybody: no index, no host, no path of one machine in it.
lock: setup
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --quiet \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
