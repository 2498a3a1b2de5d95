#include "aggregate/tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"

/* Everything a table's sort looks at. */
struct maker {
    struct summary *summary;
    const struct cells *cells;
    const struct classes *classes;
    struct buf left, right; /* texts of two stacks */
};

static struct text name_of(const struct maker *maker, uint32_t id) {
    return names_get(maker->summary->names, id);
}

/* Largest first; ties by name. */
static int compare_totals(const struct maker *maker, int64_t a_ns, int64_t b_ns, uint32_t a, uint32_t b) {
    if (a_ns != b_ns)
        return a_ns > b_ns ? -1 : 1;
    return text_compare(name_of(maker, a), name_of(maker, b));
}

static int compare_kernels(const void *a, const void *b, void *context) {
    const struct kernel_row *left = a, *right = b;
    const int order = compare_totals(context, left->stats.total_ns, right->stats.total_ns, left->name, right->name);
    return order != 0 ? order : (int)left->kind - (int)right->kind;
}

static int compare_operations(const void *a, const void *b, void *context) {
    const struct operation_row *left = a, *right = b;
    return compare_totals(context, left->stats.total_ns, right->stats.total_ns, left->operation, right->operation);
}

static int compare_ops(const void *a, const void *b, void *context) {
    const struct cpu_op_row *left = a, *right = b;
    return compare_totals(context, left->gpu_total_ns, right->gpu_total_ns, left->name, right->name);
}

static void *allocate(size_t count, size_t size, enum status *status, struct error *error) {
    void *items = calloc(count > 0 ? count : 1, size);
    if (!items)
        *status = FAIL_MEMORY(error);
    return items;
}

static bool has_events(const struct kernel_cell *cell) {
    for (int phase = 0; phase < PHASES; phase++)
        if (cell->phases[phase].count > 0)
            return true;
    return false;
}

/* The rows of kernels that have events, in the order of their classes. */
static enum status make_kernels(struct maker *maker, struct error *error) {
    const struct cells *cells = maker->cells;
    struct summary *summary = maker->summary;
    enum status status = STATUS_OK;
    summary->kernels = allocate(cells->kernel_count, sizeof *summary->kernels, &status, error);
    TRY(status);
    for (uint32_t class_id = 0; class_id < cells->kernel_count; class_id++) {
        const struct kernel_cell *cell = &cells->kernels[class_id];
        const struct kernel_class *class = &maker->classes->kernels[class_id];
        if (!has_events(cell))
            continue;
        struct kernel_row *row = &summary->kernels[summary->kernel_count++];
        *row = (struct kernel_row){.name = class->name,
                                   .readable = class->readable,
                                   .kind = class->kind,
                                   .operation = class->operation,
                                   .rule = class->rule};
        memcpy(row->phases, cell->phases, sizeof row->phases);
        TRY(durations_stats(&cells->durations, class_id, &row->stats, error));
    }
    return STATUS_OK;
}

/* Frames outermost first, joined by newlines. */
static enum status write_stack(const struct maker *maker, uint32_t node, struct buf *out, struct error *error) {
    const struct paths *paths = maker->summary->paths;
    size_t size = 0;
    for (uint32_t n = node; n != PATH_ROOT; n = paths_caller(paths, n))
        size += name_of(maker, paths_name(paths, n)).size + 1;
    buf_clear(out);
    TRY(buf_reserve(out, size, error));
    out->size = size - 1; /* the innermost frame has no newline behind it */
    for (uint32_t n = node; n != PATH_ROOT; n = paths_caller(paths, n)) {
        const struct text name = name_of(maker, paths_name(paths, n));
        out->data[--size] = '\n';
        memcpy(out->data + (size -= name.size), name.data, name.size);
    }
    return STATUS_OK;
}

static enum status stack_is_smaller(struct maker *maker, uint32_t a, uint32_t b, bool *smaller, struct error *error) {
    TRY(write_stack(maker, a, &maker->left, error));
    TRY(write_stack(maker, b, &maker->right, error));
    *smaller = text_compare((struct text){maker->left.data, maker->left.size},
                            (struct text){maker->right.data, maker->right.size}) < 0;
    return STATUS_OK;
}

/* The most frequent stack wins; ties: the smallest text. */
static enum status offer_stack(struct maker *maker, struct kernel_row *row, uint32_t node, uint64_t count,
                               struct error *error) {
    bool better = row->stack_top == PATH_ROOT || count > row->stack_top_count;
    row->stacks_distinct++;
    if (!better && count == row->stack_top_count)
        TRY(stack_is_smaller(maker, node, row->stack_top, &better, error));
    if (better) {
        row->stack_top = node;
        row->stack_top_count = count;
    }
    return STATUS_OK;
}

