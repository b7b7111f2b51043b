#include "search/similar.h"

#include "base/i18n.h"
#include "search/grams.h"
#include "search/scan.h"
#include "search/terms.h"
#include "yaml/yaml.h"

#include <stdlib.h>
#include <string.h>

enum {
	SAMPLE = 2000,           /* records by which the rarity of words is judged */
	QUERY_LENGTH = 64 * 1024 /* bytes of a text: what is behind says nothing new */
};

struct candidate {
	double likeness;
	char *path;
	const struct fmr_type *type;
};

/* What one thread works with. */
struct desk {
	struct fmr_arena arena;      /* of the record as parsed */
	struct code_points points;
	size_t *records;             /* by term: that have it */
	uint32_t *seen;              /* by term: the last record that had it ... */
	double *weight;              /* ... and its weight there */
	FMR_VEC(uint32_t) found;     /* terms of this record */
	uint32_t now;                /* this record */
	size_t grams;                /* in this record */
	double weight_here;          /* of the field being read */
	double all_grams;            /* in all records looked at */
	size_t looked_at;
	struct candidate *best;      /* the closest first */
	size_t best_count;
};

struct finding {
	struct fmr_book *book;
	struct fmr_index *index;
	const struct fmr_similar_options *options;
	const char *own_path;        /* not to be found; or NULL */
	struct query_terms terms;
	struct code_points points;
	double weight_here;
	double whole;                /* what a record with everything would get */
	double usual_grams;          /* of a record */
	bool counting;               /* the sample, not yet the search */
	struct desk *desks[FMR_SCAN_THREADS];
	size_t unread;
	struct fmr_err *err;
};

/* ---- what is asked for ---- */

static void add_term(void *context, uint64_t gram, double share, size_t start, size_t end)
{
	struct finding *finding = context;
	(void)start;
	(void)end;
	query_terms_add(&finding->terms, gram, finding->weight_here * share);
}

static void add_text(void *context, const struct fmr_search_rule *rule, double weight, const struct fmr_text *text)
{
	struct finding *finding = context;
	(void)rule;
	finding->weight_here = weight;
	code_points_read(&finding->points, text->bytes, text->length < QUERY_LENGTH ? text->length : QUERY_LENGTH);
	fmr_grams_each(finding->points.list.items, finding->points.list.count, add_term, finding);
}

static int read_query(struct finding *finding, const struct fmr_similar_query *query)
{
	const struct fmr_record *record = query->record;
	if (record && !record->type->search)
		return fmr_err_set(finding->err, FMR_ERR_INVALID, _("records of type '%s' are not compared by their words"),
			record->type->name);
	if (record) {
		search_texts_each(record->type, record->root, add_text, finding);
		finding->own_path = record->path;
	} else {
		add_text(finding, NULL, 1, &(struct fmr_text){ query->text, query->length });
	}
	if (!finding->terms.list.count)
		return fmr_err_set(finding->err, FMR_ERR_INVALID, _("there are no words to compare"));
	return 0;
}

/* ---- one record ---- */

static struct desk *desk_of(struct finding *finding, int thread)
{
	if (finding->desks[thread])
		return finding->desks[thread];
	const size_t count = finding->terms.list.count;
	struct desk *desk = finding->desks[thread] = fmr_alloc_zero(1, sizeof(*desk));
	fmr_arena_init(&desk->arena);
	fmr_str_init(&desk->points.folded);
	desk->records = fmr_alloc_zero(count, sizeof(*desk->records));
	desk->seen = fmr_alloc_zero(count, sizeof(*desk->seen));
	desk->weight = fmr_alloc_zero(count, sizeof(*desk->weight));
	desk->best = fmr_alloc_zero(finding->options->limit, sizeof(*desk->best));
	return desk;
}

