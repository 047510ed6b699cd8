/* CreateThreadpoolWork and its environment: submitting, waiting, cancelling, what happens when a callback returns, pools of one's own. */
#include "say.h"

static HANDLE started, go, returned, semaphore, mutex;
static CRITICAL_SECTION section;
static volatile LONG calls, inside, most;

static VOID CALLBACK count(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)instance;
    (void)work;
    InterlockedIncrement((volatile LONG *)context);
}

/* One at a time: tells that it has started, and waits to be let go. */
static VOID CALLBACK held(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)instance;
    (void)work;
    InterlockedIncrement((volatile LONG *)context);
    SetEvent(started);
    WaitForSingleObject(go, 10000);
}

/* Lets callbacks go, one after the other, from a moment later on. */
static DWORD WINAPI opener(LPVOID stop)
{
    do
        SetEvent(go);
    while (WaitForSingleObject((HANDLE)stop, 100) == WAIT_TIMEOUT);
    return 0;
}

static VOID CALLBACK alone(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    LONG now = InterlockedIncrement(&inside);
    (void)instance;
    (void)context;
    (void)work;
    if (now > most)
        most = now;
    Sleep(1);
    InterlockedDecrement(&inside);
}

static VOID CALLBACK leaves_things(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)context;
    (void)work;
    EnterCriticalSection(&section);
    WaitForSingleObject(mutex, 10000);
    LeaveCriticalSectionWhenCallbackReturns(instance, &section);
    ReleaseMutexWhenCallbackReturns(instance, mutex);
    ReleaseSemaphoreWhenCallbackReturns(instance, semaphore, 3);
    SetEventWhenCallbackReturns(instance, returned);
    say_wait("inside, the event", WaitForSingleObject(returned, 0));
    say_wait("inside, the semaphore", WaitForSingleObject(semaphore, 0));
}

static VOID CALLBACK leaves_its_object(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)context;
    (void)work;
    DisassociateCurrentThreadFromCallback(instance);
    SetEvent(started);
    WaitForSingleObject(go, 10000);
    SetEvent(returned);
}

static VOID CALLBACK runs_long(PTP_CALLBACK_INSTANCE instance, PVOID context, PTP_WORK work)
{
    (void)context;
    (void)work;
    say("CallbackMayRunLong", CallbackMayRunLong(instance));
}

static VOID CALLBACK simple(PTP_CALLBACK_INSTANCE instance, PVOID context)
{
    (void)instance;
    if (InterlockedIncrement((volatile LONG *)context) == 10)
        SetEvent(returned);
}

int main(void)
{
    TP_CALLBACK_ENVIRON environment;
    PTP_POOL pool;
    PTP_WORK work;
    HANDLE thread, stop;
    int i;

    started = CreateEventA(NULL, FALSE, FALSE, NULL);
    go = CreateEventA(NULL, FALSE, FALSE, NULL);
    returned = CreateEventA(NULL, FALSE, FALSE, NULL);
    semaphore = CreateSemaphoreA(NULL, 0, 10, NULL);
    mutex = CreateMutexA(NULL, FALSE, NULL);
    InitializeCriticalSection(&section);

    puts("-- submitted a hundred times");
    work = CreateThreadpoolWork(count, (PVOID)&calls, NULL);
    say("CreateThreadpoolWork", work != NULL);
    for (i = 0; i < 100; i++)
        SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    printf("%ld calls\n", calls);
    WaitForThreadpoolWorkCallbacks(work, TRUE);
    CloseThreadpoolWork(work);

    puts("-- a pool of one thread");
    pool = CreateThreadpool(NULL);
    say("CreateThreadpool", pool != NULL);
    SetThreadpoolThreadMaximum(pool, 1);
    say("SetThreadpoolThreadMinimum", SetThreadpoolThreadMinimum(pool, 1));
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    work = CreateThreadpoolWork(alone, NULL, &environment);
    for (i = 0; i < 20; i++)
        SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CloseThreadpoolWork(work);
    printf("at most %ld at a time\n", most);

    puts("-- what has not started is cancelled");
    calls = 0;
    work = CreateThreadpoolWork(held, (PVOID)&calls, &environment);
    for (i = 0; i < 10; i++)
        SubmitThreadpoolWork(work);
    say_wait("one has started", WaitForSingleObject(started, 10000));
    stop = CreateEventA(NULL, TRUE, FALSE, NULL);
    thread = CreateThread(NULL, 0, opener, stop, 0, NULL);
    WaitForThreadpoolWorkCallbacks(work, TRUE);
    printf("all of them: %d\n", calls >= 10);
    SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    puts("submitted again, and waited for");
    CloseThreadpoolWork(work);
    SetEvent(stop);
    WaitForSingleObject(thread, 10000);
    CloseHandle(thread);
    CloseHandle(stop);
    ResetEvent(go);
    ResetEvent(started);

    puts("-- when a callback returns");
    work = CreateThreadpoolWork(leaves_things, NULL, NULL);
    SubmitThreadpoolWork(work);
    say_wait("the event", WaitForSingleObject(returned, 10000));
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    for (i = 0; i < 3; i++)
        say_wait("the semaphore", WaitForSingleObject(semaphore, 0));
    say_wait("no more", WaitForSingleObject(semaphore, 0));
    say_wait("the mutex", WaitForSingleObject(mutex, 0));
    say("the section", TryEnterCriticalSection(&section));
    LeaveCriticalSection(&section);
    CloseThreadpoolWork(work);

    puts("-- a callback that leaves its object is not waited for");
    work = CreateThreadpoolWork(leaves_its_object, NULL, NULL);
    SubmitThreadpoolWork(work);
    say_wait("it has started", WaitForSingleObject(started, 10000));
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    say_wait("it still runs", WaitForSingleObject(returned, 0));
    SetEvent(go);
    say_wait("it ends", WaitForSingleObject(returned, 10000));
    CloseThreadpoolWork(work);

    puts("-- long callbacks");
    work = CreateThreadpoolWork(runs_long, NULL, NULL);
    SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CloseThreadpoolWork(work);
    SetThreadpoolCallbackRunsLong(&environment);
    SetThreadpoolCallbackLibrary(&environment, GetModuleHandleA(NULL));
    calls = 0;
    work = CreateThreadpoolWork(count, (PVOID)&calls, &environment);
    SubmitThreadpoolWork(work);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CloseThreadpoolWork(work);
    printf("%ld calls\n", calls);

    puts("-- callbacks without an object");
    calls = 0;
    for (i = 0; i < 10; i++)
        if (!TrySubmitThreadpoolCallback(simple, (PVOID)&calls, i % 2 ? &environment : NULL))
            puts("not accepted");
    say_wait("all ran", WaitForSingleObject(returned, 10000));

    DestroyThreadpoolEnvironment(&environment);
    CloseThreadpool(pool);
    DeleteCriticalSection(&section);
    ReleaseMutex(mutex);
    CloseHandle(mutex);
    CloseHandle(semaphore);
    CloseHandle(returned);
    CloseHandle(go);
    CloseHandle(started);
    return 0;
}
