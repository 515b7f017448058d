#if defined(__aarch64__)
// NEON's product of bytes with the dot product of ARMv8.2: the rest of its table stands in neon.c.
#include "../families/common.h"
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#define INT8_DOT 1
#include "neon.h"
#include "neon_int8.h"
#include "neon_blocks.h"
#define WEFT_INT8_TABLE weft_int8_neondot
#define WEFT_BLOCK_TABLE weft_block_neondot
#include "../families/vector.h"
#include "../families/math.h"
#include "../families/tile.h"
#include "../families/gemm_epilogue.h"
#include "../families/int8.h"
#include "../families/blocks.h"
#pragma clang attribute pop
#endif
