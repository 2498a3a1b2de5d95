/* Says whether bytes are UTF-8, by decoding them; and encodes one code point. */
#ifndef TRACECMP_UTF8_CHECKER_H
#define TRACECMP_UTF8_CHECKER_H

#include "base/text.h"

bool utf8_is_valid(struct text text);
/* Writes 1 to 4 bytes and returns their number. */
size_t utf8_encode(unsigned code_point, char *to);

#endif
