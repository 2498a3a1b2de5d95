#include "tokenize/number.h"

/* The digits of a number without its point: value = 0.d1 d2 d3 … * 10^point. Borrowed from the text, where the
 * decimal point may lie between them. */
struct decimal {
    bool negative;
    const char *digits; /* the first one that is not 0 */
    const char *end;
    int64_t point;
};

enum { EXPONENT_MAX = 100000 }; /* beyond, the value is out of range or 0 whatever its digits */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct text trim(struct text text) {
    while (text.size > 0 && is_space(text.data[0]))
        text = (struct text){text.data + 1, text.size - 1};
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

static bool read_sign(const char **at, const char *end) {
    const bool negative = *at < end && **at == '-';
    if (*at < end && (**at == '-' || **at == '+'))
        ++*at;
    return negative;
}

static bool read_exponent(const char *at, const char *end, int64_t *exponent) {
    *exponent = 0;
    if (at == end)
        return true;
    if (*at != 'e' && *at != 'E')
        return false;
    at++;
    const bool negative = read_sign(&at, end);
    if (at == end)
        return false;
    for (; at < end; at++) {
        if (!is_digit(*at))
            return false;
        if (*exponent < EXPONENT_MAX)
            *exponent = *exponent * 10 + (*at - '0');
    }
    *exponent = negative ? -*exponent : *exponent;
    return true;
}

static bool read_decimal(struct text text, struct decimal *decimal) {
    text = trim(text);
    const char *at = text.data, *end = text.data + text.size;
    decimal->negative = read_sign(&at, end);
    const char *point = NULL, *first = NULL, *start = at;
    while (at < end && (is_digit(*at) || (*at == '.' && !point))) {
        if (*at == '.')
            point = at;
        else if (!first && *at != '0')
            first = at;
        at++;
    }
    if (at - start - (point ? 1 : 0) == 0)
        return false;
    int64_t exponent;
    if (!read_exponent(at, end, &exponent))
        return false;
    decimal->digits = first ? first : at;
    decimal->end = at;
    const char *units_end = point ? point : at; /* digits before it count whole units */
    decimal->point = (first ? units_end - first + (first > units_end ? 1 : 0) : 0) + exponent;
    return true;
}

static const char *next_digit(const char *at, const char *end) {
    return at < end && *at == '.' ? at + 1 : at;
}

/* The integer part, its size in *parity terms and what follows: below, at or above one half. */
static bool round_decimal(const struct decimal *decimal, bool half_even, uint64_t *value) {
    const char *at = decimal->digits;
    uint64_t whole = 0;
    for (int64_t i = 0; i < decimal->point; i++) {
        at = next_digit(at, decimal->end);
        const uint64_t digit = at < decimal->end ? (uint64_t)(*at++ - '0') : 0;
        if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, digit, &whole))
            return false;
        if (whole == 0 && i > 0)
            break; /* only zeros: the number is 0 */
    }
    at = next_digit(at, decimal->end);
    if (half_even && decimal->point >= 0 && at < decimal->end && *at >= '5') {
        bool above_half = *at > '5';
        for (at++; at < decimal->end && !above_half; at++)
            above_half = *at != '.' && *at != '0';
        if ((above_half || (whole & 1)) && __builtin_add_overflow(whole, 1, &whole))
            return false;
    }
    *value = whole;
    return true;
}

/* The value of the digits at the start of the text; *count: how many, at most `most` (19 or less). */
static uint64_t leading_digits(const char *text, size_t most, size_t *count) {
    uint64_t value = 0;
    size_t i = 0;
    while (i < most && is_digit(text[i]))
        value = value * 10 + (uint64_t)(text[i++] - '0');
    *count = i;
    return value;
}

/* Eight digits at once: pairs, then pairs of pairs. False when one of the bytes is none. */
static inline bool eight_digits(uint64_t word, uint64_t *value) {
    const uint64_t high = word & UINT64_C(0xF0F0F0F0F0F0F0F0);
    const uint64_t above_nine = (word + UINT64_C(0x0606060606060606)) & UINT64_C(0xF0F0F0F0F0F0F0F0);
    if (high != UINT64_C(0x3030303030303030) || above_nine != high)
        return false;
    word -= UINT64_C(0x3030303030303030);
    word = word * 10 + (word >> 8);
    const uint64_t mask = UINT64_C(0x000000FF000000FF);
    *value = ((word & mask) * (UINT64_C(100) + (UINT64_C(1000000) << 32)) +
              (word >> 16 & mask) * (UINT64_C(1) + (UINT64_C(10000) << 32))) >>
             32;
    return true;
}

