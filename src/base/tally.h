/* Anomalies: events that are bad or unmatched. One table says code, severity and sentence of each; a tally counts. */
#ifndef TRACECMP_TALLY_H
#define TRACECMP_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/anomalies.h"

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_DATA_LOSS, SEVERITY_ERROR };

enum anomaly {
#define TALLY_ENUM_(identifier, code, severity, sentence) ANOMALY_##identifier,
    ANOMALIES(TALLY_ENUM_)
#undef TALLY_ENUM_
        ANOMALY_COUNT
};

struct anomaly_info {
    const char *code;
    enum severity severity;
    const char *sentence;
};

struct tally {
    struct {
        uint64_t count;
        uint64_t first_byte; /* meaningless when !has_byte */
        int64_t gpu_ns;      /* GPU time of the events counted, where it is known */
        bool has_byte;
    } rows[ANOMALY_COUNT];
};

const struct anomaly_info *anomaly_get(enum anomaly anomaly);
const char *severity_name(enum severity severity);
void tally_add(struct tally *tally, enum anomaly anomaly, uint64_t byte);
void tally_add_times(struct tally *tally, enum anomaly anomaly, uint64_t times); /* no byte to name; 0 is nothing */
/* The same of GPU events, with their time as far as it is known: >= 0. */
void tally_add_gpu(struct tally *tally, enum anomaly anomaly, uint64_t byte, int64_t gpu_ns);
void tally_add_gpu_times(struct tally *tally, enum anomaly anomaly, uint64_t times, int64_t gpu_ns);
/* Adds everything `from` counted. */
void tally_merge(struct tally *into, const struct tally *from);
/* True when a row of severity data_loss or error is not zero. */
bool tally_lost(const struct tally *tally);

#endif
