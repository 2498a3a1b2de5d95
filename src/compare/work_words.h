/* What a kernel does, as its name and its operation say it: words ("rmsnorm", "Cijk", "swiglu") -> kinds of work. */
#ifndef TRACECMP_WORK_WORDS_H
#define TRACECMP_WORK_WORDS_H

#include <stdint.h>

#include "base/text.h"

enum { WORK_WORD_BYTES = 24 };

/* One bit for each kind of work. */
struct work {
    uint64_t does;  /* what the words say */
    uint64_t parts; /* what that consists of: a norm multiplies, adds, takes means */
    uint64_t maybe; /* what it can do besides: a GEMM with "bias" in its name may add one */
};

/* A word in lower case, without digits; text at *at begins a word or nothing. False at the end of the text. Words
 * end at digits, at what is no letter and, when `camel`, where a capital begins; long ones are cut. */
bool work_next_word(struct text text, size_t *at, bool camel, char word[WORK_WORD_BYTES]);
struct work work_of_word(const char *word);
/* All words of a name; an inductor name lists sources of its operators, and only its templates multiply matrices. */
struct work work_of_kernel(struct text name, struct text operation);
/* The kinds that the operation alone says. */
uint64_t work_of_operation(struct text operation);
/* What these kinds consist of. */
uint64_t work_parts(uint64_t does);
/* The kinds that are seen in pieces: three or more of their parts are done by themselves. */
uint64_t work_pieced(uint64_t does, uint64_t pieces);

static inline struct work work_join(struct work a, struct work b) {
    return (struct work){a.does | b.does, a.parts | b.parts, a.maybe | b.maybe};
}

#endif
