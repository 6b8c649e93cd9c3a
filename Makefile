# One command for each thing a developer does. `make check` is what CI runs before the tests.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/.stamps
# What starts no programs and no browser (tests/conftest.py says which that is), on two processors: some of it waits.
SIDE_BY_SIDE := --numprocesses 3 --dist worksteal
# The rest, three files at a time: they mostly wait for programs and sound.
FILE_BY_FILE := --numprocesses 3 --dist loadfile --no-loadscope-reorder
# Two targets at a time, each of which prints what it has to say when it is done (where make can do that).
TOGETHER := $(MAKE) --no-print-directory --jobs 2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
# What Python has compiled once is kept, whatever is set here: tests start the same programs again and again.
unexport PYTHONDONTWRITEBYTECODE
OPENAPI := DJANGO_SETTINGS_MODULE=config.settings.test $(PY) manage.py spectacular --validate --fail-on-warn --file

# Four browsers and six lines that sound at once: with other tests beside them, a line may be lost for want of a processor.
CROWD := tests/browser/test_everybody.py

.PHONY: help run test test-unit test-waits test-fast test-services check check-python check-frontend bench soak soak-queue drill format requirements install-all install-programs install-run install-test browser clean openapi messages

help: ## Lists these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# The ports first: nobody should wait for minutes to be told that one of them is taken.
run: ## Installs all, starts the desk and the Twilio simulator
	@$(PYTHON) scripts/make_env.py
	@$(MAKE) --no-print-directory install-run frontend/dist/desk.js
	@$(PY) scripts/run.py

test: install-test browser frontend/dist/desk.js ## Installs all, runs every test, browser tests included
	@$(TOGETHER) test-unit test-waits
	$(PY) -m pytest $(CROWD)
	$(PY) -m pytest -m "alone and not waits" $(FILE_BY_FILE) --ignore $(CROWD)

test-unit:
	$(PY) -m pytest -m "not alone" $(SIDE_BY_SIDE)

# Both leave the processors to others most of the time.
test-waits:
	cd frontend && npm test
	$(PY) -m pytest -m waits --numprocesses 4 tests/browser

test-fast: install-test ## The tests that need no browser
	$(PY) -m pytest -m "not browser"

test-services: install-test browser frontend/dist/desk.js ## The tests again on PostgreSQL and Redis, which it sees to
	$(PYTHON) scripts/services.py -- sh -c '\
	  $(PY) -m pytest -m "not alone and not once" $(SIDE_BY_SIDE) --ignore tests/simulator && \
	  $(PY) -m pytest -m "alone and not waits and not once" $(FILE_BY_FILE)'

# What is installed comes from three places, each of which is waited for.
install-all: ## Installs all that checks and tests need
	@$(TOGETHER) --jobs 3 install-test frontend/dist/desk.js frontend/types/node_modules/.stamp install-programs

install-programs:
	@scripts/ensure_browser.sh
	@$(PYTHON) scripts/services.py -- true

check: install-test frontend/dist/desk.js frontend/types/node_modules/.stamp ## Style, types, migrations, settings: what CI checks before the tests
	@$(TOGETHER) check-python check-frontend

check-frontend:
	cd frontend && npm run check
	frontend/node_modules/.bin/tsc -p simulator/page/jsconfig.json

check-python:
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy .
	DJANGO_SETTINGS_MODULE=config.settings.test $(PY) manage.py makemigrations --check --dry-run --verbosity 0
	DJANGO_SETTINGS_MODULE=config.settings.test $(PY) manage.py check --fail-level WARNING
	@mkdir -p .run && $(OPENAPI) .run/openapi.yaml
	@cmp -s .run/openapi.yaml docs/openapi.yaml || { \
	  echo "docs/openapi.yaml is not what the code says. Renew it: make openapi"; exit 1; }

openapi: install-test frontend/types/node_modules/.stamp ## Writes the API's description anew, and what is made from it
	$(OPENAPI) docs/openapi.yaml
	$(PY) scripts/samples.py
	cd frontend && npm run types

messages: install-test ## Renews the texts of each language from the code, says which are missing
	$(PY) scripts/messages.py

bench: install-bench browser frontend/dist/desk.js ## What webhooks, pushes, tokens and calls cost, beside floors
	$(VENV)-bench/bin/python -m bench $(BENCH)

soak: install-test frontend/dist/desk.js ## 500 calls of every kind, with faults, after which the log must be right
	$(PY) -m bench.soak

soak-queue: install-test frontend/dist/desk.js ## 1,000 callers for 15 agents in ten minutes, with faults; then with kills
	$(PY) -m bench.soak.queue
	$(PY) -m bench.soak.queue --faults 0 --kills

drill: install-test frontend/dist/desk.js ## The same without faults, while the product is killed ten times
	$(PY) -m bench.soak --faults 0 --restarts 10

format: install-test frontend/node_modules/.stamp ## Rewrites the code in the house style
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .
	cd frontend && npm run format

requirements: ## Pins requirements/*.txt anew from requirements/*.in
	$(PYTHON) -m venv $(VENV)-tools && $(VENV)-tools/bin/pip install --quiet uv
	cd requirements && for name in base simulator run test bench; do \
	  ../$(VENV)-tools/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	    --no-emit-index-url --no-header $$name.in -o $$name.txt || exit 1; done

# A link leads to the packages of another clone, which may need others: nothing is installed there.
ifeq ($(shell test -L $(VENV) && echo linked),linked)
install-run install-test:
	@echo "$(VENV) is a link: the packages that it leads to are used as they are."
else
install-run: $(STAMPS)/run
install-test: $(STAMPS)/test
endif

$(STAMPS)/%: requirements/%.txt requirements/base.txt requirements/simulator.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ringdesk needs Python 3.11 or newer.")'
	@test -x $(PY) || echo "Making a place for Python packages, $(VENV)…"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { \
	  echo "Python cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing the Python packages of $<: a minute or two the first time…"
	@$(PY) -m pip install --disable-pip-version-check --no-input -r $<
	@mkdir -p $(STAMPS) && touch $@

frontend/node_modules/.stamp: frontend/package.json frontend/package-lock.json
	@node -e 'process.exit(Number(parseInt(process.versions.node) < 20))' 2>/dev/null || { \
	  echo "Ringdesk needs Node 20 or newer, with npm."; exit 1; }
	@echo "Installing the front end's packages: up to a minute the first time…"
	@cd frontend && npm ci --no-audit --no-fund --progress=true
	@touch $@

# Makes the types of the API: for developers, not for who only runs the desk.
frontend/types/node_modules/.stamp: frontend/node_modules/.stamp frontend/types/package.json frontend/types/package-lock.json
	@cd frontend/types && npm ci --no-audit --no-fund
	@touch $@

frontend/dist/desk.js: frontend/node_modules/.stamp $(shell find frontend/src frontend/public -type f 2>/dev/null) $(wildcard frontend/*.ts frontend/*.html frontend/*.json)
	@echo "Building the front end…"
	@cd frontend && npm run build
	@touch $@

# A place of its own: what the product is compared with must not reach what is tested.
install-bench: $(VENV)-bench/.stamp
$(VENV)-bench/.stamp: requirements/bench.txt
	@test -x $(VENV)-bench/bin/python || $(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

browser: ## Sees to Chromium for the browser tests
	@scripts/ensure_browser.sh

clean: ## Removes what the other commands made, but no data and no .env
	rm -rf $(VENV) $(VENV)-bench $(VENV)-tools frontend/node_modules frontend/types/node_modules frontend/dist staticfiles
