/* The tables of an index behind those of its events, and the names that all of them use. */
#ifndef TRACECMP_INDEX_TABLES_H
#define TRACECMP_INDEX_TABLES_H

#include "base/sort.h"
#include "flow/origins.h"
#include "flow/stage.h"
#include "flow/summary.h"
#include "index/index_file.h"
#include "index/thread_numbers.h"

struct annotation_record { /* an annotation, in the order in which it is looked for */
    uint64_t key[4];       /* on the GPU, row, ts, longest first */
    uint64_t external_id;
    uint32_t name, process;
};

struct index_facts { /* what a load found out; all borrowed */
    const struct summary *summary;
    const struct tally *tally; /* before what aggregate/ adds at the end */
    uint64_t event_count;
    const uint32_t *step_names; /* by step */
    size_t step_count;
    struct sorter *notes;           /* of annotations; finished by the call */
    struct thread_numbers *threads; /* those of launches; the others are added */
    const struct stage *aggregate;  /* flushed, */
    enum status (*total)(const struct stage *aggregate, uint32_t origin, struct origin_total *total,
                         struct error *error); /* which this asks */
};

enum status index_tables_write(const struct index_facts *facts, struct index_file *file, struct error *error) CHECKED;

#endif
