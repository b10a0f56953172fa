# Two commands: `make run` (everything, on real data, then served) and `make test` (sets up and runs all tests).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXTRA ?=
OFFLINE := $(BIN)/python -m pip install -q --no-index --find-links wheelhouse

.PHONY: run setup setup-dev test check lint types contracts lock bundle bench truth swaps flips torch docs clean

run: setup
	$(BIN)/glassworks demo $(EXTRA)

setup: $(VENV)/.installed

# Proxy, private index and CA settings of pip (PIP_INDEX_URL, PIP_CERT, HTTPS_PROXY, a wheelhouse) are honoured.
$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Glassworks needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	if [ -d wheelhouse ]; then $(OFFLINE) -r requirements.lock hatchling editables && $(OFFLINE) --no-build-isolation --no-deps -e .; \
	else $(BIN)/python -m pip install -q -r requirements.lock && $(BIN)/python -m pip install -q --no-deps -e .; fi
	touch $@

setup-dev: setup $(VENV)/.installed-dev

$(VENV)/.installed-dev: requirements-dev.lock
	$(BIN)/python -m pip install -q -r requirements-dev.lock
	touch $@

test: setup-dev
	PYTHON=$(BIN)/python sh scripts/system_packages.sh
	$(MAKE) --no-print-directory check
	$(BIN)/pytest -n 2 --dist loadfile

check: lint types contracts

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports

lock:
	$(BIN)/uv pip compile -q --no-emit-index-url --no-header --no-annotate --no-emit-find-links --universal --python-version 3.11 --extra postgres pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --no-emit-index-url --no-header --no-annotate --no-emit-find-links --universal --python-version 3.11 --extra postgres --group dev pyproject.toml -o requirements-dev.lock

# A wheelhouse for machines without a registry: copy the checkout with ./wheelhouse there and `make run`.
bundle: setup
	rm -rf wheelhouse && mkdir wheelhouse
	$(BIN)/python -m pip wheel -q -w wheelhouse -r requirements.lock hatchling editables

bench: setup-dev
	$(BIN)/python -m benchmarks

# Reference figures and outside libraries, then 200 sound models of each kind and 200 of each planted fault; half an hour.
truth: setup-dev
	$(BIN)/pytest tests/unit/measures
	$(BIN)/python -m benchmarks.truth

# A release is loaded 10,000 times while another process swaps its bytes; about a minute.
swaps: setup-dev
	$(BIN)/python -m benchmarks.swaps

# Every byte of the dossiers in tests/golden is flipped, one a file, and the verifier asked; about a minute.
flips: setup-dev
	$(BIN)/python -m benchmarks.flips

# PyTorch is an extra of some 6 GB: in an environment of its own a small network is asked the questions of gate 4.
torch: setup
	test -x .venv-torch/bin/python || $(PYTHON) -m venv .venv-torch
	.venv-torch/bin/python -m pip install -q -r requirements.lock -e '.[torch]'
	.venv-torch/bin/python -m benchmarks.torch_model

docs: setup-dev
	$(BIN)/python scripts/generate_docs.py

clean:
	rm -rf $(VENV) .venv-torch wheelhouse
