// Strided copies and transpositions: see weft_copy_args.

#define COPY_ROW(T)                                                                       \
  do {                                                                                    \
    const T *from = (const T *)x;                                                         \
    T *to = (T *)out;                                                                     \
    if (stride == 0) {                                                                    \
      for (size_t i = 0; i < n; i++) to[i] = from[0];                                     \
    } else {                                                                              \
      for (size_t i = 0; i < n; i++) to[i] = from[(ptrdiff_t)i * stride];                 \
    }                                                                                     \
  } while (0)

static void copy_row(const char *x, char *out, size_t size, size_t n, ptrdiff_t stride) {
  if (stride == 1) {
    memcpy(out, x, n * size);
    return;
  }
  switch (size) {
    case 1: COPY_ROW(uint8_t); return;
    case 2: COPY_ROW(uint16_t); return;
    case 4: COPY_ROW(uint32_t); return;
    default: COPY_ROW(uint64_t); return;
  }
}

// out[r][i] = x[r + i·stride] of 4-byte elements, square by square. They travel as floats, which
// loads, zips and stores don't look at.
static void copy_transposed(
  const float *x, ptrdiff_t stride, float *out, size_t out_stride, size_t rows, size_t n) {
  for (size_t r = 0; r < rows; r += VW) {
    const size_t height = weft_min(rows - r, VW);
    for (size_t i = 0; i < n; i += VW) {
      const size_t width = weft_min(n - i, VW);
      vf square[VW];
      for (size_t j = 0; j < VW; j++) {
        square[j] = j < width
          ? vf_load_tail(x + (ptrdiff_t)r + (ptrdiff_t)(i + j) * stride, height) : vf_set1(0.0f);
      }
      vf_transpose(square);
      for (size_t j = 0; j < height; j++) {
        vf_store_tail(out + (r + j) * out_stride + i, square[j], width);
      }
    }
  }
}

static void copy(const weft_copy_args *args, size_t row_begin, size_t row_end) {
  if (row_begin >= row_end) return;
  const size_t last = args->rank - 1, size = args->element_size, n = args->shape[last];
  const ptrdiff_t stride = args->strides[last];
  // Rows of the axis before the last that may be transposed together.
  const bool transpose
    = args->rank >= 2 && size == 4 && stride != 1 && args->strides[last - 1] == 1;
  size_t index[WEFT_MAX_RANK] = {0};
  size_t rest = row_begin;
  for (size_t axis = last; axis-- > 0;) {
    index[axis] = rest % args->shape[axis];
    rest /= args->shape[axis];
  }
  for (size_t row = row_begin; row < row_end;) {
    ptrdiff_t at = 0;
    for (size_t axis = 0; axis < last; axis++) at += (ptrdiff_t)index[axis] * args->strides[axis];
    const char *x = (const char *)args->x + at * (ptrdiff_t)size;
    char *out = (char *)args->out + row * args->out_row_stride * size;
    size_t rows = 1;
    if (transpose) {
      rows = weft_min(row_end - row, args->shape[last - 1] - index[last - 1]);
      copy_transposed((const float *)x, stride, (float *)out, args->out_row_stride, rows, n);
    } else {
      copy_row(x, out, size, n, stride);
    }
    row += rows;
    if (last == 0) continue;
    index[last - 1] += rows;
    for (size_t axis = last - 1; axis > 0 && index[axis] == args->shape[axis]; axis--) {
      index[axis] = 0;
      index[axis - 1]++;
    }
  }
}
