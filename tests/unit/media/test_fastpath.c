/* media/relay.h with MEDIA_FASTPATH_ON: two phones, each on a network of its own, and the engine
 * between them. What is looked at arrives at a phone, or stands in the engine's figures. */
#include "relay_fixture.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "wires.h"

enum { SKIP = 77, TCX_INGRESS = 46, FIRST_PORT = 26000, PACKET_BYTES = 172, DSCP = 46 };

static struct wire wire[MEDIA_SIDES] = {
    {.name = "phone-a", .ours = "10.1.0.1", .theirs = "10.1.0.2"},
    {.name = "phone-b", .ours = "10.2.0.1", .theirs = "10.2.0.2"},
};

static const struct {
	const char *ours, *theirs;
} ip6[MEDIA_SIDES] = {{"fd01::1", "fd01::2"}, {"fd02::1", "fd02::2"}};

static struct relay_fixture f;
static struct phone phone[MEDIA_SIDES];
static struct media_ref ref;
static uint16_t port[MEDIA_SIDES];
static struct {
	uint32_t ssrc;
	uint16_t seq;
	uint64_t sent, received;
} voice[MEDIA_SIDES];

static void
wait_ms(int ms)
{
	poll(NULL, 0, ms);
}

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void
start_engine(enum media_fastpath how)
{
	relay_start_at(&f, &(struct media_relay_params){
			       .port_min = FIRST_PORT,
			       .port_max = FIRST_PORT + 7,
			       .n_threads = 1,
			       .fastpath = how,
			   });
}

static uint8_t
family_of(const struct wire *w)
{
	return strchr(w->ours, ':') ? 6 : 4;
}

static void
start_call(uint32_t timeout_ms)
{
	struct media_stream_params params = {.family = {family_of(&wire[0]), family_of(&wire[1])},
	    .user = 77,
	    .dscp = DSCP,
	    .timeout_ms = timeout_ms};
	int on = 1;

	memset(voice, 0, sizeof voice);
	assert_int_equal(media_stream_open(f.media, &params, &ref, port), ERR_OK);
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		struct media_peer peer;

		wires_go_to(&wire[i]);
		phone_open(&phone[i], wire[i].theirs);
		wires_come_back();
		setsockopt(phone[i].fd[0], IPPROTO_IP, IP_RECVTOS, &on, sizeof on);
		setsockopt(phone[i].fd[0], IPPROTO_IP, IP_RECVTTL, &on, sizeof on);
		setsockopt(phone[i].fd[0], IPPROTO_IPV6, IPV6_RECVTCLASS, &on, sizeof on);
		setsockopt(phone[i].fd[0], IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof on);
		peer = phone_peer(&phone[i]);
		media_stream_set_peer(f.media, ref, (enum media_side)i, &peer);
		voice[i].ssrc = 100 + i;
	}
}

static void
start(void)
{
	start_engine(MEDIA_FASTPATH_ON);
	assert_true(relay_stats(&f).fastpath);
	start_call(0);
}

static void
end(void)
{
	relay_end_call(&f, &phone[0], &phone[1]);
}

static void
send_to(int fd, const char *ip, uint16_t to_port, struct slice packet)
{
	struct sockaddr_storage ss;
	struct addr to;
	socklen_t bytes;

	assert_int_equal(addr_parse_ip(slice_cstr(ip), to_port, &to), ERR_OK);
	bytes = addr_to_sockaddr(&to, &ss);
	assert_int_equal(
	    sendto(fd, packet.p, packet.n, 0, (struct sockaddr *)&ss, bytes), packet.n);
}

static struct slice
next_packet(unsigned side, unsigned char *space)
{
	struct slice packet = rtp_make(space, PACKET_BYTES, voice[side].ssrc, voice[side].seq++);

	voice[side].sent++;
	return packet;
}

static void
say(unsigned side)
{
	unsigned char space[PACKET_BYTES];

	send_to(phone[side].fd[0], wire[side].ours, port[side], next_packet(side, space));
}

