/* The quick way through a trace: bytes are looked at 64 at a time, as bit masks of quotes and brackets. Two builds of
 * the same code, one with AVX2 (used where the processor has it) and a portable one; both give the same answers, and
 * where quick_item answers, jsmn on the same item gives the same fields (for items that are valid JSON and whose keys
 * come once). */
#ifndef TRACECMP_QUICK_H
#define TRACECMP_QUICK_H

#include <stdint.h>

#include "tokenize/fields.h"
#include "tokenize/scan.h"

enum { QUICK_PADDING = 128 }; /* readable bytes that must lie behind the data; what they hold does not matter */

enum quick_answer {
    QUICK_UNSURE, /* not whole, or not in the usual form: go the careful way */
    QUICK_IGNORE, /* an event that no stage needs, such as a flow arrow or metadata */
    QUICK_FIELDS, /* *fields is filled */
};

/* What lay between the values of the items before, mostly the same bytes in each: `,\n    "ts": `, say. A guess, which
 * makes the next item quicker to read and never changes what is read. */
enum { QUICK_SLOTS = 12, QUICK_LITERAL = 32 };

struct quick_slot {
    char literal[QUICK_LITERAL]; /* up to the value */
    uint32_t mask;               /* a bit for each byte of it; 0: none is known */
    uint8_t size, kind;
    uint16_t field; /* its offset in struct fields */
};

struct quick_shape { /* all zero at first */
    struct quick_slot slots[QUICK_SLOTS];
};

struct quick {
    const char *name;
    /* As scan_value, for data with QUICK_PADDING. */
    size_t (*value)(struct scan *scan, const char *data, size_t size);
    /* The item at data[0], which is '{'; shape: of the caller's items, in any state. *used: its length; not touched
     * when UNSURE. */
    enum quick_answer (*item)(struct quick_shape *shape, const char *data, size_t size, struct fields *fields,
                              size_t *used);
};

extern const struct quick quick_portable;
#if defined(__x86_64__)
extern const struct quick quick_avx2;
#endif

/* The best one for this processor. */
const struct quick *quick_get(void);

#endif
