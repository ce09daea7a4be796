/*
 * The system's settings as a C struct, filled by the table of the entity
 * "settings" (model/entities.c). A plain value; copies are cheap.
 */
#ifndef MODEL_SETTINGS_H
#define MODEL_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "model/codecs.h"
#include "model/feature.h"

/* RTG-1: what decides which line a call outside takes. */
enum settings_priority {
	PRIORITY_STATIC,   /* the order of the lines */
	PRIORITY_COR,	   /* the COR rules */
	PRIORITY_LINE,	   /* the line of the display number, no other */
	PRIORITY_LINE_COR, /* that line, then the COR rules */
};

/* RTG-2: what a caller from outside meets when nobody can be reached. */
enum settings_unavailable { UNAVAILABLE_DEPOSIT, UNAVAILABLE_REJECT };

/* USR-9: what shows that who dials in from a mobile phone is its user. */
enum settings_dial_in { DIAL_IN_BY_PIN, DIAL_IN_BY_NUMBER };

/* What the other side hears when a user records the call. */
enum settings_record_notice { RECORD_ANNOUNCED, RECORD_BEEPS, RECORD_UNSAID };

struct settings {
	char company[100];
	char language[8];		       /* "de", "en" */
	char country_code[8];		       /* "49" */
	char area_code[12];		       /* without the leading 0 */
	char domain[256];		       /* SIP realm */
	char sip_address[64];		       /* bind */
	char codecs[MODEL_CODEC_LIST_MAX + 1]; /* of phones and lines without a list; "" = all */
	char media_address[64];		       /* for SDP; "" = the local address facing the peer */
	uint32_t sip_port, sips_port, ws_port, wss_port; /* 0 = not offered */
	char tls_min_version[8];			 /* "1.2", "1.3" */
	char tls_client_certificate[12];		 /* "none", "optional", "required" */
	char external_address[64];			 /* "" = none, or asked from stun_server */
	uint32_t external_sip_port;			 /* 0 = our own */
	char local_networks[1024];			 /* see addr_nets_parse */
	char stun_server[256];
	char outside_prefix[8];
	char code[FEATURES_N][FEATURE_CODE_BYTES]; /* "" = switched off */
	enum settings_priority routing_priority;
	enum settings_unavailable unavailable;
	char deposit[24];		   /* an internal number; "" = none */
	char dial_in_numbers[4 * 200 + 1]; /* of ours, separated by commas; "" = nobody dials in */
	enum settings_dial_in dial_in_check;
	uint32_t default_dial; /* bits of MODEL_DIAL_CLASSES; of phones without a user, too */
	char holidays[8];      /* region of the public ones; "none" */
	uint32_t rtp_port_min, rtp_port_max;
	bool hold_music, in_call_codes, comfort_noise;
	bool record_calls;
	enum settings_record_notice record_notice;
	uint32_t sip_dscp, audio_dscp, video_dscp; /* RFC 4594; 0 = not marked */
	uint32_t ring_s, orbit_s;
	uint32_t session_expires_s;
	uint32_t rtp_timeout_s, rtp_hold_timeout_s;
	uint32_t register_min_s, register_max_s;
	uint32_t nonce_lifetime_s;
	uint32_t http_port;
	uint32_t trace_keep_messages, trace_keep_days, trace_keep_mb;
	char password_policy[12]; /* "secure", "paranoid" */
	bool password_weak_allowed, screening, screening_notify;
	uint32_t password_check_days;
	uint32_t screening_failures, screening_block_h, source_requests_per_s;
	uint32_t change_keep_days;
	uint32_t cdr_keep_days;		      /* 0 = for ever */
	char conference_numbers[4 * 500 + 1]; /* lines, as invitations show them */
	uint32_t voicemail_trash_days, voicemail_mail_mb;
	enum log_level log_level[LOG_SUBS];
	uint32_t log_file_mb, log_files; /* size of one; how many, with the one in use */
	uint32_t disk_free_mb;		 /* less is worth a notice; 0 = never */
};

/** All fields at their defaults. */
void settings_init(struct settings *s);

#endif
