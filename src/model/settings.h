/*
 * The system's settings as a C struct, filled by the table of the entity
 * "settings" (model/entities.c). A plain value; copies are cheap.
 */
#ifndef MODEL_SETTINGS_H
#define MODEL_SETTINGS_H

#include <stdint.h>

struct settings {
	char company[100];
	char language[8];	/* "de", "en" */
	char country_code[8];	/* "49" */
	char area_code[12];	/* without the leading 0 */
	char domain[256];	/* SIP realm */
	char sip_address[64];	/* bind */
	char media_address[64]; /* for SDP; "" = the local address facing the peer */
	uint32_t sip_port;
	uint32_t rtp_port_min, rtp_port_max;
	uint32_t ring_s;
	uint32_t session_expires_s;
	uint32_t rtp_timeout_s, rtp_hold_timeout_s;
	uint32_t register_min_s, register_max_s;
	uint32_t nonce_lifetime_s;
	uint32_t http_port;
	uint32_t trace_keep_messages;
	uint32_t cdr_keep_days; /* 0 = for ever */
};

/** All fields at their defaults. */
void settings_init(struct settings *s);

#endif
