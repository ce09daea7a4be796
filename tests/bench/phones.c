#include "phones.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/addr_net.h"

enum { PACKET_BYTES = 172 };

void
phones_die(const char *what)
{
	perror(what);
	exit(1);
}

void
phone_open(struct phone *p, const struct addr *at)
{
	struct sockaddr_storage ss;
	socklen_t bytes = addr_to_sockaddr(at, &ss);

	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&ss, bytes) != 0)
		phones_die("phone");
	bytes = sizeof ss;
	if (getsockname(p->fd, (struct sockaddr *)&ss, &bytes) != 0 ||
	    addr_from_sockaddr((struct sockaddr *)&ss, &p->at) != ERR_OK)
		phones_die("phone");
}

void
phone_point(const struct phone *p, const struct addr *to)
{
	struct sockaddr_storage ss;
	socklen_t bytes = addr_to_sockaddr(to, &ss);

	if (connect(p->fd, (struct sockaddr *)&ss, bytes) != 0)
		phones_die("connect");
}

void
phone_receive(const struct phone *p, struct phones_count *count)
{
	char byte;

	while (recv(p->fd, &byte, 1, MSG_DONTWAIT) > 0)
		count->received++;
}

void
phones_talk(const struct phone two[PHONES_SIDES], uint32_t frame, struct phones_count *count)
{
	unsigned char packet[PACKET_BYTES] = {
	    0x80, 8, (unsigned char)(frame >> 8), (unsigned char)frame};

	for (unsigned side = 0; side < PHONES_SIDES; side++) {
		phone_receive(&two[side], count);
		count->sent +=
		    send(two[side].fd, packet, sizeof packet, MSG_DONTWAIT) == PACKET_BYTES;
	}
}
