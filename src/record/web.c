/*
 * Records as nodes, the links that matter here as edges: those that were
 * judged, those along which suspicion travels, those that must not run in a
 * circle.  Nearly all links are none of these and cost nothing.
 */
#include "record/web.h"

#include "base/dict.h"
#include "base/i18n.h"
#include "yaml/yaml.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct edge {
	size_t from, to;     /* nodes */
	size_t number;       /* of the link in its record */
	const char *path;    /* of the link in its record */
	const char *judged;  /* digest, or NULL */
	const struct fmr_link_rule *rule;
	bool changed;        /* the target is not what was judged */
	bool in_circle;
};

struct node {
	const char *id;
	const char *path;              /* of the file; NULL: not known (yet) */
	const struct fmr_type *type;   /* NULL: not read */
	bool asked;                    /* findings about it are wanted */
	bool tried;                    /* to read it */
	const char *digest;            /* NULL: not known */
	size_t origin;                 /* node + 1 whose own link is suspect, and whose suspicion arrived here; 0: none */
};

struct fmr_web {
	struct fmr_book *book;
	pthread_mutex_t lock;
	struct fmr_arena arena;
	struct fmr_dict by_id;
	FMR_VEC(struct node) nodes;
	FMR_VEC(struct edge) edges;
	FMR_VEC(size_t) waiting; /* nodes to be read */
	bool judged;             /* some link was */
};

struct fmr_web *fmr_web_new(struct fmr_book *book)
{
	struct fmr_web *web = fmr_alloc_zero(1, sizeof(*web));
	web->book = book;
	pthread_mutex_init(&web->lock, NULL);
	fmr_arena_init(&web->arena);
	fmr_dict_init(&web->by_id);
	return web;
}

void fmr_web_free(struct fmr_web *web)
{
	if (!web)
		return;
	FMR_VEC_RELEASE(&web->nodes);
	FMR_VEC_RELEASE(&web->edges);
	FMR_VEC_RELEASE(&web->waiting);
	fmr_dict_release(&web->by_id);
	fmr_arena_release(&web->arena);
	pthread_mutex_destroy(&web->lock);
	free(web);
}

/* ---- making it ---- */

static size_t node_of(struct fmr_web *web, const char *id)
{
	size_t index;
	if (fmr_dict_get(&web->by_id, id, &index))
		return index;
	struct node *node = FMR_VEC_ADD(&web->nodes);
	*node = (struct node){ .id = fmr_arena_strdup(&web->arena, id) };
	fmr_dict_add(&web->by_id, id, web->nodes.count - 1);
	return web->nodes.count - 1;
}

static bool matters(const struct fmr_link *link)
{
	const struct fmr_link_rule *rule = link->field->link;
	return link->judged || rule->acyclic || rule->suspicion == FMR_SUSPICION_TRAVELS;
}

static int has_any(void *context, const struct fmr_link *link)
{
	(void)context;
	return matters(link);
}

struct adding {
	struct fmr_web *web;
	size_t from, number;
};

static int add_edge(void *context, const struct fmr_link *link)
{
	struct adding *adding = context;
	struct fmr_web *web = adding->web;
	size_t number = adding->number++;
	if (!matters(link))
		return 0;
	struct fmr_str path;
	fmr_str_init(&path);
	fmr_link_path(link, &path);
	const struct edge edge = { .from = adding->from, .to = node_of(web, link->to), .number = number,
		.path = fmr_arena_strdup(&web->arena, path.bytes), .rule = link->field->link,
		.judged = link->judged ? fmr_arena_strdup(&web->arena, link->judged) : NULL };
	FMR_VEC_PUSH(&web->edges, edge);
	web->judged |= link->judged != NULL;
	fmr_str_release(&path);
	return 0;
}

static void add_record(struct fmr_web *web, const struct fmr_type *type, const char *path, const char *id,
	const struct fmr_value *root, bool asked)
{
	size_t index = node_of(web, id);
	struct node *node = &web->nodes.items[index];
	if (node->type)
		return; /* two files claim the id: that has its finding */
	node->path = fmr_arena_strdup(&web->arena, path);
	node->type = type;
	node->asked = asked;
	node->tried = true;
	struct adding adding = { web, index, 0 };
	fmr_links_each(type, root, add_edge, &adding);
}

