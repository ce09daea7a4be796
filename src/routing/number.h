/*
 * Telephone numbers of the public network beyond their canonical form (directory/e164.h):
 * what a provider wants to read, and which of ours one means.
 *
 * Pure functions, any thread.
 */
#ifndef ROUTING_NUMBER_H
#define ROUTING_NUMBER_H

#include "directory/directory.h"
#include "directory/e164.h"

/** The numbering of a line: its own country and area, else the settings'; NULL: those. */
struct number_plan number_plan_of_line(const struct directory *dir, const struct dir_line *line);
/** Writes a canonical number in a provider's format. DIR_FORMAT_ASIS writes it like plus;
 *  whoever has the digits as dialled uses those. */
void number_write(const struct number_plan *plan, enum dir_number_format format,
    struct slice canonical, struct buf *b);
/** A called number as the line's provider wants it; call_by_call goes before it, and then it is
 *  national; dialled is the same as somebody dialled it, for lines that take it unchanged. */
void number_write_called(const struct number_plan *plan, enum dir_number_format format,
    struct slice call_by_call, struct slice canonical, struct slice dialled, struct buf *b);
/** The number of ours that a provider means on its line: an external one in any of the forms people
 * type into the directory, else an internal one that stands there digit by digit (providers that
 *  send the extension only). NULL if none. */
const struct dir_number *number_find(
    const struct directory *dir, const struct dir_line *line, struct slice text);
/** The external number a user calls with on this line (an id): one that belongs to the line,
 *  else one that belongs to none; NULL if there is none. */
const struct dir_number *number_of_user_on_line(const struct dir_user *user, int64_t line);
/** The external number of ours that is this canonical number; NULL if none. */
const struct dir_number *number_find_external(const struct directory *dir, struct slice canonical);

#endif
