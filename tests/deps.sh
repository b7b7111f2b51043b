#!/bin/sh
# Install what a build (deps.sh build) or a whole check (deps.sh check) needs and this machine lacks.
# On Debian and Ubuntu it does so itself when it may; elsewhere it prints the command to type.
set -eu
purpose=${1:-build}

missing=
need_command() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need_library() {
	if ! command -v pkg-config >/dev/null 2>&1 || ! pkg-config --exists "$1" 2>/dev/null; then
		missing="$missing $2"
	fi
}

need_command "${CC:-cc}" "gcc libc6-dev"
need_command make make
need_command pkg-config pkg-config
need_command git git
need_command ssh-keygen openssh-client
need_command msgfmt gettext
need_library yaml-0.1 libyaml-dev
need_library libpcre2-8 libpcre2-dev
need_library libutf8proc libutf8proc-dev
need_library libcrypto libssl-dev
need_library libgit2 libgit2-dev
need_library sqlite3 libsqlite3-dev
if [ "$purpose" != build ]; then
	need_library cmocka libcmocka-dev
	need_command mandoc mandoc
	need_command python3 python3
fi
if [ "$purpose" = lint ]; then
	need_command cppcheck cppcheck
	need_command clang-tidy clang-tidy
	need_command shellcheck shellcheck
fi
if [ "$purpose" = fuzz ]; then
	need_command clang clang
	echo 'int LLVMFuzzerTestOneInput(void);int LLVMFuzzerTestOneInput(void){return 0;}' |
		clang -fsanitize=fuzzer -x c -o /dev/null - 2>/dev/null || missing="$missing libclang-rt-dev"
fi
[ -n "$missing" ] || exit 0

if command -v apt-get >/dev/null 2>&1; then
	as_root=
	if [ "$(id -u)" != 0 ]; then
		if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
			as_root="sudo -n"
		else
			echo "fmrec: these packages are missing; as root: apt-get install$missing" >&2
			exit 1
		fi
	fi
	echo "fmrec: installing$missing" >&2
	# shellcheck disable=SC2086 # lists of words
	{
		$as_root apt-get update -q >/dev/null || true
		DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q --no-install-recommends $missing >/dev/null
	}
	exit 0
fi

{
	echo "fmrec: something is missing (Debian names:$missing). On this system:"
	if command -v dnf >/dev/null 2>&1; then
		echo "  sudo dnf install gcc make git gettext pkgconf libyaml-devel pcre2-devel utf8proc-devel openssl-devel libgit2-devel sqlite-devel libcmocka-devel mandoc openssh python3"
	elif command -v pacman >/dev/null 2>&1; then
		echo "  sudo pacman -S gcc make git gettext pkgconf libyaml pcre2 libutf8proc openssl libgit2 sqlite cmocka mandoc openssh python"
	elif command -v apk >/dev/null 2>&1; then
		echo "  sudo apk add build-base git gettext pkgconf yaml-dev pcre2-dev utf8proc-dev openssl-dev libgit2-dev sqlite-dev cmocka-dev mandoc openssh-keygen python3 musl-libintl"
	elif command -v brew >/dev/null 2>&1; then
		echo "  brew install gettext pkg-config libyaml pcre2 utf8proc openssl@3 libgit2 sqlite cmocka mandoc"
	else
		echo "  install a C compiler, make, git, gettext, pkg-config and the headers of libyaml, PCRE2, utf8proc, OpenSSL, libgit2, SQLite, cmocka"
	fi
} >&2
exit 1
