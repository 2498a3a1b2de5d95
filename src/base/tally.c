#include "base/tally.h"

static const struct anomaly_info table[ANOMALY_COUNT] = {
#define TALLY_ROW_(identifier, code, severity, sentence) {code, severity, sentence},
    ANOMALIES(TALLY_ROW_)
#undef TALLY_ROW_
};

const struct anomaly_info *anomaly_get(enum anomaly anomaly) {
    return &table[anomaly];
}

const char *severity_name(enum severity severity) {
    static const char *const names[] = {"info", "warning", "data_loss", "error"};
    return names[severity];
}

void tally_add(struct tally *tally, enum anomaly anomaly, uint64_t byte) {
    if (!tally->rows[anomaly].has_byte || byte < tally->rows[anomaly].first_byte)
        tally->rows[anomaly].first_byte = byte;
    tally->rows[anomaly].has_byte = true;
    tally->rows[anomaly].count++;
}

void tally_add_times(struct tally *tally, enum anomaly anomaly, uint64_t times) {
    tally->rows[anomaly].count += times;
}

static void add_time(struct tally *tally, enum anomaly anomaly, int64_t gpu_ns) {
    if (__builtin_add_overflow(tally->rows[anomaly].gpu_ns, gpu_ns, &tally->rows[anomaly].gpu_ns))
        tally->rows[anomaly].gpu_ns = INT64_MAX;
}

void tally_add_gpu(struct tally *tally, enum anomaly anomaly, uint64_t byte, int64_t gpu_ns) {
    tally_add(tally, anomaly, byte);
    add_time(tally, anomaly, gpu_ns);
}

void tally_add_gpu_times(struct tally *tally, enum anomaly anomaly, uint64_t times, int64_t gpu_ns) {
    tally_add_times(tally, anomaly, times);
    add_time(tally, anomaly, gpu_ns);
}

void tally_merge(struct tally *into, const struct tally *from) {
    for (int i = 0; i < ANOMALY_COUNT; i++) {
        const uint64_t count = into->rows[i].count + from->rows[i].count;
        if (from->rows[i].has_byte)
            tally_add(into, (enum anomaly)i, from->rows[i].first_byte);
        into->rows[i].count = count;
        add_time(into, (enum anomaly)i, from->rows[i].gpu_ns);
    }
}

bool tally_lost(const struct tally *tally) {
    for (int i = 0; i < ANOMALY_COUNT; i++)
        if (tally->rows[i].count > 0 && table[i].severity >= SEVERITY_DATA_LOSS)
            return true;
    return false;
}
