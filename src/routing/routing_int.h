/* Private to routing/: what the parts of a plan share. */
#ifndef ROUTING_ROUTING_INT_H
#define ROUTING_ROUTING_INT_H

#include "routing/routing.h"

/* args: REASON_ARGS() or NULL */
void because(struct routing_plan *plan, enum reason r, const struct slice *args);
void refuse(struct routing_plan *plan, uint16_t status, enum cdr_result result);

/* Plans what dialled asks for, which may be less than plan->dialled. */
void plan_number(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, struct slice dialled);

/* ---- dial_pin.c ---- */

/* Takes a PIN off the front of plan->dialled. False: the call is refused. */
bool plan_pin(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);

/* ---- feature.c ---- */

/* A code was dialled: plans what it does. */
bool plan_feature(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);
/* A speed dial that was dialled becomes the number that it stands for. */
void expand_speed_dial(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);

/* A message may be left in the mailbox with that code. */
void plan_mailbox(struct routing_plan *plan, const struct directory *dir, struct slice code);
/* The same for one that is found. */
void mailbox_answers(struct routing_plan *plan, const struct dir_mailbox *m);

/* That app answers, under that name. */
void app_named(struct routing_plan *plan, enum routing_app app, struct slice name);
/* The number that is called leads to the room. */
void plan_conference_room(struct routing_plan *plan, const struct dir_conference_room *room);

/* ---- redirect.c ---- */

/* Plans the call for where n redirects it for that reason; false: it does not. Plan->called is the
 * holder of n. */
bool redirect(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q,
    const struct dir_number *n, enum routing_why why);
/* The same for a group of which nobody can be rung: as busy, else as not reached. */
bool redirect_group(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, const struct dir_number *n, bool busy);
/* n's phones ring: notes where the call goes when they do not take it. busy: that counts, too. */
void redirect_later(struct routing_plan *plan, const struct routing_query *q,
    const struct dir_number *n, bool busy);
/* The call is at a number where it has been, or was sent on too often: then it is refused. */
bool redirect_is_round(
    struct routing_plan *plan, const struct routing_query *q, const struct dir_number *n);
bool user_talks(const struct routing_query *q, const struct dir_user *user);

/* ---- twin.c ---- */

/* USR-9: the mobile phones of user that ring now. group: for one of his groups; member: as whom,
 * NULL: as who is called. */
void add_twins(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, const struct dir_user *user, const struct routing_party *member);
/* Who calls from a known mobile phone is shown as its user. He gets no rights by it: anybody can
 * say any number. */
void recognise_mobile(struct routing_plan *plan, const struct directory *dir);

/* A user who calls a dial-in number from his mobile phone is asked what to call. False: it is a
 * number like any. */
bool plan_dial_in(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);
/* As who somebody calls who has shown at a mobile phone who he is. */
void identify_mobile(struct routing_plan *plan, const struct routing_query *q);

/* ---- routing.c ---- */

/* Nothing is planned yet. */
void plan_begin(struct routing_plan *plan);

void add_phone(struct routing_plan *plan, const struct routing_query *q,
    const struct dir_phone *phone, const struct routing_party *member);
/* ---- broadcast.c ---- */

/* The group hears what is said, as far as anybody of it can. False: nobody can. */
bool plan_broadcast(
    struct routing_plan *plan, const struct routing_query *q, const struct dir_group *group);

/* ---- outside.c ---- */

/* LIN-6: plans the call when an emergency number was dialled, with or without prefix. */
bool plan_emergency(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);
/* LIN-5: argument: the digit of a line and a number. */
void plan_line_prefix(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, struct slice argument);
/* True when dialled is one of the public network, plan->outside then; it may still be one of
 * ours. */
bool is_outside(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, struct slice dialled);
/* A frame's days and hours hold then; on public holidays only those of holidays. */
bool is_time_for(const struct directory *dir, const struct dir_frame *f, struct routing_time when);
/* Targets to the plan's last twin, of by, as he would dial: at most ROUTING_TWIN_LINES_MAX, the
 * first with delay_ms, the others spare. False: no line can be used, or he may not. */
bool plan_twin_lines(struct routing_plan *plan, const struct directory *dir,
    const struct routing_query *q, const struct dir_user *by, uint32_t delay_ms);
/* RTG-1, RTG-3: lines to plan->outside. */
void plan_outside(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q);

#endif
