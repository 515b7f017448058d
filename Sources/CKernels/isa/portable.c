#include "../families/common.h"
#include "portable.h"
#define WEFT_TABLE weft_table_portable
#define WEFT_TABLE_ISA WEFT_ISA_PORTABLE
#define WEFT_TABLE_NAME "portable"
#include "../families/all.h"
