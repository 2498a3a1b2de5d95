#include <inttypes.h>

#include "report/forms.h"
#include "report/number_text.h"
#include "report/summary_tables.h"
#include "report/wording.h"

enum { LABEL = 11 }; /* columns of the labels at the left of the head */

static void say_label(struct screen *screen, const char *label) {
    screen_say(screen, "%-*s", LABEL, label);
}

static void say_count(struct screen *screen, uint64_t count, const char *what) {
    char text[NUMBER_BYTES];
    number_grouped(text, count);
    screen_say(screen, "%s %s", text, what);
}

static void say_share(struct screen *screen, int64_t part_ns, int64_t whole_ns, const char *what) {
    char text[NUMBER_BYTES];
    number_percent(text, share_of(part_ns, whole_ns));
    screen_say(screen, "%s %s", text, what);
}

static void print_trace(const struct summary *summary, const char *name, struct screen *screen) {
    char size[NUMBER_BYTES];
    number_bytes(size, summary->document.bytes);
    say_label(screen, "Trace");
    screen_name(screen, text_from(name), screen->width - LABEL);
    screen_say(screen, " (%s, ", size);
    if (summary->document.compression != READ_PLAIN) {
        number_bytes(size, summary->document.bytes_uncompressed);
        screen_say(screen, "%s of %s, ", wording_compression(summary->document.compression), size);
    }
    say_count(screen, summary->document.items, "events)");
    screen_flow(screen, LABEL);
}

static void print_state(const struct summary *summary, struct screen *screen) {
    if (summary->tally.rows[ANOMALY_GROWING].count > 0) {
        say_label(screen, "");
        screen_say(screen, "Still being written: this is what was read so far.");
        screen_flow(screen, LABEL);
        return;
    }
    if (summary->document.complete)
        return;
    say_label(screen, "");
    screen_tint(screen, TINT_SLOWER);
    screen_say(screen, "The input is damaged or incomplete: see Diagnostics.");
    screen_tint(screen, TINT_NONE);
    screen_flow(screen, LABEL);
}

static void print_platform(const struct summary *summary, struct screen *screen) {
    const struct device_properties *device = &summary->document.device;
    say_label(screen, "Platform");
    screen_say(screen, "%s", wording_platform(summary->platform));
    if (device->present && device->name[0] != '\0') {
        screen_say(screen, ", ");
        screen_name(screen, text_from(device->name), screen->width - LABEL);
    }
    if (device->present && device->major >= 0 && device->minor >= 0)
        screen_say(screen, ", compute capability %" PRId64 ".%" PRId64, device->major, device->minor);
    if (device->present && device->sm_count >= 0)
        screen_say(screen, ", %" PRId64 " SMs", device->sm_count);
    if (device->present && device->total_memory_bytes >= 0) {
        char memory[NUMBER_BYTES];
        number_bytes(memory, (uint64_t)device->total_memory_bytes);
        screen_say(screen, ", %s", memory);
    }
    screen_flow(screen, LABEL);
}

static void print_gpu(const struct summary *summary, struct screen *screen) {
    char total[NUMBER_BYTES];
    number_time(total, summary->gpu_all.total_ns, false);
    say_label(screen, "GPU time");
    screen_say(screen, "%s in ", total);
    say_count(screen, summary->gpu_all.count, "GPU events: ");
    say_count(screen, summary->gpu[EVENT_KERNEL].count, "kernels, ");
    say_count(screen, summary->gpu[EVENT_MEMCPY].count, "memcpy, ");
    say_count(screen, summary->gpu[EVENT_MEMSET].count, "memset");
    screen_flow(screen, LABEL);
}

static void print_span(const struct summary *summary, struct screen *screen) {
    const struct timeline_row total = timeline_total(summary);
    char span[NUMBER_BYTES];
    number_time(span, total.span_ns, false);
    say_label(screen, "Span");
    screen_say(screen, "%s", span);
    if (summary->timeline_count > 1)
        screen_say(screen, " over %u devices", summary->timeline_count);
    screen_say(screen, ": ");
    say_share(screen, total.busy_ns, total.span_ns, "busy, ");
    say_share(screen, timeline_idle(&total), total.span_ns, "idle; ");
    say_share(screen, total.compute_ns, total.span_ns, "compute, ");
    say_share(screen, total.exposed_comm_ns, total.span_ns, "exposed communication, ");
    say_share(screen, total.exposed_copy_ns, total.span_ns, "exposed copy");
    screen_flow(screen, LABEL);
}