/* The cpu_op with the most time wins; ties: the smallest name. */
static void offer_op(const struct maker *maker, uint32_t op, int64_t ns, uint32_t *best, int64_t *best_ns) {
    if (op == NAME_NONE)
        return;
    if (*best == NAME_NONE || compare_totals(maker, ns, *best_ns, op, *best) < 0) {
        *best = op;
        *best_ns = ns;
    }
}

/* Where the time of the kernels comes from: their stacks and cpu_ops. row_of: class -> kernel row, unsorted. */
static enum status fill_origins(struct maker *maker, const uint32_t *row_of, struct error *error) {
    struct summary *summary = maker->summary;
    uint64_t key, value;
    enum status status = STATUS_OK;
    int64_t *best_ns = allocate(summary->kernel_count, sizeof *best_ns, &status, error);
    TRY(status);
    for (size_t cursor = 0; map_next(maker->cells->op_time, &cursor, &key, &value);) {
        const uint32_t row = row_of[key >> 32];
        offer_op(maker, (uint32_t)key, (int64_t)value, &summary->kernels[row].cpu_op, &best_ns[row]);
    }
    free(best_ns);
    for (size_t cursor = 0; map_next(maker->cells->stacks, &cursor, &key, &value);)
        TRY(offer_stack(maker, &summary->kernels[row_of[key >> 32]], (uint32_t)key, value, error));
    return STATUS_OK;
}

static enum status merge_kernel(struct operation_row *operation, const struct kernel_row *kernel, struct error *error) {
    TRY(stats_merge(&operation->stats, &kernel->stats, error));
    for (int phase = 0; phase < PHASES; phase++) {
        operation->phases[phase].count += kernel->phases[phase].count;
        operation->phases[phase].total_ns += kernel->phases[phase].total_ns;
        operation->phases[phase].step_count += kernel->phases[phase].step_count;
        operation->phases[phase].step_ns += kernel->phases[phase].step_ns;
    }
    operation->kernel_count++;
    return STATUS_OK;
}

/* operation_of: kernel row -> operation row, both unsorted. */
static enum status group_kernels(struct maker *maker, uint32_t *operation_of, struct map *rows, struct error *error) {
    struct summary *summary = maker->summary;
    for (uint32_t i = 0; i < summary->kernel_count; i++) {
        uint64_t *position;
        TRY(map_at(rows, summary->kernels[i].operation, &position, error));
        if (*position == 0) {
            summary->operations[summary->operation_count++].operation = summary->kernels[i].operation;
            *position = summary->operation_count;
        }
        operation_of[i] = (uint32_t)*position - 1;
        TRY(merge_kernel(&summary->operations[operation_of[i]], &summary->kernels[i], error));
    }
    return STATUS_OK;
}

/* The cpu_op with the most time of each operation, over all its kernels. */
static enum status fill_operation_ops(struct maker *maker, const uint32_t *row_of, const uint32_t *operation_of,
                                      struct map *time, struct error *error) {
    struct summary *summary = maker->summary;
    uint64_t key, value;
    for (size_t cursor = 0; map_next(maker->cells->op_time, &cursor, &key, &value);) {
        uint64_t *sum;
        TRY(map_at(time, (uint64_t)operation_of[row_of[key >> 32]] << 32 | (uint32_t)key, &sum, error));
        *sum += value;
    }
    enum status status = STATUS_OK;
    int64_t *best_ns = allocate(summary->operation_count, sizeof *best_ns, &status, error);
    TRY(status);
    for (size_t cursor = 0; map_next(time, &cursor, &key, &value);)
        offer_op(maker, (uint32_t)key, (int64_t)value, &summary->operations[key >> 32].cpu_op, &best_ns[key >> 32]);
    free(best_ns);
    return STATUS_OK;
}

static enum status make_operations(struct maker *maker, const uint32_t *row_of, uint32_t *operation_of,
                                   struct error *error) {
    struct map *rows = map_new(LIMIT_TABLE_ROWS), *time = map_new(2 * (size_t)LIMIT_TABLE_ROWS);
    enum status status = STATUS_OK;
    if (!rows || !time)
        status = FAIL_MEMORY(error);
    if (status == STATUS_OK)
        status = group_kernels(maker, operation_of, rows, error);
    if (status == STATUS_OK)
        status = fill_operation_ops(maker, row_of, operation_of, time, error);
    map_free(rows);
    map_free(time);
    return status;
}

