#include "made_document.h"

#include <stdarg.h>
#include <stdio.h>

#define PICK(seeded, list) ((list)[seeded_below((seeded), sizeof(list) / sizeof *(list))])

static void put(struct made_document *document, const char *text) {
    const size_t size = strlen(text);
    if (document->size + size <= MADE_DOCUMENT_BYTES) {
        memcpy(document->data + document->size, text, size);
        document->size += size;
    }
}

static void put_space(struct made_document *document, struct seeded *seeded) {
    static const char *const spaces[] = {"", "", "", "", "", " ", "  ", "\n", "\r\n\t", "        "};
    put(document, PICK(seeded, spaces));
}

static void put_number(struct made_document *document, struct seeded *seeded) {
    char text[64];
    static const char *const odd[] = {"0", "-1", "\"12.5\"", "1e3", "null", "\"\"", "\"N/A\"", "18446744073709551615"};
    if (seeded_below(seeded, 8) == 0) {
        put(document, PICK(seeded, odd));
        return;
    }
    snprintf(text, sizeof text, "%lu.%03lu", seeded_next(seeded) >> seeded_below(seeded, 60) % 64 >> 13,
             seeded_below(seeded, 1000));
    put(document, text);
}

static void put_string(struct made_document *document, struct seeded *seeded) {
    static const char *const parts[] = {
        "gemm",   "void at::native::elementwise_kernel<128, 4>(int)", "\\\"", "\\\\", "\\u00e9", "\\n", "\xC3\xA9", "}",
        "{",      "]",  "[", ",", ":", "ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)",
        "device", " ",  "correlation", "cudaLaunchKernel", "hipLaunchKernel",
    };
    put(document, "\"");
    for (uint64_t i = seeded_below(seeded, 4); i > 0; i--)
        put(document, PICK(seeded, parts));
    put(document, "\"");
}

static void put_nested(struct made_document *document, struct seeded *seeded) {
    static const char *const nested[] = {"[1, 2, 3]", "[]", "{}", "{\"device\": 9, \"a\": [{\"b\": \"}\"}]}", "true",
                                         "[[\"]\"]]", "{\"\": \"\"}"};
    put(document, PICK(seeded, nested));
}

static void put_value(struct made_document *document, struct seeded *seeded) {
    switch (seeded_below(seeded, 4)) {
    case 0:
        put_string(document, seeded);
        break;
    case 1:
        put_nested(document, seeded);
        break;
    default:
        put_number(document, seeded);
        break;
    }
}

/* The keys in any order, each left out now and then. */
static void put_object(struct made_document *document, struct seeded *seeded, const char *const *keys, size_t count,
                       void (*put_one)(struct made_document *, struct seeded *, const char *key)) {
    const size_t first = seeded_below(seeded, 3) ? 0 : seeded_below(seeded, count);
    bool any = false;
    put(document, "{");
    for (size_t i = 0; i < count; i++) {
        const char *key = keys[(first + i) % count];
        if (seeded_below(seeded, 64) == 0)
            continue;
        put(document, any ? "," : "");
        put_space(document, seeded);
        put(document, "\"");
        put(document, key);
        put(document, "\":");
        put_space(document, seeded);
        put_one(document, seeded, key);
        put_space(document, seeded);
        any = true;
    }
    put(document, "}");
}

static void put_argument(struct made_document *document, struct seeded *seeded, const char *key) {
    if (strcmp(key, "device") == 0 || strcmp(key, "correlation") == 0 || strcmp(key, "External id") == 0)
        put_number(document, seeded);
    else
        put_value(document, seeded);
}

