#if defined(__aarch64__)
#include "../families/common.h"
#include "neon.h"
#include "neon_int8.h"
#include "neon_blocks.h"
#define WEFT_TABLE weft_table_neon
#define WEFT_INT8_TABLE weft_int8_neon
#define WEFT_BLOCK_TABLE weft_block_neon
#define WEFT_TABLE_ISA WEFT_ISA_NEON
#define WEFT_TABLE_NAME "neon"
#include "../families/all.h"
#endif
