/* Copies a file through a completion port: eight requests of 256 KiB on their way, each taken up again by whoever gets its packet.
 * A Windows program: it is built unchanged by `ovl cc`.
 *
 *     copier FROM TO
 *
 * For each line it copies once and answers with the number of bytes. */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK (256 * 1024)
#define DEPTH 8
#define READ 1
#define WRITTEN 2

typedef struct {
    OVERLAPPED overlapped; /* first: a pointer to it is one to the whole */
    char *buffer;
} REQUEST;

static REQUEST requests[DEPTH];

static void fail(const char *what)
{
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static HANDLE open(const char *name, DWORD access, DWORD disposition, DWORD flags)
{
    HANDLE file = CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, disposition, FILE_FLAG_OVERLAPPED | flags, NULL);
    if (file == INVALID_HANDLE_VALUE)
        fail(name);
    return file;
}

static void read_next(HANDLE file, REQUEST *request, ULONGLONG offset)
{
    memset(&request->overlapped, 0, sizeof request->overlapped);
    request->overlapped.Offset = (DWORD)offset;
    request->overlapped.OffsetHigh = (DWORD)(offset >> 32);
    if (!ReadFile(file, request->buffer, CHUNK, NULL, &request->overlapped) && GetLastError() != ERROR_IO_PENDING)
        fail("ReadFile");
}

static void write_back(HANDLE file, REQUEST *request, DWORD bytes)
{
    DWORD offset = request->overlapped.Offset, high = request->overlapped.OffsetHigh;
    memset(&request->overlapped, 0, sizeof request->overlapped);
    request->overlapped.Offset = offset;
    request->overlapped.OffsetHigh = high;
    if (!WriteFile(file, request->buffer, bytes, NULL, &request->overlapped) && GetLastError() != ERROR_IO_PENDING)
        fail("WriteFile");
}

static ULONGLONG copy(const char *from, const char *to)
{
    HANDLE source = open(from, GENERIC_READ, OPEN_EXISTING, FILE_FLAG_SEQUENTIAL_SCAN);
    HANDLE target = open(to, GENERIC_WRITE, OPEN_ALWAYS, 0);
    HANDLE port = CreateIoCompletionPort(source, NULL, READ, 1);
    LARGE_INTEGER size, there;
    ULONGLONG next = 0, left;
    int i;
    if (!port || !CreateIoCompletionPort(target, port, WRITTEN, 1))
        fail("CreateIoCompletionPort");
    if (!GetFileSizeEx(source, &size))
        fail("GetFileSizeEx");
    left = (size.QuadPart + CHUNK - 1) / CHUNK;
    for (i = 0; i < DEPTH && next < (ULONGLONG)size.QuadPart; i++, next += CHUNK)
        read_next(source, &requests[i], next);
    while (left > 0) {
        DWORD bytes;
        ULONG_PTR key;
        LPOVERLAPPED done;
        if (!GetQueuedCompletionStatus(port, &bytes, &key, &done, INFINITE))
            fail("GetQueuedCompletionStatus");
        if (key == READ) {
            write_back(target, (REQUEST *)done, bytes);
        } else {
            left--;
            if (next < (ULONGLONG)size.QuadPart) {
                read_next(source, (REQUEST *)done, next);
                next += CHUNK;
            }
        }
    }
    if (!GetFileSizeEx(target, &there))
        fail("GetFileSizeEx");
    if (there.QuadPart != size.QuadPart && (!SetFilePointerEx(target, size, NULL, FILE_BEGIN) || !SetEndOfFile(target)))
        fail("SetEndOfFile");
    CloseHandle(source);
    CloseHandle(target);
    CloseHandle(port);
    return size.QuadPart;
}

int main(int argc, char **argv)
{
    char line[64];
    int i;
    if (argc != 3)
        return 2;
    for (i = 0; i < DEPTH; i++) {
        requests[i].buffer = (char *)VirtualAlloc(NULL, CHUNK, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        if (!requests[i].buffer)
            fail("VirtualAlloc");
    }
    while (fgets(line, sizeof line, stdin)) {
        printf("%I64u\n", copy(argv[1], argv[2]));
        fflush(stdout);
    }
    return 0;
}