/* The last eight bytes of a text, one of fewer with zeros before it. */
static inline uint64_t last_eight(struct text text) {
    uint64_t word = UINT64_C(0x3030303030303030);
    if (text.size >= sizeof word) {
        memcpy(&word, text.data + text.size - sizeof word, sizeof word);
        return word;
    }
    if (text.size < 4) {
        for (size_t i = 0; i < text.size; i++)
            word = word >> 8 | (uint64_t)(unsigned char)text.data[i] << 56;
        return word;
    }
    uint32_t first, last; /* which overlap */
    memcpy(&first, text.data, sizeof first);
    memcpy(&last, text.data + text.size - sizeof last, sizeof last);
    return word >> 8 * text.size | (uint64_t)first << 8 * (8 - text.size) | (uint64_t)last << 32;
}

/* How many decimals there are, if 1 to 3 and something before the point. */
static size_t count_decimals(struct text text) {
    for (size_t places = 3; places > 0; places--)
        if (text.size > places + 1 && text.data[text.size - 1 - places] == '.')
            return places;
    return 0;
}

/* The common form, such as 1428625731896.179: up to 16 digits, then a point and up to 3 more or nothing. */
static bool fast_ns(struct text text, int64_t *ns) {
    enum { WHOLE_DIGITS = 16 }; /* times 1000 still fits 64 bits */
    static const uint32_t power[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    const size_t places = count_decimals(text), before = text.size < 8 ? 0 : text.size - 8;
    if (text.size == 0 || text.size - (places > 0 ? places + 1 : 0) > WHOLE_DIGITS)
        return false;
    uint64_t word = last_eight(text), head = 0, tail;
    if (places > 0) { /* the digits before the point move up to those behind it */
        const size_t behind = 8 * (8 - places);
        word = (word & ((UINT64_C(1) << (behind - 8)) - 1)) << 8 | word >> behind << behind | '0';
    }
    size_t at = 0, count;
    if (before >= 8 && eight_digits(last_eight((struct text){text.data, 8}), &head))
        at = 8;
    const uint64_t rest = leading_digits(text.data + at, before - at, &count);
    if (at + count != before || !eight_digits(word, &tail))
        return false;
    head = head * power[count & 7] + rest;
    const uint64_t value = (head * (places > 0 ? 10000000 : 100000000) + tail) * power[3 - places];
    *ns = (int64_t)value;
    return value < INT64_MAX;
}

/* Digits only, few enough to fit. */
static bool fast_id(struct text text, uint64_t *id) {
    size_t count;
    if (text.size == 0 || text.size > 18)
        return false;
    const uint64_t value = leading_digits(text.data, text.size, &count);
    if (count != text.size)
        return false;
    *id = value;
    return true;
}

enum number_range number_to_ns(struct text text, int64_t *ns) {
    if (fast_ns(text, ns))
        return NUMBER_EXACT;
    struct decimal decimal;
    uint64_t magnitude;
    if (!read_decimal(text, &decimal))
        return NUMBER_NONE;
    decimal.point += 3;
    const bool fits = round_decimal(&decimal, true, &magnitude) && magnitude < (uint64_t)INT64_MAX;
    *ns = fits ? (int64_t)magnitude : INT64_MAX;
    *ns = decimal.negative ? -*ns : *ns;
    return fits ? NUMBER_EXACT : NUMBER_BEYOND;
}

bool number_to_id(struct text text, uint64_t *id) {
    struct decimal decimal;
    uint64_t magnitude;
    if (fast_id(text, id))
        return true;
    if (!read_decimal(text, &decimal) || !round_decimal(&decimal, false, &magnitude))
        return false;
    *id = decimal.negative ? 0 - magnitude : magnitude;
    return true;
}
