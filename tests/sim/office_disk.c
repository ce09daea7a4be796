#include "office_disk.h"

#include "office_check.h"

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
	if (o->n_records == OFFICE_CALLS_MAX) {
		office_problem(o, "more records than calls can be");
		return UINT32_MAX;
	}
	o->record[o->n_records] = (struct office_record){.cdr = *cdr};
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
	r->final = true;
}

static bool
same(const struct store_binding *a, const struct store_binding *b)
{
	return a->phone == b->phone && strcmp(a->contact, b->contact) == 0;
}

void
office_keep_binding(struct office *o, const struct store_binding_change *change)
{
	size_t i = 0;

	while (i < o->n_bindings && !same(&o->binding[i], &change->binding))
		i++;
	if (change->remove) {
		if (i < o->n_bindings)
			o->binding[i] = o->binding[--o->n_bindings];
		return;
	}
	if (i == OFFICE_BINDINGS_MAX) {
		office_problem(o, "more bindings than phones can make");
		return;
	}
	o->binding[i] = change->binding;
	if (i == o->n_bindings)
		o->n_bindings++;
}

void
office_restore(struct office *o, int64_t now_ms)
{
	struct store_binding saved[OFFICE_BINDINGS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < o->n_bindings; i++)
		if (o->binding[i].expires_at > now_ms)
			saved[n++] = o->binding[i];
	memcpy(o->binding, saved, n * sizeof *saved);
	o->n_bindings = n;
	for (size_t i = 0; i < n; i++)
		switchboard_restore(o->switchboard, &saved[i]);
	for (size_t i = 0; i < o->n_records; i++) {
		struct office_record *r = &o->record[i];

		if (r->final)
			continue;
		r->final = r->crashed = true;
		if (!r->over)
			r->cdr.result = CDR_INTERRUPTED;
	}
}