void fmr_web_add(struct fmr_web *web, const struct fmr_type *type, const char *path, const char *id,
	const struct fmr_value *root)
{
	if (!fmr_links_each(type, root, has_any, NULL))
		return;
	pthread_mutex_lock(&web->lock);
	add_record(web, type, path, id, root, true);
	pthread_mutex_unlock(&web->lock);
}

/* ---- reading what it leads to ---- */

/* Where the record lies that a link of this rule leads to; FMR_ERR_NOT_FOUND when it does not. */
static int find_target(struct fmr_web *web, const struct edge *edge, struct fmr_str *path, struct fmr_err *err)
{
	struct fmr_book *book = web->book;
	int code = FMR_ERR_NOT_FOUND;
	for (const char *const *to = edge->rule->to; *to && code == FMR_ERR_NOT_FOUND; to++) {
		int slot = fmr_book_slot(book, *to);
		const struct fmr_glance *glance = slot < 0 ? NULL : fmr_book_glance(book, (size_t)slot);
		struct fmr_entry entry;
		fmr_str_clear(path);
		if (glance && fmr_glance_path(glance, web->nodes.items[edge->to].id, path))
			code = fmr_view_entry(book->view, path->bytes, &entry, err);
	}
	return code;
}

/* Dangling, a broken type, no ordinary file, too large: that is said elsewhere. */
static bool is_said_elsewhere(int code)
{
	return code == FMR_ERR_NOT_FOUND || code == FMR_ERR_INVALID || code == FMR_ERR_UNSUPPORTED || code == FMR_ERR_LIMIT;
}

/* Read the target of an edge: its digest, and (follow) its own edges. */
static int read_target(struct fmr_web *web, const struct edge *edge, bool follow, struct fmr_err *err)
{
	struct node *node = &web->nodes.items[edge->to];
	const bool want_digest = edge->judged && !node->digest, want_edges = follow && !node->tried;
	struct fmr_record record = { 0 };
	struct fmr_err why = { 0 };
	struct fmr_str path;
	if (!want_digest && !want_edges)
		return FMR_OK;
	node->tried |= follow;
	fmr_str_init(&path);
	struct fmr_findings *ignored = fmr_findings_new(1);
	int code = find_target(web, edge, &path, &why);
	if (!code)
		code = fmr_record_read(web->book, path.bytes, &record, ignored, &why);
	if (!code && record.root && want_digest) {
		char digest[FMR_RECORD_DIGEST];
		code = fmr_record_digest(record.type, record.root, digest);
		node->digest = code ? NULL : fmr_arena_strdup(&web->arena, digest);
	}
	fmr_record_migrate(&record);
	if (!code && record.root && want_edges)
		add_record(web, record.type, path.bytes, record.id, record.root, false);
	fmr_record_release(&record);
	fmr_findings_free(ignored);
	fmr_str_release(&path);
	if (!code || is_said_elsewhere(code))
		return FMR_OK;
	if (err)
		*err = why;
	return code;
}

/* Edges that are added meanwhile are seen as well: the loop is the whole walk. */
static int read_targets(struct fmr_web *web, bool complete, bool suspects, struct fmr_err *err)
{
	int code = FMR_OK;
	for (size_t i = 0; !code && i < web->edges.count; i++) {
		struct edge edge = web->edges.items[i];
		bool travels = suspects && edge.rule->suspicion == FMR_SUSPICION_TRAVELS;
		if (!suspects)
			edge.judged = NULL;
		code = read_target(web, &edge, !complete && (edge.rule->acyclic || travels), err);
		const struct node *to = &web->nodes.items[edge.to];
		web->edges.items[i].changed = edge.judged && to->digest && strcmp(edge.judged, to->digest) != 0;
	}
	return code;
}

/* ---- suspicion ---- */

static bool carries(const struct edge *edge)
{
	return edge->rule->suspicion == FMR_SUSPICION_TRAVELS;
}

/* Edges by where they lead: heads[node] is the first edge + 1 that leads there, next[edge] one more. */
struct incoming {
	size_t *heads, *next;
};

static struct incoming incoming_of(const struct fmr_web *web)
{
	struct incoming in = { fmr_alloc_zero(web->nodes.count, sizeof(size_t)),
		fmr_alloc_zero(web->edges.count, sizeof(size_t)) };
	for (size_t i = web->edges.count; i-- > 0;) {
		size_t to = web->edges.items[i].to;
		in.next[i] = in.heads[to];
		in.heads[to] = i + 1;
	}
	return in;
}

