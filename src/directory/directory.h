/*
 * directory/ - the snapshot the switch routes from: users, groups, phones, numbers, ranges
 * and settings of one moment, immutable, with hash look-ups.
 *
 * The management thread builds it from the store after a change and hands it to the
 * signalling thread, which swaps it whole and hands the old one back to be freed as soon
 * as nothing points into it. All memory is one arena; everything found is borrowed and lives as
 * long as the snapshot. Reading is safe from any thread. Holds no SIP password, only its digest
 * HA1. Does not know SQL, calls or registrations.
 */
#ifndef DIRECTORY_DIRECTORY_H
#define DIRECTORY_DIRECTORY_H

#include "base/addr_net.h"
#include "directory/holidays.h"
#include "model/settings.h"
#include "sip/flow.h"
#include "store/store.h"

struct directory;

enum { DIR_DIAL_CLASSES = 5 }; /* of MODEL_DIAL_CLASSES */
/* Where calls to a number go instead; empty: nowhere. */
struct dir_redirect {
	struct slice always, busy, timeout;
	uint32_t after_s; /* of timeout */
};

struct dir_mailbox;	    /* directory/mailboxes.h */
struct dir_conference_room; /* directory/conferences.h */

struct dir_number {
	struct slice number;
	bool external;
	const struct dir_user *user;			   /* NULL: no user's */
	const struct dir_group *group;			   /* NULL: no group's */
	const struct dir_mailbox *mailbox;		   /* NULL: it leads to none */
	const struct dir_conference_room *conference_room; /* the same; never two of them */
	const struct dir_line *line;			   /* of an external number, NULL: none */
	const struct dir_redirect *redirect;		   /* NULL: none is switched on */
	int64_t id, music; /* music: a loop of directory/music.h; 0 = none */
};

struct dir_frame;

/* A phone outside that rings with those of its user, who may have it (USR-9). */
struct dir_twin {
	const struct dir_user *user;
	struct slice number;		/* canonical: E.164 with a plus */
	uint32_t delay_ms;		/* it rings so long after the others */
	bool group_calls;		/* also for those to his groups */
	bool confirm;			/* who answers there takes the call by a key */
	const struct dir_frame *frames; /* when; without ways and names */
	size_t frame_count;		/* 0 = always */
};

struct dir_user {
	int64_t id;
	struct slice login;
	struct slice first_name, last_name;
	struct slice name; /* "First Last" for displays; never empty */
	struct slice language;
	bool admin, enabled, dnd;
	bool call_waiting;	     /* he may be rung while he talks */
	uint8_t dial;		     /* what he may: bits of MODEL_DIAL_CLASSES */
	struct slice dial_pin;	     /* a hash, model/pin.h; empty = none */
	bool hide_number;	     /* calls outside show none */
	struct slice display_number; /* shown outside; empty = the line's or his own */
	uint32_t ring_s;	     /* its own or the system's */
	int64_t music;		     /* of those whom he holds; 0 = the default */
	/* by the bits of dial: the first of his groups that lets him; NULL: none does */
	const struct dir_group *dial_group[DIR_DIAL_CLASSES];
	struct slice primary_number;	       /* first internal number, else any, else empty */
	const struct dir_phone *const *phones; /* in order, first = primary */
	size_t phone_count;
	const struct dir_number *const *numbers; /* shortest first */
	size_t number_count;
	const struct dir_twin *twins;
	size_t twin_count;
};

struct dir_member {
	const struct dir_user *user;
	bool logged_on;
};

/* Users who are called together. */
struct dir_group {
	int64_t id;
	struct slice name;
	struct slice code;   /* "Group ID": digits, for keys */
	struct slice codecs; /* for the phones of members, where they have none; empty = none */
	uint8_t dial;	     /* what members may besides: bits of MODEL_DIAL_CLASSES */
	uint32_t ring_s;     /* its own or the system's */
	uint32_t hunt_s;     /* members ring one after the other, so long each; 0 = all at once */
	int64_t music;	     /* of its callers; 0 = none */
	bool broadcast;	     /* they do not ring: they hear what the caller says */
	const struct dir_member *members; /* in order */
	size_t member_count;
};