/* With both tables sorted, each operation learns the places of its kernels. */
static enum status list_kernels(struct maker *maker, struct error *error) {
    struct summary *summary = maker->summary;
    enum status status = STATUS_OK;
    struct map *rows = map_new(LIMIT_TABLE_ROWS);
    if (!rows)
        return FAIL_MEMORY(error);
    for (uint32_t i = 0; i < summary->operation_count && status == STATUS_OK; i++) {
        struct operation_row *operation = &summary->operations[i];
        uint64_t *position;
        operation->kernels = allocate(operation->kernel_count, sizeof *operation->kernels, &status, error);
        operation->kernel_count = 0;
        if (status == STATUS_OK && (status = map_at(rows, operation->operation, &position, error)) == STATUS_OK)
            *position = i;
    }
    for (uint32_t i = 0; i < summary->kernel_count && status == STATUS_OK; i++) {
        struct operation_row *operation = &summary->operations[*map_find(rows, summary->kernels[i].operation)];
        operation->kernels[operation->kernel_count++] = i;
    }
    map_free(rows);
    return status;
}

static enum status make_kernel_tables(struct maker *maker, struct error *error) {
    struct summary *summary = maker->summary;
    enum status status = STATUS_OK;
    TRY(make_kernels(maker, error));
    summary->operations = allocate(summary->kernel_count, sizeof *summary->operations, &status, error);
    TRY(status);
    uint32_t *row_of = allocate(maker->cells->kernel_count, sizeof *row_of, &status, error);
    uint32_t *operation_of = allocate(summary->kernel_count, sizeof *operation_of, &status, error);
    uint32_t row = 0;
    for (size_t class_id = 0; status == STATUS_OK && class_id < maker->cells->kernel_count; class_id++)
        row_of[class_id] = has_events(&maker->cells->kernels[class_id]) ? row++ : 0;
    if (status == STATUS_OK)
        status = fill_origins(maker, row_of, error);
    if (status == STATUS_OK)
        status = make_operations(maker, row_of, operation_of, error);
    free(row_of);
    free(operation_of);
    TRY(status);
    qsort_r(summary->kernels, summary->kernel_count, sizeof *summary->kernels, compare_kernels, maker);
    qsort_r(summary->operations, summary->operation_count, sizeof *summary->operations, compare_operations, maker);
    return list_kernels(maker, error);
}

static enum status make_op_table(struct maker *maker, const struct op_table *table, struct cpu_op_row **rows,
                                 uint32_t *count, struct error *error) {
    enum status status = STATUS_OK;
    *rows = allocate(table->count, sizeof **rows, &status, error);
    TRY(status);
    for (size_t i = 0; i < table->count; i++) {
        const struct op_cell *cell = &table->cells[i];
        (*rows)[(*count)++] =
            (struct cpu_op_row){cell->name, cell->calls, cell->cpu_total_ns, cell->gpu_count, cell->gpu_total_ns};
    }
    qsort_r(*rows, *count, sizeof **rows, compare_ops, maker);
    return STATUS_OK;
}

static int compare_phases(const void *a, const void *b) {
    const struct phase_row *left = a, *right = b;
    if (left->cell.total_ns != right->cell.total_ns)
        return left->cell.total_ns > right->cell.total_ns ? -1 : 1;
    return (int)left->phase - (int)right->phase;
}

static void make_phases(struct summary *summary) {
    for (int phase = 0; phase < PHASES; phase++) {
        struct phase_row row = {.phase = (enum phase)phase};
        for (uint32_t i = 0; i < summary->kernel_count; i++) {
            const struct phase_cell *cell = &summary->kernels[i].phases[phase];
            row.cell.count += cell->count;
            row.cell.total_ns += cell->total_ns;
            row.cell.step_count += cell->step_count;
            row.cell.step_ns += cell->step_ns;
        }
        if (row.cell.count > 0)
            summary->phases[summary->phase_count++] = row;
    }
    qsort(summary->phases, summary->phase_count, sizeof *summary->phases, compare_phases);
}

static bool is_number(struct text text) {
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.size > 0;
}

/* Numbers by value, then names. */
static int compare_devices(const void *a, const void *b, void *context) {
    const struct maker *maker = context;
    const struct text left = name_of(maker, ((const struct timeline_row *)a)->device);
    const struct text right = name_of(maker, ((const struct timeline_row *)b)->device);
    if (is_number(left) != is_number(right))
        return is_number(left) ? -1 : 1;
    if (is_number(left) && left.size != right.size)
        return left.size < right.size ? -1 : 1;
    return text_compare(left, right);
}

