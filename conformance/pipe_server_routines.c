/* A pipe server with completion routines (contract 05 section 2, 07 section 1.5). */
#include "say.h"
#include <string.h>

#define NAME "\\\\.\\pipe\\overlapped_routines"

typedef struct { OVERLAPPED overlapped; HANDLE pipe; char buffer[64]; DWORD bytes; } CONNECTION;

static int served, finished;
static void WINAPI has_written(DWORD error, DWORD bytes, LPOVERLAPPED overlapped);

static void WINAPI has_read(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    CONNECTION *connection = (CONNECTION *)overlapped;
    if (error == 0 && bytes > 0) {
        connection->bytes = bytes;
        if (WriteFileEx(connection->pipe, connection->buffer, bytes, overlapped, has_written))
            return;
        error = GetLastError();
    }
    if (error != ERROR_BROKEN_PIPE)
        printf("a read: error %lu, %lu bytes\n", error, bytes);
    DisconnectNamedPipe(connection->pipe);
    CloseHandle(connection->pipe);
    HeapFree(GetProcessHeap(), 0, connection);
    finished++;
}

static void WINAPI has_written(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    CONNECTION *connection = (CONNECTION *)overlapped;
    if (error == 0 && bytes == connection->bytes) {
        served++;
        if (ReadFileEx(connection->pipe, connection->buffer, sizeof connection->buffer, overlapped, has_read))
            return;
    }
    has_read(error ? error : GetLastError(), 0, overlapped);
}

static DWORD WINAPI client(LPVOID parameter)
{
    char line[32], reply[64];
    DWORD n, mode = PIPE_READMODE_MESSAGE, round, right = 0;
    HANDLE pipe;
    while ((pipe = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL)) == INVALID_HANDLE_VALUE)
        if (!WaitNamedPipeA(NAME, 20000))
            return 1000;
    SetNamedPipeHandleState(pipe, &mode, NULL, NULL);
    for (round = 0; round < 25; round++) {
        sprintf(line, "%d.%lu", (int)(ULONG_PTR)parameter, round);
        if (TransactNamedPipe(pipe, line, (DWORD)strlen(line) + 1, reply, sizeof reply, &n, NULL))
            right += strcmp(line, reply) == 0;
    }
    CloseHandle(pipe);
    return right;
}

static HANDLE instance(void)
{
    return CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE,
        PIPE_UNLIMITED_INSTANCES, 256, 256, 0, NULL);
}

int main(void)
{
    HANDLE threads[3], connected = CreateEventA(NULL, TRUE, FALSE, NULL), pipe = instance();
    OVERLAPPED connect = {0};
    DWORD code, n;
    int i, accepted = 0;
    BOOL pending;
    connect.hEvent = connected;
    pending = !ConnectNamedPipe(pipe, &connect) && GetLastError() == ERROR_IO_PENDING;
    for (i = 0; i < 3; i++)
        threads[i] = CreateThread(NULL, 0, client, (LPVOID)(ULONG_PTR)i, 0, NULL);
    while (finished < 3) {
        DWORD what = accepted < 3 ? WaitForSingleObjectEx(connected, 30000, TRUE) : SleepEx(30000, TRUE);
        if (accepted < 3 && what == WAIT_OBJECT_0) {
            CONNECTION *connection = (CONNECTION *)HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *connection);
            if (pending && !GetOverlappedResult(pipe, &connect, &n, FALSE))
                printf("connect: error %lu\n", GetLastError());
            connection->pipe = pipe;
            has_written(0, 0, &connection->overlapped);
            if (++accepted < 3) {
                pipe = instance();
                pending = !ConnectNamedPipe(pipe, &connect) && GetLastError() == ERROR_IO_PENDING;
                if (!pending)
                    SetEvent(connected);
            }
        } else if (what != WAIT_IO_COMPLETION) {
            printf("the wait: %lu\n", what);
            return 1;
        }
    }
    WaitForMultipleObjects(3, threads, TRUE, INFINITE);
    for (i = 0; i < 3; i++) {
        GetExitCodeThread(threads[i], &code);
        printf("client %d: %lu right answers\n", i, code);
        CloseHandle(threads[i]);
    }
    printf("%d served, %d finished\n", served - 3, finished);
    CloseHandle(connected);
    return 0;
}
