// The system's own thread pool: registered waits, work items, completions bound to a function (contract 04 sections 9 and 10).
#include "say.h"

static HANDLE done;
static volatile LONG signals, timeouts, items, completions, completed_bytes;

static VOID CALLBACK on_wait(PVOID context, BOOLEAN timed_out)
{
    InterlockedIncrement(timed_out ? &timeouts : &signals);
    SetEvent((HANDLE)context);
}

static DWORD WINAPI on_item(LPVOID context)
{
    if (InterlockedIncrement(&items) == (LONG)(ULONG_PTR)context)
        SetEvent(done);
    return 0;
}

static VOID CALLBACK on_completion(DWORD error, DWORD bytes, LPOVERLAPPED)
{
    if (error == 0) {
        InterlockedIncrement(&completions);
        InterlockedExchangeAdd(&completed_bytes, (LONG)bytes);
    }
    SetEvent(done);
}

int main()
{
    HANDLE wait = nullptr, gone = CreateEventA(nullptr, FALSE, FALSE, nullptr);
    HANDLE event = CreateEventA(nullptr, FALSE, FALSE, nullptr);
    done = CreateEventA(nullptr, FALSE, FALSE, nullptr);

    puts("-- a registered wait, again and again");
    say("RegisterWaitForSingleObject", RegisterWaitForSingleObject(&wait, event, on_wait, done, INFINITE, WT_EXECUTEDEFAULT));
    for (int i = 0; i < 3; i++) {
        SetEvent(event);
        say_wait("the routine ran", WaitForSingleObject(done, 10000));
    }
    say_wait("it consumed the event", WaitForSingleObject(event, 0));
    say("UnregisterWaitEx", UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
    SetEvent(event);
    say_wait("no more", WaitForSingleObject(done, 50));
    printf("%ld signals, %ld time-outs\n", signals, timeouts);
    ResetEvent(event);

    puts("-- a time-out, once");
    say("RegisterWaitForSingleObject", RegisterWaitForSingleObject(&wait, event, on_wait, done, 20, WT_EXECUTEONLYONCE));
    say_wait("the routine ran", WaitForSingleObject(done, 10000));
    say_wait("once", WaitForSingleObject(done, 80));
    printf("%ld signals, %ld time-outs\n", signals, timeouts);
    UnregisterWaitEx(wait, gone);
    say_wait("told by an event", WaitForSingleObject(gone, 10000));
    say("UnregisterWait of nothing", UnregisterWait(nullptr));

    puts("-- work items");
    for (int i = 0; i < 100; i++)
        QueueUserWorkItem(on_item, (PVOID)100, WT_EXECUTEDEFAULT);
    say_wait("all ran", WaitForSingleObject(done, 10000));
    printf("%ld\n", items);

    puts("-- completions");
    DWORD n;
    char buffer[8];
    OVERLAPPED o = {};
    HANDLE file = CreateFileA("bound.dat", GENERIC_READ | GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_FLAG_OVERLAPPED, nullptr);
    say("BindIoCompletionCallback", BindIoCompletionCallback(file, on_completion, 0));
    say("a second time", BindIoCompletionCallback(file, on_completion, 0));
    say("WriteFile", WriteFile(file, "12345678", 8, nullptr, &o));
    say_wait("the routine ran", WaitForSingleObject(done, 10000));
    say("ReadFile", ReadFile(file, buffer, 5, nullptr, &o));
    say_wait("the routine ran", WaitForSingleObject(done, 10000));
    say("GetOverlappedResult", GetOverlappedResult(file, &o, &n, FALSE));
    printf("%ld completions, %ld bytes\n", completions, completed_bytes);
    CloseHandle(file);
    file = CreateFileA("bound.dat", GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
    say("a synchronous instance", BindIoCompletionCallback(file, on_completion, 0));

    CloseHandle(file);
    CloseHandle(event);
    CloseHandle(gone);
    CloseHandle(done);
    DeleteFileA("bound.dat");
    return 0;
}
