/*
 * The program in the kernel: at the ingress hook of an interface it takes RTP that merely passes
 * and sends it on. Whatever it does not know for certain goes up, to the sockets of the media
 * threads, as if it were not here: strangers, other sources, RTCP, STUN, what is broken or
 * unusual. Compiled for the kernel by clang; see fastpath_int.h.
 *
 * Addresses change, so checksums are adjusted, not made anew: what was damaged stays damaged.
 * A packet loses a hop, as at a router, so that calls which two systems send to each other in a
 * circle end.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "media/fastpath_shared_int.h"

enum {
	PASS = TC_ACT_UNSPEC, /* to whoever else is at the hook, then up */
	IP4_BYTES = sizeof(struct iphdr),
	IP6_BYTES = sizeof(struct ipv6hdr),
	UDP_BYTES = sizeof(struct udphdr),
	RTP_BYTES = 12,
	IP4_FRAGMENT = 0x3fff, /* more fragments, or not the first */
};

struct rtp {
	__u8 flags, kind;
	__u16 seq;
	__u32 timestamp, ssrc;
};

/* Behind the IP head. */
struct heads {
	struct udphdr udp;
	struct rtp rtp;
};

struct heads4 {
	struct iphdr ip;
	struct heads inner;
};

struct heads6 {
	struct ipv6hdr ip;
	struct heads inner;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the engine says how many */
	__type(key, __u32);
	__type(value, struct fastpath_entry);
} entries SEC(".maps");

/* Set by the engine before the start. */
const volatile __u32 first_port;

/* The packet's pointers are compared with its end only: else it would take CAP_PERFMON, too. */
static __always_inline void *
heads_of(struct __sk_buff *skb, __u32 bytes)
{
	bytes += ETH_HLEN;
	if (skb->len < bytes)
		return NULL;
	if ((__u8 *)(long)skb->data + bytes > (__u8 *)(long)skb->data_end &&
	    bpf_skb_pull_data(skb, bytes) < 0)
		return NULL;
	if ((__u8 *)(long)skb->data + bytes > (__u8 *)(long)skb->data_end)
		return NULL;
	return (__u8 *)(long)skb->data + ETH_HLEN;
}

static __always_inline int
is_plain_udp4(const struct __sk_buff *skb, const struct heads4 *h)
{
	__u32 bytes = bpf_ntohs(h->ip.tot_len);

	return h->ip.version == 4 && h->ip.ihl == 5 && h->ip.protocol == IPPROTO_UDP &&
	       !(h->ip.frag_off & bpf_htons(IP4_FRAGMENT)) && h->ip.ttl > 1 &&
	       bytes + ETH_HLEN <= skb->len && bpf_ntohs(h->inner.udp.len) + IP4_BYTES == bytes;
}

/* Without extensions, and with the checksum that IPv6 wants. */
static __always_inline int
is_plain_udp6(const struct __sk_buff *skb, const struct heads6 *h)
{
	__u32 bytes = bpf_ntohs(h->ip.payload_len);

	return h->ip.version == 6 && h->ip.nexthdr == IPPROTO_UDP && h->ip.hop_limit > 1 &&
	       bytes + IP6_BYTES + ETH_HLEN <= skb->len && bpf_ntohs(h->inner.udp.len) == bytes &&
	       h->inner.udp.check != 0;
}

/* On: for packets of the kind. */
static __always_inline struct fastpath_entry *
entry_of(const struct heads *h, __u8 family)
{
	__u32 offset = bpf_ntohs(h->udp.dest) - first_port, key = offset / 2;
	struct fastpath_entry *e = offset & 1 ? NULL : bpf_map_lookup_elem(&entries, &key);

	return e && e->until_ns && e->family == family ? e : NULL;
}

static __always_inline int
is_same_ip6(const struct in6_addr *a, const __u32 *words)
{
	return a->in6_u.u6_addr32[0] == words[0] && a->in6_u.u6_addr32[1] == words[1] &&
	       a->in6_u.u6_addr32[2] == words[2] && a->in6_u.u6_addr32[3] == words[3];
}

