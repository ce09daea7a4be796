#include "daemon/metrics.h"

#include <stdlib.h>

#include "media/relay.h"

static void
add(struct metrics_block *m, bool counter, const char *name, const char *labels, const char *help,
    double value)
{
	if (m->n < API_METRICS_MAX)
		m->metric[m->n++] = (struct api_metric){name, labels, help, counter, value};
}

#define COUNTER(m, name, labels, help, v) add(m, true, name, labels, help, (double)(v))
#define GAUGE(m, name, labels, help, v)	  add(m, false, name, labels, help, (double)(v))

static void
add_calls(struct metrics_block *m, const struct call_switch_stats *s)
{
	static const char *const labels[] = {
#define X(id, text) "result=\"" text "\"",
	    CDR_RESULTS(X)
#undef X
	};
	static const char *const qualities[CALL_QUALITIES] = {[CALL_QUALITY_GOOD] = "mos=\"good\"",
	    [CALL_QUALITY_FAIR] = "mos=\"fair\"",
	    [CALL_QUALITY_POOR] = "mos=\"poor\""};
	static const char *const voices[] = {
#define X(id, text) "voice=\"" text "\"",
	    LIVE_VOICES(X)
#undef X
	};

	GAUGE(m, "strowger_calls_active", NULL, "Calls that ring or talk", s->calls_up);
	GAUGE(m, "strowger_call_objects", NULL, "Calls in memory, finished ones that wait included",
	    s->calls_now);
	GAUGE(m, "strowger_legs", NULL, "Legs in memory", s->legs_now);
	GAUGE(m, "strowger_streams", NULL, "Media streams open", s->streams_now);
	COUNTER(m, "strowger_calls_total", NULL, "Calls", s->calls);
	COUNTER(m, "strowger_messages_total", NULL, "Text messages outside of calls", s->messages);
	COUNTER(m, "strowger_messages_delivered_total", NULL, "Text messages that a phone took",
	    s->messages_delivered);
	COUNTER(m, "strowger_messages_refused_total", NULL,
	    "Text messages refused for their size or number", s->messages_refused);
	COUNTER(m, "strowger_calls_answered_total", NULL, "Calls that were answered", s->answered);
	for (size_t i = 0; i < CALL_QUALITIES; i++)
		COUNTER(m, "strowger_calls_heard_total", qualities[i],
		    "Sides of ended calls by how well they heard the other (E-model: MOS from 4.0, "
		    "from 3.6, below)",
		    s->heard[i]);
	for (size_t i = LIVE_VOICE_SILENT; i <= LIVE_VOICE_POOR; i++)
		GAUGE(m, "strowger_calls_hearing", voices[i],
		    "Calls that talk, by how well the side that hears worse hears now",
		    s->heard_now[i]);
	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
		COUNTER(m, "strowger_calls_ended_total", labels[i], "Ended calls by result",
		    s->by_result[i]);
	COUNTER(m, "strowger_calls_refused_total", NULL,
	    "Calls refused because too many were there", s->refused_limit);
	COUNTER(
	    m, "strowger_calls_no_ack_total", NULL, "Answers that were never confirmed", s->no_ack);
	COUNTER(m, "strowger_media_timeouts_total", NULL, "Calls ended because no sound came",
	    s->media_timeouts);
	COUNTER(m, "strowger_calls_media_failed_total", NULL,
	    "Calls ended because the media thread that carried them failed", s->media_failures);
	COUNTER(m, "strowger_transfers_total", NULL, "Transfers that a phone asked for (REFER)",
	    s->transfers);
	COUNTER(m, "strowger_transfers_failed_total", NULL, "Transfers that came to nothing",
	    s->transfers_failed);
	COUNTER(m, "strowger_replaced_total", NULL,
	    "Places in calls taken by another phone (pick-up, Replaces)", s->replaced);
	COUNTER(m, "strowger_session_timeouts_total", NULL, "Calls ended by the session timer",
	    s->session_timeouts);
}

