/*
 * Worker pool: handlers may wait for the database or hash a password for 20 ms, and a
 * poll thread that waits stalls all its connections. So the connection is suspended,
 * a worker handles the request, and the connection is resumed with the reply ready.
 *
 * The queue is bounded by connections (each has one request), with a lower limit of its
 * own that is answered with 503. One lock; it is held around MHD_suspend_connection so
 * that a worker cannot resume a connection that is not suspended yet.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "loop/thread.h"

enum { WORKERS = 4, QUEUE_MAX = 1536 }; /* more than all event streams that come back at once */

struct api_pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct list queue; /* requests; lock */
	size_t waiting;
	bool closed;
	struct thread *worker[WORKERS];
};

static struct request *
take(struct api_pool *p)
{
	struct list *node = NULL;

	pthread_mutex_lock(&p->lock);
	while (list_empty(&p->queue) && !p->closed)
		pthread_cond_wait(&p->work, &p->lock);
	node = list_pop(&p->queue);
	if (node)
		p->waiting--;
	pthread_mutex_unlock(&p->lock);
	return node ? container_of(node, struct request, node) : NULL;
}

static void
worker_run(void *ctx)
{
	struct api_pool *p = ctx;
	struct request *rq;

	while ((rq = take(p)) != NULL) {
		struct MHD_Connection *con = rq->con;

		server_work(rq);
		MHD_resume_connection(con); /* rq is the poll thread's again */
	}
}

bool
pool_push(struct api *api, struct request *rq)
{
	struct api_pool *p = api->pool;
	bool ok;

	pthread_mutex_lock(&p->lock);
	ok = !p->closed && p->waiting < QUEUE_MAX;
	if (ok) {
		MHD_suspend_connection(rq->con);
		list_push(&p->queue, &rq->node);
		p->waiting++;
		pthread_cond_signal(&p->work);
	}
	pthread_mutex_unlock(&p->lock);
	return ok;
}

enum err
pool_start(struct api *api)
{
	struct api_pool *p = calloc(1, sizeof *p);
	enum err e = ERR_OK;

	if (!p)
		return ERR_NOMEM;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	list_init(&p->queue);
	api->pool = p;
	for (int i = 0; i < WORKERS && e == ERR_OK; i++)
		e = thread_start(&p->worker[i], "api-worker", worker_run, p);
	if (e != ERR_OK)
		pool_stop(api);
	return e;
}

void
pool_stop(struct api *api)
{
	struct api_pool *p = api->pool;

	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->closed = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < WORKERS; i++) {
		thread_join(p->worker[i]);
		p->worker[i] = NULL;
	}
}