static void free_desk(struct desk *desk)
{
	if (!desk)
		return;
	for (size_t i = 0; i < desk->best_count; i++)
		free(desk->best[i].path);
	fmr_arena_release(&desk->arena);
	code_points_release(&desk->points);
	FMR_VEC_RELEASE(&desk->found);
	free(desk->records);
	free(desk->seen);
	free(desk->weight);
	free(desk->best);
	free(desk);
}

struct seeing {
	const struct query_terms *terms;
	struct desk *desk;
};

static void see_gram(void *context, uint64_t gram, double share, size_t start, size_t end)
{
	const struct seeing *seeing = context;
	struct desk *desk = seeing->desk;
	(void)share;
	(void)start;
	(void)end;
	desk->grams++;
	const long term = query_terms_find(seeing->terms, gram);
	if (term < 0)
		return;
	if (desk->seen[term] != desk->now) {
		desk->seen[term] = desk->now;
		desk->weight[term] = 0;
		FMR_VEC_PUSH(&desk->found, (uint32_t)term);
	}
	if (desk->weight_here > desk->weight[term])
		desk->weight[term] = desk->weight_here;
}

static void see_text(void *context, const struct fmr_search_rule *rule, double weight, const struct fmr_text *text)
{
	const struct seeing *seeing = context;
	struct desk *desk = seeing->desk;
	(void)rule;
	desk->weight_here = weight;
	code_points_read(&desk->points, text->bytes, text->length);
	fmr_grams_each(desk->points.list.items, desk->points.list.count, see_gram, context);
}

static double likeness(const struct finding *finding, const struct desk *desk)
{
	double sum = 0;
	for (size_t i = 0; i < desk->found.count; i++) {
		const uint32_t number = desk->found.items[i];
		const struct query_term *term = &finding->terms.list.items[number];
		sum += term->weight * term->rarity * desk->weight[number];
	}
	/* a long record has many words of every kind */
	const double longer = 0.7 + 0.3 * (double)desk->grams / finding->usual_grams;
	return finding->whole > 0 ? sum / finding->whole / (longer > 1 ? longer : 1) : 0;
}

static bool is_closer(const struct candidate *a, const struct candidate *b)
{
	return a->likeness > b->likeness || (a->likeness == b->likeness && strcmp(a->path, b->path) < 0);
}

/* Keep the closest in order. */
static void offer(struct candidate *best, size_t *count, size_t limit, struct candidate candidate)
{
	if (*count == limit && !is_closer(&candidate, &best[limit - 1]))
		return;
	candidate.path = fmr_strdup(candidate.path);
	if (*count == limit)
		free(best[--*count].path);
	size_t at = (*count)++;
	for (; at > 0 && is_closer(&candidate, &best[at - 1]); at--)
		best[at] = best[at - 1];
	best[at] = candidate;
}

static void *look(void *context, int thread, const struct fmr_scan_text *text)
{
	struct finding *finding = context;
	if (!text->type || (finding->own_path && strcmp(text->path, finding->own_path) == 0))
		return NULL;
	struct desk *desk = desk_of(finding, thread);
	const struct fmr_source source = { text->path, text->bytes, text->length };
	struct fmr_findings *ignored = fmr_findings_new(1);
	const struct fmr_value *root = fmr_yaml_read_record(&source, &desk->arena, ignored);
	fmr_findings_free(ignored);
	desk->now++;
	desk->grams = desk->found.count = 0;
	struct seeing seeing = { &finding->terms, desk };
	if (root)
		search_texts_each(text->type, root, see_text, &seeing);
	fmr_arena_clear(&desk->arena);
	desk->looked_at += root != NULL;
	desk->all_grams += (double)desk->grams;
	for (size_t i = 0; finding->counting && i < desk->found.count; i++)
		desk->records[desk->found.items[i]]++;
	if (!finding->counting && desk->found.count)
		offer(desk->best, &desk->best_count, finding->options->limit,
			(struct candidate){ likeness(finding, desk), (char *)text->path, text->type });
	return NULL;
}

/* ---- the corpus ---- */