/* From the records whose own links are suspect, against the direction of the links. */
static void spread(struct fmr_web *web)
{
	struct incoming in = incoming_of(web);
	FMR_VEC(size_t) queue = { 0 };
	for (size_t i = 0; i < web->edges.count; i++) {
		const struct edge *edge = &web->edges.items[i];
		struct node *from = &web->nodes.items[edge->from];
		if (!edge->changed || !carries(edge) || from->origin)
			continue;
		from->origin = edge->from + 1;
		FMR_VEC_PUSH(&queue, edge->from);
	}
	for (size_t done = 0; done < queue.count; done++) {
		const size_t to = queue.items[done];
		for (size_t next = in.heads[to]; next; next = in.next[next - 1]) {
			const struct edge *edge = &web->edges.items[next - 1];
			struct node *from = &web->nodes.items[edge->from];
			if (!carries(edge) || from->origin)
				continue;
			from->origin = web->nodes.items[to].origin;
			FMR_VEC_PUSH(&queue, edge->from);
		}
	}
	FMR_VEC_RELEASE(&queue);
	free(in.heads);
	free(in.next);
}

/* The node + 1 from which suspicion came by this edge; 0: none */
static size_t travelled(const struct fmr_web *web, const struct edge *edge)
{
	return carries(edge) ? web->nodes.items[edge->to].origin : 0;
}

/* ---- circles ---- */

/* Tarjan's components of the links of one group, without recursion. */
struct tarjan {
	const struct fmr_web *web;
	size_t *heads, *next;      /* edges of the group by where they start */
	size_t *order, *low;       /* 0: not seen */
	size_t *component;         /* 0: not done */
	size_t count, components;
	FMR_VEC(size_t) open;      /* nodes whose component is not known yet */
	FMR_VEC(size_t) path;      /* the nodes on the way to the current one */
};

static void enter(struct tarjan *tarjan, size_t node)
{
	tarjan->order[node] = tarjan->low[node] = ++tarjan->count;
	FMR_VEC_PUSH(&tarjan->open, node);
	FMR_VEC_PUSH(&tarjan->path, node);
}

static void lower(struct tarjan *tarjan, size_t node, size_t low)
{
	if (low < tarjan->low[node])
		tarjan->low[node] = low;
}

static void leave(struct tarjan *tarjan, size_t node)
{
	tarjan->path.count--;
	if (tarjan->path.count)
		lower(tarjan, tarjan->path.items[tarjan->path.count - 1], tarjan->low[node]);
	if (tarjan->low[node] != tarjan->order[node])
		return;
	tarjan->components++;
	for (size_t last = SIZE_MAX; last != node;) {
		last = tarjan->open.items[--tarjan->open.count];
		tarjan->component[last] = tarjan->components;
	}
}

/* Everything that can be reached from here; heads[] is used up on the way. */
static void explore(struct tarjan *tarjan, size_t start)
{
	enter(tarjan, start);
	while (tarjan->path.count) {
		size_t node = tarjan->path.items[tarjan->path.count - 1], edge = tarjan->heads[node];
		if (!edge) {
			leave(tarjan, node);
			continue;
		}
		tarjan->heads[node] = tarjan->next[edge - 1];
		size_t to = tarjan->web->edges.items[edge - 1].to;
		if (!tarjan->order[to])
			enter(tarjan, to);
		else if (!tarjan->component[to])
			lower(tarjan, node, tarjan->order[to]);
	}
}

static bool is_in_group(const struct edge *edge, const char *group)
{
	return edge->rule->acyclic && strcmp(edge->rule->acyclic, group) == 0;
}