static void
add_sip(struct metrics_block *m, const struct sip_core_stats *s)
{
	static const char *const labels[SIP_METHOD_N] = {"method=\"other\"",
#define X(name) "method=\"" #name "\"",
	    SIP_METHODS(X)
#undef X
	};

	COUNTER(
	    m, "strowger_sip_messages_received_total", NULL, "SIP messages received", s->received);
	COUNTER(m, "strowger_sip_messages_sent_total", NULL, "SIP messages sent", s->sent);
	COUNTER(m, "strowger_sip_malformed_total", NULL, "Messages that are no valid SIP",
	    s->malformed);
	COUNTER(m, "strowger_sip_retransmissions_in_total", NULL, "Messages received again",
	    s->retransmits_in);
	COUNTER(m, "strowger_sip_retransmissions_out_total", NULL, "Messages sent again",
	    s->retransmits_out);
	COUNTER(m, "strowger_sip_switched_total", "to=\"tcp\"",
	    "Requests too large for UDP, and those that went by UDP after all", s->switched_to_tcp);
	COUNTER(m, "strowger_sip_switched_total", "to=\"udp\"",
	    "Requests too large for UDP, and those that went by UDP after all", s->switched_back);
	COUNTER(m, "strowger_sip_timeouts_total", NULL, "Requests nobody answered", s->timeouts);
	COUNTER(m, "strowger_sip_stray_total", NULL, "Messages that belong to nothing", s->stray);
	for (size_t i = 0; i < SIP_METHOD_N; i++)
		COUNTER(m, "strowger_sip_requests_total", labels[i], "Requests received",
		    s->requests_by_method[i]);
	GAUGE(m, "strowger_sip_transactions", "side=\"server\"", "Transactions in memory",
	    s->servers);
	GAUGE(m, "strowger_sip_transactions", "side=\"client\"", "Transactions in memory",
	    s->clients);
}

/* Of one transport. Labels live as long as the program. */
static void
add_transport(struct metrics_block *m, const char *labels, const struct net_counts *c)
{
	COUNTER(m, "strowger_net_bytes_in_total", labels, "Bytes received", c->bytes_in);
	COUNTER(m, "strowger_net_bytes_out_total", labels, "Bytes sent", c->bytes_out);
	COUNTER(m, "strowger_net_not_sent_total", labels, "Messages that could not be sent",
	    c->queue_full + c->send_errors);
	COUNTER(m, "strowger_net_keep_alives_total", labels, "Keep-alives received",
	    c->keep_alives_in + c->stun_in);
	COUNTER(m, "strowger_net_framing_errors_total", labels,
	    "Streams closed for what they sent, datagrams cut", c->framing_errors);
	COUNTER(m, "strowger_net_blocked_total", labels,
	    "Datagrams and connections of blocked addresses", c->blocked);
	COUNTER(m, "strowger_net_over_rate_total", labels,
	    "Datagrams dropped and streams slowed: too many bytes of one address", c->over_rate);
}

static void
add_connections(struct metrics_block *m, const char *labels, const struct net_counts *c)
{
	GAUGE(m, "strowger_net_connections", labels, "Connections", c->conns);
	COUNTER(m, "strowger_net_connections_accepted_total", labels, "Connections accepted",
	    c->accepted);
	COUNTER(m, "strowger_net_connections_opened_total", labels, "Connections opened by us",
	    c->opened);
	COUNTER(m, "strowger_net_connections_failed_total", labels,
	    "Connections that could not be opened", c->open_failed);
	COUNTER(m, "strowger_net_connections_refused_total", labels, "Connections over a limit",
	    c->refused);
	COUNTER(m, "strowger_net_connections_silent_total", labels,
	    "Connections closed for silence", c->timed_out);
}

static void
add_handshakes(struct metrics_block *m, const char *labels, const struct net_counts *c)
{
	COUNTER(m, "strowger_net_tls_handshakes_total", labels, "TLS handshakes completed",
	    c->handshakes);
	COUNTER(m, "strowger_net_tls_resumed_total", labels,
	    "TLS handshakes that resumed a session", c->handshakes_resumed);
	COUNTER(m, "strowger_net_tls_failed_total", labels, "TLS handshakes that failed",
	    c->handshakes_failed);
	COUNTER(m, "strowger_net_tls_refused_total", labels, "TLS handshakes over a limit",
	    c->handshakes_refused);
}

