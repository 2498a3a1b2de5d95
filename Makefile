# tracecmp. `make help` lists the targets.
#   FLAVOUR=release|debug|san|fuzz   how to build (fuzz: by clang); each has a directory of its own under $(BUILD)
#   BUILD=build                 where everything that is made goes
#   CC, CFLAGS, LDFLAGS         yours are appended to ours
#   WERROR=1                    warnings are errors (as in CI)
#   V=1                         print the commands
#   PREFIX, DESTDIR             where install puts things

FLAVOUR ?= release
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=

version  := 0.1.0
packages := libuv libisal libzstd libxxhash
headers  := jsmn.h libiberty/demangle.h
dir      := $(BUILD)/$(FLAVOUR)
program  := $(dir)/tracecmp

flags_release := -O2 -g
flags_debug   := -O0 -g3
flags_san     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
flags_fuzz    := $(flags_san) -fsanitize=fuzzer-no-link -Wno-gnu-zero-variadic-macro-arguments
# Loops over columns: gcc makes vector code of them only when it is asked to.
column_loops  := src/aggregate/sequences.c src/aggregate/union.c src/index/columns.c src/index/gpu_events.c \
                 src/index/index_writer.c
loop_flags    := $(if $(filter release,$(FLAVOUR)),-O3)
flavour_flags := $(or $(flags_$(FLAVOUR)),$(error FLAVOUR is release, debug, san or fuzz, not '$(FLAVOUR)'))

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(if $(WERROR),-Werror)
quiet    := $(if $(V),,@)
ours     := -std=c11 -D_GNU_SOURCE -DTRACECMP_VERSION='"$(version)"' -Isrc $(warnings) $(flavour_flags)

# The system is asked when the first file is compiled, once, and not by targets that compile nothing.
missing        = $(error Not found: $1. Run scripts/deps, or see there what to install)
exists         = $(shell { pkg-config --exists $1; } 2> /dev/null && echo yes)
package        = $(if $(call exists,$2),$(shell pkg-config $1 $2),$(call missing,pkg-config $2))
header_tests   = $(foreach header,$(headers),-include $(header))
headers_found  = $(shell { $(CC) $(CFLAGS) $(header_tests) -E -x c /dev/null; } > /dev/null 2>&1 && echo yes)
compile_flags  = $(if $(headers_found),$(call package,--cflags,$(packages)),$(call missing,$(CC) $(headers)))
package_flags  = $(eval package_flags := $$(compile_flags))$(package_flags)
# Each shared library is looked for, mapped and relocated at every start: where the compiler finds an archive, and a
# package is in no place of its own, it does without.
archive        = $(if $(shell pkg-config --libs-only-L $1),,$(filter /%,$(shell $(CC) -print-file-name=$2)))
static_package = $(or $(call archive,$1,$2),$(call package,--libs,$1))
package_libs   = $(call static_package,libuv,libuv_a.a) $(call static_package,libzstd,libzstd.a) \
                 $(call package,--libs,libisal) -liberty -lm
test_libs      = $(call package,--libs,criterion)

