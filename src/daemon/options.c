#include "daemon/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char help_text[] =
    "Usage: strowgerd [options]\n"
    "\n"
    "The telephone system. Everything else is set in its web page.\n"
    "\n"
    "  --data DIR        where database, journal and control socket live\n"
    "                    (default /var/lib/strowger)\n"
    "  --web DIR         the built web page (default /usr/share/strowger/web)\n"
    "  --bind ADDRESS    listen for SIP and HTTP on this address only\n"
    "  --sip-port N      SIP port, UDP and TCP; 0 takes a free one\n"
    "  --http-port N     port of the web page; 0 takes a free one\n"
    "  --user NAME       account to run as once the ports are open\n"
    "  --log LEVEL       fatal, error, warn, info, debug or trace (default info)\n"
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

static enum err
apply_one(struct options *o, int which, const char *value, char *why, size_t why_bytes)
{
	struct addr addr;

	switch (which) {
	case 'd': o->data_dir = value; return ERR_OK;
	case 'w': o->web_dir = value; return ERR_OK;
	case 'u': o->user = value; return ERR_OK;
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
	case 'p':
		if (parse_port(value, &o->http_port))
			return ERR_OK;
		snprintf(
		    why, why_bytes, "--http-port wants a number from 0 to 65535, not '%s'", value);
		return ERR_INVALID;
	case 'l':
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
	    {"bind", required_argument, NULL, 'b'},
	    {"sip-port", required_argument, NULL, 's'},
	    {"http-port", required_argument, NULL, 'p'},
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
	    .http_port = -1,
	    .sip_port = -1,
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

void
options_apply(const struct options *o, struct settings *s)
{
	if (o->bind)
		slice_clip_cstr(slice_cstr(o->bind), s->sip_address, sizeof s->sip_address);
	if (o->sip_port >= 0)
		s->sip_port = (uint32_t)o->sip_port;
	if (o->http_port >= 0)
		s->http_port = (uint32_t)o->http_port;
}
