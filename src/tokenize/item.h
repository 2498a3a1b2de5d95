/* One whole {…} -> struct event. The quick reader finds the fields of items in the usual form, jsmn those of all
 * others; the values used are validated here. */
#ifndef TRACECMP_ITEM_H
#define TRACECMP_ITEM_H

#include "base/names.h"
#include "base/tally.h"
#include "flow/document.h"
#include "flow/event.h"

struct item_reader;

/* names: for the names of events (not of launches), rows, processes and devices; document: which launches it saw; all
 * borrowed. NULL: no memory. */
struct item_reader *item_reader_new(struct names *names, struct tally *tally, struct document *document);
void item_reader_free(struct item_reader *reader);
/* Python frames are dropped from now on. */
void item_reader_skip_stacks(struct item_reader *reader);
/* Others from now on. */
void item_reader_use(struct item_reader *reader, struct names *names, struct tally *tally, struct document *document);
/* *used: the item is an event that a stage needs, and *event holds its first part. What is wrong with the item is
 * counted; status is for what stops the work. QUICK_PADDING readable bytes must lie behind the span. */
enum status item_read(struct item_reader *reader, struct text span, uint64_t offset, struct event *event, bool *used,
                      struct error *error) CHECKED;
/* The same for the item that begins at data[0], if it is whole and in the usual form: *length is its length then,
 * else 0 and item_read is to be asked. */
enum status item_try(struct item_reader *reader, struct text data, uint64_t offset, struct event *event, bool *used,
                     size_t *length, struct error *error) CHECKED;

#endif
