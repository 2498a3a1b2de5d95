/* What libuv needs of the system, and would end the process without: asked for before it does. */
#ifndef TRACECMP_PROVISION_H
#define TRACECMP_PROVISION_H

#include "base/error.h"

/* Before a loop begins. Fails when there are too few descriptors or threads left. */
enum status provision(struct error *error) CHECKED;

#endif
