# fmrec: make | make check | make demo | make install | make lint | make fuzz | make bench
# Additive flags: make CFLAGS=-g SAN=address,undefined V=1.  Objects stay below build/.

VERSION := 0.1.0
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
CFLAGS  ?= -O2 -g
JOBS    ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

bindir     := $(PREFIX)/bin
libdir     := $(PREFIX)/lib
includedir := $(PREFIX)/include
datadir    := $(PREFIX)/share/fmrec
mandir     := $(PREFIX)/share/man
localedir  := $(PREFIX)/share/locale

comma := ,
SAN   ?=
B     := build$(if $(SAN),/san-$(subst $(comma),-,$(SAN)))
Q     := $(if $(V),,@)
say    = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)';)

PACKAGES      := yaml-0.1 libpcre2-8 libutf8proc libcrypto
# libgit2 is loaded when a command reads objects (see src/store/git.h): only its header is needed here.
FMR_CPPFLAGS  := -Iinclude -Isrc -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE \
                 -DFMR_VERSION='"$(VERSION)"' -DFMR_DATA_DIR='"$(datadir)"' -DFMR_LOCALE_DIR='"$(localedir)"' \
                 $(shell pkg-config --cflags $(PACKAGES) libgit2 2>/dev/null)
FMR_CFLAGS    := -std=c17 -fPIC -pthread -fno-strict-aliasing -fstack-protector-strong \
                 -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla \
                 -Wundef -Wwrite-strings -Wformat=2 -Wno-missing-field-initializers $(if $(DEVELOPER),-Werror)
FMR_LDLIBS    := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -ldl -pthread
ifneq ($(SAN),)
FMR_CFLAGS    += -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
FMR_LDFLAGS   += -fsanitize=$(SAN)
endif
compile = $(CC) $(FMR_CPPFLAGS) $(CPPFLAGS) $(FMR_CFLAGS) $(CFLAGS)
link    = $(CC) $(FMR_CFLAGS) $(CFLAGS) $(FMR_LDFLAGS) $(LDFLAGS)

library_sources := $(filter-out src/cli/% src/cmd/%,$(wildcard src/*/*.c))
program_sources := $(wildcard src/cli/*.c src/cmd/*.c)
unit_sources    := $(wildcard tests/unit/*_test.c)
library_objects := $(library_sources:src/%.c=$B/obj/%.o)
program_objects := $(program_sources:src/%.c=$B/obj/%.o)
unit_programs   := $(unit_sources:tests/unit/%.c=$B/tests/%)
catalogues      := $(patsubst src/po/%.po,$B/locale/%/LC_MESSAGES/fmrec.mo,$(wildcard src/po/*.po))

.PHONY: all library program clean check check-conformance deps demo install uninstall lint fuzz bench
.DELETE_ON_ERROR:
.SECONDARY:

all: program

library: $B/libfmrec.a
program: $B/fmrec $(catalogues)

# What is missing on this machine is installed first, unless this is an ordinary `make`.
deps:
	@sh tests/deps.sh build

$B/obj/%.o: src/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(compile) -MMD -MP -c $< -o $@

$B/libfmrec.a: $(library_objects)
	$(call say,AR,$@)rm -f $@ && ar rcs $@ $^

$B/fmrec: $(program_objects) $B/libfmrec.a
	$(call say,LINK,$@)$(link) $(program_objects) $B/libfmrec.a $(FMR_LDLIBS) -o $@

$B/locale/%/LC_MESSAGES/fmrec.mo: src/po/%.po
	@mkdir -p $(@D)
	$(call say,MSGFMT,$<)msgfmt -c -o $@ $<

$B/tests/%: tests/unit/%.c $B/libfmrec.a
	@mkdir -p $(@D)
	$(call say,CC,$<)$(link) $(FMR_CPPFLAGS) $(CPPFLAGS) -Itests/unit -MMD -MP $< $B/libfmrec.a -lcmocka $(FMR_LDLIBS) -o $@

-include $(library_objects:.o=.d) $(program_objects:.o=.d) $(unit_programs:=.d)

# ---- tests ----

check:
	@sh tests/deps.sh check
	@$(MAKE) --no-print-directory -j$(JOBS) all unit-programs
	@B='$B' sh tests/run.sh $(TESTS)

.PHONY: unit-programs
unit-programs: $(unit_programs)

clean:
	rm -rf build
