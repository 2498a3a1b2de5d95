/* Annotation name -> phase and step. */
#ifndef TRACECMP_ANNOTATION_H
#define TRACECMP_ANNOTATION_H

#include "base/text.h"
#include "flow/classes.h"

struct annotation {
    enum phase phase;
    enum step_kind step;
    uint32_t requests, tokens; /* of the batch; 0: it does not say */
};

/* All 0 for a name that says nothing. */
struct annotation annotation_parse(struct text name);

#endif
