/* An index on its way to its place: written into an unnamed file beside it, and named only when it is whole. */
#ifndef TRACECMP_INDEX_FILE_H
#define TRACECMP_INDEX_FILE_H

#include <stddef.h>

#include "base/error.h"
#include "index/format.h"

struct index_file;

enum status index_file_new(struct index_file **file, const char *path, struct error *error) CHECKED;
/* Leaves nothing behind of an index that was not committed. */
void index_file_free(struct index_file *file);
/* The bytes of one section after another; `end` says how many rows it has. */
enum status index_file_begin(struct index_file *file, enum index_section section, struct error *error) CHECKED;
enum status index_file_write(struct index_file *file, const void *bytes, size_t size, struct error *error) CHECKED;
void index_file_end(struct index_file *file, uint64_t rows);
/* Bytes of the section behind the one that is being written: they wait, many of them in a file of their own. */
enum status index_file_write_aside(struct index_file *file, const void *bytes, size_t size,
                                   struct error *error) CHECKED;
/* Behind the end of the other one: that section as a whole. */
enum status index_file_end_aside(struct index_file *file, enum index_section section, uint64_t rows,
                                 struct error *error) CHECKED;
/* Completes the header, syncs, and puts the file in its place. */
enum status index_file_commit(struct index_file *file, const struct identity *source, struct error *error) CHECKED;

#endif
