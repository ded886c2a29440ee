# make lab    open the course in JupyterLab
# make test   run the tests
# Both set up what they need first: .venv, and an etcd in your own data folder. The second time that costs nothing.

DIR ?= ./etcdlearn-course
COURSE_LANG ?=
PYTHON ?=
INSTALLER ?= uv
TESTS ?=
# Most tests wait for something. Those of one file share an etcd or a browser.
AT_ONCE := -n 3 --dist loadfile

# Compiled once when installed, not at every start; a variable of the caller must not forbid it.
export UV_COMPILE_BYTECODE := 1
export PYTHONDONTWRITEBYTECODE :=
# As pip does: behind a company's proxy only the system knows whom to trust.
export UV_SYSTEM_CERTS := 1

# What .venv must fit: the versions asked for, and this folder, since a moved .venv still points to the old one.
STATE := $(shell (echo "$(CURDIR)"; cat pyproject.toml constraints.txt) | cksum | cut -d ' ' -f 1)
BIN := .venv/bin
ETCD := $(shell sed -n 's/^COURSE = "\([0-9.]*\)".*/\1/p' etcdlearn/servers/binary.py)

.PHONY: help lab test setup clean
help:
	@echo "make lab    open the course in JupyterLab    DIR=folder (default $(DIR))  COURSE_LANG=en|zh"
	@echo "make test   run the tests                    TESTS='tests/unit -k name' for some of them"
	@echo "make clean  remove .venv and .build"
	@echo "Both get etcd $(ETCD) once. ETCDLEARN_ETCD_SOURCE=archive|go|none narrows how; ETCDLEARN_ETCD=file names one."
	@echo "PYTHON=python3.12 chooses a Python for a new .venv, INSTALLER=pip does without uv."

lab: .venv/.lab-$(STATE)
	@$(etcd)
	@exec $(BIN)/etcdlearn lab "$(DIR)" $(if $(COURSE_LANG),--lang $(COURSE_LANG))

test: .venv/.test-$(STATE)
	@$(etcd)
	@$(BIN)/python -m pytest $(or $(TESTS),$(AT_ONCE))

# What a dev container does before anybody opens the course.
setup: .venv/.lab-$(STATE)
	@$(etcd)

.venv/.lab-$(STATE): | .venv/.made
	@echo "Installing etcdlearn and JupyterLab into .venv ..."
	@$(call install,-e '.[lab]')
	@rm -f .venv/.lab-* .venv/.test-*
	@touch $@

.venv/.test-$(STATE): | .venv/.made
	@echo "Installing etcdlearn, JupyterLab and the test tools into .venv ..."
	@$(call install,-e '.[lab]' --group dev)
	@rm -f .venv/.lab-* .venv/.test-*
	@touch $@ .venv/.lab-$(STATE)

# The file comes last: an interrupted .venv has a Python too, and no pip.
.venv/.made:
	@found=; for python in $(if $(PYTHON),"$(PYTHON)",python3 python3.13 python3.12 python3.11 python); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "$(if $(PYTHON),$(PYTHON) is no Python 3.11 or newer,No Python 3.11 or newer was found; name one with PYTHON=)" >&2; exit 1; \
	fi; \
	echo "Making .venv with $$("$$found" --version) ..."; \
	"$$found" -m venv --clear .venv || { rm -rf .venv; \
	  echo "$$found -m venv failed; on Debian and Ubuntu 'apt install python3-venv' mends it" >&2; exit 1; }
	@touch $@

# uv does in seconds what takes pip a minute; where it cannot be had, or cannot reach its index, pip does it. At a
# terminal both show how far they are; elsewhere they say what went wrong, if anything does.
define install
quiet=-q; if [ -t 2 ]; then quiet=; fi; \
if [ "$(INSTALLER)" = uv ] && { [ -x $(BIN)/uv ] || $(BIN)/python -m pip install -q --disable-pip-version-check uv; } \
  && $(BIN)/uv pip install $$quiet --python $(BIN)/python -c constraints.txt $(1); then :; \
else \
  echo "Installing with pip; this takes about a minute ..."; \
  $(BIN)/python -m pip install -q --disable-pip-version-check -U pip && \
  $(BIN)/python -m pip install $$quiet --disable-pip-version-check -c constraints.txt $(1); \
fi
endef

# Tried once: who is offline should not wait for it at every start. Status 1 is a failure that was told in a line, and
# pip's etcd serves; any other is an interrupt, which ends make too.
define etcd
if [ ! -e .venv/.etcd-$(ETCD) ] && [ -z "$$ETCDLEARN_ETCD" ] && [ "$$ETCDLEARN_ETCD_SOURCE" != none ]; then \
  echo "Getting etcd $(ETCD) for the lessons, once ..."; \
  $(BIN)/etcdlearn etcd install || { [ $$? = 1 ] && echo "'$(BIN)/etcdlearn etcd install' tries it again."; } || exit 1; \
  touch .venv/.etcd-$(ETCD); \
fi
endef

clean:
	rm -rf .venv .build
