/* The device types that come with the system. */
#include "store/store_int.h"

#define USUAL "codecs, dtmf", "'g722,alaw,ulaw', 'rfc4733'"

/* What differs from the declared defaults: columns and their values; settings of the devices
 * themselves are provisioning's. Each start brings the rows to what stands here. Names stay, and an
 * option that was listed once stays listed. */
static const struct supplied_row rows[] = {
    {"generic", "Any SIP device", NULL, NULL},
    {"gigaset", "Gigaset desk phones and DECT bases", USUAL},
    {"snom", "Snom desk phones", USUAL},
    {"yealink", "Yealink desk phones and DECT bases", USUAL},
    {"grandstream", "Grandstream desk phones", USUAL},
    {"cisco-spa", "Cisco and Linksys SPA: MD5 only", "digest, dtmf", "'md5', 'rfc4733'"},
    {"ata", "Adapters for analogue devices and fax", "codecs, dtmf, srtp, max_contacts",
	"'alaw,ulaw', 'rfc4733', 'off', 1"},
    {"gateway", "Gateways without registration, known by their address",
	"codecs, dtmf, srtp, trust_rpid", "'alaw,ulaw', 'rfc4733', 'off', 1"},
    {"browser", "Browsers: voice is always encrypted", "codecs, srtp",
	"'opus,g722,alaw,ulaw', 'dtls'"},
};

const struct supplied device_types_supplied = {
    &model_device_type, rows, sizeof rows / sizeof rows[0]};