static void print_head(const struct summary *summary, const char *name, struct screen *screen) {
    print_trace(summary, name, screen);
    print_state(summary, screen);
    print_platform(summary, screen);
    if (summary->architecture && strcmp(summary->architecture, "unknown") != 0) {
        say_label(screen, "Model");
        screen_say(screen, "%s", summary->architecture);
        screen_flow(screen, LABEL);
    }
    print_gpu(summary, screen);
    if (summary->timeline_count > 0)
        print_span(summary, screen);
}

static void say_anomaly(const struct tally *tally, enum anomaly anomaly, struct screen *screen) {
    const struct anomaly_info *info = anomaly_get(anomaly);
    say_count(screen, tally->rows[anomaly].count, info->code);
    screen_say(screen, ": %s", info->sentence);
}

/* The anomalies that explain why an event has no launch. */
static void say_reasons(const struct tally *tally, struct screen *screen) {
    static const enum anomaly reasons[] = {ANOMALY_NO_LAUNCH, ANOMALY_NO_CORRELATION};
    for (unsigned i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (tally->rows[reasons[i]].count == 0)
            continue;
        screen_say(screen, "; ");
        say_anomaly(tally, reasons[i], screen);
    }
}

static void print_attribution(const struct summary *summary, struct screen *screen) {
    const int64_t total_ns = summary->gpu_all.total_ns;
    screen_title(screen, "Attribution");
    say_label(screen, "launch");
    say_count(screen, summary->attribution.launched, "found, ");
    say_count(screen, summary->attribution.unlaunched, "not (");
    say_share(screen, summary->attribution.unlaunched_ns, total_ns, "of GPU time)");
    say_reasons(&summary->tally, screen);
    screen_flow(screen, LABEL);
    say_label(screen, "cpu op");
    say_count(screen, summary->attribution.op_enclosing, "around the launch, ");
    say_count(screen, summary->attribution.op_external_id, "by External id, ");
    say_count(screen, summary->attribution.op_none, "without (");
    say_share(screen, summary->attribution.op_none_ns, total_ns, "of GPU time)");
    screen_flow(screen, LABEL);
    say_label(screen, "stack");
    say_count(screen, summary->attribution.with_stack, "with, ");
    say_count(screen, summary->attribution.without_stack, "without; ");
    say_count(screen, summary->attribution.distinct_stacks, "distinct Python stacks");
    screen_flow(screen, LABEL);
}

static void print_diagnostic(const struct tally *tally, enum anomaly anomaly, struct screen *screen) {
    say_label(screen, severity_name(anomaly_get(anomaly)->severity));
    say_anomaly(tally, anomaly, screen);
    if (tally->rows[anomaly].has_byte)
        screen_say(screen, " (first at byte %" PRIu64 ")", tally->rows[anomaly].first_byte);
    if (tally->rows[anomaly].gpu_ns > 0) {
        char text[NUMBER_BYTES];
        number_us(text, tally->rows[anomaly].gpu_ns);
        screen_say(screen, "; GPU time touched: %s us", text);
    }
    screen_flow(screen, LABEL);
}

static void print_diagnostics(const struct tally *tally, struct screen *screen) {
    bool titled = false;
    for (unsigned i = 0; i < ANOMALY_COUNT; i++) {
        if (tally->rows[i].count == 0)
            continue;
        if (!titled)
            screen_title(screen, "Diagnostics");
        titled = true;
        print_diagnostic(tally, (enum anomaly)i, screen);
    }
}

enum status summary_glance(FILE *out, const struct summary *summary, const struct report_options *options,
                           struct error *error) {
    struct screen screen;
    screen_init(&screen, out, options->width, options->color, error);
    print_trace(summary, options->base_name, &screen);
    print_gpu(summary, &screen);
    if (summary->gpu_all.count > 0) {
        print_span(summary, &screen);
        summary_print_operations(summary, options, &screen);
        summary_print_phases(summary, options, &screen);
    }
    return screen_fini(&screen);
}

enum status summary_text(FILE *out, const struct summary *summary, const struct report_options *options,
                         struct error *error) {
    struct screen screen;
    screen_init(&screen, out, options->width, options->color, error);
    print_head(summary, options->base_name, &screen);
    if (summary->gpu_all.count > 0) {
        summary_print_devices(summary, options, &screen);
        summary_print_operations(summary, options, &screen);
        summary_print_kernels(summary, options, &screen);
        summary_print_phases(summary, options, &screen);
        summary_print_steps(summary, options, &screen);
        if (options->layers)
            summary_print_layers(summary, options, &screen);
        summary_print_cpu_ops(summary, options, &screen);
        print_attribution(summary, &screen);
    }
    print_diagnostics(&summary->tally, &screen);
    return screen_fini(&screen);
}
