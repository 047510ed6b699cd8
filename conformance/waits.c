/* Waiting for one, for any and for all: indices, what is consumed, limits, failures (contract 04 section 8). */
#include "say.h"

static DWORD WINAPI set_both(LPVOID pair)
{
    HANDLE *events = (HANDLE *)pair;
    SetEvent(events[0]);
    Sleep(50);
    SetEvent(events[1]);
    return 0;
}

int main(void)
{
    HANDLE h[MAXIMUM_WAIT_OBJECTS + 1], pair[2], twice[2], thread, file;
    DWORD i;

    for (i = 0; i <= MAXIMUM_WAIT_OBJECTS; i++)
        h[i] = CreateEventA(NULL, FALSE, FALSE, NULL);

    puts("-- one");
    say_wait("not signalled", WaitForSingleObject(h[0], 0));
    SetEvent(h[0]);
    say_wait("signalled", WaitForSingleObject(h[0], INFINITE));
    say_wait("consumed", WaitForSingleObject(h[0], 10));
    SetLastError(1234);
    WaitForSingleObject(h[0], 0);
    printf("a timeout leaves the last error alone: %lu\n", GetLastError());

    puts("-- any: the lowest index, and only that one is consumed");
    SetEvent(h[3]);
    SetEvent(h[1]);
    say_wait("1 and 3 are set", WaitForMultipleObjects(5, h, FALSE, INFINITE));
    say_wait("3 is set", WaitForMultipleObjects(5, h, FALSE, INFINITE));
    say_wait("none is set", WaitForMultipleObjects(5, h, FALSE, 0));
    twice[0] = twice[1] = h[0];
    SetEvent(h[0]);
    say_wait("the same twice", WaitForMultipleObjects(2, twice, FALSE, 0));

    puts("-- all: nothing is consumed until all can be");
    pair[0] = h[0];
    pair[1] = h[1];
    SetEvent(h[0]);
    say_wait("one of two", WaitForMultipleObjects(2, pair, TRUE, 20));
    say_wait("it is still set", WaitForSingleObject(h[0], 0));
    thread = CreateThread(NULL, 0, set_both, pair, 0, NULL);
    say_wait("both, one after the other", WaitForMultipleObjects(2, pair, TRUE, INFINITE));
    say_wait("both are consumed", WaitForMultipleObjects(2, pair, FALSE, 0));
    say_wait("the thread", WaitForSingleObject(thread, INFINITE));
    say_wait("which stays signalled", WaitForSingleObject(thread, 0));
    CloseHandle(thread);
    say_wait("the same twice", WaitForMultipleObjects(2, twice, TRUE, 0));

    puts("-- 64 objects");
    SetEvent(h[63]);
    say_wait("the last one", WaitForMultipleObjects(64, h, FALSE, INFINITE));
    for (i = 0; i < 64; i++)
        SetEvent(h[i]);
    say_wait("all", WaitForMultipleObjects(64, h, TRUE, INFINITE));
    say_wait("none is left", WaitForMultipleObjects(64, h, FALSE, 0));
    say_wait("65", WaitForMultipleObjects(65, h, FALSE, 0));
    say_wait("0", WaitForMultipleObjects(0, h, FALSE, 0));

    puts("-- handles");
    say_wait("NULL", WaitForSingleObject(NULL, 0));
    pair[1] = NULL;
    say_wait("NULL among others", WaitForMultipleObjects(2, pair, FALSE, 0));
    say_wait("the calling thread", WaitForSingleObject(GetCurrentThread(), 0));
    say_wait("the calling process", WaitForSingleObject(GetCurrentProcess(), 0));
    pair[1] = GetCurrentThread();
    say_wait("a pseudo-handle among others", WaitForMultipleObjects(2, pair, FALSE, 0));
    SetEvent(h[0]);
    say_wait("the two low bits do not count", WaitForSingleObject((HANDLE)((ULONG_PTR)h[0] | 3), 0));
    file = CreateFileA("waits.dat", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    say_wait("a file", WaitForSingleObject(file, 0));
    CloseHandle(file);
    DuplicateHandle(GetCurrentProcess(), h[0], GetCurrentProcess(), &pair[1], EVENT_MODIFY_STATE, FALSE, 0);
    say_wait("without SYNCHRONIZE", WaitForSingleObject(pair[1], 0));
    say("SetEvent with EVENT_MODIFY_STATE", SetEvent(pair[1]));
    CloseHandle(pair[1]);

    for (i = 0; i <= MAXIMUM_WAIT_OBJECTS; i++)
        CloseHandle(h[i]);
    return 0;
}