/** The user's place in the group, logged on or not; NULL: he has none. */
static inline const struct dir_member *
dir_group_member(const struct dir_group *g, int64_t user)
{
	for (size_t i = 0; i < g->member_count; i++)
		if (g->members[i].user->id == user)
			return &g->members[i];
	return NULL;
}

enum dir_digest { DIR_DIGEST_AUTO, DIR_DIGEST_MD5, DIR_DIGEST_SHA256 };
/* DTLS: required, and with keys as browsers make them. */
enum dir_srtp { DIR_SRTP_OFF, DIR_SRTP_OPTIONAL, DIR_SRTP_REQUIRED, DIR_SRTP_DTLS };
/* What a phone that calls hears while it rings: what the other phone sends early; our ringing tone
 * when that sends nothing; never anything. */
enum dir_inband { DIR_INBAND_NO, DIR_INBAND_YES, DIR_INBAND_NEVER };
enum dir_dtmf { DIR_DTMF_AUTO, DIR_DTMF_EVENTS, DIR_DTMF_INBAND, DIR_DTMF_INFO };
/* What it may do: both, only call, only be called. */
enum dir_kind { DIR_FRIEND, DIR_USER, DIR_PEER };
enum dir_nat { DIR_NAT_AUTO, DIR_NAT_ALWAYS, DIR_NAT_NEVER };

/* As the phone says or, where it leaves that open, its type. */
struct dir_phone {
	int64_t id;
	struct slice name;
	struct slice type;
	bool enabled;
	bool auth_by_address; /* trusted by its static address instead of a password */
	bool tls_required;
	enum sip_transport transport; /* of the static address */
	enum dir_digest digest;
	enum dir_nat nat;
	struct addr_nets permit, deny; /* where it may come from; permit wins */
	struct addr address;	       /* static one (family 0 = none) with port */
	uint32_t max_contacts, qualify_s;
	uint32_t rtp_timeout_s, rtp_hold_timeout_s; /* 0 = as in the settings */
	struct slice codecs; /* model/codecs.h: its own, or of a group; empty = the settings' */
	enum dir_srtp srtp;
	enum dir_dtmf dtmf;
	enum dir_inband progress_inband;
	bool direct_media; /* voice may go past us, to another one that has it */
	bool t38;	   /* its calls may become a fax in real time */
	enum dir_kind kind;
	bool port_counts;	     /* trusted by its address with its port (UDP) only */
	bool invites_unasked;	     /* from where it is registered, no password for INVITE */
	bool trust_rpid;	     /* whom it names as the caller is shown */
	bool promisc_redir;	     /* may send calls on to foreign hosts */
	struct addr default_address; /* where it is while not registered; family 0 = nowhere */
	struct slice from_user, from_domain; /* fixed parts of From in calls to it; empty = none */
	int64_t site;			     /* where it stands; 0 = as its address says */
	struct slice place;		     /* there, for emergency services; often empty */
	bool has_secret;
	char ha1_md5[33], ha1_sha256[65];    /* hex, realm = settings.domain, user = name */
	const struct dir_user *const *users; /* its owner first, who had it first; usually one */
	size_t user_count;
};

enum dir_number_format {
	DIR_FORMAT_PLUS,     /* +49211… */
	DIR_FORMAT_ZEROS,    /* 0049211… */
	DIR_FORMAT_BARE,     /* 49211… */
	DIR_FORMAT_NATIONAL, /* 0211… */
	DIR_FORMAT_ASIS,
};
enum dir_identity { DIR_IDENTITY_NONE, DIR_IDENTITY_PAI, DIR_IDENTITY_PPI };
enum dir_clir { DIR_CLIR_BOTH, DIR_CLIR_FROM, DIR_CLIR_PRIVACY };
enum dir_session_timer { DIR_TIMER_ASK, DIR_TIMER_ACCEPT, DIR_TIMER_OFF };
enum dir_called_in { DIR_CALLED_AUTO, DIR_CALLED_REQUEST_URI, DIR_CALLED_TO, DIR_CALLED_PARTY_ID };

