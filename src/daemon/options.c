#include "daemon/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/listeners.h"

static const char help_text[] =
    "Usage: strowgerd [options]\n"
    "\n"
    "The telephone system. Everything else is set in its web page.\n"
    "\n"
    "  --data DIR        where database, journal and control socket live\n"
    "                    (default /var/lib/strowger)\n"
    "  --web DIR         the built web page (default /usr/share/strowger/web)\n"
    "  --sounds DIR      what comes with the system to be heard\n"
    "                    (default /usr/share/strowger/sounds)\n"
    "  --bind ADDRESS    listen for SIP and HTTP on this address only\n"
    "  --sip-port N      SIP port, UDP and TCP; 0 takes a free one\n"
    "  --sips-port N     SIP port with TLS; 0 takes a free one, off for none\n"
    "  --ws-port N       the same for SIP over WebSocket\n"
    "  --wss-port N      the same for SIP over WebSocket with TLS\n"
    "  --dns SERVERS     name servers, ADDRESS[:PORT] separated by commas, instead of those\n"
    "                    of resolv.conf\n"
    "  --licence-key FILE  public key (PEM, Ed25519) of who signs licences; without it none\n"
    "                    are taken and nothing is limited\n"
    "  --http-port N     port of the web page; 0 takes a free one\n"
    "  --fastpath WHEN   auto: the kernel forwards voice that merely passes, if it lets us;\n"
    "                    off: never (default auto)\n"
    "  --user NAME       account to run as once the ports are open\n"
    "  --log LEVEL       fatal, error, warn, info, debug or trace, for all components;\n"
    "                    otherwise as set in the web page\n"
    "  --check           check database and settings, start nothing\n"
    "  --version         print the version\n"
    "  --help            this text\n";

const char *
options_help(void)
{
	return help_text;
}

static bool
parse_port(const char *text, long *out)
{
	uint32_t v;

	if (slice_to_u32(slice_cstr(text), 65535, &v) != ERR_OK)
		return false;
	*out = (long)v;
	return true;
}

/* A port that may be off. */
static enum err
parse_port_or_off(const char *option, const char *text, long *out, char *why, size_t why_bytes)
{
	if (strcmp(text, "off") == 0)
		*out = OPTION_OFF;
	else if (!parse_port(text, out)) {
		snprintf(why, why_bytes, "%s wants a number from 0 to 65535 or off, not '%s'",
		    option, text);
		return ERR_INVALID;
	}
	return ERR_OK;
}

static enum err
apply_one(struct options *o, int which, const char *value, char *why, size_t why_bytes)
{
	struct addr addr;

	switch (which) {
	case 'd': o->data_dir = value; return ERR_OK;
	case 'w': o->web_dir = value; return ERR_OK;
	case 'o': o->sounds_dir = value; return ERR_OK;
	case 'u': o->user = value; return ERR_OK;
	case 'n': o->dns = value; return ERR_OK;
	case 'L': o->licence_key = value; return ERR_OK;
	case 'c': o->check = true; return ERR_OK;
	case 'v': o->version = true; return ERR_OK;
	case 'h': o->help = true; return ERR_OK;
	case 'b':
		o->bind = value;
		if (addr_parse_ip(slice_cstr(value), 0, &addr) == ERR_OK)
			return ERR_OK;
		snprintf(
		    why, why_bytes, "--bind wants an IP address of this machine, not '%s'", value);
		return ERR_INVALID;
	case 's':
		if (parse_port(value, &o->sip_port))
			return ERR_OK;
		snprintf(
		    why, why_bytes, "--sip-port wants a number from 0 to 65535, not '%s'", value);
		return ERR_INVALID;
	case 'S': return parse_port_or_off("--sips-port", value, &o->sips_port, why, why_bytes);
	case 'W': return parse_port_or_off("--ws-port", value, &o->ws_port, why, why_bytes);
	case 'X': return parse_port_or_off("--wss-port", value, &o->wss_port, why, why_bytes);
	case 'f':
		o->no_fastpath = strcmp(value, "off") == 0;
		if (o->no_fastpath || strcmp(value, "auto") == 0)
			return ERR_OK;
		snprintf(why, why_bytes, "--fastpath wants auto or off, not '%s'", value);
		return ERR_INVALID;
	case 'p':
		if (parse_port(value, &o->http_port))
			return ERR_OK;
		snprintf(
		    why, why_bytes, "--http-port wants a number from 0 to 65535, not '%s'", value);
		return ERR_INVALID;
	case 'l':
		o->has_log_level = true;
		if (log_level_parse(slice_cstr(value), &o->log_level) == ERR_OK)
			return ERR_OK;
		snprintf(why, why_bytes,
		    "--log wants fatal, error, warn, info, debug or trace, not '%s'", value);
		return ERR_INVALID;
	default: return ERR_INVALID;
	}
}

