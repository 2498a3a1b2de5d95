#include "compare/align.h"

#include <stdlib.h>

#include "base/limits.h"

/* Blocks of n:m kernels: how many of the side that has more, when the other has at most FEW of them, and otherwise. */
enum { MANY = 12, FEW = 2, SOME = 6, PERMUTED = 3 };

/* In thousandths. Less alike than LEAST is not a pair; one of several same-named kinds of work in a kernel is less sure
 * than that kernel alone; each further kernel of a block costs, so that smaller blocks are preferred, yet long ones are
 * not ruled out; so does each kernel beyond one of the side with fewer. */
enum { LEAST = 400, MERGED = 900, PERMUTED_LEAST = 750, COST = 50, NOT_ONE = 60 };

/* What kernels of one side weigh in all; the part they weigh by their number, the rest by time. */
enum { MASS = 1000000, MASS_BY_NUMBER = 200000 };

/* Members that nothing explains may lie inside a block up to this share of it. */
enum { CRUMB_PERCENT = 10 };

struct sequence {
    const struct align_item *items; /* borrowed */
    uint32_t count;
    int64_t *mass;        /* owned */
    int64_t *mass_before; /* owned; count + 1; of all kernels up to but without i */
    struct work *windows; /* owned; of the k + 1 kernels up to i, at i * MANY + k */
};

/* The sides are named by rows and columns, not by base and test: which is which must not matter. */
struct grid {
    struct sequence rows, columns;
    uint16_t *alike; /* owned; rows x columns */
    int64_t *value;  /* owned; (rows + 1) x (columns + 1): the most that pairs up to there explain */
    uint8_t *step;   /* owned; same size: the last block on the way there, rows << 4 | columns */
    bool names_only;
};

/* A candidate: rows up to but without `row`, columns likewise. */
struct window {
    uint32_t row, row_count, column, column_count;
};

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static enum status sequence_init(struct sequence *sequence, const struct align_item *items, uint32_t count,
                                 struct error *error) {
    *sequence = (struct sequence){.items = items, .count = count};
    sequence->mass = calloc((size_t)count + 1, sizeof *sequence->mass);
    sequence->mass_before = calloc((size_t)count + 1, sizeof *sequence->mass_before);
    sequence->windows = calloc((size_t)count * MANY + 1, sizeof *sequence->windows);
    if (!sequence->mass || !sequence->mass_before || !sequence->windows)
        return FAIL_MEMORY(error);
    long double total_ns = 0;
    for (uint32_t i = 0; i < count; i++)
        total_ns += (long double)items[i].ns;
    for (uint32_t i = 0; i < count; i++) {
        const long double share = total_ns > 0 ? (long double)items[i].ns / total_ns : 0;
        sequence->mass[i] = (int64_t)(share * (MASS - MASS_BY_NUMBER)) + MASS_BY_NUMBER / count + 1;
        sequence->mass_before[i + 1] = sequence->mass_before[i] + sequence->mass[i];
        struct work joined = {0};
        for (uint32_t k = 0; k < MANY && k <= i; k++) {
            joined = work_join(joined, items[i - k].traits->work);
            sequence->windows[(size_t)i * MANY + k] = joined;
        }
    }
    return STATUS_OK;
}

static void sequence_fini(struct sequence *sequence) {
    free(sequence->mass);
    free(sequence->mass_before);
    free(sequence->windows);
}

static unsigned alike(const struct grid *grid, uint32_t row, uint32_t column) {
    return grid->alike[(size_t)row * grid->columns.count + column];
}

static size_t cell(const struct grid *grid, uint32_t row, uint32_t column) {
    return (size_t)row * ((size_t)grid->columns.count + 1) + column;
}

/* What one side of a block adds up to while its members are looked at. */
struct tally_of_side {
    int64_t mass, explained, crumbs;
    unsigned weakest;
};

/* False when a member cannot be in the block. */
static bool add_member(struct tally_of_side *tally, int64_t mass, unsigned evidence, bool at_edge) {
    tally->mass += mass;
    if (evidence < LEAST) {
        tally->crumbs += mass;
        return !at_edge;
    }
    tally->explained += mass * evidence;
    if (evidence < tally->weakest)
        tally->weakest = evidence;
    return true;
}

