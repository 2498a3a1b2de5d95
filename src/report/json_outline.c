#include <ctype.h>
#include <inttypes.h>

#include "report/forms.h"
#include "report/wording.h"

void json_stats(struct json *json, const struct stats *stats) {
    struct stats_time times[STATS_TIMES];
    stats_times(stats, times);
    json_count(json, "count", stats->count);
    for (unsigned i = 0; i < STATS_TIMES; i++)
        json_us(json, times[i].key, times[i].ns);
}

void json_name(struct json *json, const char *key, const struct summary *summary, uint32_t name) {
    if (name == NAME_NONE)
        json_null(json, key);
    else
        json_text(json, key, summary_name(summary, name));
}

static void write_property(struct json *json, const char *key, int64_t value) {
    if (value < 0)
        json_null(json, key);
    else
        json_count(json, key, (uint64_t)value);
}

static void write_device(struct json *json, const struct device_properties *device) {
    if (!device->present) {
        json_null(json, "device");
        return;
    }
    char capability[48];
    snprintf(capability, sizeof capability, "%" PRId64 ".%" PRId64, device->major, device->minor);
    json_object(json, "device", JSON_INLINE);
    json_string(json, "name", device->name);
    json_string(json, "compute_capability", device->major < 0 || device->minor < 0 ? NULL : capability);
    write_property(json, "total_memory_bytes", device->total_memory_bytes);
    write_property(json, "sm_count", device->sm_count);
    write_property(json, "warp_size", device->warp_size);
    json_close(json);
}

static void write_trace(struct json *json, const struct summary *summary, const char *name) {
    const struct document *document = &summary->document;
    json_object(json, "trace", JSON_INLINE);
    json_string(json, "name", name);
    json_count(json, "bytes", document->bytes);
    json_count(json, "bytes_uncompressed", document->bytes_uncompressed);
    json_string(json, "compression", wording_compression(document->compression));
    json_string(json, "source", document->from_index ? "index" : "json");
    json_flag(json, "complete", document->complete);
    json_count(json, "events", document->items);
    json_string(json, "platform", wording_platform(summary->platform));
    write_device(json, &document->device);
    json_count(json, "devices", document->device_entries);
    json_string(json, "architecture", summary->architecture ? summary->architecture : "unknown");
    json_string(json, "architecture_evidence", summary->architecture_evidence);
    json_close(json);
}

static void write_gpu(struct json *json, const struct summary *summary) {
    json_object(json, "gpu", JSON_INLINE);
    json_count(json, "events", summary->gpu_all.count);
    json_us(json, "total_us", summary->gpu_all.total_ns);
    for (unsigned kind = 0; kind < EVENT_GPU_KINDS; kind++) {
        json_object(json, wording_category((enum event_kind)kind), JSON_INLINE);
        json_count(json, "count", summary->gpu[kind].count);
        json_us(json, "total_us", summary->gpu[kind].total_ns);
        json_close(json);
    }
    json_close(json);
}

static void write_attribution(struct json *json, const struct summary *summary) {
    json_object(json, "attribution", JSON_INLINE);
    json_object(json, "launch", JSON_INLINE);
    json_count(json, "resolved", summary->attribution.launched);
    json_count(json, "unresolved", summary->attribution.unlaunched);
    json_close(json);
    json_object(json, "cpu_op", JSON_INLINE);
    json_count(json, "enclosing", summary->attribution.op_enclosing);
    json_count(json, "external_id", summary->attribution.op_external_id);
    json_count(json, "none", summary->attribution.op_none);
    json_close(json);
    json_object(json, "stack", JSON_INLINE);
    json_count(json, "with", summary->attribution.with_stack);
    json_count(json, "without", summary->attribution.without_stack);
    json_count(json, "distinct", summary->attribution.distinct_stacks);
    json_close(json);
    json_close(json);
}

/* Whether a text is a JSON integer that no reader rounds: at most 15 digits. */
static bool is_integer(struct text text) {
    const size_t sign = text.size > 0 && text.data[0] == '-' ? 1 : 0;
    const size_t digits = text.size - sign;
    if (digits == 0 || digits > 15 || (text.data[sign] == '0' && text.size > 1))
        return false;
    for (size_t i = sign; i < text.size; i++)
        if (!isdigit((unsigned char)text.data[i]))
            return false;
    return true;
}

static void write_timeline_row(struct json *json, const struct summary *summary, const struct timeline_row *row) {
    const struct text device = summary_name(summary, row->device);
    json_object(json, NULL, JSON_INLINE);
    if (is_integer(device))
        json_literal(json, "device", device);
    else
        json_text(json, "device", device);
    json_count(json, "events", row->events);
    json_us(json, "span_us", row->span_ns);
    json_us(json, "busy_us", row->busy_ns);
    json_us(json, "idle_us", timeline_idle(row));
    json_us(json, "compute_us", row->compute_ns);
    json_us(json, "comm_us", row->comm_ns);
    json_us(json, "exposed_comm_us", row->exposed_comm_ns);
    json_us(json, "copy_us", row->copy_ns);
    json_us(json, "exposed_copy_us", row->exposed_copy_ns);
    json_close(json);
}

void json_outline(struct json *json, const struct summary *summary, const char *name) {
    write_trace(json, summary, name);
    write_gpu(json, summary);
    write_attribution(json, summary);
    json_array(json, "timeline", JSON_LINES);
    for (uint32_t i = 0; i < summary->timeline_count; i++)
        write_timeline_row(json, summary, &summary->timeline[i]);
    json_close(json);
}
