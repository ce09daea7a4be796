#include "directory/mailboxes.h"

#include <stdlib.h>

#include "directory/directory_int.h"

/* ---- building: rows come by code ---- */

bool
mailboxes_on_mailbox(void *ctx, const struct store_mailbox_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_mailbox *m = ADD(d->mailboxes, d->mailbox_count, b->mailboxes.mailbox_cap);

	if (!m || !build_keep(d, row->code, &m->code) || !build_keep(d, row->name, &m->name) ||
	    !build_keep(d, row->pin_hash, &m->pin) ||
	    !build_keep(d, row->greeting, &m->greeting[VOICEMAIL_GREETING]) ||
	    !build_keep(d, row->greeting_busy, &m->greeting[VOICEMAIL_GREETING_BUSY]) ||
	    !build_keep(d, row->greeting_away, &m->greeting[VOICEMAIL_GREETING_AWAY]))
		return false;
	m->id = row->id;
	m->pin_always = row->pin_always;
	m->records = row->records;
	m->max_s = row->max_s;
	m->min_s = row->min_s;
	m->silence_s = row->silence_s;
	m->away_from = row->away_from;
	m->away_until = row->away_until;
	m->language_set = prompt_language_find(slice_cstr(row->language), &m->language);
	d->mailbox_count++;
	return true;
}

bool
mailboxes_on_access(void *ctx, int64_t mailbox, int64_t user, int64_t group)
{
	struct builder *b = ctx;
	struct mailbox_rows *r = &b->mailboxes;
	struct access_row *a = ADD(r->access, r->access_count, r->access_cap);

	if (!a)
		return false;
	*a = (struct access_row){mailbox, user, group};
	r->access_count++;
	return true;
}

/* Both stand by code. */
enum err
mailboxes_link(struct builder *b)
{
	const struct mailbox_rows *r = &b->mailboxes;
	struct directory *d = b->d;
	struct dir_access *all = arena_alloc(&d->arena, (r->access_count + 1) * sizeof *all);
	size_t at = 0;

	if (!all)
		return ERR_NOMEM;
	for (size_t i = 0; i < d->mailbox_count; i++) {
		struct dir_mailbox *m = &d->mailboxes[i];

		m->access = &all[at];
		for (; at < r->access_count && r->access[at].mailbox == m->id; at++)
			all[at] = (struct dir_access){dir_user_by_id(d, r->access[at].user),
			    dir_group_by_id(d, r->access[at].group)};
		m->access_count = (size_t)(&all[at] - m->access);
	}
	return ERR_OK;
}

/* ---- asking ---- */

static int
by_code(const void *code, const void *mailbox)
{
	return slice_cmp(*(const struct slice *)code, ((const struct dir_mailbox *)mailbox)->code);
}

const struct dir_mailbox *
dir_mailbox_by_code(const struct directory *d, struct slice code)
{
	return d->mailbox_count
		   ? bsearch(&code, d->mailboxes, d->mailbox_count, sizeof *d->mailboxes, by_code)
		   : NULL;
}

static bool
is_own(const struct dir_mailbox *m, const struct dir_user *user)
{
	for (size_t i = 0; i < m->access_count; i++)
		if (user && m->access[i].user == user)
			return true;
	return false;
}

bool
dir_mailbox_is_open_to(const struct dir_mailbox *m, const struct dir_user *user)
{
	if (!user || is_own(m, user))
		return user != NULL;
	for (size_t i = 0; i < m->access_count; i++)
		if (m->access[i].group && dir_group_member(m->access[i].group, user->id))
			return true;
	return false;
}

const struct dir_mailbox *
dir_mailbox_of(const struct directory *d, const struct dir_user *user)
{
	for (size_t i = 0; i < d->mailbox_count; i++)
		if (is_own(&d->mailboxes[i], user))
			return &d->mailboxes[i];
	for (size_t i = 0; i < d->mailbox_count; i++)
		if (dir_mailbox_is_open_to(&d->mailboxes[i], user))
			return &d->mailboxes[i];
	return NULL;
}

bool
dir_target_mailbox(struct slice target, struct slice *code)
{
	const struct slice scheme = SLICE(DIR_MAILBOX_SCHEME);

	if (!slice_starts(target, scheme))
		return false;
	*code = slice_from(target, scheme.n);
	return true;
}