static unsigned best_of_row(const struct grid *grid, const struct window *window, uint32_t row) {
    unsigned best = 0;
    for (uint32_t i = 1; i <= window->column_count; i++) {
        const unsigned candidate = alike(grid, row, window->column - i);
        best = candidate > best ? candidate : best;
    }
    return best;
}

static unsigned best_of_column(const struct grid *grid, const struct window *window, uint32_t column) {
    unsigned best = 0;
    for (uint32_t i = 1; i <= window->row_count; i++) {
        const unsigned candidate = alike(grid, window->row - i, column);
        best = candidate > best ? candidate : best;
    }
    return best;
}

/* How sure it is that a kernel's work is in the block's other side, given the kernel there that is most like it. A
 * kernel that is there itself was not fused with anything: evidence of nothing. */
static unsigned evidence_of(const struct traits *traits, const struct work *own, const struct work *others,
                            unsigned best) {
    if (best == SIMILARITY_IDENTICAL)
        return 0;
    const unsigned merged = best * MERGED / 1000, covered = similarity_covered(&traits->work, own, others);
    return covered > merged ? covered : merged;
}

/* n:m with n != m: every kernel's work must be found on the other side. */
static bool weigh_uneven(const struct grid *grid, const struct window *window, struct tally_of_side *tally) {
    const struct work none = {0};
    const struct work *rows = &grid->rows.windows[(size_t)(window->row - 1) * MANY + window->row_count - 1];
    const struct work *columns = &grid->columns.windows[(size_t)(window->column - 1) * MANY + window->column_count - 1];
    for (uint32_t i = 1; i <= window->row_count; i++) {
        const uint32_t row = window->row - i;
        const unsigned best = best_of_row(grid, window, row);
        const unsigned evidence =
            evidence_of(grid->rows.items[row].traits, window->row_count > 1 ? rows : &none, columns, best);
        const bool at_edge = i == 1 || i == window->row_count || best == SIMILARITY_IDENTICAL;
        if (!add_member(tally, grid->rows.mass[row], evidence, at_edge))
            return false;
    }
    for (uint32_t i = 1; i <= window->column_count; i++) {
        const uint32_t column = window->column - i;
        const unsigned best = best_of_column(grid, window, column);
        const unsigned evidence =
            evidence_of(grid->columns.items[column].traits, window->column_count > 1 ? columns : &none, rows, best);
        if (!add_member(tally, grid->columns.mass[column], evidence, i == 1 || i == window->column_count))
            return false;
    }
    return true;
}

/* The orders of two and three in which no beginning stays at the beginning: the others are pairs of smaller blocks. */
static const struct {
    uint32_t count, order[PERMUTED];
} permutations[] = {{2, {1, 0}}, {3, {1, 2, 0}}, {3, {2, 0, 1}}, {3, {2, 1, 0}}};
enum { PERMUTATIONS = sizeof permutations / sizeof *permutations };

/* n:n with n > 1: kernels of the same work in another order. */
static bool weigh_permuted(const struct grid *grid, const struct window *window, struct tally_of_side *tally) {
    struct tally_of_side best = {.explained = -1};
    for (unsigned p = 0; p < PERMUTATIONS; p++) {
        struct tally_of_side here = {.weakest = SIMILARITY_IDENTICAL};
        for (uint32_t i = 0; i < window->row_count && permutations[p].count == window->row_count; i++) {
            const uint32_t row = window->row - 1 - i, column = window->column - 1 - permutations[p].order[i];
            const unsigned likeness = alike(grid, row, column);
            here.explained += (grid->rows.mass[row] + grid->columns.mass[column]) * likeness;
            here.weakest = likeness < here.weakest ? likeness : here.weakest;
        }
        if (permutations[p].count == window->row_count && here.weakest >= PERMUTED_LEAST &&
            here.explained > best.explained)
            best = here;
    }
    *tally = best;
    return best.explained >= 0;
}

/* What a block explains, 0 when it is none. Same for swapped sides: sums of integers. */
static int64_t block_value(const struct grid *grid, const struct window *window, unsigned *evidence) {
    struct tally_of_side tally = {.weakest = SIMILARITY_IDENTICAL};
    if (window->row_count == 1 && window->column_count == 1) {
        *evidence = alike(grid, window->row - 1, window->column - 1);
        const int64_t mass = grid->rows.mass[window->row - 1] + grid->columns.mass[window->column - 1];
        return *evidence < LEAST ? 0 : mass * *evidence;
    }
    const bool even = window->row_count == window->column_count;
    if (!(even ? weigh_permuted(grid, window, &tally) : weigh_uneven(grid, window, &tally)))
        return 0;
    if (tally.crumbs * 100 > tally.mass * CRUMB_PERCENT)
        return 0;
    *evidence = tally.weakest;
    const int64_t more = larger(window->row_count, window->column_count);
    const int64_t fewer = smaller(window->row_count, window->column_count);
    return tally.explained - tally.explained / 1000 * (COST * (more + fewer - 2) / more + NOT_ONE * (fewer - 1));
}

