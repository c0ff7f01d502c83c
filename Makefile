# make: the environment. make report: the teaching company's last month under reports/. make lab: the notebooks in
# JupyterLab. make test: checks and tests. VENV=... puts it elsewhere.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: environment report picture lab notebooks check test test-long data wheel bench clean

environment: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[lab,test]'
	touch $(STAMP)

report: $(STAMP)
	$(BIN)/leancost report data --start 2026-03-01 --end 2026-03-31

# The picture in the README: the first screen as a browser shows it.
picture: $(STAMP)
	$(BIN)/leancost report data --start 2026-03-01 --end 2026-03-31 --format html --out reports/picture
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,880 --virtual-time-budget=10000 \
	  --user-data-dir=$$(mktemp -d) --screenshot=reports/first-screen.png reports/picture/report.html
	rm -r reports/picture

lab: $(STAMP)
	$(BIN)/leancost lab

# Executes the committed notebooks in place; without times and widget states the same figures give the same files.
notebooks: $(STAMP)
	LEANCOST_HEADLESS=1 $(BIN)/jupyter nbconvert --log-level=WARN --to notebook --execute --inplace \
	  --KernelManager.transport_encryption=auto --ExecutePreprocessor.record_timing=False \
	  --ExecutePreprocessor.store_widget_state=False notebooks/*.ipynb

check: $(STAMP)
	$(BIN)/ruff check leancost tests
	$(BIN)/ruff format --check leancost tests
	$(BIN)/mypy
	$(BIN)/python -m leancost.tables.declaration | diff - data/README.md
	$(BIN)/python -m leancost.company.handbook | diff - docs/teaching-company.md

test: check
	$(BIN)/pytest -n auto --dist worksteal --nbval notebooks tests

test-long: check
	LEANCOST_BOOKS=2000 LEANCOST_MOMENTS=300 LEANCOST_CELLS=0 $(BIN)/pytest -n auto

data: $(STAMP)
	$(BIN)/python -m leancost.company.simulation

wheel: $(STAMP)
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

bench: $(STAMP)
	$(BIN)/python tests/benchmark.py

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