static int scan(struct finding *finding, const struct fmr_scan_item *items, size_t count)
{
	const struct fmr_scan scan = { .look = look, .context = finding, .items = items, .item_count = count,
		.index = finding->index,
		.threads = finding->options->threads };
	return count ? fmr_scan_records(finding->book, &scan, &finding->unread, finding->err) : 0;
}

/* The logarithm to base 2 of a number from 1, near enough, without a library that takes longer to load. */
static double logarithm(double number)
{
	double whole = 0;
	while (number >= 2) {
		number /= 2;
		whole++;
	}
	return whole + number - 1;
}

/* How rare the words are, by a sample that is the same each time. */
static int weigh(struct finding *finding, const struct fmr_scan_list *list)
{
	const size_t step = list->count / SAMPLE + 1;
	struct fmr_scan_item *sample = fmr_alloc_zero(list->count / step + 1, sizeof(*sample));
	size_t count = 0, records = 0;
	for (size_t i = 0; i < list->count; i += step)
		sample[count++] = list->items[i];
	finding->counting = true;
	const int result = scan(finding, sample, count);
	finding->counting = false;
	free(sample);
	double grams = 0;
	for (size_t i = 0; i < FMR_SCAN_THREADS; i++) {
		const struct desk *desk = finding->desks[i];
		for (size_t j = 0; desk && j < finding->terms.list.count; j++)
			finding->terms.list.items[j].records += desk->records[j];
		records += desk ? desk->looked_at : 0;
		grams += desk ? desk->all_grams : 0;
	}
	finding->usual_grams = records && grams > 0 ? grams / (double)records : 1;
	for (size_t i = 0; i < finding->terms.list.count; i++) {
		struct query_term *term = &finding->terms.list.items[i];
		const double with = (double)term->records + 0.5, without = (double)(records - term->records) + 0.5;
		term->rarity = logarithm(1 + without / with);
		finding->whole += term->weight * term->rarity;
	}
	return result;
}

/* ---- which records ---- */

struct aged {
	uint32_t date; /* 20261121 */
	uint32_t index;
};

/* The first eight digits of the name of the file, which are a date in most ids; or 0. */
static uint32_t date_of(const char *path)
{
	for (const char *name = strrchr(path, '/') + 1; *name; name++) {
		const size_t digits = strspn(name, "0123456789");
		uint32_t date = 0;
		for (size_t i = 0; digits >= 8 && i < 8; i++)
			date = date * 10 + (uint32_t)(name[i] - '0');
		if (digits >= 8)
			return date;
		name += digits;
		if (!*name)
			break;
	}
	return 0;
}