static __always_inline int
is_from_peer(const struct heads *h, __u32 ip_bytes, const struct fastpath_entry *e)
{
	return h->udp.source == e->from_port && h->rtp.ssrc == e->ssrc &&
	       bpf_ntohs(h->udp.len) + ip_bytes <= e->ip_bytes_max;
}

/* As rtp_classify() has it. */
static __always_inline int
is_rtp(struct __sk_buff *skb, const struct heads *h, __u32 ip_bytes)
{
	__u32 bytes = bpf_ntohs(h->udp.len) - UDP_BYTES;
	__u32 head_bytes = RTP_BYTES + 4 * (__u32)(h->rtp.flags & 0x0f);
	__u16 words[2];

	if ((h->rtp.flags & 0xc0) != 0x80 || (h->rtp.kind >= 192 && h->rtp.kind <= 223))
		return 0;
	if (h->rtp.flags & 0x10) { /* an extension */
		if (bytes < head_bytes + 4 ||
		    bpf_skb_load_bytes(
			skb, ETH_HLEN + ip_bytes + UDP_BYTES + head_bytes, words, sizeof words) < 0)
			return 0;
		head_bytes += 4 + 4 * (__u32)bpf_ntohs(words[1]);
	}
	return head_bytes <= bytes;
}

/* Somebody wants to know of it. */
static __always_inline int
goes_up(const struct heads *h, const struct fastpath_entry *e)
{
	__u8 payload_type = h->rtp.kind & 0x7f;

	return payload_type == e->up[0] || payload_type == e->up[1];
}

/* RFC 3550 A.1. False: it may be the beginning of a new run. */
static __always_inline int
count_seq(struct fastpath_entry *e, __u16 seq)
{
	__u16 ahead = seq - (__u16)e->highest;

	if (ahead < FASTPATH_MAX_DROPOUT)
		e->highest += ahead;
	else if (ahead <= 65536 - FASTPATH_MAX_MISORDER)
		return 0;
	return 1;
}

/* RFC 3550 A.8, in time instead of units. */
static __always_inline void
count_jitter(struct fastpath_entry *e, __u32 timestamp, __u64 now_ns)
{
	__s32 units = (__s32)(timestamp - e->timestamp);
	__s64 d;

	if (e->stamped_ns && units == 0)
		return;
	/* A long pause is no jitter, and must not overflow. */
	if (e->stamped_ns && units > -(1 << 20) && units < 1 << 20) {
		__u64 length_ps = (__u64)(units < 0 ? -units : units) * e->unit_ps;
		__s64 length_ns = (__s64)(length_ps / 1000);

		d = (__s64)(now_ns - e->stamped_ns) - (units < 0 ? -length_ns : length_ns);
		if (d < 0)
			d = -d;
		e->jitter_ns_x16 += (__u64)d - ((e->jitter_ns_x16 + 8) >> 4);
	}
	e->timestamp = timestamp;
	e->stamped_ns = now_ns;
}

/* What the entry is for; then it is counted. */
static __always_inline int
is_taken(struct __sk_buff *skb, const struct heads *h, __u32 ip_bytes, struct fastpath_entry *e)
{
	__u64 now_ns;

	if (!is_from_peer(h, ip_bytes, e) || goes_up(h, e) || !is_rtp(skb, h, ip_bytes))
		return 0;
	now_ns = bpf_ktime_get_ns();
	if (now_ns >= *(volatile __u64 *)&e->until_ns || !count_seq(e, bpf_ntohs(h->rtp.seq)))
		return 0;
	count_jitter(e, bpf_ntohl(h->rtp.timestamp), now_ns);
	e->last_ns = now_ns;
	__sync_fetch_and_add(&e->packets, 1);
	__sync_fetch_and_add(&e->bytes, bpf_ntohs(h->udp.len) - UDP_BYTES);
	return 1;
}