static void put_field(struct made_document *document, struct seeded *seeded, const char *key) {
    static const char *const phases[] = {"\"X\"", "\"X\"", "\"X\"", "\"X\"", "\"X\"", "\"X\"",
                                         "\"X\"", "\"f\"", "\"M\"", "\"B\"", "\"Xy\""};
    static const char *const categories[] = {"\"kernel\"",          "\"cpu_op\"",     "\"python_function\"",
                                             "\"cuda_runtime\"",    "\"gpu_memcpy\"", "\"user_annotation\"",
                                             "\"gpu_user_annotation\"", "\"ac2g\"",   "\"Kernel\""};
    static const char *const arguments[] = {"External id", "device", "stream", "correlation", "kind", "grid", "dev"};
    if (strcmp(key, "ph") == 0)
        put(document, PICK(seeded, phases));
    else if (strcmp(key, "cat") == 0)
        put(document, PICK(seeded, categories));
    else if (strcmp(key, "name") == 0)
        put_string(document, seeded);
    else if (strcmp(key, "args") == 0)
        put_object(document, seeded, arguments, sizeof arguments / sizeof *arguments, put_argument);
    else if (strcmp(key, "other") == 0)
        put_value(document, seeded);
    else
        put_number(document, seeded);
}

void made_item(struct made_document *document, struct seeded *seeded) {
    static const char *const fields[] = {"ph", "cat", "name", "pid", "tid", "ts", "dur", "args", "other"};
    put_object(document, seeded, fields, sizeof fields / sizeof *fields, put_field);
}

static void put_items(struct made_document *document, struct seeded *seeded, const char *between) {
    for (uint64_t i = seeded_below(seeded, 8); i > 0; i--) {
        made_item(document, seeded);
        put_space(document, seeded);
        put(document, i > 1 ? between : "");
        put_space(document, seeded);
    }
}

static void put_heads(struct made_document *document, struct seeded *seeded) {
    static const char *const heads[] = {
        "", "\"schemaVersion\": 1,", "\"wanted\":\"\\\\\",",
        "\"deviceProperties\": [{\"id\": 0, \"name\": \"NVIDIA H100\", \"warpSize\": 32}],",
        "\"distributedInfo\": {\"backend\": \"nccl\", \"pg_config\": [{\"a\": [1]}]},", "\"wa\": 12,",
    };
    put_space(document, seeded);
    put(document, PICK(seeded, heads));
    put_space(document, seeded);
}

void made_document(struct made_document *document, struct seeded *seeded) {
    document->size = 0;
    put(document, seeded_below(seeded, 8) ? "" : "\xEF\xBB\xBF");
    switch (seeded_below(seeded, 4)) {
    case 0:
        put(document, "[");
        put_items(document, seeded, ",");
        put(document, seeded_below(seeded, 2) ? "]" : "");
        break;
    case 1:
        put(document, "{\"ph\": \"X\"}\n");
        put_items(document, seeded, "\n");
        break;
    default:
        put(document, "{");
        put_heads(document, seeded);
        put(document, "\"traceEvents\": [");
        put_items(document, seeded, ",");
        put(document, "],");
        put_heads(document, seeded);
        put(document, "\"end\": 0}");
        break;
    }
}

static void replace(struct made_document *document, size_t at, size_t removed, const char *bytes, size_t added) {
    memmove(document->data + at + added, document->data + at + removed, document->size - at - removed);
    memcpy(document->data + at, bytes, added);
    document->size += added - removed;
}

static void damage_once(struct made_document *document, struct seeded *seeded) {
    static const char likely[] = "{}[]\"\"\"\\\\,:: \n0eX;";
    const size_t at = seeded_below(seeded, document->size), left = document->size - at;
    const char byte = seeded_below(seeded, 6) ? likely[seeded_below(seeded, sizeof likely)] : (char)seeded_next(seeded);
    char copy[16];
    const size_t some = left < sizeof copy ? left : seeded_below(seeded, sizeof copy);
    switch (seeded_below(seeded, 12)) {
    case 0:
        document->size = at;
        break;
    case 1:
    case 2:
        memcpy(copy, document->data + at, some);
        replace(document, at, 0, copy, some);
        break;
    case 3:
    case 4:
    case 5:
        replace(document, at, some % 4 < left ? some % 4 : left, "", 0);
        break;
    case 6:
    case 7:
    case 8:
        replace(document, at, 1, &byte, 1);
        break;
    default:
        replace(document, at, 0, &byte, 1);
        break;
    }
}

void made_document_damage(struct made_document *document, struct seeded *seeded) {
    for (uint64_t i = 1 + seeded_below(seeded, 3); i > 0 && document->size > 0; i--)
        damage_once(document, seeded);
}
