/* Why a call ends that we end ourselves, for those who are hung up on (RFC 3326). */
#include "call/call_int.h"

static const struct {
	enum reason reason;
	struct slice header;
} endings[] = {
    {REASON_SESSION_UNCONFIRMED,
	SLICE("Reason: SIP;cause=408;text=\"Session timer expired\"\r\n")}, /* RFC 4028, 10 */
    {REASON_ANSWER_UNCONFIRMED, SLICE("Reason: SIP;cause=408;text=\"ACK missing\"\r\n")},
    {REASON_PROGRESS_UNCONFIRMED, SLICE("Reason: SIP;cause=504;text=\"PRACK missing\"\r\n")},
    {REASON_CALL_FORGOTTEN,
	SLICE("Reason: SIP;cause=481;text=\"Call/Transaction Does Not Exist\"\r\n")},
    {REASON_CALLER_MEDIA, SLICE("Reason: SIP;cause=488;text=\"Not Acceptable Here\"\r\n")},
    {REASON_ANSWER_MEDIA, SLICE("Reason: SIP;cause=488;text=\"Not Acceptable Here\"\r\n")},
    {REASON_ACK_MEDIA, SLICE("Reason: SIP;cause=488;text=\"Not Acceptable Here\"\r\n")},
    {REASON_CHANGE_MEDIA, SLICE("Reason: SIP;cause=488;text=\"Not Acceptable Here\"\r\n")},
    {REASON_CHANGE_FAILED, SLICE("Reason: SIP;cause=500;text=\"Server Internal Error\"\r\n")},
    {REASON_NO_SOUND, SLICE("Reason: Q.850;cause=41;text=\"No media\"\r\n")},
    {REASON_ADMIN_ENDED, SLICE("Reason: Q.850;cause=16;text=\"Ended by administrator\"\r\n")},
    {REASON_TEST_OVER, SLICE("Reason: Q.850;cause=16;text=\"Test is over\"\r\n")},
    {REASON_SYSTEM_STOPPED, SLICE("Reason: Q.850;cause=41;text=\"System stopped\"\r\n")},
};

struct slice
ending_header(const struct call *c)
{
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (endings[i].reason == c->last_reason)
			return endings[i].header;
	/* 31: normal, unspecified */
	return c->state == CALL_UP ? SLICE("Reason: Q.850;cause=31\r\n") : SLICE("");
}
