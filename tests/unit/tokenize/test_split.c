#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "document_log.h"
#include "made_document.h"
#include "tokenize/split.h"

TestSuite(split, .timeout = 60);

#define BYTES(literal) {literal, sizeof(literal) - 1}

/* The log is described in document_log.h. */
static const struct {
    const char *name;
    struct text document;
    const char *log;
} documents[] = {
    {"one item", BYTES("{\"traceEvents\":[{\"a\":1}]}"), "16:{\"a\":1} | whole 1"},
    {"no items", BYTES("{\"traceEvents\":[]}"), "| whole 0"},
    {"two items", BYTES("{\"traceEvents\":[{\"a\":1},{\"b\":2}]}"), "16:{\"a\":1} 24:{\"b\":2} | whole 2"},
    {"white space everywhere", BYTES(" \t\r\n{ \"traceEvents\" :\n[ {\"a\": 1}\n,\n{\"b\": 2} ]\n}\n"),
     "24:{\"a\": 1} 35:{\"b\": 2} | whole 2"},
    {"byte order mark", BYTES("\357\273\277{\"traceEvents\":[{}]}"), "19:{} | whole 1"},
    {"mark and white space", BYTES("\357\273\277\n [{}]"), "6:{} | whole 1"},
    {"half a mark", BYTES("\357\273{}"), "| not a trace at 4"},
    {"keys before and after",
     BYTES("{\"x\":[1,{\"y\":\"]}\"}],\"wa\":{\"b\":[2]},\"traceEvents\":[{}],"
           "\"wc\":\"d\\\"}\",\"we\":-1.5e3,\"z\":null}"),
     "wa={\"b\":[2]} 50:{} wc=\"d\\\"}\" we=-1.5e3 | whole 1"},
    {"wanted word at the end of the object", BYTES("{\"traceEvents\":[],\"w\":true}"), "w=true | whole 0"},
    {"wanted value after a space", BYTES("{\"traceEvents\":[],\"w\" : [ 1 ] , \"v\":2}"), "w=[ 1 ] | whole 0"},
    {"escaped key", BYTES("{\"trace\\u0045vents\":[{}],\"\\u0077a\":1}"), "21:{} wa=1 | whole 1"},
    {"traceEvents as a value",
     BYTES("{\"a\":\"traceEvents\",\"b\":{\"traceEvents\":[{\"n\":1}]},\"traceEvents\":[{}]}"),
     "64:{} | whole 1"},
    {"traceEvents twice", BYTES("{\"traceEvents\":[{\"a\":1}],\"traceEvents\":[{\"b\":2}]}"),
     "16:{\"a\":1} 40:{\"b\":2} | whole 2"},
    {"a second traceEvents that is no array", BYTES("{\"traceEvents\":[{\"a\":1}],\"traceEvents\":7}"),
     "16:{\"a\":1} | whole 1"},
    {"bare array", BYTES("[{\"a\":1},{\"b\":2}]"), "1:{\"a\":1} 9:{\"b\":2} | whole 2"},
    {"bare array, empty", BYTES("[]"), "| whole 0"},
    {"bare array, open", BYTES("[{\"a\":1},{\"b\":2}"), "1:{\"a\":1} 9:{\"b\":2} | whole 2 array_not_closed*1@16"},
    {"bare array, open behind a comma", BYTES("[{\"a\":1},\n"), "1:{\"a\":1} | whole 1 array_not_closed*1@10"},
    {"bare array, cut in an item", BYTES("[{\"a\":1},{\"b\""), "1:{\"a\":1} | cut 2 truncated*1@13"},
    {"bare array, cut in a word", BYTES("[{\"a\":1},nul"),
     "1:{\"a\":1} | whole 2 item_not_object*1@9 array_not_closed*1@12"},
    {"bare array, only begun", BYTES("["), "| whole 0 array_not_closed*1@1"},
    {"bare array with bytes behind", BYTES("[{\"a\":1}] \n x y"), "1:{\"a\":1} | whole 1 trailing_bytes*1@12"},
    {"lines", BYTES("{\"ph\":\"X\",\"a\":1}\n{\"ph\":\"X\",\"b\":2}\n"),
     "0:{\"ph\":\"X\",\"a\":1} 17:{\"ph\":\"X\",\"b\":2} | whole 2"},
    {"lines without an end of line", BYTES("{\"ph\":\"X\"}\n{\"b\":2}"), "0:{\"ph\":\"X\"} 11:{\"b\":2} | whole 2"},
    {"lines with commas", BYTES("{\"ph\":\"X\"},\n{\"ph\":\"X\"},\n"), "0:{\"ph\":\"X\"} 12:{\"ph\":\"X\"} | whole 2"},
    {"lines on one line", BYTES("{\"ph\":\"X\"}{\"ph\":\"X\"} {\"ph\":\"X\"}"),
     "0:{\"ph\":\"X\"} 10:{\"ph\":\"X\"} 21:{\"ph\":\"X\"} | whole 3"},
    {"lines, one of them cut", BYTES("{\"ph\":\"X\"}\n{\"ph\":\"X\",\"na"), "0:{\"ph\":\"X\"} | cut 2 truncated*1@24"},
    {"lines, the first one cut", BYTES("{\"ph\":\"X\",\"na"), "| not a trace at 13"},
    {"lines with rubbish", BYTES("{\"ph\":\"X\"}\nrubbish ] 1\n{\"ph\":\"X\"}"),
     "0:{\"ph\":\"X\"} 23:{\"ph\":\"X\"} | whole 2 stray_bytes*1@11"},
    {"lines, key order and nesting", BYTES("{\"name\":\"a{\\\"}\",\"args\":{\"ph\":[1]},\"ph\":\"X\"}\n{}"),
     "0:{\"name\":\"a{\\\"}\",\"args\":{\"ph\":[1]},\"ph\":\"X\"} 44:{} | whole 2"},
    {"a byte order mark before lines", BYTES("\357\273\277{\"ph\":\"X\"}\n{}"), "3:{\"ph\":\"X\"} 14:{} | whole 2"},
    {"one object without ph", BYTES("{\"name\":\"a\"}"), "| not a trace at 12"},
    {"ph only inside", BYTES("{\"args\":{\"ph\":\"X\"}}"), "| not a trace at 19"},
    {"empty object", BYTES("{}"), "| not a trace at 2"},
    {"empty", BYTES(""), "| not a trace at 0"},
    {"blank", BYTES(" \n\t "), "| not a trace at 4"},
    {"only a mark", BYTES("\357\273\277"), "| not a trace at 3"},
    {"a number", BYTES("12"), "| not a trace at 0"},
    {"a string", BYTES("\"traceEvents\""), "| not a trace at 0"},
    {"text", BYTES("hello"), "| not a trace at 0"},
    {"binary", BYTES("\177ELF\000\001"), "| not a trace at 0"},
    {"gzip", BYTES("\037\213\010"), "| not a trace at 0"},
    {"traceEvents is null", BYTES("{\"traceEvents\":null}"), "| not a trace at 15"},
    {"traceEvents is an object", BYTES("{\"a\":1,\"traceEvents\":{\"x\":[]}}"), "| not a trace at 21"},
    {"no colon", BYTES("{\"traceEvents\"[{}]}"), "| not a trace at 14"},
    {"a word as key", BYTES("{traceEvents:[{}]}"), "| not a trace at 1"},
    {"closed too early", BYTES("{\"a\":1}}"), "| not a trace at 7"},
    {"cut in a key", BYTES("{\"traceEve"), "| not a trace at 10"},
    {"cut before the events", BYTES("{\"schemaVersion\":1,\"deviceProp"), "| not a trace at 30"},
    {"cut behind traceEvents", BYTES("{\"traceEvents\":"), "| not a trace at 15"},
    {"cut in the array", BYTES("{\"traceEvents\":[{\"a\":1},"), "16:{\"a\":1} | cut 1 truncated*1@24"},
    {"cut behind an item", BYTES("{\"traceEvents\":[{\"a\":1}"), "16:{\"a\":1} | cut 1 truncated*1@23"},
    {"cut in an item", BYTES("{\"traceEvents\":[{\"a\":1},{\"b\":{\"c\":"), "16:{\"a\":1} | cut 2 truncated*1@34"},
    {"cut in a string of an item", BYTES("{\"traceEvents\":[{\"a\":1},{\"b\":\"]}"),
     "16:{\"a\":1} | cut 2 truncated*1@32"},
    {"cut behind a backslash", BYTES("{\"traceEvents\":[{\"b\":\"\\"), "| cut 1 truncated*1@23"},
    {"cut in a word of the array", BYTES("{\"traceEvents\":[{},tru"),
     "16:{} | cut 2 truncated*1@22 item_not_object*1@19"},
    {"cut behind the array", BYTES("{\"traceEvents\":[{\"a\":1}]"), "16:{\"a\":1} | cut 1 truncated*1@24"},
    {"cut in a key behind the array", BYTES("{\"traceEvents\":[{\"a\":1}],\"tr"),
     "16:{\"a\":1} | cut 1 truncated*1@28"},
    {"cut in a wanted value", BYTES("{\"traceEvents\":[{\"a\":1}],\"wx\":{\"y\":1"),
     "16:{\"a\":1} | cut 1 truncated*1@36"},
    {"cut in a wanted word", BYTES("{\"traceEvents\":[{\"a\":1}],\"wx\":12"), "16:{\"a\":1} | cut 1 truncated*1@32"},
    {"trailing comma", BYTES("{\"traceEvents\":[{\"a\":1},]}"), "16:{\"a\":1} | whole 1"},
    {"leading comma", BYTES("{\"traceEvents\":[,{\"a\":1}]}"), "17:{\"a\":1} | whole 1"},
    {"many commas", BYTES("{\"traceEvents\":[{\"a\":1},,,{\"b\":2}],,\"wa\":1,}"),
     "16:{\"a\":1} 26:{\"b\":2} wa=1 | whole 2"},
    {"missing commas", BYTES("{\"traceEvents\":[{\"a\":1}{\"b\":2}\n{\"c\":3},{\"d\":4}]}"),
     "16:{\"a\":1} 23:{\"b\":2} 31:{\"c\":3} 39:{\"d\":4} | whole 4 missing_comma*2@23"},
    {"missing comma between keys", BYTES("{\"wa\":1 \"wb\":2 \"traceEvents\":[{}]}"), "wa=1 wb=2 30:{} | whole 1"},
    {"other elements", BYTES("{\"traceEvents\":[1,\"two\",[3,[44]],null,{\"a\":1},-1.5,true]}"),
     "38:{\"a\":1} | whole 7 item_not_object*6@16"},
    {"strings with brackets as elements", BYTES("[ \"]\", \"\\\"[\", {\"a\":1}]"),
     "14:{\"a\":1} | whole 3 item_not_object*2@2"},
    {"a word against an item", BYTES("[null{\"a\":1}]"), "5:{\"a\":1} | whole 2 item_not_object*1@1 missing_comma*1@5"},
    {"a word against a string", BYTES("[12\"a\"[1]{\"b\":2}]"),
     "9:{\"b\":2} | whole 4 item_not_object*3@1 missing_comma*3@3"},
    {"NaN as an element", BYTES("[NaN,{\"a\":1},N/A]"), "5:{\"a\":1} | whole 3 item_not_object*2@1"},
    {"stray bytes", BYTES("{\"traceEvents\":[{\"a\":1} ; {\"b\":2},?\?,{\"c\":3}]}"),
     "16:{\"a\":1} 26:{\"b\":2} 37:{\"c\":3} | whole 3 missing_comma*1@26 stray_bytes*2@24"},
    {"stray closing brace", BYTES("{\"traceEvents\":[{\"a\":1}},{\"b\":2}]}"),
     "16:{\"a\":1} 25:{\"b\":2} | whole 2 stray_bytes*1@23"},
    {"stray NULs", BYTES("{\"traceEvents\":[{\"a\":1},\000\000\000{\"b\":2}]}"),
     "16:{\"a\":1} 27:{\"b\":2} | whole 2 stray_bytes*1@24"},
    {"stray bytes behind the array", BYTES("{\"traceEvents\":[{\"a\":1}] ; \"wb\":1}"),
     "16:{\"a\":1} wb=1 | whole 1 stray_bytes*1@25"},
    {"stray byte at a colon", BYTES("{\"traceEvents\":[],\"wa\" = 1,\"wb\":2}"), "wa=2 | whole 0 stray_bytes*2@23"},
    {"stray byte at a value", BYTES("{\"traceEvents\":[],\"wa\": ?1,\"wb\":2}"),
     "wa=1 wb=2 | whole 0 stray_bytes*1@24"},
    {"item with a quote too many", BYTES("{\"traceEvents\":[{\"a\":\"b\"c\"},{\"ph\":1}]}"),
     "28:{\"ph\":1} | whole 2 item_not_json*1@16"},
    {"quotes too many in two items", BYTES("[{\"a\":\"b\"c\"},{\"ph\":\"b\"c\"},{\"ph\":1}]"),
     "26:{\"ph\":1} | whole 3 item_not_json*2@1"},
    {"the last item with a quote too many", BYTES("[{\"ph\":1},{\"ph\":\"b\"c\"}]"),
     "1:{\"ph\":1} | whole 2 item_not_json*1@10"},
    {"item with mixed brackets", BYTES("{\"traceEvents\":[{\"a\":[1}],{\"ph\":1}]}"),
     "26:{\"ph\":1} | whole 2 item_not_json*1@16"},
    {"item without its end", BYTES("[{\"a\":{\"b\":1},{\"ph\":1},{\"ph\":2}]"),
     "14:{\"ph\":1} 23:{\"ph\":2} | whole 3 item_not_json*1@1"},
    {"item with an array that is never closed", BYTES("[{\"a\":[1,{\"ph\":1},{\"ph\":2}]"),
     "9:{\"ph\":1} 18:{\"ph\":2} | whole 3 item_not_json*1@1"},
    {"item with a bracket too many", BYTES("[{\"ph\":1}},{\"ph\":2},{\"ph\":{{3},{\"ph\":4}]"),
     "1:{\"ph\":1} 11:{\"ph\":2} 31:{\"ph\":4} | whole 4 item_not_json*1@20 stray_bytes*1@9"},
    {"item closed too early", BYTES("[{\"ph\":1},\"b\":[2],\"c\":\"{\"},{\"ph\":2}]"),
     "1:{\"ph\":1} 27:{\"ph\":2} | whole 3 item_not_object*1@10 stray_bytes*1@13"},
    {"what seems an item in a string is none", BYTES("[{\"ph\":\"},{\\\"ph\\\":1},{\"},{\"ph\":2}]"),
     "1:{\"ph\":\"},{\\\"ph\\\":1},{\"} 25:{\"ph\":2} | whole 2"},
    {"what seems an item in a broken one, but goes on otherwise", BYTES("[{\"a\":'\"},{\"ph\":1} \"},{\"ph\":2}]"),
     "22:{\"ph\":2} | whole 3 item_not_json*2@1"},
    {"an object in a broken item is none", BYTES("[{\"a\":'[{\"b\":1},{\"c\":2}]},{\"ph\":2}]"),
     "26:{\"ph\":2} | whole 2 item_not_json*1@1"},
    {"brackets and quotes between items", BYTES("[{\"a\":1},[{\"b\":2},\"{\"c\":3}],{\"d\":4}]"),
     "1:{\"a\":1} 10:{\"b\":2} 19:{\"c\":3} 28:{\"d\":4} | whole 6 item_not_object*2@9 stray_bytes*3@9"},
    {"traceEvents closed too early", BYTES("{\"traceEvents\":[{\"a\":1}],{\"b\":2}],\"w\":1}"),
     "16:{\"a\":1} 25:{\"b\":2} w=1 | whole 2 missing_comma*1@25 stray_bytes*1@25"},
    {"a broken head", BYTES("{\"wa\":\"b\"c\",\"traceEvents\" : [{\"a\":1}],\"wd\":1}"),
     "wa=\"b\" 29:{\"a\":1} wd=1 | whole 1 stray_bytes*1@9"},
    {"a broken value in the head", BYTES("{\"wa\":[\"b\"c\"],\"traceEvents\":[{\"a\":1}]}"),
     "29:{\"a\":1} | whole 1 stray_bytes*1@10"},
    {"a broken head without events", BYTES("{\"wa\":\"b\"c\",\"traceEvents:[{\"a\":1}]}"),
     "wa=\"b\" | not a trace at 9"},
    {"lines, the first one broken", BYTES("{\"ph\":\"b\"c\"}\n{\"ph\":1}\n"),
     "13:{\"ph\":1} | whole 2 item_not_json*1@0"},
    {"lines, the first one broken before its ph", BYTES("{\"a\":\"b\"c\",\"ph\":1}\n{\"ph\":2}\n{\"a\":3}"),
     "19:{\"ph\":2} 28:{\"a\":3} | whole 3 item_not_json*1@0"},
    {"lines, the first one broken at its first byte", BYTES("{x\"ph\":1}\n{\"ph\":2}"),
     "10:{\"ph\":2} | whole 2 item_not_json*1@0"},
    {"lines, the first one without ph", BYTES("{\"a\":1}\n{\"ph\":2}"), "8:{\"ph\":2} | whole 1 stray_bytes*1@0"},
    {"lines, two broken before their ph", BYTES("{\"a\":b\"c\"}\n{\"a\":b\"c\"}\n{\"ph\":2}"),
     "22:{\"ph\":2} | whole 2 item_not_json*1@0"},
    {"lines, all broken", BYTES("{\"a\":b\"c\"}\n{\"ph\"2}"), "| not a trace at 9 item_not_json*1@11"},
    {"lines without ph", BYTES("{\"a\":1}\n{\"a\":2}\n"), "| not a trace at 7"},
    {"lines within the first one, broken", BYTES("{\"a\":b\"c\"\n{\"ph\":1},\n{\"ph\":2}]"),
     "10:{\"ph\":1} 20:{\"ph\":2} | whole 3 item_not_json*1@0 stray_bytes*1@28"},
    {"an object, then a document", BYTES("{\"a\":1}\n{\"wa\":1,\"traceEvents\":[{\"b\":2}],\"wb\":2}"),
     "31:{\"b\":2} wb=2 | whole 1 stray_bytes*1@0"},
    {"an opening brace too many", BYTES("{{\"traceEvents\":[{\"b\":2}],\"wb\":2}"),
     "17:{\"b\":2} wb=2 | whole 1 stray_bytes*1@1"},
    {"a broken head that holds events elsewhere", BYTES("{\"a\":{\"traceEvents\":[{\"b\":1}]},\"c\":d\"e\","
           "\"traceEvents\":[{\"f\":2}]}"),
     "55:{\"f\":2} | whole 1 stray_bytes*1@39"},
    {"a key of events without quotes", BYTES("{\"wa\":1,events:[{\"ph\":2},{\"b\":3}],\"wb\":2}"),
     "wa=1 16:{\"ph\":2} 25:{\"b\":3} wb=2 | whole 2 stray_bytes*1@8"},
    {"bare array, a bracket in place of a brace", BYTES("[{\"ph\":1},\n]\"ph\":2},\n{\"ph\":3}]"),
     "1:{\"ph\":1} 21:{\"ph\":3} | whole 2 stray_bytes*1@12"},
    {"bare array, brackets before an item", BYTES("[{\"ph\":1},]}{\"ph\":2}]"),
     "1:{\"ph\":1} 12:{\"ph\":2} | whole 2 stray_bytes*1@11"},
    {"bare array with other objects behind", BYTES("[{\"ph\":1}]\n{\"a\":1}\n{\"a\":{\"b\":[{\"c\":1},{\"d\":2}]}}"),
     "1:{\"ph\":1} | whole 1 trailing_bytes*1@11"},
    {"two bare arrays", BYTES("[{\"ph\":1}]\n[{\"ph\":2}]"), "1:{\"ph\":1} | whole 1 trailing_bytes*1@11"},
    {"bare array with a document behind", BYTES("[{\"ph\":1}]\n{\"a\":[{}],\"traceEvents\" : [{\"ph\":2}]}"),
     "1:{\"ph\":1} | whole 1 trailing_bytes*1@11"},
    {"a bracket in place of a brace", BYTES("{\"traceEvents\":[{\"ph\":1},]\"ph\":2},{\"ph\":3}],\"wa\":1}"),
     "16:{\"ph\":1} 34:{\"ph\":3} wa=1 | whole 2 stray_bytes*1@33"},
    {"traceEvents and the document closed too early", BYTES("{\"traceEvents\":[{\"ph\":1}]},{\"ph\":2}],\"wa\":1}"),
     "16:{\"ph\":1} 27:{\"ph\":2} wa=1 | whole 2 stray_bytes*1@26"},
    {"the last item broken, keys behind", BYTES("{\"traceEvents\":[{\"ph\":\"b\"c\"}\n],\"wa\":[1],\"wb\":2}\n"),
     "wa=[1] wb=2 | whole 1 item_not_json*1@16"},
    {"the last item broken, cut in a key behind", BYTES("{\"traceEvents\":[{\"ph\":\"b\"c\"}],\"wa\":[1],\"wb"),
     "| cut 1 truncated*1@42 item_not_json*1@16"},
    {"a broken item that ends as the document might", BYTES("{\"traceEvents\":[{\"a\":\"b\"c\",\"d\":[{}],\"wa\":1},"
           "{\"ph\":2}],\"wb\":1}"),
     "44:{\"ph\":2} wb=1 | whole 2 item_not_json*1@16"},
    {"the last item cut, where the document might end", BYTES("{\"traceEvents\":[{\"a\":{\"b\":[{}],\"wa\":1}"),
     "| cut 1 truncated*1@38"},
    {"a broken last item, then an end and blanks and more", BYTES("[{\"ph\":\"b\"c\"}] \n {\"ph\":2}"),
     "17:{\"ph\":2} | whole 2 item_not_json*1@1 array_not_closed*1@25"},
    {"bare array that stays open behind a broken item", BYTES("[{\"ph\":1},{\"ph\":\"b\"c\"}\n"),
     "1:{\"ph\":1} | whole 2 item_not_json*1@10"},
    {"bytes behind the document", BYTES("{\"traceEvents\":[{\"a\":1}]} \n{\"traceEvents\":[{\"b\":1}]}"),
     "16:{\"a\":1} | whole 1 trailing_bytes*1@27"},
    {"two closing braces", BYTES("{\"traceEvents\":[{\"a\":1}]}}"), "16:{\"a\":1} | whole 1 trailing_bytes*1@25"},
    {"white space behind the document", BYTES("{\"traceEvents\":[{\"a\":1}]} \r\n\t"), "16:{\"a\":1} | whole 1"},
    {"escapes at every place",
     BYTES("{\"k\\\"\":\"\\\\\",\"traceEvents\":[{\"a\\\\\":\"\\\"\",\"b\\\"\":[\"\\\\\\\"\"]}]}"),
     "27:{\"a\\\\\":\"\\\"\",\"b\\\"\":[\"\\\\\\\"\"]} | whole 1"},
    {"raw end of line in a string", BYTES("{\"traceEvents\":[{\"a\":\"b\nc\"}]}"), "16:{\"a\":\"b\nc\"} | whole 1"},
    {"non-ASCII", BYTES("{\"traceEvents\":[{\"\303\251\":\"\377\"}],\"w\303\251\":\"\342\202\254\"}"),
     "16:{\"\303\251\":\"\377\"} w\303\251=\"\342\202\254\" | whole 1"},
    {"empty key", BYTES("{\"\":1,\"traceEvents\":[{}]}"), "21:{} | whole 1"},
};

