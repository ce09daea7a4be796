#include "base/addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include "base/hmap.h"

static void
set_ip6(struct addr *a, const uint8_t ip[16], uint32_t scope)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	if (memcmp(ip, mapped, sizeof mapped) == 0) {
		a->family = 4;
		memcpy(a->ip, ip + 12, 4);
		return;
	}
	a->family = 6;
	a->scope = scope;
	memcpy(a->ip, ip, 16);
}

/* "192.0.2.1": four numbers up to 255 without leading zeros, as inet_pton has it. */
static bool
parse_ip4(struct slice s, uint8_t ip[16])
{
	for (int i = 0; i < 4; i++) {
		unsigned v = 0;
		size_t n = 0;

		for (; n < s.n && n < 3 && s.p[n] >= '0' && s.p[n] <= '9'; n++)
			v = v * 10 + (unsigned)(s.p[n] - '0');
		if (n == 0 || v > 255 || (n > 1 && s.p[0] == '0'))
			return false;
		if (i < 3 ? n == s.n || s.p[n] != '.' : n != s.n)
			return false;
		ip[i] = (uint8_t)v;
		s = slice_from(s, n + 1);
	}
	return true;
}

enum err
addr_parse_ip(struct slice s, uint16_t port, struct addr *out)
{
	struct addr a = {.port = port};
	char text[ADDR_TEXT_MAX], *percent;
	uint8_t ip[16];
	uint32_t scope = 0;

	if (s.n >= 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		s = slice_make(s.p + 1, s.n - 2);
	if (parse_ip4(s, ip)) {
		a.family = 4;
		memcpy(a.ip, ip, 4);
		*out = a;
		return ERR_OK;
	}
	if (s.n == 0 || slice_find(s, ':') == s.n ||
	    slice_copy_cstr(s, text, sizeof text) != ERR_OK)
		return ERR_MALFORMED;
	percent = strchr(text, '%');
	if (percent) {
		*percent = '\0';
		scope = if_nametoindex(percent + 1);
	}
	if (inet_pton(AF_INET6, text, ip) != 1)
		return ERR_MALFORMED;
	set_ip6(&a, ip, scope);
	*out = a;
	return ERR_OK;
}

enum err
addr_parse(struct slice s, uint16_t default_port, struct addr *out)
{
	struct slice host = s;
	uint32_t port = default_port;
	size_t bracket = s.n && s.p[0] == '[' ? slice_find(s, ']') : 0;
	struct slice rest = slice_from(s, bracket);
	size_t colon = slice_find(rest, ':');
	bool bare_ip6 = bracket == 0 && slice_find(slice_from(rest, colon + 1), ':') <
					    slice_from(rest, colon + 1).n;

	if (colon < rest.n && !bare_ip6) {
		host = slice_make(s.p, bracket + colon);
		if (slice_to_u32(slice_from(rest, colon + 1), 65535, &port) != ERR_OK)
			return ERR_MALFORMED;
	}
	return addr_parse_ip(host, (uint16_t)port, out);
}

enum err
addr_from_sockaddr(const struct sockaddr *sa, struct addr *out)
{
	struct addr a = {0};

	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)sa;

		a.family = 4;
		a.port = ntohs(in->sin_port);
		memcpy(a.ip, &in->sin_addr, 4);
	} else if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)sa;

		a.port = ntohs(in6->sin6_port);
		set_ip6(&a, in6->sin6_addr.s6_addr, in6->sin6_scope_id);
	} else {
		return ERR_UNSUPPORTED;
	}
	*out = a;
	return ERR_OK;
}

socklen_t
addr_to_sockaddr(const struct addr *a, struct sockaddr_storage *ss)
{
	memset(ss, 0, sizeof *ss);
	if (a->family == 6) {
		struct sockaddr_in6 *in6 = (void *)ss;

		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(a->port);
		in6->sin6_scope_id = a->scope;
		memcpy(in6->sin6_addr.s6_addr, a->ip, 16);
		return sizeof *in6;
	}
	struct sockaddr_in *in = (void *)ss;

	in->sin_family = AF_INET;
	in->sin_port = htons(a->port);
	memcpy(&in->sin_addr, a->ip, 4);
	return sizeof *in;
}

/* By hand: inet_ntop costs ten times as much and this runs for each message. */
static void
write_ip4(struct buf *b, const uint8_t ip[4])
{
	for (int i = 0; i < 4; i++) {
		if (i)
			buf_char(b, '.');
		buf_u64(b, ip[i]);
	}
}

void
addr_write_ip(struct buf *b, const struct addr *a)
{
	char text[INET6_ADDRSTRLEN];

	if (a->family == 4)
		write_ip4(b, a->ip);
	else if (a->family == 6 && inet_ntop(AF_INET6, a->ip, text, sizeof text))
		buf_cstr(b, text);
	else
		buf_char(b, '-');
}

void
addr_write_host(struct buf *b, const struct addr *a)
{
	if (a->family == 6)
		buf_char(b, '[');
	addr_write_ip(b, a);
	if (a->family == 6)
		buf_char(b, ']');
}

void
addr_write(struct buf *b, const struct addr *a)
{
	addr_write_host(b, a);
	buf_char(b, ':');
	buf_u64(b, a->port);
}

const char *
addr_text(const struct addr *a, char text[ADDR_TEXT_MAX])
{
	struct buf b;

	buf_init(&b, text, ADDR_TEXT_MAX - 1);
	addr_write(&b, a);
	text[b.n] = '\0';
	return text;
}

bool
addr_eq_ip(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->scope == b->scope && memcmp(a->ip, b->ip, 16) == 0;
}

bool
addr_eq(const struct addr *a, const struct addr *b)
{
	return a->port == b->port && addr_eq_ip(a, b);
}

uint64_t
addr_hash(const struct addr *a)
{
	return hash_bytes(slice_make(a, sizeof *a));
}

bool
addr_is_any(const struct addr *a)
{
	static const uint8_t zero[16];

	return a->family == 0 || memcmp(a->ip, zero, sizeof zero) == 0;
}

bool
addr_is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return a->family == 4 ? a->ip[0] == 127 : a->family == 6 && memcmp(a->ip, one, 16) == 0;
}