static bool allowed(const struct grid *grid, uint32_t row_count, uint32_t column_count) {
    const uint32_t more = larger(row_count, column_count), fewer = smaller(row_count, column_count);
    if (more == 1)
        return true;
    if (grid->names_only)
        return false;
    return more == fewer ? more <= PERMUTED : fewer <= FEW || more <= SOME;
}

static int64_t mass_of(const struct sequence *sequence, uint32_t end, uint32_t count) {
    return sequence->mass_before[end] - sequence->mass_before[end - count];
}

/* What no block can pass: all of its kernels, as sure as identical ones. */
static int64_t most_value(const struct grid *grid, const struct window *window) {
    return (mass_of(&grid->rows, window->row, window->row_count) +
            mass_of(&grid->columns, window->column, window->column_count)) *
           SIMILARITY_IDENTICAL;
}

/* The best way to the first `row` rows and `column` columns. */
static void fill_cell(struct grid *grid, uint32_t row, uint32_t column) {
    int64_t best = -1;
    uint8_t step = 0;
    const uint32_t most_rows = smaller(row, MANY), most_columns = smaller(column, MANY);
    for (uint32_t rows = 0; rows <= most_rows; rows++) {
        for (uint32_t columns = 0; columns <= most_columns; columns++) {
            const bool one_sided = rows + columns == 1;
            if (!one_sided && (rows == 0 || columns == 0 || !allowed(grid, rows, columns)))
                continue;
            const struct window window = {row, rows, column, columns};
            const int64_t before = grid->value[cell(grid, row - rows, column - columns)];
            unsigned evidence;
            if (before + most_value(grid, &window) <= best)
                continue;
            const int64_t gain = one_sided ? 0 : block_value(grid, &window, &evidence);
            const int64_t value = before + gain;
            if (value > best && (one_sided || gain > 0)) {
                best = value;
                step = (uint8_t)(rows << 4 | columns);
            }
        }
    }
    grid->value[cell(grid, row, column)] = best;
    grid->step[cell(grid, row, column)] = step;
}

static bool is_permutation(const struct grid *grid, const struct window *window) {
    bool taken[PERMUTED] = {false};
    if (window->row_count != window->column_count)
        return false;
    for (uint32_t i = 1; i <= window->row_count; i++) {
        uint32_t k = 1;
        while (k <= window->column_count &&
               (taken[k - 1] || alike(grid, window->row - i, window->column - k) != SIMILARITY_IDENTICAL))
            k++;
        if (k > window->column_count)
            return false;
        taken[k - 1] = true;
    }
    return true;
}

/* Appends the blocks of the best way, first to last. */
static uint32_t trace_back(const struct grid *grid, struct align_block *blocks, bool swapped) {
    uint32_t count = 0;
    for (struct window at = {grid->rows.count, 0, grid->columns.count, 0}; at.row > 0 || at.column > 0;) {
        const uint8_t step = grid->step[cell(grid, at.row, at.column)];
        at.row_count = step >> 4;
        at.column_count = step & 15;
        struct align_block block = {at.row_count, at.column_count, false, 0};
        if (at.row_count > 0 && at.column_count > 0) {
            block_value(grid, &at, &block.evidence);
            block.identical = is_permutation(grid, &at);
        }
        if (swapped)
            block = (struct align_block){at.column_count, at.row_count, block.identical, block.evidence};
        blocks[count++] = block;
        at.row -= at.row_count;
        at.column -= at.column_count;
    }
    for (uint32_t i = 0; i < count / 2; i++) {
        const struct align_block block = blocks[i];
        blocks[i] = blocks[count - 1 - i];
        blocks[count - 1 - i] = block;
    }
    return count;
}