static void
add_net(struct metrics_block *m, const struct net *net)
{
	static const char *const labels[] = {[SIP_UDP] = "transport=\"udp\"",
	    [SIP_TCP] = "transport=\"tcp\"",
	    [SIP_TLS] = "transport=\"tls\"",
	    [SIP_WS] = "transport=\"ws\"",
	    [SIP_WSS] = "transport=\"wss\""};

	for (enum sip_transport t = SIP_UDP; t <= SIP_WSS; t++) {
		const struct net_counts *c = net_get_counts(net, t);

		add_transport(m, labels[t], c);
		if (t != SIP_UDP)
			add_connections(m, labels[t], c);
		if (t == SIP_TLS || t == SIP_WSS)
			add_handshakes(m, labels[t], c);
	}
}

static void
add_media(struct metrics_block *m, const struct media *media)
{
	struct media_relay_stats s;

	media_relay_stats(media, &s);
	GAUGE(m, "strowger_media_streams", NULL, "Streams being relayed", s.streams_open);
	GAUGE(m, "strowger_media_threads", NULL, "Media threads", s.threads);
	COUNTER(m, "strowger_media_threads_failed_total", NULL,
	    "Media threads that ended or hung, though nobody wanted it", s.threads_failed);
	GAUGE(m, "strowger_media_ports", NULL, "Media ports of the range", s.ports);
	GAUGE(m, "strowger_media_ports_in_use", NULL, "Media ports taken", s.ports_in_use);
	COUNTER(m, "strowger_media_packets_total", NULL, "RTP and RTCP packets relayed", s.packets);
	GAUGE(m, "strowger_media_fastpath", NULL, "The kernel may forward voice", s.fastpath);
	COUNTER(m, "strowger_media_kernel_packets_total", NULL,
	    "Of the packets relayed, by the kernel", s.kernel_packets);
	COUNTER(m, "strowger_media_dropped_total", "why=\"stranger\"", "Packets not relayed",
	    s.refused);
	COUNTER(m, "strowger_media_dropped_total", "why=\"unauthentic\"", "Packets not relayed",
	    s.unauthentic);
	COUNTER(m, "strowger_media_dropped_total", "why=\"malformed\"", "Packets not relayed",
	    s.malformed);
	COUNTER(
	    m, "strowger_media_dropped_total", "why=\"foreign\"", "Packets not relayed", s.foreign);
	COUNTER(m, "strowger_media_dropped_total", "why=\"late\"", "Packets not relayed", s.late);
	COUNTER(m, "strowger_media_dropped_total", "why=\"untranslatable\"", "Packets not relayed",
	    s.untranslatable);
	COUNTER(m, "strowger_media_dropped_total", "why=\"undeliverable\"", "Packets not relayed",
	    s.undeliverable);
	COUNTER(m, "strowger_media_dropped_total", "why=\"send_failed\"", "Packets not relayed",
	    s.send_failed);
	COUNTER(m, "strowger_media_handshakes_total", "result=\"done\"", "Keys made by DTLS",
	    s.handshakes);
	COUNTER(m, "strowger_media_handshakes_total", "result=\"failed\"", "Keys made by DTLS",
	    s.handshakes_failed);
	COUNTER(m, "strowger_media_ports_exhausted_total", NULL, "Streams refused: no ports left",
	    s.open_refused);
}

static void
add_registrar(struct metrics_block *m, struct switchboard *sb)
{
	static const char *const labels[AUTH_RESULTS_N] = {
#define X(id, name, text) "result=\"" name "\"",
	    AUTH_RESULTS(X)
#undef X
	};
	const struct registrar_counts *r = registrar_get_counts(switchboard_registrar(sb));
	const uint64_t *auth = auth_counts(switchboard_auth(sb));

	GAUGE(m, "strowger_registrations", NULL, "Contacts of phones", r->bindings);
	GAUGE(m, "strowger_registrations_unreachable", NULL, "Contacts that do not answer",
	    r->unreachable);
	COUNTER(m, "strowger_registers_total", "what=\"registered\"", "REGISTER requests",
	    r->registered);
	COUNTER(m, "strowger_registers_total", "what=\"removed\"", "REGISTER requests", r->removed);
	COUNTER(m, "strowger_registers_total", "what=\"query\"", "REGISTER requests", r->queries);
	COUNTER(m, "strowger_registers_total", "what=\"refused\"", "REGISTER requests", r->refused);
	COUNTER(
	    m, "strowger_registrations_expired_total", NULL, "Contacts that ran out", r->expired);
	COUNTER(m, "strowger_flows_lost_total", NULL,
	    "Contacts that ended with their connection (RFC 5626)", r->flows_lost);
	COUNTER(m, "strowger_options_sent_total", NULL, "Keep-alives sent", r->options_sent);
	COUNTER(
	    m, "strowger_options_lost_total", NULL, "Keep-alives without answer", r->options_lost);
	for (size_t i = 0; i < AUTH_RESULTS_N; i++)
		COUNTER(m, "strowger_auth_total", labels[i],
		    "Requests by outcome of authentication", auth[i]);
}

