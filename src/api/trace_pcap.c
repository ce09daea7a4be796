/*
 * Traced messages as a capture file that Wireshark and tshark open: pcapng
 * (draft-ietf-opsawg-pcapng), link type 101 (raw IP), microseconds. Each message is one
 * IPv4 or IPv6 packet with a UDP datagram; for those that came over a connection the
 * packet's comment says over which. Secrets are crossed out in it as they are in the
 * trace store.
 */
#include <stdio.h>
#include <stdlib.h>

#include "api/api_int.h"

enum {
	SECTION_HEADER = 0x0A0D0D0A,
	INTERFACE = 1,
	ENHANCED_PACKET = 6,
	LINKTYPE_RAW = 101,
	OPT_COMMENT = 1,
	OPT_USERAPPL = 4,
	PCAP_BYTES_MAX = 64 << 20,
	UDP = 17,
};

struct packet {
	int64_t at_ms;
	size_t order, at, n; /* where its block lies in bytes */
};

struct pcap {
	char *bytes;
	size_t n, cap;
	struct packet *packet;
	size_t count, packets_cap;
	bool failed;
};

struct pcap *
pcap_new(void)
{
	return calloc(1, sizeof(struct pcap));
}

/* n zeroed bytes at the end; NULL when there are too many. */
static unsigned char *
more(struct pcap *p, size_t n)
{
	if (p->failed || p->n + n > PCAP_BYTES_MAX) {
		p->failed |= !p->count;
		return NULL;
	}
	if (p->n + n > p->cap) {
		size_t cap = p->cap ? p->cap : 65536;
		char *bigger;

		while (cap < p->n + n)
			cap *= 2;
		bigger = realloc(p->bytes, cap);
		if (!bigger) {
			p->failed = true;
			return NULL;
		}
		p->bytes = bigger;
		p->cap = cap;
	}
	memset(p->bytes + p->n, 0, n);
	p->n += n;
	return (unsigned char *)p->bytes + p->n - n;
}

static void
put16(unsigned char *at, unsigned v)
{
	at[0] = (unsigned char)(v >> 8);
	at[1] = (unsigned char)v;
}

static size_t
padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* ---- IP and UDP ---- */

static uint32_t
sum_bytes(uint32_t sum, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i += 2) {
		sum += (uint32_t)p[i] << 8 | p[i + 1];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	if (n & 1)
		sum += (uint32_t)p[n - 1] << 8;
	return (sum & 0xffff) + (sum >> 16);
}

static unsigned
checksum(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
}

/* An IPv4 address in an IPv6 packet, when the two sides differ: ::ffff:1.2.3.4 */
static void
put_ip6(unsigned char *at, const struct addr *a)
{
	if (a->family == 6) {
		memcpy(at, a->ip, 16);
	} else if (a->family == 4) {
		at[10] = at[11] = 0xff;
		memcpy(at + 12, a->ip, 4);
	}
}

static size_t
ip_bytes(const struct trace_record *r)
{
	return r->local.family == 6 || r->remote.family == 6 ? 40 : 20;
}

static void
put_ip(unsigned char *at, const struct addr *from, const struct addr *to, size_t header, size_t n)
{
	if (header == 40) {
		at[0] = 0x60;
		put16(at + 4, (unsigned)n);
		at[6] = UDP;
		at[7] = 64;
		put_ip6(at + 8, from);
		put_ip6(at + 24, to);
		return;
	}
	at[0] = 0x45;
	put16(at + 2, (unsigned)(header + n));
	put16(at + 6, 0x4000); /* do not fragment */
	at[8] = 64;
	at[9] = UDP;
	memcpy(at + 12, from->ip, 4);
	memcpy(at + 16, to->ip, 4);
	put16(at + 10, checksum(sum_bytes(0, at, 20)));
}

/* IP, UDP and the message; the checksum of UDP covers addresses, protocol and length. */
static void
put_packet(unsigned char *at, const struct trace_record *r)
{
	const struct addr *from = r->direction == TRACE_IN ? &r->remote : &r->local;
	const struct addr *to = r->direction == TRACE_IN ? &r->local : &r->remote;
	size_t header = ip_bytes(r), n = 8 + r->bytes.n;
	unsigned char *udp = at + header;
	uint32_t sum;
	unsigned check;

	put_ip(at, from, to, header, n);
	put16(udp, from->port);
	put16(udp + 2, to->port);
	put16(udp + 4, (unsigned)n);
	if (r->bytes.n)
		memcpy(udp + 8, r->bytes.p, r->bytes.n);
	sum = sum_bytes(UDP + (uint32_t)n, header == 40 ? at + 8 : at + 12, header == 40 ? 32 : 8);
	check = checksum(sum_bytes(sum, udp, n));
	put16(udp + 6, check ? check : 0xffff);
}

