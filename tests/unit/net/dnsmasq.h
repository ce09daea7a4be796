/* A real name server on a free port of loopback, with the records of the tests. */
#ifndef TESTS_UNIT_NET_DNSMASQ_H
#define TESTS_UNIT_NET_DNSMASQ_H

#include <stdint.h>
#include <sys/types.h>

struct dnsmasq {
	pid_t pid;
	uint16_t port;
};

/** records: options of dnsmasq, ended by NULL. Fails the test when it does not start. */
void dnsmasq_start(struct dnsmasq *d, const char *const *records);
void dnsmasq_stop(struct dnsmasq *d);

#endif