Test(split, every_form_of_document_gives_its_items_and_says_what_is_wrong) {
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        const struct text log = split_log(documents[i].document, 0);
        cr_expect(text_equal(log, text_from(documents[i].log)), "case %s: %.*s", documents[i].name, (int)log.size,
                  log.data);
        free((void *)log.data);
    }
}

Test(split, chunks_are_invisible) {
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        cr_expect(document_log_is_same_for_all_chunks(split_log, documents[i].document), "case %s", documents[i].name);
}

Test(split, chunks_are_invisible_in_random_documents) {
    static struct made_document document;
    struct seeded seeded = {11};
    for (int i = 0; i < 100; i++) {
        made_document(&document, &seeded);
        cr_assert(document_log_is_same_for_all_chunks(split_log, made_document_text(&document)), "valid, %d", i);
        made_document_damage(&document, &seeded);
        cr_assert(document_log_is_same_for_all_chunks(split_log, made_document_text(&document)), "damaged, %d", i);
    }
}

/* Counts, and fails when told to. */
struct counter {
    unsigned items, heads;
    unsigned fail_item, fail_head; /* the how-manieth fails; 0: none does */
    size_t last_size;
};

static enum status count_item(void *self, struct text span, uint64_t offset, struct error *error) {
    struct counter *counter = self;
    (void)offset;
    counter->last_size = span.size;
    return ++counter->items == counter->fail_item ? FAIL(error, STATUS_MEMORY, "item") : STATUS_OK;
}

