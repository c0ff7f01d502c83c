# make: the environment. make test: checks and tests in it. VENV=... puts it elsewhere.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: environment check test test-long dictionary wheel bench clean

environment: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[lab,test]'
	touch $(STAMP)

check: $(STAMP)
	$(BIN)/ruff check leancost tests
	$(BIN)/ruff format --check leancost tests
	$(BIN)/mypy
	$(BIN)/python -m leancost.tables | diff - data/README.md

test: check
	$(BIN)/pytest -n auto

test-long: check
	LEANCOST_BOOKS=2000 $(BIN)/pytest -n auto

dictionary: $(STAMP)
	$(BIN)/python -m leancost.tables > data/README.md

wheel: $(STAMP)
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

bench: $(STAMP)
	$(BIN)/python tests/benchmark.py

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
