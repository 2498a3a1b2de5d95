#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/sort.h"
#include "seeded.h"

TestSuite(sort, .timeout = 60);

enum { WORDS = SORT_RECORD_MAX / 8 };

/* Records in the order of their pushes, and pointers to them in the order they must come out. */
struct model {
    size_t record_size, count;
    unsigned key_words;
    char *records; /* owned, as is order */
    const char **order;
};

static unsigned compared_words; /* qsort has no room for it */

static int by_key_then_push(const void *a, const void *b) {
    const char *left = *(const char *const *)a, *right = *(const char *const *)b;
    for (unsigned i = 0; i < compared_words; i++) {
        uint64_t x, y;
        memcpy(&x, left + 8 * i, 8);
        memcpy(&y, right + 8 * i, 8);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (left > right) - (left < right);
}

static uint64_t random_key(struct seeded *seeded, uint64_t n) { return (void)n, seeded_next(seeded); }
static uint64_t ascending_key(struct seeded *seeded, uint64_t n) { return (void)seeded, n; }
static uint64_t descending_key(struct seeded *seeded, uint64_t n) { return (void)seeded, UINT64_MAX - n; }
static uint64_t equal_key(struct seeded *seeded, uint64_t n) { return (void)seeded, (void)n, 42; }
static uint64_t few_keys(struct seeded *seeded, uint64_t n) { return (void)n, seeded_below(seeded, 5); }
static uint64_t extreme_key(struct seeded *seeded, uint64_t n) { return (void)n, 0 - seeded_below(seeded, 2); }
static uint64_t sawtooth_key(struct seeded *seeded, uint64_t n) { return (void)seeded, n % 1000; }
static uint64_t late_key(struct seeded *seeded, uint64_t n) { return n + (seeded_below(seeded, 50) == 0 ? 0 : 300); }

static const struct pattern {
    const char *name;
    uint64_t (*key)(struct seeded *seeded, uint64_t n);
} patterns[] = {
    {"random", random_key},       {"sorted", ascending_key},  {"reversed", descending_key},
    {"all equal", equal_key},     {"few keys", few_keys},     {"extremes", extreme_key},
    {"sawtooth", sawtooth_key},   {"nearly sorted", late_key},
};
enum { PATTERNS = sizeof patterns / sizeof *patterns };

static void model_init(struct model *model, const struct pattern *pattern, size_t count, size_t record_size,
                       unsigned key_words) {
    struct seeded seeded = {count + record_size};
    *model = (struct model){record_size, count, key_words, malloc(count * record_size + 1),
                            malloc((count + 1) * sizeof *model->order)};
    for (size_t n = 0; n < count; n++) {
        model->order[n] = model->records + n * record_size;
        for (size_t i = 0; i < record_size / 8; i++) {
            const uint64_t word = i < key_words ? pattern->key(&seeded, n) : seeded_next(&seeded) >> n % 64;
            memcpy(model->records + n * record_size + 8 * i, &word, 8);
        }
    }
    compared_words = key_words;
    qsort(model->order, count, sizeof *model->order, by_key_then_push);
}

static void model_fini(struct model *model) {
    free(model->records);
    free(model->order);
}

static void push_nth(struct sorter *sorter, const struct model *model, size_t n) {
    struct error error = {0};
    cr_assert_eq(sorter_push(sorter, model->records + n * model->record_size, &error), STATUS_OK);
}

static void expect_order(struct sorter *sorter, const struct model *model, size_t upto, const char *name) {
    struct error error = {0};
    const void *record = NULL;
    for (size_t n = 0; n < upto; n++) {
        cr_assert_eq(sorter_next(sorter, &record, &error), STATUS_OK);
        cr_assert_not_null(record, "case %s", name);
        cr_assert_eq(memcmp(record, model->order[n], model->record_size), 0, "case %s, record %zu", name, n);
    }
    for (int i = 0; i < 2 && upto == model->count; i++) {
        cr_assert_eq(sorter_next(sorter, &record, &error), STATUS_OK);
        cr_expect_null(record, "case %s", name);
    }
}

static void expect_all(struct sorter *sorter, const struct model *model, const char *name) {
    struct error error = {0};
    cr_assert_eq(sorter_finish(sorter, &error), STATUS_OK);
    cr_expect_eq(sorter_count(sorter), model->count);
    expect_order(sorter, model, model->count / 2, name);
    cr_assert_eq(sorter_rewind(sorter, &error), STATUS_OK);
    expect_order(sorter, model, model->count, name);
}

/* Sorts the model with the given budget; returns how much was spilled. */
static uint64_t check(const struct model *model, size_t budget, const char *name) {
    struct sort_space *space = sort_space_new(budget, NULL);
    struct sorter *sorter = sorter_new(space, model->record_size, model->key_words);
    for (size_t n = 0; n < model->count; n++)
        push_nth(sorter, model, n);
    expect_all(sorter, model, name);
    const uint64_t spilled = sort_space_spilled(space);
    sorter_free(sorter);
    sort_space_free(space);
    return spilled;
}

Test(sort, any_order_of_any_records_is_sorted_in_memory) {
    static const struct {
        size_t record_size;
        unsigned key_words;
    } shapes[] = {{8, 1}, {16, 1}, {16, 2}, {24, 3}, {32, 4}, {40, 2}, {72, 1}, {256, 4}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (size_t p = 0; p < PATTERNS; p++) {
            struct model model;
            model_init(&model, &patterns[p], 3000, shapes[s].record_size, shapes[s].key_words);
            cr_expect_eq(check(&model, SIZE_MAX / 2, patterns[p].name), 0);
            model_fini(&model);
        }
    }
}

Test(sort, beyond_the_budget_the_order_is_the_same) {
    static const struct {
        size_t count, record_size;
        unsigned key_words;
    } shapes[] = {{100000, 8, 1}, {50000, 24, 2}, {4000, 256, 4}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        for (size_t p = 0; p < PATTERNS; p++) {
            struct model model;
            model_init(&model, &patterns[p], shapes[s].count, shapes[s].record_size, shapes[s].key_words);
            const uint64_t spilled = check(&model, 0, patterns[p].name);
            if (p == 0) /* the others may take so few bytes that they stay in the last blocks */
                cr_expect_gt(spilled, 0, "case %s", patterns[p].name);
            model_fini(&model);
        }
    }
}

Test(sort, few_records_are_sorted_too) {
    for (size_t count = 0; count < 5; count++) {
        for (size_t p = 0; p < PATTERNS; p++) {
            struct model model;
            model_init(&model, &patterns[p], count, 16, 1);
            cr_expect_eq(check(&model, 0, patterns[p].name), 0, "too little to spill");
            cr_expect_eq(check(&model, 1 << 20, patterns[p].name), 0);
            model_fini(&model);
        }
    }
}

Test(sort, budgets_change_nothing_but_where_records_lie) {
    struct model model;
    model_init(&model, &patterns[0], 40000, 32, 2);
    for (size_t budget = 256 << 10; budget <= 4 << 20; budget *= 2) {
        const uint64_t spilled = check(&model, budget, "random");
        cr_expect(budget > 256 << 10 || spilled > 0, "budget %zu", budget);
        cr_expect(budget < 4 << 20 || spilled == 0, "budget %zu", budget);
    }
    model_fini(&model);
}

Test(sort, sorters_share_one_budget) {
    enum { SORTERS = 4 };
    struct model models[SORTERS];
    struct sorter *sorters[SORTERS];
    struct sort_space *space = sort_space_new(1 << 20, NULL);
    for (size_t i = 0; i < SORTERS; i++) {
        model_init(&models[i], &patterns[i], 10000 * (i + 1), 24 + 16 * i, 2);
        sorters[i] = sorter_new(space, models[i].record_size, 2);
    }
    for (size_t n = 0; n < 10000 * SORTERS; n++)
        for (size_t i = 0; i < SORTERS; i++)
            if (n < models[i].count)
                push_nth(sorters[i], &models[i], n);
    cr_expect_gt(sort_space_spilled(space), 0);
    for (size_t i = 0; i < SORTERS; i++)
        expect_all(sorters[i], &models[i], patterns[i].name);
    for (size_t i = 0; i < SORTERS; i++) {
        sorter_free(sorters[(i + 2) % SORTERS]);
        model_fini(&models[i]);
    }
    sort_space_free(space);
}

Test(sort, a_sorter_being_read_is_left_alone_while_others_fill) {
    struct model first, second;
    struct error error = {0};
    struct sort_space *space = sort_space_new(1 << 20, NULL);
    model_init(&first, &patterns[0], 10000, 32, 1);
    model_init(&second, &patterns[2], 50000, 32, 1);
    struct sorter *read = sorter_new(space, 32, 1), *filled = sorter_new(space, 32, 1);
    for (size_t n = 0; n < first.count; n++)
        push_nth(read, &first, n);
    cr_assert_eq(sorter_finish(read, &error), STATUS_OK);
    for (size_t n = 0; n < second.count; n++)
        push_nth(filled, &second, n);
    expect_order(read, &first, first.count, "read");
    expect_all(filled, &second, "filled");
    sorter_free(read);
    sorter_free(filled);
    sort_space_free(space);
    model_fini(&first);
    model_fini(&second);
}

/* Read after every part of the pushes, and again when all are in. */
Test(sort, a_sorter_takes_more_after_it_was_read) {
    static const size_t budgets[] = {0, 1 << 20, SIZE_MAX / 2};
    for (size_t b = 0; b < sizeof budgets / sizeof *budgets; b++) {
        for (size_t p = 0; p < PATTERNS; p++) {
            struct error error = {0};
            struct model model;
            struct sort_space *space = sort_space_new(budgets[b], NULL);
            struct sorter *sorter = sorter_new(space, 24, 2);
            for (size_t count = 0, pushed = 0; count <= 20000; count += 4000) {
                model_init(&model, &patterns[p], 20000, 24, 2);
                model.count = count;
                for (size_t n = 0; n < count; n++)
                    model.order[n] = model.records + n * 24;
                qsort(model.order, count, sizeof *model.order, by_key_then_push);
                for (; pushed < count; pushed++)
                    push_nth(sorter, &model, pushed);
                expect_all(sorter, &model, patterns[p].name);
                sorter_reopen(sorter);
                model_fini(&model);
            }
            cr_expect_eq(sorter_finish(sorter, &error), STATUS_OK);
            sorter_free(sorter);
            sort_space_free(space);
        }
    }
}

/* Each reading ends a run; when there are too many they become one, which takes part in later merges. */
Test(sort, a_sorter_is_read_more_often_than_runs_are_merged_at_once) {
    struct error error = {0};
    struct sort_space *space = sort_space_new(1 << 20, NULL);
    struct sorter *sorter = sorter_new(space, 16, 1);
    for (uint64_t round = 0; round < 600; round++) {
        for (uint64_t n = 0; n < 3; n++) {
            const uint64_t record[2] = {(round * 3 + n) * 7919 % 1000, round * 3 + n};
            cr_assert_eq(sorter_push(sorter, record, &error), STATUS_OK);
        }
        cr_assert_eq(sorter_finish(sorter, &error), STATUS_OK);
        uint64_t count = 0, before[2] = {0, 0};
        const void *at;
        while (sorter_next(sorter, &at, &error) == STATUS_OK && at) {
            const uint64_t *record = at;
            cr_assert_eq(record[0], record[1] * 7919 % 1000);
            cr_assert(count == 0 || record[0] > before[0] || (record[0] == before[0] && record[1] > before[1]));
            memcpy(before, record, sizeof before);
            count++;
        }
        cr_assert_eq(count, 3 * (round + 1));
        sorter_reopen(sorter);
    }
    sorter_free(sorter);
    sort_space_free(space);
}

Test(sort, memory_given_back_is_used_again) {
    struct model model;
    struct sort_space *space = sort_space_new(2 << 20, NULL);
    model_init(&model, &patterns[0], 30000, 32, 1);
    for (int i = 0; i < 5; i++) {
        struct sorter *sorter = sorter_new(space, 32, 1);
        for (size_t n = 0; n < model.count; n++)
            push_nth(sorter, &model, n);
        expect_all(sorter, &model, "again");
        sorter_free(sorter);
    }
    cr_expect_eq(sort_space_spilled(space), 0);
    sort_space_free(space);
    model_fini(&model);
}

/* Too many records to keep a model: (key, push index) must strictly rise, and every key be the one of its index. */
Test(sort, more_runs_than_can_be_read_at_once_are_merged_in_order) {
    enum { RECORDS = 270000, KEYS = 1000 };
    struct error error = {0};
    struct sort_space *space = sort_space_new(0, NULL);
    struct sorter *sorter = sorter_new(space, SORT_RECORD_MAX, 1);
    uint64_t words[WORDS] = {0}, count = 0, before[2] = {0, 0};
    for (uint64_t n = 0; n < RECORDS; n++) {
        words[0] = n * 7919 % KEYS;
        words[1] = n;
        cr_assert_eq(sorter_push(sorter, words, &error), STATUS_OK);
    }
    const uint64_t spilled_once = sort_space_spilled(space);
    cr_assert_eq(sorter_finish(sorter, &error), STATUS_OK);
    cr_expect_gt(sort_space_spilled(space), 3 * spilled_once / 2, "written again when runs were merged");
    const void *record;
    while (sorter_next(sorter, &record, &error) == STATUS_OK && record) {
        memcpy(words, record, sizeof words);
        cr_assert_eq(words[0], words[1] * 7919 % KEYS);
        cr_assert(count == 0 || words[0] > before[0] || (words[0] == before[0] && words[1] > before[1]));
        memcpy(before, words, sizeof before);
        count++;
    }
    cr_expect_eq(count, RECORDS);
    sorter_free(sorter);
    sort_space_free(space);
}

/* Pushes until something goes wrong. */
static enum status overfill(const char *directory, struct error *error) {
    struct seeded seeded = {9};
    struct sort_space *space = sort_space_new(0, directory);
    struct sorter *sorter = sorter_new(space, 8, 1);
    enum status status = STATUS_OK;
    for (size_t n = 0; n < 200000 && status == STATUS_OK; n++) {
        const uint64_t record = seeded_next(&seeded);
        status = sorter_push(sorter, &record, error);
    }
    sorter_free(sorter);
    sort_space_free(space);
    return status;
}

Test(sort, a_directory_that_does_not_exist_is_an_error) {
    struct error error = {0};
    cr_expect_eq(overfill("/nonexistent/directory", &error), STATUS_IO);
    cr_expect(strstr(error.cause[0].text, "/nonexistent/directory"));
}

Test(sort, a_full_disk_is_an_error) {
    struct rlimit before;
    struct error error = {0};
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = {100000, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    const enum status status = overfill(NULL, &error);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    cr_expect_eq(status, STATUS_IO);
    cr_expect(strstr(error.cause[0].text, "writing a temporary file"));
}

Test(sort, signed_values_keep_their_order_as_keys) {
    static const int64_t ascending[] = {INT64_MIN, INT64_MIN + 1, -1000, -1, 0, 1, 1000, INT64_MAX - 1, INT64_MAX};
    for (size_t i = 0; i < sizeof ascending / sizeof *ascending; i++) {
        cr_expect_eq(sort_value_signed(sort_key_signed(ascending[i])), ascending[i]);
        if (i > 0)
            cr_expect_lt(sort_key_signed(ascending[i - 1]), sort_key_signed(ascending[i]));
    }
    sorter_free(NULL);
}
