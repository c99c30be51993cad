# Everything a developer or CI runs. Makes .venv and frontend/node_modules itself; stamp files keep
# a second call quick. Needs Python >= 3.10, Node >= 20.19 (of 22: >= 22.12) and npm.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 6006
PIP    := $(BIN)/python -m pip --disable-pip-version-check
BUNDLE := tb_neuron/static/index.js
SOURCES := $(shell find frontend/src -type f 2>/dev/null) $(wildcard frontend/*.json frontend/*.ts)

.DEFAULT_GOAL := help
.PHONY: help demo demo-plain gallery test pytest bench dev schema schema-check lint format check-frontend bundle clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: $(VENV)/.demo ## train a small CNN twice on handwritten digits and open the tab
	$(BIN)/python demo/digits.py --port $(PORT)

demo-plain: $(VENV)/.demo ## the same in a loop without Lightning
	$(BIN)/python demo/plain_loop.py --port $(PORT)

gallery: $(VENV)/.dev $(BUNDLE) ## take docs/gallery: every chart on the demos' runs, light and dark
	OMP_NUM_THREADS=1 $(BIN)/python demo/gallery.py

test: check-frontend lint schema-check pytest ## everything that CI checks

pytest: $(VENV)/.dev $(BUNDLE) ## the Python and browser tests alone
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadgroup $(TESTS)

bench: $(VENV)/.dev $(BUNDLE) ## what a record costs, as ratios, beside other tools
	$(BIN)/python demo/measure.py

dev: $(VENV)/.demo ## TensorBoard on demo/runs; the bundle follows every change of frontend/src
	@trap 'kill 0' EXIT; npm --prefix frontend run dev & \
	$(BIN)/tensorboard --logdir demo/runs --port $(PORT) --reload_interval 1

lint: $(VENV)/.dev ## ruff and pyright
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

format: $(VENV)/.dev frontend/node_modules/.package-lock.json ## let ruff and Biome rewrite what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	npm --prefix frontend run format

check-frontend: frontend/node_modules/.package-lock.json ## Biome, tsc and Vitest
	npm --prefix frontend run check

# protoc 25 is the oldest whose code every protobuf from 4.25 to 7 accepts.
schema: $(VENV)/protoc/.stamp ## regenerate neuron_pb2.py(.pyi) and frontend/src/wire.ts
	$(VENV)/protoc/bin/python -m grpc_tools.protoc -I. --python_out=. --pyi_out=. \
	  tb_neuron/schema/neuron.proto
	$(PYTHON) frontend/generate_wire.py

schema-check: $(VENV)/protoc/.stamp ## fail if generated code is not what the definitions give
	@rm -rf $(VENV)/fresh && mkdir -p $(VENV)/fresh/frontend/src
	@cp -r tb_neuron $(VENV)/fresh/ && cp frontend/generate_wire.py $(VENV)/fresh/frontend/
	@cd $(VENV)/fresh && ../protoc/bin/python -m grpc_tools.protoc -I. --python_out=. --pyi_out=. \
	  tb_neuron/schema/neuron.proto && ../protoc/bin/python frontend/generate_wire.py
	@for file in tb_neuron/schema/neuron_pb2.py tb_neuron/schema/neuron_pb2.pyi frontend/src/wire.ts; do \
	  diff -u $$file $(VENV)/fresh/$$file || { echo "$$file is stale; run: make schema"; exit 1; }; done
	@echo "generated code is fresh"

bundle: ## build the dashboard afresh
	rm -rf tb_neuron/static
	$(MAKE) $(BUNDLE)

clean: ## remove what make made, demo/runs included
	rm -rf $(VENV) frontend/node_modules tb_neuron/static demo/runs artifacts build dist

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml constraints.txt $(BUNDLE)
	$(PIP) install -c constraints.txt -e '.[lightning]' scikit-learn
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt $(BUNDLE)
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.demo

$(VENV)/protoc/.stamp:
	$(PYTHON) -m venv $(VENV)/protoc
	$(VENV)/protoc/bin/python -m pip install --disable-pip-version-check -q 'grpcio-tools==1.62.3' 'setuptools<82'
	@touch $@

$(BUNDLE): frontend/node_modules/.package-lock.json $(SOURCES)
	npm --prefix frontend run build
	@touch $@

frontend/node_modules/.package-lock.json: frontend/package.json frontend/package-lock.json
	npm --prefix frontend ci --no-audit --no-fund
	@touch $@
