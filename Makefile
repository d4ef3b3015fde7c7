# make demo    set up and watch it work, on a snowy street that it draws itself
# make demo-detection   what a detector finds before and after cleaning
# make test    set up for development and run the tests
# make test-imageai   the same for ImageAI, in an environment of its own (some GB, a few minutes)
# make check   style, types and tests: what has to pass before a change goes in
# make docs    write the pages that are made from the code
# make clean   remove what the above made; what you made lies in out/ and stays
#
# Another Python than python3, or another place for the environment:
#   make PYTHON=python3.12 VENV=/tmp/venv test
#
# Weights of TinyYOLOv3 for demo-detection:
#   make WEIGHTS=tiny-yolov3.pt demo-detection

PYTHON ?= python3
VENV ?= .venv
WEIGHTS ?= ../shared/data/weights/tiny-yolov3.pt

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := pyproject.toml $(shell find streamdesnow models pipelines -type f -not -path '*/__pycache__/*')

# Stamps, so that a second run starts at once. A development install follows the sources by itself; a plain one,
# which is what users get, is made again when they change.
IMAGEAI := $(VENV)-imageai
DEVELOPMENT := $(VENV)/.installed-for-development
PLAIN := $(VENV)/.installed

# Imported from WEIGHTS.
DETECTOR := out/tiny-yolov3.onnx

.DEFAULT_GOAL := help
.PHONY: help demo demo-detection test test-imageai check lint types docs clean

help:
	@sed -n 's/^# \(make [a-z-]* .*\)/\1/p' Makefile

demo: $(PLAIN)
	$(BIN)/streamdesnow demo

# Without the file, the detector that was imported before is taken, or the command says where to get one.
demo-detection: $(DEVELOPMENT)
	@if [ -e $(WEIGHTS) ] && [ ! -e $(DETECTOR) ]; then \
		$(BIN)/streamdesnow models import $(WEIGHTS) --output $(DETECTOR); \
	fi
	$(BIN)/streamdesnow demo detection $$([ -e $(DETECTOR) ] && echo --detector $(DETECTOR))

test: $(DEVELOPMENT)
	$(BIN)/python -m pytest

test-imageai: $(IMAGEAI)/.installed
	$(IMAGEAI)/bin/python -m pytest -rs tests/detect_imageai

check: lint types test

lint: $(DEVELOPMENT)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(DEVELOPMENT)
	$(BIN)/mypy

docs: $(DEVELOPMENT)
	$(BIN)/streamdesnow schema --markdown --output docs/configuration.md

clean:
	rm -rf $(VENV) $(IMAGEAI) out/demo out/demo-detection $(DETECTOR) .mypy_cache .pytest_cache .ruff_cache

$(PLAIN): $(SOURCES) | $(BIN)/python
	@if [ -e $(DEVELOPMENT) ]; then \
		true; \
	else \
		echo "installing streamdesnow into $(VENV) (a minute or two the first time)"; \
		$(PIP) install '.[cpu]'; \
	fi
	@touch $@

$(DEVELOPMENT): pyproject.toml | $(BIN)/python
	@echo "installing streamdesnow for development into $(VENV) (a few minutes the first time)"
	@$(PIP) install --editable '.[test,train]'
	@touch $@

$(IMAGEAI)/.installed: pyproject.toml | $(BIN)/python
	@echo "installing ImageAI into $(IMAGEAI) (some GB, a few minutes the first time)"
	@$(BIN)/python -m venv $(IMAGEAI)
	@$(IMAGEAI)/bin/python -m pip --disable-pip-version-check --quiet install --editable '.[test-imageai]'
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "streamdesnow needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1 || true)." >&2; \
		echo "Install one and name it: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; \
		exit 1; \
	}
	@$(PYTHON) -m venv $(VENV) || { \
		rm -rf $(VENV); \
		echo "$(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 1; \
	}