static enum status count_head(void *self, struct text key, struct text value, struct error *error) {
    struct counter *counter = self;
    (void)key;
    counter->last_size = value.size;
    return ++counter->heads == counter->fail_head ? FAIL(error, STATUS_MEMORY, "head") : STATUS_OK;
}

static bool want_all(void *self, struct text key) {
    (void)self;
    (void)key;
    return true;
}

/* `before`, then a byte `times` times, then `after`. */
struct long_document {
    const char *before;
    char byte;
    size_t times;
    const char *after;
};

static enum status push_repeated(struct splitter *splitter, const struct long_document *document, uint64_t offset,
                                 struct error *error) {
    static char bytes[1 << 20];
    memset(bytes, document->byte, sizeof bytes);
    for (size_t left = document->times; left > 0;) {
        const size_t size = left < sizeof bytes ? left : sizeof bytes;
        TRY(splitter_push(splitter, &(struct chunk){bytes, size, offset}, error));
        offset += size;
        left -= size;
    }
    return STATUS_OK;
}

static enum status push_long(const struct long_document *document, struct counter *counter, struct tally *tally) {
    const struct split_sink sink = {{count_item, NULL, counter}, count_head, want_all, counter};
    struct splitter *splitter = splitter_new(&sink, tally);
    struct error error = {0};
    const size_t before = strlen(document->before), after = strlen(document->after);
    enum status status = splitter_push(splitter, &(struct chunk){document->before, before, 0}, &error);
    if (status == STATUS_OK)
        status = push_repeated(splitter, document, before, &error);
    if (status == STATUS_OK)
        status = splitter_push(splitter, &(struct chunk){document->after, after, before + document->times}, &error);
    if (status == STATUS_OK)
        status = splitter_end(splitter, &error);
    cr_expect(status != STATUS_OK || splitter_complete(splitter));
    splitter_free(splitter);
    return status;
}

