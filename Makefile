SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory --no-builtin-rules

# Set by the caller: make run PORT=9000
PORT ?= 8000
STATE_DIR ?= .local
WORKERS ?= 2
STACK ?= gatehouse
ARCHITECTURE ?= arm64
TESTS ?=
PYTEST_ARGS ?=
export PORT STATE_DIR STACK ARCHITECTURE
# The name is known to the set-up script alone; the environments have their own interpreter afterwards.
export PYTHON

PY := .venv/bin/python
SAM := .venv-sam/bin/sam
CODE := layers functions local scripts tests bench
# No tool reports home.
export SAM_CLI_TELEMETRY := 0

##@ Use

.PHONY: help
help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-zA-Z0-9_%-]+:.*## / { name = $$1; sub(/%/, "<function>", name); printf "  make %-20s %s\n", name, $$2 }' $(MAKEFILE_LIST)
	@echo

.PHONY: run
run: ## Start Gatehouse with a demo world on http://127.0.0.1:8000 (PORT=, SEED=0, STATE_DIR=)
	@scripts/setup dev ministack
	@exec $(PY) -m local

.PHONY: demo-day
demo-day: ## Load a hundred technicians' working day, 30,000 entries, for `make run` to serve (STATE_DIR=)
	@scripts/setup dev ministack
	@PYTHONPATH=layers/common/python $(PY) -m local.demo_day

.PHONY: clean-local
clean-local: ## Forget what `make run` has stored (STATE_DIR=)
	@case "$(abspath $(STATE_DIR))" in \
		"$(CURDIR)"/?*) rm -rf "$(abspath $(STATE_DIR))"; echo "$(STATE_DIR) is gone; the next make run starts anew." ;; \
		*) echo "$(STATE_DIR) is outside of this folder: delete it yourself." >&2; exit 1 ;; esac

invoke-%: ## Run one function once, with events/<function>.json or <function>-<what>.json
	@scripts/setup dev ministack
	@$(PY) -m local.invoke $*

.PHONY: import
import: ## Import a CSV file: KIND=users|groups|organizations FILE= TOKEN= [DRY_RUN=1 PARTIAL=1 MAIL=1 BASE=http://127.0.0.1:8000]
	@scripts/setup dev
	@$(PY) scripts/import_file.py

.PHONY: export
export: ## Export an account's data as one archive: TOKEN= [BASE=http://127.0.0.1:8000 OUT=export.zip]
	@scripts/setup dev
	@BASE='$(BASE)' OUT='$(OUT)' TOKEN='$(TOKEN)' $(PY) scripts/export.py

##@ Check

.PHONY: test
test: ## Run all tests (TESTS=tests/unit PYTEST_ARGS="-k revoke" WORKERS=2 BROWSER=)
	@scripts/setup dev ministack browser issuer
	@echo "Testing $(if $(TESTS),$(TESTS),$(patsubst tests/%/,%,$(sort $(dir $(wildcard tests/*/test_*.py tests/*/*/test_*.py))))) on $(WORKERS) workers"
	@$(PY) -m pytest $(TESTS) --numprocesses=$(WORKERS) --dist=worksteal --quiet $(PYTEST_ARGS)

# Whatever has a count that the factor lowers.
PROVED = tests/proof tests/properties tests/store/test_log_orders.py tests/store/test_log_archive.py tests/console/test_hostile_text.py \
	tests/contract/test_rights.py tests/console/test_rights.py $(wildcard tests/contract/test_bad_*.py) \
	tests/functions/test_search_agrees.py tests/mail/test_whole_path.py
.PHONY: prove
prove: ## Run the trials as often as they are meant to be, and write docs/proof.md (TESTS= WORKERS=2)
	@scripts/setup dev ministack
	@echo "This takes half an hour or more; each trial is named as it ends."
	@GATEHOUSE_TRIALS=full GATEHOUSE_PROOF=docs/proof.md $(PY) -m pytest $(or $(TESTS),$(PROVED)) \
		--numprocesses=$(WORKERS) --dist=worksteal --verbose --durations=10 $(PYTEST_ARGS)

.PHONY: bench
bench: ## Measure decisions beside what they are made of; writes docs/bench.md, then all below (PAIRS=15 LARGEST=100000)
	@scripts/setup dev ministack bench
	@PYTHONPATH=layers/common/python:. $(PY) -m bench
	@$(MAKE) bench-import
	@$(MAKE) bench-log

.PHONY: bench-log
bench-log: ## Count what a page of the log takes at 1,000, 50,000 and 1,000,000 entries; writes docs/bench-log.md
	@scripts/setup dev ministack
	@PYTHONPATH=layers/common/python:. $(PY) -m bench.log

.PHONY: bench-import
bench-import: ## Count what importing 10,000 users, 20,000 organizations and 500 groups takes; writes docs/bench-import.md (SCALE=1)
	@scripts/setup dev ministack
	@PYTHONPATH=layers/common/python:. $(PY) -m bench.imports

