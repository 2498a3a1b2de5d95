#include "tokenize/syntax.h"

#include "tokenize/scan.h"

enum expected {
    A_VALUE, /* also a comma too many, or the end of the array */
    A_KEY,   /* likewise, or the end of the object */
    A_COLON,
    THE_VALUE, /* behind a colon: nothing else */
    A_COMMA,   /* or the end of what is open */
    A_WORD,    /* more of it */
    A_LETTER,  /* more of a string */
    AN_ESCAPED_LETTER,
};

static bool is_deep(const struct syntax *syntax) {
    return syntax->depth > LIMIT_ITEM_DEPTH;
}

/* Of what is too deep it is not known. */
static bool in_array(const struct syntax *syntax) {
    const uint64_t level = syntax->depth - 1;
    return syntax->arrays[level / 64] >> (level % 64) & 1;
}

static bool is_blank(char c) {
    return (unsigned char)c <= ' ';
}

static void open_bracket(struct syntax *syntax, char c) {
    const uint64_t level = syntax->depth++;
    syntax->expected = c == '[' ? A_VALUE : A_KEY;
    if (is_deep(syntax))
        return;
    const uint64_t bit = UINT64_C(1) << (level % 64);
    if (c == '[')
        syntax->arrays[level / 64] |= bit;
    else
        syntax->arrays[level / 64] &= ~bit;
}

static bool close_bracket(struct syntax *syntax, char c) {
    if (in_array(syntax) != (c == ']'))
        return false;
    syntax->depth--;
    syntax->expected = A_COMMA;
    return true;
}

static void begin_string(struct syntax *syntax, bool is_key) {
    syntax->is_key = is_key;
    syntax->letters = 0;
    syntax->expected = A_LETTER;
}

static bool take_value(struct syntax *syntax, char c) {
    if (c == '{' || c == '[')
        open_bracket(syntax, c);
    else if (c == '"')
        begin_string(syntax, false);
    else if (scan_is_word(c))
        syntax->expected = A_WORD;
    else
        return false;
    return true;
}

static bool take_key(struct syntax *syntax, char c) {
    if (c == '}')
        return close_bracket(syntax, c);
    if (c == '"')
        begin_string(syntax, true);
    return c == '"' || c == ',';
}

static bool take_comma(struct syntax *syntax, char c) {
    if (c == '}' || c == ']')
        return close_bracket(syntax, c);
    syntax->expected = in_array(syntax) ? A_VALUE : A_KEY;
    return c == ',';
}

/* Letters of a key that may become "ph": p makes 1, h behind it 2, anything else makes 3 for good. */
static void count_letter(struct syntax *syntax, char c) {
    const bool fits = syntax->letters < 2 && c == "ph"[syntax->letters];
    syntax->letters = fits ? (unsigned char)(syntax->letters + 1) : 3;
}

static void end_string(struct syntax *syntax) {
    syntax->expected = syntax->is_key ? A_COLON : A_COMMA;
    syntax->has_ph = syntax->has_ph || (syntax->is_key && syntax->depth == 1 && syntax->letters == 2);
}

static void take_letter(struct syntax *syntax, char c) {
    if (c == '"') {
        end_string(syntax);
        return;
    }
    syntax->expected = c == '\\' ? AN_ESCAPED_LETTER : A_LETTER;
    count_letter(syntax, c);
}

/* Deeper than can be known, brackets are only counted; what stands between them passes. */
static void take_deep(struct syntax *syntax, char c) {
    if (c == '{' || c == '[')
        syntax->depth++;
    else if (c == '}' || c == ']')
        syntax->depth--;
    else if (c == '"')
        begin_string(syntax, false);
    if (!is_deep(syntax))
        syntax->expected = A_COMMA;
}

static bool take(struct syntax *syntax, char c) {
    if (syntax->expected == A_WORD) {
        if (scan_is_word(c))
            return true;
        syntax->expected = A_COMMA;
    }
    if (is_blank(c))
        return true;
    switch ((enum expected)syntax->expected) {
    case A_VALUE:
        return c == ',' || (c == ']' ? close_bracket(syntax, c) : take_value(syntax, c));
    case A_KEY:
        return take_key(syntax, c);
    case A_COLON:
        syntax->expected = THE_VALUE;
        return c == ':';
    case THE_VALUE:
        return take_value(syntax, c);
    case A_COMMA:
        return take_comma(syntax, c);
    default:
        return false;
    }
}

void syntax_begin_in_object(struct syntax *syntax) {
    *syntax = (struct syntax){.depth = 1, .expected = A_COMMA};
}

enum syntax_answer syntax_walk(struct syntax *syntax, const char *data, size_t size, size_t *used) {
    for (size_t at = 0; at < size; at++) {
        const char c = data[at];
        *used = at;
        if (syntax->expected == A_LETTER)
            take_letter(syntax, c);
        else if (syntax->expected == AN_ESCAPED_LETTER)
            syntax->expected = A_LETTER;
        else if (is_deep(syntax))
            take_deep(syntax, c);
        else if (!take(syntax, c))
            return SYNTAX_ERROR;
        if (syntax->depth == 0 && !is_blank(c)) {
            *used = at + 1;
            return SYNTAX_DONE;
        }
    }
    *used = size;
    return SYNTAX_MORE;
}
