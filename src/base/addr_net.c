#include "base/addr_net.h"

#include "base/hmap.h"

static unsigned
bits_of(const struct addr *a)
{
	return a->family == 4 ? 32 : 128;
}

static void
clear_host(struct addr_net *net)
{
	for (unsigned i = 0; i < sizeof net->addr.ip; i++) {
		unsigned first = i * 8;

		if (first >= net->bits)
			net->addr.ip[i] = 0;
		else if (net->bits - first < 8)
			net->addr.ip[i] &= (uint8_t)(0xff << (8 - (net->bits - first)));
	}
}

enum err
addr_mask_parse(struct slice s, uint8_t *bits)
{
	struct addr a;
	uint32_t mask, zeros;

	if (addr_parse_ip(slice_trim(s), 0, &a) != ERR_OK || a.family != 4)
		return ERR_MALFORMED;
	mask = (uint32_t)a.ip[0] << 24 | (uint32_t)a.ip[1] << 16 | (uint32_t)a.ip[2] << 8 | a.ip[3];
	zeros = ~mask;
	if (zeros & (zeros + 1))
		return ERR_MALFORMED;
	*bits = (uint8_t)__builtin_popcount(mask);
	return ERR_OK;
}

/* What stands behind the slash. */
static enum err
take_prefix(struct slice s, const struct addr *a, uint8_t *bits)
{
	uint64_t n;

	if (slice_to_u64(s, bits_of(a), &n) == ERR_OK) {
		*bits = (uint8_t)n;
		return ERR_OK;
	}
	return a->family == 4 ? addr_mask_parse(s, bits) : ERR_MALFORMED;
}

enum err
addr_net_parse(struct slice s, struct addr_net *out)
{
	struct slice rest = slice_trim(s), ip = slice_take_until(&rest, '/');
	struct addr_net net = {0};
	bool has_bits = ip.n < slice_trim(s).n;
	enum err e = addr_parse_ip(ip, 0, &net.addr);

	if (e != ERR_OK || (ip.n && ip.p[0] == '['))
		return ERR_MALFORMED;
	net.addr.scope = 0;
	net.bits = (uint8_t)bits_of(&net.addr);
	if (has_bits && take_prefix(rest, &net.addr, &net.bits) != ERR_OK)
		return ERR_MALFORMED;
	clear_host(&net);
	*out = net;
	return ERR_OK;
}

struct addr_net
addr_net_of(const struct addr *a)
{
	struct addr_net net = {.addr = *a, .bits = (uint8_t)bits_of(a)};

	net.addr.port = 0;
	net.addr.scope = 0;
	return net;
}

bool
addr_net_has(const struct addr_net *net, const struct addr *a)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	if (net->addr.family != a->family || memcmp(net->addr.ip, a->ip, whole) != 0)
		return false;
	return rest == 0 || ((net->addr.ip[whole] ^ a->ip[whole]) >> (8 - rest)) == 0;
}

bool
addr_net_eq(const struct addr_net *a, const struct addr_net *b)
{
	return a->bits == b->bits && addr_eq_ip(&a->addr, &b->addr);
}

uint64_t
addr_net_hash(const struct addr_net *net)
{
	return hash_mix(addr_hash(&net->addr), net->bits);
}

const char *
addr_net_text(const struct addr_net *net, char text[ADDR_NET_TEXT_MAX])
{
	struct buf b;

	buf_init(&b, text, ADDR_NET_TEXT_MAX - 1);
	addr_write_ip(&b, &net->addr);
	if (net->bits != bits_of(&net->addr))
		buf_printf(&b, "/%u", net->bits);
	text[b.n] = '\0';
	return text;
}

enum err
addr_nets_parse(struct slice text, struct addr_net *out, size_t max, size_t *n)
{
	size_t count = 0;

	while (slice_trim(text).n) {
		struct slice item = slice_take_until(&text, ',');
		struct addr_net net;

		if (addr_net_parse(item, &net) != ERR_OK)
			return ERR_MALFORMED;
		if (count < max)
			out[count] = net;
		count++;
	}
	*n = count;
	return max && count > max ? ERR_LIMIT : ERR_OK;
}

bool
addr_nets_have(struct addr_nets nets, const struct addr *a)
{
	for (size_t i = 0; i < nets.n; i++)
		if (addr_net_has(&nets.net[i], a))
			return true;
	return false;
}
