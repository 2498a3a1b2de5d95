#include <criterion/criterion.h>
#include <sched.h>
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

struct looking_job {
    struct job job; /* first */
    atomic_bool ran;
    cpu_set_t processors; /* those that its thread may run on */
};

static void look(struct job *job, unsigned worker) {
    struct looking_job *looking = (struct looking_job *)job;
    (void)worker;
    sched_getaffinity(0, sizeof looking->processors, &looking->processors);
    looking->ran = true;
}

/* By another thread than this one, which does not wait before it has run. */
static cpu_set_t look_elsewhere(struct pool *pool) {
    struct looking_job looking = {.job.run = look};
    pool_submit(pool, &looking.job);
    while (!looking.ran)
        sched_yield();
    pool_wait(pool, &looking.job);
    return looking.processors;
}

Test(pool, apart_a_thread_is_on_another_processor_for_its_first_job) {
    struct pool *pool = pool_new_apart(2);
    cpu_set_t all;
    cr_assert_not_null(pool);
    cr_assert_eq(sched_getaffinity(0, sizeof all, &all), 0);
    const cpu_set_t first = look_elsewhere(pool), second = look_elsewhere(pool);
    const int count = CPU_COUNT(&all);
    cr_expect_eq(CPU_COUNT(&first), count > 1 ? count - 1 : 1);
    cr_expect(CPU_EQUAL(&second, &all), "it may run on all afterwards");
    pool_free(pool);
}