/* It arrives as it was sent, from our port, with our mark. Returns its hops. */
static int
hear(unsigned side, struct slice packet)
{
	unsigned char got[2048];
	char control[128];
	struct sockaddr_storage from;
	struct iovec data = {got, sizeof got};
	struct msghdr m = {.msg_name = &from,
	    .msg_namelen = sizeof from,
	    .msg_iov = &data,
	    .msg_iovlen = 1,
	    .msg_control = control,
	    .msg_controllen = sizeof control};
	struct pollfd poll_fd = {.fd = phone[side].fd[0], .events = POLLIN};
	struct addr us, source;
	int hops = 0, mark = 0;

	if (poll(&poll_fd, 1, DEADLINE_MS) != 1)
		fail_msg("no voice came");
	assert_int_equal(recvmsg(phone[side].fd[0], &m, 0), packet.n);
	assert_memory_equal(got, packet.p, packet.n);
	assert_int_equal(addr_from_sockaddr((struct sockaddr *)&from, &source), ERR_OK);
	assert_int_equal(addr_parse_ip(slice_cstr(wire[side].ours), port[side], &us), ERR_OK);
	assert_true(addr_eq(&source, &us));
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_type == (c->cmsg_level == IPPROTO_IP ? IP_TOS : IPV6_TCLASS))
			mark = *(unsigned char *)CMSG_DATA(c);
		if (c->cmsg_type == (c->cmsg_level == IPPROTO_IP ? IP_TTL : IPV6_HOPLIMIT))
			memcpy(&hops, CMSG_DATA(c), sizeof hops);
	}
	assert_int_equal(mark, DSCP << 2);
	voice[side ^ 1].received++;
	return hops;
}

static int
say_and_hear(unsigned side)
{
	unsigned char space[PACKET_BYTES];
	struct slice packet = next_packet(side, space);

	send_to(phone[side].fd[0], wire[side].ours, port[side], packet);
	return hear(side ^ 1, packet);
}

/* A conversation, until the kernel has taken it over. */
static void
talk_until_fast(void)
{
	uint64_t before = relay_stats(&f).kernel_packets, end_ms = now_ms() + DEADLINE_MS;

	while (relay_stats(&f).kernel_packets == before) {
		assert_true(now_ms() < end_ms);
		say_and_hear(0);
		say_and_hear(1);
		wait_ms(20);
	}
}

static uint64_t
user_packets(void)
{
	struct media_relay_stats stats = relay_stats(&f);

	return stats.packets - stats.kernel_packets;
}

static uint64_t total_wanted;

static bool
all_is_counted(struct relay_fixture *fixture)
{
	return relay_stats(fixture).packets >= total_wanted;
}

static void
wait_until_counted(uint64_t packets)
{
	total_wanted = packets;
	assert_true(relay_run_until(&f, all_is_counted));
}

/* ---- the tests ---- */

static void
voice_stays_in_the_kernel_with(enum media_fastpath how)
{
	uint64_t by_us;
	struct media_stats stats;

	start_engine(how);
	assert_true(relay_stats(&f).fastpath);
	start_call(0);
	assert_int_equal(say_and_hear(0), 64); /* by a socket of ours */
	talk_until_fast();
	by_us = user_packets();
	for (int i = 0; i < 200; i++) {
		assert_int_equal(say_and_hear(0), 63); /* as a router does */
		if (i % 2)
			assert_int_equal(say_and_hear(1), 63);
		if (i == 100)
			voice[0].seq += 7; /* lost on the way to us */
	}
	wait_until_counted(voice[0].sent + voice[1].sent);
	assert_int_equal(user_packets(), by_us);
	for (int i = 0; i < 10; i++) /* which nobody has asked for yet when the call ends */
		assert_int_equal(say_and_hear(0), 63);
	stats = relay_close_and_wait(&f, ref);
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		assert_int_equal(stats.side[i].packets, voice[i].sent);
		assert_int_equal(stats.side[i].bytes, voice[i].sent * PACKET_BYTES);
	}
	assert_int_equal(stats.side[0].lost, 7);
	assert_int_equal(stats.side[1].lost, 0);
	end();
}

