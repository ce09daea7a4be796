/*
 * GET /metrics in Prometheus' text format: the numbers of the other planes as they were
 * last reported, and our own.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/api_int.h"

void
api_on_metrics(struct api *api, const struct api_metric *metrics, size_t n)
{
	if (n > API_METRICS_MAX)
		n = API_METRICS_MAX;
	pthread_mutex_lock(&api->metrics_lock);
	if (n)
		memcpy(api->metrics, metrics, n * sizeof *metrics);
	api->metrics_count = n;
	pthread_mutex_unlock(&api->metrics_lock);
}

void
api_on_disk(struct api *api, const struct api_disk *disk)
{
	pthread_mutex_lock(&api->metrics_lock);
	api->disk = *disk;
	pthread_mutex_unlock(&api->metrics_lock);
}

static struct api_disk
disk_now(struct api *api)
{
	struct api_disk disk;

	pthread_mutex_lock(&api->metrics_lock);
	disk = api->disk;
	pthread_mutex_unlock(&api->metrics_lock);
	return disk;
}

/* {} before it has been measured. */
json_t *
disk_json(struct api *api)
{
	static const char *const states[] = {"ok", "low", "full"};
	struct api_disk d = disk_now(api);

	if (!d.total_bytes)
		return json_object();
	return json_pack("{s:s, s:I, s:I, s:I}", "state", states[d.state], "free_bytes",
	    (json_int_t)d.free_bytes, "total_bytes", (json_int_t)d.total_bytes, "limit_bytes",
	    (json_int_t)d.limit_bytes);
}

void
handle_disk(struct request *rq)
{
	reply_json(rq, 200, disk_json(rq->api));
}

static void
write_value(FILE *f, double v)
{
	if (v == floor(v) && fabs(v) < 9e15)
		fprintf(f, " %.0f\n", v);
	else
		fprintf(f, " %.9g\n", v);
}

/* Samples of one name share a heading. */
static void
write_metric(FILE *f, const struct api_metric *m, const struct api_metric *before)
{
	if (!before || strcmp(before->name, m->name) != 0)
		fprintf(f, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help ? m->help : m->name,
		    m->name, m->counter ? "counter" : "gauge");
	fputs(m->name, f);
	if (m->labels)
		fprintf(f, "{%s}", m->labels);
	write_value(f, m->value);
}

uint64_t
api_resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	char line[200];
	struct slice fields;
	uint64_t pages = 0;

	if (!f)
		return 0;
	if (fgets(line, sizeof line, f)) {
		fields = slice_cstr(line);
		slice_take_until(&fields, ' '); /* all pages; the second field: those in memory */
		if (slice_to_u64(slice_take_until(&fields, ' '), UINT32_MAX, &pages) != ERR_OK)
			pages = 0;
	}
	fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void
write_own(FILE *f, struct api *api)
{
	static const char *const classes[] = {
	    NULL, NULL, "class=\"2xx\"", "class=\"3xx\"", "class=\"4xx\"", "class=\"5xx\""};
	struct trace_store_counts traces = trace_store_get_counts(api->traces);
	struct api_disk disk = disk_now(api);
	const struct api_metric gauges[] = {
	    {"strowger_uptime_seconds", NULL, "Time since the start.", false,
		(double)(api_mono_ms() - api->started_mono_ms) / 1000},
	    {"process_resident_memory_bytes", NULL, "Memory of the process.", false,
		(double)api_resident_bytes()},
	    {"strowger_live_calls", NULL, "Calls in progress, as the web page sees them.", false,
		(double)live_call_count(api->live)},
	    {"strowger_live_registrations", NULL, "Registered contacts, as the web page sees them.",
		false, (double)live_registration_count(api->live)},
	    {"strowger_event_streams", NULL, "Browsers that watch live.", false,
		(double)hub_count(api->hub)},
	    {"strowger_trace_messages", NULL, "SIP messages kept for traces.", false,
		(double)traces.stored},
	    {"strowger_trace_bytes", NULL, "Size of the stored traces.", false,
		(double)traces.bytes},
	    {"strowger_trace_lost_total", NULL,
		"Traced SIP messages that could not be stored in time.", true, (double)traces.lost},
	    {"strowger_trace_damaged_total", NULL, "Damaged files or blocks of traces.", true,
		(double)traces.damaged},
	    {"strowger_disk_free_bytes", NULL, "Free space where the data are.", false,
		(double)disk.free_bytes},
	    {"strowger_disk_total_bytes", NULL, "Size of the disk where the data are.", false,
		(double)disk.total_bytes},
	    {"strowger_log_lost_total", NULL, "Lines missing in the log file.", true,
		api->logs ? (double)log_file_lost(api->logs) : 0},
	    {"strowger_login_failures_total", NULL, "Refused log-ins to the web page.", true,
		(double)atomic_load(&api->login_failures)},
	};

	fprintf(f,
	    "# HELP strowger_info The running program.\n# TYPE strowger_info gauge\n"
	    "strowger_info{version=\"%s\"} 1\n",
	    api->params.version);
	for (size_t i = 0; i < sizeof gauges / sizeof gauges[0]; i++)
		write_metric(f, &gauges[i], NULL);
	for (int i = 2; i < 6; i++) {
		struct api_metric m = {"strowger_http_replies_total", classes[i],
		    "HTTP replies by class of status.", true,
		    (double)atomic_load(&api->replies[i])};

		write_metric(f, &m, i > 2 ? &m : NULL);
	}
}

char *
metrics_text(struct api *api, size_t *n)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, n);

	if (!f)
		return NULL;
	write_own(f, api);
	pthread_mutex_lock(&api->metrics_lock);
	for (size_t i = 0; i < api->metrics_count; i++)
		write_metric(f, &api->metrics[i], i ? &api->metrics[i - 1] : NULL);
	pthread_mutex_unlock(&api->metrics_lock);
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

void
handle_metrics(struct request *rq)
{
	size_t n = 0;
	char *text = metrics_text(rq->api, &n);

	if (!text) {
		reply_err(rq, ERR_NOMEM, NULL);
		return;
	}
	reply_text(rq, 200, "text/plain; version=0.0.4; charset=utf-8", text, n);
}
