#include "base/i18n.h"
#include "cli/cli.h"

#include <string.h>

/* The scripts know no command and no option: they ask `fmrec __complete`, which reads the tables. */

static const char bash_script[] =
	"# bash completion for fmrec; in ~/.bashrc:  source <(fmrec completion bash)\n"
	"_fmrec()\n"
	"{\n"
	"	# Take the line apart by blanks only: ids, paths and assignments hold '=' and ':'.\n"
	"	local line=${COMP_LINE:0:COMP_POINT} words=() word cut=0 candidate IFS=$' \\t\\n'\n"
	"	read -ra words <<<\"$line\"\n"
	"	[[ $line == *[[:blank:]] ]] && words+=('')\n"
	"	[[ ${words[0]##*/} == git && ${words[1]} == fmrec ]] && words=(\"${words[@]:1}\")\n"
	"	word=${words[-1]}\n"
	"	# Readline replaces only what stands behind the last '=' or ':'.\n"
	"	[[ $word == *[=:]* && $COMP_WORDBREAKS == *[=:]* ]] && { local tail=${word##*[=:]}; cut=$((${#word} - ${#tail})); }\n"
	"	COMPREPLY=()\n"
	"	while IFS= read -r candidate; do\n"
	"		case $candidate in\n"
	"		:file) compopt -o default; return ;;\n"
	"		:directory) compopt -o dirnames; return ;;\n"
	"		esac\n"
	"		candidate=${candidate%%$'\\t'*}\n"
	"		[[ $candidate == *[=:] ]] && compopt -o nospace\n"
	"		COMPREPLY+=(\"${candidate:cut}\")\n"
	"	done < <(fmrec __complete \"${words[@]:1}\" 2>/dev/null)\n"
	"}\n"
	"complete -F _fmrec fmrec\n";

static const char zsh_script[] =
	"#compdef fmrec\n"
	"# zsh completion for fmrec; as file _fmrec in a directory of $fpath, or:  source <(fmrec completion zsh)\n"
	"_fmrec()\n"
	"{\n"
	"	local -a plain assign\n"
	"	local line value\n"
	"	for line in \"${(@f)$(fmrec __complete \"${(@)words[2,CURRENT]}\" 2>/dev/null)}\"; do\n"
	"		case $line in\n"
	"		'') ;;\n"
	"		:file) _files; return ;;\n"
	"		:directory) _files -/; return ;;\n"
	"		*)\n"
	"			value=${${line%%$'\\t'*}//:/\\\\:}\n"
	"			[[ $line == *$'\\t'* ]] && value+=\":${line#*$'\\t'}\"\n"
	"			if [[ ${line%%$'\\t'*} == *[=:] ]]; then assign+=($value); else plain+=($value); fi ;;\n"
	"		esac\n"
	"	done\n"
	"	(( $#assign )) && _describe fmrec assign -S ''\n"
	"	(( $#plain )) && _describe fmrec plain\n"
	"}\n"
	"if [[ ${funcstack[1]} == _fmrec ]]; then _fmrec \"$@\"; else compdef _fmrec fmrec; fi\n";

static const char fish_script[] =
	"# fish completion for fmrec; as ~/.config/fish/completions/fmrec.fish\n"
	"function __fmrec_complete\n"
	"	set -l words (commandline -opc) (commandline -ct)\n"
	"	for line in (fmrec __complete $words[2..-1] 2>/dev/null)\n"
	"		switch $line\n"
	"			case ':file'\n"
	"				__fish_complete_path (commandline -ct)\n"
	"			case ':directory'\n"
	"				__fish_complete_directories (commandline -ct)\n"
	"			case '*'\n"
	"				printf '%s\\n' $line\n"
	"		end\n"
	"	end\n"
	"end\n"
	"complete -c fmrec -f -a '(__fmrec_complete)'\n";

static const struct {
	const char *shell, *script;
} scripts[] = { { "bash", bash_script }, { "zsh", zsh_script }, { "fish", fish_script } };

static int run(struct fmr_cli *cli, const void *options, int argc, char **argv, struct fmr_err *err)
{
	(void)options, (void)err;
	if (argc != 1)
		return fmr_cli_usage(cli, _("'completion' wants the name of a shell: bash, zsh or fish"));
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++)
		if (strcmp(scripts[i].shell, argv[0]) == 0) {
			fputs(scripts[i].script, cli->out);
			return FMR_EXIT_OK;
		}
	static const char *const shells[] = { "bash", "zsh", "fish", NULL };
	return fmr_cli_usage_word(cli, argv[0], shells);
}

static const char *const synopsis[] = { "bash|zsh|fish", NULL };

const struct fmr_command fmr_command_completion = {
	.name = "completion",
	.group = "start",
	.summary = N_("print the completion script for a shell"),
	.synopsis = synopsis,
	.complete = "bash|zsh|fish",
	.run = run,
};
