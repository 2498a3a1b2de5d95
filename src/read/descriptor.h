/* A path, or "-" for standard input -> an open descriptor. */
#ifndef TRACECMP_DESCRIPTOR_H
#define TRACECMP_DESCRIPTOR_H

/* To be closed by the caller, above the standard ones; or -errno. Paths that stand for an open descriptor give a
 * duplicate of it. */
int descriptor_open(const char *path);

#endif
