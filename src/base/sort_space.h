/* What a sorter asks of the space it shares with others (sort.h): memory, and that the budget is kept. */
#ifndef TRACECMP_SORT_SPACE_H
#define TRACECMP_SORT_SPACE_H

#include "base/runs.h"
#include "base/sort.h"

/* A sorter as its space sees it; part of it. */
struct sort_member {
    struct sort_member *next;
    struct runs *runs; /* the sorter's */
    uint64_t count;    /* records in them, */
    size_t buffered;   /* and not yet in them */
    bool finished;     /* it is being read: the runs stay where they are */
};

static inline uint64_t sort_member_count(const struct sort_member *member) {
    return member->count + member->buffered;
}

/* From join to leave the member stays where it is. */
void sort_space_join(struct sort_space *space, struct sort_member *member);
void sort_space_leave(struct sort_space *space, struct sort_member *member);

struct run_memory sort_space_memory(struct sort_space *space);   /* for runs: its blocks count by themselves */
size_t sort_space_buffer_bytes(const struct sort_space *space);  /* the most that a buffer of one sorter takes */
void sort_space_use(struct sort_space *space, size_t bytes);     /* memory that is not in blocks was taken, */
void sort_space_give_up(struct sort_space *space, size_t bytes); /* or freed */

/* Spills whoever holds most until the budget is kept; a sorter being read is never touched. What then still is too
 * much are buffers and a few blocks for each sorter. */
enum status sort_space_keep_budget(struct sort_space *space, struct error *error) CHECKED;
/* The same by spilling these runs, which are no member's yet. */
enum status sort_space_keep_budget_of(struct sort_space *space, struct runs *runs, struct error *error) CHECKED;

#endif
