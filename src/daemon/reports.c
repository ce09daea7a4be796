#include "daemon/reports.h"

#include <stdlib.h>

#include "daemon/management.h"

enum {
	BLOCK_BYTES = 65536,
};

/* A message that must not get lost, waiting for room in the mailbox. */
struct waiting {
	struct list link;
	struct to_management message;
};

static void
arm_wake(struct reports *r)
{
	if (!timer_active(&r->wake))
		timer_start_late(
		    r->timers, &r->wake, 1); /* management is woken that often at most */
}

static void
wait_for_room(struct reports *r, const struct to_management *m)
{
	struct waiting *w = malloc(sizeof *w);

	if (!w) { /* records are still in the journal */
		management_drop(m);
		return;
	}
	w->message = *m;
	list_push(&r->waiting, &w->link);
}

void
reports_post(struct reports *r, const struct to_management *m)
{
	const struct report_block *block = m->kind == TO_MANAGEMENT_REPORTS ? m->p : NULL;
	bool precious = m->kind == TO_MANAGEMENT_OLD_DIRECTORY || (block && block->precious);

	arm_wake(r);
	if (list_empty(&r->waiting) && mailbox_post_quiet(r->out, m) == ERR_OK)
		return;
	if (precious) {
		wait_for_room(r, m);
		return;
	}
	r->dropped++;
	management_drop(m);
}

static void
post_block(struct reports *r)
{
	struct report_block *block = r->block;

	r->block = NULL;
	if (block)
		reports_post(r, &(struct to_management){.kind = TO_MANAGEMENT_REPORTS, .p = block});
}

void *
reports_add(struct reports *r, enum report_kind kind, uint32_t slot, bool removed, size_t bytes)
{
	size_t whole = report_room(bytes);
	struct report_block *b = r->block;
	struct report *report;

	if (b && b->cap - b->n < whole) {
		post_block(r);
		b = NULL;
	}
	if (!b) {
		b = malloc(sizeof *b + BLOCK_BYTES);
		if (!b) {
			r->dropped++;
			return NULL;
		}
		*b = (struct report_block){.cap = BLOCK_BYTES};
		r->block = b;
		arm_wake(r);
	}
	report = (struct report *)(void *)((char *)b->reports + b->n);
	*report = (struct report){
	    .kind = kind, .slot = slot, .bytes = (uint32_t)bytes, .removed = removed};
	b->n += (uint32_t)whole;
	b->precious = b->precious || kind == REPORT_RECORD || kind == REPORT_LINE ||
		      kind == REPORT_EMERGENCY || kind == REPORT_SPENT || kind == REPORT_ORDER ||
		      kind == REPORT_MESSAGE_BEGAN || kind == REPORT_MESSAGE_ENDED ||
		      kind == REPORT_MESSAGE_ASK || kind == REPORT_COMPLETION ||
		      kind == REPORT_COMPLETED;
	return report->value;
}

void
reports_copy(struct reports *r, enum report_kind kind, uint32_t slot, bool removed,
    const void *value, size_t bytes)
{
	void *room = reports_add(r, kind, slot, removed, bytes);

	if (room)
		memcpy(room, value, bytes);
}

static void
post_traces(struct reports *r)
{
	struct trace_block *block = r->traces;

	r->traces = NULL;
	if (block) { /* it waits up to a second with others */
		block = trace_block_close(block);
		reports_post(r, &(struct to_management){.kind = TO_MANAGEMENT_TRACE, .p = block});
	}
}

void
reports_trace(struct reports *r, const struct trace_record *record)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		if (!r->traces) {
			r->traces = trace_block_new(BLOCK_BYTES);
			arm_wake(r);
		}
		if (r->traces && trace_block_add(r->traces, record) == ERR_OK)
			return;
		post_traces(r); /* full */
	}
	r->dropped++;
}

void
reports_flush(struct reports *r)
{
	struct list *node;

	post_block(r);
	post_traces(r);
	while ((node = list_pop(&r->waiting))) {
		struct waiting *w = container_of(node, struct waiting, link);

		if (mailbox_post_quiet(r->out, &w->message) != ERR_OK) {
			list_push_front(&r->waiting, node);
			break;
		}
		free(w);
	}
	mailbox_wake_if_dirty(r->out);
	if (!list_empty(&r->waiting))
		arm_wake(r);
}

static void
on_wake(struct timer *t)
{
	struct reports *r = container_of(t, struct reports, wake);

	reports_flush(r);
	r->on_wake(r->ctx);
}

void
reports_init(struct reports *r, struct mailbox *out, struct timers *timers, void (*wake)(void *ctx),
    void *ctx)
{
	*r = (struct reports){.out = out, .timers = timers, .on_wake = wake, .ctx = ctx};
	list_init(&r->waiting);
	timer_init(&r->wake, on_wake);
}

void
reports_fini(struct reports *r)
{
	if (!r->timers)
		return; /* it never came so far */
	timer_stop(&r->wake);
	LIST_FOR_EACH_SAFE (it, &r->waiting) {
		struct waiting *w = container_of(it, struct waiting, link);

		management_drop(&w->message);
		free(w);
	}
	free(r->block);
	free(r->traces);
	*r = (struct reports){0};
}
