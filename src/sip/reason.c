/* Standard reason phrases: RFC 3261, 21, and the RFCs that added codes. */
#include "sip/msg.h"

static const struct {
	uint16_t status;
	struct slice phrase;
} reasons[] = {
    // clang-format off
    {100, SLICE("Trying")},
    {180, SLICE("Ringing")},
    {181, SLICE("Call Is Being Forwarded")},
    {182, SLICE("Queued")},
    {183, SLICE("Session Progress")},
    {199, SLICE("Early Dialog Terminated")}, /* RFC 6228 */
    {200, SLICE("OK")},
    {202, SLICE("Accepted")}, /* RFC 6665 */
    {204, SLICE("No Notification")}, /* RFC 5839 */
    {300, SLICE("Multiple Choices")},
    {301, SLICE("Moved Permanently")},
    {302, SLICE("Moved Temporarily")},
    {305, SLICE("Use Proxy")},
    {380, SLICE("Alternative Service")},
    {400, SLICE("Bad Request")},
    {401, SLICE("Unauthorized")},
    {402, SLICE("Payment Required")},
    {403, SLICE("Forbidden")},
    {404, SLICE("Not Found")},
    {405, SLICE("Method Not Allowed")},
    {406, SLICE("Not Acceptable")},
    {407, SLICE("Proxy Authentication Required")},
    {408, SLICE("Request Timeout")},
    {410, SLICE("Gone")},
    {412, SLICE("Conditional Request Failed")}, /* RFC 3903 */
    {413, SLICE("Request Entity Too Large")},
    {414, SLICE("Request-URI Too Long")},
    {415, SLICE("Unsupported Media Type")},
    {416, SLICE("Unsupported URI Scheme")},
    {417, SLICE("Unknown Resource-Priority")}, /* RFC 4412 */
    {420, SLICE("Bad Extension")},
    {421, SLICE("Extension Required")},
    {422, SLICE("Session Interval Too Small")}, /* RFC 4028 */
    {423, SLICE("Interval Too Brief")},
    {428, SLICE("Use Identity Header")}, /* RFC 8224 */
    {429, SLICE("Provide Referrer Identity")}, /* RFC 3892 */
    {430, SLICE("Flow Failed")}, /* RFC 5626 */
    {433, SLICE("Anonymity Disallowed")}, /* RFC 5079 */
    {439, SLICE("First Hop Lacks Outbound Support")},
    {440, SLICE("Max-Breadth Exceeded")},
    {469, SLICE("Bad Info Package")}, /* RFC 6086 */
    {480, SLICE("Temporarily Unavailable")},
    {481, SLICE("Call/Transaction Does Not Exist")},
    {482, SLICE("Loop Detected")},
    {483, SLICE("Too Many Hops")},
    {484, SLICE("Address Incomplete")},
    {485, SLICE("Ambiguous")},
    {486, SLICE("Busy Here")},
    {487, SLICE("Request Terminated")},
    {488, SLICE("Not Acceptable Here")},
    {489, SLICE("Bad Event")}, /* RFC 6665 */
    {491, SLICE("Request Pending")},
    {493, SLICE("Undecipherable")},
    {494, SLICE("Security Agreement Required")}, /* RFC 3329 */
    {500, SLICE("Server Internal Error")},
    {501, SLICE("Not Implemented")},
    {502, SLICE("Bad Gateway")},
    {503, SLICE("Service Unavailable")},
    {504, SLICE("Server Time-out")},
    {505, SLICE("Version Not Supported")},
    {513, SLICE("Message Too Large")},
    {580, SLICE("Precondition Failure")}, /* RFC 3312 */
    {600, SLICE("Busy Everywhere")},
    {603, SLICE("Decline")},
    {604, SLICE("Does Not Exist Anywhere")},
    {606, SLICE("Not Acceptable")},
    {607, SLICE("Unwanted")}, /* RFC 8197 */
    // clang-format on
};

/* For codes nobody has named: what the class means (RFC 3261, 8.1.3.2). */
static const struct slice class_reasons[] = {
    SLICE("Unknown"),
    SLICE("Progress"),
    SLICE("Success"),
    SLICE("Redirection"),
    SLICE("Request Failure"),
    SLICE("Server Failure"),
    SLICE("Global Failure"),
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
