/*
 * Ways to a SIP server for the load generators: one UDP socket, or some TLS connections, which
 * either side may have opened. Whole messages in, whole messages out.
 *
 * The TLS side shows a certificate of its own making and asks for none.
 */
#ifndef BENCH_LINK_H
#define BENCH_LINK_H

#include "load.h"

struct links;

enum link_kind { LINK_UDP, LINK_TLS };

/** One UDP socket at local; or n TLS connections from local's address to the server (connect), or
 * n listeners at local's ports and up, each for one connection of the server. Ends the program on
 * failure. */
struct links *links_open(enum link_kind kind, int n, const struct sockaddr_in *local,
    const struct sockaddr_in *server, bool connect);
/** How many messages can be sent at different links; 1 for UDP. */
int links_count(const struct links *l);
void links_send(struct links *l, int link, const char *text, int n);
/** Takes in what is there, each message with a NUL at its end, and the link it came on. */
void links_receive(
    struct links *l, void (*on_message)(void *ctx, int link, const char *message), void *ctx);
/** Descriptor that poll(2) finds readable when links_receive has something to do. */
int links_poll_fd(const struct links *l);
/** "UDP", "TLS" as in Via; ";transport=tls" as in a URI. */
const char *links_via(const struct links *l);
const char *links_uri_param(const struct links *l);

#endif