static void
voice_that_merely_passes_stays_in_the_kernel(void **state)
{
	voice_stays_in_the_kernel_with(MEDIA_FASTPATH_ON);
}

/* The machine has two addresses on the phone's network; the phone believes the one it was told. */
static void
the_kernel_speaks_from_the_address_of_the_sdp(void **state)
{
	const char *told = family_of(&wire[0]) == 6 ? "fd01::9" : "10.1.0.9";
	struct wire saved = wire[0];
	struct media_peer peer;

	start();
	wire[0].ours = told;
	peer = phone_peer(&phone[0]);
	assert_int_equal(addr_parse_ip(slice_cstr(told), 0, &peer.local[0]), ERR_OK);
	media_stream_set_peer(f.media, ref, MEDIA_CALLER, &peer);
	talk_until_fast(); /* hear() looks where it comes from */
	assert_int_equal(say_and_hear(1), 63);
	wire[0] = saved;
	end();
}

static void
never_leaves_us(void)
{
	start();
	for (int i = 0; i < 125; i++) { /* two seconds and a half */
		say_and_hear(0);
		say_and_hear(1);
		wait_ms(20);
	}
	assert_int_equal(relay_stats(&f).kernel_packets, 0);
	end();
}

/* A softphone on the machine itself: nothing of it leaves by an interface. */
static void
what_stays_on_the_machine_stays_with_us(void **state)
{
	struct wire saved = wire[1];

	wire[1].host = wires_home();
	wire[1].ours = wire[1].theirs = "127.0.0.1";
	never_leaves_us();
	wire[1] = saved;
}

/* From IPv6 to IPv4 a packet shrinks. */
static void
what_has_two_families_stays_with_us(void **state)
{
	struct wire saved = wire[1];

	wire[1].ours = "10.2.0.1";
	wire[1].theirs = "10.2.0.2";
	never_leaves_us();
	wire[1] = saved;
}

static bool
one_is_refused(struct relay_fixture *fixture)
{
	return relay_stats(fixture).refused == 1;
}

static void
strangers_are_refused_and_counted(void **state)
{
	unsigned char space[PACKET_BYTES];
	struct phone stranger;

	start();
	talk_until_fast();
	wires_go_to(&wire[0]);
	phone_open(&stranger, wire[0].theirs);
	wires_come_back();
	/* even with what belongs to the stream in it */
	send_to(stranger.fd[0], wire[0].ours, port[0],
	    rtp_make(space, sizeof space, voice[0].ssrc, voice[0].seq));
	assert_true(relay_run_until(&f, one_is_refused));
	assert_int_equal(say_and_hear(0), 63); /* which the kernel still forwards */
	phone_expect_nothing(&phone[1], 0);
	assert_int_equal(relay_close_and_wait(&f, ref).side[0].refused, 1);
	phone_close(&stranger);
	end();
}

static void
set_send(unsigned side, bool send)
{
	struct media_peer peer = phone_peer(&phone[side]);

	peer.send = send;
	media_stream_set_peer(f.media, ref, (enum media_side)side, &peer);
}

static bool
one_is_held(struct relay_fixture *fixture)
{
	return relay_stats(fixture).undeliverable >= 1;
}

static void
hold_stops_the_very_next_packet(void **state)
{
	start();
	talk_until_fast();
	set_send(1, false);
	say(0);
	assert_true(relay_run_until(&f, one_is_held));
	phone_expect_nothing(&phone[1], 0);
	assert_int_equal(say_and_hear(1), 64); /* still heard, by a socket */
	set_send(1, true);
	assert_int_equal(say_and_hear(0), 64);
	talk_until_fast(); /* it goes back */
	assert_int_equal(relay_close_and_wait(&f, ref).side[0].packets, voice[0].sent);
	end();
}

