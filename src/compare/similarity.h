/* How alike two kernels are, and whether some do together what another does: by name, operation and words. */
#ifndef TRACECMP_SIMILARITY_H
#define TRACECMP_SIMILARITY_H

#include "compare/work_words.h"
#include "flow/summary.h"

/* Likeness and evidence are in thousandths. */
enum { SIMILARITY_IDENTICAL = 1000, SIMILARITY_WORDS = 48 };

/* What is looked at of one kernel. */
struct traits {
    struct text identity; /* the readable name, without the number inductor ends it with; borrowed from the summary */
    enum event_kind kind;
    struct text operation;
    uint64_t operation_does;
    struct work work;
    uint32_t words[SIMILARITY_WORDS]; /* hashes, ascending, each once; the first of the name */
    uint32_t word_count;
};

void traits_init(struct traits *traits, const struct summary *summary, const struct kernel_row *kernel);
/* A total order of identities; 0: the same kernel, as far as names tell. */
int traits_compare(const struct traits *a, const struct traits *b);
/* Of kernels that do the same by themselves. IDENTICAL only when traits_compare says so. Symmetric. */
unsigned similarity_of(const struct traits *a, const struct traits *b);
/* How well the work of others explains that this kernel's is not seen there. `own` is what the kernels beside
 * it do: what is done there as a whole is not looked for in pieces. */
unsigned similarity_covered(const struct work *one, const struct work *own, const struct work *others);

#endif
