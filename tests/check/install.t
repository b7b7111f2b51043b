# What `make install` puts down works from there, and `make uninstall` takes it all away.
. "$(dirname "$0")/../cli/lib.sh"

case $B in
*/san-*) skip 'installing' 'once is enough'; done_testing ;;
esac
where=$T/root
ok 'make install' make -C "$top" install "DESTDIR=$where" PREFIX=/opt/fmrec
bin=$where/opt/fmrec/bin
for file in bin/fmrec bin/git-fmrec lib/libfmrec.a lib/pkgconfig/fmrec.pc include/fmrec/fmrec.h include/fmrec/codes.def \
	share/man/man1/fmrec.1 share/man/man7/fmrec-codes.7 share/locale/ja/LC_MESSAGES/fmrec.mo \
	share/bash-completion/completions/fmrec share/zsh/site-functions/_fmrec \
	share/fish/vendor_completions.d/fmrec.fish share/fmrec/schema/meta.yaml; do
	if [ -e "$where/opt/fmrec/$file" ]; then pass "$file"; else fail "$file"; fi
done
# Out of sight of the build: a copy elsewhere finds what was installed with it.
mv "$where/opt/fmrec" "$T/moved"
bin=$T/moved/bin
exit_is 'it runs' 0 "$bin/fmrec" --version
exit_is 'it speaks Japanese' 0 env LANG=ja_JP.UTF-8 "$bin/fmrec" help
like 'from its own catalogue' "$out" '使い方'
exit_is 'it starts a repository with the installed pack' 0 "$bin/fmrec" init records
exit_is 'git fmrec works' 0 env PATH="$bin:$PATH" git fmrec --version
libraries=$(PKG_CONFIG_PATH="$T/moved/lib/pkgconfig" pkg-config --define-variable=prefix="$T/moved" --cflags --libs fmrec)
# shellcheck disable=SC2086 # a list of flags
ok 'another program links with it' "${CC:-cc}" -std=c17 -Wall -Wextra -Werror "$top/tests/check/library.c" $libraries -o library
ok 'and runs' env FMREC_DATA_DIR="$T/moved/share/fmrec" ./library records
is 'it reads, checks, edits and writes texts and records' "$out" "\
line 2, column 9: value.type: an integer
name: x # stays
count:  12
{\"name\":\"x\",\"count\":12}
records: 0 of 0 faulty
2026-04-01T09:30:00+09:00"
mkdir -p "$where/opt" && mv "$T/moved" "$where/opt/fmrec"
ok 'make uninstall' make -C "$top" uninstall "DESTDIR=$where" PREFIX=/opt/fmrec
is 'nothing is left' "$(find "$where" -type f -o -type l)" ''

done_testing
