#include <criterion/criterion.h>
#include <string.h>

#include "tokenize/boundary.h"

TestSuite(boundary, .timeout = 30);

/* The brace in question is the last byte. */
static bool at_end(const char *text, size_t least) {
    return boundary_at(text, least, strlen(text) - 1);
}

Test(boundary, an_item_begins_behind_another_and_a_comma) {
    static const struct {
        const char *text;
        size_t least;
        bool is;
    } cases[] = {
        {"},{", 0, true},     {"},\n  {", 0, true}, {"} ,\t{", 0, true},  {"x},{", 1, true},  {"x},{", 2, false},
        {"},{", 1, false},    {"},{", 2, false},    {",{", 0, false},     {"{", 0, false},    {"}{", 0, false},
        {"[{", 0, false},     {":{", 0, false},     {"],{", 0, false},    {"},,{", 0, false}, {"},\"{", 0, false},
        {"} \n{", 0, false},  {"},[", 0, false},    {"  ,  {", 0, false}, {"},x", 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(at_end(cases[i].text, cases[i].least), cases[i].is, "'%s' from %zu", cases[i].text,
                     cases[i].least);
}