Test(split, an_item_up_to_the_limit_is_given_and_a_longer_one_skipped_and_counted) {
    struct long_document document = {"[{\"a\":\"", 'x', LIMIT_ITEM_BYTES - 8, "\"}, {}]"};
    struct counter counter = {0};
    struct tally tally = {0};
    cr_expect_eq(push_long(&document, &counter, &tally), STATUS_OK);
    cr_expect_eq(counter.items, 2);
    cr_expect_eq(tally.rows[ANOMALY_ITEM_TOO_LONG].count, 0);
    document.times++;
    counter = (struct counter){0};
    cr_expect_eq(push_long(&document, &counter, &tally), STATUS_OK);
    cr_expect_eq(counter.items, 1, "the one behind it");
    cr_expect_eq(counter.last_size, 2);
    cr_expect_eq(tally.rows[ANOMALY_ITEM_TOO_LONG].count, 1);
    cr_expect_eq(tally.rows[ANOMALY_ITEM_TOO_LONG].first_byte, 1);
}

Test(split, a_long_item_in_one_chunk_is_skipped_too) {
    const size_t size = (size_t)LIMIT_ITEM_BYTES + 100;
    char *document = malloc(size);
    struct counter counter = {0};
    struct tally tally = {0};
    struct error error = {0};
    const struct split_sink sink = {{count_item, NULL, &counter}, count_head, want_all, &counter};
    struct splitter *splitter = splitter_new(&sink, &tally);
    memset(document, ' ', size);
    memcpy(document, "[{", 2);
    memcpy(document + size - 5, "},{}]", 5);
    cr_expect_eq(splitter_push(splitter, &(struct chunk){document, size, 0}, &error), STATUS_OK);
    cr_expect_eq(splitter_end(splitter, &error), STATUS_OK);
    cr_expect_eq(counter.items, 1);
    cr_expect_eq(tally.rows[ANOMALY_ITEM_TOO_LONG].count, 1);
    cr_expect_eq(splitter_items(splitter), 2);
    splitter_free(splitter);
    free(document);
}

