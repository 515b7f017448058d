#ifndef WEFT_ELEMENTWISE_LAYOUT_H
#define WEFT_ELEMENTWISE_LAYOUT_H

// Elements of a block, and bytes between blocks in scratch: room for 8-byte elements and one line
// more, so that blocks don't meet in the same cache sets.
#define ELEMENTWISE_BLOCK ((size_t)512)
#define ELEMENTWISE_STRIDE (ELEMENTWISE_BLOCK * 8 + 64)

#endif
