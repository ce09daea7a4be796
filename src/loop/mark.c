#include "loop/mark.h"

#include <netinet/in.h>
#include <sys/socket.h>

void
mark_socket(int fd, uint32_t dscp)
{
	int tos = (int)(dscp << 2 & 0xff); /* the two bits below are ECN's */

	/* An IPv6 socket has both: the first is for its IPv4 peers. */
	(void)setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
	(void)setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof tos);
}
