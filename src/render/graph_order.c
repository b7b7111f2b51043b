/*
 * Few crossings: items are moved to the mean place of their neighbours, layer by layer, to and fro; the best order
 * that was seen is kept (the barycentre heuristic of Sugiyama, Tagawa and Toda).
 */
#include "render/graph_layers.h"

#include <stdlib.h>
#include <string.h>

enum { PASSES = 10 };

struct ranked {
	double mean;
	size_t item, place;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	if (x->mean != y->mean)
		return x->mean < y->mean ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static double mean_place(const struct fmr_layers *layers, size_t item, int side)
{
	size_t begin = layers->first[side][item], end = layers->first[side][item + 1];
	if (begin == end)
		return (double)layers->items[item].place;
	double sum = 0;
	for (size_t i = begin; i < end; i++)
		sum += (double)layers->items[layers->neighbour[side][i]].place;
	return sum / (double)(end - begin);
}

static void order_layer(struct fmr_layers *layers, size_t layer, int side, struct ranked *ranked)
{
	size_t *items = layers->layers[layer], count = layers->layer_sizes[layer];
	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ mean_place(layers, items[i], side), items[i], i };
	qsort(ranked, count, sizeof(*ranked), compare_ranked);
	for (size_t i = 0; i < count; i++) {
		items[i] = ranked[i].item;
		layers->items[items[i]].place = i;
	}
}

/* ---- counting crossings between a layer and the next one ---- */

static int compare_size(const void *a, const void *b)
{
	const size_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* Pieces in the order of their left ends, then of their right ends: two cross when the right ends are in the other
 * order.  A tree of sums (Fenwick) counts them in n log n. */
static size_t crossings_after(const struct fmr_layers *layers, size_t layer, size_t *rights, size_t *sums)
{
	size_t crossings = 0, seen = 0, width = layers->layer_sizes[layer + 1];
	memset(sums, 0, (width + 1) * sizeof(*sums));
	for (size_t i = 0; i < layers->layer_sizes[layer]; i++) {
		size_t item = layers->layers[layer][i], begin = layers->first[FMR_RIGHT][item];
		size_t count = layers->first[FMR_RIGHT][item + 1] - begin;
		for (size_t n = 0; n < count; n++)
			rights[n] = layers->items[layers->neighbour[FMR_RIGHT][begin + n]].place;
		qsort(rights, count, sizeof(*rights), compare_size);
		for (size_t n = 0; n < count; n++) {
			size_t not_below = 0;
			for (size_t at = rights[n] + 1; at; at &= at - 1)
				not_below += sums[at];
			crossings += seen - not_below;
		}
		for (size_t n = 0; n < count; n++)
			for (size_t at = rights[n] + 1; at <= width; at += at & -at)
				sums[at]++;
		seen += count;
	}
	return crossings;
}

static size_t count_crossings(const struct fmr_layers *layers, size_t *rights, size_t *sums)
{
	size_t crossings = 0;
	for (size_t i = 0; i + 1 < layers->layer_count; i++)
		crossings += crossings_after(layers, i, rights, sums);
	return crossings;
}

static void keep_places(const struct fmr_layers *layers, size_t *kept)
{
	for (size_t i = 0; i < layers->item_count; i++)
		kept[i] = layers->items[i].place;
}

static void restore_places(struct fmr_layers *layers, const size_t *kept)
{
	for (size_t i = 0; i < layers->item_count; i++) {
		struct fmr_item *item = &layers->items[i];
		item->place = kept[i];
		layers->layers[item->layer][item->place] = i;
	}
}

static void order_all(struct fmr_layers *layers, int side, struct ranked *ranked)
{
	if (side == FMR_LEFT)
		for (size_t i = 1; i < layers->layer_count; i++)
			order_layer(layers, i, side, ranked);
	else
		for (size_t i = layers->layer_count - 1; i-- > 0;)
			order_layer(layers, i, side, ranked);
}

void fmr_layers_order(struct fmr_layers *layers)
{
	struct ranked *ranked = fmr_arena_zero(layers->arena, layers->item_count, sizeof(*ranked));
	size_t *kept = fmr_arena_zero(layers->arena, layers->item_count, sizeof(*kept));
	size_t *rights = fmr_arena_zero(layers->arena, layers->piece_count + 1, sizeof(*rights));
	size_t *sums = fmr_arena_zero(layers->arena, layers->item_count + 2, sizeof(*sums));
	keep_places(layers, kept);
	size_t best = count_crossings(layers, rights, sums);
	for (int pass = 0; best && pass < PASSES; pass++) {
		order_all(layers, pass % 2 ? FMR_RIGHT : FMR_LEFT, ranked);
		size_t crossings = count_crossings(layers, rights, sums);
		if (crossings < best) {
			best = crossings;
			keep_places(layers, kept);
		}
	}
	restore_places(layers, kept);
}
