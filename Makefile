# hearback: build, run and test. "make help" lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# The targets share node_modules, the Go build cache and the test servers.
.NOTPARALLEL:

# FTS5 is not in go-sqlite3's default build; nomsgpack leaves out a codec that gin
# would add and nothing uses. Every Go command has to have the same tags.
TAGS := sqlite_fts5,nomsgpack
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# One set of flags for building, vetting and testing. SQLite's C source takes about a
# minute to compile, once for each different set: so once here, once more with -race.
ifndef HEARBACK_GOFLAGS
HEARBACK_GOFLAGS := $(strip $(shell go env GOFLAGS 2>/dev/null) -trimpath -tags=$(TAGS))
endif
export HEARBACK_GOFLAGS
export GOFLAGS := $(HEARBACK_GOFLAGS)

# Settings, for example: make test PKGS=./sla/... RUN=TestClock
PKGS         ?= ./...
RUN          ?=
ARGS         ?=
TEST_TIMEOUT ?= 30m
# For all long tests of one package, or one fuzz target. Those of the program take about an hour.
SOAK_TIMEOUT ?= 6h
FUZZTIME     ?= 10m
BENCH        ?= .
BENCHCOUNT   ?= 3

# Found by name: a package that gets its first such test needs no entry here.
SOAK_PKGS  ?= $(shell .ci/find-tests Test.*Soak)
BENCH_PKGS ?= $(shell .ci/find-tests Benchmark TestFigures)
# package:FuzzName
FUZZ       ?= $(shell .ci/find-tests -n Fuzz)
# Directories of main packages that print figures, run one after the other.
BENCH_PROGRAMS ?=

ASSETS := web/assets
ASSET_SOURCES := $(shell find $(ASSETS) \( -name node_modules -o -path $(ASSETS)/dist \) -prune -o -type f -not -name '*.go' -print 2>/dev/null)

.PHONY: help
help: ## list the targets
	@echo "make TARGET, where TARGET is"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## build and start the demo: the whole product with a made-up council (ARGS="-reset" and others)
	@exec ./bin/hearback demo $(ARGS)

.PHONY: build
build: tools assets ## build web assets and bin/hearback
	@test -d cmd/hearback || { echo "make: cmd/hearback is not there; get the complete source" >&2; exit 1; }
	go build -ldflags "-s -w -X main.version=$(VERSION)" -o bin/hearback ./cmd/hearback

.PHONY: test
test: tools servers assets lint ## everything: lint, then all tests with the race detector against real servers
	go test -race -vet=off -timeout $(TEST_TIMEOUT) $(if $(RUN),-run '$(RUN)') $(PKGS)

.PHONY: test-fast
test-fast: go-tools ## Go tests without the race detector, web assets as they are
	go test -timeout $(TEST_TIMEOUT) $(if $(RUN),-run '$(RUN)') $(PKGS)

.PHONY: lint
lint: go-tools ## gofumpt, go vet, staticcheck
	@files=$$(find . \( -name node_modules -o -name .git -o -path ./data -o -path ./tmp \) -prune -o -name '*.go' -print); \
	list=$$(go tool gofumpt -l $$files); \
	if [ -n "$$list" ]; then echo "make: not formatted (run: go tool gofumpt -w FILE):" >&2; echo "$$list" >&2; exit 1; fi
	go vet $(PKGS)
	go tool staticcheck -tags $(TAGS) $(PKGS)

.PHONY: soak
soak: tools servers assets ## long tests (names with "Soak") and fuzzing (FUZZTIME each): hours; HEARBACK_SOAK_* shorten it
	@if [ -z "$(strip $(SOAK_PKGS) $(FUZZ))" ]; then echo "make: there are no long tests and no fuzz targets yet"; fi
	$(if $(strip $(SOAK_PKGS)),HEARBACK_SOAK=1 go test -race -vet=off -count=1 -p 1 -v -run Soak -timeout $(SOAK_TIMEOUT) $(SOAK_PKGS))
	@n=0; set -- $(FUZZ); for entry; do \
		n=$$((n + 1)); echo "fuzz target $$n of $$#, $(FUZZTIME): $${entry#*:} in $${entry%%:*}"; \
		go test -run '^$$' -fuzz "^$${entry#*:}\$$" -fuzztime $(FUZZTIME) -timeout $(SOAK_TIMEOUT) "$${entry%%:*}"; \
	done

.PHONY: bench
bench: tools servers assets ## print figures (asserts none): benchmarks and tests named TestFigures
	@if [ -z "$(strip $(BENCH_PKGS) $(BENCH_PROGRAMS))" ]; then echo "make: there are no benchmarks yet"; fi
	$(if $(strip $(BENCH_PKGS)),HEARBACK_BENCH=1 go test -vet=off -count=1 -p 1 -v -run '^TestFigures' -timeout $(SOAK_TIMEOUT) $(BENCH_PKGS))
	$(if $(strip $(BENCH_PKGS)),HEARBACK_BENCH=1 go test -vet=off -count=$(BENCHCOUNT) -p 1 -run '^$$' -bench '$(BENCH)' -benchmem -timeout $(SOAK_TIMEOUT) $(BENCH_PKGS))
	@for program in $(BENCH_PROGRAMS); do echo "go run $$program"; go run "$$program"; done

.PHONY: deps
deps: ## install test servers (as root on Debian or Ubuntu), Go modules and npm packages
	@.ci/deps
	@.ci/tools go cc node npm
	go mod download
	@if [ -e $(ASSETS)/package-lock.json ]; then $(MAKE) --no-print-directory $(ASSETS)/node_modules/.installed; fi

.PHONY: clean
clean: ## remove what was built; not data, not node_modules
	rm -rf bin
	find $(ASSETS)/dist -mindepth 1 -not -name .keep -delete 2>/dev/null || true
	find . -name '*.test' -not -path '*/node_modules/*' -type f -delete

# What the targets above need.

.PHONY: tools
tools:
	@.ci/tools go cc node npm

.PHONY: go-tools
go-tools:
	@.ci/tools go cc

# One line about missing test servers; with CI=true they are a failure.
.PHONY: servers
servers:
	@.ci/servers

.PHONY: assets
assets: $(ASSETS)/dist/app.css ## build the web assets if they have changed

$(ASSETS)/package-lock.json:
	@echo "make: $@ is not there; get the complete source" >&2; exit 1

$(ASSETS)/node_modules/.installed: $(ASSETS)/package-lock.json
	cd $(ASSETS) && npm ci --ignore-scripts --include=dev --no-audit --no-fund
	@touch $@

$(ASSETS)/dist/app.css: $(ASSETS)/node_modules/.installed $(ASSET_SOURCES)
	cd $(ASSETS) && npm run --silent build
	@touch $@
