/*
 * The test of a line: what was found on the way to the provider, step by step. Plain values that
 * cross planes, and their JSON; zero-initialise, then fill. Times are ms, texts NUL-terminated
 * UTF-8. Nothing here fails but for memory; any thread.
 */
#ifndef MODEL_LINE_TEST_H
#define MODEL_LINE_TEST_H

#include "model/live.h"

enum { LINE_TEST_STEPS_MAX = 40, LINE_TEST_TRACE_BYTES = 40 };

#define LINE_TEST_KINDS(X)                                                                         \
	X(LOOKUP, "lookup")	/* the provider's name: which servers are behind it */             \
	X(QUESTION, "question") /* one question to DNS, of the look-up above it */                 \
	X(SERVER, "server")	/* one of them: does it answer? */                                 \
	X(REGISTER, "register")                                                                    \
	X(CALL, "call")

#define LINE_TEST_STATES(X)                                                                        \
	X(RUNNING, "running")                                                                      \
	X(OK, "ok")                                                                                \
	X(WARNING, "warning")                                                                      \
	X(FAILED, "failed")                                                                        \
	X(SKIPPED, "skipped")

/* What it means and what to do, for people. Codes are part of the interface: do not rename them. */
#define LINE_TEST_ADVICES(X)                                                                       \
	X(NONE, NULL, NULL)                                                                        \
	X(DNS_SILENT, "dns_silent",                                                                \
	    "No name server answers. Check the DNS settings of this machine and its way to the "   \
	    "internet.")                                                                           \
	X(NAME_UNKNOWN, "name_unknown",                                                            \
	    "DNS does not know this name. Check the host of the line for typing errors.")          \
	X(TRANSPORT_OFF, "transport_off",                                                          \
	    "The provider wants a transport that is switched off here, or cannot be. Check the "   \
	    "transport of the line, and the ports in the settings.")                               \
	X(NO_LOCAL_ADDRESS, "no_local_address",                                                    \
	    "This machine has no way to addresses of that kind (IPv4 or IPv6).")                   \
	X(NO_ANSWER, "no_answer",                                                                  \
	    "Nobody answers there. Check host, port and transport, and whether a firewall lets "   \
	    "SIP out and the answers in.")                                                         \
	X(NO_CONNECTION, "no_connection",                                                          \
	    "The server takes no connection there. Check port and transport of the line.")         \
	X(CERTIFICATE_REFUSED, "certificate_refused",                                              \
	    "The certificate is not accepted. The host of the line must stand in it; an "          \
	    "authority "                                                                           \
	    "that this machine does not know is added under Certificates.")                        \
	X(TLS_FAILED, "tls_failed",                                                                \
	    "Something answers there, but no encryption could be agreed. Check the port: TLS "     \
	    "usually has 5061.")                                                                   \
	X(NOT_SERVING, "not_serving",                                                              \
	    "The server answers, but says that it cannot work now. If it stays so, ask the "       \
	    "provider.")                                                                           \
	X(LINE_OFF, "line_off", "The line is switched off. Switch it on to register.")             \
	X(BY_ADDRESS, "by_address",                                                                \
	    "This line does not register: the provider knows us by our address.")                  \
	X(WRONG_PASSWORD, "wrong_password",                                                        \
	    "The provider does not accept user name and password. Enter them anew; some "          \
	    "providers "                                                                           \
	    "have a SIP password of its own beside that of their web page.")                       \
	X(METHOD_UNKNOWN, "method_unknown",                                                        \
	    "The provider wants to see the password in a way that is not supported.")              \
	X(FORBIDDEN, "forbidden",                                                                  \
	    "The provider refuses this account. It may be locked or not yet ready, or not "        \
	    "allowed "                                                                             \
	    "from our address: ask the provider.")                                                 \
	X(ACCOUNT_UNKNOWN, "account_unknown",                                                      \
	    "The provider does not know this account. Check user name and domain of the line.")    \
	X(OVERLOADED, "overloaded",                                                                \
	    "The provider is overloaded or being repaired. It is tried again by itself.")          \
	X(REGISTER_REFUSED, "register_refused",                                                    \
	    "The provider refuses to register us. Its answer says why, else ask the provider.")    \
	X(CHANGED, "changed", "The line was changed meanwhile. Test it again.")                    \
	X(NO_STEP_BEFORE, "no_step_before",                                                        \
	    "Not tried, because the line does not work yet. Mend what failed above.")              \
	X(LINE_FULL, "line_full", "All calls that this line may have are in use.")                 \
	X(CALLED_BUSY, "called_busy", "The line works: the number that was called is busy.")       \
	X(CALLED_SILENT, "called_silent",                                                          \
	    "The line works, but nobody picked up. Call a number where somebody is.")              \
	X(CALLED_DECLINED, "called_declined", "The line works: who was called declined.")          \
	X(CALLED_UNKNOWN, "called_unknown",                                                        \
	    "The provider does not know this number, or not in this form. Check the number, and "  \
	    "the number format of the line.")                                                      \
	X(CALL_FORBIDDEN, "call_forbidden",                                                        \
	    "The provider does not allow this call. The number shown may not be yours, the "       \
	    "credit "                                                                              \
	    "used up, or the destination blocked.")                                                \
	X(CALL_FAILED, "call_failed",                                                              \
	    "The provider could not make the call. The messages below show what was said.")        \
	X(CALL_SHORT, "call_short", "The line works: who was called hung up before the tone ended.")

