#include "office_disk.h"

#include "office_check.h"
#include "office_list.h"

static struct office_record *
find(struct office *o, uint32_t handle, const char *what)
{
	if (handle < o->n_records && !o->record[handle].final)
		return &o->record[handle];
	office_problem(o, "a record was %s that is not open", what);
	return NULL;
}

uint32_t
office_journal_begin(struct office *o, const struct cdr *cdr)
{
	if (o->n_records >= o->calls_max)
		office_problem(o, "more records than calls can be");
	o->record = office_grow(o->record, o->n_records, &o->max_records, sizeof *o->record);
	o->record[o->n_records] = (struct office_record){.cdr = *cdr, .life = o->crashes};
	return (uint32_t)o->n_records++;
}

void
office_journal_update(struct office *o, uint32_t handle, const struct cdr *cdr, bool over)
{
	struct office_record *r = find(o, handle, "updated");

	if (!r)
		return;
	r->cdr = *cdr;
	r->over = over;
}

void
office_journal_end(struct office *o, uint32_t handle, const struct cdr *cdr)
{
	struct office_record *r = find(o, handle, "ended");

	if (!r)
		return;
	r->cdr = *cdr;
	office_print_record(o, cdr);
	r->final = true;
}

void
office_keep(struct office *o, uint32_t *handle, struct slice value, bool is_subscription)
{
	size_t i = 0;

	while (i < OFFICE_KEPT_MAX && o->kept[i].n)
		i++;
	if (i == OFFICE_KEPT_MAX || value.n > sizeof o->kept[i].bytes) {
		office_problem(o, "more is kept than phones can register");
		return;
	}
	memcpy(o->kept[i].bytes, value.p, value.n);
	o->kept[i].n = value.n;
	o->kept[i].is_subscription = is_subscription;
	o->kept[i].order = ++o->kept_order;
	office_forget(o, *handle);
	*handle = (uint32_t)i + 1;
}

void
office_forget(struct office *o, uint32_t handle)
{
	if (handle == 0)
		return;
	if (handle > OFFICE_KEPT_MAX || o->kept[handle - 1].n == 0)
		office_problem(o, "what was not kept is forgotten");
	else
		o->kept[handle - 1].n = 0;
}

/* The oldest that is younger than this order; NULL: there is none. */
static struct office_kept *
next_kept(struct office *o, uint64_t after)
{
	struct office_kept *next = NULL;

	for (size_t i = 0; i < OFFICE_KEPT_MAX; i++)
		if (o->kept[i].n && o->kept[i].order > after &&
		    (!next || o->kept[i].order < next->order))
			next = &o->kept[i];
	return next;
}

void
office_restore(struct office *o)
{
	uint64_t order = 0;

	for (struct office_kept *k; (k = next_kept(o, order));) {
		order = k->order;
		if (!k->is_subscription)
			switchboard_restore(o->switchboard, (uint32_t)(k - o->kept) + 1,
			    slice_make(k->bytes, k->n));
	}
	order = 0;
	for (struct office_kept *k; (k = next_kept(o, order));) {
		order = k->order;
		if (k->is_subscription)
			switchboard_restore_subscription(o->switchboard,
			    (uint32_t)(k - o->kept) + 1, slice_make(k->bytes, k->n));
	}
	for (size_t i = 0; i < o->n_records; i++) {
		struct office_record *r = &o->record[i];

		if (r->final)
			continue;
		r->final = r->crashed = true;
		if (!r->over)
			r->cdr.result = CDR_INTERRUPTED;
	}
}