sources      := $(sort $(wildcard src/*/*.c))
library      := $(filter-out src/cli/main.c,$(sources))
tests        := $(sort $(wildcard tests/unit/*/*.c))
page_files   := $(sort $(wildcard src/report/page/*))
objects      := $(sources:%.c=$(dir)/%.o) $(dir)/page_assets.o
test_objects := $(library:%.c=$(dir)/%.o) $(dir)/page_assets.o $(tests:%.c=$(dir)/%.o)

# Tests run in the repository's root with this environment.
export TRACECMP = $(abspath $(program))
guard = tests/guard.sh $(dir)/log

.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

## all: build the program (build/tracecmp)
all: $(program)
	@ln -sf $(FLAVOUR)/tracecmp $(BUILD)/tracecmp

## everything: build the program and the unit tests
everything: all $(dir)/unit_tests

$(program): $(objects) $(dir)/list
	@echo "LINK $@"
	$(quiet)$(CC) $(flavour_flags) $(CFLAGS) -o $@ $(filter %.o,$^) $(LDFLAGS) $(package_libs)

$(dir)/unit_tests: $(test_objects) $(dir)/list
	@echo "LINK $@"
	$(quiet)$(CC) $(flavour_flags) $(CFLAGS) -o $@ $(filter %.o,$^) $(LDFLAGS) $(package_libs) $(test_libs)

$(dir)/%.o: %.c $(dir)/flags
	@mkdir -p $(@D)
	@echo "CC   $<"
	$(quiet)$(CC) $(ours) $(if $(filter $(column_loops),$<),$(loop_flags)) -MMD -MP $(package_flags) $(CFLAGS) -c -o $@ $<

# The style and the scripts of the HTML report, as C arrays.
$(dir)/page_assets.c: scripts/embed.sh $(page_files) $(dir)/list
	@mkdir -p $(@D)
	@echo "GEN  $@"
	$(quiet)scripts/embed.sh src/report/page > $@

$(dir)/page_assets.o: $(dir)/page_assets.c $(dir)/flags
	@echo "CC   $<"
	$(quiet)$(CC) $(ours) -MMD -MP $(CFLAGS) -c -o $@ $<

# Files that change when their text does: objects never come from two compilers or sets of flags, and a program is
# linked again when a source has gone.
define keep
@mkdir -p $(@D)
@printf '%s\n' '$(subst ','\'',$1)' > $@.new
@if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi
endef

$(dir)/flags: FORCE
	$(call keep,$(CC) $(ours) $(CFLAGS))

$(dir)/list: FORCE
	$(call keep,$(sources) $(tests) $(page_files))

## demo: install what is missing, build, compare two of the samples
demo:
	@scripts/deps build
	@$(MAKE) --no-print-directory all
	@scripts/demo

## test: install what is missing, build, run every test
test:
	@scripts/deps test
	@$(MAKE) --no-print-directory everything
	@failed=; for test in checks generator golden hostile damage replay fault ways pipes tail truth alignment schema index-tests memory documents oracle layers page unit; do \
	    $(MAKE) --no-print-directory $$test || failed="$$failed $$test"; \
	done; [ -z "$$failed" ] || { echo "Failed:$$failed" >&2; exit 1; }

## unit: the unit tests (Criterion)
unit: $(dir)/unit_tests
	@$(guard) tests/unit.sh $<

## golden: the program's output against tests/golden/*
golden: $(program)
	@$(guard) tests/golden.sh

## golden-update: make tests/golden/* and the README's examples from what the program prints; review the difference
golden-update: $(program)
	@tests/golden.sh --update
	@tests/documents.sh --update

## ways: the report is the same for every way in and every chunk size
ways: $(program)
	@$(guard) tests/ways.sh $(BENCH_DIR)/tracegen $(WAYS)

## pipes: two inputs at once; neither waits for the other
pipes: $(program)
	@$(guard) tests/pipes.sh

## tail: traces that are still written, by all kinds of writers
tail: $(program)
	@if command -v python3 > /dev/null 2>&1; then $(guard) tests/tail.py; else echo "tail: skipped, there is no python3"; fi

## alignment: what comparisons of generated traces say of layers, kernels and fusions
alignment: $(program)
	@$(guard) tests/alignment.sh

## truth: pairs of generated traces whose difference is known, over 100 seeds: it is found, and nothing else
truth: $(program)
	@tests/truth.sh

## generator: the generator of the samples is deterministic and makes valid JSON
generator:
	@tests/generator.sh

## hostile: broken and hostile inputs, with the exact diagnostics of each
hostile: $(program)
	@$(guard) python3 -B tests/hostile.py $(program)

## damage: a trace cut at each of its bytes, and damaged at random
damage: $(program)
	@$(guard) python3 -B tests/damage.py $(program)

## documents: README and manual against the program
documents: $(program)
	@tests/documents.sh

## page: the HTML report in a headless Chromium, where there is one
page: $(program)
	@tests/page.sh

## oracle: the program's figures against reference numbers, where they are at hand
oracle: $(program)
	@tests/oracle.sh

## schema: keys, null rules and sums of the JSON, on the samples and on real traces where they are at hand
schema: $(program)
	@$(guard) tests/schema.sh

## layers: the layers of generated traces, and of real ones where they are at hand
layers: $(program)
	@$(guard) tests/layers.sh

## checks: the rules of the house (includes, sizes, words)
checks:
	@scripts/check_includes.sh
	@scripts/check_style.sh

## san: build with address and undefined-behaviour sanitizers; run golden and hostile tests, small ways, replays and unit tests
san:
	@$(MAKE) --no-print-directory FLAVOUR=san WAYS=small golden hostile damage ways replay unit

include tests/bench/bench.mk
include tests/fuzz/fuzz.mk
include tests/fault/fault.mk

## install: program and manual under $(DESTDIR)$(PREFIX)
install: $(program)
	install -D -m 755 $(program) $(DESTDIR)$(PREFIX)/bin/tracecmp
	install -D -m 644 src/cli/tracecmp.1 $(DESTDIR)$(PREFIX)/share/man/man1/tracecmp.1

## uninstall: remove what install put there
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/tracecmp $(DESTDIR)$(PREFIX)/share/man/man1/tracecmp.1

## clean: remove all that was made
clean:
	rm -rf $(BUILD)

## help: this list
help:
	@sed -n 's/^## //p' $(filter-out %.d,$(MAKEFILE_LIST))

.PHONY: all everything demo test unit golden golden-update hostile damage ways pipes tail truth alignment schema generator documents oracle layers page checks san \
        install uninstall clean help FORCE
FORCE:
-include $(sort $(objects:.o=.d) $(test_objects:.o=.d))
