/* DuplicateHandle with all its options, and what a duplicate shares and what it does not (contract 01 sections 1.1 to 1.4). */
#include "say.h"

static void flags_of(const char *what, HANDLE handle)
{
    DWORD flags = 4711;
    if (GetHandleInformation(handle, &flags))
        printf("%s: flags %lu\n", what, flags);
    else
        printf("%s: FALSE/%lu\n", what, GetLastError());
}

int main(void)
{
    HANDLE me = GetCurrentProcess(), process, event, copy, file, port, packets;
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    OVERLAPPED o = {0}, *done;
    ULONG_PTR key;
    char bytes[4];
    DWORD n;

    puts("-- processes: a pseudo-handle or a real one");
    say("a real handle of the process", DuplicateHandle(me, me, me, &process, 0, FALSE, DUPLICATE_SAME_ACCESS));
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    say("by it", DuplicateHandle(process, event, process, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    CloseHandle(copy);
    say("no source process", DuplicateHandle(NULL, event, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    say("no target process", DuplicateHandle(me, event, NULL, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    say("a source process that is none", DuplicateHandle(event, event, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));

    puts("-- the source is closed whatever the outcome");
    file = CreateFileA("dup.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, "0123456789", 10, &n, NULL);
    CloseHandle(file);
    file = CreateFileA("dup.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    say("more rights than it has", DuplicateHandle(me, file, me, &copy, GENERIC_WRITE, FALSE, DUPLICATE_CLOSE_SOURCE));
    say("it is closed", CloseHandle(file));
    say("only closing", DuplicateHandle(me, event, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS) &&
                            DuplicateHandle(me, copy, NULL, NULL, 0, FALSE, DUPLICATE_CLOSE_SOURCE));
    say("it is closed", CloseHandle(copy));

    puts("-- flags belong to the handle");
    file = CreateFileA("dup.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_EXISTING, 0, NULL);
    flags_of("inherited by its SECURITY_ATTRIBUTES", file);
    SetHandleInformation(file, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE);
    flags_of("protected", file);
    DuplicateHandle(me, file, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
    flags_of("a duplicate", copy);
    CloseHandle(copy);
    DuplicateHandle(me, file, me, &copy, 0, TRUE, DUPLICATE_SAME_ACCESS);
    flags_of("a duplicate to be inherited", copy);
    CloseHandle(copy);
    SetHandleInformation(file, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0);
    flags_of("not protected any more", file);

    puts("-- the two low bits do not count");
    say("ReadFile", ReadFile((HANDLE)((ULONG_PTR)file | 3), bytes, 1, &n, NULL));
    say("CloseHandle", CloseHandle((HANDLE)((ULONG_PTR)file | 1)));
    say("it is closed", CloseHandle(file));

    puts("-- rights of a duplicated event");
    DuplicateHandle(me, event, me, &copy, SYNCHRONIZE, FALSE, 0);
    say("SYNCHRONIZE, SetEvent", SetEvent(copy));
    say_wait("a wait", WaitForSingleObject(copy, 0));
    CloseHandle(copy);
    DuplicateHandle(me, event, me, &copy, EVENT_MODIFY_STATE, FALSE, 0);
    say("EVENT_MODIFY_STATE, SetEvent", SetEvent(copy));
    say_wait("a wait", WaitForSingleObject(copy, 0));
    CloseHandle(copy);
    DuplicateHandle(me, event, me, &copy, GENERIC_ALL, FALSE, 0);
    say("GENERIC_ALL, ResetEvent", ResetEvent(copy));
    say_wait("a wait", WaitForSingleObject(copy, 0));
    CloseHandle(copy);

    puts("-- a port lives with its last handle");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    say("a duplicate", DuplicateHandle(me, port, me, &packets, 0, FALSE, DUPLICATE_SAME_ACCESS));
    say("posted to it", PostQueuedCompletionStatus(packets, 1, 2, NULL));
    CloseHandle(packets);
    say("taken from the first", GetQueuedCompletionStatus(port, &n, &key, &done, 0));

    puts("-- both handles of a file report to its port, until the last is closed");
    file = CreateFileA("dup.dat", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    CreateIoCompletionPort(file, port, 77, 0);
    DuplicateHandle(me, file, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
    say_handle("a second port for the duplicate", CreateIoCompletionPort(copy, NULL, 78, 0));
    CloseHandle(file);
    say("ReadFile", ReadFile(copy, bytes, 3, NULL, &o));
    say("its packet", GetQueuedCompletionStatus(port, &n, &key, &done, 10000));
    printf("key %lu, %lu bytes, its OVERLAPPED: %s\n", (DWORD)key, n, done == &o ? "yes" : "no");
    CloseHandle(copy);

    puts("-- pseudo-handles need no closing");
    say("GetCurrentProcess", CloseHandle(GetCurrentProcess()));
    say("GetCurrentThread", CloseHandle(GetCurrentThread()));
    CloseHandle(port);
    CloseHandle(event);
    CloseHandle(process);
    DeleteFileA("dup.dat");
    return 0;
}
