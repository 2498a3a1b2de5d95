#include "base/aside.h"

static void run(struct job *job, unsigned worker) {
    struct aside *aside = (struct aside *)job;
    (void)worker;
    aside->status = aside->work(aside->self, &aside->error);
}

void aside_begin(struct aside *aside, struct pool *pool, enum status (*work)(void *self, struct error *error),
                 void *self) {
    aside->job.run = run;
    aside->pool = pool;
    aside->work = work;
    aside->self = self;
    if (pool)
        pool_submit(pool, &aside->job);
    else
        run(&aside->job, 0);
}

enum status aside_end(struct aside *aside, enum status before, struct error *error) {
    if (aside->pool)
        pool_wait(aside->pool, &aside->job);
    if (before != STATUS_OK || aside->status == STATUS_OK)
        return before;
    *error = aside->error;
    return aside->status;
}
