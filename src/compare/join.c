#include "compare/join.h"

#include <stdlib.h>

#include "base/limits.h"

struct key {
    struct text name;
    enum event_kind kind; /* EVENT_KERNEL for operations, which have none */
    uint32_t row;
};

struct keys {
    struct key *keys; /* owned */
    uint32_t count;
};

/* Which table is joined. */
struct table {
    uint32_t (*count)(const struct summary *summary);
    struct key (*key)(const struct summary *summary, uint32_t row);
};

static uint32_t operation_count(const struct summary *summary) {
    return summary->operation_count;
}
static uint32_t kernel_count(const struct summary *summary) {
    return summary->kernel_count;
}

static struct key operation_key(const struct summary *summary, uint32_t row) {
    return (struct key){names_get(summary->names, summary->operations[row].operation), EVENT_KERNEL, row};
}

static struct key kernel_key(const struct summary *summary, uint32_t row) {
    const struct kernel_row *kernel = &summary->kernels[row];
    return (struct key){names_get(summary->names, kernel->name), kernel->kind, row};
}

static int key_compare(const struct key *a, const struct key *b) {
    const int order = text_compare(a->name, b->name);
    return order != 0 ? order : (a->kind > b->kind) - (a->kind < b->kind);
}

/* Rows break ties, so that the outcome does not rest on how qsort treats equal keys. */
static int key_order(const void *left, const void *right) {
    const struct key *a = left, *b = right;
    const int order = key_compare(a, b);
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row);
}

static enum status keys_sorted(struct keys *keys, const struct table *table, const struct summary *summary,
                               struct error *error) {
    keys->count = table->count(summary);
    if (keys->count > LIMIT_TABLE_ROWS)
        return FAIL(error, STATUS_LIMIT, "a table of a summary has more than %d rows", LIMIT_TABLE_ROWS);
    keys->keys = calloc((size_t)keys->count + 1, sizeof *keys->keys);
    if (!keys->keys)
        return FAIL_MEMORY(error);
    for (uint32_t row = 0; row < keys->count; row++)
        keys->keys[row] = table->key(summary, row);
    qsort(keys->keys, keys->count, sizeof *keys->keys, key_order);
    return STATUS_OK;
}

static struct join_pair next_pair(const struct keys *base, uint32_t *b, const struct keys *test, uint32_t *t) {
    const bool base_ended = *b == base->count, test_ended = *t == test->count;
    const int order = base_ended ? 1 : test_ended ? -1 : key_compare(&base->keys[*b], &test->keys[*t]);
    return (struct join_pair){
        order <= 0 ? base->keys[(*b)++].row : JOIN_NONE,
        order >= 0 ? test->keys[(*t)++].row : JOIN_NONE,
    };
}

static enum status merge(struct join *join, const struct keys *base, const struct keys *test, struct error *error) {
    join->pairs = calloc((size_t)base->count + test->count + 1, sizeof *join->pairs);
    if (!join->pairs)
        return FAIL_MEMORY(error);
    for (uint32_t b = 0, t = 0; b < base->count || t < test->count;)
        join->pairs[join->count++] = next_pair(base, &b, test, &t);
    return STATUS_OK;
}

static enum status join_tables(struct join *join, const struct table *table, const struct summary *base,
                               const struct summary *test, struct error *error) {
    *join = (struct join){0};
    struct keys base_keys = {0}, test_keys = {0};
    enum status status = keys_sorted(&base_keys, table, base, error);
    if (status == STATUS_OK)
        status = keys_sorted(&test_keys, table, test, error);
    if (status == STATUS_OK)
        status = merge(join, &base_keys, &test_keys, error);
    free(base_keys.keys);
    free(test_keys.keys);
    return status;
}

enum status join_operations(struct join *join, const struct summary *base, const struct summary *test,
                            struct error *error) {
    static const struct table operations = {operation_count, operation_key};
    return join_tables(join, &operations, base, test, error);
}

enum status join_kernels(struct join *join, const struct summary *base, const struct summary *test,
                         struct error *error) {
    static const struct table kernels = {kernel_count, kernel_key};
    return join_tables(join, &kernels, base, test, error);
}
