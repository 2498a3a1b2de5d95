/* Annotation name -> phase and step. */
#ifndef TRACECMP_ANNOTATION_H
#define TRACECMP_ANNOTATION_H

#include "base/text.h"
#include "flow/classes.h"

struct annotation {
    enum phase phase;
    enum step_kind step;
};

/* {PHASE_NONE, STEP_KIND_NONE} for a name that says nothing. */
struct annotation annotation_parse(struct text name);

#endif
