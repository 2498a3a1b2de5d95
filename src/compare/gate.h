/* --fail-on: TARGET OP LIMIT, e.g. "op:Dense GEMM>3%", "kernel:nvjet_*>10%", "total>250us". */
#ifndef TRACECMP_GATE_H
#define TRACECMP_GATE_H

#include "flow/diff.h"

struct gate;

/* A senseless expression is STATUS_USAGE, with the reason and the place in it. */
enum status gate_new(struct gate **gate, const char *expression, struct error *error) CHECKED;
void gate_free(struct gate *gate);
/* "" unless the target is op:NAME; for the check that such an operation exists. Borrowed. */
const char *gate_operation(const struct gate *gate);
/* Does it hold? explanation (size bytes): one line such as "total grew by 12.3 %, limit 5 %". */
bool gate_holds(const struct gate *gate, const struct diff *diff, char *explanation, size_t size);

#endif
