/* Events: both kinds, what a set, a reset and a pulse do, one waiter or all (contract 04 section 3). */
#include "say.h"

#define WAITERS 4

static HANDLE event, counted;

static DWORD WINAPI waits(LPVOID unused)
{
    (void)unused;
    WaitForSingleObject(event, INFINITE);
    ReleaseSemaphore(counted, 1, NULL);
    return 0;
}

/* How many threads got through, once no more come. */
static int through(void)
{
    int n = 0;
    while (WaitForSingleObject(counted, 100) == WAIT_OBJECT_0)
        n++;
    return n;
}

static void many(const char *what, BOOL manual)
{
    HANDLE threads[WAITERS];
    int i;
    event = CreateEventA(NULL, manual, FALSE, NULL);
    counted = CreateSemaphoreA(NULL, 0, WAITERS, NULL);
    for (i = 0; i < WAITERS; i++)
        threads[i] = CreateThread(NULL, 0, waits, NULL, 0, NULL);
    printf("%s, %d threads wait: %d through before", what, WAITERS, through());
    SetEvent(event);
    printf(", %d after a set", through());
    while (WaitForMultipleObjects(WAITERS, threads, TRUE, 0) == WAIT_TIMEOUT) {
        SetEvent(event);
        Sleep(1);
    }
    printf(", all in the end\n");
    for (i = 0; i < WAITERS; i++)
        CloseHandle(threads[i]);
    CloseHandle(counted);
    CloseHandle(event);
}

static void alone(const char *what, BOOL manual)
{
    HANDLE e = CreateEventA(NULL, manual, TRUE, NULL);
    printf("-- %s\n", what);
    say_wait("set from the start", WaitForSingleObject(e, 0));
    say_wait("waited for again", WaitForSingleObject(e, 0));
    SetEvent(e);
    SetEvent(e);
    say_wait("set twice", WaitForSingleObject(e, 0));
    say_wait("waited for again", WaitForSingleObject(e, 0));
    say("ResetEvent", ResetEvent(e));
    say_wait("after a reset", WaitForSingleObject(e, 0));
    say("PulseEvent", PulseEvent(e));
    say_wait("after a pulse that nobody waited for", WaitForSingleObject(e, 0));
    CloseHandle(e);
}

int main(void)
{
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL), e;

    alone("manual-reset", TRUE);
    alone("auto-reset", FALSE);
    puts("-- many");
    many("manual-reset", TRUE);
    many("auto-reset", FALSE);
    puts("-- the Ex form");
    e = CreateEventExA(NULL, NULL, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS);
    say_wait("set from the start", WaitForSingleObject(e, 0));
    say_wait("waited for again", WaitForSingleObject(e, 0));
    CloseHandle(e);
    puts("-- not an event");
    say("SetEvent of a mutex", SetEvent(mutex));
    say("ResetEvent of nothing", ResetEvent(NULL));
    say("PulseEvent of a mutex", PulseEvent(mutex));
    CloseHandle(mutex);
    return 0;
}
