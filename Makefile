# Two commands do everything: `make demo` and `make test`. Both set up what they need in .venv first.
# Needs only python3 >= 3.11 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SERVE ?= 1

.PHONY: help demo serve test test-deep lint format bench messages golden shots clean
help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/runtime.stamp: requirements/runtime.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh "$(PYTHON)" "$(VENV)" runtime
$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml tools/setup.sh
	@sh tools/setup.sh "$(PYTHON)" "$(VENV)" dev

demo: $(VENV)/runtime.stamp ## Set up, bill a month of the example chain, show it, serve it (SERVE=0 ends after the summary)
	@$(BIN)/underlet demo $(if $(filter 0,$(SERVE)),--no-serve) $(ARGS)
serve: $(VENV)/runtime.stamp ## Run web server, worker and database on the kept data folder
	@$(BIN)/underlet serve
test: $(VENV)/dev.stamp ## Run the ordinary tests
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)
test-deep: $(VENV)/dev.stamp ## Run the heavy tests too
	@UNDERLET_DEEP=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)
lint: $(VENV)/dev.stamp ## ruff, mypy, import contracts, own lints, generated files, types of scripts
	@status=0; for check in "ruff check ." "ruff format --check ." mypy "lint-imports --no-cache" \
	  "python -m tools.lints" "python -m tools.requirements --check" "python -m tools.messages --check" "python -m tools.scripts"; do \
	  $(BIN)/$$check || { echo "failed: $$check"; status=1; }; done; exit $$status
format: $(VENV)/dev.stamp ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
bench: $(VENV)/dev.stamp ## Ratios against baselines in the same run
	@$(BIN)/python -m bench.run $(ARGS)
messages: $(VENV)/dev.stamp ## Update and compile the translations of the pages
	@$(BIN)/python -m tools.messages
golden: $(VENV)/dev.stamp ## Rewrite generated reference files (schema.sql, openapi.json, commands, permissions, requirements)
	@$(BIN)/python -m tools.golden
	@$(BIN)/python -m tools.requirements
shots: $(VENV)/dev.stamp ## Pictures of all pages of a demo that is being served (make demo, in another terminal)
	@$(BIN)/python -m tools.shots $(ARGS)
clean: ## Remove the virtual environment and the demo's data
	@$(BIN)/underlet db stop >/dev/null 2>&1 || true
	rm -rf $(VENV) var
