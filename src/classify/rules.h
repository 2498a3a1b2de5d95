/* Kernel name -> operation, by one ordered table of rules: the first that matches wins. A rules file holds one rule a
 * line, "operation = pattern", split at the first '='; blanks around both are no part of them. Lines that are empty or
 * begin with '#' say nothing. The language of patterns is that of pattern.h:
 *
 *     Attention (Decode) = ^my_decode_*_kernel
 *     Router = fused_router */
#ifndef TRACECMP_RULES_H
#define TRACECMP_RULES_H

#include "base/error.h"
#include "base/text.h"
#include "flow/event.h"

struct rules;

struct rule_match {
    struct text operation; /* borrowed: for the life of the rules */
    struct text rule;      /* the pattern that matched, as written in the table or file */
};

struct rules *rules_new(void); /* the built-in table; NULL: no memory */
void rules_free(struct rules *rules);
/* Puts the rules of a file's text before the built-in ones, after user rules added earlier. file: for messages,
 * "FILE: line N: what is wrong" (STATUS_USAGE). content: borrowed until the call returns. */
enum status rules_add(struct rules *rules, struct text content, const char *file, struct error *error) CHECKED;
/* readable: the demangled name. Always matches: what no rule knows is "Other". A user's rule wins over everything;
 * without one, memory copies and sets are what their kind says, whatever their name. */
struct rule_match rules_match(const struct rules *rules, enum event_kind kind, struct text readable);
/* The operation and pattern of each rule, the user's first: false when there is no such index. */
bool rules_at(const struct rules *rules, size_t index, struct rule_match *match);
/* Does any rule, built-in or the user's, give this operation? */
bool rules_know(const struct rules *rules, struct text operation);
/* Communication, for the timeline: exactly the names whose built-in operation is Collective or MoE Communication. */
bool rules_is_collective(struct text name);

#endif
