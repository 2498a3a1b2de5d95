/* The category of an event -> its kind. */
#ifndef TRACECMP_CATEGORY_H
#define TRACECMP_CATEGORY_H

#include "base/text.h"
#include "flow/event.h"

/* False: not one that a stage needs. Old capitalised names too. */
bool category_kind(struct text category, enum event_kind *kind);
/* It is none, but one letter off it, or lacks one. */
bool category_is_near(struct text category, enum event_kind *kind);
/* All of them, and NULL. */
const char *const *category_names(void);

#endif