static void
add_traces(struct metrics_block *m, struct trace_filter *filter)
{
	struct trace_filter_counts c = trace_filter_get_counts(filter);

	COUNTER(m, "strowger_trace_taken_total", NULL, "SIP messages traced", c.taken);
	COUNTER(m, "strowger_trace_shed_total", NULL,
	    "SIP messages left out of traces to spare the processor", c.shed);
}

static void
add_presence(struct metrics_block *m, const struct presence_counts *c)
{
	static const char *const labels[] = {
#define X(id, name) "event=\"" name "\"",
	    PRESENCE_PACKAGES(X)
#undef X
	};

	for (size_t i = 0; i < PRESENCE_PACKAGES_N; i++)
		GAUGE(m, "strowger_subscriptions", labels[i], "Subscriptions of phones",
		    c->subscriptions[i]);
	for (size_t i = 0; i < PRESENCE_PACKAGES_N; i++)
		COUNTER(m, "strowger_notifies_total", labels[i], "NOTIFY requests sent",
		    c->notifies[i]);
	COUNTER(m, "strowger_notifies_failed_total", NULL,
	    "NOTIFY requests that were refused or not answered", c->notifies_failed);
	COUNTER(m, "strowger_notifies_unsolicited_total", NULL,
	    "Message lamps set without a subscription", c->unsolicited);
	COUNTER(
	    m, "strowger_subscribes_total", "what=\"new\"", "SUBSCRIBE requests", c->subscribed);
	COUNTER(
	    m, "strowger_subscribes_total", "what=\"refresh\"", "SUBSCRIBE requests", c->refreshed);
	COUNTER(m, "strowger_subscribes_total", "what=\"end\"", "SUBSCRIBE requests", c->ended);
	COUNTER(
	    m, "strowger_subscribes_total", "what=\"refused\"", "SUBSCRIBE requests", c->refused);
	COUNTER(m, "strowger_subscriptions_expired_total", NULL, "Subscriptions that ran out",
	    c->expired);
	COUNTER(m, "strowger_subscriptions_refused_total", NULL,
	    "Subscriptions refused because too many were there", c->refused_limit);
	GAUGE(m, "strowger_publications", NULL, "States that phones published", c->publications);
	COUNTER(
	    m, "strowger_publishes_total", "what=\"accepted\"", "PUBLISH requests", c->published);
	COUNTER(m, "strowger_publishes_total", "what=\"refused\"", "PUBLISH requests",
	    c->publish_refused);
}

