# Measuring. Included by the Makefile of the repository's root.
#   BENCH_DIR=$(BUILD)/bench   where the traces are made and kept (5 GB; 1 GB with BENCH_QUICK=1)
#   BENCH_QUICK=1              smaller traces and fewer runs

BENCH_DIR ?= $(BUILD)/bench
bench_tools := $(BENCH_DIR)/tracegen $(BENCH_DIR)/measure
bench_objects := $(patsubst %,$(dir)/tests/bench/%.o,bench_steps step_input timing)

## bench: build, measure the program beside its peers, its steps alone and its instructions
bench: $(program) $(bench_tools) $(dir)/bench_steps $(BENCH_DIR)/trace_64M.json
	@$(dir)/bench_steps $(BENCH_DIR)/trace_64M.json
	@tests/bench/build_peer.sh $(BENCH_DIR)/peer_simdjson
	@BENCH_QUICK=$(BENCH_QUICK) python3 -B tests/bench/bench.py $(program) $(BENCH_DIR)
	@tests/bench/instructions.sh $(program) $(BENCH_DIR)/tracegen

## bench-steps: the CPU time of each step alone
bench-steps: $(dir)/bench_steps $(BENCH_DIR)/trace_64M.json
	@$(dir)/bench_steps $(BENCH_DIR)/trace_64M.json

## instructions: instructions per event against those on record (tests/bench/instructions.txt)
instructions: $(program) $(BENCH_DIR)/tracegen
	@tests/bench/instructions.sh $(program) $(BENCH_DIR)/tracegen

## instructions-update: record them; review the difference
instructions-update: $(program) $(BENCH_DIR)/tracegen
	@tests/bench/instructions.sh --update $(program) $(BENCH_DIR)/tracegen

## profile: where the time goes
profile: $(BENCH_DIR)/tracegen
	@$(MAKE) --no-print-directory FLAVOUR=release BUILD=$(BUILD)/profile CFLAGS="$(CFLAGS) -fno-omit-frame-pointer" all
	@tests/bench/profile.sh $(BUILD)/profile/tracecmp $(BENCH_DIR)

## memory: peak memory stays within its limit, whatever the input
memory: $(program) $(bench_tools)
	@tests/memory.sh $(bench_tools)

## index-tests: an index is as good as its trace, and nothing else is taken for one
index-tests: $(program) $(BENCH_DIR)/tracegen
	@$(guard) tests/index.sh $(BENCH_DIR)/tracegen

ways: $(BENCH_DIR)/tracegen

$(BENCH_DIR)/tracegen: $(wildcard scripts/tracegen/*.[ch])
	@mkdir -p $(@D)
	@echo "LINK $@"
	$(quiet)$(CC) -std=c11 -D_GNU_SOURCE -O2 -o $@ $(filter %.c,$^)

$(BENCH_DIR)/measure: tests/bench/measure.c
	@mkdir -p $(@D)
	@echo "LINK $@"
	$(quiet)$(CC) -std=c11 -D_GNU_SOURCE -O2 -o $@ $<

$(BENCH_DIR)/trace_64M.json: $(BENCH_DIR)/tracegen
	@$< --bytes 64M > $@

$(dir)/bench_steps: $(bench_objects) $(library:%.c=$(dir)/%.o) $(dir)/page_assets.o
	@echo "LINK $@"
	$(quiet)$(CC) $(flavour_flags) $(CFLAGS) -o $@ $^ $(LDFLAGS) $(package_libs)

.PHONY: index-tests bench bench-steps instructions instructions-update profile memory
-include $(bench_objects:.o=.d)
