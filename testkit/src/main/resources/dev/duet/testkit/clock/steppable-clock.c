/*
 * A wall clock that a test can step: that of the kernel and what the file named by DUET_CLOCK_FILE says, in nanoseconds,
 * as a signed 64-bit number in the machine's byte order. To be preloaded (LD_PRELOAD). Clocks other than the wall clock
 * stay as they are. Without the file nothing is changed.
 *
 * It uses nothing of the C library that differs between libraries or their versions; see README.txt.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(time_t) == 8 && sizeof(long) == 8, "made for 64-bit systems");

#define SECOND 1000000000LL

static const volatile int64_t *step;

__attribute__((constructor)) static void open_file(void) {
    const char *name = getenv("DUET_CLOCK_FILE");
    int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) {
        return;
    }
    void *page = mmap(0, sizeof *step, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (page != MAP_FAILED) {
        step = page;
    }
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    int failed = (int) syscall(SYS_clock_gettime, clock, at);
    if (!failed && step && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t moment = at->tv_sec * SECOND + at->tv_nsec + *step;
        at->tv_sec = moment / SECOND;
        at->tv_nsec = moment % SECOND;
    }
    return failed;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    (void) zone;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) {
        *at = now.tv_sec;
    }
    return now.tv_sec;
}
