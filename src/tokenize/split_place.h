#ifndef TRACECMP_SPLIT_PLACE_H
#define TRACECMP_SPLIT_PLACE_H

/* Where the next byte stands. */
enum place {
    AT_START, /* before the document */
    AT_KEY,   /* in the top-level object: a key, a comma or its end */
    IN_KEY,   /* inside the quotes of a key */
    AT_COLON,
    AT_VALUE,      /* before a value of the top-level object */
    IN_NESTED,     /* in a value that began with { or [ */
    IN_STRING,     /* in a value that is a string */
    IN_PRIMITIVE,  /* in a number, true, false or null */
    AT_ITEM,       /* between the elements of traceEvents */
    IN_ITEM,       /* in a {…} element, which lies in `held` */
    IN_DOUBT,      /* in one that is not JSON, so far as the quick reader does not say otherwise */
    IN_LONG,       /* in one that passed LIMIT_ITEM_BYTES and is not held */
    SEEKING,       /* where the next element is looked for, behind a broken one or a document that seems to be none */
    BEHIND_FOUND,  /* behind what looks like it */
    BEHIND_END,    /* behind what looks like the end of the document */
    IN_OTHER,      /* in an element that is an array */
    IN_OTHER_TEXT, /* in one that is a string */
    IN_OTHER_WORD, /* in one that is a number, true, false or null */
    AFTER,         /* behind the document */
    IN_TRAIL,      /* behind it, in bytes that do not belong there */
};

enum form { FORM_UNKNOWN, FORM_OBJECT, FORM_ARRAY, FORM_LINES };

#endif
