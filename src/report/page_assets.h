/* The style and the scripts of the HTML report: src/report/page/, made into C by scripts/embed.sh. */
#ifndef TRACECMP_PAGE_ASSETS_H
#define TRACECMP_PAGE_ASSETS_H

#include "base/text.h"

extern const struct text page_style, page_script;

#endif
