/* Everything that can be wrong with a trace without stopping the work: the one table that tally.h counts by. */
#ifndef TRACECMP_ANOMALIES_H
#define TRACECMP_ANOMALIES_H

/* X(identifier, code, severity, sentence) */
#define ANOMALIES(X)                                                                                                   \
    X(EMPTY_TRACE, "no_gpu_events", SEVERITY_INFO, "the trace has no GPU events") \
    X(EMPTY_PHASE, "no_events_of_phase", SEVERITY_INFO, "no GPU event belongs to the phase that was asked for") \
    X(GROWING, "still_growing", SEVERITY_INFO, "the trace is still being written; this is what was read so far") \
    X(TRUNCATED, "truncated", SEVERITY_DATA_LOSS, \
      "the document ends before it is closed; what came before is reported") \
    X(READ_FAILED, "read_failed", SEVERITY_ERROR, "reading failed in the middle; what came before is reported") \
    X(ITEM_BROKEN, "item_not_json", SEVERITY_DATA_LOSS, "items that are not valid JSON were skipped") \
    X(ITEM_TOO_LONG, "item_too_long", SEVERITY_DATA_LOSS, "items longer than the limit were skipped") \
    X(ITEM_NOT_OBJECT, "item_not_object", SEVERITY_WARNING, \
      "elements of traceEvents that are not objects were skipped") \
    X(MISSING_COMMA, "missing_comma", SEVERITY_INFO, "commas between items were missing") \
    X(STRAY_BYTES, "stray_bytes", SEVERITY_DATA_LOSS, "bytes that belong to no item were skipped") \
    X(TRAILING_BYTES, "trailing_bytes", SEVERITY_DATA_LOSS, "bytes after the end of the document were ignored") \
    X(ARRAY_OPEN, "array_not_closed", SEVERITY_INFO, "the array of events is not closed; the format allows it") \
    X(HEAD_BROKEN, "head_not_json", SEVERITY_DATA_LOSS, \
      "values beside traceEvents that are not valid JSON were ignored") \
    X(NO_TIME, "no_timestamp", SEVERITY_DATA_LOSS, "events without a usable ts were skipped") \
    X(UNKNOWN_TYPE, "unknown_ph", SEVERITY_DATA_LOSS, \
      "events of a used category whose ph is none of the format's were skipped") \
    X(KEY_REPAIRED, "key_repaired", SEVERITY_INFO, \
      "keys or categories with stray characters in them were read without these") \
    X(WORD_DAMAGED, "word_damaged", SEVERITY_DATA_LOSS, \
      "events with a key or category one letter off a known one were read without it") \
    X(BAD_NUMBER, "bad_number", SEVERITY_DATA_LOSS, \
      "numbers of events that are damaged or out of range count as missing") \
    X(NO_GPU_DURATION, "gpu_duration_unknown", SEVERITY_DATA_LOSS, \
      "GPU events whose dur is not a number count as 0 ns") \
    X(BAD_DURATION, "bad_duration", SEVERITY_WARNING, "durations that are not numbers count as 0") \
    X(NEGATIVE_DURATION, "negative_duration", SEVERITY_WARNING, \
      "GPU events of negative duration are left out of all totals") \
    X(ABSURD_DURATION, "implausible_duration", SEVERITY_WARNING, \
      "GPU events longer than 30 days are left out of all totals") \
    X(OUTSIDE_SPAN, "outside_span", SEVERITY_DATA_LOSS, \
      "GPU events far outside of the trace's time (more than a day and a hundred times its length away) are left out") \
    X(CLOCKS_DIFFER, "device_clocks_differ", SEVERITY_WARNING, \
      "GPU events of devices whose clock is far from the trace's; it was set by their launches where it could be") \
    X(BEGIN_END, "begin_end_events", SEVERITY_DATA_LOSS, "begin/end (B, E) events of a used category were skipped") \
    X(BAD_TEXT, "invalid_text", SEVERITY_INFO, \
      "names held invalid UTF-8 or control characters, shown as replacements") \
    X(NAME_CUT, "name_cut", SEVERITY_WARNING, "names longer than the limit were cut") \
    X(NO_CORRELATION, "no_correlation", SEVERITY_WARNING, "GPU events carry no correlation id, so no launch") \
    X(NO_LAUNCH, "no_launch", SEVERITY_WARNING, \
      "GPU events whose launch is not in the trace (window clipped at its start?)") \
    X(EXTERNAL_IGNORED, "external_id_ignored", SEVERITY_INFO, \
      "External id equals the correlation on most GPU events: not used") \
    X(NAMES_FULL, "names_limit", SEVERITY_WARNING, "names beyond the limit are counted together") \
    X(ROWS_FULL, "threads_limit", SEVERITY_WARNING, \
      "events of threads beyond the limit: what encloses them there is not known") \
    X(DEVICES_FULL, "devices_limit", SEVERITY_WARNING, \
      "GPU events of devices beyond the limit count as of one device") \
    X(PATHS_FULL, "stacks_limit", SEVERITY_WARNING, "Python stacks beyond the limit end at a caller") \
    X(TABLE_FULL, "table_limit", SEVERITY_WARNING, "rows beyond a table's limit are counted together or left out") \
    X(DEPTH_FULL, "depth_limit", SEVERITY_WARNING, "CPU slices nested deeper than the limit were ignored") \
    X(STEP_EMPTY, "step_without_gpu_events", SEVERITY_INFO, "steps that own no GPU event are not listed")

#endif
