/* One compressed stream. In: its bytes, cut anywhere. Out: what they decode to. Knows nothing of inputs, sinks and
 * threads; uses bounded memory, whatever the stream holds. */
#ifndef TRACECMP_DECODER_H
#define TRACECMP_DECODER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Input still to be decoded and room still to be filled; decode moves both pointers on. Both borrowed. */
struct decoding {
    const uint8_t *in;
    size_t in_size;
    uint8_t *out;
    size_t out_size;
};

struct decoder;

struct decoder_ops {
    const char *name;
    /* Returns when the room is full, where more may follow without input, or the input used up. Any other status is
     * the last call: all that was whole has been put out, and `in` stands about where the damage is. */
    enum status (*decode)(struct decoder *self, struct decoding *decoding, struct error *error);
    /* May the input end here? */
    bool (*whole)(const struct decoder *self);
    void (*free)(struct decoder *self);
};

/* The first member of each kind. */
struct decoder {
    const struct decoder_ops *ops;
};

/* Any number of members, with padding of zeros behind them; checks CRC-32 and sizes. NULL: no memory. */
struct decoder *gzip_new(void);
/* Any number of frames, skippable ones too; checks checksums. Windows up to 1 << LIMIT_WINDOW_LOG bytes, which is its
 * memory; larger ones are refused with STATUS_LIMIT. NULL: no memory. */
struct decoder *zstd_new(void);

#endif