/* ---- pcapng; blocks are in the machine's order of bytes, which the section header tells ---- */

static void
put_u32(unsigned char *at, uint32_t v)
{
	memcpy(at, &v, sizeof v);
}

static void
put_u16(unsigned char *at, uint16_t v)
{
	memcpy(at, &v, sizeof v);
}

/* Type and both lengths of a block of n bytes. */
static void
frame(unsigned char *at, uint32_t type, size_t n)
{
	put_u32(at, type);
	put_u32(at + 4, (uint32_t)n);
	put_u32(at + n - 4, (uint32_t)n);
}

static size_t
put_option(unsigned char *at, uint16_t code, const char *text)
{
	size_t n = strlen(text);

	put_u16(at, code);
	put_u16(at + 2, (uint16_t)n);
	memcpy(at + 4, text, n);
	return 4 + padded(n);
}

static void
comment_of(const struct trace_record *r, char text[96])
{
	text[0] = '\0';
	if (r->transport != SIP_UDP)
		snprintf(text, 96, "came over %.*s", SLICE_FMT(sip_transport_name(r->transport)));
	if (r->direction == TRACE_OUT && text[0])
		memcpy(text, "went", 4);
	if (r->cut)
		snprintf(text + strlen(text), 96 - strlen(text), "%scut after %d bytes",
		    text[0] ? ", " : "", TRACE_BYTES_MAX);
}

void
pcap_add(struct pcap *p, const struct trace_record *r)
{
	size_t packet = ip_bytes(r) + 8 + r->bytes.n, n = 28 + padded(packet) + 4, start = p->n;
	uint64_t at_us = (uint64_t)r->at_ms * 1000;
	unsigned char *at;
	char comment[96];

	comment_of(r, comment);
	if (comment[0])
		n += 4 + padded(strlen(comment)) + 4;
	if (p->count == p->packets_cap) {
		size_t cap = p->packets_cap ? p->packets_cap * 2 : 64;
		struct packet *bigger = realloc(p->packet, cap * sizeof *bigger);

		p->failed |= !bigger;
		if (!bigger)
			return;
		p->packet = bigger;
		p->packets_cap = cap;
	}
	at = more(p, n);
	if (!at)
		return;
	p->packet[p->count] = (struct packet){r->at_ms, p->count, start, n};
	p->count++;
	frame(at, ENHANCED_PACKET, n);
	put_u32(at + 12, (uint32_t)(at_us >> 32));
	put_u32(at + 16, (uint32_t)at_us);
	put_u32(at + 20, (uint32_t)packet);
	put_u32(at + 24, (uint32_t)packet);
	put_packet(at + 28, r);
	if (comment[0])
		put_option(at + 28 + padded(packet), OPT_COMMENT, comment);
}

static int
by_time(const void *a, const void *b)
{
	const struct packet *x = a, *y = b;

	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static size_t
put_head(unsigned char *at)
{
	static const char program[] = "Strowger " STROWGER_VERSION;
	size_t section = 28 + 4 + padded(strlen(program)) + 4;

	put_u32(at + 8, 0x1A2B3C4D);
	put_u16(at + 12, 1);	  /* version 1.0 */
	memset(at + 16, 0xff, 8); /* length of the section: not said */
	put_option(at + 24, OPT_USERAPPL, program);
	frame(at, SECTION_HEADER, section);
	put_u16(at + section + 8, LINKTYPE_RAW);
	frame(at + section, INTERFACE, 20);
	return section + 20;
}

char *
pcap_finish(struct pcap *p, size_t *bytes)
{
	char *file = p->failed ? NULL : calloc(1, p->n + 256);
	size_t n;

	if (file) {
		n = put_head((unsigned char *)file);
		if (p->count)
			qsort(p->packet, p->count, sizeof *p->packet, by_time);
		for (size_t i = 0; i < p->count; i++) {
			memcpy(file + n, p->bytes + p->packet[i].at, p->packet[i].n);
			n += p->packet[i].n;
		}
		*bytes = n;
	}
	free(p->bytes);
	free(p->packet);
	free(p);
	return file;
}
