/* The tables `totals` and `buckets` of an index: what the events of each origin are together. */
#ifndef TRACECMP_TOTALS_OUT_H
#define TRACECMP_TOTALS_OUT_H

#include "index/index_file.h"

struct index_facts;

/* Writes both, without rows where events are as well added up one by one. */
enum status totals_out_write(const struct index_facts *facts, struct index_file *file, struct error *error) CHECKED;

#endif