static void
a_translation_takes_over_with_the_next_packet(void **state)
{
	static const struct media_translation to_ulaw = {
	    .route = {{8, 0, CODEC_PCMA, CODEC_PCMU}}, .n_routes = 1};
	static const struct media_translation none;
	unsigned char got[2048];

	start();
	talk_until_fast();
	assert_int_equal(media_stream_translate(f.media, ref, MEDIA_CALLER, &to_ulaw), ERR_OK);
	for (int i = 0; i < 5; i++) {
		say(0);
		assert_int_equal(phone_receive(&phone[1], 0, got, sizeof got), PACKET_BYTES);
		assert_int_equal(got[1] & 0x7f, 0); /* PCMU */
	}
	assert_int_equal(media_stream_translate(f.media, ref, MEDIA_CALLER, &none), ERR_OK);
	talk_until_fast();
	assert_int_equal(relay_close_and_wait(&f, ref).side[0].packets, voice[0].sent);
	end();
}

static void
silence_is_noticed(void **state)
{
	uint64_t spoke_ms = 0;

	start_engine(MEDIA_FASTPATH_ON);
	start_call(1500);
	talk_until_fast();
	for (int i = 0; i < 120; i++) { /* longer than the limit: in the kernel, it counts */
		say_and_hear(0);
		spoke_ms = now_ms();
		wait_ms(20);
	}
	assert_int_equal(f.n_events, 0);
	relay_run_until_events(&f, 1);
	assert_int_equal(f.events[0].kind, MEDIA_EV_TIMEOUT);
	assert_in_range(now_ms() - spoke_ms, 1450, 3000);
	assert_int_equal(f.events[0].stats.side[0].packets, voice[0].sent);
	end();
}

static bool
a_key_was_told(struct relay_fixture *fixture)
{
	return fixture->n_events > 0;
}

/* In-call codes: packets of keys come up and are passed on, voice stays where it is. */
static void
keys_are_told_while_voice_stays_in_the_kernel(void **state)
{
	unsigned char key[] = "\x80\xe5\0\0\0\0\0\1\0\0\0\x64\5\x8a\3\x20";
	struct media_service what = {
	    .in = {{101, CODEC_EVENT_8}}, .n_in = 1, .listening = {.keys = true}};
	uint64_t by_us;

	start();
	assert_int_equal(media_stream_serve(f.media, ref, MEDIA_CALLER, &what), ERR_OK);
	talk_until_fast();
	by_us = user_packets();
	for (int i = 0; i < 50; i++)
		assert_int_equal(say_and_hear(0), 63);
	key[2] = (unsigned char)(voice[0].seq >> 8);
	key[3] = (unsigned char)voice[0].seq++;
	voice[0].sent++;
	send_to(phone[0].fd[0], wire[0].ours, port[0], slice_make(key, 16));
	assert_int_equal(hear(1, slice_make(key, 16)), 64);
	assert_true(relay_run_until(&f, a_key_was_told));
	assert_int_equal(f.events[0].kind, MEDIA_EV_KEY);
	assert_int_equal(f.events[0].service.key, '5');
	for (int i = 0; i < 50; i++)
		assert_int_equal(say_and_hear(0), 63);
	wait_until_counted(voice[0].sent + voice[1].sent);
	assert_int_equal(user_packets(), by_us + 1);
	assert_int_equal(relay_close_and_wait(&f, ref).side[0].packets, voice[0].sent);
	end();
}

/* RTCP, STUN, and what is broken, are not for the kernel. */
static void
all_but_rtp_goes_up(void **state)
{
	static const struct slice report = {"\x80\xc9\0\1bbbb", 8};
	static const struct slice lies = {"\x9f\x08\0\1\0\0\0\0\0\0\0\x64", 12};
	struct media_relay_stats stats;
	struct media_stats last;

	start();
	talk_until_fast();
	send_to(phone[0].fd[1], wire[0].ours, (uint16_t)(port[0] + 1), report);
	phone_expect(&phone[1], 1, report);
	send_to(phone[0].fd[0], wire[0].ours, port[0], report);
	phone_expect(&phone[1], 0, report);
	send_to(
	    phone[0].fd[0], wire[0].ours, port[0], SLICE("\0\1\0\0\x21\x12\xa4\x42 twelve bytes"));
	send_to(phone[0].fd[0], wire[0].ours, port[0], lies);
	send_to(phone[0].fd[0], wire[0].ours, port[0], report);
	phone_expect(&phone[1], 0, report);
	stats = relay_stats(&f);
	assert_int_equal(stats.foreign, 1);
	assert_int_equal(stats.malformed, 1);
	last = relay_close_and_wait(&f, ref);
	assert_int_equal(last.side[0].rtcp_packets, 3);
	assert_int_equal(last.side[0].packets, voice[0].sent);
	end();
}

