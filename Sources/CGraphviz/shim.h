#ifndef WEFT_GRAPHVIZ_SHIM_H
#define WEFT_GRAPHVIZ_SHIM_H

// What Swift needs of libgraphviz, as inline functions: macros, globals and `char *` parameters
// that are only read don't import as they are. None of this may be called by two threads at once.

#include <errno.h>
#include <graphviz/gvc.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

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

// How far a drawing came.
enum {
  WEFT_GV_DRAWN = 0,
  WEFT_GV_UNREADABLE = 1,
  WEFT_GV_NO_LAYOUT = 2,
  WEFT_GV_NO_RENDERING = 3,
  WEFT_GV_TOO_SLOW = 4,
  WEFT_GV_DIED = 5,
};

// Pixels to the inch: 144, or fewer for a picture that would take too much memory.
static inline double weft_gv_resolution(Agraph_t *_Nonnull graph) {
  double width, height;
  weft_gv_size(graph, &width, &height);
  double area = width * height > 1 ? width * height : 1;
  double side = width > height ? width : height;
  double dpi = 144;
  while (dpi * dpi * area > 60e6 || dpi * side > 30000) dpi *= 0.95;
  return dpi;
}

// Reads, lays out and draws. What is read and laid out is left to the process: it ends with the
// child, or is small.
static inline int weft_gv_draw(
    GVC_t *_Nonnull context, const char *_Nonnull dot, const char *_Nonnull engine,
    const char *_Nonnull format, int has_pixels, char *_Nullable *_Nonnull data,
    size_t *_Nonnull length) {
  Agraph_t *graph = weft_gv_read(dot);
  if (!graph) return WEFT_GV_UNREADABLE;
  if (weft_gv_layout(context, graph, engine) != 0) {
    agclose(graph);
    return WEFT_GV_NO_LAYOUT;
  }
  if (has_pixels) weft_gv_set_dpi(graph, weft_gv_resolution(graph));
  int status = weft_gv_render(context, graph, format, data, length);
  gvFreeLayout(context, graph);
  agclose(graph);
  return status == 0 && *data ? WEFT_GV_DRAWN : WEFT_GV_NO_RENDERING;
}

#ifdef __linux__

// What a child says in its last words, gathered for its parent.
#define WEFT_GV_MOST_WORDS 4096

static inline char *weft_gv_words(void) {
  static char words[WEFT_GV_MOST_WORDS];
  return words;
}

static int weft_gv_gather(char *fragment) {
  char *words = weft_gv_words();
  if (fragment) strncat(words, fragment, WEFT_GV_MOST_WORDS - strlen(words) - 1);
  return 0;
}

static inline int weft_gv_write_all(int pipe, const void *bytes, size_t count) {
  const char *at = (const char *)bytes;
  while (count > 0) {
    ssize_t wrote = write(pipe, at, count);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return 0;
    at += wrote;
    count -= (size_t)wrote;
  }
  return 1;
}

static inline double weft_gv_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// Reads until the child closes its end; 0 where `seconds` pass before, or memory ends.
static inline int weft_gv_read_all(
    int pipe, double seconds, char *_Nullable *_Nonnull bytes, size_t *_Nonnull count) {
  double end = weft_gv_now() + seconds;
  size_t room = 0;
  *bytes = NULL;
  *count = 0;
  for (;;) {
    double left = end - weft_gv_now();
    if (left <= 0) return 0;
    struct pollfd wait = {.fd = pipe, .events = POLLIN};
    int ready = poll(&wait, 1, left > 3600 ? 3600000 : (int)(left * 1000) + 1);
    if (ready < 0 && errno != EINTR) return 0;
    if (ready <= 0) continue;
    if (room - *count < 65536) {
      room = room * 2 + 131072;
      char *grown = (char *)realloc(*bytes, room);
      if (!grown) return 0;
      *bytes = grown;
    }
    ssize_t got = read(pipe, *bytes + *count, room - *count);
    if (got < 0 && errno != EINTR) return 0;
    if (got == 0) return 1;
    if (got > 0) *count += (size_t)got;
  }
}

#endif

// Draws as weft_gv_draw does, but in a child process that is ended after `seconds`: a layout can't be
// stopped otherwise. The child runs nothing but this file and Graphviz, whose lock the caller holds,
// so that no lock of another thread can be held in it; if one of a library below ever is, the time
// limit ends the wait. The parent never draws itself: Pango has threads of its own, which no child
// would inherit. `words` gets what Graphviz said. Where there is no fork that libraries bear,
// the drawing is made here, without a limit. The data is freed with free() where `is_copied` is set.
static inline int weft_gv_draw_within(
    double seconds, GVC_t *_Nonnull context, const char *_Nonnull dot, const char *_Nonnull engine,
    const char *_Nonnull format, int has_pixels, char *_Nullable *_Nonnull data,
    size_t *_Nonnull length, char *_Nonnull words, size_t room, int *_Nonnull is_copied) {
  *is_copied = 0;
  words[0] = 0;
#ifdef __linux__
  int ends[2];
  if (pipe(ends) == 0) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(1);
      signal(SIGINT, SIG_DFL);
      signal(SIGTERM, SIG_DFL);
      signal(SIGPIPE, SIG_IGN);
      weft_gv_words()[0] = 0;
      weft_gv_set_receiver(weft_gv_gather);
      char *drawn = NULL;
      size_t size = 0;
      int status = weft_gv_draw(context, dot, engine, format, has_pixels, &drawn, &size);
      if (status != WEFT_GV_DRAWN) size = 0;
      int is_fine = weft_gv_write_all(ends[1], &status, sizeof status)
                 && weft_gv_write_all(ends[1], weft_gv_words(), WEFT_GV_MOST_WORDS)
                 && weft_gv_write_all(ends[1], drawn, size);
      _exit(is_fine ? 0 : 1);
    }
    close(ends[1]);
    if (child > 0) {
      char *bytes;
      size_t count;
      int is_whole = weft_gv_read_all(ends[0], seconds, &bytes, &count);
      if (!is_whole) kill(child, SIGKILL);
      close(ends[0]);
      int end = 0;
      while (waitpid(child, &end, 0) < 0 && errno == EINTR) continue;
      int status = is_whole ? WEFT_GV_DIED : WEFT_GV_TOO_SLOW;
      size_t head = sizeof status + WEFT_GV_MOST_WORDS;
      if (is_whole && count >= head && WIFEXITED(end) && WEXITSTATUS(end) == 0) {
        memcpy(&status, bytes, sizeof status);
        snprintf(words, room, "%s", bytes + sizeof status);
        if (status == WEFT_GV_DRAWN) {
          *length = count - head;
          memmove(bytes, bytes + head, *length);
          *data = bytes;
          *is_copied = 1;
          return status;
        }
      }
      free(bytes);
      return status;
    }
    close(ends[0]);
  }
#endif
  return weft_gv_draw(context, dot, engine, format, has_pixels, data, length);
}

#endif
