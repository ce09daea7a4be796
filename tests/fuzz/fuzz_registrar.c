/*
 * The registrar alone, from both sides: header lines of REGISTERs from one phone, and what a file
 * that was damaged gives back after a restart. The input is a list of blocks, each one byte that
 * says what it is, two of length, and the bytes. Whatever comes: contacts are URIs, routes are
 * Route lines, answers can be read, and when all time is over nothing is left.
 */
#include "fuzz.h"

#include <string.h>

#include "base/hmap.h"
#include "base/log.h"
#include "board.h"
#include "fixture.h"

enum { BLOCKS_MAX = 16, CONTACTS_MAX = 16 };

static const char config[] =
    "{'settings':{'domain':'strowger','screening':false,'source_requests_per_s':100000},"
    "'phones':[{'name':'p0','auth':'address','host':'10.0.0.10','qualify_s':3600}],"
    "'users':[{'login':'1001','first_name':'A','last_name':'A','phones':['p0'],"
    "'numbers':['101']}]}";

static struct fixture office;
static struct board board;
static struct sip_flow flow;
static int64_t phone_id;
static unsigned cseq;

static void
on_sent(void *ctx, const struct sip_flow *to, struct slice bytes)
{
	static struct sip_msg m;
	enum err e = sip_msg_parse(&m, bytes, NULL);

	PROMISE(e == ERR_OK || !m.is_request);
	PROMISE(to->transport <= SIP_WSS);
}

static void
on_broken(void *ctx, const char *what)
{
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void
contacts_are_sound(void)
{
	struct registrar *r = switchboard_registrar(board.switchboard);
	struct reg_contact c[CONTACTS_MAX];
	size_t n = registrar_contacts(r, phone_id, c, CONTACTS_MAX);

	for (size_t i = 0; i < n; i++) {
		struct slice route = c[i].route;
		struct sip_uri uri;

		PROMISE(sip_uri_parse(&uri, c[i].uri) == ERR_OK && uri.headers.n == 0);
		PROMISE(c[i].q_permille <= 1000);
		while (route.n) {
			struct slice line = slice_take_until(&route, '\n');

			PROMISE(slice_starts(line, SLICE("Route: ")));
			PROMISE(line.p[line.n - 1] == '\r');
		}
		PROMISE(i == 0 || c[i - 1].reachable >= c[i].reachable);
	}
}

static void
send_register(struct slice headers)
{
	static char text[65000];
	struct buf b;

	buf_init(&b, text, sizeof text);
	cseq++;
	buf_printf(&b,
	    "REGISTER sip:strowger SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.10;branch=z9hG4bK%u\r\n"
	    "Max-Forwards: 70\r\nFrom: <sip:p0@strowger>;tag=1\r\nTo: <sip:p0@strowger>\r\n"
	    "Call-ID: 1\r\nCSeq: %u REGISTER\r\n",
	    cseq, cseq);
	buf_put(&b, headers);
	buf_lit(&b, "\r\nContent-Length: 0\r\n\r\n");
	if (buf_ok(&b))
		board_feed(&board, &flow, buf_slice(&b));
}

/* As the disk has it: the board must know the handle, or it could not be forgotten. */
static void
restore(struct slice value)
{
	static char copy[REG_KEPT_MAX_BYTES];
	uint32_t handle = 0;

	while (handle < BOARD_KEPT_MAX && board.is_kept[handle])
		handle++;
	if (handle == BOARD_KEPT_MAX || value.n == 0 || value.n > sizeof copy)
		return;
	memcpy(copy, value.p, value.n);
	if (value.n > 16) /* of this phone: the id is what everything else hangs on */
		memcpy(copy + 8, &phone_id, sizeof phone_id);
	board.is_kept[handle] = 1;
	board.kept++;
	switchboard_restore(board.switchboard, handle + 1, slice_make(copy, value.n));
}

static void
find_gruu(struct slice text)
{
	struct reg_contact c[CONTACTS_MAX];
	struct sip_uri uri;
	int64_t id;
	size_t n;

	if (sip_uri_parse(&uri, text) == ERR_OK &&
	    registrar_find_gruu(
		switchboard_registrar(board.switchboard), &uri, &id, c, CONTACTS_MAX, &n) == ERR_OK)
		PROMISE(id == phone_id && n <= CONTACTS_MAX);
}

static void
office_close(void)
{
	fixture_close(&office);
}

static void
begin(void)
{
	static bool ready;

	if (!ready) {
		log_set_level(LOG_FATAL);
		hash_seed(1, 2);
		fixture_open(&office, config);
		atexit(office_close);
		phone_id = dir_phone_by_name(office.directory, SLICE("p0"))->id;
		ready = true;
	}
	cseq = 0;
	flow = (struct sip_flow){.transport = SIP_UDP};
	PROMISE(addr_parse(SLICE("10.0.0.10:5060"), 0, &flow.remote) == ERR_OK);
	PROMISE(addr_parse(SLICE("10.0.0.1:5060"), 0, &flow.local) == ERR_OK);
	board = (struct board){.on_sent = on_sent, .on_broken = on_broken};
	PROMISE(board_open(&board, office.directory, 1) == ERR_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make(data, size);

	begin();
	for (int i = 0; i < BLOCKS_MAX && rest.n > 3; i++) {
		uint8_t what = (uint8_t)rest.p[0];
		size_t n = (uint8_t)rest.p[1] | (size_t)(uint8_t)rest.p[2] << 8;

		rest = slice_from(rest, 3);
		n = n < rest.n ? n : rest.n;
		switch (what % 5) {
		case 0: send_register(slice_make(rest.p, n)); break;
		case 1: restore(slice_make(rest.p, n)); break;
		case 2: find_gruu(slice_make(rest.p, n)); break;
		case 3: board_pass_ms(&board, n * 100); break;
		case 4:
			flow.transport = (enum sip_transport)(n % (SIP_WSS + 1));
			flow.conn_gen = sip_transport_reliable(flow.transport) ? (uint32_t)n : 0;
			switchboard_on_closed(board.switchboard, &flow);
			break;
		}
		contacts_are_sound();
		rest = slice_from(rest, n);
	}
	board_check_empty(&board);
	board_close(&board);
	return 0;
}
