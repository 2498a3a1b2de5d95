#include "report/page_data.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "report/forms.h"
#include "report/path_tree.h"
#include "report/wording.h"

static enum status write_frames(struct json *json, const struct summary *summary, struct error *error) {
    const uint32_t count = names_count(summary->names);
    bool *used = calloc(count, sizeof *used);
    uint32_t *numbers = json_frame_numbers(summary);
    if (!used || !numbers) {
        free(used);
        free(numbers);
        return FAIL_MEMORY(error);
    }
    for (uint32_t i = 0; i < summary->kernel_count; i++)
        for (uint32_t node = summary->kernels[i].stack_top; node != PATH_ROOT;
             node = paths_caller(summary->paths, node))
            used[paths_name(summary->paths, node)] = true;
    json_object(json, "frames", JSON_INLINE);
    for (uint32_t node = 1; node < paths_count(summary->paths); node++) {
        const uint32_t name = paths_name(summary->paths, node);
        char key[16];
        snprintf(key, sizeof key, "%" PRIu32, node);
        if (used[name] && numbers[name] == node)
            json_text(json, key, summary_name(summary, name));
    }
    json_close(json);
    free(used);
    free(numbers);
    return STATUS_OK;
}

/* numbers[name]: one more than its place in the array. */
static void write_names(struct json *json, const struct path_tree *tree, uint32_t *numbers) {
    uint32_t count = 0;
    json_array(json, "names", JSON_INLINE);
    for (uint32_t i = 1; i < tree->row_count; i++) {
        const struct path_row *row = &tree->rows[i];
        if (row->others || numbers[row->name] > 0)
            continue;
        numbers[row->name] = ++count;
        json_text(json, NULL, names_get(tree->names, row->name));
    }
    json_close(json);
}

static void write_path(struct json *json, const struct path_row *row, uint32_t number, unsigned sides) {
    json_array(json, NULL, JSON_INLINE);
    json_count(json, NULL, row->caller);
    if (number == 0)
        json_literal(json, NULL, TEXT("-1"));
    else
        json_count(json, NULL, number - 1);
    for (unsigned side = 0; side < sides; side++) {
        json_count(json, NULL, row->self[side].count);
        json_us(json, NULL, row->self[side].total_ns);
    }
    json_close(json);
}

static enum status write_tree(struct json *json, const struct path_tree *tree, unsigned sides, struct error *error) {
    uint32_t *numbers = calloc(names_count(tree->names), sizeof *numbers);
    if (!numbers)
        return FAIL_MEMORY(error);
    json_object(json, "paths", JSON_LINES);
    json_count(json, "count", tree->path_count);
    write_names(json, tree, numbers);
    json_array(json, "rows", JSON_INLINE);
    for (uint32_t i = 0; i < tree->row_count; i++) {
        const struct path_row *row = &tree->rows[i];
        write_path(json, row, i == 0 || row->others ? 0 : numbers[row->name], sides);
    }
    json_close(json);
    json_close(json);
    free(numbers);
    return STATUS_OK;
}

static enum status write_paths(struct json *json, const struct summary *base, const struct summary *test,
                               struct error *error) {
    struct path_tree *tree;
    TRY(path_tree_new(&tree, base, test, LIMIT_PAGE_PATHS, error));
    const enum status status = write_tree(json, tree, test ? 2 : 1, error);
    path_tree_free(tree);
    return status;
}

static void write_side(struct json *json, const char *key, const struct summary *summary) {
    json_object(json, key, JSON_INLINE);
    json_count(json, "count", summary->step_count);
    json_steps(json, "list", summary, summary->step_count < LIMIT_PAGE_STEPS ? summary->step_count : LIMIT_PAGE_STEPS);
    json_close(json);
}

enum status page_data_write(struct json *json, const struct summary *base, const struct summary *test,
                            struct error *error) {
    json_object(json, NULL, JSON_LINES);
    if (!test)
        TRY(write_frames(json, base, error));
    TRY(write_paths(json, base, test, error));
    if (test) {
        json_object(json, "steps", JSON_LINES);
        write_side(json, "base", base);
        write_side(json, "test", test);
        json_close(json);
    }
    json_close(json);
    return STATUS_OK;
}
