/* The part of the splitter that knows items, and how to find the next one behind a broken one. */
#ifndef TRACECMP_SPLIT_ITEM_H
#define TRACECMP_SPLIT_ITEM_H

#include "tokenize/split_state.h"

/* split.c: the bytes up to the cursor's end. */
enum status split_run(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;

/* The item at the cursor goes the careful way. */
void split_walk_item(struct splitter *splitter, struct cursor *cursor);
/* Each is one step from the place of its name. */
enum status split_in_item(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
enum status split_in_doubt(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
enum status split_behind_found(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
enum status split_behind_end(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
void split_in_long(struct splitter *splitter, struct cursor *cursor);
enum status split_seeking(struct splitter *splitter, struct cursor *cursor, struct error *error) CHECKED;
/* Begins the search: at the next byte, behind `before`. What is wrong began at `offset`. */
void split_seek_from(struct splitter *splitter, enum search_reason reason, uint64_t offset, char before);
/* Through what is held of the item at item_offset, but for its first byte. */
enum status split_seek_in_held(struct splitter *splitter, struct error *error) CHECKED;
/* The input ended: what is held is whole, or it is looked through for items. */
enum status split_end_items(struct splitter *splitter, struct error *error) CHECKED;

#endif
