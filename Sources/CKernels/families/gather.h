// Rows of a table by index, checked: see weft_gather_args and weft_embedding_args.

WEFT_INLINE bool gather_row(
  const void *index, weft_dtype type, size_t position, size_t rows, size_t *row) {
  const int64_t at = type == WEFT_I64
    ? ((const int64_t *)index)[position] : (int64_t)((const int32_t *)index)[position];
  *row = (size_t)at;
  return at >= 0 && (uint64_t)at < (uint64_t)rows;
}

static size_t gather(const weft_gather_args *args, size_t begin, size_t end) {
  size_t bad = SIZE_MAX;
  const size_t row_bytes = args->width * weft_dtype_size(args->type);
  for (size_t i = begin; i < end; i++) {
    float *to = (float *)args->out + i * args->width;
    size_t row;
    if (!gather_row(args->index, args->index_type, i, args->table_rows, &row)) {
      if (bad == SIZE_MAX) bad = i;
      memset(to, 0, args->width * sizeof *to);
    } else if (args->type == WEFT_F32) {
      memcpy(to, (const char *)args->table + row * row_bytes, row_bytes);
    } else {
      const uint16_t *from = (const uint16_t *)((const char *)args->table + row * row_bytes);
      cast_half(from, args->type, to, args->width);
    }
  }
  return bad;
}

static size_t gather_bytes(const weft_gather_args *args, size_t begin, size_t end) {
  size_t bad = SIZE_MAX;
  for (size_t i = begin; i < end; i++) {
    char *to = (char *)args->out + i * args->width;
    size_t row;
    if (gather_row(args->index, args->index_type, i, args->table_rows, &row)) {
      memcpy(to, (const char *)args->table + row * args->width, args->width);
    } else {
      if (bad == SIZE_MAX) bad = i;
      memset(to, 0, args->width);
    }
  }
  return bad;
}

// So many positions ahead rows are fetched: a table is larger than every cache, and its rows come in an
// order that the hardware can't foresee.
#define GATHER_AHEAD 4

WEFT_INLINE void gather_fetch(const weft_embedding_args *args, size_t position) {
  for (size_t s = 0; s < args->source_count; s++) {
    const weft_embedding_source *source = args->sources + s;
    size_t row;
    if (!source->index
        || !gather_row(source->index, source->index_type, position, source->table_rows, &row)) {
      continue;
    }
    const size_t bytes = args->width * weft_dtype_size(source->type);
    const char *at = (const char *)source->table + row * bytes;
    for (size_t byte = 0; byte < bytes; byte += 64) __builtin_prefetch(at + byte, 0, 3);
  }
}

// A position with a bad index in any source becomes zeros.
static size_t embedding_sum_norm(const weft_embedding_args *args, size_t begin, size_t end) {
  size_t bad = SIZE_MAX;
  for (size_t i = begin; i < end; i++) {
    float *out = args->out + i * args->width;
    size_t rows[4];
    bool good[4], whole = true;
    if (i + GATHER_AHEAD < end) gather_fetch(args, i + GATHER_AHEAD);
    for (size_t s = 0; s < args->source_count; s++) {
      const weft_embedding_source *source = args->sources + s;
      good[s] = true;
      if (!source->index) rows[s] = i % source->period;
      else good[s] = gather_row(source->index, source->index_type, i, source->table_rows, rows + s);
      whole = whole && good[s];
    }
    if (!whole) {
      if (bad == SIZE_MAX) bad = i;
      memset(out, 0, args->width * sizeof *out);
      continue;
    }
    vf acc = vf_set1(0.0f);
    for (size_t j = 0; j < args->width; j += VW) {
      const size_t n = args->width - j;
      vf v = vf_load_typed(args->sources[0].table, args->sources[0].type, rows[0] * args->width + j, n);
      for (size_t s = 1; s < args->source_count; s++) {
        const weft_embedding_source *source = args->sources + s;
        v = vf_add(v, vf_load_typed(source->table, source->type, rows[s] * args->width + j, n));
      }
      vf_store_tail(out + j, v, n);
      acc = vf_add(acc, v);
    }
    if (args->normalize) {
      rows_normalize(out, vf_hsum(acc), args->gamma, args->beta, args->epsilon, out, args->width);
    }
  }
  return bad;
}
