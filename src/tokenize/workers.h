/* What threads make of stretches of a document that begin and end between two items. In: such bytes, on any worker's
 * thread. Out: their events, given to the next stage on the main thread, in the order of the document.
 *
 *   bytes ──worker──▶ work ──main thread, in order──▶ next stage            */
#ifndef TRACECMP_WORKERS_H
#define TRACECMP_WORKERS_H

#include "base/names.h"
#include "base/pool.h"
#include "flow/chunk.h"
#include "flow/stage.h"
#include "tokenize/batch.h"
#include "tokenize/split.h"

struct workers;

struct workers_context { /* all borrowed: for the life of the workers */
    struct pool *pool;
    struct splitter *splitter; /* the document's own; knows where we are */
    struct names *names;
    struct tally *tally;
    struct document *document;
    struct stage *next;
};

struct work { /* all 0 to begin with; its owner ends it with work_fini */
    unsigned worker;
    bool sound; /* it was split without an error, and ended between two items as it began */
    uint64_t bytes, items;
    struct batch batch;
};

struct workers *workers_new(const struct workers_context *context); /* NULL: no memory */
void workers_free(struct workers *workers); /* after every work was taken; before the pool */
const struct workers_context *workers_context(const struct workers *workers);
/* Before the first bytes: Python frames are dropped. */
void workers_skip_stacks(struct workers *workers);
/* On a worker's thread: splits and reads the bytes as if they began between two items. */
void workers_read(struct workers *workers, unsigned worker, const struct chunk *chunk, struct work *work);
/* On the main thread, for each work, in order. use: its events go on, and the document's splitter passes its bytes. */
enum status workers_take(struct workers *workers, struct work *work, bool use, struct error *error) CHECKED;
void work_fini(struct work *work);

#endif