Test(split, a_value_beyond_the_limit_is_ignored) {
    struct long_document document = {"{\"traceEvents\":[{}],\"deviceProperties\":[", ' ', LIMIT_HEAD_BYTES - 2, "]}"};
    struct counter counter = {0};
    struct tally tally = {0};
    cr_expect_eq(push_long(&document, &counter, &tally), STATUS_OK);
    cr_expect_eq(counter.heads, 1);
    cr_expect_eq(counter.last_size, LIMIT_HEAD_BYTES);
    document.times++;
    cr_expect_eq(push_long(&document, &counter, &tally), STATUS_OK);
    cr_expect_eq(counter.heads, 1);
    cr_expect_not(tally_lost(&tally));
}

Test(split, a_key_that_never_ends_is_ignored) {
    const struct long_document document = {"{\"", 'k', 3 << 20, "\":1,\"traceEvents\":[{}]}"};
    struct counter counter = {0};
    struct tally tally = {0};
    cr_expect_eq(push_long(&document, &counter, &tally), STATUS_OK);
    cr_expect_eq(counter.items, 1);
}

Test(split, a_first_line_too_long_to_keep_is_counted) {
    const struct long_document document = {"{\"ph\":\"X\",\"a\":[", ' ', LIMIT_HEAD_BYTES, "]}\n{\"ph\":\"X\"}\n"};
    struct counter counter = {0};
    struct tally tally = {0};
    cr_expect_eq(push_long(&document, &counter, &tally), STATUS_OK);
    cr_expect_eq(counter.items, 1);
    cr_expect_eq(tally.rows[ANOMALY_ITEM_TOO_LONG].count, 1);
}

