/*
 * machine: what this machine charges for what a telephone system cannot do without, so that
 * figures of different machines can be compared. Prints one line of JSON, CPU microseconds:
 *
 *   udp_us   a datagram of 600 bytes sent over the loopback interface and read by the sender
 *   wake_us  a sleeping process woken by such a datagram to read it, 500 times a second
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum { BYTES = 600, DATAGRAMS = 300000, WAKES = 1500, WAKE_EVERY_MS = 2 };

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
open_socket(struct sockaddr_in *self)
{
	socklen_t length = sizeof *self;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*self =
	    (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	if (fd < 0 || bind(fd, (const struct sockaddr *)self, sizeof *self) != 0 ||
	    getsockname(fd, (struct sockaddr *)self, &length) != 0)
		load_die("machine: no socket");
	return fd;
}

static void
send_one(int fd, const struct sockaddr_in *to)
{
	static const char bytes[BYTES];

	if (sendto(fd, bytes, sizeof bytes, 0, (const struct sockaddr *)to, sizeof *to) < 0)
		load_die("machine: cannot send");
}

static void
read_one(int fd)
{
	char bytes[BYTES];

	if (recv(fd, bytes, sizeof bytes, 0) < 0)
		load_die("machine: cannot receive");
}

static double
udp_us(void)
{
	struct sockaddr_in self;
	int fd = open_socket(&self);
	double began = cpu_us();

	for (int i = 0; i < DATAGRAMS; i++) {
		send_one(fd, &self);
		read_one(fd);
	}
	close(fd);
	return (cpu_us() - began) / DATAGRAMS;
}

/* The child only reads; its CPU time is what the kernel says when it has ended. */
static double
wake_us(void)
{
	const struct timespec pause = {.tv_nsec = WAKE_EVERY_MS * 1000000};
	struct sockaddr_in self;
	int fd = open_socket(&self);
	struct rusage used;
	pid_t child = fork();

	if (child == 0) {
		for (int i = 0; i < WAKES; i++)
			read_one(fd);
		_exit(0);
	}
	for (int i = 0; i < WAKES && child > 0; i++) {
		nanosleep(&pause, NULL);
		send_one(fd, &self);
	}
	if (child < 0 || wait4(child, NULL, 0, &used) != child)
		load_die("machine: no child");
	close(fd);
	return ((double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
		   (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec)) /
	       WAKES;
}

int
main(void)
{
	printf("{\"udp_us\":%.3f,\"wake_us\":%.3f}\n", udp_us(), wake_us());
	return 0;
}
