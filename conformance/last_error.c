/* The last error: per thread, apart from errno, left alone by success (contract 00 section 0.3). */
#include "say.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    HANDLE event, again, file;
    FILE *missing;
    OVERLAPPED o = {0};
    ULONG_PTR key;
    OVERLAPPED *done;
    char *copy;
    DWORD n;

    puts("-- apart from errno");
    CloseHandle(CreateEventA(NULL, TRUE, FALSE, NULL));
    errno = 0;
    SetLastError(1234);
    printf("SetLastError: errno %d\n", errno);
    CloseHandle(NULL);
    printf("a failed call: last error %lu, errno %d\n", GetLastError(), errno);
    CreateFileA("no such file", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    printf("another: last error %lu, errno %d\n", GetLastError(), errno);
    errno = ENOENT;
    SetLastError(1234);
    say_wait("a wait that ends at once", WaitForSingleObject(GetCurrentProcess(), 0));
    printf("errno %d, last error %lu\n", errno == ENOENT, GetLastError());
    missing = fopen("no such file", "rb");
    printf("fopen: %s, errno is ENOENT: %d\n", missing ? "opened" : "NULL", errno == ENOENT);
    SetLastError(4321);
    copy = (char *)malloc(100);
    memset(copy, 0, 100);
    free(copy);
    printf("after malloc and free: %lu\n", GetLastError());
    SetLastError(0xE0000001);
    printf("any 32 bits: %lX\n", GetLastError());

    puts("-- success leaves it alone");
    event = CreateEventA(NULL, TRUE, TRUE, NULL);
    file = CreateFileA("error.dat", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, 0, NULL);
    SetLastError(1234);
    SetEvent(event);
    WaitForSingleObject(event, 0);
    ResetEvent(event);
    WaitForSingleObject(event, 0);
    SleepEx(0, TRUE);
    WriteFile(file, "abc", 3, &n, NULL);
    SetEndOfFile(file);
    DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &again, 0, FALSE, DUPLICATE_SAME_ACCESS);
    CloseHandle(again);
    HasOverlappedIoCompleted(&o);
    printf("last error %lu\n", GetLastError());

    puts("-- but some set it");
    again = CreateEventA(NULL, TRUE, TRUE, NULL);
    printf("CreateEvent: %lu\n", GetLastError());
    CloseHandle(again);
    SetLastError(1234);
    GetFileType(file);
    printf("GetFileType: %lu\n", GetLastError());
    CloseHandle(file);
    SetLastError(1234);
    file = CreateFileA("error.dat", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    printf("CreateFile: %lu\n", GetLastError());
    CloseHandle(file);

    puts("-- a port's time-out");
    file = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    SetLastError(1234);
    GetQueuedCompletionStatus(file, &n, &key, &done, 0);
    printf("last error %lu\n", GetLastError());

    CloseHandle(file);
    CloseHandle(event);
    DeleteFileA("error.dat");
    return 0;
}
