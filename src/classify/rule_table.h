/* The built-in rules: which kernel names are which operation. */
#ifndef TRACECMP_RULE_TABLE_H
#define TRACECMP_RULE_TABLE_H

#include <stddef.h>

/* Holds no pointers, which every start of the program would have to set, page by page. */
struct rule {
    unsigned char operation_size, pattern_size;
    char operation[22], pattern[40]; /* the pattern in lower case: it is matched as it is written */
};

struct rule_table {
    const struct rule *rules;
    size_t count;
};

/* A name that one of these matches is communication, and it is that whatever else it contains. */
extern const struct rule_table rule_table_communication;
/* For all other names; the last rule matches everything. */
extern const struct rule_table rule_table_computation;
/* For memory copies and sets, which are known by their kind: the pattern says only where the class came from. */
extern const struct rule rule_memcpy, rule_memset;

#endif
