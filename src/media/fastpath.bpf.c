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
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "media/fastpath_shared_int.h"

enum {
	PASS = TC_ACT_UNSPEC, /* to whoever else is at the hook, then up */
	IP_BYTES = sizeof(struct iphdr),
	UDP_BYTES = sizeof(struct udphdr),
	RTP_BYTES = 12,
	HEADS_BYTES = ETH_HLEN + IP_BYTES + UDP_BYTES + RTP_BYTES,
	IP_FRAGMENT = 0x3fff, /* more fragments, or not the first */
	UDP_CHECK_AT = ETH_HLEN + IP_BYTES + offsetof(struct udphdr, check),
};

struct rtp {
	__u8 flags, kind;
	__u16 seq;
	__u32 timestamp, ssrc;
};

struct heads {
	struct iphdr ip;
	struct udphdr udp;
	struct rtp rtp;
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

static __always_inline int
is_plain_udp(const struct __sk_buff *skb, const struct heads *h)
{
	__u32 ip_bytes = bpf_ntohs(h->ip.tot_len);

	return h->ip.version == 4 && h->ip.ihl == 5 && h->ip.protocol == IPPROTO_UDP &&
	       !(h->ip.frag_off & bpf_htons(IP_FRAGMENT)) && h->ip.ttl > 1 &&
	       ip_bytes + ETH_HLEN <= skb->len &&
	       bpf_ntohs(h->udp.len) + (__u32)IP_BYTES == ip_bytes;
}

static __always_inline int
is_from_peer(const struct heads *h, const struct fastpath_entry *e)
{
	return h->ip.saddr == e->from_ip && h->udp.source == e->from_port &&
	       h->ip.daddr == e->to_ip && h->rtp.ssrc == e->ssrc &&
	       bpf_ntohs(h->ip.tot_len) <= e->ip_bytes_max;
}

/* As rtp_classify() has it. */
static __always_inline int
is_rtp(struct __sk_buff *skb, const struct heads *h)
{
	__u32 bytes = bpf_ntohs(h->udp.len) - UDP_BYTES;
	__u32 head_bytes = RTP_BYTES + 4 * (__u32)(h->rtp.flags & 0x0f);
	__u16 words[2];

	if ((h->rtp.flags & 0xc0) != 0x80 || (h->rtp.kind >= 192 && h->rtp.kind <= 223))
		return 0;
	if (h->rtp.flags & 0x10) { /* an extension */
		if (bytes < head_bytes + 4 ||
		    bpf_skb_load_bytes(
			skb, ETH_HLEN + IP_BYTES + UDP_BYTES + head_bytes, words, sizeof words) < 0)
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

static __always_inline int
send_on(struct __sk_buff *skb, struct heads *h, const struct fastpath_entry *e)
{
	__u32 old_ips[2] = {h->ip.saddr, h->ip.daddr};
	__u32 new_ips[2] = {e->new_from_ip, e->new_to_ip};
	__u32 old_ports = (__u32)h->udp.source | (__u32)h->udp.dest << 16;
	__u32 new_ports = (__u32)e->new_from_port | (__u32)e->new_to_port << 16;
	struct iphdr ip = h->ip;
	__s64 sum;

	ip.saddr = new_ips[0];
	ip.daddr = new_ips[1];
	ip.tos = (__u8)e->tos;
	ip.ttl--;
	sum = bpf_csum_diff(
	    (__be32 *)&h->ip, IP_BYTES, (__be32 *)&ip, IP_BYTES, ~(__u32)ip.check & 0xffff);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff);
	sum = (sum & 0xffff) + (sum >> 16);
	ip.check = (__u16)~sum;
	h->ip = ip;
	h->udp.source = e->new_from_port;
	h->udp.dest = e->new_to_port;
	skb->priority = e->priority;
	/* both end with what the packet was before, as far as the other is concerned */
	sum = bpf_csum_diff(old_ips, sizeof old_ips, new_ips, sizeof new_ips, 0);
	bpf_l4_csum_replace(
	    skb, UDP_CHECK_AT, 0, (__u64)sum, BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0);
	bpf_l4_csum_replace(
	    skb, UDP_CHECK_AT, old_ports, new_ports, BPF_F_MARK_MANGLED_0 | sizeof old_ports);
	return (int)bpf_redirect_neigh(e->interface, NULL, 0, 0);
}

static __always_inline struct fastpath_entry *
entry_of(const struct heads *h)
{
	__u32 offset = bpf_ntohs(h->udp.dest) - first_port, key = offset / 2;

	return offset & 1 ? NULL : bpf_map_lookup_elem(&entries, &key);
}

/* The packet's pointers are compared with its end only: else it would take CAP_PERFMON, too. */
SEC("tc")
int
forward(struct __sk_buff *skb)
{
	struct fastpath_entry *e;
	struct heads *h;
	__u64 now_ns;

	if (skb->protocol != bpf_htons(ETH_P_IP) || skb->pkt_type != 0 /* PACKET_HOST */ ||
	    skb->vlan_present || skb->gso_size || skb->len < HEADS_BYTES)
		return PASS;
	if ((__u8 *)(long)skb->data + HEADS_BYTES > (__u8 *)(long)skb->data_end &&
	    bpf_skb_pull_data(skb, HEADS_BYTES) < 0)
		return PASS;
	h = (void *)((__u8 *)(long)skb->data + ETH_HLEN);
	if ((void *)(h + 1) > (void *)(long)skb->data_end || !is_plain_udp(skb, h))
		return PASS;
	e = entry_of(h);
	if (!e || !e->until_ns || !is_from_peer(h, e) || goes_up(h, e) || !is_rtp(skb, h))
		return PASS;
	now_ns = bpf_ktime_get_ns();
	if (now_ns >= *(volatile __u64 *)&e->until_ns || !count_seq(e, bpf_ntohs(h->rtp.seq)))
		return PASS;
	count_jitter(e, bpf_ntohl(h->rtp.timestamp), now_ns);
	e->last_ns = now_ns;
	__sync_fetch_and_add(&e->packets, 1);
	__sync_fetch_and_add(&e->bytes, bpf_ntohs(h->udp.len) - UDP_BYTES);
	return send_on(skb, h, e);
}

char license_text[] SEC("license") = "GPL";