static __always_inline void
rewrite_ip4(struct iphdr *at, const struct fastpath_entry *e)
{
	struct iphdr ip = *at;
	__s64 sum;

	ip.saddr = e->new.from[0];
	ip.daddr = e->new.to[0];
	ip.tos = e->tos;
	ip.ttl--;
	sum = bpf_csum_diff(
	    (__be32 *)at, IP4_BYTES, (__be32 *)&ip, IP4_BYTES, ~(__u32)ip.check & 0xffff);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff);
	sum = (sum & 0xffff) + (sum >> 16);
	ip.check = (__u16)~sum;
	*at = ip;
}

/* As from a socket without flow labels. */
static __always_inline void
rewrite_ip6(struct ipv6hdr *ip, const struct fastpath_entry *e)
{
	*(__be32 *)ip = bpf_htonl(6u << 28 | (__u32)e->tos << 20);
	ip->hop_limit--;
	__builtin_memcpy(&ip->saddr, e->new.from, sizeof ip->saddr);
	__builtin_memcpy(&ip->daddr, e->new.to, sizeof ip->daddr);
}

/* The packet has its new IP head. ips: the sum of what that has changed in the addresses. */
static __always_inline int
send_on(struct __sk_buff *skb, struct heads *h, __u32 ip_bytes, __s64 ips,
    const struct fastpath_entry *e)
{
	__u32 check_at = ETH_HLEN + ip_bytes + offsetof(struct udphdr, check);
	__u32 old_ports = (__u32)h->udp.source | (__u32)h->udp.dest << 16;
	__u32 new_ports = (__u32)e->new_from_port | (__u32)e->new_to_port << 16;

	h->udp.source = e->new_from_port;
	h->udp.dest = e->new_to_port;
	skb->priority = e->priority;
	bpf_l4_csum_replace(skb, check_at, 0, (__u64)ips, BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0);
	bpf_l4_csum_replace(
	    skb, check_at, old_ports, new_ports, BPF_F_MARK_MANGLED_0 | sizeof old_ports);
	return (int)bpf_redirect_neigh(e->interface, NULL, 0, 0);
}

static __always_inline int
forward_ip4(struct __sk_buff *skb)
{
	struct heads4 *h = heads_of(skb, sizeof *h);
	struct fastpath_entry *e;
	__u32 old_ips[2], new_ips[2];

	if (!h || !is_plain_udp4(skb, h))
		return PASS;
	e = entry_of(&h->inner, 4);
	if (!e || h->ip.saddr != e->old.from[0] || h->ip.daddr != e->old.to[0] ||
	    !is_taken(skb, &h->inner, IP4_BYTES, e))
		return PASS;
	old_ips[0] = h->ip.saddr;
	old_ips[1] = h->ip.daddr;
	new_ips[0] = e->new.from[0];
	new_ips[1] = e->new.to[0];
	rewrite_ip4(&h->ip, e);
	return send_on(skb, &h->inner, IP4_BYTES,
	    bpf_csum_diff(old_ips, sizeof old_ips, new_ips, sizeof new_ips, 0), e);
}

static __always_inline int
forward_ip6(struct __sk_buff *skb)
{
	struct heads6 *h = heads_of(skb, sizeof *h);
	struct fastpath_entry *e;

	if (!h || !is_plain_udp6(skb, h))
		return PASS;
	e = entry_of(&h->inner, 6);
	if (!e || !is_same_ip6(&h->ip.saddr, e->old.from) ||
	    !is_same_ip6(&h->ip.daddr, e->old.to) || !is_taken(skb, &h->inner, IP6_BYTES, e))
		return PASS;
	rewrite_ip6(&h->ip, e);
	return send_on(skb, &h->inner, IP6_BYTES,
	    bpf_csum_diff((__be32 *)&e->old, sizeof e->old, (__be32 *)&e->new, sizeof e->new, 0),
	    e);
}

SEC("tc")
int
forward(struct __sk_buff *skb)
{
	if (skb->pkt_type != 0 /* PACKET_HOST */ || skb->vlan_present || skb->gso_size)
		return PASS;
	if (skb->protocol == bpf_htons(ETH_P_IP))
		return forward_ip4(skb);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return forward_ip6(skb);
	return PASS;
}

char license_text[] SEC("license") = "GPL";
