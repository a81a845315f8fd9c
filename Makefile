# Everything a user or maintainer runs. Needs Python 3.11 or newer; the rest comes from pip.
PYTHON ?= python3
OLDEST_PYTHON ?= python3.11
# what the tests need beside the packages themselves; lint, types and pages are not tried on old ones
TEST_TOOLS := babel hypothesis openpyxl pypinyin pytest pytest-cov pytest-xdist selenium xlwt
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out
ARGS ?=
# the variable hides the theme's notice about its own future
MKDOCS = NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

.PHONY: run test test-packaging test-notebooks notebooks check format bench docs picture words coverage test-oldest clean

run: $(VENV)/.run
	$(BIN)/zonegap run --out $(OUT) $(ARGS)

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
	$(BIN)/reuse lint -q
	$(BIN)/python -m pytest -q tests/test_house.py tests/test_words.py tests/test_doc_links.py \
	  tests/test_doc_made.py
	$(MKDOCS)

docs: $(VENV)/.dev
	$(MKDOCS)
	@echo "open site/index.html"

# the picture of the data flow, after imports have changed
picture: $(VENV)/.dev
	$(BIN)/python -m doctools.data_flow

# the catalogues of the other languages, after a sentence or its words have changed
words: $(VENV)/.dev
	$(BIN)/python -m doctools.words

coverage: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto -q --cov --cov-report=term --cov-fail-under=97

# The lowest versions that pyproject.toml allows, on the lowest Python. What pulls in newer
# versions than these would not show that the bounds are true.
test-oldest:
	@$(OLDEST_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "needs Python 3.11: make test-oldest OLDEST_PYTHON=..." >&2; exit 1; }
	$(OLDEST_PYTHON) -m venv --clear .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check \
	  -c constraints-oldest.txt -e '.[web,outlines,fonts,scale]' $(TEST_TOOLS)
	.venv-oldest/bin/python -m pytest -n auto -q

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
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,docs]'
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) .venv-oldest site htmlcov .coverage* build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
