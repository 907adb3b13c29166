# Everything a newcomer needs: `make demo` and `make test`. Python 3.11 and make are enough to start.
SHELL := /bin/bash
PYTHON ?= python3.11
UV_VERSION := 0.13.8
BIN := .venv/bin
UV := .tools/bin/uv
DEMO ?= build/demo
ROWS ?= 200000
BUNDLE ?= $(DEMO)/data/bundle
OUT ?= build/reference
PYTEST_ARGS ?= -n 2 --dist worksteal
VALIDATE_ARGS ?= --seeds 30 --rows 200000 --jobs 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench docs reference engine clean validate validate-readme validate-language-model validate-data validate-fuzz validate-kills validate-attacks validate-discrimination validate-stability

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

setup: .venv/.ready ## make the virtual environment with locked dependencies

.venv/.ready: requirements.lock pyproject.toml
	@test -x $(UV) || { $(PYTHON) -m venv .tools && .tools/bin/python -m pip install -q uv==$(UV_VERSION); }
	@test -x $(BIN)/python || $(UV) venv -q --python $(PYTHON) .venv
	@$(UV) pip sync -q --require-hashes --python $(BIN)/python requirements.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

engine: ## use the Docker engine that answers, or install and start one; make the base image
	@docker/engine start && docker/engine base

demo: setup ## the main job: generate, solve with the reference, grade in Docker, write the report
	@if docker/engine start && docker/engine base; then executor=docker; else executor=local; \
	  echo "going on with --executor local: the submission's code is NOT isolated from this machine"; fi; \
	$(BIN)/takehome demo --out $(DEMO) --rows $(ROWS) --executor $$executor

reference: setup ## the reference solution for a bundle: make reference BUNDLE=… OUT=…
	@$(BIN)/python reference_solution/run.py --bundle $(BUNDLE) --out $(OUT)

test: setup ## all tests; those that need Docker run where an engine runs or can be started
	@docker/engine start && docker/engine base || test -z "$$TAKEHOME_REQUIRE_DOCKER"
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: setup ## ruff, mypy --strict, import contracts, generated pages up to date
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python docs/generate.py --check

bench: setup ## timings, as ratios measured side by side in one run
	@$(BIN)/python tests/bench.py

validate-data: setup ## prove the data over 30 seeds (half an hour): docs/validation/; goes on where it was stopped
	@$(BIN)/python -m tests.validation.off_the_shelf.run
	@$(BIN)/python -m tests.validation.data $(VALIDATE_ARGS)

validate-readme: setup ## the README judge beside a bag of words, cross-validated: docs/validation/readme.md
	@$(BIN)/python -m grader.readme.validation

validate-language-model: setup ## a language model on rated texts: that of TAKEHOME_LM_URL, or a small one started here
	@$(BIN)/python -m tests.language_model

docs: setup ## rebuild the generated pages in docs/
	@$(BIN)/python docs/generate.py

validate-fuzz: setup ## 2,000 mutated archives and notebooks, twelve of them graded (needs `make demo` before)
	@$(BIN)/python -m tests.fuzz --count 2000 --graded 12 --demo $(DEMO)

validate-kills: setup engine ## 50 random kills of a grading; what is resumed must equal what was undisturbed
	@$(BIN)/python -m tests.kills --kills 50

validate-attacks: setup engine ## every attack of the corpus, then each defence switched off: docs/validation/
	@$(BIN)/python -m tests.attacks
	@$(BIN)/python -m tests.attacks.weakened

validate-discrimination: setup engine ## mutants, equivalents, archetypes: docs/validation/discrimination.md; goes on
	@$(BIN)/python -m tests.discrimination

validate-stability: setup engine ## the reference on 20 variants, and executed 10 times: docs/validation/stability.md; goes on
	@$(BIN)/python -m tests.discrimination.stability

LONG := validate-data validate-readme validate-kills validate-fuzz validate-attacks validate-discrimination validate-stability
validate: ## the long proofs, also after one that misses a promise; not the killed engine, not the language model
	@$(MAKE) --keep-going $(LONG)

clean: ## remove what was built; the engine stays (docker/engine stop)
	@rm -rf build .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
