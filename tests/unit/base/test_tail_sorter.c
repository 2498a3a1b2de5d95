#include <criterion/criterion.h>
#include <string.h>

#include "base/tail_sorter.h"
#include "seeded.h"

TestSuite(tail_sorter, .timeout = 60);

enum { HEAD_WORDS = 4, TAIL_WORDS = 3, WORDS = HEAD_WORDS + TAIL_WORDS, KEY_WORDS = 2, PUSHES = 20000 };
enum { MUCH = 1 << 26, NOTHING = 1 };

/* Of few keys and few tails; the last word of the head says which one it is. */
static void make_record(struct seeded *seeded, uint64_t tails, uint64_t n, uint64_t *record) {
    const uint64_t tail = seeded_below(seeded, tails);
    record[0] = seeded_below(seeded, 3);
    record[1] = seeded_below(seeded, PUSHES / 5);
    record[TAIL_NUMBER_WORD] = n << 32;
    record[HEAD_WORDS - 1] = n;
    for (uint64_t i = 0; i < TAIL_WORDS; i++)
        record[HEAD_WORDS + i] = i == 1 ? tail : tail << 40;
}

static void expect_record(const struct tailed *got, const uint64_t *want, uint32_t most_tails) {
    const uint64_t *head = got->head;
    cr_assert(head && want, "as many come out as went in");
    for (size_t i = 0; i < HEAD_WORDS; i++)
        cr_assert_eq(i == TAIL_NUMBER_WORD ? head[i] >> 32 << 32 : head[i], want[i], "word %zu", i);
    cr_assert_eq(memcmp(got->tail, want + HEAD_WORDS, TAIL_WORDS * 8), 0);
    cr_assert(got->number == TAIL_NONE || got->number < most_tails);
}

/* As a sorter of whole records gives them out. */
static void compare(struct tail_sorter *sorter, struct sorter *whole, uint32_t most_tails) {
    struct error error;
    struct tailed got;
    const void *want;
    cr_assert_eq(tail_sorter_finish(sorter, &error), STATUS_OK);
    cr_assert_eq(sorter_finish(whole, &error), STATUS_OK);
    do {
        cr_assert_eq(tail_sorter_next(sorter, &got, &error), STATUS_OK);
        cr_assert_eq(sorter_next(whole, &want, &error), STATUS_OK);
        if (got.head || want)
            expect_record(&got, want, most_tails);
    } while (want);
    tail_sorter_reopen(sorter);
    sorter_reopen(whole);
}

static void push(struct tail_sorter *sorter, struct sorter *whole, const uint64_t *record, uint32_t *known) {
    struct error error;
    uint64_t head[HEAD_WORDS];
    uint32_t *number = &known[record[HEAD_WORDS + 1]];
    memcpy(head, record, sizeof head);
    cr_assert_eq(sorter_push(whole, record, &error), STATUS_OK);
    if (*number != TAIL_NONE && record[0] == 0)
        cr_assert_eq(tail_sorter_push_known(sorter, head, *number, &error), STATUS_OK);
    else
        cr_assert_eq(tail_sorter_push(sorter, head, record + HEAD_WORDS, number, &error), STATUS_OK);
}

static void check(uint64_t tails, uint32_t most_tails, size_t budget) {
    struct seeded seeded = {tails + most_tails};
    struct sort_space *space = sort_space_new(budget, NULL);
    struct tail_sorter *sorter = tail_sorter_new(space, HEAD_WORDS, TAIL_WORDS, KEY_WORDS, most_tails);
    struct sorter *whole = sorter_new(space, WORDS * 8, KEY_WORDS);
    uint32_t known[1000];
    cr_assert(space && sorter && whole && tails <= sizeof known / sizeof *known);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        known[i] = TAIL_NONE;
    for (uint64_t n = 0; n < PUSHES; n++) {
        uint64_t record[WORDS];
        make_record(&seeded, tails, n, record);
        push(sorter, whole, record, known);
        if (n == PUSHES / 2)
            compare(sorter, whole, most_tails);
    }
    cr_expect_eq(tail_sorter_tails(sorter), tails < most_tails ? tails : most_tails);
    compare(sorter, whole, most_tails);
    tail_sorter_free(sorter);
    sorter_free(whole);
    sort_space_free(space);
}

Test(tail_sorter, gives_out_what_a_sorter_of_whole_records_does) {
    static const uint64_t tails[] = {1, 5, 1000};
    static const uint32_t ceilings[] = {1, 4, 5, 999, 1000, 1 << 16};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
        for (size_t k = 0; k < sizeof ceilings / sizeof *ceilings; k++) {
            check(tails[i], ceilings[k], MUCH);
            check(tails[i], ceilings[k], NOTHING);
        }
}
