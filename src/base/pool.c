// The thread pool: see pool.h. One mutex, two conditions; indices are handed out by an atomic counter.
#include "base/pool.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct worker {
    struct qs_pool *pool;
    unsigned index;
    pthread_t thread;
};

struct qs_pool {
    unsigned threads;
    unsigned started; // helpers that run; equals threads - 1 once the pool is built
    struct worker *workers;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_cond_t done;
    unsigned long round; // counts loops, so that a helper joins each one once
    unsigned busy;
    bool stop;
    atomic_size_t next;
    size_t count;
    void (*work)(void *, size_t, unsigned);
    void *context;
};

int qs_thread_start(pthread_t *out, void *(*run)(void *), void *argument)
{
    static const int faults[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL};
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    for (size_t i = 0; i < QS_COUNT_OF(faults); i++) {
        sigdelset(&all, faults[i]);
    }
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int result = pthread_create(out, NULL, run, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

unsigned qs_cpu_count(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        int count = CPU_COUNT(&set);
        if (count > 0) {
            return (unsigned)count < QS_THREADS_MAX ? (unsigned)count : QS_THREADS_MAX;
        }
    }
    return 1;
}

static void run(struct qs_pool *pool, unsigned worker)
{
    for (;;) {
        size_t index = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
        if (index >= pool->count) {
            return;
        }
        pool->work(pool->context, index, worker);
    }
}

static void *helper(void *argument)
{
    struct worker *self = argument;
    struct qs_pool *pool = self->pool;
    unsigned long seen = 0;
    pthread_mutex_lock(&pool->mutex);
    for (;;) {
        while (!pool->stop && pool->round == seen) {
            pthread_cond_wait(&pool->wake, &pool->mutex);
        }
        if (pool->stop) {
            break;
        }
        seen = pool->round;
        pthread_mutex_unlock(&pool->mutex);
        run(pool, self->index);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->busy == 0) {
            pthread_cond_signal(&pool->done);
        }
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

enum qs_status qs_pool_new(unsigned threads, struct qs_pool **out, struct qs_error *err)
{
    if (threads == 0) {
        threads = qs_cpu_count();
    }
    if (threads > QS_THREADS_MAX) {
        return qs_fail(err, QS_USAGE, "%u threads are more than the %d that can be used", threads, QS_THREADS_MAX);
    }
    struct qs_pool *pool = calloc(1, sizeof *pool);
    struct worker *workers = calloc(threads, sizeof *workers);
    if (!pool || !workers) {
        free(pool);
        free(workers);
        return qs_fail_memory(err, "threads", threads * sizeof *workers);
    }
    pool->threads = threads;
    pool->workers = workers;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->done, NULL);
    for (unsigned i = 1; i < threads; i++) {
        workers[i] = (struct worker){.pool = pool, .index = i};
        if (qs_thread_start(&workers[i].thread, helper, &workers[i]) != 0) {
            break;
        }
        pool->started++;
    }
    if (pool->started + 1 != threads) {
        qs_pool_free(pool);
        return qs_fail(err, QS_FAILED, "cannot start %u threads; try a smaller --threads", threads);
    }
    *out = pool;
    return QS_OK;
}

void qs_pool_free(struct qs_pool *pool)
{
    if (!pool) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->stop = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 1; i <= pool->started; i++) {
        pthread_join(pool->workers[i].thread, NULL);
    }
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->workers);
    free(pool);
}

unsigned qs_pool_threads(const struct qs_pool *pool)
{
    return pool->threads;
}

void qs_pool_for(struct qs_pool *pool, size_t count, void (*work)(void *, size_t, unsigned), void *context)
{
    if (count == 0) {
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->count = count;
    pool->work = work;
    pool->context = context;
    atomic_store_explicit(&pool->next, 0, memory_order_relaxed);
    if (count > 1 && pool->started) {
        pool->busy = pool->started;
        pool->round++;
        pthread_cond_broadcast(&pool->wake);
    }
    pthread_mutex_unlock(&pool->mutex);
    run(pool, 0);
    pthread_mutex_lock(&pool->mutex);
    while (pool->busy > 0) {
        pthread_cond_wait(&pool->done, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
}