static void find_circles_of(struct fmr_web *web, const char *group)
{
	size_t nodes = web->nodes.count, edges = web->edges.count;
	struct tarjan tarjan = { .web = web };
	size_t **const arrays[] = { &tarjan.heads, &tarjan.order, &tarjan.low, &tarjan.component };
	for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++)
		*arrays[i] = fmr_alloc_zero(nodes, sizeof(size_t));
	tarjan.next = fmr_alloc_zero(edges, sizeof(size_t));
	for (size_t i = 0; i < edges; i++) {
		const struct edge *edge = &web->edges.items[i];
		if (!is_in_group(edge, group))
			continue;
		tarjan.next[i] = tarjan.heads[edge->from];
		tarjan.heads[edge->from] = i + 1;
	}
	for (size_t i = 0; i < nodes; i++)
		if (tarjan.heads[i] && !tarjan.order[i])
			explore(&tarjan, i);
	for (size_t i = 0; i < edges; i++) {
		struct edge *edge = &web->edges.items[i];
		edge->in_circle |= is_in_group(edge, group) && tarjan.component[edge->from] == tarjan.component[edge->to];
	}
	for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++)
		free(*arrays[i]);
	free(tarjan.next);
	FMR_VEC_RELEASE(&tarjan.open);
	FMR_VEC_RELEASE(&tarjan.path);
}

static void find_circles(struct fmr_web *web)
{
	struct fmr_dict groups;
	fmr_dict_init(&groups);
	for (size_t i = 0; i < web->edges.count; i++) {
		const char *group = web->edges.items[i].rule->acyclic;
		if (group && fmr_dict_add(&groups, group, 0))
			find_circles_of(web, group);
	}
	fmr_dict_release(&groups);
}

int fmr_web_judge(struct fmr_web *web, bool complete, bool suspects, struct fmr_err *err)
{
	int code = read_targets(web, complete, suspects, err);
	if (code)
		return code;
	if (suspects && web->judged)
		spread(web);
	find_circles(web);
	return FMR_OK;
}

/* ---- telling ---- */

static bool is_suspect(const struct fmr_web *web, const struct edge *edge)
{
	return edge->changed || travelled(web, edge);
}

int fmr_web_suspects(const struct fmr_web *web, fmr_suspect_visit *visit, void *context)
{
	int result = 0;
	for (size_t i = 0; !result && i < web->edges.count; i++) {
		const struct edge *edge = &web->edges.items[i];
		const struct node *from = &web->nodes.items[edge->from];
		const size_t origin = edge->changed ? 0 : travelled(web, edge);
		if (!from->asked || !is_suspect(web, edge))
			continue;
		const struct fmr_suspect suspect = { .id = from->id, .path = from->path, .link = edge->path,
			.to = web->nodes.items[edge->to].id, .judged = edge->judged,
			.origin = origin ? web->nodes.items[origin - 1].id : NULL };
		result = visit(context, &suspect);
	}
	return result;
}

struct telling {
	const struct fmr_web *web;
	const struct fmr_source *source;
	struct fmr_findings *findings;
	size_t edge, number; /* the next edge of this record, the link that is being seen */
};

static void tell_circle(const struct telling *telling, const struct edge *edge, const struct fmr_link *link)
{
	struct fmr_findings *findings = telling->findings;
	const struct node *from = &telling->web->nodes.items[edge->from];
	const char *to = fmr_fault_text(findings, link->to, strlen(link->to));
	struct fmr_finding *row = fmr_fault_in(findings, FMR_CODE_REF_CYCLE, telling->source, link->frame,
		_("the link to '%s' leads in a circle back to '%s'"), to, from->id);
	row->found = to;
	row->hint = fmr_findings_text(findings, _("take one link of the circle away: fmrec unlink %s %s %s"), from->id,
		edge->path, to);
}

static void tell_suspect(const struct telling *telling, const struct edge *edge, const struct fmr_link *link)
{
	struct fmr_findings *findings = telling->findings;
	const struct fmr_web *web = telling->web;
	const struct node *from = &web->nodes.items[edge->from];
	const char *to = fmr_fault_text(findings, link->to, strlen(link->to));
	size_t origin = travelled(web, edge);
	struct fmr_finding *row;
	if (edge->changed) {
		row = fmr_fault_in(findings, FMR_CODE_REF_SUSPECT, telling->source, link->frame,
			_("'%s' is no longer what the link was judged against"), to);
		row->hint = fmr_findings_text(findings, _("look at it and judge again: fmrec relink %s"), from->id);
	} else {
		row = fmr_fault_in(findings, FMR_CODE_REF_SUSPECT, telling->source, link->frame,
			_("'%s' rests on a link that is suspect"), to);
		row->hint = fmr_findings_text(findings, _("begin where it began: fmrec relink %s"),
			web->nodes.items[origin - 1].id);
	}
	row->found = to;
}

