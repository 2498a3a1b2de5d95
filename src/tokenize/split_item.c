#include "tokenize/split_item.h"

#include "tokenize/salvage.h"
#include "tokenize/split_document.h"

/* An item that the quick reader takes is done with at once. Any other is walked through byte by byte, and held; when a
 * byte does not fit, the quick reader has the last word (it does not look at all that lies in args), on as many bytes
 * as always, so that its answer does not depend on how the input was cut. An item that is broken for both is lost. The
 * next one is looked for from its second byte on: what may follow another item, is JSON as a whole, has the key "ph"
 * and is followed by what may follow an item. So bytes are walked through again, but not often: see budget(). */

enum {
    CANDIDATE_COST = 4,    /* bytes of candidates that failed, for each byte that the search has moved on, */
    FIRST_COST = 16 << 10, /* and at first */
};

static enum status hold(struct splitter *splitter, struct cursor *cursor, size_t size, struct error *error) {
    TRY(buf_append(&splitter->held, cursor->data + cursor->at, size, error));
    cursor->at += size;
    return buf_reserve(&splitter->held, SPLIT_PADDING, error);
}

static struct text held_text(const struct splitter *splitter, size_t most) {
    const size_t size = splitter->held.size;
    return (struct text){splitter->held.data, size < most ? size : most};
}

static enum status give_item(struct splitter *splitter, size_t size, struct error *error) {
    splitter->place = AT_ITEM;
    return splitter->sink.items.item(splitter->sink.items.self, held_text(splitter, size), splitter->item_offset,
                                     error);
}

static enum status try_text(struct splitter *splitter, struct text text, size_t *length, struct error *error) {
    *length = 0;
    if (!splitter->sink.items.try_item)
        return STATUS_OK;
    return splitter->sink.items.try_item(splitter->sink.items.self, text, splitter->item_offset, length, error);
}

void split_walk_item(struct splitter *splitter, struct cursor *cursor) {
    cursor->item_at = cursor->at;
    cursor->has_item = true;
    splitter->item_offset = split_offset(splitter, cursor);
    splitter->syntax = (struct syntax){0};
    splitter->place = IN_ITEM;
    buf_clear(&splitter->held);
}

/* Back to so many bytes behind the item's first one: in these bytes, or in those that are held. */
static enum status go_back(struct splitter *splitter, struct cursor *cursor, size_t skip, enum place place,
                           struct error *error) {
    splitter->place = place;
    if (cursor->has_item) {
        cursor->at = cursor->item_at + skip;
        cursor->has_item = false;
        return STATUS_OK;
    }
    const uint64_t offset = splitter->offset;
    struct buf again = splitter->held;
    buf_init(&splitter->held, again.limit);
    splitter->offset = splitter->item_offset;
    const enum status status = split_run(splitter, &(struct cursor){again.data, again.size, .at = skip}, error);
    splitter->offset = offset;
    buf_fini(&again);
    return status;
}

void split_seek_from(struct splitter *splitter, enum search_reason reason, uint64_t offset, char before) {
    splitter->search =
        (struct search){.on = true, .reason = reason, .start = offset, .furthest = offset, .before = before};
    splitter->place = SEEKING;
    splitter->stray = false;
}

static void count_broken(struct splitter *splitter, uint64_t offset, int64_t gpu_ns) {
    tally_add_gpu(splitter->tally, ANOMALY_ITEM_BROKEN, offset, gpu_ns);
}

/* Where the search goes on when the candidate at item_offset was none. Candidates may lie in one another, so that one
 * byte after the other could be walked through again and again; once that has cost too much, what was walked through
 * is given up. */
static size_t budget(struct splitter *splitter) {
    struct search *search = &splitter->search;
    const uint64_t end = splitter->item_offset + splitter->held.size;
    search->cost += splitter->held.size;
    search->furthest = end > search->furthest ? end : search->furthest;
    const uint64_t moved = splitter->item_offset - search->start;
    const bool dear = search->cost > CANDIDATE_COST * moved + FIRST_COST;
    search->before = dear ? ',' : splitter->held.data[0];
    search->line = search->at_end = false;
    return dear && search->furthest > splitter->item_offset ? (size_t)(search->furthest - splitter->item_offset) : 1;
}

