#include <criterion/criterion.h>
#include <stdatomic.h>

#include "base/pool.h"

TestSuite(pool, .timeout = 30);

enum { JOBS = 2000, THREADS = 4 };

struct numbered_job {
    struct job job; /* first */
    unsigned number, runs, worker;
    atomic_uint *order; /* counts up */
    unsigned place;
};

static void run_numbered(struct job *job, unsigned worker) {
    struct numbered_job *numbered = (struct numbered_job *)job;
    numbered->runs++;
    numbered->worker = worker;
    numbered->place = atomic_fetch_add(numbered->order, 1);
}

static void prepare(struct numbered_job *jobs, atomic_uint *order) {
    for (unsigned i = 0; i < JOBS; i++)
        jobs[i] = (struct numbered_job){.job.run = run_numbered, .number = i, .order = order};
}

Test(pool, every_job_runs_once_on_one_of_the_workers) {
    static struct numbered_job jobs[JOBS];
    atomic_uint order = 0;
    struct pool *pool = pool_new(THREADS);
    cr_assert_not_null(pool);
    cr_expect_eq(pool_threads(pool), THREADS);
    prepare(jobs, &order);
    for (unsigned i = 0; i < JOBS; i++)
        pool_submit(pool, &jobs[i].job);
    for (unsigned i = 0; i < JOBS; i++) {
        pool_wait(pool, &jobs[i].job);
        cr_assert_eq(jobs[i].runs, 1, "job %u", i);
        cr_assert_lt(jobs[i].worker, THREADS, "job %u", i);
    }
    cr_expect_eq(order, JOBS);
    pool_free(pool);
}

Test(pool, a_worker_sees_its_jobs_in_the_order_of_their_submission) {
    static struct numbered_job jobs[JOBS];
    unsigned last[THREADS] = {0};
    atomic_uint order = 0;
    struct pool *pool = pool_new(THREADS);
    prepare(jobs, &order);
    for (unsigned i = 0; i < JOBS; i++)
        pool_submit(pool, &jobs[i].job);
    for (unsigned i = 0; i < JOBS; i++) {
        pool_wait(pool, &jobs[i].job);
        unsigned *before = &last[jobs[i].worker];
        cr_assert(*before == 0 || jobs[i].place >= *before, "job %u", i);
        *before = jobs[i].place + 1;
    }
    pool_free(pool);
}

Test(pool, one_thread_runs_everything_in_order) {
    static struct numbered_job jobs[JOBS];
    atomic_uint order = 0;
    struct pool *pool = pool_new(1);
    prepare(jobs, &order);
    for (unsigned i = 0; i < JOBS; i++)
        pool_submit(pool, &jobs[i].job);
    for (unsigned i = JOBS; i-- > 0;)
        pool_wait(pool, &jobs[i].job);
    for (unsigned i = 0; i < JOBS; i++)
        cr_assert_eq(jobs[i].place, i);
    pool_free(pool);
}

Test(pool, a_job_may_be_submitted_again_once_it_was_waited_for) {
    struct numbered_job job;
    atomic_uint order = 0;
    struct pool *pool = pool_new(2);
    job = (struct numbered_job){.job.run = run_numbered, .order = &order};
    for (unsigned i = 0; i < 100; i++) {
        pool_submit(pool, &job.job);
        pool_wait(pool, &job.job);
        cr_assert_eq(job.runs, i + 1);
    }
    pool_free(pool);
}

Test(pool, without_jobs_it_comes_and_goes) {
    pool_free(pool_new(THREADS));
    pool_free(NULL);
}
