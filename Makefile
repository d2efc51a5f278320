# Everything runs in $(VENV), which `make setup` makes and every other target calls for; a second run rebuilds nothing.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
WORKERS ?= 3
BROWSERS ?= 2
KILLS ?= 1000
# Rooms whose every branch their own tests must take.
PURE := anchoring credentials did
# Rooms that store in a database: their tests run on SQLite with all others, and again on PostgreSQL.
STORING := node/db node/indexer node/services node/backup node/api node/web node/test_background.py node/test_upkeep.py \
  node/test_upkeep_contents.py node/test_connection_loss.py node/test_workers.py devnet/test_postgres.py
# Of those, what never comes to a question to the database, or asks the same ones through many forms.
APART := $(addprefix node/api/test_,clients.py connections.py form_body.py json_body.py judging.py large_bodies.py limits.py \
  openapi.py problems.py rate.py verification_bad_input.py) \
  $(addprefix node/web/test_,reasons.py verifying_bad_input.py verifying_bounds.py verifying_pictures.py) \
  $(addprefix node/indexer/test_,blocks.py outbox_states.py)
# Every process would compile the same hundred packages again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test crash soak fuzz lint format bench contracts texts clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: ## install what the lock files name, below this folder
	@$(PYTHON) devnet/toolchain.py setup --venv $(VENV)

demo: ## start a ledger and two nodes, play the scenario, leave a node on 127.0.0.1:8080 (ONCE=1, DEMO_JSON=path, DATABASE=postgres)
	@started=$$(date +%s); $(PYTHON) devnet/toolchain.py setup --venv $(VENV) || exit $$?; \
	exec $(BIN)/python -m devnet.demo --setup-seconds $$(( $$(date +%s) - started )) \
	  $(if $(filter-out 0,$(ONCE)),--once) $(if $(DEMO_JSON),--json '$(DEMO_JSON)') \
	  $(if $(DATABASE),--database '$(DATABASE)') $(ARGS)

test: setup ## run every test, Solidity then Python, pages in Chromium, both databases (ARGS="tests/did -k syntax" narrows)
	cd contracts && $(abspath $(BIN))/python -m devnet.toolchain run forge test
ifeq ($(strip $(ARGS)),)
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) $(addprefix tests/,$(PURE))
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/python -m pytest -n $(BROWSERS) --dist loadfile tests/browser
	$(BIN)/python -m pytest -n $(WORKERS) $(addprefix --ignore=tests/,$(PURE) browser)
	$(BIN)/python -m pytest -n $(WORKERS) --database postgresql $(addprefix tests/,$(STORING)) $(addprefix --ignore=tests/,$(APART))
else
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)
endif

crash: setup ## kill node and clients KILLS=1000 times, then look for what was lost (SEED=, DATABASE=postgresql)
	$(BIN)/python -m tests.crash --kills $(KILLS) $(if $(SEED),--seed $(SEED)) $(if $(DATABASE),--database $(DATABASE)) $(ARGS)

soak: setup ## mixed load on two nodes for MINUTES=30; memory and file handles have to stay flat (DATABASE=postgresql)
	$(BIN)/python -m benchmarks.soak --minutes $(or $(MINUTES),30) $(if $(DATABASE),--database $(DATABASE)) $(ARGS)

fuzz: setup ## generate input for contracts, parsers and API until all is done, or for MINUTES= (SEED=)
	$(BIN)/python -m tests.fuzz --workers $(WORKERS) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) $(ARGS)

lint: setup ## check style, types, rooms and texts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.packaging.texts

format: setup ## rewrite the Python files in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## measure; fails on a missed limit (ARGS="trees" narrows)
	$(BIN)/python -m benchmarks $(ARGS)

contracts: setup ## compile the contracts, write their artifacts, run their tests
	$(BIN)/python -m devnet.contracts build
	cd contracts && $(abspath $(BIN))/python -m devnet.toolchain run forge test

texts: setup ## merge the texts of the pages into their catalogues, and list what is not translated yet
	$(BIN)/python -m tests.packaging.catalogues

clean: ## remove what the set-up and the tests made (the devnet's own state: ankyra-devnet reset)
	rm -rf $(VENV) node_modules build contracts/out contracts/cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
