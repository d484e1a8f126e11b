# Kizashi: what one types. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory
.NOTPARALLEL:

LISTEN ?= 127.0.0.1:8080
DATA   ?= ./data
FUZZ   ?= 10s
BENCH  ?= .
LEADS  ?= 20000
SOAK   ?= 25

# The tag and commit that the binary says it is; empty outside of a repository, where it says "dev".
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)

# Node packages as of the lock file; npm leaves its own mark when it is done.
NODE := node_modules/.package-lock.json
E2E  := $(wildcard e2e/*.test.*)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: assets ## bin/kizashi, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X kizashi/app.version=$(VERSION)' -o bin/kizashi ./cmd/kizashi

.PHONY: run
run: build ## build, then the demo with made-up leads at http://127.0.0.1:8080, data in ./data
	bin/kizashi demo --listen $(LISTEN) --data $(DATA)

.PHONY: assets
assets: $(NODE) # what the binary embeds, from TypeScript
	@npm run build --if-present --silent

$(NODE): package.json package-lock.json
	@command -v npm >/dev/null || { echo "Please install first: Node.js 20 or newer, with npm"; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: test
test: deps assets check arch go-test e2e ## everything that must pass; starts its own PostgreSQL
	@echo "All tests passed."

.PHONY: deps
deps: # what the tests need on this machine
	@tools/deps $(if $(E2E),browser)

.PHONY: check
check: lint $(NODE) # sources are formatted, vetted, and as their generators make them
	npm run check --if-present --silent
	go run ./tools/gen -check

.PHONY: lint
lint: ## gofmt, go vet, staticcheck
	@bad=$$(gofmt -l $$(find . -name '*.go' -not -path './node_modules/*')); \
	if [ -n "$$bad" ]; then echo "not formatted (make fmt):"; echo "$$bad"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff

.PHONY: lint-all
lint-all: ## golangci-lint as .golangci.yml says, where it is installed
	golangci-lint run

.PHONY: fmt
fmt: ## format the Go sources
	gofmt -w $$(find . -name '*.go' -not -path './node_modules/*')

.PHONY: arch
arch: # first, because it takes a second
	go test -count=1 ./arch

.PHONY: go-test
go-test: bin/withpg
	bin/withpg go test -timeout 12m ./...

.PHONY: e2e
e2e: build # the binary in a real browser and under real SDKs
ifneq ($(E2E),)
	node --test --test-concurrency=1 $(E2E)
else
	@echo "e2e: no browser tests yet"
endif

.PHONY: soak
soak: bin/withpg ## the tests that look for rare failures, SOAK=25 times as long: kills, restarts, nodes, random histories
	KIZASHI_SOAK=$(SOAK) bin/withpg go test -count=1 -timeout 12h -run 'Kill|Surviv|Restart' ./cmd/kizashi
	bin/withpg go test -count=$(SOAK) -timeout 12h -run 'Nodes|DiskFull' ./app ./cmd/kizashi
	bin/withpg go test -count=1 -timeout 12h -run History ./fold -rapid.checks=$$((100 * $(SOAK)))

.PHONY: screenshots
screenshots: build ## the pictures of the README, from the demo in a real browser
	@tools/deps browser
	node e2e/screenshots.mjs

.PHONY: bench
bench: bin/withpg build ## Go benchmarks (BENCH=regexp picks), then LEADS=20000 under load on both databases
	bin/withpg go test -run '^$$' -bench '$(BENCH)' -benchmem ./...
	bin/kizashi bench --data tmp --leads $(LEADS)
	bin/withpg -durable sh -c 'bin/kizashi bench --data tmp --leads $(LEADS) --database "$$KIZASHI_TEST_POSTGRES"'

.PHONY: fuzz
fuzz: ## every fuzz test for FUZZ=10s
	@tools/fuzz $(FUZZ)

.PHONY: clean
clean: ## remove what was built; ./data stays
	rm -rf bin node_modules

bin/withpg: FORCE
	@go build -o $@ ./tools/withpg

.PHONY: FORCE
FORCE:
