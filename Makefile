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
# libgit2 and SQLite are loaded when a command needs them (see src/store/git.h, src/index/sqlite.h): only their headers
# are needed here.
FMR_CPPFLAGS  := -Iinclude -Isrc -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE \
                 -DFMR_VERSION='"$(VERSION)"' -DFMR_DATA_DIR='"$(datadir)"' -DFMR_LOCALE_DIR='"$(localedir)"' \
                 $(shell pkg-config --cflags $(PACKAGES) libgit2 sqlite3 2>/dev/null)
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
fuzz_names      := $(patsubst tests/fuzz/%_fuzz.c,%,$(wildcard tests/fuzz/*_fuzz.c))
fuzz_tests      := $(fuzz_names:%=$B/tests/fuzz_%_test)
catalogues      := $(patsubst src/po/%.po,$B/locale/%/LC_MESSAGES/fmrec.mo,$(wildcard src/po/*.po))

.PHONY: all library program clean check check-conformance deps demo install uninstall lint fuzz bench man po
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

# Makes records from the schemas of their types, for tests/cli/every-*.t.
generate_sources := $(wildcard tests/generate/*.c)
$B/generate: $(generate_sources) tests/generate/generate.h $B/libfmrec.a
	@mkdir -p $(@D)
	$(call say,CC,$@)$(link) $(FMR_CPPFLAGS) $(CPPFLAGS) $(generate_sources) $B/libfmrec.a $(FMR_LDLIBS) -o $@

# A fuzz target as an ordinary test: its corpus and some mutations of it.
$B/tests/fuzz_%_test: tests/fuzz/%_fuzz.c tests/fuzz/driver.c $B/libfmrec.a
	@mkdir -p $(@D)
	$(call say,CC,$<)$(link) $(FMR_CPPFLAGS) $(CPPFLAGS) -DFMR_FUZZ_NAME='"$*"' $(filter-out %.h,$^) $B/libfmrec.a $(FMR_LDLIBS) -o $@

# Three targets run whole commands in process.
command_objects := $(filter-out %/main.o,$(program_objects))
$B/tests/fuzz_cmdline_test $B/tests/fuzz_import_test $B/tests/fuzz_scaffold_test: $(command_objects) tests/fuzz/sandbox.h
build/fuzz/cmdline_fuzz build/fuzz/import_fuzz build/fuzz/scaffold_fuzz: $(command_objects) tests/fuzz/sandbox.h

-include $(library_objects:.o=.d) $(program_objects:.o=.d) $(unit_programs:=.d)

# ---- tests ----

check:
	@sh tests/deps.sh check
	@$(MAKE) --no-print-directory -j$(JOBS) all unit-programs
	@B='$B' sh tests/run.sh $(TESTS)

# Makes system calls of any program fail; sanitizers want to be loaded first, so not with them.
fault_injector := $(if $(SAN),,$B/tests/inject.so)
$B/tests/inject.so: tests/fault/inject.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(FMR_CFLAGS) $(CFLAGS) -shared $< -o $@ -ldl

.PHONY: unit-programs
unit-programs: $(fault_injector) $(unit_programs) $(fuzz_tests) $B/conformance $B/generate

# make fuzz [TIME=seconds] [TARGET=name]: libFuzzer on each target; what it learns stays in build/fuzz/corpus.
TIME   ?= 60
TARGET ?= $(fuzz_names)
fuzz:
	@sh tests/deps.sh fuzz
	@$(MAKE) --no-print-directory -j$(JOBS) B=build/fuzz CC=clang SAN=address,undefined \
		CFLAGS='-g -O1 -fsanitize=fuzzer-no-link' library
	@for name in $(TARGET); do $(MAKE) --no-print-directory B=build/fuzz CC=clang SAN=fuzzer,address,undefined \
		build/fuzz/$${name}_fuzz || exit 1; done
	@for name in $(TARGET); do mkdir -p build/fuzz/corpus/$$name; echo "fuzz: $$name for $(TIME) s"; \
		TMPDIR=$(CURDIR)/build/fuzz build/fuzz/$${name}_fuzz -max_total_time=$(TIME) -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-verbosity=0 -artifact_prefix=build/fuzz/$$name- build/fuzz/corpus/$$name tests/fuzz/corpus/$$name || exit 1; done

build/fuzz/%_fuzz: tests/fuzz/%_fuzz.c build/fuzz/libfmrec.a
	$(call say,LINK,$@)$(link) $(FMR_CPPFLAGS) $(CPPFLAGS) $(filter-out %.h,$^) build/fuzz/libfmrec.a $(FMR_LDLIBS) -o $@

# The official test suite of JSON Schema; see tests/check/conformance.t for how `make check` finds it.
SUITE ?= ../shared/conformance/json-schema-test-suite
$B/conformance: tests/conformance/conformance.c $B/libfmrec.a
	$(call say,LINK,$@)$(link) $(FMR_CPPFLAGS) $(CPPFLAGS) $< $B/libfmrec.a $(FMR_LDLIBS) -o $@

check-conformance: $B/conformance
	@$B/conformance '$(SUITE)' .

# ---- the main job, end to end, on sample data ----

demo:
	@sh tests/deps.sh build
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@B='$B' sh tests/demo.sh

# ---- beside the peers: ratios of paired runs; SIZES=1000,10000,100000 PAIRS=7 ONLY=P4,P5 ----

SIZES ?= 1000,10000,100000
PAIRS ?= 7
ONLY  ?=
bench:
	@sh tests/deps.sh bench
	@$(MAKE) --no-print-directory -j$(JOBS) all $B/bench-floor
	@python3 -B tests/bench/run.py $B --sizes $(SIZES) --pairs $(PAIRS) --only '$(ONLY)'

$B/bench-floor: tests/bench/floor.c
	$(call say,LINK,$@)$(link) $(FMR_CPPFLAGS) $(CPPFLAGS) $< $(FMR_LDLIBS) -o $@

clean:
	rm -rf build

# ---- installing ----

pages       := $(wildcard man/*.[1-9])
headers     := $(wildcard include/fmrec/*.h include/fmrec/*.def)
bashdir     := $(PREFIX)/share/bash-completion/completions
zshdir      := $(PREFIX)/share/zsh/site-functions
fishdir     := $(PREFIX)/share/fish/vendor_completions.d
D           := $(DESTDIR)

# There is no shared library: whoever links with it needs what it needs.
$B/fmrec.pc: Makefile
	@mkdir -p $(@D)
	@{ echo 'prefix=$(PREFIX)'; echo 'libdir=$${prefix}/lib'; echo 'includedir=$${prefix}/include'; echo; \
	echo 'Name: fmrec'; echo 'Description: failure-management and continuity records as YAML files in Git'; \
	echo 'Version: $(VERSION)'; echo 'Requires: $(PACKAGES)'; \
	echo 'Cflags: -I$${includedir}'; echo 'Libs: -L$${libdir} -lfmrec -ldl -pthread'; } >$@

.PHONY: $B/fmrec.pc
install: all $B/fmrec.pc
	install -d '$D$(bindir)' '$D$(libdir)/pkgconfig' '$D$(includedir)/fmrec' '$D$(datadir)' \
		'$D$(mandir)/man1' '$D$(bashdir)' '$D$(zshdir)' '$D$(fishdir)'
	install -m 755 $B/fmrec '$D$(bindir)/fmrec'
	ln -sf fmrec '$D$(bindir)/git-fmrec'
	install -m 644 $B/libfmrec.a '$D$(libdir)/libfmrec.a'
	install -m 644 $B/fmrec.pc '$D$(libdir)/pkgconfig/fmrec.pc'
	install -m 644 $(headers) '$D$(includedir)/fmrec'
	for page in $(pages); do \
		install -d "$D$(mandir)/man$${page##*.}" && install -m 644 $$page "$D$(mandir)/man$${page##*.}" || exit 1; done
	echo '.so man1/fmrec.1' >'$D$(mandir)/man1/git-fmrec.1'
	for mo in $(catalogues); do \
		language=$${mo#$B/locale/}; language=$${language%%/*}; install -d "$D$(localedir)/$$language/LC_MESSAGES" && \
		install -m 644 $$mo "$D$(localedir)/$$language/LC_MESSAGES/fmrec.mo" || exit 1; done
	for directory in $(wildcard schema hooks); do \
		find $$directory -type f | while read -r file; do \
			install -d "$D$(datadir)/$${file%/*}" && \
			if [ -x "$$file" ]; then mode=755; else mode=644; fi && \
			install -m $$mode "$$file" "$D$(datadir)/$$file" || exit 1; done || exit 1; done
	$B/fmrec completion bash >'$D$(bashdir)/fmrec'
	$B/fmrec completion zsh >'$D$(zshdir)/_fmrec'
	$B/fmrec completion fish >'$D$(fishdir)/fmrec.fish'

uninstall:
	rm -f '$D$(bindir)/fmrec' '$D$(bindir)/git-fmrec' '$D$(libdir)/libfmrec.a' '$D$(libdir)/pkgconfig/fmrec.pc' \
		'$D$(bashdir)/fmrec' '$D$(zshdir)/_fmrec' '$D$(fishdir)/fmrec.fish' '$D$(mandir)/man1/git-fmrec.1'
	for page in $(notdir $(pages)); do rm -f "$D$(mandir)/man$${page##*.}/$$page"; done
	for mo in $(catalogues); do \
		language=$${mo#$B/locale/}; rm -f "$D$(localedir)/$${language%%/*}/LC_MESSAGES/fmrec.mo"; done
	rm -rf '$D$(includedir)/fmrec' '$D$(datadir)'

# ---- texts ----

# The rows of fmrec-codes(7) come from codes.def.
man: $B/fmrec
	@FMREC_LANG=C $B/fmrec __codes --mdoc >$B/codes.mdoc
	@sed -e '/^\.\\" begin of rows/r $B/codes.mdoc' -e '/^\.\\" begin of rows/,/^\.\\" end of rows/{/^\.\\" /!d}' \
		man/fmrec-codes.7 >$B/fmrec-codes.7
	@cmp -s $B/fmrec-codes.7 man/fmrec-codes.7 || cp $B/fmrec-codes.7 man/fmrec-codes.7

translated := $(wildcard src/*/*.c src/*/*.h include/fmrec/codes.def)
$B/fmrec.pot: $(translated)
	@mkdir -p $(@D)
	$(call say,XGETTEXT,$@)xgettext -L C --from-code=UTF-8 --keyword=_ --keyword=N_ --keyword=Q_:1,2 \
		--add-location=file --sort-by-file --package-name=fmrec --package-version=$(VERSION) -o $@ $(sort $(translated))

# Bring the catalogues up to what the sources say; new sentences are left empty for the translator.  No date of today is
# kept, at which any two branches would be in conflict.
po: $B/fmrec.pot
	@for po in $(wildcard src/po/*.po); do \
		msgmerge -q -U --backup=none --no-fuzzy-matching --add-location=file $$po $B/fmrec.pot; \
		msgattrib --no-obsolete --add-location=file -o $$po $$po; \
		sed '/^"POT-Creation-Date:/d' $$po >$$po.new && mv $$po.new $$po; done

# ---- lint ----

shell_files := $(wildcard .ci/run tests/*.sh tests/*/*.sh tests/*/*.t hooks/*)
.PHONY: lint-deps lint-cppcheck lint-tidy lint-shell lint-man
lint: lint-cppcheck lint-tidy lint-shell lint-man
lint-deps:
	@sh tests/deps.sh lint

# uninitvar: it takes "p ? p : &own" for a use of own; the compiler and clang-tidy look after that.
lint-cppcheck: lint-deps
	cppcheck -q --error-exitcode=1 --std=c11 --inline-suppr --enable=warning,performance,portability \
		--suppress=missingIncludeSystem --suppress=uninitvar --suppress=normalCheckLevelMaxBranches -j $(JOBS) -Iinclude -Isrc \
		-DFMR_VERSION='""' -DFMR_DATA_DIR='""' -DFMR_LOCALE_DIR='""' src

lint-tidy: lint-deps
	printf '%s\n' $(filter-out src/base/error.c,$(library_sources) $(program_sources)) | xargs -P $(JOBS) -n 4 \
		sh -c 'clang-tidy --quiet "$$@" -- $(subst ','\'',$(FMR_CPPFLAGS)) -include tests/check/analyzer.h -std=c17 \
		2>/dev/null' tidy

lint-shell: lint-deps
	shellcheck -x -P SCRIPTDIR -S warning -s sh $(shell_files)

lint-man: lint-deps
	@! mandoc -Tlint -W warning $(pages) | grep -v 'out of conventional order' # EXAMPLES stand near the top
