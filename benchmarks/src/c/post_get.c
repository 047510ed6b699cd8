/* Posts packets to a completion port and gets them from it. A Windows program: it is built unchanged by `ovl cc` and by mingw.
 *
 *     post_get pairs     one thread posts and gets in turn
 *     post_get pool      two threads post, a pool of two threads gets
 *
 * For each line, a number of packets, it moves so many and answers with their sum. */
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS 2
#define KEY 7
#define BYTES 4096

static HANDLE port;
static unsigned __int64 packets;
static volatile LONG producing;

static void fail(const char *what)
{
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static void post(DWORD bytes, ULONG_PTR key, ULONG_PTR context)
{
    if (!PostQueuedCompletionStatus(port, bytes, key, (LPOVERLAPPED)context))
        fail("PostQueuedCompletionStatus");
}

/* The context of a packet is never 0: that tells a thread to stop. */
static ULONG_PTR get(unsigned __int64 *sum)
{
    DWORD bytes;
    ULONG_PTR key;
    LPOVERLAPPED overlapped;
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE))
        fail("GetQueuedCompletionStatus");
    if (overlapped)
        *sum += (ULONG_PTR)overlapped + key + bytes;
    return (ULONG_PTR)overlapped;
}

static unsigned __int64 in_turn(void)
{
    unsigned __int64 sum = 0, i;
    for (i = 0; i < packets; i++) {
        post(BYTES, KEY, (ULONG_PTR)(2 * i + 1));
        get(&sum);
    }
    return sum;
}

static unsigned __stdcall produce(void *number)
{
    unsigned __int64 i;
    int n;
    for (i = (ULONG_PTR)number; i < packets; i += PAIRS)
        post(BYTES, KEY, (ULONG_PTR)(2 * i + 1));
    if (InterlockedDecrement(&producing) == 0)
        for (n = 0; n < PAIRS; n++)
            post(0, 0, 0);
    return 0;
}

static unsigned __stdcall consume(void *result)
{
    unsigned __int64 sum = 0;
    while (get(&sum))
        ;
    *(unsigned __int64 *)result = sum;
    return 0;
}

static unsigned __int64 by_a_pool(void)
{
    HANDLE threads[2 * PAIRS];
    unsigned __int64 sums[PAIRS], sum = 0;
    int n;
    producing = PAIRS;
    for (n = 0; n < PAIRS; n++) {
        threads[2 * n] = (HANDLE)_beginthreadex(NULL, 0, consume, &sums[n], 0, NULL);
        threads[2 * n + 1] = (HANDLE)_beginthreadex(NULL, 0, produce, (void *)(ULONG_PTR)n, 0, NULL);
        if (!threads[2 * n] || !threads[2 * n + 1])
            fail("_beginthreadex");
    }
    WaitForMultipleObjects(2 * PAIRS, threads, TRUE, INFINITE);
    for (n = 0; n < 2 * PAIRS; n++)
        CloseHandle(threads[n]);
    for (n = 0; n < PAIRS; n++)
        sum += sums[n];
    return sum;
}

int main(int argc, char **argv)
{
    char line[64];
    BOOL pool = argc > 1 && strcmp(argv[1], "pool") == 0;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, pool ? PAIRS : 1);
    if (!port)
        fail("CreateIoCompletionPort");
    while (fgets(line, sizeof line, stdin)) {
        packets = _strtoui64(line, NULL, 10);
        printf("%I64u\n", pool ? by_a_pool() : in_turn());
        fflush(stdout);
    }
    CloseHandle(port);
    return 0;
}
