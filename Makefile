# Everything that a person does in a checkout; `make help` lists it. Needs Python >= 3.11 and make, nothing else.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

# What the tests run with: pytest's own options can be given as `make test PYTEST="-x tests/records"`.
PYTEST ?= -n auto

.DEFAULT_GOAL := help
.PHONY: help serve demo test check lint types contracts reference docs bench lock clean

help: ## Show this list.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

serve: $(VENV)/runtime ## Start Baton; BATON_HOST, BATON_PORT and BATON_DATA_DIR say where.
	@exec $(BIN)/baton serve

demo: $(VENV)/runtime ## Fill a running, empty Baton with sample records.
	@exec $(BIN)/baton demo

# Two arenas, as the allocator would otherwise keep freed memory for each of the many threads of the servers in a test.
test: $(VENV)/development ## Run the whole test suite.
	@MALLOC_ARENA_MAX=2 $(BIN)/python -m pytest $(PYTEST)

check: lint types contracts docs test ## Run everything that CI runs, except the suite on PostgreSQL.

lint: $(VENV)/development ## Check style and formatting.
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(VENV)/development ## Check types.
	@$(BIN)/mypy

contracts: $(VENV)/development ## Check which part may import which.
	@$(BIN)/lint-imports --no-logo

reference: $(VENV)/development ## Write the reference pages that the program itself knows: settings, commands, problems.
	@$(BIN)/python docs/generate.py

docs: $(VENV)/development ## Build the documentation into docs/_build.
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build
	@echo "docs/_build/index.html"

bench: $(VENV)/development ## Measure operations, transfers and search (takes a while).
	@for script in operations transfer search; do $(BIN)/python benchmarks/$$script.py || exit 1; done

lock: ## Write both lock files anew from pyproject.toml (needs uv; UV_OPTIONS=--upgrade takes newer libraries).
	@$(UV) requirements.lock --group build
	@$(UV) requirements-dev.lock --group build --group dev -c requirements.lock

clean: ## Remove the environment and everything that was built; data stay.
	@rm -rf $(VENV) docs/_build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

UV = PATH="$(BIN):$$PATH" uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
	$(UV_OPTIONS) pyproject.toml -o

# Stamps: newer than what they were made from, or made again. The development lock holds everything of the other one.
$(VENV)/runtime: requirements.lock pyproject.toml | $(VENV)/created
	@echo "Installing the libraries that Baton stands on into $(VENV) (a minute or so, only once) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/development: requirements-dev.lock pyproject.toml | $(VENV)/created
	@echo "Installing Baton and the tools that test it into $(VENV) (a minute or two, only once) ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/runtime

# A Python that is named on the PATH need not run (pyenv), be new enough, or have its venv module (Debian).
$(VENV)/created:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			"$$python" -m venv $(VENV) && touch $@ && exit 0; \
		fi; \
	done; \
	echo "Baton needs Python 3.11 or newer with its venv module; none was found." >&2; \
	echo "python3 on the PATH is: $$(python3 --version 2>&1)" >&2; \
	echo "On Debian and Ubuntu, apt install python3-venv brings it; elsewhere see https://www.python.org/downloads/" >&2; \
	echo "A Python in another place can be named: make serve PYTHON=/path/to/python3" >&2; \
	exit 1
