# Fuzzing. Included by the Makefile of the repository's root.
#   FUZZ_SECONDS=60   how long each target is fuzzed
#   FUZZ_TARGET=x     only that one (default: all)

FUZZ_SECONDS ?= 60
fuzz_all      := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_TARGET   ?= $(fuzz_all)
fuzz_fixtures := $(addprefix tests/unit/,aggregate/adds_up.c index/index_image.c pipeline/pipeline_fixture.c \
                   read/packed.c read/recorder.c report/json_checker.c tokenize/document_log.c \
                   tokenize/item_fixture.c tokenize/quick_fixture.c)
fuzz_common   := $(fuzz_fixtures:%.c=$(dir)/fuzz/%.o) $(library:%.c=$(dir)/%.o) $(dir)/page_assets.o
fuzz_replays  := $(fuzz_all:%=$(dir)/fuzz/replay_%)
fuzz_programs := $(FUZZ_TARGET:%=$(dir)/fuzz/fuzz_%)

## replay: the inputs that fuzzing found worth keeping (tests/fuzz/corpus), without a fuzzer
replay: $(fuzz_replays)
	@$(guard) tests/fuzz/replay.sh $(dir)/fuzz/replay_

## fuzz: fuzz for FUZZ_SECONDS=60 each, or FUZZ_TARGET=x alone; clang and its fuzzer are needed, or it is skipped
fuzz:
	@MAKE="$(MAKE)" tests/fuzz/fuzz.sh run $(FUZZ_SECONDS) $(BUILD)/fuzz $(FUZZ_TARGET)

## fuzz-merge: add to tests/fuzz/corpus what fuzzing found, and keep the fewest inputs that reach as much
fuzz-merge:
	@MAKE="$(MAKE)" tests/fuzz/fuzz.sh merge 0 $(BUILD)/fuzz $(FUZZ_TARGET)

fuzz-programs: $(fuzz_programs)

# The fixtures of the unit tests, with a stand-in for Criterion.
$(dir)/fuzz/%.o: %.c $(dir)/flags
	@mkdir -p $(@D)
	@echo "CC   $<"
	$(quiet)$(CC) $(ours) -Itests/fuzz -MMD -MP $(package_flags) $(CFLAGS) -c -o $@ $<

$(dir)/fuzz/replay_%: $(dir)/fuzz/tests/fuzz/fuzz_%.o $(dir)/fuzz/tests/fuzz/replay.o $(fuzz_common) $(dir)/list
	@echo "LINK $@"
	$(quiet)$(CC) $(flavour_flags) $(CFLAGS) -o $@ $(filter %.o,$^) $(LDFLAGS) $(package_libs)

$(dir)/fuzz/fuzz_%: $(dir)/fuzz/tests/fuzz/fuzz_%.o $(fuzz_common) $(dir)/list
	@echo "LINK $@"
	$(quiet)$(CC) $(flavour_flags) -fsanitize=fuzzer $(CFLAGS) -o $@ $(filter %.o,$^) $(LDFLAGS) $(package_libs)

.PHONY: replay fuzz fuzz-merge fuzz-programs
.PRECIOUS: $(dir)/fuzz/%.o
-include $(wildcard $(dir)/fuzz/tests/*/*.d $(dir)/fuzz/tests/*/*/*.d)
