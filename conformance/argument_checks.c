/* What ReadFile and WriteFile look at first (contract 02 section 13), and what a refused request leaves alone (00 section 0.4). */
#include "say.h"

static char buffer[64];

static OVERLAPPED at(DWORD low, DWORD high)
{
    OVERLAPPED o;
    ZeroMemory(&o, sizeof o);
    o.Offset = low;
    o.OffsetHigh = high;
    return o;
}

static void transfer(const char *what, HANDLE file, BOOL write, void *memory, DWORD bytes, OVERLAPPED *o)
{
    DWORD n = 4711, error;
    BOOL ok;
    SetLastError(1234);
    ok = write ? WriteFile(file, memory, bytes, &n, o) : ReadFile(file, memory, bytes, &n, o);
    error = GetLastError();
    if (!ok && error == ERROR_IO_PENDING) {
        printf("%s: pending, count %lu", what, n);
        ok = GetOverlappedResult(file, o, &n, TRUE);
        if (ok)
            printf(", then TRUE, %lu bytes\n", n);
        else
            printf(", then FALSE/%lu, %lu bytes\n", GetLastError(), n);
    } else if (ok)
        printf("%s: TRUE, %lu bytes, last error %lu\n", what, n, error);
    else
        printf("%s: FALSE/%lu, %lu bytes\n", what, error, n);
}

static HANDLE open_it(DWORD access, DWORD flags)
{
    return CreateFileA("checks.dat", access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_ALWAYS, flags, NULL);
}

int main(void)
{
    HANDLE event = CreateEventA(NULL, TRUE, TRUE, NULL);
    HANDLE sync = open_it(GENERIC_READ | GENERIC_WRITE, 0), both = open_it(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
    HANDLE reader = open_it(GENERIC_READ, FILE_FLAG_OVERLAPPED), query = open_it(0, FILE_FLAG_OVERLAPPED);
    OVERLAPPED o;
    char *page = (char *)VirtualAlloc(NULL, 4096, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    DWORD old;

    transfer("filling", sync, TRUE, (void *)"0123456789", 10, NULL);
    puts("-- the handle");
    transfer("NULL, no buffer", NULL, FALSE, NULL, 5, NULL);
    transfer("an event, no buffer", event, TRUE, NULL, 5, NULL);
    puts("-- then the rights");
    transfer("reading, no right, no buffer", query, FALSE, NULL, 5, NULL);
    transfer("writing, no right, nothing to write", reader, TRUE, NULL, 0, NULL);
    o = at(0, 0);
    o.hEvent = (HANDLE)(ULONG_PTR)0xDEADBEE0;
    transfer("reading, no right, no event", query, FALSE, buffer, 1, &o);
    transfer("writing, no right, no event", reader, TRUE, buffer, 1, &o);
    puts("-- then the OVERLAPPED and its event");
    transfer("without one", reader, FALSE, NULL, 5, NULL);
    transfer("without one, nothing to read", reader, FALSE, NULL, 0, NULL);
    transfer("an event that is none", reader, FALSE, buffer, 1, &o);
    o.hEvent = sync;
    transfer("a file for an event", reader, FALSE, buffer, 1, &o);
    DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &o.hEvent, SYNCHRONIZE, FALSE, 0);
    transfer("an event that may only be waited for", reader, FALSE, buffer, 1, &o);
    CloseHandle(o.hEvent);
    puts("-- then the length");
    o = at(0xFFFFFFF0, 0xFFFFFFFF);
    transfer("nothing to read, wherever", reader, FALSE, NULL, 0, &o);
    o = at(0xFFFFFFF0, 0xFFFFFFFF);
    transfer("nothing to write, wherever", both, TRUE, NULL, 0, &o);
    puts("-- then the buffer");
    o = at(0xFFFFFFF0, 0xFFFFFFFF);
    transfer("reading to NULL", reader, FALSE, NULL, 5, &o);
    transfer("writing from NULL", both, TRUE, NULL, 5, &o);
    transfer("a buffer that is too long", sync, FALSE, page, 0xFFFFFFFF, NULL);
    VirtualProtect(page, 4096, PAGE_READONLY, &old);
    transfer("reading to memory that cannot be written", sync, FALSE, page, 5, NULL);
    o = at(0, 0);
    transfer("writing from it", sync, TRUE, (void *)"0123456789", 10, &o);
    puts("-- then the place");
    o = at(0xFFFFFFF0, 0xFFFFFFFF);
    transfer("reading", reader, FALSE, buffer, 5, &o);
    o = at(0xFFFFFFF0, 0xFFFFFFFF);
    transfer("writing", both, TRUE, buffer, 5, &o);
    o = at(0xFFFFFFF0, 0x7FFFFFFF);
    transfer("writing across the last place", sync, TRUE, buffer, 32, &o);
    o = at(0xFFFFFF00, 0x7FFFFFFF);
    transfer("reading before it", sync, FALSE, buffer, 32, &o);
    puts("-- then the locks");
    LockFile(sync, 0, 0, 5, 0);
    o = at(0, 0);
    transfer("no buffer", both, FALSE, NULL, 5, &o);
    o = at(0, 0);
    transfer("reading", both, FALSE, buffer, 5, &o);
    o = at(4, 0);
    transfer("across", both, TRUE, buffer, 5, &o);
    o = at(5, 0);
    transfer("behind", both, FALSE, buffer, 3, &o);
    o = at(0xFFFFFFFF, 0xFFFFFFFF);
    transfer("appending", both, TRUE, (void *)"ab", 2, &o);
    printf("size %lu\n", GetFileSize(sync, NULL));

    puts("-- a request that is refused by a lock has begun");
    o = at(0, 0);
    o.hEvent = event;
    o.InternalHigh = 77;
    transfer("reading", both, FALSE, buffer, 5, &o);
    printf("Internal %lX, InternalHigh %lu\n", (DWORD)o.Internal, (DWORD)o.InternalHigh);
    say_wait("its event", WaitForSingleObject(event, 0));
    UnlockFile(sync, 0, 0, 5, 0);

    puts("-- beyond 4 GiB");
    o = at(5, 2);
    transfer("writing", sync, TRUE, (void *)"far", 3, &o);
    o = at(6, 2);
    transfer("reading", both, FALSE, buffer, 9, &o);
    printf("'%.2s'\n", buffer);
    o = at(8, 2);
    transfer("at the end", both, FALSE, buffer, 9, &o);

    CloseHandle(query);
    CloseHandle(reader);
    CloseHandle(both);
    CloseHandle(sync);
    CloseHandle(event);
    VirtualFree(page, 0, MEM_RELEASE);
    DeleteFileA("checks.dat");
    return 0;
}
