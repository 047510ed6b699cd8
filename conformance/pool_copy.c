/* A file copied by a pool of 2 x CPUs threads on one port: key tells source from target, the structure around the OVERLAPPED
 * which buffer (founding document 5.4.2; contract 06 sections 9 and 10). */
#include <windows.h>
#include <stdio.h>
#include <string.h>

#define CK_READ 1
#define CK_WRITE 2
#define BLOCK 65536
#define BUFFERS 8
#define FILE_BYTES (300 * BLOCK + 4321)

typedef struct {
    OVERLAPPED o; /* first, so that the OVERLAPPED's address is the structure's */
    BYTE *data;
} TRANSFER;

static HANDLE port, source, target, all_done;
static volatile LONG next_block = 0, blocks_left, errors = 0;
static volatile LONG reads = 0, writes = 0, threads_used = 0;

/* Reads the next block that nobody has taken into this buffer. */
static void read_next(TRANSFER *t)
{
    LONG block = InterlockedIncrement(&next_block) - 1;
    if ((LONGLONG)block * BLOCK >= FILE_BYTES)
        return;
    t->o.Offset = (DWORD)block * BLOCK;
    t->o.OffsetHigh = 0;
    if (!ReadFile(source, t->data, BLOCK, NULL, &t->o) && GetLastError() != ERROR_IO_PENDING)
        InterlockedIncrement(&errors);
}

static DWORD WINAPI pool_thread(LPVOID unused)
{
    DWORD bytes, handled = 0;
    ULONG_PTR key;
    OVERLAPPED *o;
    (void)unused;
    for (;;) {
        BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &o, INFINITE);
        TRANSFER *t = (TRANSFER *)o;
        if (ok && o == NULL)
            break; /* told to end */
        if (!ok) {
            InterlockedIncrement(&errors);
            SetEvent(all_done);
            break;
        }
        if (handled++ == 0)
            InterlockedIncrement(&threads_used);
        switch (key) {
        case CK_READ:
            InterlockedIncrement(&reads);
            if (!WriteFile(target, t->data, bytes, NULL, &t->o) && GetLastError() != ERROR_IO_PENDING)
                InterlockedIncrement(&errors);
            break;
        case CK_WRITE:
            InterlockedIncrement(&writes);
            if (InterlockedDecrement(&blocks_left) == 0)
                SetEvent(all_done);
            else
                read_next(t);
            break;
        }
    }
    return 0;
}

static BYTE pattern(DWORD at)
{
    return (BYTE)(at ^ (at >> 8) * 31 ^ (at >> 16) * 7);
}

static int same(const char *name)
{
    static BYTE buffer[BLOCK];
    DWORD at = 0, n, i;
    HANDLE file = CreateFileA(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN, NULL);
    while (ReadFile(file, buffer, BLOCK, &n, NULL) && n > 0)
        for (i = 0; i < n; i++)
            if (buffer[i] != pattern(at++)) {
                CloseHandle(file);
                return 0;
            }
    CloseHandle(file);
    return at == FILE_BYTES;
}

int main(void)
{
    static BYTE block[BLOCK];
    SYSTEM_INFO system;
    HANDLE threads[MAXIMUM_WAIT_OBJECTS];
    TRANSFER transfers[BUFFERS];
    DWORD count, i, n, at;

    source = CreateFileA("pool.src", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    for (at = 0; at < FILE_BYTES; at += n) {
        n = FILE_BYTES - at < BLOCK ? FILE_BYTES - at : BLOCK;
        for (i = 0; i < n; i++)
            block[i] = pattern(at + i);
        WriteFile(source, block, n, &n, NULL);
    }
    CloseHandle(source);

    GetSystemInfo(&system);
    count = system.dwNumberOfProcessors * 2;
    if (count > MAXIMUM_WAIT_OBJECTS)
        count = MAXIMUM_WAIT_OBJECTS;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    all_done = CreateEventA(NULL, TRUE, FALSE, NULL);
    source = CreateFileA("pool.src", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    target = CreateFileA("pool.dst", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_OVERLAPPED, NULL);
    if (CreateIoCompletionPort(source, port, CK_READ, 0) != port || CreateIoCompletionPort(target, port, CK_WRITE, 0) != port)
        printf("association failed: %lu\n", GetLastError());
    for (i = 0; i < count; i++)
        threads[i] = CreateThread(NULL, 0, pool_thread, NULL, 0, NULL);

    blocks_left = (FILE_BYTES + BLOCK - 1) / BLOCK;
    memset(transfers, 0, sizeof transfers);
    for (i = 0; i < BUFFERS; i++) {
        transfers[i].data = (BYTE *)VirtualAlloc(NULL, BLOCK, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
        read_next(&transfers[i]);
    }
    WaitForSingleObject(all_done, INFINITE);
    for (i = 0; i < count; i++)
        PostQueuedCompletionStatus(port, 0, 0, NULL);
    printf("pool ended: %s\n", WaitForMultipleObjects(count, threads, TRUE, 10000) == WAIT_OBJECT_0 ? "yes" : "no");
    printf("%ld reads, %ld writes, %ld errors\n", reads, writes, errors);
    printf("threads that worked: %s\n", threads_used >= 1 && threads_used <= (LONG)count ? "as many as needed" : "impossible");

    for (i = 0; i < count; i++)
        CloseHandle(threads[i]);
    for (i = 0; i < BUFFERS; i++)
        VirtualFree(transfers[i].data, 0, MEM_RELEASE);
    CloseHandle(source);
    CloseHandle(target);
    CloseHandle(port);
    CloseHandle(all_done);
    printf("the copy is the same: %s\n", same("pool.dst") ? "yes" : "no");
    DeleteFileA("pool.src");
    DeleteFileA("pool.dst");
    return 0;
}
