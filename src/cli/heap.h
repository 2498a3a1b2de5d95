/* How the C library's heap gets its memory from the system, by what a command does. Hints: where they are not
 * understood, everything works as well. */
#ifndef TRACECMP_HEAP_H
#define TRACECMP_HEAP_H

/* Until one of the others is called, from the first allocation on: the heap takes no more than is asked for, as what is
 * left of it then is in small pages. */
void heap_at_start(void);
/* An index is read in a few milliseconds, and as long again takes the system to give out the memory for it page by
 * page: now everything comes from the heap, and the heap from huge pages, where the system has them. No other thread
 * may allocate meanwhile. */
void heap_for_indexes(void);
/* Large arrays grow and go again. From the heap, where glibc would soon put them, they leave holes, and the peak would
 * depend on their order: they stay apart. This is for good: afterwards neither this nor heap_for_indexes does anything,
 * on whatever thread. */
void heap_for_traces(void);

#endif