/* A way to the public telephone network. */
struct dir_line {
	int64_t id;
	struct slice name;
	bool enabled, registers;
	bool auth_by_address; /* the provider knows our address, we know its */
	struct slice host;    /* registrar and domain: name or address, maybe ":port" */
	struct slice proxy;   /* outbound proxies in order, separated by commas; empty = none */
	bool transport_fixed; /* else DNS decides */
	enum sip_transport transport;
	struct slice username, auth_username; /* the latter is never empty when the first is not */
	struct slice password;
	struct slice from_user, from_domain, main_number;
	enum dir_number_format number_format;
	enum dir_identity identity;
	enum dir_called_in called_in;
	struct addr_nets permit;
	uint32_t expires_s, qualify_s, max_calls; /* 0 calls = no limit */
	uint32_t costly_minutes;		  /* a day, of calls that cost much; 0 = no limit */
	int64_t costly_charge_micro;		  /* the same, what they cost */
	char currency[CURRENCY_BYTES];		  /* of its rates (rates.h) */
	char prefix;			      /* the digit of "***" that leads to it; 0 = none */
	struct slice deposit;		      /* internal number; empty = the settings' */
	struct slice country_code, area_code; /* of its numbers; empty = the settings' */
	bool no_screening;		      /* shows numbers that are not its own, too */
	struct slice codecs;		      /* as a phone's */
	enum dir_srtp srtp;
	enum dir_dtmf dtmf;
	bool direct_media, t38;
	bool register_block;		     /* RFC 6140: one registration for all numbers */
	bool user_phone;		     /* our numbers carry user=phone */
	bool from_account;		     /* From names the account, not the caller */
	bool local_ringing;		     /* callers do not hear what comes before the answer */
	bool allow_redirect, allow_transfer; /* 3xx and REFER of the provider are followed */
	bool location;			     /* RFC 6442: emergency calls say where they are from */
	enum dir_clir clir;
	enum dir_session_timer session_timer;
	struct addr_nets deny;			    /* not the provider's, unless permitted */
	uint32_t rtp_timeout_s, rtp_hold_timeout_s; /* 0 = as in the settings */
	uint32_t session_expires_s;		    /* the same */
};

/* LIN-6. */
struct dir_emergency {
	struct slice number, name;
	const struct dir_line *const *lines; /* in order */
	size_t line_count;
};

/* A place with an address, in the parts of RFC 5139; all may be empty but the name. */
struct dir_site {
	int64_t id;
	struct slice name;
	struct slice country, state, postal_code, city, street, house_number, occupant, floor, room;
	struct addr_nets networks; /* phones that call from here are there */
	bool is_default;
	const struct dir_line *const *lines; /* of emergency calls from there, in order */
	size_t line_count;
};

/* How a site was found. */
enum dir_site_by { DIR_SITE_BY_PHONE, DIR_SITE_BY_NETWORK, DIR_SITE_BY_DEFAULT };

/* A line's place in a COR rule. */
struct dir_way {
	const struct dir_line *line;
	struct slice call_by_call; /* dialled before the number; often empty */
};

struct dir_frame {
	struct slice name;
	uint8_t days;		    /* bits of MODEL_DAYS */
	uint16_t from_min, to_min;  /* since midnight; to_min is not included, at most 1440 */
	const struct dir_way *ways; /* in order */
	size_t way_count;
};

/* RTG-3. */
struct dir_rule {
	struct slice number; /* as somebody wrote it */
	struct slice range;  /* what canonical numbers begin with */
	const struct dir_frame *frames;
	size_t frame_count;
};

/* Somebody who is to be called back when whom he could not reach can be reached. */
struct dir_completion {
	int64_t id, user, target; /* target: a user; 0 = a number outside */
	struct slice number;	  /* as dialled, without the code for private calls */
	bool private_call, no_answer;
	int64_t since_ms; /* since 1970 */
};

