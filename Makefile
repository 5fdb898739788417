# Everything a contributor needs; `make` alone lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/pip install -qq -c constraints.txt
SOURCES := qmono tests benchmarks sample_data
DEMO := "qmono bell-test --seed 7" \
	"qmono bell-test sample_data/delft_2015/counts.json" \
	"qmono tomography sample_data/kwiat_bell_psi/bell_psi_data.txt --target psi+" \
	"qmono tomography --state ghz:3 --noise depolarizing=0.02 --seed 7 --min fidelity=0.85" \
	"qmono monogamy --pair 0,1=sample_data/simulated/ab.json --pair 0,2=sample_data/simulated/ac.json"

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed  ## install, then run the main job on a simulated pair and on real saved counts
	@for command in $(DEMO); do echo; echo "$$ $$command"; PATH="$(CURDIR)/$(BIN):$$PATH" sh -c "$$command" || exit 1; done

test: lint types floors unit  ## the fast suite, lint, format check, strict types, import floors

unit: $(VENV)/.developed  ## the fast test suite
	$(BIN)/pytest -n 2 -q

lint: $(VENV)/.developed  ## lint and format check
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

types: $(VENV)/.developed  ## strict type check
	$(BIN)/mypy

floors: $(VENV)/.developed  ## the import floors of the house
	$(BIN)/lint-imports

format: $(VENV)/.developed  ## rewrite the sources in the house format
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

coverage: $(VENV)/.developed  ## long seeded coverage experiments of every limit, as a table and as tests
	$(BIN)/python benchmarks/limit_coverage.py --output .bench/limit_coverage.json
	$(BIN)/pytest -n 2 -q -m slow

bench: $(VENV)/.installed  ## measure start-up, estimation, trials and batches
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/estimation.py
	$(BIN)/python benchmarks/trials.py
	$(BIN)/python benchmarks/batches.py

bench-tomography: $(VENV)/.installed  ## full tomography beside the peers that pip installs (20 minutes)
	$(BIN)/python benchmarks/tomography_peers.py --output .bench/tomography_peers.json

lock: $(VENV)/.developed  ## write the versions now installed to constraints.txt
	head -1 constraints.txt > constraints.new
	$(BIN)/pip freeze --all --exclude-editable | grep -v '^pip==' >> constraints.new
	mv constraints.new constraints.txt

clean:  ## remove the virtual environment and all caches
	rm -rf $(VENV) .bench .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build *.egg-info

$(VENV)/bin/pip:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "qmono needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -qq --disable-pip-version-check pip==26.3

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/pip
	@echo "installing qmono into $(VENV) ..."
	@$(INSTALL) -e '.[qasm]'
	@touch $@

$(VENV)/.developed: $(VENV)/.installed
	@echo "installing the development tools into $(VENV) ..."
	@$(INSTALL) -e '.[dev]'
	@touch $@

.PHONY: help demo test unit lint types floors format coverage bench bench-tomography lock clean
