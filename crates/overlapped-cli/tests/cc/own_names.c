/* Functions of POSIX that Windows programs bring along, made of Windows. They must reach neither the library nor libc's headers. */
#include <windows.h>
#include <io.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef __cplusplus
typedef HANDLE pthread_t;
int pthread_create(pthread_t *to, const void *attributes, void *(*start)(void *), void *argument) {
    (void)attributes;
    *to = CreateThread(NULL, 0, (LPTHREAD_START_ROUTINE)(void *)start, argument, 0, NULL);
    return *to ? 0 : -1;
}
int pthread_join(pthread_t thread, void **result) {
    (void)result;
    WaitForSingleObject(thread, INFINITE);
    return CloseHandle(thread) ? 0 : -1;
}
static void *run(void *argument) {
    *(int *)argument = 7;
    return argument;
}
int clock_gettime(int which, struct timespec *to) {
    LARGE_INTEGER frequency, now;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    to->tv_sec = now.QuadPart / frequency.QuadPart + which;
    to->tv_nsec = 0;
    return 0;
}
void *mmap(void *at, size_t bytes) { return VirtualAlloc(at, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE); }
#endif
typedef int uid_t;

struct tm *localtime_r(const time_t *from, struct tm *to) { return localtime_s(to, from) ? NULL : to; }
int setenv(const char *name, const char *value, int always) { return (void)always, _putenv_s(name, value); }
void usleep(__int64 microseconds) { Sleep((DWORD)(microseconds / 1000)); }
static int getline(char line[], int most) { return line[0] = 0, most; }
static char *strsep(char **text, const char *of) { return (void)of, *text; }
static int kill(void *process, int signal) { return process ? signal : -1; }
static int pipe(int *ends) { return ends[0] = 5; }
static long random(void) { return 4; }
static const char *optarg = "x";
static int getopt(int argc, char **argv, char *options) { return (void)argv, (void)options, argc; }

int main(int argc, char **argv) {
    time_t now = time(NULL);
    struct tm date;
    uid_t user = 1;
    int ends[2], seven = 7;
    char line[8], *text = line;
    usleep(1000);
    setenv("OVL_OWN", "set", 1);
    printf("%d %s %d %d\n", localtime_r(&now, &date) == &date, getenv("OVL_OWN"), getline(line, 3), strsep(&text, " ") == line);
    printf("%d %d %ld %s %d %d\n", kill(NULL, 1), pipe(ends), random(), optarg, getopt(argc, argv, line), user);
#ifndef __cplusplus
    {
        struct timespec time;
        pthread_t thread;
        clock_gettime(0, &time);
        pthread_create(&thread, NULL, run, &seven);
        pthread_join(thread, NULL);
        seven = time.tv_sec >= 0 && mmap(NULL, 100) ? seven : 0;
    }
#endif
    printf("%d\n", seven);
    return 0;
}
