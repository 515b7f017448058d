#ifndef WEFT_GRAPHVIZ_SHIM_H
#define WEFT_GRAPHVIZ_SHIM_H

// What Swift needs of libgraphviz, as inline functions: macros, globals and `char *` parameters
// that are only read don't import as they are. None of this may be called by two threads at once.

#include <graphviz/gvc.h>
#include <stddef.h>

// Reads one graph from DOT text; NULL where there is none.
static inline Agraph_t *_Nullable weft_gv_read(const char *_Nonnull dot) { return agmemread(dot); }

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
