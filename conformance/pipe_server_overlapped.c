/* A pipe server with one thread: instances, overlapped requests and an array of events (contract 07 sections 1.4 and 1.5, 04 section 2). */
#include "say.h"
#include <string.h>

#define NAME "\\\\.\\pipe\\overlapped_events"
#define INSTANCES 3
#define ROUNDS 20

enum { CONNECTING, READING, WRITING };

static struct { OVERLAPPED overlapped; HANDLE pipe; char buffer[64]; DWORD bytes; int state; BOOL pending; } instances[INSTANCES];
static HANDLE events[INSTANCES];
static int connections, answers;

static void connect_again(int i)
{
    instances[i].state = CONNECTING;
    instances[i].pending = FALSE;
    if (ConnectNamedPipe(instances[i].pipe, &instances[i].overlapped))
        puts("an overlapped connect must not answer TRUE");
    else if (GetLastError() == ERROR_IO_PENDING)
        instances[i].pending = TRUE;
    else if (GetLastError() == ERROR_PIPE_CONNECTED)
        SetEvent(events[i]);
    else
        printf("connect: error %lu\n", GetLastError());
}

static void hang_up(int i)
{
    DisconnectNamedPipe(instances[i].pipe);
    connect_again(i);
}

static DWORD WINAPI client(LPVOID parameter)
{
    char line[32], reply[64];
    DWORD n, round, right = 0;
    for (round = 0; round < ROUNDS; round++) {
        HANDLE pipe;
        while ((pipe = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL)) == INVALID_HANDLE_VALUE)
            if (GetLastError() != ERROR_PIPE_BUSY || !WaitNamedPipeA(NAME, 20000))
                return 1000;
        sprintf(line, "%d.%lu", (int)(ULONG_PTR)parameter, round);
        if (WriteFile(pipe, line, (DWORD)strlen(line) + 1, &n, NULL) && ReadFile(pipe, reply, sizeof reply, &n, NULL))
            right += strcmp(line, reply) == 0;
        CloseHandle(pipe);
    }
    return right;
}

int main(void)
{
    HANDLE threads[INSTANCES + 1];
    DWORD code;
    int i;
    for (i = 0; i < INSTANCES; i++) {
        events[i] = CreateEventA(NULL, TRUE, FALSE, NULL);
        instances[i].overlapped.hEvent = events[i];
        instances[i].pipe = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
            PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, INSTANCES, 64, 64, 0, NULL);
        connect_again(i);
    }
    say_handle("one more than there may be", CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE, INSTANCES, 64, 64, 0, NULL));
    for (i = 0; i <= INSTANCES; i++)
        threads[i] = CreateThread(NULL, 0, client, (LPVOID)(ULONG_PTR)i, 0, NULL);

    while (answers < (INSTANCES + 1) * ROUNDS) {
        DWORD n = 0, which = WaitForMultipleObjects(INSTANCES, events, FALSE, 30000) - WAIT_OBJECT_0;
        BOOL ok = TRUE;
        if (which >= INSTANCES) {
            printf("the wait: %lu\n", which);
            return 1;
        }
        if (instances[which].pending) {
            ok = GetOverlappedResult(instances[which].pipe, &instances[which].overlapped, &n, FALSE);
            instances[which].pending = FALSE;
        } else {
            n = instances[which].bytes;
        }
        ResetEvent(events[which]);
        if (!ok) {
            hang_up((int)which);
            continue;
        }
        switch (instances[which].state) {
        case CONNECTING:
            connections++;
            instances[which].state = READING;
            ok = ReadFile(instances[which].pipe, instances[which].buffer, 64, &instances[which].bytes, &instances[which].overlapped);
            break;
        case READING:
            instances[which].state = WRITING;
            ok = WriteFile(instances[which].pipe, instances[which].buffer, n, &instances[which].bytes, &instances[which].overlapped);
            break;
        default:
            answers++;
            instances[which].state = READING;
            ok = ReadFile(instances[which].pipe, instances[which].buffer, 64, &instances[which].bytes, &instances[which].overlapped);
        }
        if (!ok && GetLastError() == ERROR_IO_PENDING)
            instances[which].pending = TRUE;
        else if (!ok)
            hang_up((int)which);
    }
    WaitForMultipleObjects(INSTANCES + 1, threads, TRUE, INFINITE);
    for (i = 0; i <= INSTANCES; i++) {
        GetExitCodeThread(threads[i], &code);
        printf("client %d: %lu of %d\n", i, code, ROUNDS);
        CloseHandle(threads[i]);
    }
    printf("%d connections, %d answers\n", connections, answers);
    for (i = 0; i < INSTANCES; i++) {
        CloseHandle(instances[i].pipe);
        say_wait("what was pending has ended", WaitForSingleObject(events[i], 10000));
        CloseHandle(events[i]);
    }
    return 0;
}
