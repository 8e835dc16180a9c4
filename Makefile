# make run       set everything up, match a real challenge, serve the pages and the API
# make test      set everything up for the tests, run all checks and tests
# make setup     set everything up, without serving
# make evaluate  measure the pipeline and write a report to var/report; DATA=folder adds the sets in it
# make train     train the encoder, mine the terms, calibrate; PROJECTS=file HELD_OUT=file ASSIGNMENTS=file add data
# make client    make a Python client of the API in var/client
# make sbom      list all parts with versions and licences, in CycloneDX's form, in var/sbom.json
# make fuzz      send 2,000 made-up requests to each of the API's operations
# make survive   kill servers and workers on PostgreSQL for two minutes, and see that nothing is lost or doubled
# make benchmark  measure speed and memory beside what could be used instead, into docs/performance.md; DATA=folder
#                searches its projects, QUICK=1 tries it, PARTS=baselines,start,server runs some of the parts
# make damage    read 10,000 damaged files by the importers, under a limit of memory
# Steps that are done are not done again: .venv/ holds a stamp for each.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run setup test check unit client sbom fuzz survive damage benchmark evaluate train messages lock clean

help:
	@sed -n '/^$$/q; s/^# //p' Makefile

run: setup
	@$(BIN)/matchmaker match --file data/example-challenge.txt --top-k 5
	@$(BIN)/matchmaker serve

setup: .venv/.runtime
	@$(BIN)/matchmaker prepare

test: .venv/.development .venv/.client .venv/.milvus setup check unit

check:
	@echo "== ruff, mypy, import-linter"
	@$(BIN)/ruff format --check --quiet . || { echo "What to do: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

unit:
	@echo "== pytest"
	@$(BIN)/python -m pytest

client: .venv/.client
	@sh scripts/make_client.sh

sbom: .venv/.runtime
	@sh scripts/make_sbom.sh

fuzz: .venv/.development setup
	@MATCHMAKER_FUZZ=2000 $(BIN)/python -m pytest tests/e2e/test_fuzz.py tests/e2e/test_fuzz_chains.py

survive: .venv/.development setup
	@MATCHMAKER_SURVIVE=120 $(BIN)/python -m pytest --log-cli-level=INFO tests/integration/test_processes_killed.py

damage: .venv/.development
	@MATCHMAKER_DAMAGE=10000 $(BIN)/python -m pytest tests/property/test_damaged_imports.py

benchmark: .venv/.development .venv/.baselines setup
	@$(BIN)/python -m scripts.benchmark $(if $(DATA),--data $(DATA)) $(if $(QUICK),--quick) $(if $(PARTS),--parts $(PARTS)) $(if $(PASSAGES),--passages $(PASSAGES))

evaluate: .venv/.development setup
	@$(BIN)/matchmaker evaluate --report var/report $(if $(DATA),--development $(DATA))

# The encoder is trained first; what is prepared from it then calibrates the ranking.
train: .venv/.training
	@$(BIN)/matchmaker train $(if $(PROJECTS),--projects $(PROJECTS)) $(if $(HELD_OUT),--held-out $(HELD_OUT)) \
	  $(if $(ASSIGNMENTS),--assignments $(ASSIGNMENTS))
	@$(BIN)/matchmaker prepare
	@$(BIN)/matchmaker calibrate

.venv/.runtime: pyproject.toml requirements/runtime.lock scripts/install.sh
	@sh scripts/install.sh runtime

.venv/.development: pyproject.toml requirements/development.lock scripts/install.sh .venv/.runtime
	@sh scripts/install.sh development

.venv/.training: pyproject.toml requirements/training.lock scripts/install.sh .venv/.runtime
	@sh scripts/install.sh training

# In an environment of its own within .venv/; a run of the tests makes the client with it.
.venv/.client: scripts/make_client.sh .venv/.runtime
	@sh scripts/make_client.sh generator
	@touch $@

# A server of Milvus for its tests, in a folder of its own within .venv/.
.venv/.milvus: requirements/milvus-server.txt scripts/make_milvus.sh .venv/.runtime
	@sh scripts/make_milvus.sh
	@touch $@

# What Matchmaker is compared with, in an environment of its own within .venv/.
.venv/.baselines: scripts/make_baselines.sh .venv/.development
	@sh scripts/make_baselines.sh
	@touch $@

# Update the message catalogues from the code; untranslated messages fail the tests.
messages: .venv/.development
	@$(BIN)/python scripts/update_messages.py

# Write the versions that are installed now, with the digests of their files, to requirements/.
lock: .venv/.development
	@sh scripts/lock.sh

clean:
	rm -rf .venv var models/build
