# Everything a newcomer runs. Each target first sets up what is missing (see scripts/setup), and nothing twice.
.DEFAULT_GOAL := help
.PHONY: help setup demo bench test prove check format docs synth cli deploy diff destroy doctor cost lock clean

ENVIRONMENT ?= dev
export PYTHON
# Packages are installed without bytecode; without it being kept, every start would compile seven hundred modules again.
unexport PYTHONDONTWRITEBYTECODE
# What does not talk to AWS must not look up a profile of the caller's.
ifeq (,$(filter deploy diff destroy doctor,$(MAKECMDGOALS)))
unexport AWS_PROFILE AWS_DEFAULT_PROFILE
endif

help: ## this list
	@awk -F ':.*## ' '/^[a-z ]+:.*## / {printf "make %-21s %s\n", $$1, $$2}' Makefile

setup: ## make .venv with all packages (the other targets do it when needed)
	@scripts/setup

demo: setup ## the system on a simulated AWS: eight days of dev, or two of any environment (ENVIRONMENT=dev SNAPSHOT="files or folders" OUT=folder VERBOSE=1)
	@.venv/bin/python -m simulation demo --environment "$(ENVIRONMENT)" $(if $(SNAPSHOT),--snapshot "$(SNAPSHOT)") $(if $(OUT),--output "$(OUT)") $(if $(STACK),--stack "$(STACK)")

test: check ## everything that must hold: check, and all tests
	.venv/bin/python -m pytest -n auto --dist loadscope

prove: setup ## the longer proofs, which `make test` has in part (docs/testing.md)
	.venv/bin/python -m pytest -n auto --dist loadscope -m thorough

bench: setup ## measure report, score and summary over 1,000 to 100,000 results (SIZES="1000 1000000")
	@.venv/bin/python -m bench $(SIZES)

check: setup ## lint, format and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

format: setup ## let ruff fix what it can
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

docs: setup ## write the documents that are made from the code
	@.venv/bin/python -m docgen

synth: setup ## write the Terraform JSON of every environment to cdktf.out/
	@.venv/bin/python main.py
	@ls -d cdktf.out/stacks/*

cli: setup ## install the cdktf command (npx cdktf deploy compliance-dev); it takes 420 MB in node_modules
	npm ci --no-audit --no-fund

deploy diff destroy: ## of an environment, after a look at what is missing (ENVIRONMENT=dev)
	@scripts/deploy $@ "$(ENVIRONMENT)"

doctor: setup ## whether a deployed environment works (ENVIRONMENT=dev)
	@.venv/bin/python -m operate doctor "$(ENVIRONMENT)"

cost: setup ## what an environment costs in a month, estimated (ENVIRONMENT=dev)
	@.venv/bin/python -m operate cost "$(ENVIRONMENT)"

lock: ## lock the newest allowed versions of all packages
	@scripts/lock

clean: ## remove what was made here: builds, outputs, packages
	rm -rf .venv .build cdktf.out demo-output node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
