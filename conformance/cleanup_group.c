/* Cleanup groups: objects that are closed together, with or without cancelling (threadpoolapiset.h). */
#include "say.h"

static HANDLE started, go;
static volatile LONG calls, cancelled;
static char cleanup;

static VOID CALLBACK held(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)instance;
    (void)context;
    (void)work;
    InterlockedIncrement(&calls);
    SetEvent(started);
    WaitForSingleObject(go, 10000);
    Sleep(50);
    InterlockedIncrement(&calls);
}

static VOID CALLBACK count(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)instance;
    (void)context;
    (void)work;
    InterlockedIncrement(&calls);
}

static VOID CALLBACK tick(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_TIMER timer)
{
    (void)instance;
    (void)context;
    (void)timer;
    InterlockedIncrement(&calls);
}

static VOID CALLBACK on_wait(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WAIT wait, TP_WAIT_RESULT result)
{
    (void)instance;
    (void)context;
    (void)wait;
    (void)result;
    InterlockedIncrement(&calls);
}

static VOID CALLBACK simple(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
    (void)instance;
    (void)context;
    InterlockedIncrement(&calls);
}

static VOID CALLBACK on_cancel(PVOID object, PVOID context)
{
    InterlockedExchangeAdd(&cancelled, (LONG)(ULONG_PTR)object);
    if (context != &cleanup)
        puts("another context");
}

int main(void)
{
    TP_CALLBACK_ENVIRON environment;
    PTP_CLEANUP_GROUP group;
    PTP_POOL pool = CreateThreadpool(NULL);
    PTP_WORK work;
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    FILETIME never = {0, 0xF0000000};
    int i;

    started = CreateEventA(NULL, FALSE, FALSE, NULL);
    go = CreateEventA(NULL, TRUE, FALSE, NULL);
    SetThreadpoolThreadMaximum(pool, 1);
    SetThreadpoolThreadMinimum(pool, 1);
    group = CreateThreadpoolCleanupGroup();
    say("CreateThreadpoolCleanupGroup", group != NULL);
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    SetThreadpoolCallbackCleanupGroup(&environment, group, on_cancel);

    puts("-- without cancelling, everything runs");
    work = CreateThreadpoolWork(count, (PVOID)1, &environment);
    for (i = 0; i < 20; i++)
        SubmitThreadpoolWork(work);
    for (i = 0; i < 20; i++)
        TrySubmitThreadpoolCallback(simple, (PVOID)2, &environment);
    CloseThreadpoolCleanupGroupMembers(group, FALSE, &cleanup);
    printf("%ld calls, cancelled %ld\n", calls, cancelled);

    puts("-- an object that is closed before is not the group's any more");
    calls = 0;
    work = CreateThreadpoolWork(count, (PVOID)4, &environment);
    SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CloseThreadpoolWork(work);
    CloseThreadpoolCleanupGroupMembers(group, TRUE, &cleanup);
    printf("%ld calls, cancelled %ld\n", calls, cancelled);

    puts("-- cancelling drops what has not started, and waits for what has");
    calls = 0;
    work = CreateThreadpoolWork(held, (PVOID)8, &environment);
    SubmitThreadpoolWork(work);
    say_wait("one runs", WaitForSingleObject(started, 10000));
    work = CreateThreadpoolWork(count, (PVOID)16, &environment);
    SubmitThreadpoolWork(work);
    SubmitThreadpoolWork(work);
    TrySubmitThreadpoolCallback(simple, (PVOID)32, &environment);
    SetThreadpoolTimer(CreateThreadpoolTimer(tick, (PVOID)64, &environment), &never, 0, 0);
    SetThreadpoolWait(CreateThreadpoolWait(on_wait, (PVOID)128, &environment), event, NULL);
    SetEvent(go);
    CloseThreadpoolCleanupGroupMembers(group, TRUE, &cleanup);
    printf("%ld calls, cancelled %ld\n", calls, cancelled);
    SetEvent(event);
    say_wait("nobody waits for the event", WaitForSingleObject(event, 50));

    CloseThreadpoolCleanupGroup(group);
    DestroyThreadpoolEnvironment(&environment);
    CloseThreadpool(pool);
    CloseHandle(event);
    CloseHandle(go);
    CloseHandle(started);
    return 0;
}
