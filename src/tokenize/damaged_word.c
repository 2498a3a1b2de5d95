#include "tokenize/damaged_word.h"

#include <string.h>

enum { LEAST_LETTERS = 3 };

static bool is_stray(char c) {
    return (unsigned char)c < ' ' || strchr("\"\\{}[],:", c);
}

bool word_is_plain(struct text raw) {
    for (size_t i = 0; i < raw.size; i++)
        if (is_stray(raw.data[i]))
            return false;
    return true;
}

bool word_is_within(struct text raw, const char *word) {
    for (size_t i = 0; i < raw.size; i++) {
        if (is_stray(raw.data[i]))
            continue;
        if (raw.data[i] != *word++)
            return false;
    }
    return *word == 0;
}

/* How far the two are the same. */
static size_t same_letters(struct text raw, const char *word) {
    size_t same = 0;
    while (same < raw.size && raw.data[same] == word[same])
        same++;
    return same;
}

static bool ends_with(struct text raw, size_t from, const char *end) {
    return memcmp(raw.data + from, end, raw.size - from) == 0;
}

bool word_is_near(struct text raw, const char *word) {
    const size_t size = strlen(word);
    if (size < LEAST_LETTERS)
        return false;
    if (raw.size != size)
        return raw.size + 1 == size && size > LEAST_LETTERS &&
               ends_with(raw, same_letters(raw, word), word + same_letters(raw, word) + 1);
    const size_t other = same_letters(raw, word);
    return other < size && (raw.data[other] ^ word[other]) != ('a' ^ 'A') &&
           ends_with(raw, other + 1, word + other + 1);
}
