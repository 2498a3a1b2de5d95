#include "gen_unit.h"

#include <stdlib.h>

void unit_fini(struct unit *unit) {
    free(unit->operators);
    free(unit->frames);
    free(unit->calls);
    free(unit->events);
}

bool call_has_memory_event(const struct call *call) {
    return call->event_count > 0 && !call->graph && call->first_event % 4 == 0;
}
