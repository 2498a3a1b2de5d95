#include "base/sort_space.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/huge_pages.h"

enum {
    BUFFER_LEAST_BYTES = 64 << 10, /* a full buffer is a sixteenth of the budget, within these */
    BUFFER_MOST_BYTES = 1 << 20,
    SPILL_LEAST_BLOCKS = 4,
    SMALL_SLAB_BYTES = 512 << 10,
};

struct sort_space {
    size_t budget, used, peak, buffer_bytes;
    uint64_t records;      /* of members that are gone */
    const char *directory; /* borrowed; may be NULL */
    uint64_t spilled;
    struct sort_member *members; /* borrowed; linked */
    void *free_blocks;           /* each holds the address of the next */
    void **slabs;                /* owned; what the blocks are cut from */
    size_t slab_count, slab_capacity;
};

struct sort_space *sort_space_new(size_t budget_bytes, const char *directory) {
    struct sort_space *space = calloc(1, sizeof *space);
    if (!space)
        return NULL;
    *space = (struct sort_space){.budget = budget_bytes, .directory = directory, .buffer_bytes = budget_bytes / 16};
    if (space->buffer_bytes < BUFFER_LEAST_BYTES)
        space->buffer_bytes = BUFFER_LEAST_BYTES;
    if (space->buffer_bytes > BUFFER_MOST_BYTES)
        space->buffer_bytes = BUFFER_MOST_BYTES;
    return space;
}

void sort_space_free(struct sort_space *space) {
    if (!space)
        return;
    for (size_t i = 0; i < space->slab_count; i++)
        free(space->slabs[i]);
    free(space->slabs);
    free(space);
}

uint64_t sort_space_spilled(const struct sort_space *space) {
    return space->spilled;
}
size_t sort_space_peak(const struct sort_space *space) {
    return space->peak;
}
size_t sort_space_buffer_bytes(const struct sort_space *space) {
    return space->buffer_bytes;
}

uint64_t sort_space_records(const struct sort_space *space) {
    uint64_t records = space->records;
    for (const struct sort_member *member = space->members; member; member = member->next)
        records += sort_member_count(member);
    return records;
}

void sort_space_join(struct sort_space *space, struct sort_member *member) {
    member->next = space->members;
    space->members = member;
}

void sort_space_leave(struct sort_space *space, struct sort_member *member) {
    struct sort_member **link = &space->members;
    while (*link != member)
        link = &(*link)->next;
    *link = member->next;
    space->records += sort_member_count(member);
}

void sort_space_use(struct sort_space *space, size_t bytes) {
    space->used += bytes;
    if (space->used > space->peak)
        space->peak = space->used;
}

void sort_space_give_up(struct sort_space *space, size_t bytes) {
    space->used -= bytes;
}

/* Blocks are used again, and after the first slab they are cut from huge pages. */
static bool add_slab(struct sort_space *space) {
    struct error error;
    const bool huge = space->slab_count > 0;
    const size_t bytes = huge ? HUGE_PAGE_BYTES : SMALL_SLAB_BYTES;
    void *slabs = space->slabs;
    if (array_grow(&slabs, &space->slab_capacity, space->slab_count + 1, sizeof *space->slabs, INT32_MAX, &error) !=
        STATUS_OK)
        return false;
    space->slabs = slabs;
    char *slab = huge ? huge_pages_new(bytes) : aligned_alloc(RUN_BLOCK_BYTES, bytes);
    if (!slab)
        return false;
    space->slabs[space->slab_count++] = slab;
    for (size_t at = bytes; at > 0; at -= RUN_BLOCK_BYTES) {
        void *block = slab + at - RUN_BLOCK_BYTES;
        *(void **)block = space->free_blocks;
        space->free_blocks = block;
    }
    return true;
}

static void *take_block(void *self) {
    struct sort_space *space = self;
    if (!space->free_blocks && !add_slab(space))
        return NULL;
    void *block = space->free_blocks;
    space->free_blocks = *(void **)block;
    sort_space_use(space, RUN_BLOCK_BYTES);
    return block;
}

static void give_block(void *self, void *block) {
    struct sort_space *space = self;
    *(void **)block = space->free_blocks;
    space->free_blocks = block;
    sort_space_give_up(space, RUN_BLOCK_BYTES);
}

struct run_memory sort_space_memory(struct sort_space *space) {
    return (struct run_memory){take_block, give_block, space};
}

static enum status spill(struct sort_space *space, struct runs *runs, struct error *error) {
    const uint64_t before = runs_bytes_spilled(runs);
    TRY(runs_spill(runs, space->directory, error));
    space->spilled += runs_bytes_spilled(runs) - before;
    return STATUS_OK;
}

/* NULL: none for which it pays. */
static struct sort_member *find_largest(const struct sort_space *space) {
    struct sort_member *largest = NULL;
    size_t most = SPILL_LEAST_BLOCKS;
    for (struct sort_member *member = space->members; member; member = member->next) {
        if (!member->finished && runs_blocks_held(member->runs) >= most) {
            largest = member;
            most = runs_blocks_held(member->runs);
        }
    }
    return largest;
}

enum status sort_space_keep_budget(struct sort_space *space, struct error *error) {
    while (space->used > space->budget) {
        struct sort_member *largest = find_largest(space);
        if (!largest)
            return STATUS_OK;
        TRY(spill(space, largest->runs, error));
    }
    return STATUS_OK;
}

enum status sort_space_keep_budget_of(struct sort_space *space, struct runs *runs, struct error *error) {
    const bool too_much = space->used > space->budget && runs_blocks_held(runs) >= SPILL_LEAST_BLOCKS;
    return too_much ? spill(space, runs, error) : STATUS_OK;
}
