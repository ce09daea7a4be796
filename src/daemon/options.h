/*
 * Boot options of strowgerd: command line only; everything else is in the database.
 * Main thread, before the others start.
 */
#ifndef DAEMON_OPTIONS_H
#define DAEMON_OPTIONS_H

#include "base/addr.h"
#include "base/log.h"
#include "model/settings.h"

enum { OPTION_SETTINGS = -1, OPTION_OFF = -2 };

struct options {
	const char *data_dir;
	const char *web_dir, *sounds_dir;
	const char *user;	 /* account to run as; NULL = stay */
	const char *licence_key; /* file with the public key of who signs licences; NULL = none */
	const char *dns;	 /* name servers, see net_dns_params; NULL = those of resolv.conf */
	const char *bind; /* address for SIP and HTTP, wins over the settings; NULL = settings */
	long http_port, sip_port;	   /* -1 = settings; 0 = any free one */
	long sips_port, ws_port, wss_port; /* the same, and OPTION_OFF */
	enum log_level log_level;
	bool has_log_level; /* it wins over the settings until those are changed */
	bool no_fastpath;   /* all voice through user space */
	bool check, version, help;
};

/** ERR_INVALID: why says which option and what it wants. Texts are borrowed from argv. */
ERR_MUST_CHECK enum err options_parse(
    struct options *o, int argc, char **argv, char *why, size_t why_bytes);
/** The text of --help. */
const char *options_help(void);
/** Puts the options that win over settings into s. */
void options_apply(const struct options *o, struct settings *s);
/** Which transports listen on a port of the kernel's choice though their port in the settings
 *  is 0, which means off there: bits of listeners.h. */
unsigned options_any_port(const struct options *o);

#endif
