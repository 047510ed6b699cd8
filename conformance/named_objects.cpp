// Named objects, by both kinds of characters: one name space, case-sensitive, gone with the last handle (contract 04 section 2).
#include "say.h"
#include <string>

// Names that no other process has.
static std::string name_of(const char *name)
{
    char text[80];
    sprintf(text, "Local\\Overlapped conformance %lu %s", GetCurrentProcessId(), name);
    return text;
}

static HANDLE created(const char *what, HANDLE handle)
{
    DWORD error = GetLastError();
    say_handle(what, handle);
    if (handle)
        printf("  last error %lu\n", error);
    return handle;
}

// Takes the mutex of that name, twice, and ends with it.
static DWORD WINAPI take_and_end(LPVOID name)
{
    HANDLE mutex = OpenMutexA(MUTEX_ALL_ACCESS, FALSE, static_cast<const char *>(name));
    WaitForSingleObject(mutex, INFINITE);
    WaitForSingleObject(mutex, INFINITE);
    CloseHandle(mutex);
    return 7;
}

int main()
{
    const std::string name = name_of("event"), other_case = name_of("EVENT");
    const std::wstring wide(name.begin(), name.end());

    SetLastError(1234);
    HANDLE first = created("create", CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
    HANDLE second = created("create again, as auto-reset and set", CreateEventW(nullptr, FALSE, TRUE, wide.c_str()));
    say_wait("the arguments were ignored", WaitForSingleObject(second, 0));
    SetEvent(second);
    say_wait("one object", WaitForSingleObject(first, 0));
    say_wait("manual-reset", WaitForSingleObject(first, 0));
    HANDLE third = created("another case is another name", CreateEventA(nullptr, TRUE, FALSE, other_case.c_str()));
    created("another type", CreateMutexA(nullptr, FALSE, name.c_str()));
    created("another type", CreateSemaphoreA(nullptr, 0, 1, name.c_str()));
    HANDLE empty = created("an empty name is none", CreateEventA(nullptr, TRUE, FALSE, ""));
    HANDLE unnamed = created("nor for another type", CreateMutexW(nullptr, FALSE, L""));
    CloseHandle(unnamed);
    CloseHandle(empty);

    puts("-- open");
    HANDLE opened = OpenEventW(EVENT_ALL_ACCESS, FALSE, wide.c_str());
    say_handle("open", opened);
    say_wait("the same object", WaitForSingleObject(opened, 0));
    say_handle("another type", OpenMutexA(MUTEX_ALL_ACCESS, FALSE, name.c_str()));
    say_handle("missing", OpenEventA(EVENT_ALL_ACCESS, FALSE, name_of("missing").c_str()));
    say_handle("no name", OpenEventA(EVENT_ALL_ACCESS, FALSE, nullptr));
    say_handle("an empty name", OpenEventA(EVENT_ALL_ACCESS, FALSE, ""));
    HANDLE waits_only = OpenEventA(SYNCHRONIZE, FALSE, name.c_str());
    say_handle("to wait only", waits_only);
    say("setting it", SetEvent(waits_only));

    puts("-- gone with the last handle");
    CloseHandle(waits_only);
    CloseHandle(opened);
    CloseHandle(third);
    CloseHandle(second);
    opened = OpenEventA(EVENT_ALL_ACCESS, FALSE, name.c_str());
    say_handle("one handle left", opened);
    CloseHandle(opened);
    CloseHandle(first);
    say_handle("none left", OpenEventA(EVENT_ALL_ACCESS, FALSE, name.c_str()));

    puts("-- a mutex, a semaphore, a timer");
    HANDLE mutex = created("mutex", CreateMutexA(nullptr, TRUE, name.c_str()));
    HANDLE again = created("mutex again", CreateMutexA(nullptr, TRUE, name.c_str()));
    ReleaseMutex(mutex);
    say("owned once", ReleaseMutex(again));
    HANDLE thread = CreateThread(nullptr, 0, take_and_end, const_cast<char *>(name.c_str()), 0, nullptr);
    say_wait("a thread takes it and ends", WaitForSingleObject(thread, 10000));
    CloseHandle(thread);
    say_wait("abandoned", WaitForSingleObject(mutex, 10000));
    say_wait("once", WaitForSingleObject(again, 0));
    ReleaseMutex(mutex);
    ReleaseMutex(mutex);
    say("nobody's", ReleaseMutex(mutex));
    CloseHandle(mutex);
    CloseHandle(again);
    HANDLE semaphore = created("semaphore", CreateSemaphoreA(nullptr, 1, 1, name.c_str()));
    again = OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, name.c_str());
    say_handle("semaphore again", again);
    say_wait("take", WaitForSingleObject(again, 0));
    say_wait("taken", WaitForSingleObject(semaphore, 0));
    CloseHandle(semaphore);
    CloseHandle(again);
    HANDLE timer = created("timer", CreateWaitableTimerA(nullptr, TRUE, name.c_str()));
    created("an event of that name", CreateEventA(nullptr, TRUE, FALSE, name.c_str()));
    CloseHandle(timer);
    return 0;
}
