# The short names of everything one does here. The work itself is in tools/ and in meson.build.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test demo bench fuzz soak sim lint format clean

DATA ?= data
SEEDS ?= 20000
WEEKS ?= 50
SECONDS_EACH ?= 60

ASAN := -Db_sanitize=address,undefined -Db_lundef=false
RELEASE := --buildtype=release -Db_lto=true -Db_ndebug=false
PROGRAMS := src/daemon/strowgerd src/cli/strowger packaging/sounds/music.wav packaging/sounds/prompts.list
LOAD := $(addprefix tests/bench/, bench_transcode bench_mix bench_tapes bench_latency bench_notify bench_ring callgen machine registerload watchload)
FUZZ := -Db_sanitize=address,undefined -Db_lundef=false -Dfuzz=true

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

run: ## install what is missing, build, start the telephone system (data directory: DATA=data)
	@tools/install-packages build
	@TARGETS="$(PROGRAMS)" tools/setup-build build
	@tools/build-web
	@exec build/src/daemon/strowgerd --data $(DATA) --web web/dist --sounds build/packaging/sounds $(ARGS)

test: ## install what is missing, build, run all tests
	@tools/install-packages build test
	@tools/run-tests

demo: ## a small company whose softphones call each other
	@tools/install-packages build test
	@TARGETS="$(PROGRAMS)" tools/setup-build build
	@tools/build-web
	@exec tools/demo $(ARGS)

bench: ## measure the server; the table is also in build/bench.json
	@tools/install-packages build test
	@TARGETS="$(PROGRAMS) $(LOAD)" tools/setup-build build-release $(RELEASE)
	@exec tests/bench/bench --build build-release --json build/bench.json $(ARGS)

fuzz: ## feed the parsers with libFuzzer, SECONDS_EACH seconds for each target
	@tools/install-packages build test fuzz
	@CC=clang TARGETS=fuzz-targets tools/setup-build build-fuzz $(FUZZ)
	@exec tools/fuzz build-fuzz $(SECONDS_EACH)

sim: ## simulated calls over a bad network, SEEDS=20000 different days and WEEKS=50 weeks
	@tools/install-packages build test
	@TARGETS=tests/sim/sim_calls tools/setup-build build-asan $(ASAN)
	@exec tools/sim build-asan $(SEEDS) $(WEEKS)

soak: ## calls for hours (SECONDS=3600) at half of the highest rate, with a kill -9 in the middle
	@tools/install-packages build test
	@TARGETS="$(PROGRAMS) $(LOAD)" tools/setup-build build-release $(RELEASE)
	@exec tests/bench/soak --build build-release --rate $(or $(RATE),0) --seconds $(or $(SECONDS),3600)

lint: ## clang-format, clang-tidy, cppcheck, eslint
	@tools/install-packages build lint
	@exec tools/lint

format: ## clang-format on all C files
	@tools/install-packages lint
	@git ls-files '*.c' '*.h' | xargs clang-format -i

clean: ## remove what was built (never the data directory)
	@rm -rf build build-asan build-tsan build-release build-fuzz web/dist
