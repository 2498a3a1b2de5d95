/* The part of the splitter that knows the top-level object: its start, its keys and values, its end, and what is to be
 * made of one that is broken before its events. */
#ifndef TRACECMP_SPLIT_DOCUMENT_H
#define TRACECMP_SPLIT_DOCUMENT_H

#include "tokenize/split_state.h"

/* Each is one step from the place of its name; in_value stands for the three of them. */
enum status split_start(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
enum status split_at_key(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
enum status split_in_key(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
enum status split_at_colon(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
enum status split_at_value(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
enum status split_in_value(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
/* A byte that cannot stand here: before the document that means this is no trace, later it is skipped and counted. */
enum status split_stray_byte(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
/* Bytes of the top-level object up to the cursor go to `held`, as long as it may be an event itself. */
enum status split_record(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
/* The search met an array of traceEvents; the cursor is at its bracket. */
enum status split_events_met(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
/* Neither events nor an item were found behind the top-level object. */
enum status split_give_up(const struct splitter *splitter, struct error *error) CHECKED;
/* Fails with the reason why this is no trace. */
enum status split_not_a_trace(uint64_t offset, const char *why, struct error *error);

#endif
