#include "generate.h"

/* What a pattern says, from left to right: sequences, classes, groups, alternatives, counts. */
struct reader {
	struct maker *maker;
	const char *at;
	struct fmr_str *out; /* NULL: only skip */
	bool unknown;
};

static void alternatives(struct reader *reader);

static bool in_class(const char *start, const char *end, char byte)
{
	for (const char *at = start; at < end; at++) {
		if (*at == '\\' && at + 1 < end) {
			at++;
			if (*at == byte || (*at == 's' && (byte == ' ' || byte == '\t')) || (*at == 'd' && byte >= '0' && byte <= '9'))
				return true;
		} else if (at + 2 < end && at[1] == '-') {
			if (byte >= at[0] && byte <= at[2])
				return true;
			at += 2;
		} else if (*at == byte) {
			return true;
		}
	}
	return false;
}

static void class(struct reader *reader)
{
	const char *start = ++reader->at;
	bool negated = *start == '^';
	start += negated;
	const char *end = start;
	for (; *end && *end != ']'; end++)
		end += *end == '\\' && end[1];
	reader->at = end + (*end == ']');
	char fit[96];
	unsigned count = 0;
	for (char byte = negated ? '0' : ' '; byte < 127; byte++)
		if (in_class(start, end, byte) != negated)
			fit[count++] = byte;
	if (count == 0)
		reader->unknown = true;
	else if (reader->out)
		fmr_str_putc(reader->out, fit[roll(reader->maker, count)]);
}

static void atom(struct reader *reader)
{
	char byte = *reader->at;
	if (byte == '[') {
		class(reader);
	} else if (byte == '(') {
		reader->at += reader->at[1] == '?' && reader->at[2] == ':' ? 3 : 1;
		alternatives(reader);
		reader->at += *reader->at == ')';
	} else {
		if (byte == '\\')
			byte = *++reader->at == 'd' ? '7' : *reader->at == 's' ? ' ' : *reader->at == 'S' ? 'x' : *reader->at;
		else if (byte == '.')
			byte = 'a';
		if (reader->out && byte != '^' && byte != '$')
			fmr_str_putc(reader->out, byte);
		reader->at += *reader->at != '\0';
	}
}

static void counted(struct reader *reader)
{
	const char *start = reader->at;
	struct fmr_str *out = reader->out;
	reader->out = NULL;
	atom(reader);
	unsigned least = 1, most = 1;
	char *end = NULL;
	switch (*reader->at) {
	case '?': least = 0; reader->at++; break;
	case '*': least = 0, most = 3; reader->at++; break;
	case '+': most = 3; reader->at++; break;
	case '{':
		least = most = (unsigned)strtoul(reader->at + 1, &end, 10);
		if (*end == ',')
			most = end[1] == '}' ? least + 2 : (unsigned)strtoul(end + 1, &end, 10);
		reader->at = strchr(reader->at, '}');
		reader->at += reader->at != NULL;
		break;
	}
	const char *behind = reader->at;
	unsigned times = least + roll(reader->maker, most - least + 1);
	for (reader->out = out; out && times > 0; times--) {
		reader->at = start;
		atom(reader);
	}
	reader->at = behind;
}

/* The first alternative is as good as the others; they are only passed over. */
static void alternatives(struct reader *reader)
{
	struct fmr_str *out = reader->out;
	while (*reader->at && *reader->at != ')') {
		if (*reader->at == '|') {
			reader->out = NULL;
			reader->at++;
			continue;
		}
		counted(reader);
	}
	reader->out = out;
}

const char *pattern_text(struct maker *maker, const char *pattern)
{
	struct fmr_str out;
	fmr_str_init(&out);
	struct reader reader = { maker, pattern, &out, false };
	alternatives(&reader);
	const char *text = reader.unknown ? NULL : fmr_arena_strndup(&maker->arena, out.bytes, out.length);
	fmr_str_release(&out);
	return text;
}