/* The edges of a record are in the order of its links. */
static int tell_link(void *context, const struct fmr_link *link)
{
	struct telling *telling = context;
	const struct fmr_web *web = telling->web;
	size_t number = telling->number++;
	if (telling->edge == web->edges.count)
		return 1;
	const struct edge *edge = &web->edges.items[telling->edge];
	if (edge->number != number)
		return 0;
	if (edge->in_circle)
		tell_circle(telling, edge, link);
	if (is_suspect(web, edge))
		tell_suspect(telling, edge, link);
	telling->edge++;
	return telling->edge < web->edges.count && web->edges.items[telling->edge].from != edge->from;
}

static void tell_record(struct fmr_web *web, size_t edge, const struct fmr_source *text,
	struct fmr_findings *findings)
{
	const struct node *node = &web->nodes.items[web->edges.items[edge].from];
	struct telling telling = { .web = web, .findings = findings, .edge = edge };
	struct fmr_findings *ignored = fmr_findings_new(1);
	struct fmr_arena arena;
	struct fmr_str bytes;
	fmr_arena_init(&arena);
	fmr_str_init(&bytes);
	if (!text)
		fmr_view_read(web->book->view, node->path, web->book->record_limit, &bytes, NULL);
	const struct fmr_source source = { node->path, bytes.bytes, bytes.length };
	telling.source = text ? text : &source;
	const struct fmr_value *root = fmr_yaml_read_record(telling.source, &arena, ignored);
	root = fmr_migrate_value(node->type, root, &arena, NULL, NULL);
	fmr_links_each(node->type, root, tell_link, &telling);
	fmr_str_release(&bytes);
	fmr_arena_release(&arena);
	fmr_findings_free(ignored);
}

void fmr_web_report(struct fmr_web *web, const struct fmr_source *text, struct fmr_findings *findings)
{
	size_t start = 0;
	for (size_t i = 0; i < web->edges.count;) {
		bool told = false;
		for (start = i; i < web->edges.count && web->edges.items[i].from == web->edges.items[start].from; i++)
			told |= web->edges.items[i].in_circle || is_suspect(web, &web->edges.items[i]);
		if (told && web->nodes.items[web->edges.items[start].from].asked)
			tell_record(web, start, text, findings);
	}
}

/* ---- the suspect links of some records ---- */

static int ask(void *context, const struct fmr_record *record)
{
	struct fmr_web *web = context;
	if (!record->root || !record->type)
		return 0;
	struct fmr_arena arena;
	fmr_arena_init(&arena);
	fmr_web_add(web, record->type, record->path, record->id,
		fmr_migrate_value(record->type, record->root, &arena, NULL, NULL));
	fmr_arena_release(&arena);
	return 0;
}

/* Judge what was asked, and tell. */
static int tell_suspects(struct fmr_web *web, bool complete, fmr_suspect_visit *visit, void *context,
	struct fmr_err *err)
{
	int code = fmr_web_judge(web, complete, true, err);
	return code ? code : fmr_web_suspects(web, visit, context);
}

int fmr_suspects_each(struct fmr_book *book, const struct fmr_record *record, fmr_suspect_visit *visit, void *context,
	struct fmr_err *err)
{
	struct fmr_findings *ignored = fmr_findings_new(1);
	struct fmr_web *web = fmr_web_new(book);
	int result = fmr_book_list_types(book, err);
	if (!result && record)
		ask(web, record);
	else if (!result)
		result = fmr_record_each(book, NULL, ask, web, ignored, err);
	if (!result)
		result = tell_suspects(web, !record, visit, context, err);
	fmr_web_free(web);
	fmr_findings_free(ignored);
	return result;
}

int fmr_suspects_of(struct fmr_book *book, const char *const *paths, size_t count, fmr_suspect_visit *visit,
	void *context, struct fmr_err *err)
{
	struct fmr_findings *ignored = fmr_findings_new(1);
	struct fmr_web *web = fmr_web_new(book);
	int result = fmr_book_list_types(book, err);
	for (size_t i = 0; !result && i < count; i++) {
		struct fmr_record record = { 0 };
		result = fmr_record_read(book, paths[i], &record, ignored, err);
		if (!result)
			ask(web, &record);
		fmr_record_release(&record);
	}
	if (!result)
		result = tell_suspects(web, false, visit, context, err);
	fmr_web_free(web);
	fmr_findings_free(ignored);
	return result;
}
