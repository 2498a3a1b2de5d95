#include "resolve/lane.h"

#include "base/names.h"
#include "base/own_lines.h"

struct lane *lane_new(struct sort_space *space, size_t record_size, bool clips) {
    struct lane *lane = own_lines_new(sizeof *lane);
    if (!lane)
        return NULL;
    lane->sorter = sorter_new(space, record_size, 3);
    nest_init(&lane->nest, clips);
    if (lane->sorter)
        return lane;
    lane_free(lane);
    return NULL;
}

void lane_free(struct lane *lane) {
    if (!lane)
        return;
    sorter_free(lane->sorter);
    nest_fini(&lane->nest);
    free(lane);
}

enum status lane_push(struct lane *lane, const void *slice, struct error *error) {
    return sorter_push(lane->sorter, slice, error);
}

static enum status take_next(struct lane *lane, struct error *error) {
    const void *record;
    TRY(sort_reader_next(lane->reader, &record, error));
    lane->waiting = record;
    return STATUS_OK;
}

enum status lane_finish(struct lane *lane, struct error *error) {
    TRY(sorter_finish(lane->sorter, error));
    lane->reader = sorter_reader(lane->sorter);
    return take_next(lane, error);
}

enum status lane_start(struct lane *lane, struct error *error) {
    TRY(sorter_rewind(lane->sorter, error));
    nest_clear(&lane->nest);
    lane->opened = 0;
    return take_next(lane, error);
}

void lane_reopen(struct lane *lane) {
    sorter_reopen(lane->sorter);
    nest_clear(&lane->nest);
    lane->nest.refused = 0;
    lane->waiting = NULL;
    lane->row = 0;
    lane->opened = 0;
}

enum status lane_advance(struct lane *lane, uint64_t row, int64_t t_ns, struct error *error) {
    const uint64_t t_key = sort_key_signed(t_ns);
    const void *at = lane->waiting;
    if (row != lane->row)
        nest_clear(&lane->nest);
    lane->row = row;
    while (at) {
        const struct slice_record *slice = at;
        if (slice->key[0] > row || (slice->key[0] == row && slice->key[1] > t_key))
            break;
        if (slice->key[0] == row && row != NAME_BEYOND)
            TRY(nest_open(&lane->nest, slice, lane->nest.clips ? PATH_ROOT : lane->opened, error));
        lane->opened++;
        TRY(sort_reader_next(lane->reader, &at, error));
    }
    lane->waiting = at;
    return STATUS_OK;
}
