/* QueueUserAPC: to the calling thread, to one that waits, to one that has not started, to one that has ended
 * (founding document 5.3; contract 05 sections 1, 3 and 5). */
#include "say.h"

static int order[8], count;
static HANDLE ready, go;

static VOID CALLBACK note(ULONG_PTR number)
{
    order[count++] = (int)number;
}

static VOID CALLBACK note_and_queue(ULONG_PTR number)
{
    note(number);
    QueueUserAPC(note, GetCurrentThread(), number + 1);
}

static VOID CALLBACK note_and_wait(ULONG_PTR number)
{
    note(number);
    say_wait("a wait inside a routine", SleepEx(INFINITE, TRUE));
}

static void show(const char *what)
{
    int i;
    printf("%s:", what);
    for (i = 0; i < count; i++)
        printf(" %d", order[i]);
    printf("\n");
    count = 0;
}

/* Waits alertably until told otherwise: how a waiting thread is ended cleanly. */
static volatile LONG stop;
static VOID CALLBACK please_stop(ULONG_PTR unused)
{
    (void)unused;
    stop = 1;
}

static DWORD WINAPI waits(LPVOID event)
{
    DWORD rounds = 0;
    SetEvent(ready);
    while (!stop) {
        if (WaitForSingleObjectEx((HANDLE)event, INFINITE, TRUE) == WAIT_IO_COMPLETION)
            rounds++;
    }
    return 100 + rounds;
}

static DWORD WINAPI ends(LPVOID unused)
{
    (void)unused;
    note(99);
    return 5;
}

int main(void)
{
    HANDLE thread, limited, me = GetCurrentProcess();
    DWORD code;

    ready = CreateEventA(NULL, FALSE, FALSE, NULL);
    go = CreateEventA(NULL, FALSE, FALSE, NULL);

    puts("-- the calling thread: in order, all of them in one wait");
    printf("QueueUserAPC: %lu %lu %lu\n", QueueUserAPC(note, GetCurrentThread(), 1), QueueUserAPC(note, GetCurrentThread(), 2),
           QueueUserAPC(note, GetCurrentThread(), 3));
    Sleep(0);
    WaitForSingleObject(go, 0);
    show("before an alertable wait");
    say_wait("SleepEx", SleepEx(0, TRUE));
    printf("%d routines\n", count);
    count = 0;
    say_wait("SleepEx again", SleepEx(0, TRUE));

    puts("-- what a routine queues runs in the same wait");
    QueueUserAPC(note_and_queue, GetCurrentThread(), 1);
    QueueUserAPC(note, GetCurrentThread(), 5);
    say_wait("SleepEx", SleepEx(0, TRUE));
    show("order");

    puts("-- a routine that waits runs the rest inside");
    QueueUserAPC(note_and_wait, GetCurrentThread(), 1);
    QueueUserAPC(note, GetCurrentThread(), 2);
    say_wait("SleepEx", SleepEx(0, TRUE));
    show("order");

    puts("-- a thread that waits");
    thread = CreateThread(NULL, 0, waits, go, 0, NULL);
    WaitForSingleObject(ready, INFINITE);
    say("QueueUserAPC", QueueUserAPC(please_stop, thread, 0) != 0);
    say_wait("it ends", WaitForSingleObject(thread, 10000));
    GetExitCodeThread(thread, &code);
    printf("after %lu interrupted wait\n", code - 100);

    puts("-- a thread that has ended");
    printf("QueueUserAPC: %lu", QueueUserAPC(note, thread, 0));
    printf("/%lu\n", GetLastError());
    CloseHandle(thread);

    puts("-- a thread that has not started: before its function, without any wait");
    thread = CreateThread(NULL, 0, ends, NULL, CREATE_SUSPENDED, NULL);
    QueueUserAPC(note, thread, 1);
    QueueUserAPC(note, thread, 2);
    printf("ResumeThread: %lu\n", ResumeThread(thread));
    say_wait("it ends", WaitForSingleObject(thread, 10000));
    show("order");

    puts("-- handles");
    printf("no thread: %lu", QueueUserAPC(note, NULL, 0));
    printf("/%lu\n", GetLastError());
    printf("an event: %lu", QueueUserAPC(note, ready, 0));
    printf("/%lu\n", GetLastError());
    DuplicateHandle(me, GetCurrentThread(), me, &limited, SYNCHRONIZE, FALSE, 0);
    printf("without THREAD_SET_CONTEXT: %lu", QueueUserAPC(note, limited, 0));
    printf("/%lu\n", GetLastError());
    CloseHandle(limited);

    CloseHandle(thread);
    CloseHandle(ready);
    CloseHandle(go);
    return 0;
}
