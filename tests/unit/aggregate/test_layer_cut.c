#include <criterion/criterion.h>

#include "aggregate/layer_cut.h"
#include "layer_words.h"

TestSuite(layer_cut, .timeout = 10);

/* What each kernel belongs to: layers in turn are A B C …, lower case begins a new run of the model; - is outside. */
static void draw(const struct layer_cuts *cuts, size_t count, char *text) {
    memset(text, '-', count);
    text[count] = '\0';
    size_t place = 0;
    for (size_t i = 0; i < cuts->count; i++) {
        const struct layer_cut *cut = &cuts->list[i];
        place = cut->continues ? place + 1 : 0;
        memset(text + cut->first, (cut->continues ? 'A' : 'a') + (int)(place % 26), cut->end - cut->first);
    }
}

static void without_spaces(const char *from, char *to) {
    for (; *from; from++)
        if (*from != ' ')
            *to++ = *from;
    *to = '\0';
}

static const struct {
    const char *name, *kernels, *layers;
    bool stable;
} cases[] = {
    {"nothing", "", "", false},
    {"nothing like a layer", "cccbbb", "------", false},
    {"one attention alone", "engagng", "-------", false},
    {"prologue and epilogue", "e ngragngwg ngragngwg ngragngwg ngs", "- aaaaaaaaa BBBBBBBBB CCCCCCCCC ---", true},
    {"nothing around them", "ngragngwg ngragngwg ngragngwg", "aaaaaaaaa BBBBBBBBB CCCCCCCCC", true},
    {"two runs of the model", "e ngagng ngagng ngagng ngs e ngagng ngagng ngagng ngs",
     "- aaaaaa BBBBBB CCCCCC --- - aaaaaa BBBBBB CCCCCC ---", true},
    {"runs that begin alike", "wxe ngagng ngagng s wxe ngagng ngagng s wxe ngagng ngagng s",
     "--- aaaaaa BBBBBB - --- aaaaaa BBBBBB - --- aaaaaa BBBBBB -", true},
    {"norms made of small kernels", "e xyzgagxyzg xyzgagxyzg xyzgagxyzg xyzgs",
     "- aaaaaaaaaa BBBBBBBBBB CCCCCCCCCC -----", true},
    {"norms after the parts, as in BERT", "eenpq gggagtngwgtn gggagtngwgtn gggagtngwgtn gwng",
     "----- aaaaaaaaaaaa BBBBBBBBBBBB CCCCCCCCCCCC ----", true},
    {"two kinds in turn", "e ngraagngmg ngfragngmg ngraagngmg ngfragngmg ngs",
     "- aaaaaaaaaa BBBBBBBBBB CCCCCCCCCC DDDDDDDDDD ---", true},
    {"dense layers before those of experts", "e ngragngwg ngragngpqmgf ngragngpqmgf ngragngpqmgf ngs",
     "- aaaaaaaaa BBBBBBBBBBBB CCCCCCCCCCCC DDDDDDDDDDDD ---", true},
    {"the window opens in a layer", "gwg ngragngwg ngragngwg ngragngwg ngs", "--- aaaaaaaaa BBBBBBBBB CCCCCCCCC ---",
     true},
    {"norms of queries and keys", "e ngnnragngwg ngnnragngwg ngnnragngwg ngs",
     "- aaaaaaaaaaa BBBBBBBBBBB CCCCCCCCCCC ---", true},
    {"preparations that look like attention", "a c e ngragngwg ngragngwg ngragngwg ngs",
     "- - - aaaaaaaaa BBBBBBBBB CCCCCCCCC ---", true},
    {"one more kernel in one layer", "e ngragngwg ngragngwg ngraxgngwg ngragngwg ngragngwg ngs",
     "- aaaaaaaaa BBBBBBBBB CCCCCCCCCC DDDDDDDDD EEEEEEEEE ---", true},
    {"every layer is another", "e ngagngb ngagngcd ngagnghi ngagngjkl ngagngm ngs",
     "- aaaaaaa BBBBBBBB CCCCCCCC DDDDDDDDD EEEEEEE ---", false},
    {"without attention", "e xgyzw xgyzw xgyzw xgyzw s", "- aaaaa BBBBB CCCCC DDDDD -", true},
};

Test(layer_cut, cuts) {
    struct layer_cutter *cutter = layer_cutter_new();
    struct layer_token tokens[LAYER_WORDS_MOST];
    char wanted[LAYER_WORDS_MOST + 1], got[LAYER_WORDS_MOST + 1];
    const struct layer_start unknown = {.certainty = LAYER_START_UNKNOWN};
    cr_assert(cutter);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct layer_cuts cuts;
        const size_t count = layer_words_read(cases[i].kernels, tokens);
        layer_cutter_cut(cutter, tokens, count, &unknown, &cuts);
        draw(&cuts, count, got);
        without_spaces(cases[i].layers, wanted);
        cr_expect_str_eq(got, wanted, "case %s:\n%s, not\n%s", cases[i].name, got, wanted);
        cr_expect_eq(cuts.stable, cases[i].stable, "case %s: stable %d", cases[i].name, cuts.stable);
    }
    layer_cutter_free(cutter);
}

Test(layer_cut, what_other_sequences_show_helps) {
    struct layer_cutter *cutter = layer_cutter_new();
    struct layer_token tokens[LAYER_WORDS_MOST];
    char got[LAYER_WORDS_MOST + 1];
    const struct layer_start unknown = {.certainty = LAYER_START_UNKNOWN};
    struct layer_cuts cuts;
    cr_assert(cutter);
    size_t count = layer_words_read("exygagxygxygagxygxygagxygxygs", tokens);
    layer_cutter_cut(cutter, tokens, count, &unknown, &cuts);
    cr_expect_eq(cuts.start.certainty, LAYER_START_SEEN);
    cr_expect(cuts.opens);
    const struct layer_start hint = cuts.start;

    count = layer_words_read("gxygxygagxygxygagxyg", tokens);
    layer_cutter_cut(cutter, tokens, count, &hint, &cuts);
    draw(&cuts, count, got);
    cr_expect_str_eq(got, "----aaaaaaaaBBBBBBBB", "%s", got);
    cr_expect_not(cuts.opens);
    layer_cutter_free(cutter);
}
