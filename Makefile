# make lab    open the course in JupyterLab
# make test   run the tests
# Both set up what they need in .venv first; the second time that costs nothing.

DIR ?= ./etcdlearn-course
COURSE_LANG ?=
PYTHON ?=
INSTALLER ?= uv
TESTS ?=

# Compiled once when installed, not at every start; a variable of the caller must not forbid it.
export UV_COMPILE_BYTECODE := 1
export PYTHONDONTWRITEBYTECODE :=

STATE := $(shell cat pyproject.toml constraints.txt | cksum | cut -d ' ' -f 1)
BIN := .venv/bin

.PHONY: help lab test clean
help:
	@echo "make lab    open the course in JupyterLab    DIR=folder (default $(DIR))  COURSE_LANG=en|zh"
	@echo "make test   run the tests                    TESTS='tests/unit -k name' for some of them"
	@echo "make clean  remove .venv and .build"
	@echo "PYTHON=python3.12 chooses a Python, INSTALLER=pip does without uv."

lab: .venv/.lab-$(STATE)
	@exec $(BIN)/etcdlearn lab "$(DIR)" $(if $(COURSE_LANG),--lang $(COURSE_LANG))

test: .venv/.test-$(STATE)
	@$(BIN)/python -m pytest $(TESTS)

.venv/.lab-$(STATE): | $(BIN)/python
	@echo "Installing etcdlearn and JupyterLab into .venv ..."
	@$(call install,-e '.[lab]')
	@touch $@

.venv/.test-$(STATE): | $(BIN)/python
	@echo "Installing etcdlearn, JupyterLab and the test tools into .venv ..."
	@$(call install,-e '.[lab]' --group dev)
	@touch $@ .venv/.lab-$(STATE)

$(BIN)/python:
	@found=; for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "etcdlearn needs Python 3.11 or newer; name one with PYTHON=" >&2; exit 1; fi; \
	echo "Making .venv with $$($$found --version) ..."; \
	$$found -m venv .venv || { rm -rf .venv; \
	  echo "$$found -m venv failed; on Debian and Ubuntu 'apt install python3-venv' mends it" >&2; exit 1; }

# uv does in seconds what takes pip a minute; where it cannot be had, or cannot reach its index, pip does it.
define install
if [ "$(INSTALLER)" = uv ] && { [ -x $(BIN)/uv ] || $(BIN)/python -m pip install -q --disable-pip-version-check uv; } \
  && $(BIN)/uv pip install -q --python $(BIN)/python -c constraints.txt $(1); then :; \
else \
  echo "Installing with pip; this takes about a minute ..."; \
  $(BIN)/python -m pip install -q --disable-pip-version-check -U pip && \
  $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt $(1); \
fi
endef

clean:
	rm -rf .venv .build