/* A number behind a short one (KEY). */
struct dir_speed_dial {
	int64_t user;			  /* 0 = everybody's */
	struct slice place, number, name; /* number: as dialled; name: often empty */
};

struct dir_range {
	struct slice first, last; /* equal length */
};

/** Reads the store and builds a snapshot. 10,000 users take some tens of ms. */
ERR_MUST_CHECK enum err directory_build(struct store *s, struct directory **out);
/** Does a committed change of this entity (NULL = anything) alter the snapshot? Call records
 *  and sessions do not. */
bool directory_depends_on(const struct model_entity *e);
/** NULL is fine. */
void directory_free(struct directory *d);

const struct settings *dir_settings(const struct directory *d);
/** All of these: NULL if none; O(1). Disabled ones are found too. */
const struct dir_user *dir_user_by_id(const struct directory *d, int64_t id);
const struct dir_user *dir_user_by_login(const struct directory *d, struct slice login);
const struct dir_user *dir_user_by_number(const struct directory *d, struct slice number);
const struct dir_number *dir_number_find(const struct directory *d, struct slice digits);
const struct dir_phone *dir_phone_by_id(const struct directory *d, int64_t id);
/** SIP user names are compared exactly. */
const struct dir_phone *dir_phone_by_name(const struct directory *d, struct slice name);
/**
 * The enabled phone with auth=address that sends from this IP. Several may share one; then
 * from_user (the user part of From) picks the one of that name, else one whose user has that
 * number, else the one with that port, else the first by id.
 */
const struct dir_phone *dir_phone_by_source(
    const struct directory *d, const struct addr *source, struct slice from_user);

/** True if digits lie in an internal range (LIN-1). Linear in the ranges (a few). */
bool dir_is_internal(const struct directory *d, struct slice digits);

const struct dir_range *dir_ranges(const struct directory *d, size_t *count);
/** Lines in the order in which they are used. */
const struct dir_line *dir_lines(const struct directory *d, size_t *count);
/** All groups, by name. */
const struct dir_group *dir_groups(const struct directory *d, size_t *count);
const struct dir_line *dir_line_by_id(const struct directory *d, int64_t id);
const struct dir_group *dir_group_by_id(const struct directory *d, int64_t id);
const struct dir_group *dir_group_by_code(const struct directory *d, struct slice code);
/** NULL: these digits are no emergency number. */
const struct dir_emergency *dir_emergency_find(const struct directory *d, struct slice digits);
const struct dir_site *dir_site_by_id(const struct directory *d, int64_t id);
/** Where a call begins: at the phone's own site, else the one with the smallest network that has
 *  source (family 0 = not known), else the default. phone may be NULL. NULL: nobody knows. */
const struct dir_site *dir_site_of(const struct directory *d, const struct dir_phone *phone,
    const struct addr *source, enum dir_site_by *by);
/** The rule with the longest range that a canonical number (directory/e164.h) begins with. */
const struct dir_rule *dir_rule_find(const struct directory *d, struct slice canonical);
/** The mobile phone with this canonical number; NULL: it is nobody's. */
const struct dir_twin *dir_twin_find(const struct directory *d, struct slice canonical);
/** What is stored at this place: the user's own (0 = nobody), else everybody's; NULL: nothing. */
const struct dir_speed_dial *dir_speed_dial_find(
    const struct directory *d, int64_t user, struct slice place);
/** A public holiday of the region in the settings, or one of their own. */
bool dir_is_holiday(const struct directory *d, struct day day);
/** Who is to be called back, the oldest first. */
const struct dir_completion *dir_completions(const struct directory *d, size_t *count);
/** settings.local_networks. */
struct addr_nets dir_local_networks(const struct directory *d);
/** All phones, by id; for qualify and status. */
const struct dir_phone *dir_phones(const struct directory *d, size_t *count);
const struct dir_user *dir_users(const struct directory *d, size_t *count);

#endif
