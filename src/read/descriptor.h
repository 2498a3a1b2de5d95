/* A path, or "-" for standard input -> an open descriptor. */
#ifndef TRACECMP_DESCRIPTOR_H
#define TRACECMP_DESCRIPTOR_H

#include <stdbool.h>

/* To be closed by the caller, above the standard ones; or -errno. Paths that stand for an open descriptor give a
 * duplicate of it. */
int descriptor_open(const char *path);
/* Does the path stand for a descriptor that is open already? */
bool descriptor_is_named(const char *path);

#endif
