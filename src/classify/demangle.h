/* _Z… -> readable C++. */
#ifndef TRACECMP_DEMANGLE_H
#define TRACECMP_DEMANGLE_H

#include "base/buf.h"
#include "base/text.h"

/* Writes the readable form of name into out (cleared first): the demangled text, or name itself when it is not
 * mangled, too long (LIMIT_DEMANGLE_BYTES, in or out) or does not demangle. */
enum status demangle(struct text name, struct buf *out, struct error *error) CHECKED;

#endif
