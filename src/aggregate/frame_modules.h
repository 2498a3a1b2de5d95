/* The nn.Module frames of call paths. A module is known by a small number; MODULE_NONE stands for a path without any.
 * "nn.Module: LlamaDecoderLayer_12" is of class LlamaDecoderLayer and has the number 12, which counts the instances
 * of that class in the process. */
#ifndef TRACECMP_FRAME_MODULES_H
#define TRACECMP_FRAME_MODULES_H

#include "base/names.h"
#include "base/paths.h"

enum { MODULE_NONE = 0, MODULE_UNNUMBERED = INT32_MAX };

struct frame_module {
    uint32_t class_id;  /* name without its number: frame_modules_class */
    uint32_t number;    /* MODULE_UNNUMBERED when it has none */
    uint32_t caller_id; /* the module around it; MODULE_NONE when none */
};

struct frame_modules;

/* names, paths: borrowed. NULL: no memory. */
struct frame_modules *frame_modules_new(const struct names *names, const struct paths *paths);
void frame_modules_free(struct frame_modules *modules);
/* The innermost module of a call path. */
enum status frame_modules_find(struct frame_modules *modules, uint32_t path, uint32_t *module,
                               struct error *error) CHECKED;
const struct frame_module *frame_modules_get(const struct frame_modules *modules, uint32_t module);
struct text frame_modules_class(const struct frame_modules *modules, uint32_t class_id); /* borrowed */
uint32_t frame_modules_count(const struct frame_modules *modules); /* one past the largest */

#endif