enum line_test_kind {
#define X(id, code) LINE_TEST_##id,
	LINE_TEST_KINDS(X)
#undef X
};

enum line_test_state {
#define X(id, code) LINE_TEST_##id,
	LINE_TEST_STATES(X)
#undef X
};

enum line_test_advice {
#define X(id, code, text) LINE_ADVICE_##id,
	LINE_TEST_ADVICES(X)
#undef X
	    LINE_ADVICES_N
};

struct line_test_step {
	enum line_test_kind kind;
	enum line_test_state state;
	enum line_test_advice advice;
	uint32_t at_ms, took_ms; /* since the test began; took: when it is not RUNNING any more */
	char subject[160];	 /* what it is about: a name, "udp 192.0.2.1:5060", a number */
	char found[320];	 /* as it came: records, addresses, "403 Forbidden"; "" nothing */
	char trace[LINE_TEST_TRACE_BYTES]; /* our id of a call, else the Call-ID; "" none */
	/* of a server that speaks TLS */
	char cert_subject[128], cert_issuer[128];
	int64_t cert_until; /* ms since 1970, 0 = none was seen */
};

struct line_test {
	int64_t line;
	int64_t started_at; /* ms since 1970 */
	uint64_t began_ms;  /* the same moment by the clock of the timers */
	bool running;
	char number[LIVE_NUMBER_BYTES]; /* called at the end; "" none */
	uint32_t n;
	struct line_test_step step[LINE_TEST_STEPS_MAX];
};

/* What a worker of the API asks of the signalling plane. */
struct line_test_query {
	int64_t line;
	bool start; /* else only how it goes */
	char number[LIVE_NUMBER_BYTES];
};

enum line_test_outcome {
	LINE_TEST_DONE,	     /* out has the test */
	LINE_TEST_NO_LINE,   /* there is no such line, or it was not tested */
	LINE_TEST_RUNS,	     /* it is being tested already */
	LINE_TEST_BUSY,	     /* too many are being tested */
	LINE_TEST_EMERGENCY, /* such a number is not called for a test */
	LINE_TEST_NO_NUMBER, /* it is no number of the public network */
};

/** Begins a step; NULL when there is no room for more. */
struct line_test_step *line_test_begin(
    struct line_test *t, enum line_test_kind kind, uint64_t now_ms, const char *subject);
/** Ends it; s may be NULL, then nothing happens. found may be NULL: it stays. */
void line_test_end(const struct line_test *t, struct line_test_step *s, uint64_t now_ms,
    enum line_test_state state, enum line_test_advice advice, const char *found);

/** New reference, NULL without memory. */
json_t *line_test_json(const struct line_test *t);
/** The schema of that. */
json_t *line_test_schema(void);

#endif
