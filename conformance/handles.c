/* Closing, duplicating, flags and types of handles (contract 01 section 1). */
#include "say.h"

static void type_of(const char *what, HANDLE handle)
{
    DWORD type;
    SetLastError(1234);
    type = GetFileType(handle);
    printf("%s: type %lu, last error %lu\n", what, type, GetLastError());
}

int main(void)
{
    HANDLE me = GetCurrentProcess();
    HANDLE event, copy, file, reader, nul, thread;
    DWORD flags, n;
    char byte;

    puts("-- closing");
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    say("an event", CloseHandle(event));
    say("again", CloseHandle(event));
    say("SetEvent on it", SetEvent(event));
    say("NULL", CloseHandle(NULL));
    say("a number that is none", CloseHandle((HANDLE)(ULONG_PTR)0xDEADBEE0));

    puts("-- duplicating");
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    say("an event", DuplicateHandle(me, event, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    SetEvent(copy);
    say_wait("set through the copy, waited for through the first", WaitForSingleObject(event, 0));
    CloseHandle(event);
    say_wait("the object lives with its last handle", WaitForSingleObject(copy, 0));
    say("closing the source", DuplicateHandle(me, copy, me, &event, 0, FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
    say("the target works", SetEvent(event)); /* it may have the number that the source had */
    say("closing the target", CloseHandle(event));
    say("the source is closed", CloseHandle(copy));
    say("a bad source", DuplicateHandle(me, (HANDLE)(ULONG_PTR)0xDEADBEE0, me, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
    say("the calling thread", DuplicateHandle(me, GetCurrentThread(), me, &thread, 0, FALSE, DUPLICATE_SAME_ACCESS));
    say_wait("which runs", WaitForSingleObject(thread, 0));
    CloseHandle(thread);

    puts("-- rights of a duplicate");
    file = CreateFileA("handles.dat", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    say("fewer", DuplicateHandle(me, file, me, &reader, GENERIC_READ, FALSE, 0));
    say("writing with them", WriteFile(reader, "x", 1, &n, NULL));
    say("more than the source has", DuplicateHandle(me, reader, me, &copy, GENERIC_READ | GENERIC_WRITE, FALSE, 0));
    say("reading with them", ReadFile(reader, &byte, 1, &n, NULL));

    puts("-- flags");
    say("GetHandleInformation", GetHandleInformation(file, &flags));
    printf("flags %lu\n", flags);
    say("SetHandleInformation", SetHandleInformation(file, HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE, 3));
    GetHandleInformation(file, &flags);
    printf("flags %lu\n", flags);
    GetHandleInformation(reader, &flags);
    printf("flags of the duplicate %lu\n", flags);
    say("closing what is protected", CloseHandle(file));
    say("taking both back", SetHandleInformation(file, HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
    say("a bad handle", GetHandleInformation(NULL, &flags));

    puts("-- types");
    type_of("file", file);
    nul = CreateFileA("NUL", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    type_of("NUL", nul);
    event = CreateEventA(NULL, TRUE, FALSE, NULL);
    type_of("event", event);
    type_of("nothing", NULL);

    CloseHandle(event);
    CloseHandle(nul);
    CloseHandle(reader);
    say("closing the file", CloseHandle(file));
    DeleteFileA("handles.dat");
    return 0;
}
