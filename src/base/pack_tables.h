/* What the vector builds of pack.h look up by a control byte. */
#ifndef TRACECMP_PACK_TABLES_H
#define TRACECMP_PACK_TABLES_H

#include "base/pack.h"

#if defined(__x86_64__)
extern const unsigned char pack_lengths[256];     /* bytes of its lanes together */
extern const unsigned char pack_spread[256][16];  /* which packed byte a lane's byte is; 0x80: none, it is 0 */
extern const unsigned char pack_gather[256][16];  /* which lane's byte a packed byte is; 0x80: none */
#endif

#endif
