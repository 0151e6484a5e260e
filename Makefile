# Every command of this repository. `make` alone lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test lint demo bench messages environment

# An interpreter that can make an environment: PYTHON=..., else the first of these that will do.
SUITS := import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
NAMED := $(PYTHON)
override PYTHON := $(shell for each in $(or $(NAMED),python3 python3.13 python3.12 python3.11); do \
  if $$each -c '$(SUITS)' >/dev/null 2>&1; then echo $$each; break; fi; done)

# The environment: .venv is made and kept up to date; one you name (VENV or BATON_VENV) is used as is.
GIVEN := $(or $(VENV),$(BATON_VENV))
FOLDER := $(or $(GIVEN),.venv)
IN := $(FOLDER)/bin
ARGS ?=
DATA ?=
PROCESSES ?= 2

# To run needs less than to test; the rest is installed when it is asked for.
EXTENT := run
test lint: EXTENT := all

help: ## List the commands
	@echo "make <command>:"
	@sed -n 's/^\([a-z]*\):[^#]*## /  \1|/p' Makefile | awk -F'|' '{ printf "%-11s %s\n", $$1, $$2 }'
	@echo "  Variables: PORT, DATABASE_URL, REDIS_URL and the rest stand in docs/operations.md."

run: environment ## Start Baton with everything it needs; PORT=8001 for another port; Ctrl-C stops it
	@$(IN)/python -m config.dev.supervisor

test: environment ## Run the tests against real servers; ARGS="tests/crm -x" for a part
	@$(IN)/python -m pytest -n $(PROCESSES) $(ARGS)

lint: environment ## Check style, types, import contracts, templates, migrations and translations
	@PATH="$(IN):$$PATH" $(IN)/python -m config.dev.lint

demo: environment ## Load the demo company, or a data set: DATA=folder
	@$(IN)/python manage.py demo $(if $(DATA),--data "$(DATA)")

bench: environment ## Fill a large database and measure pages, API and commands; ARGS="--rounds 10"
	@$(IN)/python -m config.dev.bench $(ARGS)

messages: environment ## Collect texts for translation anew and compile the catalogs
	@$(IN)/python -m config.dev.messages extract
	@$(IN)/python -m config.dev.messages compile

environment: # Make or update the Python environment; the commands above call it
ifdef GIVEN
	@if [ ! -x "$(IN)/python" ]; then \
	  echo "VENV names $(GIVEN), which is no Python environment." >&2; exit 2; fi
	@$(IN)/python config/dev/bootstrap.py "$(abspath $(GIVEN))" given
else
	@if [ -z "$(PYTHON)" ]; then \
	  echo "$(if $(NAMED),$(NAMED) will not do: )Baton needs Python 3.11, 3.12 or 3.13 with venv" \
	    "(on Debian: apt-get install python3 python3-venv); PYTHON=/path/to/python3 names one." >&2; \
	  exit 2; fi
	@$(PYTHON) config/dev/bootstrap.py $(FOLDER) $(EXTENT)
endif
