/* Threads by both makers: exit codes, suspended starts, numbers and handles (contract 04 section 7, 01 section 1). */
#include "say.h"
#include <process.h>

static DWORD main_id;
static volatile LONG started;

static DWORD WINAPI returns(LPVOID argument)
{
    InterlockedIncrement(&started);
    return (DWORD)(ULONG_PTR)argument + (GetCurrentThreadId() == main_id ? 1000 : 0);
}

static DWORD WINAPI exits(LPVOID argument)
{
    (void)argument;
    ExitThread(77);
}

static unsigned __stdcall crt_returns(void *argument)
{
    return *(unsigned *)argument + 1;
}

static unsigned __stdcall crt_exits(void *argument)
{
    _endthreadex(*(unsigned *)argument + 2);
    return 0;
}

static void __cdecl crt_plain(void *argument)
{
    SetEvent((HANDLE)argument);
}

static DWORD WINAPI keeps_own_error(LPVOID event)
{
    SetLastError(4321);
    SetEvent((HANDLE)event);
    Sleep(50);
    return GetLastError();
}

static void code_of(const char *what, HANDLE thread)
{
    DWORD code = 4711;
    BOOL ok = GetExitCodeThread(thread, &code);
    printf("%s: %s, %lu\n", what, ok ? "TRUE" : "FALSE", code);
}

int main(void)
{
    unsigned number = 40, crt_id;
    HANDLE thread, event = CreateEventA(NULL, FALSE, FALSE, NULL), opened;
    DWORD id = 0;

    main_id = GetCurrentThreadId();

    puts("-- CreateThread");
    thread = CreateThread(NULL, 0, returns, (LPVOID)5, 0, &id);
    say_handle("made", thread);
    printf("its number: %s\n", id != 0 && id != main_id && id == GetThreadId(thread) ? "its own" : "wrong");
    say_wait("it ends", WaitForSingleObject(thread, 10000));
    code_of("code", thread);
    CloseHandle(thread);
    thread = CreateThread(NULL, 65536, exits, NULL, 0, NULL);
    say_wait("ExitThread", WaitForSingleObject(thread, 10000));
    code_of("code", thread);
    CloseHandle(thread);

    puts("-- suspended");
    started = 0;
    thread = CreateThread(NULL, 0, returns, (LPVOID)6, CREATE_SUSPENDED, NULL);
    say_wait("not started", WaitForSingleObject(thread, 50));
    printf("started: %ld\n", started);
    code_of("code", thread);
    printf("ResumeThread: %lu\n", ResumeThread(thread));
    say_wait("it ends", WaitForSingleObject(thread, 10000));
    code_of("code", thread);
    CloseHandle(thread);

    puts("-- _beginthreadex and _beginthread");
    thread = (HANDLE)_beginthreadex(NULL, 0, crt_returns, &number, 0, &crt_id);
    say_wait("it ends", WaitForSingleObject(thread, 10000));
    code_of("code", thread);
    CloseHandle(thread);
    thread = (HANDLE)_beginthreadex(NULL, 0, crt_exits, &number, CREATE_SUSPENDED, NULL);
    printf("ResumeThread: %lu\n", ResumeThread(thread));
    say_wait("_endthreadex", WaitForSingleObject(thread, 10000));
    code_of("code", thread);
    CloseHandle(thread);
    printf("_beginthread: %s\n", _beginthread(crt_plain, 0, event) != (uintptr_t)-1 ? "started" : "failed");
    say_wait("its event", WaitForSingleObject(event, 10000));

    puts("-- OpenThread");
    thread = CreateThread(NULL, 0, returns, (LPVOID)7, CREATE_SUSPENDED, &id);
    opened = OpenThread(SYNCHRONIZE | THREAD_QUERY_INFORMATION, FALSE, id);
    say_handle("by number", opened);
    printf("the same thread: %s\n", GetThreadId(opened) == id ? "yes" : "no");
    ResumeThread(thread);
    say_wait("it ends", WaitForSingleObject(opened, 10000));
    code_of("code", opened);
    CloseHandle(opened);
    CloseHandle(thread);
    say_handle("a number that is none", OpenThread(SYNCHRONIZE, FALSE, 0));

    puts("-- the last error is the thread's own");
    SetLastError(1234);
    thread = CreateThread(NULL, 0, keeps_own_error, event, 0, NULL);
    SetLastError(1234);
    WaitForSingleObject(event, INFINITE);
    printf("mine %lu\n", GetLastError());
    WaitForSingleObject(thread, INFINITE);
    code_of("its", thread);

    puts("-- refused");
    say("GetExitCodeThread of an event", GetExitCodeThread(event, &id));
    say_wait("a thread without a handle", WaitForSingleObject(NULL, 0));
    CloseHandle(thread);
    CloseHandle(event);
    return 0;
}
