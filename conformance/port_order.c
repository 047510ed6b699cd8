/* How a port manages its threads: the newest waiter first, no more than the concurrency value, one more when one blocks
 * (contract 06 section 9, with its worked case of point 10). Each step is made certain by events. */
#include "say.h"

enum { A, B, C, D, THREADS };

static HANDLE port;
static HANDLE arrived[THREADS];     /* the thread has a packet */
static HANDLE go[THREADS];          /* a thread that blocks may return to the port */
static volatile LONG back[THREADS]; /* a thread that computes may return to the port */
static volatile LONG packet_of[THREADS];
static volatile LONG over; /* nobody computes any more */

/* Takes packets. It computes, which no port counts as blocking, until main lets it go back; key 2 makes it block instead. */
static DWORD WINAPI works(LPVOID number)
{
    ULONG_PTR me = (ULONG_PTR)number, key;
    DWORD bytes;
    OVERLAPPED *o;
    for (;;) {
        if (!GetQueuedCompletionStatus(port, &bytes, &key, &o, INFINITE) || key == 0)
            return 0;
        packet_of[me] = (LONG)bytes;
        SetEvent(arrived[me]);
        if (key == 2)
            WaitForSingleObject(go[me], INFINITE);
        else
            while (InterlockedCompareExchange(&back[me], 0, 1) == 0 && !over)
                YieldProcessor();
    }
}

/* Who takes packets now: as many threads as should, and whoever else comes within a moment. */
static void who_has(const char *what, int expected)
{
    DWORD result;
    printf("%s:", what);
    while ((result = WaitForMultipleObjects(THREADS, arrived, FALSE, expected-- > 0 ? 10000 : 150)) != WAIT_TIMEOUT)
        printf(" %c takes packet %ld", 'A' + (int)(result - WAIT_OBJECT_0), packet_of[result - WAIT_OBJECT_0]);
    printf("\n");
}

int main(void)
{
    HANDLE threads[THREADS];
    ULONG_PTR i;

    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2);
    for (i = A; i < THREADS; i++) {
        arrived[i] = CreateEventA(NULL, FALSE, FALSE, NULL);
        go[i] = CreateEventA(NULL, FALSE, FALSE, NULL);
        threads[i] = CreateThread(NULL, 0, works, (LPVOID)i, 0, NULL);
        Sleep(100); /* it waits before the next one does */
    }
    puts("concurrency 2; A, B, C, D wait, D last");

    PostQueuedCompletionStatus(port, 1, 1, NULL);
    who_has("one packet", 1);
    PostQueuedCompletionStatus(port, 2, 2, NULL);
    who_has("a second one, whose thread blocks", 1);
    PostQueuedCompletionStatus(port, 3, 1, NULL);
    who_has("a third one", 1);
    PostQueuedCompletionStatus(port, 4, 1, NULL);
    who_has("a fourth one", 0);
    SetEvent(go[C]);
    who_has("C resumes and comes back: D and B are as many as may run", 0);
    InterlockedExchange(&back[D], 1);
    who_has("D comes back", 1);
    InterlockedExchange(&back[B], 1);
    who_has("B comes back", 0);
    InterlockedExchange(&back[D], 1);
    who_has("D comes back", 0);
    PostQueuedCompletionStatus(port, 5, 1, NULL);
    who_has("a fifth one: the newest waiter has changed", 1);
    PostQueuedCompletionStatus(port, 6, 1, NULL);
    who_has("a sixth one", 1);
    PostQueuedCompletionStatus(port, 7, 1, NULL);
    who_has("a seventh one", 0);

    InterlockedExchange(&over, 1);
    for (i = A; i < THREADS; i++)
        PostQueuedCompletionStatus(port, 0, 0, NULL);
    say_wait("all end", WaitForMultipleObjects(THREADS, threads, TRUE, 10000));
    for (i = A; i < THREADS; i++) {
        CloseHandle(threads[i]);
        CloseHandle(arrived[i]);
        CloseHandle(go[i]);
    }
    CloseHandle(port);
    return 0;
}
