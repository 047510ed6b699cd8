/* A pipe server on a completion port, with a few threads (contract 06, 07 section 1.5). */
#include "say.h"
#include <string.h>

#define NAME "\\\\.\\pipe\\overlapped_port"
#define INSTANCES 4
#define CLIENTS 6
#define ROUNDS 30

enum { CONNECTING = 1, READING, WRITING };
typedef struct { OVERLAPPED overlapped; HANDLE pipe; int state; DWORD bytes; char buffer[128]; } INSTANCE;

static HANDLE port;
static INSTANCE instances[INSTANCES];
static LONG answers, wrong_keys, surprises;

static void connect_again(INSTANCE *instance)
{
    instance->state = CONNECTING;
    if (ConnectNamedPipe(instance->pipe, &instance->overlapped))
        InterlockedIncrement(&surprises);
    else if (GetLastError() == ERROR_PIPE_CONNECTED)
        PostQueuedCompletionStatus(port, 0, (ULONG_PTR)instance, &instance->overlapped);
    else if (GetLastError() != ERROR_IO_PENDING)
        InterlockedIncrement(&surprises);
}

static void hang_up(INSTANCE *instance)
{
    DisconnectNamedPipe(instance->pipe);
    connect_again(instance);
}

static DWORD WINAPI worker(LPVOID unused)
{
    (void)unused;
    for (;;) {
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *done;
        INSTANCE *instance;
        BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &done, INFINITE);
        if (!done)
            return 0;
        instance = (INSTANCE *)done;
        if (key != (ULONG_PTR)instance)
            InterlockedIncrement(&wrong_keys);
        if (!ok) {
            if (GetLastError() == ERROR_OPERATION_ABORTED)
                continue;
            hang_up(instance);
            continue;
        }
        if (instance->state == READING) {
            instance->state = WRITING;
            ok = WriteFile(instance->pipe, instance->buffer, bytes, NULL, &instance->overlapped);
        } else {
            if (instance->state == WRITING)
                InterlockedIncrement(&answers);
            instance->state = READING;
            ok = ReadFile(instance->pipe, instance->buffer, sizeof instance->buffer, NULL, &instance->overlapped);
        }
        if (!ok && GetLastError() != ERROR_IO_PENDING)
            hang_up(instance);
    }
}

static DWORD WINAPI client(LPVOID parameter)
{
    char line[64], reply[128];
    DWORD n, round, right = 0;
    for (round = 0; round < ROUNDS; round++) {
        BOOL ok;
        sprintf(line, "client %d, round %lu", (int)(ULONG_PTR)parameter, round);
        /* Another client may be faster when an instance listens. */
        do {
            ok = CallNamedPipeA(NAME, line, (DWORD)strlen(line) + 1, reply, sizeof reply, &n, 20000);
        } while (!ok && GetLastError() == ERROR_PIPE_BUSY);
        if (ok)
            right += strcmp(line, reply) == 0;
        else
            printf("a call: error %lu\n", GetLastError());
    }
    return right;
}

int main(void)
{
    HANDLE workers[2], clients[CLIENTS];
    DWORD code, total = 0;
    int i;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    for (i = 0; i < INSTANCES; i++) {
        instances[i].pipe = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
            PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, INSTANCES, 128, 128, 0, NULL);
        if (CreateIoCompletionPort(instances[i].pipe, port, (ULONG_PTR)&instances[i], 0) != port)
            puts("not associated");
        connect_again(&instances[i]);
    }
    for (i = 0; i < 2; i++)
        workers[i] = CreateThread(NULL, 0, worker, NULL, 0, NULL);
    for (i = 0; i < CLIENTS; i++)
        clients[i] = CreateThread(NULL, 0, client, (LPVOID)(ULONG_PTR)i, 0, NULL);
    WaitForMultipleObjects(CLIENTS, clients, TRUE, INFINITE);
    for (i = 0; i < CLIENTS; i++) {
        GetExitCodeThread(clients[i], &code);
        total += code;
        CloseHandle(clients[i]);
    }
    printf("%lu right answers of %d\n", total, CLIENTS * ROUNDS);
    for (i = 0; i < 2; i++)
        PostQueuedCompletionStatus(port, 0, 0, NULL);
    WaitForMultipleObjects(2, workers, TRUE, INFINITE);
    printf("%s answered, %ld wrong keys, %ld surprises\n", answers >= CLIENTS * ROUNDS - INSTANCES ? "all" : "not all", (long)wrong_keys, (long)surprises);
    for (i = 0; i < INSTANCES; i++)
        CloseHandle(instances[i].pipe);
    for (i = 0; i < 2; i++)
        CloseHandle(workers[i]);
    CloseHandle(port);
    return 0;
}
