#include "aggregate/frame_modules.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"

struct frame_modules {
    const struct names *names; /* borrowed */
    const struct paths *paths; /* borrowed */
    struct names *classes;     /* owned: the trace's own names stay as the trace has them */
    struct frame_module *modules;
    size_t module_count, module_capacity;
    uint32_t *of_path; /* innermost module, for the paths seen so far: a caller's number is below its callees' */
    size_t path_count, path_capacity;
    struct map *known; /* caller module << 32 | name of the frame -> module */
};

struct frame_modules *frame_modules_new(const struct names *names, const struct paths *paths) {
    struct frame_modules *modules = calloc(1, sizeof *modules);
    if (!modules)
        return NULL;
    *modules = (struct frame_modules){
        .names = names, .paths = paths, .classes = names_new(LIMIT_MODULE_BYTES), .known = map_new(LIMIT_PATHS)};
    if (modules->known && modules->classes)
        return modules;
    frame_modules_free(modules);
    return NULL;
}

void frame_modules_free(struct frame_modules *modules) {
    if (!modules)
        return;
    names_free(modules->classes);
    map_free(modules->known);
    free(modules->modules);
    free(modules->of_path);
    free(modules);
}

static const struct text prefix = {"nn.Module: ", 11};

static bool is_module(struct text name) {
    return name.size > prefix.size && memcmp(name.data, prefix.data, prefix.size) == 0;
}

/* Takes "_<n>" off the end of a class; numbers of more than 6 digits are part of the name. */
static uint32_t take_number(struct text *class) {
    uint32_t number = 0, scale = 1;
    size_t end = class->size;
    while (end > 0 && class->data[end - 1] >= '0' && class->data[end - 1] <= '9' && scale <= 1000000) {
        number += (uint32_t)(class->data[--end] - '0') * scale;
        scale *= 10;
    }
    if (end == class->size || end < 2 || class->data[end - 1] != '_' || scale > 1000000)
        return MODULE_UNNUMBERED;
    while (end > 1 && class->data[end - 1] == '_')
        end--;
    class->size = end;
    return number;
}

static enum status add_module(struct frame_modules *modules, struct text name, uint32_t caller, struct error *error) {
    struct text class = {name.data + prefix.size, name.size - prefix.size};
    struct frame_module module = {.number = take_number(&class), .caller_id = caller};
    TRY(names_intern(modules->classes, class, &module.class_id, error));
    void *items = modules->modules;
    TRY(array_grow(&items, &modules->module_capacity, modules->module_count + 1, sizeof module, LIMIT_PATHS, error));
    modules->modules = items;
    modules->modules[modules->module_count++] = module;
    return STATUS_OK;
}

static enum status module_of(struct frame_modules *modules, uint32_t path, uint32_t *module, struct error *error) {
    *module = path == PATH_ROOT ? MODULE_NONE : modules->of_path[paths_caller(modules->paths, path)];
    const uint32_t frame = path == PATH_ROOT ? NAME_NONE : paths_name(modules->paths, path);
    const struct text name = names_get(modules->names, frame);
    if (!is_module(name))
        return STATUS_OK;
    uint64_t *known;
    TRY(map_at(modules->known, (uint64_t)*module << 32 | frame, &known, error));
    if (!known)
        return STATUS_OK;
    if (*known == 0) {
        TRY(add_module(modules, name, *module, error));
        *known = modules->module_count;
    }
    *module = (uint32_t)*known;
    return STATUS_OK;
}

enum status frame_modules_find(struct frame_modules *modules, uint32_t path, uint32_t *module, struct error *error) {
    if (path >= modules->path_count) {
        const uint32_t count = paths_count(modules->paths);
        void *items = modules->of_path;
        TRY(array_grow(&items, &modules->path_capacity, count, sizeof *modules->of_path, SIZE_MAX, error));
        modules->of_path = items;
        for (; modules->path_count < count; modules->path_count++) {
            uint32_t innermost;
            TRY(module_of(modules, (uint32_t)modules->path_count, &innermost, error));
            modules->of_path[modules->path_count] = innermost;
        }
    }
    *module = modules->of_path[path];
    return STATUS_OK;
}

const struct frame_module *frame_modules_get(const struct frame_modules *modules, uint32_t module) {
    return &modules->modules[module - 1];
}

struct text frame_modules_class(const struct frame_modules *modules, uint32_t class_id) {
    return names_get(modules->classes, class_id);
}

uint32_t frame_modules_count(const struct frame_modules *modules) {
    return (uint32_t)modules->module_count + 1;
}
