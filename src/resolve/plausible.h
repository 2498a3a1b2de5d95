/* Which times of GPU events can be. In: the starts of all events, in any order. Out: which GPU events lie outside of
 * the trace, and which devices have a clock of their own.
 *
 * Islands are stretches of the trace in which no pause is longer than a day, and one is far from another when more
 * than a hundred times the length of that other one lies between them. The trace is where most CPU events are (most GPU
 * events, where hardly anything is on the CPU); and CPU events, as far as they are not a handful, vouch for any island.
 * A device is at home where most of its events are.
 *   - Events of a device that are far from its home, in islands that the CPU does not vouch for, are outside: left out.
 *   - A device at home far from the trace, where the CPU does not vouch for it, has another clock. That clock is set so
 *     that the first of its events whose launch is known begins with its launch; without launches, so that the first of
 *     its events begins with the trace.
 *   - Where more events would be outside than at home nobody can tell which are right: all stay as they are.
 * It holds no more than LIMIT_DEVICES devices: further ones are one device. */
#ifndef TRACECMP_PLAUSIBLE_H
#define TRACECMP_PLAUSIBLE_H

#include "base/error.h"
#include "base/tally.h"
#include "flow/event.h"

struct plausible;

struct plausible *plausible_new(void); /* NULL: no memory */
void plausible_free(struct plausible *plausible);
enum status plausible_add_cpu(struct plausible *plausible, int64_t ts_ns, struct error *error) CHECKED;
/* A GPU event. Beyond the ceiling its device becomes NAME_BEYOND, which the tally counts. */
enum status plausible_add_gpu(struct plausible *plausible, struct event *event, struct tally *tally,
                              struct error *error) CHECKED;
/* Judges all that came so far, and says in the tally what was found. Events may come again afterwards. */
enum status plausible_judge(struct plausible *plausible, struct tally *tally, struct error *error) CHECKED;

/* Of a GPU event that was added, when all have been judged: */
bool plausible_is_outside(const struct plausible *plausible, uint32_t device, int64_t ts_ns);
/* where it was launched, of all those that are not outside, before any of them asks for its time; */
void plausible_launched(struct plausible *plausible, uint32_t device, int64_t ts_ns, int64_t launch_ns);
/* and its time by the clock of the trace. */
int64_t plausible_time(const struct plausible *plausible, uint32_t device, int64_t ts_ns);

#endif
