#include "tokenize/field_finder.h"

#include "base/limits.h"
#include "tokenize/category.h"
#include "tokenize/damaged_word.h"
#include "tokenize/unescape.h"

void field_finder_init(struct field_finder *finder) {
    *finder = (struct field_finder){.careful = false};
    tokens_init(&finder->tokens);
    buf_init(&finder->scratch, (size_t)LIMIT_ITEM_BYTES * 3); /* each bad byte becomes three */
}

void field_finder_fini(struct field_finder *finder) {
    tokens_fini(&finder->tokens);
    buf_fini(&finder->scratch);
}

/* Which of the words the string is; the place of the closing NULL when it is none. */
static enum status find_word(struct field_finder *finder, struct text raw, const char *const *words, size_t *which,
                             struct error *error) {
    bool repaired;
    struct text text;
    TRY(unescape(raw, &finder->scratch, &text, &repaired, error));
    for (*which = 0; words[*which] && !text_equal(text, text_from(words[*which]));)
        ++*which;
    return STATUS_OK;
}

/* The same, by the letters that are not stray. */
static size_t find_word_within(struct text raw, const char *const *words) {
    size_t which = 0;
    while (words[which] && !word_is_within(raw, words[which]))
        which++;
    return which;
}

/* The keys of an object: bit i is for the i-th word. */
struct keys_met {
    unsigned whole, within, near;
};

/* Which of the words a key is, and notes it; to be skipped when it is but the damaged form of one. */
static enum status find_key(struct field_finder *finder, int key, const char *const *words, struct keys_met *met,
                            size_t *which, struct error *error) {
    const struct text raw = tokens_text(&finder->tokens, key);
    TRY(find_word(finder, raw, words, which, error));
    if (words[*which]) {
        met->whole |= 1U << *which;
        return STATUS_OK;
    }
    if (!finder->careful)
        return STATUS_OK;
    const size_t none = *which;
    *which = find_word_within(raw, words);
    for (unsigned i = 0; words[i]; i++)
        met->near |= (unsigned)word_is_near(raw, words[i]) << i;
    if (words[*which] && !(met->whole >> *which & 1))
        met->within |= 1U << *which;
    else
        *which = none;
    return STATUS_OK;
}

/* What is there as well needs no damaged one. */
static void judge_keys(struct field_finder *finder, struct keys_met met) {
    finder->repaired = finder->repaired || (met.within & ~met.whole);
    finder->damaged = finder->damaged || (met.near & ~met.whole & ~met.within);
}

static struct field field_of(const struct field_finder *finder, int token) {
    static const enum field_type types[] = {
        [JSMN_STRING] = FIELD_STRING,
        [JSMN_PRIMITIVE] = FIELD_PRIMITIVE,
        [JSMN_OBJECT] = FIELD_OTHER,
        [JSMN_ARRAY] = FIELD_OTHER,
    };
    struct field field = {.type = types[finder->tokens.list[token].type]};
    if (field_is_scalar(field))
        field.text = tokens_text(&finder->tokens, token);
    return field;
}

/* A key that comes twice counts as its last. */
static enum status find_arguments(struct field_finder *finder, int object, struct fields *fields, bool *broken,
                                  struct error *error) {
    static const char *const names[] = {"correlation", "External id", "device", NULL};
    struct field *const known[] = {&fields->correlation, &fields->external_id, &fields->device};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        *known[i] = (struct field){.type = FIELD_MISSING};
    if (finder->tokens.list[object].type != JSMN_OBJECT)
        return STATUS_OK;
    int key = 0;
    struct keys_met met = {0};
    while (tokens_next_pair(&finder->tokens, object, &key, broken)) {
        size_t which;
        TRY(find_key(finder, key, names, &met, &which, error));
        if (names[which])
            *known[which] = field_of(finder, key + 1);
    }
    judge_keys(finder, met);
    return STATUS_OK;
}

static enum status find_all(struct field_finder *finder, struct fields *fields, bool *broken, struct error *error) {
    static const char *const names[] = {"ph", "cat", "name", "pid", "tid", "ts", "dur", "args", NULL};
    struct field *const known[] = {&fields->ph,  &fields->cat, &fields->name, &fields->pid,
                                   &fields->tid, &fields->ts,  &fields->dur};
    enum { ARGUMENTS = sizeof known / sizeof *known };
    *fields = (struct fields){0};
    *broken = finder->tokens.list[0].type != JSMN_OBJECT;
    int key = 0;
    struct keys_met met = {0};
    while (!*broken && tokens_next_pair(&finder->tokens, 0, &key, broken)) {
        size_t which;
        TRY(find_key(finder, key, names, &met, &which, error));
        if (which == ARGUMENTS)
            TRY(find_arguments(finder, key + 1, fields, broken, error));
        else if (names[which])
            *known[which] = field_of(finder, key + 1);
    }
    judge_keys(finder, met);
    return STATUS_OK;
}

static enum status find_any_word(struct field_finder *finder, struct text raw, const char *const *words, size_t *which,
                                 struct error *error) {
    TRY(find_word(finder, raw, words, which, error));
    if (words[*which])
        return STATUS_OK;
    *which = find_word_within(raw, words);
    finder->repaired = finder->repaired || words[*which];
    return STATUS_OK;
}

/* Category and ph are words of a list as well. */
static enum status read_words(struct field_finder *finder, struct fields *fields, struct error *error) {
    static const char *const types[] = {"X", NULL};
    size_t which;
    if (fields->ph.type == FIELD_STRING && !text_equal(fields->ph.text, TEXT("X"))) {
        TRY(find_any_word(finder, fields->ph.text, types, &which, error));
        fields->ph.text = types[which] ? text_from(types[which]) : fields->ph.text;
    }
    enum event_kind kind;
    if (fields->cat.type == FIELD_STRING && !category_kind(fields->cat.text, &kind)) {
        TRY(find_any_word(finder, fields->cat.text, category_names(), &which, error));
        fields->cat.text = category_names()[which] ? text_from(category_names()[which]) : fields->cat.text;
        finder->damaged = finder->damaged || (!category_names()[which] && category_is_near(fields->cat.text, &kind));
    }
    return STATUS_OK;
}

enum status field_finder_find(struct field_finder *finder, struct text span, struct fields *fields, bool *valid,
                              bool *broken, struct error *error) {
    *broken = finder->careful = finder->repaired = finder->damaged = false;
    TRY(tokens_parse(&finder->tokens, span, valid, error));
    return *valid ? find_all(finder, fields, broken, error) : STATUS_OK;
}

enum status field_finder_find_damaged(struct field_finder *finder, struct fields *fields, struct error *error) {
    bool broken;
    finder->careful = true;
    TRY(find_all(finder, fields, &broken, error));
    return read_words(finder, fields, error);
}
