/* Counts what the program allocates, and makes the n-th allocation fail. */
#ifndef TEST_SIP_FAULT_H
#define TEST_SIP_FAULT_H

#include <stddef.h>

/* volatile: the compiler believes that malloc reads and writes nothing of ours */
struct fault {
	volatile size_t blocks, bytes; /* alive now; bytes as malloc hands them out */
	volatile size_t allocations;   /* since the start */
	volatile size_t fail_at;       /* the fail_at-th allocation from now fails; 0: none */
	volatile size_t failed;
};

extern struct fault fault;

#endif
