/* Where phones are (LIN-6). There are few sites: looked through one by one. */
#include "directory/directory_int.h"

bool
sites_on_site(void *ctx, const struct store_site_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_site *s = ADD(d->sites, d->site_count, b->sites.site_cap);

	if (!s || !build_keep(d, row->name, &s->name) ||
	    !build_keep(d, row->country, &s->country) || !build_keep(d, row->state, &s->state) ||
	    !build_keep(d, row->postal_code, &s->postal_code) ||
	    !build_keep(d, row->city, &s->city) || !build_keep(d, row->street, &s->street) ||
	    !build_keep(d, row->house_number, &s->house_number) ||
	    !build_keep(d, row->occupant, &s->occupant) || !build_keep(d, row->floor, &s->floor) ||
	    !build_keep(d, row->room, &s->room) || !build_nets(d, row->networks, &s->networks))
		return false;
	s->id = row->id;
	s->is_default = row->is_default;
	d->site_count++;
	return true;
}

bool
sites_on_line(void *ctx, int64_t site, int64_t line)
{
	struct builder *b = ctx;
	struct site_rows *r = &b->sites;
	struct site_line *l = ADD(r->lines, r->line_count, r->line_cap);

	if (!l)
		return false;
	*l = (struct site_line){site, line};
	r->line_count++;
	return true;
}

enum err
sites_link(struct builder *b)
{
	const struct site_rows *r = &b->sites;

	for (size_t i = 0; i < b->d->site_count; i++) {
		struct dir_site *s = &b->d->sites[i];
		const struct dir_line **lines =
		    arena_alloc(&b->d->arena, (r->line_count + 1) * sizeof *lines);

		if (!lines)
			return ERR_NOMEM;
		s->lines = lines;
		for (size_t k = 0; k < r->line_count; k++) {
			const struct dir_line *line = dir_line_by_id(b->d, r->lines[k].line);

			if (r->lines[k].site == s->id && line)
				lines[s->line_count++] = line;
		}
	}
	return ERR_OK;
}

/* ---- asking ---- */

const struct dir_site *
dir_site_by_id(const struct directory *d, int64_t id)
{
	for (size_t i = 0; id && i < d->site_count; i++)
		if (d->sites[i].id == id)
			return &d->sites[i];
	return NULL;
}

/* The smallest one: a network knows addresses of its own family only, so bits can be compared. */
static const struct dir_site *
site_by_network(const struct directory *d, const struct addr *source)
{
	const struct dir_site *found = NULL;
	unsigned longest = 0;

	for (size_t i = 0; i < d->site_count; i++) {
		const struct addr_nets *nets = &d->sites[i].networks;

		for (size_t k = 0; k < nets->n; k++)
			if (addr_net_has(&nets->net[k], source) &&
			    (!found || nets->net[k].bits > longest)) {
				found = &d->sites[i];
				longest = nets->net[k].bits;
			}
	}
	return found;
}

const struct dir_site *
dir_site_of(const struct directory *d, const struct dir_phone *phone, const struct addr *source,
    enum dir_site_by *by)
{
	const struct dir_site *site = phone ? dir_site_by_id(d, phone->site) : NULL;

	*by = DIR_SITE_BY_PHONE;
	if (!site && source->family) {
		*by = DIR_SITE_BY_NETWORK;
		site = site_by_network(d, source);
	}
	for (size_t i = 0; !site && i < d->site_count; i++) {
		*by = DIR_SITE_BY_DEFAULT;
		if (d->sites[i].is_default)
			site = &d->sites[i];
	}
	return site;
}
