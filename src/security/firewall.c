#include "security/firewall.h"

#include <linux/capability.h>
#include <nftables/libnftables.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "loop/mailbox.h"
#include "loop/thread.h"

enum { BATCH = 256, POSTS_MAX = 65536, COMMAND_BYTES = 192 * 1024, WAIT_MS = 60000 };

struct order {
	struct addr_net net;
	uint32_t seconds;
};

struct firewall {
	struct firewall_params p;
	struct thread *thread;
	struct mailbox *orders;
	struct nft_ctx *nft;			 /* NULL: not tried yet, or not permitted */
	struct addr_net nets[FIREWALL_NETS_MAX]; /* networks, and addresses without an end */
	size_t n_nets;
	char table[24];
	char command[COMMAND_BYTES];
	_Atomic bool active, refused;
	_Atomic uint64_t commands, failed, lost;
};

/* ---- the table ---- */

static bool
run(struct firewall *f, struct buf *b)
{
	const char *why;

	if (!buf_ok(b))
		return false;
	f->command[b->n] = '\0';
	atomic_fetch_add(&f->commands, 1);
	if (nft_run_cmd_from_buffer(f->nft, f->command) == 0)
		return true;
	atomic_fetch_add(&f->failed, 1);
	why = nft_ctx_get_error_buffer(f->nft);
	log_debug(SECURITY, "nftables: %.200s", why ? why : "");
	return false;
}

static void
begin(struct firewall *f, struct buf *b)
{
	buf_init(b, f->command, sizeof f->command - 1);
}

static void
write_ports(const struct firewall *f, struct buf *b)
{
	const char *head = "";

	for (size_t i = 0; i < FIREWALL_PORTS_MAX; i++)
		if (f->p.ports[i]) {
			buf_printf(b, "%s%u", head, f->p.ports[i]);
			head = ", ";
		}
}

/* owner: the table goes when our socket to the kernel does (Linux 5.12). */
static bool
make_table(struct firewall *f, const char *flags)
{
	const char *t = f->table;
	struct buf b;

	begin(f, &b);
	buf_printf(&b, "add table inet %s %s\n", t, flags);
	buf_printf(&b, "add set inet %s blocked4 { type ipv4_addr; flags timeout; }\n", t);
	buf_printf(&b, "add set inet %s blocked6 { type ipv6_addr; flags timeout; }\n", t);
	buf_printf(
	    &b, "add set inet %s nets4 { type ipv4_addr; flags interval; auto-merge; }\n", t);
	buf_printf(
	    &b, "add set inet %s nets6 { type ipv6_addr; flags interval; auto-merge; }\n", t);
	buf_printf(&b, "add chain inet %s screen\n", t);
	buf_printf(&b, "add rule inet %s screen ip saddr @blocked4 counter drop\n", t);
	buf_printf(&b, "add rule inet %s screen ip saddr @nets4 counter drop\n", t);
	buf_printf(&b,
	    "add rule inet %s screen ip6 saddr & ffff:ffff:ffff:ffff:: @blocked6 counter drop\n",
	    t);
	buf_printf(&b, "add rule inet %s screen ip6 saddr @nets6 counter drop\n", t);
	buf_printf(&b,
	    "add chain inet %s input { type filter hook input priority -150; policy accept; }\n",
	    t);
	buf_printf(&b, "add rule inet %s input meta l4proto { tcp, udp } th dport { ", t);
	write_ports(f, &b);
	buf_lit(&b, " } jump screen\n");
	return run(f, &b);
}

static void
remove_table(struct firewall *f)
{
	struct buf b;

	begin(f, &b);
	buf_printf(&b, "add table inet %s\ndelete table inet %s\n", f->table, f->table);
	(void)run(f, &b);
}

/* Asked before libnftables tries: it complains on standard error. */
static bool
is_permitted(void)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2] = {0};

	return syscall(SYS_capget, &h, d) == 0 && (d[0].effective & (1u << CAP_NET_ADMIN));
}

static void
open_table(struct firewall *f)
{
	if (f->nft || atomic_load(&f->refused))
		return;
	f->nft = is_permitted() ? nft_ctx_new(NFT_CTX_DEFAULT) : NULL;
	if (f->nft && nft_ctx_buffer_output(f->nft) == 0 && nft_ctx_buffer_error(f->nft) == 0) {
		if (make_table(f, "{ flags owner; }")) {
			atomic_store(&f->active, true);
		} else {
			remove_table(f); /* of an earlier run on an older kernel */
			atomic_store(&f->active, make_table(f, ""));
		}
	}
	if (atomic_load(&f->active)) {
		log_info(
		    SECURITY, "the kernel drops blocked addresses (nftables table %s)", f->table);
		return;
	}
	log_info(SECURITY,
	    "the kernel's filter is not ours to change: blocked addresses are dropped "
	    "by the transports");
	atomic_store(&f->refused, true);
	if (f->nft)
		nft_ctx_free(f->nft);
	f->nft = NULL;
}

/* ---- orders ---- */

static bool
is_single(const struct addr_net *net)
{
	return net->bits == (net->addr.family == 4 ? 32 : 64);
}

