// A pool of threads that run one loop at a time.
#ifndef QS_BASE_POOL_H
#define QS_BASE_POOL_H

#include "base/attr.h"
#include "base/error.h"

#include <pthread.h>

struct qs_pool;

// A thread that leaves signals to the others, except those that its own fault raises. Returns 0 or an error number, as
// pthread_create does.
int qs_thread_start(pthread_t *out, void *(*run)(void *), void *argument) QS_MUST_USE;

// The processors this process may use (its affinity), at least 1.
unsigned qs_cpu_count(void);

// threads: 1 to QS_THREADS_MAX, the calling thread included; 0 means qs_cpu_count(). Fails only for want of memory
// or threads.
enum { QS_THREADS_MAX = 1024 };
enum qs_status qs_pool_new(unsigned threads, struct qs_pool **out, struct qs_error *err) QS_MUST_USE;
void qs_pool_free(struct qs_pool *pool); // NULL is fine

unsigned qs_pool_threads(const struct qs_pool *pool);

// Calls work(context, index, worker) once for every index in [0, count), in any order and on any worker in
// [0, threads), and returns when all calls have returned. Small indices start first. The caller works too, as worker
// 0. Calls from one pool do not nest; the pool is used by one thread at a time.
void qs_pool_for(struct qs_pool *pool, size_t count, void (*work)(void *context, size_t index, unsigned worker),
                 void *context);

#endif
