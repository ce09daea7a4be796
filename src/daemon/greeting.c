#include "daemon/greeting.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "daemon/signalling.h"

/* Where a browser finds us: every address of the machine when we listen on all. */
static void
say_web_addresses(const struct greeting *g)
{
	const char *bound = g->settings->sip_address, *head = "Web page ";
	unsigned port = api_bound_port(g->api);
	bool any6 = strcmp(bound, "::") == 0, any = any6 || strcmp(bound, "0.0.0.0") == 0;
	struct ifaddrs *all = NULL;

	if (!any || getifaddrs(&all) != 0) {
		printf("  %s  http://%s:%u/\n", head, any ? "localhost" : bound, port);
		return;
	}
	for (struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct addr a;
		struct buf b;
		char text[ADDR_TEXT_MAX];

		if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) ||
		    addr_from_sockaddr(i->ifa_addr, &a) != ERR_OK || a.scope ||
		    (a.family == 6 && !any6))
			continue;
		buf_init(&b, text, sizeof text - 1);
		addr_write_host(&b, &a);
		text[b.n] = '\0';
		printf("  %s  http://%s:%u/\n", head, text, port);
		head = "         ";
	}
	freeifaddrs(all);
}

/* The encrypted ports and those of browsers, one line each. */
static void
say_more_ports(const struct greeting *g)
{
	struct net_listener all[API_LISTENERS_MAX];
	size_t n = signalling_listeners(g->signalling, all, API_LISTENERS_MAX);
	enum sip_transport last = SIP_TCP;

	for (size_t i = 0; i < n && i < API_LISTENERS_MAX; i++) {
		if (all[i].transport <= last) /* again, for another address */
			continue;
		last = all[i].transport;
		printf("             %s port %u, %.*s\n", g->settings->sip_address,
		    all[i].addr.port, SLICE_FMT(sip_transport_name(last)));
	}
}

void
greeting_print(const struct greeting *g)
{
	bool admin = false;

	(void)!store_has_admin(g->store, &admin);
	printf("Strowger %s is running.\n\n", STROWGER_VERSION);
	say_web_addresses(g);
	printf("  SIP        %s port %u, UDP and TCP\n", g->settings->sip_address,
	    signalling_sip_port(g->signalling));
	say_more_ports(g);
	printf("  Data       %s\n\n%s\nEnd with Ctrl-C.\n", g->data_dir,
	    admin ? "Log in there as administrator."
		  : "Open the web page and create the administrator; then add users and phones.");
	fflush(stdout);
}