static enum status make_timeline(struct maker *maker, struct error *error) {
    struct summary *summary = maker->summary;
    enum status status = STATUS_OK;
    summary->timeline = allocate(maker->cells->device_count, sizeof *summary->timeline, &status, error);
    TRY(status);
    for (size_t i = 0; i < maker->cells->device_count; i++)
        summary->timeline[summary->timeline_count++] = maker->cells->devices[i];
    qsort_r(summary->timeline, summary->timeline_count, sizeof *summary->timeline, compare_devices, maker);
    return STATUS_OK;
}

/* Which vendor's libraries the kernels' names speak of. */
static enum platform platform_of_kernels(const struct maker *maker) {
    static const char *const amd[] = {"Cijk_", "ck_tile", "aiter", "__amd_", "hip_bfloat16", "rccl"};
    static const char *const nvidia[] = {"nvjet_", "sm80_", "sm90_", "sm100_", "ampere_", "volta_", "cutlass", "cudnn"};
    for (uint32_t i = 0; i < maker->summary->kernel_count; i++) {
        const struct text name = name_of(maker, maker->summary->kernels[i].name);
        for (size_t k = 0; k < sizeof amd / sizeof *amd; k++)
            if (text_contains(name, amd[k]))
                return PLATFORM_AMD;
        for (size_t k = 0; k < sizeof nvidia / sizeof *nvidia; k++)
            if (text_contains(name, nvidia[k]))
                return PLATFORM_NVIDIA;
    }
    return PLATFORM_UNKNOWN;
}

/* The document's own keys first, then the names of launches, then those of kernels. */
static enum platform find_platform(const struct maker *maker) {
    const struct document *document = &maker->summary->document;
    if (document->says_amd || document->says_nvidia)
        return document->says_amd ? PLATFORM_AMD : PLATFORM_NVIDIA;
    if (document->launches_amd != document->launches_nvidia)
        return document->launches_amd ? PLATFORM_AMD : PLATFORM_NVIDIA;
    return platform_of_kernels(maker);
}

/* By the kernels that mix tokens; how many there are, and how much of the GPU time, is the evidence. */
static void find_architecture(const struct maker *maker) {
    struct summary *summary = maker->summary;
    struct gpu_total attention = {0}, ssm = {0};
    for (uint32_t i = 0; i < summary->operation_count; i++) {
        const struct operation_row *row = &summary->operations[i];
        const struct text operation = name_of(maker, row->operation);
        const bool attends = operation.size >= 9 && memcmp(operation.data, "Attention", 9) == 0;
        if (!attends && !text_equal(operation, TEXT("SSM")) && !text_equal(operation, TEXT("Linear Attention")))
            continue;
        struct gpu_total *total = attends ? &attention : &ssm;
        total->count += row->stats.count;
        total->total_ns += row->stats.total_ns;
    }
    const bool attends = attention.count > 0, scans = ssm.count > 0;
    const double whole = summary->gpu_all.total_ns > 0 ? (double)summary->gpu_all.total_ns : 1;
    summary->architecture = attends && scans ? "hybrid" : scans ? "ssm" : attends ? "transformer" : "unknown";
    snprintf(summary->architecture_evidence, sizeof summary->architecture_evidence,
             "%" PRIu64 " attention kernels, %.1f %% of GPU time; %" PRIu64 " SSM or linear attention kernels, %.1f %%",
             attention.count, 100 * (double)attention.total_ns / whole, ssm.count, 100 * (double)ssm.total_ns / whole);
}

enum status tables_make(struct summary *summary, const struct cells *cells, const struct classes *classes,
                        struct error *error) {
    struct maker maker = {.summary = summary, .cells = cells, .classes = classes};
    buf_init(&maker.left, SIZE_MAX);
    buf_init(&maker.right, SIZE_MAX);
    enum status status = make_kernel_tables(&maker, error);
    buf_fini(&maker.left);
    buf_fini(&maker.right);
    TRY(status);
    TRY(make_op_table(&maker, &cells->cpu_ops, &summary->cpu_ops, &summary->cpu_op_count, error));
    TRY(make_op_table(&maker, &cells->top_ops, &summary->top_ops, &summary->top_op_count, error));
    make_phases(summary);
    TRY(make_timeline(&maker, error));
    summary->platform = find_platform(&maker);
    find_architecture(&maker);
    return STATUS_OK;
}