/* An element keeps its first end unless it is taken out first; and only what is there can be. */
static void
write_element(const struct firewall *f, struct buf *b, const struct order *o)
{
	char ip[ADDR_NET_TEXT_MAX];
	const char *set = o->net.addr.family == 4 ? "blocked4" : "blocked6";
	struct buf text;

	buf_init(&text, ip, sizeof ip - 1);
	addr_write_ip(&text, &o->net.addr);
	ip[text.n] = '\0';
	buf_printf(b, "add element inet %s %s { %s timeout 1s }\n", f->table, set, ip);
	buf_printf(b, "delete element inet %s %s { %s }\n", f->table, set, ip);
	if (o->seconds)
		buf_printf(b, "add element inet %s %s { %s timeout %us }\n", f->table, set, ip,
		    o->seconds);
}

static void
write_nets(const struct firewall *f, struct buf *b, uint8_t family)
{
	const char *set = family == 4 ? "nets4" : "nets6", *head = "";
	char text[ADDR_NET_TEXT_MAX];

	buf_printf(b, "flush set inet %s %s\n", f->table, set);
	for (size_t i = 0; i < f->n_nets; i++) {
		if (f->nets[i].addr.family != family)
			continue;
		if (!*head)
			buf_printf(b, "add element inet %s %s { ", f->table, set);
		buf_printf(b, "%s%s", head, addr_net_text(&f->nets[i], text));
		head = ", ";
	}
	if (*head)
		buf_lit(b, " }\n");
}

static void
change_nets(struct firewall *f, const struct order *o)
{
	size_t i = 0;

	while (i < f->n_nets && !addr_net_eq(&f->nets[i], &o->net))
		i++;
	if (o->seconds && i == f->n_nets && f->n_nets < FIREWALL_NETS_MAX)
		f->nets[f->n_nets++] = o->net;
	else if (!o->seconds && i < f->n_nets)
		f->nets[i] = f->nets[--f->n_nets];
}

static void
obey(struct firewall *f, const struct order *orders, size_t n)
{
	bool nets_changed = false;
	struct buf b;

	open_table(f);
	if (!f->nft)
		return;
	begin(f, &b);
	for (size_t i = 0; i < n; i++) {
		if (orders[i].seconds != FIREWALL_FOR_EVER && is_single(&orders[i].net))
			write_element(f, &b, &orders[i]);
		if (orders[i].seconds == FIREWALL_FOR_EVER || !is_single(&orders[i].net) ||
		    !orders[i].seconds) {
			change_nets(f, &orders[i]);
			nets_changed = true;
		}
	}
	if (nets_changed) {
		write_nets(f, &b, 4);
		write_nets(f, &b, 6);
	}
	if (!run(f, &b))
		log_warn(SECURITY, "the kernel refused %zu changes of its filter", n);
}

static void
work(void *ctx)
{
	struct firewall *f = ctx;
	struct order batch[BATCH];
	enum err e;
	size_t n;

	do {
		e = mailbox_wait(f->orders, WAIT_MS);
		while ((n = mailbox_take_batch(f->orders, batch, BATCH)) > 0)
			obey(f, batch, n);
	} while (e != ERR_CLOSED);
	if (!f->nft)
		return;
	remove_table(f);
	nft_ctx_free(f->nft);
}

/* ---- life ---- */

enum err
firewall_start(struct firewall **out, const struct firewall_params *p)
{
	struct firewall *f = calloc(1, sizeof *f);
	enum err e;

	if (!f)
		return ERR_NOMEM;
	f->p = *p;
	if (p->ports[0] == 5060)
		snprintf(f->table, sizeof f->table, "strowger");
	else /* several on one machine */
		snprintf(f->table, sizeof f->table, "strowger_%u", p->ports[0]);
	e = mailbox_new(&f->orders,
	    &(struct mailbox_params){.message_bytes = sizeof(struct order), .capacity = POSTS_MAX});
	if (e == ERR_OK)
		e = thread_start(&f->thread, "firewall", work, f);
	if (e != ERR_OK) {
		mailbox_free(f->orders);
		free(f);
		return e;
	}
	*out = f;
	return ERR_OK;
}

void
firewall_stop(struct firewall *f)
{
	if (!f)
		return;
	mailbox_close(f->orders);
	thread_join(f->thread);
	mailbox_free(f->orders);
	free(f);
}

void
firewall_block(struct firewall *f, const struct addr_net *net, uint32_t seconds)
{
	struct order o = {*net, seconds};

	if (!f || atomic_load(&f->refused))
		return;
	if (mailbox_post(f->orders, &o) != ERR_OK)
		atomic_fetch_add(&f->lost, 1);
}

struct firewall_counts
firewall_count(const struct firewall *f)
{
	if (!f)
		return (struct firewall_counts){.refused = true};
	return (struct firewall_counts){.active = atomic_load(&f->active),
	    .refused = atomic_load(&f->refused),
	    .commands = atomic_load(&f->commands),
	    .failed = atomic_load(&f->failed),
	    .lost = atomic_load(&f->lost)};
}
