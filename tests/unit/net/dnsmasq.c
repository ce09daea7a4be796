#include "dnsmasq.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cmocka.h>

enum { OPTIONS_MAX = 64, ATTEMPTS = 10 };

static uint16_t
free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	close(fd);
	return ntohs(at.sin_port);
}

static void
run(uint16_t port, const char *const *records, int log)
{
	static const char *const fixed[] = {"/usr/sbin/dnsmasq", "--keep-in-foreground",
	    "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--no-poll", "--pid-file",
	    "--user=", "--group=", "--listen-address=127.0.0.1", "--bind-interfaces",
	    "--log-facility=-", "--local=/test/"};
	char *argv[OPTIONS_MAX + 2] = {0}, option[32];
	size_t n = 0;

	snprintf(option, sizeof option, "--port=%u", port);
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		argv[n++] = (char *)(uintptr_t)fixed[i];
	argv[n++] = option;
	for (; *records && n < OPTIONS_MAX; records++)
		argv[n++] = (char *)(uintptr_t)*records;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(log, STDERR_FILENO);
	execv(argv[0], argv);
	_exit(127);
}

/* It says "started" when its sockets are bound; it ends when the port is taken. */
static int
started(int log)
{
	char text[4096];
	size_t n = 0;
	ssize_t got;

	while (n < sizeof text - 1 && (got = read(log, text + n, sizeof text - 1 - n)) > 0) {
		n += (size_t)got;
		text[n] = '\0';
		if (strstr(text, "started, version"))
			return 1;
	}
	text[n] = '\0';
	print_message("dnsmasq: %s\n", text);
	return 0;
}

void
dnsmasq_start(struct dnsmasq *d, const char *const *records)
{
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		int log[2];

		assert_int_equal(pipe(log), 0);
		d->port = free_port();
		d->pid = fork();
		assert_true(d->pid >= 0);
		if (d->pid == 0)
			run(d->port, records, log[1]);
		close(log[1]);
		if (started(log[0]))
			return; /* its end of the log stays open with this process */
		close(log[0]);
		waitpid(d->pid, NULL, 0);
	}
	fail_msg("dnsmasq does not start (packaging/debian-packages has it as dnsmasq-base)");
}

void
dnsmasq_stop(struct dnsmasq *d)
{
	if (d->pid <= 0)
		return;
	kill(d->pid, SIGKILL);
	waitpid(d->pid, NULL, 0);
	d->pid = 0;
}
