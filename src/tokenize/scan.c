#include "tokenize/scan.h"

size_t scan_string(struct scan *scan, const char *data, size_t size) {
    for (size_t at = 0; at < size; at++) {
        const char c = data[at];
        if (scan->escaped) {
            scan->escaped = false;
        } else if (c == '\\') {
            scan->escaped = true;
        } else if (c == '"') {
            scan->in_string = false;
            return at + 1;
        }
    }
    return size;
}

size_t scan_value(struct scan *scan, const char *data, size_t size) {
    size_t at = 0;
    while (at < size) {
        if (scan->in_string) {
            at += scan_string(scan, data + at, size - at);
            continue;
        }
        switch (data[at++]) {
        case '"':
            scan->in_string = true;
            break;
        case '{':
        case '[':
            if (++scan->depth > scan->deepest)
                scan->deepest = scan->depth;
            break;
        case '}':
        case ']':
            if (--scan->depth == 0)
                return at;
            break;
        default:
            break;
        }
    }
    return at;
}
