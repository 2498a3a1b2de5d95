/* The fields of one item that we read, as pieces of its text. */
#ifndef TRACECMP_FIELDS_H
#define TRACECMP_FIELDS_H

#include "base/text.h"

enum field_type {
    FIELD_MISSING,
    FIELD_STRING,    /* text: between the quotes, escapes and all */
    FIELD_PRIMITIVE, /* text: a number, true, false, null, or a word that is none of them */
    FIELD_OTHER,     /* an object or array; text: nothing */
};

struct field {
    struct text text;
    enum field_type type;
};

struct fields {
    struct field ph, cat, name, pid, tid, ts, dur;
    struct field correlation, external_id, device; /* of args */
};

static inline bool field_is_scalar(struct field field) {
    return field.type == FIELD_STRING || field.type == FIELD_PRIMITIVE;
}

static inline bool fields_is_complete(struct field ph) {
    return ph.text.size == 1 && ph.text.data[0] == 'X';
}

/* An event that lacks one of these is looked at with care: its key may be damaged. */
static inline bool fields_has_all(const struct fields *fields) {
    return fields->cat.type && fields->name.type && fields->pid.type && fields->tid.type && fields->ts.type &&
           fields->dur.type;
}

/* B and E are counted where their category is used, so they are not ours to skip. */
static inline bool fields_is_ignored(struct field ph) {
    return ph.type == FIELD_STRING && ph.text.size == 1 && ph.text.data[0] != 'X' &&
           memchr("sftMiICnNODbeRcP", ph.text.data[0], 16);
}

#endif
