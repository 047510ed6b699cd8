/* Threads that others stop, end and weigh: SuspendThread, TerminateThread, exit codes, priorities, an APC (contract 04 section 7,
 * 05 section 3). */
#include "say.h"

static volatile LONG counter, leave;
static HANDLE ready;

static DWORD WINAPI counts(LPVOID unused)
{
    (void)unused;
    SetEvent(ready);
    while (!leave)
        counter++;
    return 7;
}

static DWORD WINAPI counts_for_ever(LPVOID unused)
{
    (void)unused;
    SetEvent(ready);
    for (;;)
        counter++;
    return 8;
}

static DWORD WINAPI sleeps(LPVOID mutex)
{
    WaitForSingleObject((HANDLE)mutex, INFINITE);
    SetEvent(ready);
    Sleep(INFINITE);
    return 9;
}

static DWORD WINAPI suspends_itself(LPVOID unused)
{
    (void)unused;
    SetEvent(ready);
    return SuspendThread(GetCurrentThread()) + 20;
}

static DWORD WINAPI waits_alertably(LPVOID unused)
{
    (void)unused;
    SetEvent(ready);
    return SleepEx(INFINITE, TRUE) + 10;
}

static VOID CALLBACK adds(ULONG_PTR number)
{
    counter += (LONG)number;
}

static DWORD WINAPI returns(LPVOID code)
{
    return (DWORD)(ULONG_PTR)code;
}

static VOID CALLBACK called(ULONG_PTR number)
{
    printf("called with %lu\n", (unsigned long)number);
}

static HANDLE start(LPTHREAD_START_ROUTINE routine, LPVOID argument)
{
    HANDLE thread = CreateThread(NULL, 0, routine, argument, 0, NULL);
    WaitForSingleObject(ready, 10000);
    return thread;
}

static void end(HANDLE thread)
{
    DWORD code = 0;
    say_wait("it ends", WaitForSingleObject(thread, 10000));
    GetExitCodeThread(thread, &code);
    printf("code %lu\n", code);
    CloseHandle(thread);
}

/* Does the counter move? It has ten seconds for that, and a tenth of one not to. */
static const char *moves(int expected)
{
    LONG before = counter;
    int i;
    for (i = 0; i < (expected ? 1000 : 10); i++) {
        Sleep(10);
        if (counter != before)
            return "yes";
    }
    return "no";
}

int main(void)
{
    HANDLE thread, mutex = CreateMutexA(NULL, FALSE, NULL);
    static const int priorities[] = {THREAD_PRIORITY_IDLE, THREAD_PRIORITY_LOWEST, THREAD_PRIORITY_BELOW_NORMAL, THREAD_PRIORITY_NORMAL,
                                     THREAD_PRIORITY_ABOVE_NORMAL, THREAD_PRIORITY_HIGHEST, THREAD_PRIORITY_TIME_CRITICAL};
    unsigned i;
    BOOL off = 5;

    ready = CreateEventA(NULL, FALSE, FALSE, NULL);

    puts("-- a thread that computes is stopped");
    thread = start(counts, NULL);
    printf("it counts: %s\n", moves(1));
    printf("SuspendThread: %lu\n", SuspendThread(thread));
    printf("SuspendThread: %lu\n", SuspendThread(thread));
    printf("it counts: %s\n", moves(0));
    printf("ResumeThread: %lu\n", ResumeThread(thread));
    printf("it counts: %s\n", moves(0));
    printf("ResumeThread: %lu\n", ResumeThread(thread));
    printf("it counts: %s\n", moves(1));
    printf("ResumeThread: %lu\n", ResumeThread(thread));
    leave = 1;
    end(thread);
    thread = start(suspends_itself, NULL);
    say_wait("one that stops itself", WaitForSingleObject(thread, 100));
    printf("ResumeThread: %lu\n", ResumeThread(thread));
    end(thread);
    thread = start(waits_alertably, NULL);
    counter = 0;
    printf("one that waits: %lu\n", SuspendThread(thread));
    QueueUserAPC(adds, thread, 5);
    printf("its APC runs: %s\n", moves(0));
    printf("ResumeThread: %lu\n", ResumeThread(thread));
    end(thread);
    printf("its APC ran: %ld\n", (long)counter);

    puts("-- and ended");
    thread = start(counts_for_ever, NULL);
    say("TerminateThread", TerminateThread(thread, 33));
    end(thread);
    printf("it counts: %s\n", moves(0));
    thread = start(counts_for_ever, NULL);
    SuspendThread(thread);
    say("a stopped one", TerminateThread(thread, 34));
    end(thread);
    thread = start(sleeps, mutex);
    say("one that sleeps", TerminateThread(thread, 35));
    end(thread);
    say_wait("its mutex", WaitForSingleObject(mutex, 10000));
    say("is released", ReleaseMutex(mutex));
    say("no thread", TerminateThread(mutex, 0));
    say("nothing", TerminateThread(NULL, 0));

    puts("-- any number is an exit code");
    end(CreateThread(NULL, 0, returns, (LPVOID)(ULONG_PTR)STILL_ACTIVE, 0, NULL));
    end(CreateThread(NULL, 0, returns, (LPVOID)(ULONG_PTR)0xFFFFFFFF, 0, NULL));

    puts("-- priorities");
    for (i = 0; i < sizeof priorities / sizeof *priorities; i++) {
        thread = CreateThread(NULL, 0, returns, NULL, CREATE_SUSPENDED, NULL);
        say("SetThreadPriority", SetThreadPriority(thread, priorities[i]));
        printf("%d\n", GetThreadPriority(thread));
        ResumeThread(thread);
        WaitForSingleObject(thread, 10000);
        CloseHandle(thread);
    }
    say("none", SetThreadPriority(GetCurrentThread(), 99));
    say("boost", GetThreadPriorityBoost(GetCurrentThread(), &off));
    printf("off: %d\n", off);
    say("no boost", SetThreadPriorityBoost(GetCurrentThread(), TRUE));
    say("boost", GetThreadPriorityBoost(GetCurrentThread(), &off));
    printf("off: %d\n", off);

    puts("-- QueueUserAPC");
    say("QueueUserAPC", QueueUserAPC(called, GetCurrentThread(), 5) != 0);
    say_wait("an alertable wait", WaitForSingleObjectEx(ready, 0, TRUE));

    CloseHandle(mutex);
    CloseHandle(ready);
    return 0;
}
