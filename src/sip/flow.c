/* Names and properties of transports. */
#include "sip/flow.h"

static const struct {
	struct slice name;
	bool reliable;
} transports[] = {
    [SIP_UDP] = {SLICE("UDP"), false},
    [SIP_TCP] = {SLICE("TCP"), true},
    [SIP_TLS] = {SLICE("TLS"), true},
    [SIP_WS] = {SLICE("WS"), true},
    [SIP_WSS] = {SLICE("WSS"), true},
};

enum { N_TRANSPORTS = sizeof transports / sizeof transports[0] };

struct slice
sip_transport_name(enum sip_transport t)
{
	return (unsigned)t < N_TRANSPORTS ? transports[t].name : (struct slice){0};
}

enum err
sip_transport_parse(struct slice s, enum sip_transport *out)
{
	for (unsigned t = 0; t < N_TRANSPORTS; t++) {
		if (slice_eq_nocase(transports[t].name, s)) {
			*out = (enum sip_transport)t;
			return ERR_OK;
		}
	}
	return ERR_NOT_FOUND;
}

bool
sip_transport_reliable(enum sip_transport t)
{
	return (unsigned)t < N_TRANSPORTS && transports[t].reliable;
}
