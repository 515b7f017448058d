#include "../families/common.h"
#include "portable.h"
#include "portable_int8.h"
#include "portable_blocks.h"
#define WEFT_TABLE weft_table_portable
#define WEFT_INT8_TABLE weft_int8_portable
#define WEFT_BLOCK_TABLE weft_block_portable
#define WEFT_TABLE_ISA WEFT_ISA_PORTABLE
#define WEFT_TABLE_NAME "portable"
#include "../families/all.h"
