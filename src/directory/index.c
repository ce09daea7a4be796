/* Asking the snapshot: look-ups by hash, and its lists. */
#include <stdlib.h>

#include "base/hmap.h"
#include "directory/directory_int.h"

static uint64_t
hash_id(int64_t id)
{
	return hash_mix((uint64_t)id, 0);
}

static uint64_t
hash_ip(const struct addr *a)
{
	return hash_mix(hash_bytes(slice_make(a->ip, sizeof a->ip)), a->family);
}

static uint64_t
hash_address(const struct addr *a)
{
	return hash_mix(hash_ip(a), a->port);
}

static bool
trusted(const struct dir_phone *p)
{
	return p->auth_by_address && p->enabled && p->address.family;
}

/* --- making -------------------------------------------------------------------------- */

static enum err
index_init(struct index *ix, size_t count)
{
	size_t size = 16;

	while (size < 2 * count)
		size *= 2;
	ix->at = calloc(size, sizeof *ix->at);
	if (!ix->at)
		return ERR_NOMEM;
	ix->mask = size - 1;
	return ERR_OK;
}

/* Equal keys stay in the order of putting. */
static void
index_put(struct index *ix, uint64_t hash, size_t position)
{
	size_t i = hash & ix->mask;

	while (ix->at[i])
		i = (i + 1) & ix->mask;
	ix->at[i] = (uint32_t)position + 1;
}

static void
put_phone(struct directory *d, const struct dir_phone *p, size_t i)
{
	index_put(&d->phone_by_id, hash_id(p->id), i);
	index_put(&d->phone_by_name, hash_bytes(p->name), i);
	if (!trusted(p))
		return;
	/* only the first of an address: ten thousand behind one would make a long chain */
	if (!dir_phone_by_source(d, &p->address, SLICE("")))
		index_put(&d->phone_by_ip, hash_ip(&p->address), i);
	else if (addr_eq(&dir_phone_by_source(d, &p->address, SLICE(""))->address, &p->address))
		return;
	index_put(&d->phone_by_address, hash_address(&p->address), i);
}

enum err
index_all(struct directory *d)
{
	enum err e = index_init(&d->user_by_id, d->user_count);

	if (e == ERR_OK)
		e = index_init(&d->user_by_login, d->user_count);
	if (e == ERR_OK)
		e = index_init(&d->phone_by_id, d->phone_count);
	if (e == ERR_OK)
		e = index_init(&d->line_by_id, d->line_count);
	if (e == ERR_OK)
		e = index_init(&d->group_by_id, d->group_count);
	if (e == ERR_OK)
		e = index_init(&d->group_by_code, d->group_count);
	if (e == ERR_OK)
		e = index_init(&d->mailbox_by_id, d->mailbox_count);
	if (e == ERR_OK)
		e = index_init(&d->phone_by_name, d->phone_count);
	if (e == ERR_OK)
		e = index_init(&d->number_by_digits, d->number_count);
	if (e == ERR_OK)
		e = index_init(&d->phone_by_ip, d->phone_count);
	if (e == ERR_OK)
		e = index_init(&d->phone_by_address, d->phone_count);
	if (e == ERR_OK)
		e = index_init(&d->rule_by_range, d->rule_count);
	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < d->rule_count; i++) {
		index_put(&d->rule_by_range, hash_bytes(d->rules[i].range), i);
		if (d->rules[i].range.n > d->rule_digits_max)
			d->rule_digits_max = d->rules[i].range.n;
	}
	for (size_t i = 0; i < d->user_count; i++) {
		index_put(&d->user_by_id, hash_id(d->users[i].id), i);
		index_put(&d->user_by_login, hash_bytes(d->users[i].login), i);
	}
	for (size_t i = 0; i < d->phone_count; i++)
		put_phone(d, &d->phones[i], i);
	for (size_t i = 0; i < d->line_count; i++)
		index_put(&d->line_by_id, hash_id(d->lines[i].id), i);
	for (size_t i = 0; i < d->group_count; i++) {
		index_put(&d->group_by_id, hash_id(d->groups[i].id), i);
		index_put(&d->group_by_code, hash_bytes(d->groups[i].code), i);
	}
	for (size_t i = 0; i < d->mailbox_count; i++)
		index_put(&d->mailbox_by_id, hash_id(d->mailboxes[i].id), i);
	for (size_t i = 0; i < d->number_count; i++)
		index_put(&d->number_by_digits, hash_bytes(d->numbers[i].number), i);
	return ERR_OK;
}

void
index_free_all(struct directory *d)
{
	free(d->user_by_id.at);
	free(d->user_by_login.at);
	free(d->phone_by_id.at);
	free(d->phone_by_name.at);
	free(d->line_by_id.at);
	free(d->group_by_id.at);
	free(d->group_by_code.at);
	free(d->mailbox_by_id.at);
	free(d->number_by_digits.at);
	free(d->rule_by_range.at);
	free(d->phone_by_ip.at);
	free(d->phone_by_address.at);
}

/* --- finding ---------------------------------------------------------------------------- */

