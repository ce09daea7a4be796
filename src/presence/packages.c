/* The event packages, and the bodies of the short ones. */
#include "base/xml.h"
#include "presence/presence_int.h"

const struct slice presence_allow_events = SLICE("dialog, message-summary, presence, reg");

/* ---- message-summary: RFC 3842 ---- */

static void
summary_write_head(struct buf *b, const struct resource *r, struct slice entity, uint32_t version)
{
	buf_lit(b, "Messages-Waiting: ");
	buf_cstr(b, r->waiting.unheard ? "yes" : "no");
	buf_lit(b, "\r\nMessage-Account: ");
	buf_put(b, entity);
	buf_lit(b, "\r\n");
}

static void
summary_write(struct buf *b, const struct resource *r)
{
	const struct presence_waiting *w = &r->waiting;

	buf_printf(b, "Voice-Message: %u/%u (%u/%u)\r\n", w->unheard, w->heard, w->unheard_urgent,
	    w->heard_urgent);
}

/* ---- reg: RFC 3680 ---- */

static void
reg_write_head(struct buf *b, const struct resource *r, struct slice entity, uint32_t version)
{
	buf_lit(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"");
	buf_u64(b, version);
	buf_lit(b, "\" state=\"full\">\n<registration");
	xml_attribute(b, "aor", entity);
}

static void
reg_write(struct buf *b, const struct resource *r)
{
	struct presence_contact contact[PRESENCE_CONTACTS_MAX];
	size_t n = r->p->p.ops->contacts(r->p->p.ctx, r->key.id, contact, PRESENCE_CONTACTS_MAX);

	buf_printf(b, " id=\"r%lld\" state=\"%s\">\n", (long long)r->key.id, n ? "active" : "init");
	for (size_t i = 0; i < n; i++) {
		buf_printf(b, "<contact id=\"c%016llx\" state=\"active\" event=\"registered\">",
		    (unsigned long long)hash_bytes(contact[i].uri));
		xml_element(b, "uri", contact[i].uri);
		buf_lit(b, "</contact>\n");
	}
	buf_lit(b, "</registration>\n</reginfo>\n");
}

const struct package presence_packages[PRESENCE_PACKAGES_N] = {
    [PRESENCE_DIALOG] = {SLICE("dialog"), SLICE("application/dialog-info+xml"), dialogs_write_head,
	dialogs_write, false},
    [PRESENCE_MESSAGE_SUMMARY] = {SLICE("message-summary"),
	SLICE("application/simple-message-summary"), summary_write_head, summary_write, true},
    [PRESENCE_PRESENCE] = {SLICE("presence"), SLICE("application/pidf+xml"), presence_write_head,
	presence_write, false},
    [PRESENCE_REG] = {SLICE("reg"), SLICE("application/reginfo+xml"), reg_write_head, reg_write,
	true},
};

/* RFC 6665, 8.4: event types are compared octet by octet. */
bool
package_find(struct slice event, enum presence_package *out)
{
	struct slice name = slice_trim(slice_take_until(&event, ';'));

	for (int i = 0; i < PRESENCE_PACKAGES_N; i++)
		if (slice_eq(name, presence_packages[i].name)) {
			*out = (enum presence_package)i;
			return true;
		}
	return false;
}

const char *
presence_package_name(enum presence_package package)
{
	return presence_packages[package].name.p;
}
