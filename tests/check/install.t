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
printf '#include <fmrec/fmrec.h>\n#include <stdio.h>\nint main(void) { puts(fmr_version()); return 0; }\n' >use.c
libraries=$(PKG_CONFIG_PATH="$T/moved/lib/pkgconfig" pkg-config --define-variable=prefix="$T/moved" --static --cflags --libs fmrec)
# shellcheck disable=SC2086 # a list of flags
ok 'another program links with it' "${CC:-cc}" use.c $libraries -o use
ok 'and runs' ./use
mkdir -p "$where/opt" && mv "$T/moved" "$where/opt/fmrec"
ok 'make uninstall' make -C "$top" uninstall "DESTDIR=$where" PREFIX=/opt/fmrec
is 'nothing is left' "$(find "$where" -type f -o -type l)" ''

done_testing
