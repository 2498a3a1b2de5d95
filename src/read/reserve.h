/* Memory for libuv, which ends the process where it gets none: where the system has none left it takes from a small
 * reserve, so that the loop lives until an allocation of ours has failed and been told. */
#ifndef TRACECMP_RESERVE_H
#define TRACECMP_RESERVE_H

/* Before anything else of libuv is called; may come again, on any thread. */
void reserve_begin(void);

#endif
