/* Whether a text is one JSON document of the strict grammar, and nothing after it but white space. */
#ifndef TRACECMP_JSON_CHECKER_H
#define TRACECMP_JSON_CHECKER_H

#include <stdbool.h>

bool json_checker_accepts(const char *text);

#endif
