# tracecmp. `make help` lists the targets.
#   FLAVOUR=release|debug|san   one build directory each: build/<flavour>
#   CC, CFLAGS, LDFLAGS         yours are appended to ours
#   WERROR=1                    warnings are errors (as in CI)

FLAVOUR ?= release
PREFIX  ?= /usr/local
DESTDIR ?=

CC ?= cc
PACKAGES := libuv libxxhash
dir := build/$(FLAVOUR)

flags_release := -O2 -g
flags_debug   := -O0 -g3
flags_san     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

warnings := -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(if $(WERROR),-Werror)
version  := 0.1.0

ours := -std=c11 -D_GNU_SOURCE -DTRACECMP_VERSION='"$(version)"' -Isrc -MMD -MP $(warnings) $(flags_$(FLAVOUR))
package_flags = $(shell pkg-config --cflags $(PACKAGES))
package_libs  = $(shell pkg-config --libs libuv) -liberty -lm
test_libs     = $(shell pkg-config --libs criterion)

sources      := $(sort $(wildcard src/*/*.c))
library      := $(filter-out src/cli/main.c,$(sources))
tests        := $(sort $(wildcard tests/unit/*.c tests/unit/*/*.c))
objects      := $(sources:%.c=$(dir)/%.o)
test_objects := $(library:%.c=$(dir)/%.o) $(tests:%.c=$(dir)/%.o)

.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

## all: build the program (build/tracecmp)
all: build/tracecmp

build/tracecmp: $(dir)/tracecmp
	@ln -sf $(FLAVOUR)/tracecmp $@

$(dir)/tracecmp: $(objects)
	$(CC) $(flags_$(FLAVOUR)) $(CFLAGS) -o $@ $^ $(LDFLAGS) $(package_libs)

$(dir)/unit_tests: $(test_objects)
	$(CC) $(flags_$(FLAVOUR)) $(CFLAGS) -o $@ $^ $(LDFLAGS) $(package_libs) $(test_libs)

$(dir)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ours) $(package_flags) $(CFLAGS) -c -o $@ $<

## clean: remove build/
clean:
	rm -rf build

.PHONY: all clean
-include $(objects:.o=.d) $(test_objects:.o=.d)
