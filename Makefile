# Two commands do all the set-up on a fresh machine: `make run` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN ?= params/runs/ironmaking.yaml
# How many stages of a run, or tests, at a time: a run takes what there is, at most two, if nobody says.
JOBS ?=
# The journals of hypothesis, mypy and the like stay out of the way of a read-only checkout.
export PYTHONHASHSEED := 0

.PHONY: setup setup-dev run series doctests test suite test-slow test-stripped lint notebooks parameters outputs docs lab bench mutations
.PHONY: coverage lock clean

# A lock names everything, so pip need not look for dependencies. uv is used where it is there and can reach its index, pip otherwise.
# `setup` installs what a run needs, `setup-dev` what testing needs besides; each once, and again when its lock changes.
setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

# Compiled here is only what a run imports, by two processes: the rest of the packages would take as long again.
DRAWS := matplotlib.pyplot, numba, pandas, pint, pyarrow.parquet, scipy.optimize, scipy.stats
WRITES := babel, docx, IPython, ipykernel.ipkernel, jinja2, markdown_it, papermill, pygments, rich.progress, typer, xlsxwriter

# pip unpacks one package after the other, so two of them take every other one each.
UNPACK = $(BIN)/python -m pip install -q --no-compile --no-deps --require-hashes -r
define install
  { command -v uv >/dev/null && \
    uv venv -q --allow-existing --python $(PYTHON) $(VENV) && \
    uv pip install -q --require-hashes -p $(BIN)/python -r $(1) && \
    uv pip install -q --no-deps --no-build-isolation -p $(BIN)/python -e . ; } || \
  { $(PYTHON) -m venv $(VENV) && \
    awk '/^[a-z]/ { odd = !odd } { print > ("$(VENV)/" (odd ? "odd" : "even") ".lock") }' $(1) && \
    { $(UNPACK) $(VENV)/odd.lock & $(UNPACK) $(VENV)/even.lock; even=$$?; wait $$! && test $$even = 0; } && \
    $(BIN)/python -m pip install -q --no-deps --no-build-isolation -e . ; }
endef

$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "First time: the environment is made, one to three minutes. 首次使用，先建立环境，约一至三分钟。" >&2
	@$(call install,requirements.lock)
	@export -n PYTHONDONTWRITEBYTECODE; $(BIN)/python -c 'import $(WRITES)' & $(BIN)/python -c 'import $(DRAWS)' && wait $$!
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q methodology
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@$(call install,requirements-dev.lock)
	@touch $@

run: setup
	@$(BIN)/workbench run $(RUN) $(JOBS:%=--jobs %)

# The real US inventory is no part of the repository: it joins only where WORKBENCH_REAL_DATA says where it is.
SERIES := $(if $(WORKBENCH_REAL_DATA),$(wildcard params/runs/*.yaml),$(filter-out %/us_steel_air.yaml,$(wildcard params/runs/*.yaml)))
series: setup
	@$(BIN)/workbench run $(SERIES) $(JOBS:%=--jobs %)

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# Runs a program with the arithmetic of every run: the same bits on every processor of a kind.
SAME := $(BIN)/python -c 'import os, sys; from methodology.runs.kernels.threads import SAME_ARITHMETIC as same; \
  os.environ.update(same); os.execv(sys.argv[1], sys.argv[1:])'

# The notebooks feed one another, so they are re-executed in order, in one process.
notebooks: setup-dev
	@$(SAME) $(BIN)/python -m pytest --nbval --nbval-cell-timeout=300 -W default -q notebooks

# The `parameters` cell of every notebook, written from the model.
parameters: setup
	@$(BIN)/python -c 'from pathlib import Path; from methodology.runs.notebooks import write_parameters_cells as write; write(Path("notebooks"))'

# Executed notebooks are evidence: new outputs in place, without what names the machine or the moment; then their mirrors as text.
outputs: setup-dev
	@$(SAME) $(BIN)/jupyter nbconvert --to notebook --execute --inplace --log-level=WARN notebooks/*.ipynb \
	  --ExecutePreprocessor.record_timing=False --ClearMetadataPreprocessor.enabled=True \
	  --ClearMetadataPreprocessor.preserve_cell_metadata_mask='{("tags",)}' \
	  --ClearMetadataPreprocessor.preserve_nb_metadata_mask='{("kernelspec",), ("language_info", "name")}'
	@$(BIN)/python notebooks/mirror.py

doctests: setup-dev
	@$(BIN)/python -m pytest -q --doctest-modules methodology

# First what is soon told, and what leaves compiled code for the others; then the rest at once: the notebooks need one processor for
# a third of the time, the tests wait now and then for processes that they start. Of their assertions, rewritten by every process, the
# code is kept where it may be; nbval, which notebooks need, compiles a grammar for seconds when it is loaded. The files of tests are
# dealt out in the order of their folders: the dear ones, few tests each, come first, and both processes end together.
test: setup-dev
	@$(MAKE) --no-print-directory -j 2 lint doctests
	@$(MAKE) --no-print-directory -j 2 suite notebooks

suite: setup-dev
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -p no:nbval -q -n $(or $(JOBS),2) --dist loadscope --no-loadscope-reorder \
	  --durations 20 -m "not slow" tests

test-slow: setup-dev
	@$(BIN)/python -m pytest -q -n $(or $(JOBS),2) --dist loadscope -m "slow and not stripped" tests

# The shipped run the ordinary way and on a stripped machine, compared byte by byte.
test-stripped: setup-dev
	@$(BIN)/python -m pytest -q -m stripped tests/notebooks/test_stripped_machine.py

# The handbook, with the reference from the docstrings; a warning is a fault.
docs: setup-dev
	@$(BIN)/python -m sphinx -q -W -b html docs docs/_build

# With STUDY=FOLDER on a study: a folder that is none is refused; OPTIONS="--no-browser --port 8899" are those of JupyterLab.
lab: setup
	@$(BIN)/workbench lab $(if $(STUDY),"$(STUDY)") $(OPTIONS)

# Faults put into the code of each room, and which of them its tests see.
mutations: setup-dev
	@$(BIN)/python tests/mutations/score.py --hand-made && $(BIN)/python tests/mutations/score.py -n 20

# Lines and branches the tests reach; what forked kernels run is not counted.
coverage: setup-dev
	@$(BIN)/python -m coverage run --branch --source=methodology -m pytest -q -m "not slow" tests/unit tests/reference tests/properties
	@$(BIN)/python -m coverage report --skip-covered

bench: setup-dev
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

# Pins every platform, with hashes and without the address of any index; the second lock holds the first.
PIN := UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --universal --python-version 3.11 --generate-hashes \
  --no-annotate --no-emit-index-url --no-emit-find-links pyproject.toml --extra build
lock:
	@$(PIN) -o requirements.lock
	@$(PIN) --extra dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) runs docs/_build
