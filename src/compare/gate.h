/* --fail-on: TARGET OP LIMIT [significant], e.g. "op:Dense GEMM>3%", "kernel:nvjet_*>10%", "step>250us",
 * "layer:*>5%", "total>3% significant". */
#ifndef TRACECMP_GATE_H
#define TRACECMP_GATE_H

#include "flow/diff.h"

struct gate;

/* A senseless expression is STATUS_USAGE, with the reason and the place in it. */
enum status gate_new(struct gate **gate, const char *expression, struct error *error) CHECKED;
void gate_free(struct gate *gate);
/* "" unless the target is op:NAME; for the check that such an operation exists. Borrowed. */
const char *gate_operation(const struct gate *gate);
enum gate_verdict { GATE_PASSES, GATE_HOLDS, GATE_UNDECIDED };

/* UNDECIDED: what it asks for is not there (steps, the layer, an interval). explanation (size bytes): one line such as
 * "total grew by 12.3 %, limit 5 %". */
enum gate_verdict gate_judge(const struct gate *gate, const struct diff *diff, char *explanation, size_t size);

#endif