Test(split, long_values_around_the_events_do_not_matter) {
    const struct long_document document = {"{\"a\":\"", '[', 5 << 20, "\",\"traceEvents\":[{}]}"};
    struct counter counter = {0};
    struct tally tally = {0};
    cr_expect_eq(push_long(&document, &counter, &tally), STATUS_OK);
    cr_expect_eq(counter.items, 1);
    cr_expect_not(tally_lost(&tally));
}

Test(split, a_failing_sink_stops_it) {
    static const struct {
        const char *name, *document;
        struct counter counter;
        unsigned items, heads;
    } cases[] = {
        {"item", "{\"traceEvents\":[{},{},{}]}", {.fail_item = 2}, 2, 0},
        {"item of a line", "{\"ph\":1}\n{\"ph\":1}\n", {.fail_item = 1}, 1, 1},
        {"head", "{\"a\":1,\"traceEvents\":[{},{},{}]}", {.fail_head = 1}, 0, 1},
        {"head behind", "{\"traceEvents\":[{},{},{}],\"a\":[1],\"b\":2}", {.fail_head = 1}, 3, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct counter counter = cases[i].counter;
        struct tally tally = {0};
        const struct long_document document = {cases[i].document, ' ', 0, ""};
        cr_expect_eq(push_long(&document, &counter, &tally), STATUS_MEMORY, "case %s", cases[i].name);
        cr_expect_eq(counter.items, cases[i].items, "case %s", cases[i].name);
        cr_expect_eq(counter.heads, cases[i].heads, "case %s", cases[i].name);
    }
    splitter_free(NULL);
}

Test(split, what_is_no_trace_is_said_in_words) {
    static const struct {
        const char *document, *why;
    } cases[] = {
        {"", "the input is empty"},
        {" \n", "the input is blank"},
        {"hello", "not JSON: unexpected 'h'"},
        {"{\"a\":\x01", "not JSON: unexpected byte 0x01"},
        {"\xFE", "not JSON: unexpected byte 0xfe"},
        {"{}", "no traceEvents in the document"},
        {"{\"traceEvents\":3}", "traceEvents is not an array"},
        {"{\"a\":", "the document ends before traceEvents begins"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct counter counter = {0};
        struct tally tally = {0};
        struct error error = {0};
        const struct split_sink sink = {{count_item, NULL, &counter}, count_head, want_all, &counter};
        struct splitter *splitter = splitter_new(&sink, &tally);
        enum status status =
            splitter_push(splitter, &(struct chunk){cases[i].document, strlen(cases[i].document), 0}, &error);
        status = status == STATUS_OK ? splitter_end(splitter, &error) : status;
        cr_expect_eq(status, STATUS_NOT_A_TRACE, "case '%s'", cases[i].document);
        cr_expect_str_eq(error.cause[0].text, cases[i].why);
        splitter_free(splitter);
    }
}
