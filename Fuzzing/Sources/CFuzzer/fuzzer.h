#pragma once
#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop, as a program with a `main` of its own starts it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *bytes, size_t count));
