#include "weft_kernels.h"
