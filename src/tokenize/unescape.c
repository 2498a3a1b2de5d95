#include "tokenize/unescape.h"

#include <stdint.h>

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

static bool is_plain_byte(unsigned char c) {
    return c != '\\' && c >= 0x20 && c < 0x80;
}

/* Eight bytes at once; below 0x80 no byte carries into the next. */
static bool are_plain(uint64_t word) {
    const uint64_t each = UINT64_C(0x0101010101010101), high = UINT64_C(0x80) * each;
    const uint64_t slash = word ^ each * '\\';
    const uint64_t control = ~(word + each * 0x60), slashes = ~(slash + each * 0x7F);
    return ((word | control | slashes) & high) == 0;
}

static bool is_plain(struct text raw) {
    size_t i = 0;
    for (uint64_t word; raw.size - i >= sizeof word; i += sizeof word) {
        memcpy(&word, raw.data + i, sizeof word);
        if (!are_plain(word))
            return false;
    }
    for (; i < raw.size; i++)
        if (!is_plain_byte((unsigned char)raw.data[i]))
            return false;
    return true;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hexadecimal digits at text[at]; -1 when they are not there. */
static int32_t hex_four(struct text text, size_t at) {
    if (text.size - at < 4 || at > text.size)
        return -1;
    int32_t value = 0;
    for (size_t i = at; i < at + 4; i++) {
        const int digit = hex_digit(text.data[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

static enum status put_code_point(struct buf *out, uint32_t code, struct error *error) {
    char bytes[4];
    size_t size;
    if (code < 0x80) {
        bytes[0] = (char)code;
        size = 1;
    } else if (code < 0x800) {
        bytes[0] = (char)(0xC0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 0x3F));
        size = 2;
    } else if (code < 0x10000) {
        bytes[0] = (char)(0xE0 | code >> 12);
        bytes[1] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[2] = (char)(0x80 | (code & 0x3F));
        size = 3;
    } else {
        bytes[0] = (char)(0xF0 | code >> 18);
        bytes[1] = (char)(0x80 | (code >> 12 & 0x3F));
        bytes[2] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[3] = (char)(0x80 | (code & 0x3F));
        size = 4;
    }
    return buf_append(out, bytes, size, error);
}

/* \uXXXX at raw[*at], where *at is behind the u; surrogate pairs become one code point. */
static enum status put_unicode(struct text raw, size_t *at, struct buf *out, bool *repaired, struct error *error) {
    const int32_t high = hex_four(raw, *at);
    *at += high < 0 ? 0 : 4;
    if (high >= 0xD800 && high < 0xDC00 && raw.size - *at >= 6 && raw.data[*at] == '\\' && raw.data[*at + 1] == 'u') {
        const int32_t low = hex_four(raw, *at + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            *at += 6;
            return put_code_point(out, 0x10000 + ((uint32_t)(high - 0xD800) << 10) + (uint32_t)(low - 0xDC00), error);
        }
    }
    if (high >= 0 && (high < 0xD800 || high >= 0xE000))
        return put_code_point(out, (uint32_t)high, error);
    *repaired = true;
    return buf_append(out, replacement, 3, error);
}

/* Length of the valid UTF-8 sequence at text[at] (RFC 3629, section 4), 0 when it is not one. */
static size_t sequence_length(struct text text, size_t at) {
    const unsigned char *s = (const unsigned char *)text.data + at;
    const size_t left = text.size - at;
    const size_t length = s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : s[0] < 0xF5 ? 4 : 0;
    if (length == 0 || left < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    const bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    const bool too_large = (s[0] == 0xED && s[1] >= 0xA0) || (s[0] == 0xF4 && s[1] >= 0x90);
    return overlong || too_large ? 0 : length;
}

static enum status put_byte(struct text raw, size_t *at, struct buf *out, bool *repaired, struct error *error) {
    const unsigned char c = (unsigned char)raw.data[*at];
    if (c < 0x80) {
        *repaired = *repaired || c < 0x20;
        return buf_append(out, &raw.data[(*at)++], 1, error);
    }
    const size_t length = sequence_length(raw, *at);
    const char *bytes = length > 0 ? raw.data + *at : replacement;
    *repaired = *repaired || length == 0;
    *at += length > 0 ? length : 1;
    return buf_append(out, bytes, length > 0 ? length : 3, error);
}

/* The escape whose letter is at raw[*at]; of one that JSON does not know the letter stays. */
static enum status put_escape(struct text raw, size_t *at, struct buf *out, bool *repaired, struct error *error) {
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char letter = raw.data[*at];
    const char *known = letter ? strchr(letters, letter) : NULL;
    if (letter != 'u' && !known) {
        *repaired = true;
        return put_byte(raw, at, out, repaired, error);
    }
    ++*at;
    return known ? buf_append(out, &values[known - letters], 1, error) : put_unicode(raw, at, out, repaired, error);
}

enum status unescape(struct text raw, struct buf *scratch, struct text *out, bool *repaired, struct error *error) {
    *out = raw;
    *repaired = false;
    if (is_plain(raw))
        return STATUS_OK;
    buf_clear(scratch);
    for (size_t at = 0; at < raw.size;) {
        if (raw.data[at] == '\\' && at + 1 < raw.size) {
            at++;
            TRY(put_escape(raw, &at, scratch, repaired, error));
        } else {
            TRY(put_byte(raw, &at, scratch, repaired, error));
        }
    }
    *out = (struct text){scratch->data, scratch->size};
    return STATUS_OK;
}
