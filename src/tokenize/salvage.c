#include "tokenize/salvage.h"

#include "base/limits.h"
#include "tokenize/category.h"
#include "tokenize/number.h"
#include "tokenize/scan.h"

static size_t skip_space(struct text text, size_t at) {
    while (at < text.size && scan_is_space(text.data[at]))
        at++;
    return at;
}

static size_t skip_byte(struct text text, size_t at, char c) {
    at = skip_space(text, at);
    return at < text.size && text.data[at] == c ? at + 1 : text.size;
}

/* Behind a bracket, where a comma and the bracket of another item follow. */
static bool begins_next(struct text text, size_t at) {
    return skip_byte(text, skip_byte(text, at, ','), '{') < text.size;
}

static struct text first_item(struct text text) {
    for (size_t at = 0; at < text.size; at++)
        if (text.data[at] == '}' && begins_next(text, at + 1))
            return (struct text){text.data, at};
    return text;
}

/* The word behind the first such key, without quotes; empty when there is none. */
static struct text value_of(struct text text, struct text key) {
    const char *found = memmem(text.data, text.size, key.data, key.size);
    if (!found)
        return (struct text){text.data, 0};
    size_t at = skip_space(text, skip_byte(text, (size_t)(found - text.data) + key.size, ':'));
    if (at < text.size && text.data[at] == '"')
        at++;
    size_t size = 0;
    while (at + size < text.size && (scan_is_word(text.data[at + size]) || text.data[at + size] == '_'))
        size++;
    return (struct text){text.data + at, size};
}

int64_t salvage_gpu_ns(struct text text) {
    const struct text item = first_item(text);
    enum event_kind kind;
    int64_t ns;
    const struct text category = value_of(item, TEXT("\"cat\""));
    if ((!category_kind(category, &kind) && !category_is_near(category, &kind)) || !event_is_gpu(kind))
        return 0;
    if (number_to_ns(value_of(item, TEXT("\"dur\"")), &ns) != NUMBER_EXACT || ns < 0 || ns > LIMIT_DURATION_NS)
        return 0;
    return ns;
}
