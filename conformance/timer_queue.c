/* Timer queues: timers with and without a period, changing and deleting them (threadpoollegacyapiset.h). */
#include "say.h"

static HANDLE ticked, go;
static volatile LONG calls, timeouts;

static VOID CALLBACK tick(PVOID context, BOOLEAN timed_out)
{
    if (timed_out)
        InterlockedIncrement(&timeouts);
    InterlockedIncrement(&calls);
    SetEvent((HANDLE)context);
}

static VOID CALLBACK third(PVOID context, BOOLEAN timed_out)
{
    (void)timed_out;
    if (InterlockedIncrement(&calls) == 3)
        SetEvent((HANDLE)context);
}

static VOID CALLBACK held(PVOID context, BOOLEAN timed_out)
{
    (void)timed_out;
    SetEvent((HANDLE)context);
    WaitForSingleObject(go, 10000);
}

int main(void)
{
    HANDLE queue = CreateTimerQueue(), timer, gone = CreateEventA(NULL, FALSE, FALSE, NULL);
    LONG seen;
    ticked = CreateEventA(NULL, FALSE, FALSE, NULL);
    go = CreateEventA(NULL, TRUE, FALSE, NULL);
    say_handle("CreateTimerQueue", queue);

    puts("-- once");
    say("CreateTimerQueueTimer", CreateTimerQueueTimer(&timer, queue, tick, ticked, 20, 0, WT_EXECUTEDEFAULT));
    say_wait("the callback", WaitForSingleObject(ticked, 10000));
    printf("%ld calls, %ld time-outs\n", calls, timeouts);
    say("a timer that has expired is not changed", ChangeTimerQueueTimer(queue, timer, 0, 0));
    say_wait("no callback", WaitForSingleObject(ticked, 100));
    say("DeleteTimerQueueTimer", DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE));

    puts("-- changed in time");
    say("CreateTimerQueueTimer", CreateTimerQueueTimer(&timer, queue, tick, ticked, 60000, 0, WT_EXECUTEONLYONCE));
    say("ChangeTimerQueueTimer", ChangeTimerQueueTimer(queue, timer, 10, 0));
    say_wait("the callback", WaitForSingleObject(ticked, 10000));
    say("DeleteTimerQueueTimer", DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE));

    puts("-- again and again, on the timer's thread");
    calls = 0;
    say("CreateTimerQueueTimer", CreateTimerQueueTimer(&timer, queue, third, ticked, 0, 10, WT_EXECUTEINTIMERTHREAD));
    say_wait("three times", WaitForSingleObject(ticked, 10000));
    say("DeleteTimerQueueTimer", DeleteTimerQueueTimer(queue, timer, INVALID_HANDLE_VALUE));
    seen = calls;
    Sleep(60);
    printf("further calls: %ld\n", calls - seen);

    puts("-- deleted while its callback runs");
    say("CreateTimerQueueTimer", CreateTimerQueueTimer(&timer, queue, held, ticked, 0, 0, WT_EXECUTELONGFUNCTION));
    say_wait("it runs", WaitForSingleObject(ticked, 10000));
    say("DeleteTimerQueueTimer", DeleteTimerQueueTimer(queue, timer, NULL));
    SetEvent(go);

    puts("-- the queue with its timers");
    calls = 0;
    say("CreateTimerQueueTimer", CreateTimerQueueTimer(&timer, queue, third, ticked, 0, 10, WT_EXECUTEDEFAULT));
    say_wait("three times", WaitForSingleObject(ticked, 10000));
    say("DeleteTimerQueueEx", DeleteTimerQueueEx(queue, gone));
    say_wait("told by an event", WaitForSingleObject(gone, 10000));
    seen = calls;
    Sleep(60);
    printf("further calls: %ld\n", calls - seen);

    puts("-- the queue of the process");
    say("CreateTimerQueueTimer", CreateTimerQueueTimer(&timer, NULL, tick, ticked, 0, 0, WT_EXECUTEDEFAULT));
    say_wait("the callback", WaitForSingleObject(ticked, 10000));
    say("DeleteTimerQueueTimer", DeleteTimerQueueTimer(NULL, timer, INVALID_HANDLE_VALUE));
    say("DeleteTimerQueueEx", DeleteTimerQueueEx(NULL, NULL));

    CloseHandle(gone);
    CloseHandle(go);
    CloseHandle(ticked);
    return 0;
}