static enum status refuse_candidate(struct splitter *splitter, struct cursor *cursor, bool ended,
                                    struct error *error) {
    const bool is_item = splitter->syntax.has_ph && !splitter->search.at_end;
    if (is_item && !ended && splitter->search.reason != SEARCH_TRAIL) {
        splitter->items++;
        count_broken(splitter, splitter->item_offset, salvage_gpu_ns(held_text(splitter, SPLIT_QUICK_BYTES)));
    }
    return go_back(splitter, cursor, budget(splitter), SEEKING, error);
}

/* An item was found where the top-level object had no events: it is the first one of an array whose key is damaged,
 * or that object was one of many. */
static void settle_form(struct splitter *splitter) {
    const struct search *search = &splitter->search;
    splitter->form = search->before == '[' ? FORM_OBJECT : FORM_LINES;
    splitter->events_seen = true;
    if (splitter->form == FORM_LINES && !splitter->head_closed) {
        splitter->items++;
        count_broken(splitter, search->start, search->gpu_ns);
    } else {
        tally_add(splitter->tally, ANOMALY_STRAY_BYTES, splitter->head_closed ? search->start : splitter->lost_at);
    }
}

static enum status take_candidate(struct splitter *splitter, struct error *error) {
    struct search *search = &splitter->search;
    if (search->reason == SEARCH_CUT)
        count_broken(splitter, search->start, search->gpu_ns);
    else if (search->reason == SEARCH_HEAD)
        settle_form(splitter);
    else if (search->reason == SEARCH_TRAIL)
        tally_add(splitter->tally, ANOMALY_STRAY_BYTES, search->start);
    *search = (struct search){0};
    splitter->items++;
    splitter->separated = splitter->found_comma;
    return give_item(splitter, splitter->found_size, error);
}

/* The item is closed. */
static enum status end_item(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    if (!splitter->search.on)
        return give_item(splitter, splitter->held.size, error);
    if (splitter->syntax.has_ph == splitter->search.at_end)
        return refuse_candidate(splitter, cursor, false, error);
    splitter->found_size = splitter->held.size;
    splitter->found_comma = false;
    splitter->place = splitter->search.at_end ? BEHIND_END : BEHIND_FOUND;
    return STATUS_OK;
}

/* It may be damage that made it so long: what is held is looked through for items before the rest is passed over. */
static enum status pass_limit(struct splitter *splitter, struct cursor *cursor, bool done, struct error *error) {
    if (splitter->search.on)
        return refuse_candidate(splitter, cursor, false, error);
    tally_add_gpu(splitter->tally, ANOMALY_ITEM_TOO_LONG, splitter->item_offset,
                  salvage_gpu_ns(held_text(splitter, SPLIT_QUICK_BYTES)));
    if (done) {
        splitter->place = AT_ITEM;
        buf_fini(&splitter->held);
        return STATUS_OK;
    }
    split_seek_from(splitter, SEARCH_BROKEN, splitter->item_offset, '{');
    splitter->search.long_end = splitter->item_offset + splitter->held.size;
    splitter->search.long_syntax = splitter->syntax;
    return go_back(splitter, cursor, 1, SEEKING, error);
}

/* Behind a lost head, and behind the end: does an array of traceEvents begin with this byte? Of its key only the last
 * quote is known to be one. */
static bool begins_events(struct search *search, uint64_t offset, char c) {
    const struct text mark = TEXT("traceEvents\":[");
    if (offset < search->mark_end)
        return false;
    search->mark_end = offset + 1;
    const bool behind_key = search->mark_letters + 2 >= mark.size;
    if (c == mark.data[search->mark_letters])
        search->mark_letters++;
    else if (!behind_key || !scan_is_space(c))
        search->mark_letters = c == mark.data[0];
    return search->mark_letters == mark.size;
}

