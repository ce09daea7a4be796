#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

void
load_die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

uint64_t
load_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct sockaddr_in
load_address(const char *text)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	char host[64];
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;

	if (n == 0 || n >= sizeof host)
		load_die("'%s' is not of the form ADDRESS:PORT", text);
	memcpy(host, text, n);
	host[n] = '\0';
	a.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, host, &a.sin_addr) != 1)
		load_die("'%s' is no IPv4 address", host);
	return a;
}

int
load_udp_open(const struct sockaddr_in *local)
{
	int bytes = 32 << 20;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)local, sizeof *local) != 0)
		load_die("cannot bind %s:%u: %s", inet_ntoa(local->sin_addr),
		    ntohs(local->sin_port), strerror(errno));
	/* FORCE needs root; what an ordinary user gets is enough for small runs. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	return fd;
}

struct load_text
load_header(const char *message, const char *name)
{
	size_t n = strlen(name);
	const char *line = strstr(message, "\r\n");

	while (line && line[2] != '\r') {
		line += 2;
		if (strncmp(line, name, n) == 0 && line[n] == ':') {
			const char *value = line + n + 1;
			const char *end = strstr(value, "\r\n");

			while (*value == ' ')
				value++;
			return (struct load_text){
			    value, end ? (int)(end - value) : (int)strlen(value)};
		}
		line = strstr(line, "\r\n");
	}
	return (struct load_text){"", 0};
}

int
load_status(const char *message)
{
	return strncmp(message, "SIP/2.0 ", 8) == 0 ? (int)strtol(message + 8, NULL, 10) : 0;
}

struct load_text
load_between(struct load_text in, const char *before, const char *after)
{
	const char *start = memmem(in.p, (size_t)in.n, before, strlen(before));
	const char *end;
	size_t left;

	if (!start)
		return (struct load_text){"", 0};
	start += strlen(before);
	left = (size_t)(in.p + in.n - start);
	end = memmem(start, left, after, strlen(after));
	return (struct load_text){start, end ? (int)(end - start) : (int)left};
}

uint32_t
load_hash(struct load_text text)
{
	uint32_t h = 2166136261u;

	for (int i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * 16777619u;
	return h;
}
