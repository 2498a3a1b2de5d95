/* Words of a list (keys, categories) that damage may have changed: how much of them is left? */
#ifndef TRACECMP_DAMAGED_WORD_H
#define TRACECMP_DAMAGED_WORD_H

#include <stdbool.h>

#include "base/text.h"

/* No byte of it is one that no word of ours has. */
bool word_is_plain(struct text raw);
/* Without its stray bytes the text is the word: it can be read as that. */
bool word_is_within(struct text raw, const char *word);
/* One letter of the word is another one, or missing: as it may be another word, that is only said. Never of words
 * shorter than three letters, and not where the letter differs by its case only. */
bool word_is_near(struct text raw, const char *word);

#endif
