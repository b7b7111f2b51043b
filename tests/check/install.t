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
cat >use.c <<'C'
#include <fmrec/fmrec.h>
#include <stdio.h>

int main(void)
{
	struct fmr_err err = { 0 };
	struct fmr_store *store = NULL;
	struct fmr_view *view = NULL;
	struct fmr_str config;
	fmr_str_init(&config);
	int code = fmr_store_open("records", &store, &err);
	if (!code)
		code = fmr_view_open(store, FMR_VIEW_WORK_TREE, NULL, &view, &err);
	if (!code)
		code = fmr_view_read(view, ".fmrec/config.yaml", 1 << 20, &config, &err);
	printf("fmrec %s: %s\n", fmr_version(), code ? err.text : config.length ? "read" : "empty");
	fmr_str_release(&config);
	fmr_view_close(view);
	fmr_store_close(store);
	return code != 0;
}
C
libraries=$(PKG_CONFIG_PATH="$T/moved/lib/pkgconfig" pkg-config --define-variable=prefix="$T/moved" --cflags --libs fmrec)
# shellcheck disable=SC2086 # a list of flags
ok 'another program links with it' "${CC:-cc}" use.c $libraries -o use
ok 'and runs' ./use
mkdir -p "$where/opt" && mv "$T/moved" "$where/opt/fmrec"
ok 'make uninstall' make -C "$top" uninstall "DESTDIR=$where" PREFIX=/opt/fmrec
is 'nothing is left' "$(find "$where" -type f -o -type l)" ''

done_testing