/* A phone begins its stream anew: another SSRC, then a jump in the sequence. */
static void
a_stream_that_begins_anew_is_counted_as_such(void **state)
{
	struct media_stats stats;

	start();
	talk_until_fast();
	voice[0].ssrc = 4711;
	assert_int_equal(say_and_hear(0), 64); /* comes up to us */
	talk_until_fast();
	voice[0].seq = (uint16_t)(voice[0].seq + 20000);
	assert_int_equal(say_and_hear(0), 64);
	talk_until_fast();
	stats = relay_close_and_wait(&f, ref);
	assert_int_equal(stats.side[0].packets, voice[0].sent);
	assert_int_equal(voice[0].received, voice[0].sent);
	assert_int_equal(stats.side[0].lost, 0);
	end();
}

static void
who_sends_evenly_has_little_jitter(void **state)
{
	start();
	talk_until_fast();
	for (int i = 0; i < 50; i++) {
		say_and_hear(0);
		wait_ms(i % 2 ? 5 : 35); /* 15 ms too early or too late */
	}
	assert_in_range(relay_close_and_wait(&f, ref).side[0].jitter_us, 10000, 20000);
	end();
}

/* Programs at the interface's hook. */
static unsigned
programs_at(const char *name)
{
	uint32_t id[16], n = 16, flags = 0;

	assert_int_equal(bpf_prog_query((int)if_nametoindex(name),
			     (enum bpf_attach_type)TCX_INGRESS, 0, &flags, id, &n),
	    0);
	return n;
}

/* An engine that is killed. n: programs at the hook while it lived. */
static void
crash_an_engine(enum media_fastpath how, unsigned n)
{
	int ready[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		start_engine(how);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(programs_at("phone-a"), n);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	close(ready[0]);
	close(ready[1]);
}

static void
nothing_is_left_after_a_crash(void **state)
{
	uint64_t end_ms = now_ms() + DEADLINE_MS;

	assert_int_equal(programs_at("phone-a"), 0);
	crash_an_engine(MEDIA_FASTPATH_ON, 1);
	while (programs_at("phone-a") && now_ms() < end_ms) /* the kernel does it a bit later */
		wait_ms(5);
	assert_int_equal(programs_at("phone-a"), 0);
}

/* The program of the one that was killed is still there: it is replaced. */
static void
an_older_kernel_does_it_too_also_after_a_crash(void **state)
{
	voice_stays_in_the_kernel_with(MEDIA_FASTPATH_OLD_HOOK);
	crash_an_engine(MEDIA_FASTPATH_OLD_HOOK, 0);
	voice_stays_in_the_kernel_with(MEDIA_FASTPATH_OLD_HOOK);
}

static void
set_capabilities(uint64_t mask)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2] = {0};

	for (int i = 0; i < 2; i++)
		d[i].effective = d[i].permitted = (uint32_t)(mask >> (32 * i));
	assert_int_equal(syscall(SYS_capset, &h, d), 0);
}

