/*
 * What reading cannot cost less than: walk a directory, read every file and
 * run libyaml's parser over it, on one thread, keeping nothing.  The goals of
 * `make bench` divide by it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

static size_t files, events;

static void parse(const unsigned char *bytes, size_t length)
{
	yaml_parser_t parser;
	yaml_event_t event;
	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, bytes, length);
	for (bool more = true; more;) {
		if (!yaml_parser_parse(&parser, &event))
			abort();
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		events++;
	}
	yaml_parser_delete(&parser);
}

static void read_file(int directory, const char *name)
{
	static unsigned char buffer[1 << 20];
	int file = openat(directory, name, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		abort();
	ssize_t length = read(file, buffer, sizeof(buffer));
	close(file);
	if (length < 0)
		abort();
	parse(buffer, (size_t)length);
	files++;
}

static void walk(int parent, const char *name)
{
	int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = descriptor < 0 ? NULL : fdopendir(descriptor);
	if (!directory)
		abort();
	for (struct dirent *entry; (entry = readdir(directory));) {
		if (entry->d_name[0] == '.')
			continue;
		if (entry->d_type == DT_DIR)
			walk(descriptor, entry->d_name);
		else if (strstr(entry->d_name, ".yaml"))
			read_file(descriptor, entry->d_name);
	}
	closedir(directory);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	walk(AT_FDCWD, argv[1]);
	printf("%zu files, %zu events\n", files, events);
	return 0;
}