static bool looks_for_events(const struct search *search) {
    return search->reason == SEARCH_HEAD || search->reason == SEARCH_TRAIL;
}

/* Moves the cursor to where such an array begins in its next bytes. */
static bool find_events(struct splitter *splitter, struct cursor *cursor, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (!begins_events(&splitter->search, split_offset(splitter, cursor) + i, cursor->data[cursor->at + i]))
            continue;
        cursor->at += i;
        cursor->has_item = false;
        return true;
    }
    return false;
}

enum status split_in_item(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const size_t room = LIMIT_ITEM_BYTES + 1 - splitter->held.size, left = cursor->size - cursor->at;
    size_t used;
    const enum syntax_answer answer =
        syntax_walk(&splitter->syntax, cursor->data + cursor->at, left < room ? left : room, &used);
    if (looks_for_events(&splitter->search) && find_events(splitter, cursor, used))
        return split_events_met(splitter, cursor, error);
    TRY(hold(splitter, cursor, used, error));
    if (splitter->held.size > LIMIT_ITEM_BYTES)
        return pass_limit(splitter, cursor, answer == SYNTAX_DONE, error);
    if (answer == SYNTAX_DONE)
        return end_item(splitter, cursor, error);
    if (answer == SYNTAX_ERROR && splitter->search.on)
        return refuse_candidate(splitter, cursor, false, error);
    if (answer == SYNTAX_ERROR)
        splitter->place = IN_DOUBT;
    return STATUS_OK;
}

/* The quick reader's last word on an item. */
static enum status decide(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const struct text text = held_text(splitter, SPLIT_QUICK_BYTES);
    size_t length;
    TRY(try_text(splitter, text, &length, error));
    if (length > 0)
        return go_back(splitter, cursor, length, AT_ITEM, error);
    count_broken(splitter, splitter->item_offset, salvage_gpu_ns(text));
    split_seek_from(splitter, SEARCH_BROKEN, splitter->item_offset, '{');
    return go_back(splitter, cursor, 1, SEEKING, error);
}

enum status split_in_doubt(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const size_t left = cursor->size - cursor->at, held = splitter->held.size;
    const size_t missing = held < SPLIT_QUICK_BYTES ? SPLIT_QUICK_BYTES - held : 0;
    TRY(hold(splitter, cursor, left < missing ? left : missing, error));
    return splitter->held.size < SPLIT_QUICK_BYTES ? STATUS_OK : decide(splitter, cursor, error);
}

enum status split_behind_found(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const char c = cursor->data[cursor->at];
    const bool many = splitter->held.size - splitter->found_size >= SPLIT_BEHIND_BYTES;
    if (c == '{' || c == ']' || many || (c == ',' && splitter->found_comma))
        return take_candidate(splitter, error);
    if (c != ',' && !scan_is_space(c))
        return refuse_candidate(splitter, cursor, false, error);
    splitter->found_comma = splitter->found_comma || c == ',';
    return hold(splitter, cursor, 1, error);
}

void split_in_long(struct splitter *splitter, struct cursor *cursor) {
    size_t used;
    const enum syntax_answer answer =
        syntax_walk(&splitter->syntax, cursor->data + cursor->at, cursor->size - cursor->at, &used);
    cursor->at += used;
    if (answer == SYNTAX_DONE)
        splitter->place = AT_ITEM;
    else if (answer == SYNTAX_ERROR)
        split_seek_from(splitter, SEARCH_BROKEN, split_offset(splitter, cursor), 0);
}

/* May an item stand behind these bytes? */
static bool may_begin(const struct search *search) {
    return search->line || (search->before && strchr(",}[{", search->before));
}

