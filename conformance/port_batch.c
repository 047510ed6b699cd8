/* GetQueuedCompletionStatusEx: batches, failures inside them, time-outs (contract 06 section 3). */
#include "say.h"

static OVERLAPPED_ENTRY entries[16];

static void take(HANDLE port, ULONG room, DWORD ms)
{
    ULONG got = 0, i;
    BOOL ok = GetQueuedCompletionStatusEx(port, entries, room, &got, ms, FALSE);
    if (!ok) {
        printf("FALSE/%lu\n", GetLastError());
        return;
    }
    printf("TRUE, %lu:", got);
    for (i = 0; i < got; i++)
        printf(" (key %lu, %lu bytes, status %08lX)", (DWORD)entries[i].lpCompletionKey, entries[i].dwNumberOfBytesTransferred,
               (DWORD)entries[i].Internal);
    printf("\n");
}

int main(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), file;
    OVERLAPPED good = {0}, bad = {0};
    char buffer[16], other[16];
    DWORD i, n;

    puts("-- empty");
    take(port, 16, 0);
    take(port, 16, 20);

    puts("-- seven packets, room for five");
    for (i = 1; i <= 7; i++)
        PostQueuedCompletionStatus(port, i * 10, i, NULL);
    take(port, 5, INFINITE);
    take(port, 5, INFINITE);
    take(port, 5, 0);

    puts("-- room for none");
    PostQueuedCompletionStatus(port, 1, 1, NULL);
    take(port, 0, 0);
    take(port, 1, 0);

    puts("-- a failed request is TRUE here: its status tells");
    file = CreateFileA("batch.dat", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, "12345678", 8, &n, NULL);
    CloseHandle(file);
    file = CreateFileA("batch.dat", GENERIC_READ, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    CreateIoCompletionPort(file, port, 9, 0);
    ReadFile(file, buffer, 8, NULL, &good);
    take(port, 16, 10000);
    printf("its OVERLAPPED: %s\n", entries[0].lpOverlapped == &good ? "yes" : "no");
    bad.Offset = 100;
    ReadFile(file, other, 8, NULL, &bad);
    take(port, 16, 10000);
    say("GetOverlappedResult", GetOverlappedResult(file, entries[0].lpOverlapped, &n, FALSE));

    puts("-- refused");
    take(NULL, 16, 0);
    take(file, 16, 0);

    CloseHandle(file);
    CloseHandle(port);
    DeleteFileA("batch.dat");
    return 0;
}
