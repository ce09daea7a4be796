/* Private to store/: the parts of the log file. */
#ifndef STORE_LOG_FILE_INT_H
#define STORE_LOG_FILE_INT_H

#include <pthread.h>

#include "loop/thread.h"
#include "store/log_file.h"

enum {
	LOG_QUEUE_BYTES = 512 << 10,
	LOG_NAME_BYTES = 40,
	LOG_HEAD_BYTES = 24, /* the time a line begins with */
	LOG_FILE_BYTES_MAX = 64 << 20,
};

struct log_file {
	pthread_mutex_t lock; /* the queue; never held while waiting for the disk */
	pthread_cond_t changed, written;
	char *queue, *batch; /* LOG_QUEUE_BYTES each; batch is the thread's */
	size_t queue_bytes;
	uint64_t lost, lost_told;
	uint64_t turns, taken; /* writes done; lines were taken in turn */
	struct log_file_limits limits;
	bool stop;
	pthread_mutex_t listen_lock;
	void (*listener)(void *ctx);
	void *listener_ctx;
	/* Names and sizes on disk; held for a rename, not for a write. */
	pthread_mutex_t files_lock;
	int dir_fd, fd; /* fd: the file in use, -1 none */
	uint32_t number;
	uint64_t size; /* of whole lines in it; files_lock to change */
	uint32_t oldest;
	struct thread *thread;
};

/* log_rotate.c; the log's thread, or before it runs */
void log_names_find(struct log_file *lf);
bool log_open_current(struct log_file *lf);
void log_rotate(struct log_file *lf);
/* Compresses what a crash left plain, removes what is too many. */
void log_tidy(struct log_file *lf, uint32_t files);
/* "strowger-000007.log" or with ".zst"; number 0: the one in use. */
void log_name(char name[LOG_NAME_BYTES], uint32_t number, bool compressed);

#endif