static void
add_security(struct metrics_block *m, const struct guard_counts *c, struct firewall_counts f)
{
	static const char *const labels[GUARD_REASONS_N] = {
#define X(id, code, text) "reason=\"" code "\"",
	    GUARD_REASONS(X)
#undef X
	};
	static const char dropped[] = "Messages dropped before they were read",
			  refused[] = "Requests answered with 503",
			  sources[] = "Addresses in memory";

	for (size_t i = 0; i < GUARD_REASONS_N; i++)
		COUNTER(m, "strowger_security_blocks_total", labels[i],
		    "Addresses blocked by call screening", c->blocks[i]);
	COUNTER(m, "strowger_security_renewals_total", NULL,
	    "Blocks renewed by further requests, at most one in ten minutes each", c->renewals);
	COUNTER(m, "strowger_security_unblocks_total", NULL, "Blocks that ended", c->unblocks);
	COUNTER(
	    m, "strowger_security_dropped_total", "why=\"blocked\"", dropped, c->dropped_blocked);
	COUNTER(m, "strowger_security_dropped_total", "why=\"flood\"", dropped, c->dropped_flood);
	COUNTER(m, "strowger_security_refused_total", "limit=\"rate\"", refused, c->refused_rate);
	COUNTER(m, "strowger_security_refused_total", "limit=\"transactions\"", refused,
	    c->refused_transactions);
	COUNTER(
	    m, "strowger_security_refused_total", "limit=\"dialogs\"", refused, c->refused_dialogs);
	COUNTER(
	    m, "strowger_security_refused_total", "limit=\"account\"", refused, c->refused_account);
	COUNTER(m, "strowger_security_refused_total", "limit=\"overload\"", refused,
	    c->refused_overload);
	COUNTER(m, "strowger_security_sources_forgotten_total", NULL,
	    "Addresses that had to make room for others", c->forgotten);
	GAUGE(m, "strowger_security_sources", "kind=\"stranger\"", sources, c->strangers);
	GAUGE(m, "strowger_security_sources", "kind=\"known\"", sources, c->known);
	GAUGE(m, "strowger_security_sources", "kind=\"blocked\"", sources, c->blocked);
	GAUGE(m, "strowger_security_accounts", NULL, "Phone names in memory", c->accounts);
	GAUGE(m, "strowger_overload_level", NULL,
	    "0 none, 1 strangers are refused, 2 everything new is refused", c->level);
	GAUGE(m, "strowger_firewall_active", NULL,
	    "1: the kernel drops blocked addresses, 0: the daemon does", f.active);
	COUNTER(m, "strowger_firewall_commands_total", NULL, "Changes of the kernel's filter",
	    f.commands);
	COUNTER(m, "strowger_firewall_failed_total", NULL, "Changes the kernel refused", f.failed);
	COUNTER(
	    m, "strowger_firewall_lost_total", NULL, "Blocks the kernel was not told of", f.lost);
}

static void
add_lines(struct metrics_block *m, const struct trunk *t, const struct net_dns_counts *dns)
{
	struct trunk_counts c = trunk_get_counts(t);

	GAUGE(m, "strowger_lines", "state=\"all\"", "Lines to providers", c.lines);
	GAUGE(m, "strowger_lines", "state=\"usable\"", "Lines to providers", c.usable);
	COUNTER(m, "strowger_line_calls_total", NULL, "Calls through lines", c.calls);
	COUNTER(m, "strowger_line_registers_total", "what=\"sent\"",
	    "REGISTER requests to providers", c.registers_sent);
	COUNTER(m, "strowger_line_registers_total", "what=\"accepted\"",
	    "REGISTER requests to providers", c.registered);
	COUNTER(m, "strowger_line_registers_total", "what=\"refused\"",
	    "REGISTER requests to providers", c.refused);
	COUNTER(m, "strowger_line_registers_total", "what=\"unanswered\"",
	    "REGISTER requests to providers", c.timed_out);
	COUNTER(m, "strowger_line_options_lost_total", NULL,
	    "Keep-alives to providers without answer", c.options_lost);
	COUNTER(m, "strowger_line_hop_failures_total", NULL,
	    "Servers of providers that were given up for a while", c.hop_failures);
	COUNTER(
	    m, "strowger_dns_questions_total", NULL, "Questions to name servers", dns->questions);
	COUNTER(
	    m, "strowger_dns_from_cache_total", NULL, "Names known from before", dns->from_cache);
	COUNTER(
	    m, "strowger_dns_failed_total", NULL, "Questions no name server answered", dns->failed);
	COUNTER(m, "strowger_dns_refused_total", NULL, "Questions over the limit", dns->refused);
}

struct metrics_block *
metrics_collect(const struct metrics_sources *src)
{
	struct metrics_block *m = malloc(sizeof *m + API_METRICS_MAX * sizeof m->metric[0]);

	if (!m)
		return NULL;
	m->n = 0;
	add_calls(m, call_switch_get_stats(switchboard_calls(src->switchboard)));
	add_sip(m, sip_core_get_stats(switchboard_core(src->switchboard)));
	add_net(m, src->net);
	add_media(m, src->media);
	add_registrar(m, src->switchboard);
	add_security(m, guard_get_counts(switchboard_guard(src->switchboard)),
	    firewall_count(src->firewall));
	add_traces(m, switchboard_trace_filter(src->switchboard));
	add_presence(m, presence_get_counts(switchboard_presence(src->switchboard)));
	add_lines(m, switchboard_trunk(src->switchboard), net_dns_get_counts(src->dns));
	COUNTER(m, "strowger_reports_dropped_total", NULL,
	    "Live events and traces left out under load", src->reports_dropped);
	return m;
}
