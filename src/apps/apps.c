#include "apps/apps.h"

const struct call_app_kind *const apps[ROUTING_APPS] = {[ROUTING_APP_ORDER] = &app_order,
    [ROUTING_APP_ORBIT] = &app_orbit,
    [ROUTING_APP_LOGIN] = &app_login,
    [ROUTING_APP_VOICEMAIL] = &app_voicemail,
    [ROUTING_APP_MAILBOX] = &app_mailbox,
    [ROUTING_APP_LISTEN] = &app_listen,
    [ROUTING_APP_SPEAK] = &app_speak,
    [ROUTING_APP_BROADCAST] = &app_broadcast,
    [ROUTING_APP_DIAL_IN] = &app_dial_in,
    [ROUTING_APP_CONFERENCE] = &app_conference};