static int by_age(const void *a, const void *b)
{
	const struct aged *x = a, *y = b;
	if (x->date != y->date)
		return x->date > y->date ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

static void keep_newest(struct fmr_scan_list *list, size_t count)
{
	if (!count || list->count <= count)
		return;
	struct aged *aged = fmr_alloc_zero(list->count, sizeof(*aged));
	struct fmr_scan_item *kept = fmr_alloc_zero(count, sizeof(*kept));
	for (size_t i = 0; i < list->count; i++)
		aged[i] = (struct aged){ date_of(list->items[i].path), (uint32_t)i };
	qsort(aged, list->count, sizeof(*aged), by_age);
	for (size_t i = 0; i < count; i++)
		kept[i] = list->items[aged[i].index];
	memcpy(list->items, kept, count * sizeof(*kept));
	list->count = count;
	free(kept);
	free(aged);
}

/* The types that take part; NULL-terminated, in arena. */
static int choose_types(struct finding *finding, struct fmr_arena *arena, const char *const **out)
{
	const char *const *names;
	size_t count, used = 0;
	int result = fmr_book_type_names(finding->book, &names, &count, finding->err);
	const char **chosen = fmr_arena_zero(arena, count + 1, sizeof(*chosen));
	for (size_t i = 0; i < count && !result; i++) {
		const struct fmr_type *type = NULL;
		result = fmr_book_type(finding->book, names[i], &type, NULL, finding->err);
		if (result == FMR_ERR_INVALID)
			result = 0; /* a type with faults: `validate` tells them */
		if (type && type->search && type->by_year)
			chosen[used++] = type->name;
	}
	*out = chosen;
	return result;
}

static int check_types(struct finding *finding, const char *const *types)
{
	for (; *types; types++) {
		const struct fmr_type *type;
		const int result = fmr_book_type(finding->book, *types, &type, NULL, finding->err);
		if (result)
			return result;
		if (!type->search)
			return fmr_err_set(finding->err, FMR_ERR_INVALID,
				_("records of type '%s' are not compared by their words"), type->name);
	}
	return 0;
}

/* ---- all ---- */

/* The title, and the words in common. */
static int describe(struct finding *finding, const struct candidate *candidate, struct fmr_arena *arena,
	struct fmr_similar_match *match)
{
	struct fmr_record record;
	struct fmr_findings *ignored = fmr_findings_new(1);
	const int result = fmr_record_read(finding->book, candidate->path, &record, ignored, finding->err);
	fmr_findings_free(ignored);
	if (result)
		return result;
	*match = (struct fmr_similar_match){ .id = fmr_arena_strdup(arena, record.id),
		.path = fmr_arena_strdup(arena, record.path), .title = fmr_arena_strdup(arena, fmr_record_title(&record)),
		.type = candidate->type, .likeness = candidate->likeness };
	query_terms_explain(&finding->terms, candidate->type, record.root, arena, match);
	fmr_record_release(&record);
	return 0;
}

static int collect(struct finding *finding, struct fmr_similar *out)
{
	const size_t limit = finding->options->limit;
	struct candidate *best = fmr_alloc_zero(limit, sizeof(*best));
	size_t count = 0;
	for (size_t i = 0; i < FMR_SCAN_THREADS; i++)
		for (size_t j = 0; finding->desks[i] && j < finding->desks[i]->best_count; j++)
			offer(best, &count, limit, finding->desks[i]->best[j]);
	struct fmr_similar_match *matches = fmr_arena_zero(&out->arena, count, sizeof(*matches));
	int result = 0;
	for (size_t i = 0; i < count && !result; i++) {
		result = describe(finding, &best[i], &out->arena, &matches[out->count]);
		if (result == FMR_ERR_NOT_FOUND)
			result = 0; /* somebody took it away meanwhile */
		else if (!result)
			out->count += matches[out->count].reason_count > 0;
	}
	out->matches = matches;
	for (size_t i = 0; i < count; i++)
		free(best[i].path);
	free(best);
	return result;
}

int fmr_similar_find(struct fmr_book *book, const struct fmr_similar_query *query,
	const struct fmr_similar_options *options, struct fmr_similar *out, struct fmr_err *err)
{
	struct finding finding = { .book = book, .index = query->index, .options = options, .err = err };
	struct fmr_scan_list list = { 0 };
	*out = (struct fmr_similar){ 0 };
	fmr_arena_init(&out->arena);
	fmr_arena_init(&list.arena);
	fmr_str_init(&finding.points.folded);
	const char *const *types = options->types;
	int result = read_query(&finding, query);
	if (!result)
		result = types ? check_types(&finding, types) : choose_types(&finding, &out->arena, &types);
	if (!result)
		result = fmr_scan_list(book, query->index, types, true, &list, err);
	if (!result) {
		keep_newest(&list, options->newest);
		result = weigh(&finding, &list);
	}
	if (!result)
		result = scan(&finding, list.items, list.count);
	if (!result)
		result = collect(&finding, out);
	out->unread = finding.unread;
	for (size_t i = 0; i < FMR_SCAN_THREADS; i++)
		free_desk(finding.desks[i]);
	fmr_scan_list_release(&list);
	query_terms_release(&finding.terms);
	code_points_release(&finding.points);
	return result;
}

void fmr_similar_release(struct fmr_similar *similar)
{
	fmr_arena_release(&similar->arena);
}
