#include "compare/similarity.h"

#include <ctype.h>
#include <stdlib.h>

/* The parts of likeness, out of 1000; names that are not identical stay below. */
enum { OPERATION_SAME = 350, OPERATION_KIN = 250, WORK_SHARED = 400, WORDS_SHARED = 200 };

/* How sure it is that a kernel does what its name says, what that consists of, and what it may do besides. */
enum { COVERED_SAID = 700, COVERED_PART = 700, COVERED_MAYBE = 420 };

/* More of a name adds template arguments of template arguments. */
enum { NAME_BYTES_READ = 2048 };

static uint32_t hash_word(const char *word) {
    uint32_t hash = UINT32_C(2166136261); /* FNV-1a */
    for (; *word; word++)
        hash = (hash ^ (unsigned char)*word) * UINT32_C(16777619);
    return hash;
}

static void add_word(struct traits *traits, uint32_t hash) {
    uint32_t at = traits->word_count;
    for (uint32_t i = 0; i < traits->word_count; i++)
        if (traits->words[i] == hash)
            return;
    if (traits->word_count == SIMILARITY_WORDS)
        return;
    for (; at > 0 && traits->words[at - 1] > hash; at--)
        traits->words[at] = traits->words[at - 1];
    traits->words[at] = hash;
    traits->word_count++;
}

/* triton_poi_fused_add_15 -> triton_poi_fused_add: the number is another one in each compilation. */
static struct text without_index(struct text name) {
    static const char prefix[] = "triton_";
    size_t size = name.size;
    while (size > 0 && isdigit((unsigned char)name.data[size - 1]))
        size--;
    const bool indexed = size < name.size && size > sizeof prefix && name.data[size - 1] == '_' &&
                         memcmp(name.data, prefix, sizeof prefix - 1) == 0;
    return indexed ? (struct text){name.data, size - 1} : name;
}

void traits_init(struct traits *traits, const struct summary *summary, const struct kernel_row *kernel) {
    *traits = (struct traits){.identity = without_index(names_get(summary->names, kernel->readable)),
                              .kind = kernel->kind,
                              .operation = names_get(summary->names, kernel->operation)};
    struct text name = traits->identity;
    name.size = name.size < NAME_BYTES_READ ? name.size : NAME_BYTES_READ;
    traits->work = work_of_kernel(name, traits->operation);
    traits->operation_does = work_of_operation(traits->operation);
    char word[WORK_WORD_BYTES];
    for (size_t at = 0; work_next_word(name, &at, true, word);)
        add_word(traits, hash_word(word));
}

int traits_compare(const struct traits *a, const struct traits *b) {
    const int order = text_compare(a->identity, b->identity);
    return order != 0 ? order : (a->kind > b->kind) - (a->kind < b->kind);
}

static unsigned shared_words(const struct traits *a, const struct traits *b) {
    unsigned shared = 0;
    for (uint32_t i = 0, j = 0; i < a->word_count && j < b->word_count;) {
        const uint32_t left = a->words[i], right = b->words[j];
        shared += left == right;
        i += left <= right;
        j += right <= left;
    }
    return shared;
}

/* Dice's coefficient. */
static unsigned words_alike(const struct traits *a, const struct traits *b) {
    const unsigned words = a->word_count + b->word_count;
    return words == 0 ? 0 : 2000 * shared_words(a, b) / words;
}

static unsigned bits(uint64_t mask) {
    return (unsigned)__builtin_popcountll(mask);
}

/* The mean of Jaccard's and the overlap coefficient: one that does more than the other is less alike, not unlike. */
static unsigned work_alike(uint64_t a, uint64_t b) {
    const unsigned shared = bits(a & b), all = bits(a | b), smaller = bits(a) < bits(b) ? bits(a) : bits(b);
    return shared == 0 ? 0 : (1000 * shared / all + 1000 * shared / smaller) / 2;
}

unsigned similarity_of(const struct traits *a, const struct traits *b) {
    if (traits_compare(a, b) == 0)
        return SIMILARITY_IDENTICAL;
    const unsigned words = words_alike(a, b);
    const uint64_t left = a->work.does, right = b->work.does;
    if (left && right && !(left & right))
        return WORDS_SHARED * words / 1000;
    const unsigned work = left && right ? work_alike(left, right) : left || right ? 0 : words;
    const unsigned operation = text_equal(a->operation, b->operation)  ? OPERATION_SAME
                               : a->operation_does & b->operation_does ? OPERATION_KIN
                                                                       : 0;
    return operation + (WORK_SHARED * work + WORDS_SHARED * words) / 1000;
}

unsigned similarity_covered(const struct work *one, const struct work *own, const struct work *others) {
    if (one->does == 0)
        return 0;
    const uint64_t said = one->does & others->does;
    const uint64_t parts = work_parts(others->does & ~own->does) | work_pieced(one->does, others->does);
    const uint64_t part = one->does & parts & ~said;
    const uint64_t maybe = one->does & others->maybe & ~said & ~part;
    return (COVERED_SAID * bits(said) + COVERED_PART * bits(part) + COVERED_MAYBE * bits(maybe)) / bits(one->does);
}
