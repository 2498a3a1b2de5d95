#include "tokenize/regions.h"

#include <stdlib.h>
#include <string.h>

#include "tokenize/boundary.h"

enum {
    REGION_BYTES = 256 << 10,
    REGIONS_AHEAD = 2,       /* regions more than workers */
    BEFORE_BYTES = 256,      /* before a place where an item may begin, to see whether it does */
    BEHIND_BYTES = 4 << 10,  /* behind a region, to find where the item ends that goes beyond it, */
    FURTHEST_BYTES = 64 << 10, /* and when that was not enough */
};

struct region {
    struct job job; /* first */
    struct regions *regions;
    uint64_t from, to;
    bool exact;          /* an item begins at `from`, as is known */
    bool found;          /* both of: */
    uint64_t begin, end; /* where the first item begins, and the one behind the last */
    struct work work;
};

struct regions {
    struct workers *workers;               /* borrowed */
    const struct workers_context *context; /* of them */
    const struct chunk_file *file;         /* borrowed while regions wait */
    char **bytes;                          /* owned; one for each worker */
    struct region *ring;                   /* owned; `first` is the oldest of `waiting` ones */
    size_t ring_size, first, waiting;
    bool refused; /* it cannot go on here */
};

/* What a worker has of the file. */
struct window {
    char *bytes;
    uint64_t offset; /* of bytes[0] */
    size_t size;
};

static struct region *nth_region(const struct regions *regions, size_t n) {
    return &regions->ring[(regions->first + n) % regions->ring_size];
}

/* Reads on until the window holds `size` bytes. False: there are not as many. */
static bool extend(const struct regions *regions, struct window *window, size_t size) {
    const struct chunk_file *file = regions->file;
    window->size += file->read(file, window->offset + window->size, window->bytes + window->size, size - window->size);
    return window->size == size;
}

/* The first item that seems to begin at `from` or behind it, as far as the window goes. */
static bool find_boundary(const struct window *window, uint64_t from, uint64_t *offset) {
    const size_t start = (size_t)(from - window->offset);
    const size_t least = start > BEFORE_BYTES ? start - BEFORE_BYTES : 0;
    const size_t end = window->size - start > FURTHEST_BYTES ? start + FURTHEST_BYTES : window->size;
    for (size_t at = start; at < end; at++) {
        const char *brace = memchr(window->bytes + at, '{', end - at);
        if (!brace)
            return false;
        at = (size_t)(brace - window->bytes);
        *offset = window->offset + at;
        if (boundary_at(window->bytes, least, at))
            return true;
    }
    return false;
}

/* The bytes of the region's items are in the window then. */
static bool find_items(struct region *region, struct window *window) {
    const size_t size = (size_t)(region->to - window->offset);
    region->begin = region->from;
    if (!extend(region->regions, window, size + BEHIND_BYTES))
        return false;
    if (!region->exact && !find_boundary(window, region->from, &region->begin))
        return false;
    if (!find_boundary(window, region->to, &region->end) &&
        !(extend(region->regions, window, size + FURTHEST_BYTES) &&
          find_boundary(window, region->to, &region->end)))
        return false;
    return region->begin < region->end;
}

static void run_region(struct job *job, unsigned worker) {
    struct region *region = (struct region *)job;
    struct regions *regions = region->regions;
    struct window window = {regions->bytes[worker], region->from - (region->exact ? 0 : BEFORE_BYTES), 0};
    struct chunk chunk = {window.bytes, 0, region->from};
    region->found = find_items(region, &window);
    if (region->found)
        chunk = (struct chunk){window.bytes + (region->begin - window.offset), (size_t)(region->end - region->begin),
                               region->begin};
    workers_read(regions->workers, worker, &chunk, &region->work);
}

