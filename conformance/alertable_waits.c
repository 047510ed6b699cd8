/* The six alertable waits, and those that are not (contract 05 section 4; founding document 5.3). */
#include "say.h"

static int calls;
static VOID CALLBACK count_it(ULONG_PTR unused)
{
    (void)unused;
    calls++;
}

static void queue(void)
{
    calls = 0;
    QueueUserAPC(count_it, GetCurrentThread(), 0);
}

static void after(const char *what, DWORD result)
{
    say_wait(what, result);
    printf("  %d routines\n", calls);
}

static void drain(void)
{
    SleepEx(0, TRUE);
}

int main(void)
{
    HANDLE set = CreateEventA(NULL, TRUE, TRUE, NULL), unset = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE automatic = CreateEventA(NULL, FALSE, TRUE, NULL), signalled = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE pair[2], port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    OVERLAPPED_ENTRY entries[4];
    OVERLAPPED *o;
    ULONG_PTR key;
    ULONG got;
    DWORD n;

    pair[0] = unset;
    pair[1] = signalled;

    puts("-- the six, with something queued");
    queue();
    after("SleepEx", SleepEx(INFINITE, TRUE));
    queue();
    after("WaitForSingleObjectEx", WaitForSingleObjectEx(unset, INFINITE, TRUE));
    queue();
    after("WaitForMultipleObjectsEx, any", WaitForMultipleObjectsEx(2, pair, FALSE, INFINITE, TRUE));
    queue();
    after("WaitForMultipleObjectsEx, all", WaitForMultipleObjectsEx(2, pair, TRUE, INFINITE, TRUE));
    queue();
    after("SignalObjectAndWait", SignalObjectAndWait(signalled, unset, INFINITE, TRUE));
    after("  it signalled", WaitForSingleObject(signalled, 0));
    ResetEvent(signalled);
    queue();
    say("GetQueuedCompletionStatusEx", GetQueuedCompletionStatusEx(port, entries, 4, &got, INFINITE, TRUE));
    printf("  %d routines\n", calls);
    queue();
    after("MsgWaitForMultipleObjectsEx", MsgWaitForMultipleObjectsEx(2, pair, INFINITE, 0, MWMO_ALERTABLE));

    puts("-- with nothing queued they wait");
    calls = 0;
    after("SleepEx", SleepEx(10, TRUE));
    after("WaitForSingleObjectEx", WaitForSingleObjectEx(unset, 10, TRUE));
    after("MsgWaitForMultipleObjectsEx", MsgWaitForMultipleObjectsEx(2, pair, 10, 0, MWMO_ALERTABLE));
    say("GetQueuedCompletionStatusEx", GetQueuedCompletionStatusEx(port, entries, 4, &got, 10, TRUE));

    puts("-- with FALSE they do not run it, nor do the other waits");
    queue();
    after("SleepEx", SleepEx(10, FALSE));
    after("WaitForSingleObjectEx", WaitForSingleObjectEx(unset, 10, FALSE));
    after("WaitForSingleObject", WaitForSingleObject(unset, 10));
    after("WaitForMultipleObjects", WaitForMultipleObjects(2, pair, FALSE, 10));
    after("SignalObjectAndWait", SignalObjectAndWait(set, unset, 10, FALSE));
    after("MsgWaitForMultipleObjectsEx", MsgWaitForMultipleObjectsEx(2, pair, 10, 0, 0));
    say("GetQueuedCompletionStatusEx", GetQueuedCompletionStatusEx(port, entries, 4, &got, 10, FALSE));
    say("GetQueuedCompletionStatus", GetQueuedCompletionStatus(port, &n, &key, &o, 10));
    printf("  %d routines\n", calls);
    drain();

    puts("-- what is there already comes first");
    queue();
    PostQueuedCompletionStatus(port, 1, 2, NULL);
    say("GetQueuedCompletionStatusEx", GetQueuedCompletionStatusEx(port, entries, 4, &got, INFINITE, TRUE));
    printf("  %lu entries, %d routines\n", got, calls);
    drain();

    puts("-- a wait that routines end consumes nothing");
    ResetEvent(automatic);
    queue();
    after("WaitForSingleObjectEx", WaitForSingleObjectEx(automatic, INFINITE, TRUE));
    SetEvent(automatic);
    after("the auto-reset event", WaitForSingleObjectEx(automatic, 0, TRUE));
    after("and again", WaitForSingleObjectEx(automatic, 0, TRUE));

    CloseHandle(port);
    CloseHandle(signalled);
    CloseHandle(automatic);
    CloseHandle(unset);
    CloseHandle(set);
    return 0;
}
