#include "cli/load_stats.h"

#include <stdio.h>
#include <sys/resource.h>

#include "base/limits.h"
#include "report/number_text.h"

struct number {
    char text[NUMBER_BYTES];
};

static struct number count(uint64_t value) {
    struct number number;
    number_grouped(number.text, value);
    return number;
}

static struct number bytes(uint64_t value) {
    struct number number;
    number_bytes(number.text, value);
    return number;
}

static struct number seconds(double value) {
    struct number number;
    number_time(number.text, (int64_t)(value * 1e9), false);
    return number;
}

void load_stats_take(struct load_stats *stats, const struct sort_space *space) {
    stats->records = sort_space_records(space);
    stats->record_bytes = sort_space_peak(space);
    stats->spilled_bytes = sort_space_spilled(space);
}

void load_stats_say(const char *name, const struct load_stats *stats, const struct summary *summary) {
    const struct document *document = &summary->document;
    fprintf(stderr, "tracecmp: stats of %s\n", name);
    fprintf(stderr, "  read      %s, %s of JSON, %s items: %s\n", bytes(document->bytes).text,
            bytes(document->bytes_uncompressed).text, count(document->items).text,
            seconds(stats->read - stats->opened).text);
    fprintf(stderr, "  resolve   %s records, %s at most, %s written to temporary files: %s\n",
            count(stats->records).text, bytes(stats->record_bytes).text, bytes(stats->spilled_bytes).text,
            seconds(stats->resolved - stats->read).text);
    fprintf(stderr, "  tables    %s of names (of %s), %s call paths (of %s), %s kernels (of %s)\n",
            bytes(names_bytes(summary->names)).text, bytes(LIMIT_NAME_BYTES).text,
            count(paths_count(summary->paths) - 1).text, count(LIMIT_PATHS).text, count(summary->kernel_count).text,
            count(LIMIT_KERNELS).text);
}

void load_stats_say_memory(const struct options *options) {
    const size_t records = options_share(options->memory_bytes, options->trace_count) * options->trace_count;
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr, "  memory    at most %s, %s of it for records; the process has had %s\n",
            bytes(records + options->trace_count * LIMIT_TABLES_BYTES).text, bytes(records).text,
            bytes((uint64_t)usage.ru_maxrss << 10).text);
}
