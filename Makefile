# Everything a user or maintainer runs. Needs Python 3.11 or newer; the rest comes from pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out

.PHONY: run test test-packaging test-notebooks notebooks check format bench clean

run: $(VENV)/.run
	$(BIN)/zonegap run --out $(OUT)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto

test-packaging: $(VENV)/.dev
	$(BIN)/python -m pytest -m packaging

# Notebooks are executed on a copy; what they show must be what is kept in them.
EXECUTED := build/notebooks
EXECUTE = rm -rf $(EXECUTED) && mkdir -p $(EXECUTED) && cp notebooks/*.ipynb $(EXECUTED) && \
  ZONEGAP_LANG=en $(BIN)/python -m pytest -q --nbmake --overwrite -n 2 $(EXECUTED)

test-notebooks: $(VENV)/.dev
	$(EXECUTE)
	$(BIN)/python notebooks/store_outputs.py $(EXECUTED) --check

notebooks: $(VENV)/.dev
	$(EXECUTE)
	$(BIN)/python notebooks/store_outputs.py $(EXECUTED)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Ours beside the peers: takes about 15 minutes on 2 cores; writes docs/benchmarks.*
bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/python benchmarks/nearest_peers.py

# The version is asked first: an old Python fails here with one clear line. The environment gets
# its name only when it is whole, so that a failed try can be repeated.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "zonegap needs Python 3.11 or newer; try: make run PYTHON=python3.12" >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv is missing;" \
	  "on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[outlines]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
