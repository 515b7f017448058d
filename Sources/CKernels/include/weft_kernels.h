#ifndef WEFT_KERNELS_H
#define WEFT_KERNELS_H
#endif