/* In a process of its own, for capabilities do not come back. */
static void
in_a_child(void (*what)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		what();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
talk_without_permission(void)
{
	start_engine(MEDIA_FASTPATH_OFF); /* the phones need their namespaces */
	start_call(0);
	relay_end(&f);
	set_capabilities(0);
	start_engine(MEDIA_FASTPATH_ON);
	if (relay_stats(&f).fastpath)
		_exit(1);
	relay_end(&f);
}

static void
without_permission_the_engine_starts_as_ever(void **state)
{
	in_a_child(talk_without_permission);
}

static void
talk_with_two_capabilities(void)
{
	const uint64_t two = 1ull << CAP_BPF | 1ull << CAP_NET_ADMIN, sys = 1ull << CAP_SYS_ADMIN;

	set_capabilities(two | sys); /* the latter for the phones' namespaces */
	start_engine(MEDIA_FASTPATH_OFF);
	start_call(0);
	relay_end(&f);
	set_capabilities(two);
	start_engine(MEDIA_FASTPATH_ON);
	if (!relay_stats(&f).fastpath)
		_exit(2);
	set_capabilities(0);
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		struct media_stream_params params = {.family = {4, 4}, .dscp = DSCP};
		struct media_peer peer = phone_peer(&phone[i]);

		if (i == 0)
			assert_int_equal(media_stream_open(f.media, &params, &ref, port), ERR_OK);
		media_stream_set_peer(f.media, ref, (enum media_side)i, &peer);
	}
	talk_until_fast();
	relay_end(&f);
}

static void
two_capabilities_at_the_start_suffice(void **state)
{
	in_a_child(talk_with_two_capabilities);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(voice_that_merely_passes_stays_in_the_kernel),
	    cmocka_unit_test(the_kernel_speaks_from_the_address_of_the_sdp),
	    cmocka_unit_test(what_stays_on_the_machine_stays_with_us),
	    cmocka_unit_test(strangers_are_refused_and_counted),
	    cmocka_unit_test(hold_stops_the_very_next_packet),
	    cmocka_unit_test(a_translation_takes_over_with_the_next_packet),
	    cmocka_unit_test(silence_is_noticed),
	    cmocka_unit_test(all_but_rtp_goes_up),
	    cmocka_unit_test(keys_are_told_while_voice_stays_in_the_kernel),
	    cmocka_unit_test(a_stream_that_begins_anew_is_counted_as_such),
	    cmocka_unit_test(who_sends_evenly_has_little_jitter),
	    cmocka_unit_test(nothing_is_left_after_a_crash),
	    cmocka_unit_test(without_permission_the_engine_starts_as_ever),
	    cmocka_unit_test(two_capabilities_at_the_start_suffice),
	    cmocka_unit_test(an_older_kernel_does_it_too_also_after_a_crash),
	};
	const struct CMUnitTest ip6_tests[] = {
	    cmocka_unit_test(voice_that_merely_passes_stays_in_the_kernel),
	    cmocka_unit_test(the_kernel_speaks_from_the_address_of_the_sdp),
	    cmocka_unit_test(what_has_two_families_stays_with_us),
	    cmocka_unit_test(strangers_are_refused_and_counted),
	    cmocka_unit_test(hold_stops_the_very_next_packet),
	    cmocka_unit_test(all_but_rtp_goes_up),
	    cmocka_unit_test(keys_are_told_while_voice_stays_in_the_kernel),
	    cmocka_unit_test(a_stream_that_begins_anew_is_counted_as_such),
	};
	char why[128];
	int failed;

	if (!wires_enter(why, sizeof why)) {
		fprintf(stderr, "media/fastpath is NOT TESTED: %s\n", why);
		return SKIP;
	}
	for (unsigned i = 0; i < MEDIA_SIDES; i++)
		if (!wires_lay(&wire[i])) {
			fprintf(stderr, "media/fastpath: no wire to a phone (veth)\n");
			return 1;
		}
	if (!wires_add_address(&wire[0], "10.1.0.9"))
		return 1;
	failed = cmocka_run_group_tests_name("media/fastpath", tests, NULL, NULL);
	/* of several addresses the youngest is IPv6's own choice */
	if (!wires_add_address(&wire[0], "fd01::9"))
		return 1;
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		wire[i].ours = ip6[i].ours;
		wire[i].theirs = ip6[i].theirs;
		if (!wires_give_addresses(&wire[i]))
			return 1;
	}
	return failed + cmocka_run_group_tests_name("media/fastpath ip6", ip6_tests, NULL, NULL);
}
