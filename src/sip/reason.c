/* Standard reason phrases: RFC 3261, 21, and the RFCs that added codes. */
#include "sip/msg.h"

static const struct {
	uint16_t status;
	struct slice phrase;
} reasons[] = {
#define R(status, phrase)                                                                          \
	{                                                                                          \
		status,                                                                            \
		{                                                                                  \
			phrase, sizeof phrase - 1                                                  \
		}                                                                                  \
	}
    R(100, "Trying"), R(180, "Ringing"), R(181, "Call Is Being Forwarded"), R(182, "Queued"),
    R(183, "Session Progress"), R(199, "Early Dialog Terminated"), /* RFC 6228 */
    R(200, "OK"), R(202, "Accepted"),				   /* RFC 6665 */
    R(204, "No Notification"),					   /* RFC 5839 */
    R(300, "Multiple Choices"), R(301, "Moved Permanently"), R(302, "Moved Temporarily"),
    R(305, "Use Proxy"), R(380, "Alternative Service"), R(400, "Bad Request"),
    R(401, "Unauthorized"), R(402, "Payment Required"), R(403, "Forbidden"), R(404, "Not Found"),
    R(405, "Method Not Allowed"), R(406, "Not Acceptable"), R(407, "Proxy Authentication Required"),
    R(408, "Request Timeout"), R(410, "Gone"), R(412, "Conditional Request Failed"), /* RFC 3903 */
    R(413, "Request Entity Too Large"), R(414, "Request-URI Too Long"),
    R(415, "Unsupported Media Type"), R(416, "Unsupported URI Scheme"),
    R(417, "Unknown Resource-Priority"), /* RFC 4412 */
    R(420, "Bad Extension"), R(421, "Extension Required"),
    R(422, "Session Interval Too Small"),			 /* RFC 4028 */
    R(423, "Interval Too Brief"), R(428, "Use Identity Header"), /* RFC 8224 */
    R(429, "Provide Referrer Identity"),			 /* RFC 3892 */
    R(430, "Flow Failed"),					 /* RFC 5626 */
    R(433, "Anonymity Disallowed"),				 /* RFC 5079 */
    R(439, "First Hop Lacks Outbound Support"), R(440, "Max-Breadth Exceeded"),
    R(469, "Bad Info Package"), /* RFC 6086 */
    R(480, "Temporarily Unavailable"), R(481, "Call/Transaction Does Not Exist"),
    R(482, "Loop Detected"), R(483, "Too Many Hops"), R(484, "Address Incomplete"),
    R(485, "Ambiguous"), R(486, "Busy Here"), R(487, "Request Terminated"),
    R(488, "Not Acceptable Here"), R(489, "Bad Event"), /* RFC 6665 */
    R(491, "Request Pending"), R(493, "Undecipherable"),
    R(494, "Security Agreement Required"), /* RFC 3329 */
    R(500, "Server Internal Error"), R(501, "Not Implemented"), R(502, "Bad Gateway"),
    R(503, "Service Unavailable"), R(504, "Server Time-out"), R(505, "Version Not Supported"),
    R(513, "Message Too Large"), R(580, "Precondition Failure"), /* RFC 3312 */
    R(600, "Busy Everywhere"), R(603, "Decline"), R(604, "Does Not Exist Anywhere"),
    R(606, "Not Acceptable"), R(607, "Unwanted"), /* RFC 8197 */
#undef R
};

/* For codes nobody has named: what the class means (RFC 3261, 8.1.3.2). */
static const struct slice class_reasons[] = {
    {"Unknown", 7},
    {"Progress", 8},
    {"Success", 7},
    {"Redirection", 11},
    {"Request Failure", 15},
    {"Server Failure", 14},
    {"Global Failure", 14},
};

struct slice
sip_reason(uint16_t status)
{
	size_t low = 0, high = sizeof reasons / sizeof reasons[0];

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (reasons[mid].status == status)
			return reasons[mid].phrase;
		if (reasons[mid].status < status)
			low = mid + 1;
		else
			high = mid;
	}
	return class_reasons[status / 100 <= 6 ? status / 100 : 0];
}
