# `make demo` shows searchkit at work, `make test` tests it. Each does its own set-up; only Python 3.11+ is needed.
PYTHON ?= python3
PIP_INSTALL = -m pip install --quiet --disable-pip-version-check
SEARCHKIT = .venv/bin/searchkit

READ_WITHOUT_WHOOSH = test_damage.py test_forged.py test_forged_sections.py

.PHONY: demo test thorough lint soak mutants clean

demo: .venv/installed
	$(SEARCHKIT) index samples/documents --rebuild --field section=keyword
	$(SEARCHKIT) search --limit 3 کتابهاي تاريخ
	$(SEARCHKIT) search --limit 3 '"زبان فارسی"'
	$(SEARCHKIT) search --limit 3 می رود سفر
	@echo 'The index is in index/. Ask it yourself:  $(SEARCHKIT) search باران'

test: .venv/tested lint
	.venv/bin/python -m pytest -q -n 2

# What takes long and seldom breaks: hostile files, crashes, forged indexes, benchmarks, and Whoosh's maintained fork.
thorough: .venv/tested .venv-whoosh3/tested
	.venv/bin/python -m pytest -q -n 2 -m 'thorough and not soak'
	.venv-whoosh3/bin/python -m pytest -q -n 2 -m 'not soak' tests/engines $(READ_WITHOUT_WHOOSH:%=--ignore=tests/engines/whoosh/%)

lint: .venv/tested
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

# Long trials of reliability: by hand, before a release; most of an hour. SCALE=0.1 does a tenth, SEED=2 tries others.
soak: .venv/tested
	.venv/bin/python -m pytest -q -s -m soak --soak-scale $(or $(SCALE),1) --soak-seed $(or $(SEED),1) \
		$(if $(DATA),--soak-data $(DATA)) tests

# Faults that no test notices: by hand, now and then. MINUTES=5 ends sooner, SEED=2 tries others.
mutants: .venv-mutants/installed
	.venv-mutants/bin/python tests/mutants.py --minutes $(or $(MINUTES),20) --seed $(or $(SEED),1)

clean:
	rm -rf .venv .venv-whoosh3 .venv-mutants index/MAIN*

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'searchkit needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...' >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	.venv/bin/python $(PIP_INSTALL) -e .
	touch $@

.venv/tested: .venv/installed
	.venv/bin/python $(PIP_INSTALL) -e '.[dev]'
	touch $@

# The same promises with the maintained fork in Whoosh's place; both install the folder `whoosh`, so: one each.
.venv-whoosh3/tested: pyproject.toml
	$(PYTHON) -m venv .venv-whoosh3
	.venv-whoosh3/bin/python $(PIP_INSTALL) -e '.[dev]'
	.venv-whoosh3/bin/python -m pip uninstall --quiet --yes whoosh
	.venv-whoosh3/bin/python $(PIP_INSTALL) whoosh3==3.54.0
	touch $@

.venv-mutants/installed: pyproject.toml
	$(PYTHON) -m venv .venv-mutants
	.venv-mutants/bin/python $(PIP_INSTALL) -e '.[dev]' 'mutmut>=3.8,<4'
	touch $@
