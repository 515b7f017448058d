#ifndef WEFT_GRAPHVIZ_SHIM_H
#define WEFT_GRAPHVIZ_SHIM_H

// What Swift needs of libgraphviz, as inline functions: macros, globals and `char *` parameters
// that are only read don't import as they are. None of this may be called by two threads at once.

#include <graphviz/gvc.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libcgraph keeps subgraphs in the order of their ids, and takes the address of a name for its id:
// the layout would hang on where malloc put the names. Here the id of cluster_7 is 16.

#define WEFT_GV_CLUSTER "cluster_"
#define WEFT_GV_MOST_CLUSTERS 1000000

// The id of a name of ours, or 0.
static inline unsigned long long weft_gv_id(int type, const char *name) {
  size_t prefix = sizeof(WEFT_GV_CLUSTER) - 1;
  if (type != AGRAPH || !name || strncmp(name, WEFT_GV_CLUSTER, prefix) != 0) return 0;
  char *end;
  unsigned long number = strtoul(name + prefix, &end, 10);
  // Odd ids are for what has no name.
  return *end || end == name + prefix || number > WEFT_GV_MOST_CLUSTERS ? 0 : 2 * number + 2;
}

static inline int weft_gv_is_ours(int type, unsigned long long id) {
  return type == AGRAPH && id && id % 2 == 0 && id <= 2 * WEFT_GV_MOST_CLUSTERS + 2;
}

static long weft_gv_map(void *state, int type, char *name, IDTYPE *id, int create) {
  unsigned long long own = weft_gv_id(type, name);
  if (!own) return AgIdDisc.map(state, type, name, id, create);
  *id = own;
  return 1;
}

static void weft_gv_release(void *state, int type, IDTYPE id) {
  if (!weft_gv_is_ours(type, id)) AgIdDisc.free(state, type, id);
}

static char *weft_gv_print(void *state, int type, IDTYPE id) {
  // A caller may hold a few names at once.
  static char names[16][32];
  static unsigned next;
  if (!weft_gv_is_ours(type, id)) return AgIdDisc.print(state, type, id);
  char *name = names[next++ % 16];
  snprintf(name, sizeof names[0], WEFT_GV_CLUSTER "%llu", (unsigned long long)(id / 2 - 1));
  return name;
}

typedef struct weft_gv_text {
  const char *at;
  size_t left;
} weft_gv_text;

static int weft_gv_next(void *channel, char *buffer, int capacity) {
  weft_gv_text *text = (weft_gv_text *)channel;
  size_t count = capacity > 0 && (size_t)capacity < text->left ? (size_t)capacity : text->left;
  if (capacity <= 0) count = 0;
  memcpy(buffer, text->at, count);
  text->at += count;
  text->left -= count;
  return (int)count;
}

// Reads one graph from DOT text; NULL where there is none.
static inline Agraph_t *_Nullable weft_gv_read(const char *_Nonnull dot) {
  static Agiddisc_t ids;
  static Agiodisc_t io;
  // Some parameters are int in one version and bool in another: the casts take either.
  ids = AgIdDisc;
  ids.map = (__typeof__(ids.map))weft_gv_map;
  ids.free = (__typeof__(ids.free))weft_gv_release;
  ids.print = (__typeof__(ids.print))weft_gv_print;
  io = AgIoDisc;
  io.afread = (__typeof__(io.afread))weft_gv_next;
  Agdisc_t disciplines = {.id = &ids, .io = &io};
  weft_gv_text text = {dot, strlen(dot)};
  return agread(&text, &disciplines);
}

static inline int weft_gv_layout(
    GVC_t *_Nonnull context, Agraph_t *_Nonnull graph, const char *_Nonnull engine) {
  return gvLayout(context, graph, engine);
}

// The size of a graph that was laid out, in inches.
static inline void weft_gv_size(
    Agraph_t *_Nonnull graph, double *_Nonnull width, double *_Nonnull height) {
  *width = (GD_bb(graph).UR.x - GD_bb(graph).LL.x) / 72;
  *height = (GD_bb(graph).UR.y - GD_bb(graph).LL.y) / 72;
}

// Pixels to the inch for formats that have pixels, after the layout.
static inline void weft_gv_set_dpi(Agraph_t *_Nonnull graph, double dpi) {
  GD_drawing(graph)->dpi = dpi;
}

// The drawing as `format`, in memory that weft_gv_free_data takes back; not 0 where it failed.
static inline int weft_gv_render(
    GVC_t *_Nonnull context, Agraph_t *_Nonnull graph, const char *_Nonnull format,
    char *_Nullable *_Nonnull data, size_t *_Nonnull length) {
  // The length is an unsigned int, and a size_t in later versions: room for either.
  union {
    unsigned int narrow;
    size_t wide;
  } size;
  size.wide = 0;
  int status = gvRenderData(context, graph, format, data, (void *)&size);
  *length = size.narrow;
  return status;
}

static inline void weft_gv_free_data(char *_Nonnull data) { gvFreeRenderData(data); }

static inline const char *_Nonnull weft_gv_version(GVC_t *_Nonnull context) {
  return gvcVersion(context);
}

// Messages go to `receiver`, in fragments, instead of stderr.
static inline void weft_gv_set_receiver(int (*_Nullable receiver)(char *_Nullable)) {
  agseterrf(receiver);
  agseterr(AGWARN);
}

#endif
