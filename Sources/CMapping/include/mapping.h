#pragma once
#include <stddef.h>

/// Notes that `size` bytes from `base` are the file at `path`. Gives a number for weft_mapping_forget,
/// or -1 where too many files are mapped to note one more.
int weft_mapping_note(const void *base, size_t size, const char *path);

/// Takes back what weft_mapping_note noted; -1 is none.
void weft_mapping_forget(int number);

/// From now on, a touch of a noted file's page that the file has lost ends the process with a message
/// that names the file, and exit status 1. Other bus errors go to whoever handled them before.
void weft_mapping_watch(void);