/* Walks the positions that may hold a key with this hash. */
#define INDEX_EACH(i, ix, hash)                                                                    \
	for (size_t i##_at = (hash) & (ix)->mask, i; (i = (ix)->at[i##_at]) != 0 && (i--, true);   \
	     i##_at = (i##_at + 1) & (ix)->mask)

const struct dir_user *
dir_user_by_id(const struct directory *d, int64_t id)
{
	INDEX_EACH (i, &d->user_by_id, hash_id(id))
		if (d->users[i].id == id)
			return &d->users[i];
	return NULL;
}

const struct dir_user *
dir_user_by_login(const struct directory *d, struct slice login)
{
	INDEX_EACH (i, &d->user_by_login, hash_bytes(login))
		if (slice_eq(d->users[i].login, login))
			return &d->users[i];
	return NULL;
}

const struct dir_phone *
dir_phone_by_id(const struct directory *d, int64_t id)
{
	INDEX_EACH (i, &d->phone_by_id, hash_id(id))
		if (d->phones[i].id == id)
			return &d->phones[i];
	return NULL;
}

const struct dir_line *
dir_line_by_id(const struct directory *d, int64_t id)
{
	INDEX_EACH (i, &d->line_by_id, hash_id(id))
		if (d->lines[i].id == id)
			return &d->lines[i];
	return NULL;
}

const struct dir_group *
dir_group_by_id(const struct directory *d, int64_t id)
{
	INDEX_EACH (i, &d->group_by_id, hash_id(id))
		if (d->groups[i].id == id)
			return &d->groups[i];
	return NULL;
}

const struct dir_group *
dir_group_by_code(const struct directory *d, struct slice code)
{
	INDEX_EACH (i, &d->group_by_code, hash_bytes(code))
		if (slice_eq(d->groups[i].code, code))
			return &d->groups[i];
	return NULL;
}

const struct dir_mailbox *
dir_mailbox_by_id(const struct directory *d, int64_t id)
{
	INDEX_EACH (i, &d->mailbox_by_id, hash_id(id))
		if (d->mailboxes[i].id == id)
			return &d->mailboxes[i];
	return NULL;
}

const struct dir_phone *
dir_phone_by_name(const struct directory *d, struct slice name)
{
	INDEX_EACH (i, &d->phone_by_name, hash_bytes(name))
		if (slice_eq(d->phones[i].name, name))
			return &d->phones[i];
	return NULL;
}

const struct dir_number *
dir_number_find(const struct directory *d, struct slice digits)
{
	INDEX_EACH (i, &d->number_by_digits, hash_bytes(digits))
		if (slice_eq(d->numbers[i].number, digits))
			return &d->numbers[i];
	return NULL;
}

const struct dir_rule *
dir_rule_find(const struct directory *d, struct slice canonical)
{
	size_t n = canonical.n < d->rule_digits_max ? canonical.n : d->rule_digits_max;

	for (; d->rule_count && n > 0; n--) {
		struct slice range = slice_make(canonical.p, n);

		INDEX_EACH (i, &d->rule_by_range, hash_bytes(range))
			if (slice_eq(d->rules[i].range, range))
				return &d->rules[i];
	}
	return NULL;
}

const struct dir_user *
dir_user_by_number(const struct directory *d, struct slice number)
{
	const struct dir_number *n = dir_number_find(d, number);

	return n ? n->user : NULL;
}

static bool
sends_from(const struct dir_phone *p, const struct addr *source)
{
	return p && trusted(p) && addr_eq_ip(&p->address, source);
}

static const struct dir_phone *
phone_of_user_at(const struct dir_user *u, const struct addr *source)
{
	for (size_t i = 0; u && i < u->phone_count; i++)
		if (sends_from(u->phones[i], source))
			return u->phones[i];
	return NULL;
}

const struct dir_phone *
dir_phone_by_source(const struct directory *d, const struct addr *source, struct slice from_user)
{
	const struct dir_phone *p = from_user.n ? dir_phone_by_name(d, from_user) : NULL;

	if (sends_from(p, source))
		return p;
	p = from_user.n ? phone_of_user_at(dir_user_by_number(d, from_user), source) : NULL;
	if (p)
		return p;
	INDEX_EACH (i, &d->phone_by_address, hash_address(source))
		if (addr_eq(&d->phones[i].address, source))
			return &d->phones[i];
	INDEX_EACH (i, &d->phone_by_ip, hash_ip(source))
		if (addr_eq_ip(&d->phones[i].address, source))
			return &d->phones[i];
	return NULL;
}

/* ---- as they are ---- */

const struct settings *
dir_settings(const struct directory *d)
{
	return &d->settings;
}

bool
dir_is_internal(const struct directory *d, struct slice digits)
{
	for (size_t i = 0; i < d->range_count; i++)
		if (digits.n == d->ranges[i].first.n &&
		    slice_cmp(digits, d->ranges[i].first) >= 0 &&
		    slice_cmp(digits, d->ranges[i].last) <= 0)
			return true;
	return false;
}

const struct dir_range *
dir_ranges(const struct directory *d, size_t *count)
{
	*count = d->range_count;
	return d->ranges;
}

const struct dir_phone *
dir_phones(const struct directory *d, size_t *count)
{
	*count = d->phone_count;
	return d->phones;
}

const struct dir_completion *
dir_completions(const struct directory *d, size_t *count)
{
	*count = d->completion_count;
	return d->completions;
}

const struct dir_group *
dir_groups(const struct directory *d, size_t *count)
{
	*count = d->group_count;
	return d->groups;
}

const struct dir_line *
dir_lines(const struct directory *d, size_t *count)
{
	*count = d->line_count;
	return d->lines;
}

struct addr_nets
dir_local_networks(const struct directory *d)
{
	return d->local_networks;
}

const struct dir_user *
dir_users(const struct directory *d, size_t *count)
{
	*count = d->user_count;
	return d->users;
}
