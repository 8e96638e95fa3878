# SPDX-License-Identifier: GPL-3.0-or-later
# Everything a newcomer or a continuous-integration machine runs.
#   make ink     set up, ink examples/ into lineart/
#   make check   set up, run the linters and the quick tests
#   make test    set up, run every check and the whole test-suite
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.ready-run
DEV_READY := $(VENV)/.ready-dev
SITE_READY := $(VENV)/.ready-site
SETUP := scripts/set_up.sh pyproject.toml requirements/build.txt scripts/carry_models.py

.DEFAULT_GOAL := help
.PHONY: help ink check coverage test test-kritas mutants lint bench gallery site translations lock clean

help:
	@echo "make ink          ink the sketches in examples/ into lineart/"
	@echo "make check        run the linters and the quick tests, in two minutes"
	@echo "make coverage     the same, and tell which lines the quick tests run"
	@echo "make test         run every check and the whole test-suite"
	@echo "make test-kritas  run the end-to-end tests in Krita 5.2, 5.3 and 6.0"
	@echo "make mutants      write small faults into a copy and see that the tests notice nine of ten"
	@echo "make lint         run the checks that need no test: ruff, mypy, import contracts"
	@echo "make bench        measure speed, memory and quality"
	@echo "make gallery      draw sketches beside their ink into gallery/; more with STROKES=FOLDER"
	@echo "make site         build the documents as a site into build/site, and check its links"
	@echo "make translations bring the translations up to date; LANGUAGE=fr begins another one"
	@echo "make lock         renew the exact versions in requirements/"
	@echo "make clean        remove what these commands made"

$(RUN_READY): requirements/run.txt $(SETUP)
	@sh scripts/set_up.sh $(VENV) requirements/run.txt
	@touch $@

$(DEV_READY): requirements/dev.txt $(SETUP)
	@sh scripts/set_up.sh $(VENV) requirements/dev.txt
	@touch $@ $(RUN_READY)

$(SITE_READY): requirements/site.txt $(SETUP)
	@sh scripts/set_up.sh $(VENV) requirements/site.txt
	@touch $@

ink: $(RUN_READY)
	@$(BIN)/smart-lineart ink examples -o lineart

lint: $(DEV_READY)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_spdx.py

# What to run before every commit.
check: $(DEV_READY)
	@$(BIN)/python scripts/check.py

# A tenth to a fifth longer.
coverage: $(DEV_READY)
	@$(BIN)/python scripts/check.py --coverage

# The suite comes last, so that its closing line closes the run; in four parts side by side.
test: lint
	@sh scripts/install_krita.sh
	@sh scripts/install_wine.sh
	@$(BIN)/python scripts/run_tests.py

# The same tests in Krita 5.2, 5.3 and 6.0; needs root, debootstrap and 5 GB.
test-kritas: $(DEV_READY)
	@sh scripts/test_kritas.sh

# Takes an hour or two, and so is no part of `make test`.
mutants: $(DEV_READY)
	$(BIN)/python scripts/mutate.py

bench: $(DEV_READY)
	$(BIN)/python benchmarks/performance.py
	$(BIN)/python benchmarks/quality.py benchmarks/drawings examples/strokes

# What the documents show of it is drawn by `scripts/lineart_gallery.py --front`, and is in git.
gallery: $(DEV_READY)
	$(BIN)/python scripts/lineart_gallery.py $(STROKES)
	$(BIN)/python scripts/brush_gallery.py

# REPOSITORY_URL=https://... gives links to source files and releases a target.
site: $(SITE_READY)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@$(BIN)/python scripts/check_site.py build/site

# A desktop has a LANGUAGE of its own in the environment: only one that is given to make counts.
translations: $(DEV_READY)
	@$(BIN)/python scripts/translations.py $(if $(filter command line,$(origin LANGUAGE)),$(LANGUAGE))

lock: $(DEV_READY)
	PATH="$(BIN):$$PATH" sh scripts/lock.sh

clean:
	rm -rf $(VENV) build dist lineart gallery .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find smart_lineart tests training benchmarks drawings scripts -name __pycache__ -prune -exec rm -rf {} +