# Tracing doubles the time of a test, so `make test` does without, and trials that reach no line of their own do here.
TRACED = $(patsubst tests/%/,tests/%,$(sort $(dir $(filter-out tests/browser/% tests/deploy/% tests/proof/%,$(wildcard tests/*/test_*.py)))))
.PHONY: coverage
coverage: ## Count what the tests reach: 95 % of the branches and of the lines, 100 % of the domain
	@scripts/setup dev ministack
	@GATEHOUSE_TRIALS=0.01 $(PY) -m pytest $(TRACED) --numprocesses=$(WORKERS) --dist=worksteal --cov --cov-report= --quiet $(PYTEST_ARGS)
	@$(PY) -m coverage report --fail-under=95
	@$(PY) -m coverage json --quiet -o - | $(PY) scripts/branches.py 95
	@$(PY) -m coverage report --fail-under=100 --include='*/gatehouse/domain/*'

.PHONY: lint
lint: ## Look for mistakes and for what the formatter would change
	@scripts/setup dev
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet . || { echo "Not formatted; make format does it:" >&2; $(PY) -m ruff format --check . >&2 || exit 1; }

.PHONY: types
types: ## Check the types
	@scripts/setup dev browser
	@$(PY) -m mypy

.PHONY: imports
imports: ## Check that nothing imports upward or sideways
	@scripts/setup dev
	@PYTHONPATH=layers/common/python .venv/bin/lint-imports

.PHONY: validate
validate: ## Check template.yaml
	@scripts/setup dev sam
	@.venv/bin/cfn-lint template.yaml
	@$(SAM) validate --lint --region us-east-1

.PHONY: ci
ci: lint types imports test coverage validate ## Everything that has to pass before a change goes in

.PHONY: format
format: ## Format the code and repair what can be repaired
	@scripts/setup dev
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format .

##@ Deploy

.PHONY: build
build: ## Build the functions and the layer, without Docker (ARCHITECTURE=arm64|x86_64)
	@scripts/setup sam
	@env -u MAKEFLAGS -u MAKELEVEL PIP_PYTHON="$(CURDIR)/.venv-sam/bin/python" $(SAM) build \
		--parameter-overrides Architecture=$(ARCHITECTURE)

.PHONY: deploy
deploy: build ## Deploy to AWS: MAIL_FROM= [PUBLIC_BASE_URL= OIDC_ISSUER= OIDC_CLIENT_ID= STACK=]
	@.venv-sam/bin/python scripts/deployment.py deploy

.PHONY: deploy-local
deploy-local: ARCHITECTURE = $(patsubst aarch64,arm64,$(shell uname -m))
deploy-local: ## Deploy the same template to a local AWS and call every function there; needs Python 3.13
	@scripts/setup dev
	@$(PY) -m scripts.deploy_local

.PHONY: create-account
create-account: ## Create an account there: SUBDOMAIN= NAME= REGION=na|eu|au ADMIN_EMAIL= [ADMIN_NAME= PLAN= SEATS=]
	@scripts/setup sam
	@.venv-sam/bin/python scripts/deployment.py create-account

.PHONY: set-plan
set-plan: ## Give an account a plan, and count its seats anew: SUBDOMAIN= [PLAN= SEATS=25|none]
	@scripts/setup sam
	@.venv-sam/bin/python scripts/deployment.py set-plan

.PHONY: remove
remove: ## Remove the deployment, and its data for good (STACK=)
	@scripts/setup sam
	@.venv-sam/bin/python scripts/deployment.py remove

##@ Maintain

.PHONY: docs
docs: ## Write docs/openapi.json, docs/errors.md, and the tables of the documents that follow from the code
	@scripts/setup dev
	@PYTHONPATH=layers/common/python $(PY) -m scripts.openapi
	@PYTHONPATH=layers/common/python $(PY) -m scripts.docs

.PHONY: screenshots
screenshots: ## Picture every page into build/screenshots, and the README's anew (BROWSER=; needs a Chromium)
	@scripts/setup dev ministack browser issuer
	@PYTHONPATH=layers/common/python $(PY) -m scripts.pictures

.PHONY: lock
lock: ## Pin requirements/*.in with hashes (UPGRADE=1 for the newest versions; needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: python3 -m pip install uv" >&2; exit 1; }
	@for name in layer dev browser issuer ministack sam deploy bench; do \
		echo "Pinning requirements/$$name.txt …"; \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			--no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade) \
			"requirements/$$name.in" --output-file "requirements/$$name.txt"; \
	done
	@! grep -n '://' requirements/*.txt || { echo "A lock file names a host." >&2; exit 1; }

.PHONY: clean
clean: ## Remove environments, builds and caches, but not what `make run` has stored
	@rm -rf .venv .venv-* .setup .aws-sam build .coverage .coverage.* htmlcov .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find $(wildcard $(CODE)) -name __pycache__ -type d -prune -exec rm -rf {} +