static bool build(struct regions *regions) {
    const unsigned threads = pool_threads(regions->context->pool);
    regions->ring_size = threads + REGIONS_AHEAD;
    regions->ring = calloc(regions->ring_size, sizeof *regions->ring);
    regions->bytes = calloc(threads, sizeof *regions->bytes);
    if (!regions->ring || !regions->bytes)
        return false;
    for (size_t i = 0; i < regions->ring_size; i++)
        regions->ring[i] = (struct region){.job.run = run_region, .regions = regions};
    for (unsigned i = 0; i < threads; i++)
        if (!(regions->bytes[i] = malloc(BEFORE_BYTES + REGION_BYTES + FURTHEST_BYTES + SPLIT_PADDING)))
            return false;
    return true;
}

struct regions *regions_new(struct workers *workers) {
    struct regions *regions = calloc(1, sizeof *regions);
    if (!regions)
        return NULL;
    regions->workers = workers;
    regions->context = workers_context(workers);
    if (build(regions))
        return regions;
    regions_free(regions);
    return NULL;
}

static struct region *wait_oldest(struct regions *regions) {
    struct region *region = nth_region(regions, 0);
    pool_wait(regions->context->pool, &region->job);
    regions->first = (regions->first + 1) % regions->ring_size;
    regions->waiting--;
    return region;
}

void regions_free(struct regions *regions) {
    if (!regions)
        return;
    while (regions->waiting > 0)
        wait_oldest(regions);
    for (size_t i = 0; regions->ring && i < regions->ring_size; i++)
        work_fini(&regions->ring[i].work);
    for (unsigned i = 0; regions->bytes && i < pool_threads(regions->context->pool); i++)
        free(regions->bytes[i]);
    free(regions->ring);
    free(regions->bytes);
    free(regions);
}

/* Their names are in the workers' tables. */
static enum status drop_all(struct regions *regions, struct error *error) {
    while (regions->waiting > 0)
        TRY(workers_take(regions->workers, &wait_oldest(regions)->work, false, error));
    regions->refused = false;
    return STATUS_OK;
}

/* Up to the next place where an item seems to begin, here: pushed bytes mostly end within one. */
static enum status bridge(struct regions *regions, uint64_t offset, uint64_t *taken, struct error *error) {
    struct window window = {regions->bytes[0], offset, 0};
    uint64_t boundary;
    if (!extend(regions, &window, FURTHEST_BYTES) || !find_boundary(&window, offset, &boundary))
        return STATUS_OK;
    const struct chunk chunk = {window.bytes, (size_t)(boundary - offset), offset};
    TRY(splitter_push(regions->context->splitter, &chunk, error));
    *taken = boundary - offset;
    regions->refused = !splitter_between(regions->context->splitter);
    return STATUS_OK;
}

/* offset: of the first one, where none waits yet. */
static void submit_ahead(struct regions *regions, uint64_t offset) {
    while (regions->waiting < regions->ring_size) {
        struct region *region = nth_region(regions, regions->waiting);
        region->exact = regions->waiting == 0;
        region->from = region->exact ? offset : nth_region(regions, regions->waiting - 1)->to;
        region->to = region->from + REGION_BYTES;
        if (region->to + FURTHEST_BYTES > regions->file->size)
            return;
        regions->waiting++;
        pool_submit(regions->context->pool, &region->job);
    }
}

static enum status take_oldest(struct regions *regions, uint64_t offset, uint64_t *taken, struct error *error) {
    struct region *region = wait_oldest(regions);
    const bool use = region->found && region->begin == offset && region->work.sound;
    TRY(workers_take(regions->workers, &region->work, use, error));
    if (!use)
        return drop_all(regions, error);
    *taken = region->end - offset;
    return STATUS_OK;
}

enum status regions_fetch(struct regions *regions, const struct chunk_file *file, uint64_t offset, uint64_t *taken,
                          struct error *error) {
    *taken = 0;
    if (!file || regions->refused)
        return drop_all(regions, error);
    if (regions->waiting == 0)
        regions->file = file;
    if (!splitter_between(regions->context->splitter))
        return bridge(regions, offset, taken, error);
    submit_ahead(regions, offset);
    return regions->waiting > 0 ? take_oldest(regions, offset, taken, error) : STATUS_OK;
}
