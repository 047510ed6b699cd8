/* Thousands of requests at once on one pipe: each is found by its OVERLAPPED, in whatever order, ends once, and the others stay
   (contract 03 sections 2, 3, 8 and 9, 06 section 4). */
#include "say.h"
#include <stdlib.h>
#include <string.h>

#define NAME "\\\\.\\pipe\\overlapped_many"
#define MANY 5000

static OVERLAPPED requests[MANY];
static int packets[MANY];
static char room[MANY];

static int pending(void)
{
    int i, n = 0;
    for (i = 0; i < MANY; ++i)
        n += !HasOverlappedIoCompleted(&requests[i]);
    return n;
}

/* Takes what is there; how many came a second time or were not asked for. */
static int take(HANDLE port, DWORD error)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *which;
    int wrong = 0;
    while (GetQueuedCompletionStatus(port, &bytes, &key, &which, 0) || which != NULL) {
        int ok = which->Internal == 0;
        wrong += which < requests || which >= requests + MANY || packets[which - requests]++ != 0;
        wrong += ok ? bytes != 1 || error != 0 : bytes != 0 || error != GetLastError();
    }
    return wrong;
}

int main(void)
{
    HANDLE server, client, port;
    OVERLAPPED write;
    static char data[MANY];
    DWORD n;
    int i, found = 0, again = 0, wrong = 0, filled = 0;

    server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, MANY, MANY, 0, NULL);
    client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    port = CreateIoCompletionPort(server, NULL, 1, 0);
    say_handle("port", port);
    for (i = 0; i < MANY; ++i)
        if (ReadFile(server, &room[i], 1, NULL, &requests[i]) || GetLastError() != ERROR_IO_PENDING)
            ++wrong;
    printf("%d reads wait, %d do not\n", pending(), wrong);

    /* Every third one, far from each other: 7919 and 5000 have no common divisor. */
    for (i = 0; i < MANY; i += 3) {
        OVERLAPPED *which = &requests[i * 7919 % MANY];
        found += CancelIoEx(server, which);
        again += CancelIoEx(server, which) || GetLastError() != ERROR_NOT_FOUND;
    }
    printf("%d cancelled, %d of them twice, %d wait\n", found, again, pending());
    wrong = take(port, ERROR_OPERATION_ABORTED);
    for (i = 0; i < MANY; ++i)
        wrong += packets[i * 7919 % MANY] != (i % 3 == 0);
    printf("%d packets are wrong\n", wrong);

    /* A thousand bytes for the thousand oldest of the others, one each. */
    for (i = 0; i < MANY; ++i)
        data[i] = (char)('a' + i % 26);
    memset(&write, 0, sizeof write);
    say("1000 bytes", WriteFile(client, data, 1000, &n, &write));
    wrong = take(port, 0);
    for (i = 0; i < MANY; ++i)
        if (requests[i].Internal == 0)
            wrong += room[i] != data[filled++];
    printf("%d reads have a byte, %d are wrong, %d wait\n", filled, wrong, pending());

    /* They are reused at once. */
    found = again = 0;
    for (i = MANY - 1; i >= 0; --i)
        if (requests[i].Internal == 0) {
            memset(&requests[i], 0, sizeof requests[i]);
            packets[i] = 0;
            found += !ReadFile(server, &room[i], 1, NULL, &requests[i]) && GetLastError() == ERROR_IO_PENDING;
        }
    printf("%d again, %d wait\n", found, pending());
    for (found = i = 0; i < MANY; ++i)
        found += CancelIoEx(server, &requests[i]);
    printf("%d cancelled, %d wait\n", found, pending());
    wrong = take(port, ERROR_OPERATION_ABORTED);
    for (i = 0; i < MANY; ++i)
        wrong += packets[i] != 1;
    printf("%d packets are wrong\n", wrong);

    memset(packets, 0, sizeof packets);
    memset(requests, 0, sizeof requests);
    for (i = 0; i < MANY; ++i)
        ReadFile(server, &room[i], 1, NULL, &requests[i]);
    printf("%d wait\n", pending());
    say("CloseHandle", CloseHandle(server));
    for (i = 0; i < 10000 && pending() != 0; i += 10)
        Sleep(10);
    wrong = take(port, ERROR_BROKEN_PIPE);
    for (i = 0; i < MANY; ++i)
        wrong += packets[i] != 1;
    printf("closed: %d wait, %d packets are wrong\n", pending(), wrong);
    CloseHandle(client);
    CloseHandle(port);
    return 0;
}
