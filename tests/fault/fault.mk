# What happens when the system fails the program. Included by the Makefile of the repository's root.
#   FAULT_GROUPS=x   only those of allocations, calls, signals, threads, descriptors and room (default: all)

FAULT_GROUPS ?=

## fault: every allocation, read, write and open fails once, and what else can: no crash, no wrong report, no litter
fault: $(program) $(dir)/inject.so $(BENCH_DIR)/tracegen
	@$(guard) python3 -B tests/fault/fault.py $(program) $(dir)/inject.so $(BENCH_DIR)/tracegen $(FAULT_GROUPS)

# Takes a compiler's own view of functions and objects, which ISO C does not share.
$(dir)/inject.so: tests/fault/inject.c $(dir)/flags
	@echo "LINK $@"
	$(quiet)$(CC) -std=gnu11 -D_GNU_SOURCE -Wall -Wextra $(if $(WERROR),-Werror) -O2 -g -shared -fPIC -o $@ $< -ldl

.PHONY: fault
