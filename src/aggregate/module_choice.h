/* Which class of modules is the layer: of those with several numbers the one that holds attention, else the one that
 * holds others, with the most time; and within it a class that fills it and has more numbers. */
#ifndef TRACECMP_MODULE_CHOICE_H
#define TRACECMP_MODULE_CHOICE_H

#include "aggregate/frame_modules.h"

struct module_use { /* of GPU events directly in one module */
    int64_t total_ns;
    bool mixer;
};

struct module_choice {
    uint32_t class_id; /* NAME_NONE: none fits */
    bool mixer;        /* it holds attention */
    uint32_t *numbers; /* owned; ascending */
    size_t number_count;
};

/* uses: by module. */
enum status module_choice_make(const struct frame_modules *modules, const struct module_use *uses,
                               struct module_choice *choice, struct error *error) CHECKED;
void module_choice_fini(struct module_choice *choice);

/* The number of the module of that class around (or at) a module, outermost first; MODULE_UNNUMBERED when none. */
uint32_t module_choice_number(const struct module_choice *choice, const struct frame_modules *modules, uint32_t module);

#endif
