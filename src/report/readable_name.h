/* Kernel names as people say them. C++ names run to thousands of characters; what tells kernels apart is the function,
 * the functor and the element type. Names of another make (Memcpy HtoD, nvjet_…, Cijk_…) come out as they are. */
#ifndef TRACECMP_READABLE_NAME_H
#define TRACECMP_READABLE_NAME_H

#include "base/buf.h"
#include "base/text.h"

/* Replaces the content of `out` by the fullest of these forms that has at most `columns` columns, else by the last,
 * without the brackets that close it, for it will be cut:
 *   1. without the return type and the parameter list
 *   2. in template arguments: no namespaces, no lambdas, no parameter lists
 *   3. no namespaces at all
 *   4. no template arguments that are only numbers or built-in types
 * The caller still cuts and escapes it. */
enum status readable_name_shorten(struct buf *out, struct text name, size_t columns, struct error *error) CHECKED;

#endif
