# make check is what CI runs on the code; make test is the README's test line without the install.
# make bench BENCH=--quick passes options on (python -m benchmarks --help); so does make faults FAULTS=--small.
PYTHON ?= python

# make audit: bandit on the code; is a known weakness in what is installed? (75: no service was reached, which says nothing)
.PHONY: audit check format lint types test rules update samples pictures bench faults

check: lint types test

format:
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .

types:
	$(PYTHON) -m mypy

test:
	$(PYTHON) -m pytest -n auto

audit:
	$(PYTHON) -m bandit -q -c pyproject.toml -r claimbatch
	$(PYTHON) .ci/audit.py

rules:
	$(PYTHON) -m claimbatch rules --format markdown > docs/rules.md

update: rules
	CLAIMBATCH_UPDATE=1 $(PYTHON) -m pytest -q tests/test_docs.py tests/test_api.py tests/test_samples.py tests/test_template.py

samples:
	$(PYTHON) samples/make_college.py
	CLAIMBATCH_UPDATE=1 $(PYTHON) -m pytest -q tests/test_samples.py

pictures:
	$(PYTHON) -m tests.pictures

bench:
	$(PYTHON) -m benchmarks $(BENCH)

faults:
	$(PYTHON) -m benchmarks.faults $(FAULTS)
