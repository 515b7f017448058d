#if defined(__aarch64__)
#include "../families/common.h"
#include "neon.h"
#define WEFT_TABLE weft_table_neon
#define WEFT_TABLE_ISA WEFT_ISA_NEON
#define WEFT_TABLE_NAME "neon"
#include "../families/all.h"
#endif