static enum status grid_init(struct grid *grid, struct error *error) {
    const size_t cells = ((size_t)grid->rows.count + 1) * ((size_t)grid->columns.count + 1);
    grid->alike = calloc(cells, sizeof *grid->alike);
    grid->value = calloc(cells, sizeof *grid->value);
    grid->step = calloc(cells, sizeof *grid->step);
    if (!grid->alike || !grid->value || !grid->step)
        return FAIL_MEMORY(error);
    for (uint32_t row = 0; row < grid->rows.count; row++) {
        for (uint32_t column = 0; column < grid->columns.count; column++) {
            const struct traits *a = grid->rows.items[row].traits, *b = grid->columns.items[column].traits;
            const unsigned likeness =
                grid->names_only ? (traits_compare(a, b) == 0 ? SIMILARITY_IDENTICAL : 0) : similarity_of(a, b);
            grid->alike[(size_t)row * grid->columns.count + column] = (uint16_t)likeness;
        }
    }
    return STATUS_OK;
}

static void grid_fini(struct grid *grid) {
    sequence_fini(&grid->rows);
    sequence_fini(&grid->columns);
    free(grid->alike);
    free(grid->value);
    free(grid->step);
}

static enum status align_piece(struct align_block *blocks, uint32_t *count, struct grid *grid, bool swapped,
                               struct error *error) {
    TRY(grid_init(grid, error));
    for (uint32_t row = 0; row <= grid->rows.count; row++)
        for (uint32_t column = 0; column <= grid->columns.count; column++)
            if (row + column > 0)
                fill_cell(grid, row, column);
    *count += trace_back(grid, blocks + *count, swapped);
    return STATUS_OK;
}

/* A total order of sequences, so that the same one becomes the rows whichever side it is on. */
static int sequence_order(const struct align_item *a, uint32_t a_count, const struct align_item *b, uint32_t b_count) {
    int order = (a_count > b_count) - (a_count < b_count);
    for (uint32_t i = 0; order == 0 && i < a_count; i++)
        order = traits_compare(a[i].traits, b[i].traits);
    for (uint32_t i = 0; order == 0 && i < a_count; i++)
        order = (a[i].ns > b[i].ns) - (a[i].ns < b[i].ns);
    return order;
}

static uint32_t piece_start(uint32_t count, uint32_t piece, uint32_t pieces) {
    return (uint32_t)((uint64_t)count * piece / pieces);
}

/* Sequences too long for one table are cut at the same relative places. */
static enum status align_ordered(struct align_block *blocks, uint32_t *count, const struct align_item *rows,
                                 uint32_t row_count, const struct align_item *columns, uint32_t column_count,
                                 bool swapped, struct align_budget *budget, struct error *error) {
    const uint32_t longest = row_count > column_count ? row_count : column_count;
    const uint32_t pieces = longest / LIMIT_ALIGN_KERNELS + 1;
    enum status status = STATUS_OK;
    for (uint32_t piece = 0; piece < pieces && status == STATUS_OK; piece++) {
        const uint32_t row = piece_start(row_count, piece, pieces), column = piece_start(column_count, piece, pieces);
        const uint32_t rows_here = piece_start(row_count, piece + 1, pieces) - row;
        const uint32_t columns_here = piece_start(column_count, piece + 1, pieces) - column;
        const uint64_t cells = (uint64_t)rows_here * columns_here;
        struct grid grid = {.names_only = cells > budget->cells};
        budget->cells -= grid.names_only ? 0 : cells;
        status = sequence_init(&grid.rows, rows + row, rows_here, error);
        if (status == STATUS_OK)
            status = sequence_init(&grid.columns, columns + column, columns_here, error);
        if (status == STATUS_OK)
            status = align_piece(blocks, count, &grid, swapped, error);
        grid_fini(&grid);
    }
    return status;
}

enum status align_sequences(struct align_block **blocks, uint32_t *count, const struct align_item *base,
                            uint32_t base_count, const struct align_item *test, uint32_t test_count,
                            struct align_budget *budget, struct error *error) {
    *count = 0;
    *blocks = calloc((size_t)base_count + test_count + 1, sizeof **blocks);
    if (!*blocks)
        return FAIL_MEMORY(error);
    const bool swapped = sequence_order(base, base_count, test, test_count) > 0;
    const enum status status =
        swapped ? align_ordered(*blocks, count, test, test_count, base, base_count, true, budget, error)
                : align_ordered(*blocks, count, base, base_count, test, test_count, false, budget, error);
    if (status != STATUS_OK) {
        free(*blocks);
        *blocks = NULL;
    }
    return status;
}
