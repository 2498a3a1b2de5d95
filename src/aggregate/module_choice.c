#include "aggregate/module_choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"

enum { MODULE_DEPTH = 64 }; /* modules around an event that are looked at, innermost first */

struct candidate {
    uint32_t class_id, numbers;
    int64_t total_ns;
    bool mixer, inner; /* inner: it holds other modules */
};

struct chooser {
    const struct frame_modules *modules;
    struct candidate *candidates;
    size_t count;
    struct map *place;   /* class -> place in candidates + 1 */
    struct map *numbers; /* class << 32 | number */
};

static bool is_container(struct text class) {
    static const char *const names[] = {"GraphModule", "Sequential", "ModuleList", "CheckpointWrapper"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_equal(class, text_from(names[i])))
            return true;
    return false;
}

static enum status candidate_at(struct chooser *chooser, const struct frame_module *module,
                                struct candidate **candidate, struct error *error) {
    uint64_t *place, *number;
    *candidate = NULL;
    TRY(map_at(chooser->place, module->class_id, &place, error));
    TRY(map_at(chooser->numbers, (uint64_t)module->class_id << 32 | module->number, &number, error));
    if (!place || !number)
        return STATUS_OK;
    if (*place == 0) {
        chooser->candidates[chooser->count++] = (struct candidate){.class_id = module->class_id};
        *place = chooser->count;
    }
    *candidate = &chooser->candidates[*place - 1];
    (*candidate)->numbers += *number == 0;
    *number = 1;
    return STATUS_OK;
}

/* A class that is around itself counts once. */
static bool is_outer_again(const struct frame_modules *modules, uint32_t from, uint32_t at) {
    const uint32_t class_id = frame_modules_get(modules, at)->class_id;
    for (uint32_t m = from; m != at; m = frame_modules_get(modules, m)->caller_id)
        if (frame_modules_get(modules, m)->class_id == class_id)
            return true;
    return false;
}

static enum status add_use(struct chooser *chooser, uint32_t module, const struct module_use *use,
                           struct error *error) {
    uint32_t at = module;
    for (int depth = 0; at != MODULE_NONE && depth < MODULE_DEPTH;
         depth++, at = frame_modules_get(chooser->modules, at)->caller_id) {
        const struct frame_module *frame = frame_modules_get(chooser->modules, at);
        struct candidate *candidate;
        if (frame->number == MODULE_UNNUMBERED || is_outer_again(chooser->modules, module, at))
            continue;
        TRY(candidate_at(chooser, frame, &candidate, error));
        if (!candidate)
            continue;
        candidate->total_ns += use->total_ns;
        candidate->mixer = candidate->mixer || use->mixer;
        candidate->inner = candidate->inner || at != module;
    }
    return STATUS_OK;
}

static bool is_eligible(const struct chooser *chooser, const struct candidate *candidate, bool mixer) {
    return candidate->numbers >= 2 && (mixer ? candidate->mixer : candidate->inner) &&
           !is_container(frame_modules_class(chooser->modules, candidate->class_id));
}

static const struct candidate *choose(const struct chooser *chooser, bool mixer) {
    const struct candidate *best = NULL;
    for (size_t i = 0; i < chooser->count; i++) {
        const struct candidate *one = &chooser->candidates[i];
        if (!is_eligible(chooser, one, mixer))
            continue;
        /* Of classes with the same time the outer one would be better; its name tells as little as any. */
        if (!best || one->total_ns > best->total_ns ||
            (one->total_ns == best->total_ns &&
             text_compare(frame_modules_class(chooser->modules, one->class_id),
                          frame_modules_class(chooser->modules, best->class_id)) < 0))
            best = one;
    }
    for (size_t i = 0; best && i < chooser->count; i++) {
        const struct candidate *one = &chooser->candidates[i];
        if (is_eligible(chooser, one, mixer) && one->numbers >= 2 * best->numbers &&
            one->total_ns / 9 >= best->total_ns / 10)
            best = one;
    }
    return best;
}

static int compare_numbers(const void *a, const void *b) {
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static enum status list_numbers(const struct chooser *chooser, struct module_choice *choice, size_t count,
                                struct error *error) {
    uint64_t key, value;
    choice->numbers = calloc(count, sizeof *choice->numbers);
    if (!choice->numbers)
        return FAIL_MEMORY(error);
    for (size_t cursor = 0; map_next(chooser->numbers, &cursor, &key, &value);)
        if (key >> 32 == choice->class_id && choice->number_count < count)
            choice->numbers[choice->number_count++] = (uint32_t)key;
    qsort(choice->numbers, choice->number_count, sizeof *choice->numbers, compare_numbers);
    return STATUS_OK;
}

static enum status make(struct chooser *chooser, const struct module_use *uses, struct module_choice *choice,
                        struct error *error) {
    for (uint32_t module = 1; module < frame_modules_count(chooser->modules); module++)
        if (uses[module].total_ns > 0)
            TRY(add_use(chooser, module, &uses[module], error));
    const struct candidate *best = choose(chooser, true);
    if (!best)
        best = choose(chooser, false);
    if (!best)
        return STATUS_OK;
    choice->class_id = best->class_id;
    choice->mixer = best->mixer;
    return list_numbers(chooser, choice, best->numbers, error);
}

enum status module_choice_make(const struct frame_modules *modules, const struct module_use *uses,
                               struct module_choice *choice, struct error *error) {
    struct chooser chooser = {.modules = modules};
    *choice = (struct module_choice){.class_id = NAME_NONE};
    chooser.candidates = calloc(frame_modules_count(modules), sizeof *chooser.candidates);
    chooser.place = map_new(LIMIT_PATHS);
    chooser.numbers = map_new(LIMIT_PATHS);
    const bool allocated = chooser.candidates && chooser.place && chooser.numbers;
    const enum status status = allocated ? make(&chooser, uses, choice, error) : FAIL_MEMORY(error);
    free(chooser.candidates);
    map_free(chooser.place);
    map_free(chooser.numbers);
    return status;
}

void module_choice_fini(struct module_choice *choice) {
    free(choice->numbers);
    *choice = (struct module_choice){.class_id = NAME_NONE};
}

uint32_t module_choice_number(const struct module_choice *choice, const struct frame_modules *modules,
                              uint32_t module) {
    uint32_t number = MODULE_UNNUMBERED;
    if (choice->class_id == NAME_NONE)
        return number;
    for (int depth = 0; module != MODULE_NONE && depth < MODULE_DEPTH;
         depth++, module = frame_modules_get(modules, module)->caller_id)
        if (frame_modules_get(modules, module)->class_id == choice->class_id)
            number = frame_modules_get(modules, module)->number;
    return number;
}
