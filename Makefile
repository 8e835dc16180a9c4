# make run    set everything up, match a real challenge, serve the API
# make test   set everything up for the tests, run all checks and tests
# make setup  set everything up, without serving
# Steps that are done are not done again: .venv/ holds a stamp for each.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run setup test check unit messages lock clean

help:
	@sed -n '1,4s/^# //p' Makefile

run: setup
	@$(BIN)/matchmaker match --file data/example-challenge.txt --top-k 5
	@$(BIN)/matchmaker serve

setup: .venv/.runtime
	@$(BIN)/matchmaker prepare

test: .venv/.development setup check unit

check:
	@echo "== ruff, mypy, import-linter"
	@$(BIN)/ruff format --check --quiet . || { echo "What to do: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

unit:
	@echo "== pytest"
	@$(BIN)/python -m pytest

.venv/.runtime: pyproject.toml requirements.lock scripts/install.sh
	@sh scripts/install.sh runtime

.venv/.development: pyproject.toml requirements.lock scripts/install.sh .venv/.runtime
	@sh scripts/install.sh development

# Update the message catalogues from the code; untranslated messages fail the tests.
messages: .venv/.development
	@$(BIN)/python scripts/update_messages.py

# Write the versions that are installed now to requirements.lock.
lock: .venv/.development
	@sh scripts/lock.sh

clean:
	rm -rf .venv var models/build