/* May the array of events end with a bracket here, behind a broken item? */
static bool may_end(const struct splitter *splitter) {
    const struct search *search = &splitter->search;
    return search->reason == SEARCH_BROKEN && search->long_end == 0 && search->before == '}' &&
           splitter->form != FORM_LINES;
}

/* The document ends here when what follows are keys, their values and its bracket, and nothing else behind. */
static enum status walk_end(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    split_walk_item(splitter, cursor);
    syntax_begin_in_object(&splitter->syntax);
    splitter->search.at_end = true;
    if (splitter->form == FORM_ARRAY)
        splitter->place = BEHIND_END;
    splitter->found_size = 1;
    return hold(splitter, cursor, 1, error);
}

static enum status take_end(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    splitter->search = (struct search){0};
    return go_back(splitter, cursor, 1, splitter->form == FORM_ARRAY ? AFTER : AT_KEY, error);
}

enum status split_behind_end(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    if (!scan_is_space(cursor->data[cursor->at]))
        return refuse_candidate(splitter, cursor, false, error);
    if (splitter->held.size - splitter->found_size >= SPLIT_BEHIND_BYTES)
        return take_end(splitter, cursor, error);
    return hold(splitter, cursor, 1, error);
}

/* One byte. True: the search has come to something. */
static enum status seek(struct splitter *splitter, struct cursor *cursor, bool *met, struct error *error) {
    struct search *search = &splitter->search;
    const uint64_t offset = split_offset(splitter, cursor);
    const char c = cursor->data[cursor->at];
    *met = true;
    if (search->long_end > 0 && offset >= search->long_end) {
        splitter->syntax = search->long_syntax;
        splitter->place = IN_LONG;
        *search = (struct search){0};
        return STATUS_OK;
    }
    if (looks_for_events(search) && begins_events(search, offset, c))
        return split_events_met(splitter, cursor, error);
    if (search->reason == SEARCH_HEAD && offset > splitter->lost_at + LIMIT_HEAD_BYTES)
        return split_give_up(splitter, error);
    if (c == '{' && may_begin(search))
        split_walk_item(splitter, cursor);
    else if (c == ']' && may_end(splitter))
        return walk_end(splitter, cursor, error);
    else
        *met = false;
    search->line = c == '\n' || (search->line && scan_is_space(c));
    if (!*met && !scan_is_space(c))
        search->before = c;
    return STATUS_OK;
}

enum status split_seeking(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    for (; cursor->at < cursor->size; cursor->at++) {
        bool met;
        TRY(seek(splitter, cursor, &met, error));
        if (met)
            break;
    }
    return STATUS_OK;
}

enum status split_seek_in_held(struct splitter *splitter, struct error *error) {
    return go_back(splitter, &(struct cursor){0}, 1, SEEKING, error);
}

/* The input ends in an item: perhaps because one of its brackets is never closed, and others lie in it. */
static enum status seek_in_cut(struct splitter *splitter, struct cursor *cursor, struct error *error) {
    const int64_t gpu_ns = salvage_gpu_ns(held_text(splitter, SPLIT_QUICK_BYTES));
    split_seek_from(splitter, SEARCH_CUT, splitter->item_offset, '{');
    splitter->search.gpu_ns = gpu_ns;
    return go_back(splitter, cursor, 1, SEEKING, error);
}

enum status split_end_items(struct splitter *splitter, struct error *error) {
    for (;;) {
        struct cursor nothing = {0};
        if (splitter->place == BEHIND_FOUND)
            TRY(take_candidate(splitter, error));
        else if (splitter->place == BEHIND_END)
            TRY(take_end(splitter, &nothing, error));
        else if (splitter->place == IN_DOUBT)
            TRY(decide(splitter, &nothing, error));
        else if (splitter->place == IN_ITEM && splitter->search.on)
            TRY(refuse_candidate(splitter, &nothing, true, error));
        else if (splitter->place == IN_ITEM)
            TRY(seek_in_cut(splitter, &nothing, error));
        else
            return STATUS_OK;
    }
}
