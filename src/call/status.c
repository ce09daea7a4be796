/* What phones answer, and what a caller is told. */
#include "call/call_int.h"

uint16_t
status_for_caller(uint16_t status)
{
	switch (status) {
	case 486:
	case 600: return 486;
	case 603:
	case 607:
	case 608: return 603;
	case 415:
	case 488:
	case 606: return 488;
	case 482: return 482;
	case 484: return 484;
	default: return status >= 500 && status != 503 ? 500 : 480;
	}
}

uint16_t
status_from_line(uint16_t status)
{
	switch (status) {
	case 404:
	case 410:
	case 604: return 404;
	case 403: return 403;
	default: return status_for_caller(status);
	}
}

/* A refusal by a person beats a busy phone, that one beats one that cannot, and so on. */
static int
rank(uint16_t status)
{
	switch (status) {
	case 0: return 0;
	case 500: return 1;
	case 480: return 2;
	case 484: return 3;
	case 482:
	case 488: return 4;
	case 486: return 5;
	default: return 6;
	}
}

uint16_t
status_better(uint16_t a, uint16_t b)
{
	return rank(b) > rank(a) ? b : a;
}

enum cdr_result
status_result(uint16_t status)
{
	switch (status) {
	case 404: return CDR_NOT_FOUND;
	case 480: return CDR_UNAVAILABLE;
	case 486: return CDR_BUSY;
	case 487: return CDR_CANCELLED;
	case 603: return CDR_REJECTED;
	default: return CDR_FAILED;
	}
}
