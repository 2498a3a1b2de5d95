#include <criterion/criterion.h>

#include "base/start_apart.h"

TestSuite(start_apart, .timeout = 60);

struct seen {
    const struct start_apart *apart;
    cpu_set_t at_first, settled;
};

static cpu_set_t processors(void) {
    cpu_set_t set;
    cr_assert_eq(sched_getaffinity(0, sizeof set, &set), 0);
    return set;
}

static void *look(void *self) {
    struct seen *seen = self;
    sched_getaffinity(0, sizeof seen->at_first, &seen->at_first);
    start_apart_settle(seen->apart);
    sched_getaffinity(0, sizeof seen->settled, &seen->settled);
    return NULL;
}

static struct seen start_one(const struct start_apart *apart) {
    struct seen seen = {.apart = apart};
    pthread_t thread;
    cr_assert(start_apart_thread(apart, &thread, look, &seen));
    pthread_join(thread, NULL);
    return seen;
}

Test(start_apart, starts_on_another_processor_and_may_then_run_on_all) {
    struct start_apart apart;
    cpu_set_t both;
    const cpu_set_t all = processors();
    const int count = CPU_COUNT(&all);
    start_apart_init(&apart);
    const struct seen seen = start_one(&apart);
    CPU_AND(&both, &all, &seen.at_first);
    cr_expect(CPU_EQUAL(&both, &seen.at_first), "one that its maker may run on");
    cr_expect_eq(CPU_COUNT(&seen.at_first), count > 1 ? count - 1 : 1);
    cr_expect(CPU_EQUAL(&seen.settled, &all));
}

Test(start_apart, stays_where_its_maker_is_bound_to) {
    struct start_apart apart;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
    start_apart_init(&apart);
    const struct seen seen = start_one(&apart);
    cr_expect(CPU_EQUAL(&seen.at_first, &one));
    cr_expect(CPU_EQUAL(&seen.settled, &one));
}

Test(start_apart, starts_anywhere_when_nothing_is_known_of_processors) {
    const struct start_apart apart = {.known = false};
    const cpu_set_t all = processors();
    const struct seen seen = start_one(&apart);
    cr_expect(CPU_EQUAL(&seen.at_first, &all));
    cr_expect(CPU_EQUAL(&seen.settled, &all));
}
