/* In: one whole {…}. Out: its struct event, the first part of it, when it is one that a stage needs. The quick reader
 * finds the fields of items in the usual form, jsmn those of all others; the values used are validated here. What is
 * wrong with an item is counted. */
#ifndef TRACECMP_ITEM_H
#define TRACECMP_ITEM_H

#include "base/names.h"
#include "base/tally.h"
#include "flow/document.h"
#include "flow/stage.h"
#include "tokenize/split.h"

struct item_reader;

/* names: for the names of events (not of launches), rows, processes and devices; document: which launches it saw; next:
 * gets the events; all borrowed. NULL: no memory. */
struct item_reader *item_reader_new(struct names *names, struct tally *tally, struct document *document,
                                    struct stage *next);
void item_reader_free(struct item_reader *reader);
/* Python frames are dropped from now on. */
void item_reader_skip_stacks(struct item_reader *reader);
/* Others from now on; next stays. */
void item_reader_use(struct item_reader *reader, struct names *names, struct tally *tally, struct document *document);
/* Where items go. Those that are whole and in the usual form are taken at once. */
struct item_sink item_reader_sink(struct item_reader *reader);

#endif