enum err
options_parse(struct options *o, int argc, char **argv, char *why, size_t why_bytes)
{
	static const struct option longs[] = {
	    {"data", required_argument, NULL, 'd'},
	    {"web", required_argument, NULL, 'w'},
	    {"sounds", required_argument, NULL, 'o'},
	    {"bind", required_argument, NULL, 'b'},
	    {"sip-port", required_argument, NULL, 's'},
	    {"sips-port", required_argument, NULL, 'S'},
	    {"ws-port", required_argument, NULL, 'W'},
	    {"wss-port", required_argument, NULL, 'X'},
	    {"dns", required_argument, NULL, 'n'},
	    {"licence-key", required_argument, NULL, 'L'},
	    {"http-port", required_argument, NULL, 'p'},
	    {"fastpath", required_argument, NULL, 'f'},
	    {"user", required_argument, NULL, 'u'},
	    {"log", required_argument, NULL, 'l'},
	    {"check", no_argument, NULL, 'c'},
	    {"version", no_argument, NULL, 'v'},
	    {"help", no_argument, NULL, 'h'},
	    {0},
	};
	int which;

	*o = (struct options){.data_dir = "/var/lib/strowger",
	    .web_dir = "/usr/share/strowger/web",
	    .sounds_dir = "/usr/share/strowger/sounds",
	    .http_port = OPTION_SETTINGS,
	    .sip_port = OPTION_SETTINGS,
	    .sips_port = OPTION_SETTINGS,
	    .ws_port = OPTION_SETTINGS,
	    .wss_port = OPTION_SETTINGS,
	    .log_level = LOG_INFO};
	opterr = 0;
	optind = 1;
	while ((which = getopt_long(argc, argv, ":", longs, NULL)) != -1) {
		const char *word = argv[optind > 1 ? optind - 1 : 1];
		enum err e;

		if (which == ':') {
			snprintf(why, why_bytes, "%s wants a value; see --help", word);
			return ERR_INVALID;
		}
		if (which == '?') {
			snprintf(why, why_bytes, "unknown option '%s'; see --help", word);
			return ERR_INVALID;
		}
		e = apply_one(o, which, optarg, why, why_bytes);
		if (e != ERR_OK)
			return e;
	}
	if (optind < argc) {
		snprintf(why, why_bytes, "unexpected word '%s'; see --help", argv[optind]);
		return ERR_INVALID;
	}
	return ERR_OK;
}

static void
apply_port(long option, uint32_t *port)
{
	if (option != OPTION_SETTINGS)
		*port = option == OPTION_OFF ? 0 : (uint32_t)option;
}

void
options_apply(const struct options *o, struct settings *s)
{
	if (o->bind)
		slice_clip_cstr(slice_cstr(o->bind), s->sip_address, sizeof s->sip_address);
	if (o->sip_port >= 0)
		s->sip_port = (uint32_t)o->sip_port;
	if (o->http_port >= 0)
		s->http_port = (uint32_t)o->http_port;
	apply_port(o->sips_port, &s->sips_port);
	apply_port(o->ws_port, &s->ws_port);
	apply_port(o->wss_port, &s->wss_port);
}

unsigned
options_any_port(const struct options *o)
{
	return (o->sips_port == 0 ? LISTENERS_ANY(SIP_TLS) : 0) |
	       (o->ws_port == 0 ? LISTENERS_ANY(SIP_WS) : 0) |
	       (o->wss_port == 0 ? LISTENERS_ANY(SIP_WSS) : 0);
}
