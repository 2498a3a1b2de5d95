/* Every ceiling, in one list: what it bounds, and what happens at it. Records obey --memory; the tables here do not
 * depend on it, so that the report does not, and together stay below 64 MiB. */
#ifndef TRACECMP_LIMITS_H
#define TRACECMP_LIMITS_H

#include <stddef.h>
#include <stdint.h>

enum {
    LIMIT_TABLES_BYTES = 64 << 20, /* what all but the records may take, which the ceilings below bound */
    LIMIT_ITEM_BYTES = 16 << 20,   /* one {…} of traceEvents: skipped, counted. What is held of it is looked through for
                                      other items, and is twice in memory for a while */
    LIMIT_ITEM_TOKENS = 1 << 16, /* jsmn tokens of one item in an unusual form: skipped, counted */
    LIMIT_ITEM_DEPTH = 1 << 10,  /* brackets open at once in one item: counted as not JSON (jsmn is quadratic) */
    LIMIT_HEAD_BYTES = 4 << 20,  /* one value of a key beside traceEvents that we read: ignored */
    LIMIT_NAME_LENGTH = 1 << 14, /* bytes of one name: a longer one is cut, counted */
    LIMIT_NAME_BYTES = 16 << 20, /* all distinct names: later ones become one name, counted */
    LIMIT_MODULE_BYTES = 1 << 20, /* names of the classes of modules: later ones become one class */
    LIMIT_KERNELS = 1 << 14,     /* kernels with a row: later ones share one for each operation, counted */
    LIMIT_OCTAVES = 1 << 14,     /* arrays for durations by origin, and by kernel, 256 bytes each: histograms of further
                                    ones are slower */
    LIMIT_PATHS = 1 << 17,       /* nodes of the call-path tree: deeper frames are cut, counted */
    LIMIT_PAGE_PATHS = 3000,     /* call paths drawn on a page: narrower ones are collected under "others" */
    LIMIT_PAGE_STEPS = 20000,    /* steps of one side drawn on a page: it says how many there are */
    LIMIT_TABLE_ROWS = 1 << 17,  /* rows of one table of the summary: further ones are counted */
    LIMIT_NESTING = 1 << 12,     /* CPU slices open at one instant on one row: further ones are counted */
    LIMIT_ROWS = 1 << 17,        /* threads (pid, tid) of one trace: further ones are one, where nothing encloses
                                    anything, counted */
    LIMIT_DEVICES = 1 << 10,     /* GPUs of one trace: further ones are one device, counted */
    LIMIT_PERIODS = 1 << 13,     /* windows of time in which a clock has events: they grow, see resolve/periods.h */
    LIMIT_THREADS = 16,          /* workers: each has blocks and names of its own; more is a usage error */
    LIMIT_RULES = 1 << 12,       /* rules of a --rules file: an error */
    LIMIT_RULE_FILE_BYTES = 4 << 20,
    LIMIT_DEMANGLE_BYTES = 1 << 14,  /* longer mangled names are shown as they are */
    LIMIT_MATCH_BYTES = 1 << 14,     /* longer kernel names are classified by their beginning */
    LIMIT_WINDOW_LOG = 27,           /* log2 of a zstd stream's window: larger ones are refused. A window of more than
                                        8 MiB (--ultra, --long) comes on top of the memory budget */
    LIMIT_STEPS = 1 << 17,           /* steps of one trace: further ones are counted as no step */
    LIMIT_TIES = 1 << 6,             /* GPU events of a device that begin at once and are put in an order of their own:
                                        hostile input must not make that quadratic */
    LIMIT_OPEN_STEPS = 4,            /* steps whose events may alternate on a device: the one idle longest is closed */
    LIMIT_SEQUENCE_EVENTS = 1 << 14, /* GPU events looked at together for layers: a longer sequence is cut in parts */
    LIMIT_SEQUENCE_PLACES = 1 << 17,    /* kinds of events in sequences: that of further ones is outside of layers */
    LIMIT_SEQUENCE_POSITIONS = 1 << 18, /* of all distinct sequences held: they are evaluated, then forgotten */
    LIMIT_LAYERS = 1 << 12,             /* rows of the layer table: the time of further ones is outside of layers */
    LIMIT_LAYER_SHAPES = 1 << 10,       /* distinct sequences of kernels that layers have: further ones are counted */
    LIMIT_LAYER_POSITIONS = 1 << 16,    /* kernels of all shapes together: likewise */
    LIMIT_ALIGN_KERNELS = 1 << 9,       /* kernels of a layer aligned in one table: longer layers are cut into pieces */
    LIMIT_ALIGN_CELLS = 1 << 21,    /* cells of all such tables of a comparison: beyond, only identical names pair */
    LIMIT_LAYER_PAIRS = 1 << 17,    /* aligned kernels of all layers: further layers are compared as a whole */
    LIMIT_TAILS = 1 << 15,          /* distinct tails of one kind of record: from there on records are sorted whole */
    LIMIT_ORIGINS = 1 << 17,        /* distinct origins of GPU events: later events are added up one by one, and such
                                       a trace gets no index */
    LIMIT_DURATION_ORIGINS = 1 << 14, /* origins whose durations are counted by themselves: with more, all are by
                                         kernel, and the index does not have them */
    LIMIT_INDEX_BYTES = 1 << 20,    /* traces with less JSON get no index unless asked for: it would save nothing */
    LIMIT_STEPS_DETAILED = 1 << 14, /* steps of a trace whose kernels are known step by step: with more, none are */
    LIMIT_STEP_SHARES = 1 << 19,    /* (step, kernel, phase) of a trace, 16 bytes each: with more, none are kept */
    LIMIT_STRATA = 1 << 8,          /* kinds of steps that a comparison tells apart: with more, coarser kinds */
};

/* A GPU event longer than this is a profiler's mistake (seen: near 2^64 ns), kept out of every total and counted. */
#define LIMIT_DURATION_NS (INT64_C(30) * 24 * 3600 * 1000000000)

/* Times lie within +-142 years, so that no sum or difference of two overflows: an event whose ts is beyond has no
 * usable ts, a duration beyond is cut. */
#define LIMIT_TIME_NS INT64_C(4500000000000000000)

#endif
