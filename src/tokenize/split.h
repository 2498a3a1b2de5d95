/* Cuts a document into its items. In: chunks, cut anywhere. Out: each element of traceEvents as one whole span, and
 * the values of the keys around it. Never holds the document: at most one unfinished item (LIMIT_ITEM_BYTES) or one
 * value of a key (LIMIT_HEAD_BYTES).
 *
 * Accepted: {"traceEvents": […], …} with keys before and after in any order; a bare array, closed or not; one object
 * a line. UTF-8 with or without a byte order mark. */
#ifndef TRACECMP_SPLIT_H
#define TRACECMP_SPLIT_H

#include "base/error.h"
#include "base/tally.h"
#include "base/text.h"
#include "flow/chunk.h"

struct splitter;

enum { SPLIT_PADDING = 128 };

struct item_sink {
    /* One {…}; offset: of its first byte. Borrowed until it returns; SPLIT_PADDING readable bytes lie behind it. */
    enum status (*item)(void *self, struct text span, uint64_t offset, struct error *error);
    /* May take the item at data[0] at once: *length is then its length, 0 when it would rather have it by `item`.
     * The data goes on behind the item, or ends in the middle of it. NULL: never. */
    enum status (*try_item)(void *self, struct text data, uint64_t offset, size_t *length, struct error *error);
    void *self; /* borrowed */
};

struct split_sink {
    struct item_sink items;
    /* A key beside traceEvents and its value's text; only of keys that `wants` says yes to. */
    enum status (*head)(void *self, struct text key, struct text value, struct error *error);
    bool (*wants)(void *self, struct text key);
    void *self; /* borrowed */
};

/* tally: borrowed for the life of the splitter. NULL: no memory. */
struct splitter *splitter_new(const struct split_sink *sink, struct tally *tally);
void splitter_free(struct splitter *splitter);
/* STATUS_NOT_A_TRACE, with the byte, as soon as it cannot become one. */
enum status splitter_push(struct splitter *splitter, const struct chunk *chunk, struct error *error) CHECKED;
/* For blocks that are split by several splitters. `between`: the next byte stands between two items, behind a comma,
 * which is the state that `resume` puts a splitter in; document: whose form it takes over. `skip`: as if bytes that
 * lead from between two items to between two others had been pushed. */
bool splitter_between(const struct splitter *splitter);
void splitter_resume(struct splitter *splitter, const struct splitter *document, uint64_t offset, struct tally *tally);
void splitter_skip(struct splitter *splitter, uint64_t bytes, uint64_t items);

/* The input ended. STATUS_NOT_A_TRACE when no item could ever have come (empty, no traceEvents and no array). */
enum status splitter_end(struct splitter *splitter, struct error *error) CHECKED;
/* The document is closed: only blanks may follow. */
bool splitter_closed(const struct splitter *splitter);
/* Is the document whole if it ends here? */
bool splitter_complete(const struct splitter *splitter);
uint64_t splitter_items(const struct splitter *splitter); /* elements of traceEvents, of any type */

#endif
