/* The classic pipe server: one thread for each client, blocking, and clients that transact (contract 07 sections 1.2 to 1.10). */
#include "say.h"
#include <string.h>

#define NAME "\\\\.\\pipe\\overlapped_threads"
#define CLIENTS 4

static DWORD WINAPI serve(LPVOID parameter)
{
    HANDLE pipe = (HANDLE)parameter;
    char request[64], reply[80];
    DWORD n, done;
    for (;;) {
        if (!ReadFile(pipe, request, sizeof request - 1, &n, NULL)) {
            if (GetLastError() != ERROR_BROKEN_PIPE)
                printf("a request: error %lu\n", GetLastError());
            break;
        }
        request[n] = 0;
        sprintf(reply, "reply to %s", request);
        if (!WriteFile(pipe, reply, (DWORD)strlen(reply) + 1, &done, NULL) || done != strlen(reply) + 1)
            break;
    }
    FlushFileBuffers(pipe);
    DisconnectNamedPipe(pipe);
    CloseHandle(pipe);
    return 0;
}

static DWORD WINAPI listen_for(LPVOID parameter)
{
    HANDLE threads[CLIENTS], first = (HANDLE)parameter;
    int i;
    for (i = 0; i < CLIENTS; i++) {
        HANDLE pipe = i == 0 ? first : CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX,
            PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT, PIPE_UNLIMITED_INSTANCES, 512, 512, 0, NULL);
        if (!ConnectNamedPipe(pipe, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
            printf("a connection: error %lu\n", GetLastError());
        threads[i] = CreateThread(NULL, 0, serve, pipe, 0, NULL);
    }
    WaitForMultipleObjects(CLIENTS, threads, TRUE, INFINITE);
    for (i = 0; i < CLIENTS; i++)
        CloseHandle(threads[i]);
    return 0;
}

static DWORD WINAPI client(LPVOID parameter)
{
    int me = (int)(ULONG_PTR)parameter, i, right = 0;
    char request[32], reply[80], wanted[80];
    DWORD n, mode = PIPE_READMODE_MESSAGE;
    HANDLE pipe;
    for (;;) {
        pipe = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
        if (pipe != INVALID_HANDLE_VALUE)
            break;
        /* Between two instances of this server the name may be busy, or even be nobody's for a moment. */
        if (GetLastError() == ERROR_PIPE_BUSY)
            WaitNamedPipeA(NAME, 20000);
        else if (GetLastError() == ERROR_FILE_NOT_FOUND)
            Sleep(1);
        else
            return 1000;
    }
    if (!SetNamedPipeHandleState(pipe, &mode, NULL, NULL))
        return 1001;
    for (i = 0; i < 100; i++) {
        sprintf(request, "client %d, message %d", me, i);
        sprintf(wanted, "reply to %s", request);
        if (i % 2) {
            if (!TransactNamedPipe(pipe, request, (DWORD)strlen(request), reply, sizeof reply, &n, NULL))
                return 1002;
        } else if (!WriteFile(pipe, request, (DWORD)strlen(request), &n, NULL) || !ReadFile(pipe, reply, sizeof reply, &n, NULL)) {
            return 1003;
        }
        right += n == strlen(wanted) + 1 && strcmp(reply, wanted) == 0;
    }
    CloseHandle(pipe);
    return (DWORD)right;
}

int main(void)
{
    HANDLE threads[CLIENTS], server, first;
    DWORD code;
    int i;
    first = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE,
        PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT, PIPE_UNLIMITED_INSTANCES, 512, 512, 0, NULL);
    say_handle("the first instance", first);
    server = CreateThread(NULL, 0, listen_for, first, 0, NULL);
    for (i = 0; i < CLIENTS; i++)
        threads[i] = CreateThread(NULL, 0, client, (LPVOID)(ULONG_PTR)i, 0, NULL);
    WaitForMultipleObjects(CLIENTS, threads, TRUE, INFINITE);
    for (i = 0; i < CLIENTS; i++) {
        GetExitCodeThread(threads[i], &code);
        printf("client %d: %lu right answers\n", i, code);
        CloseHandle(threads[i]);
    }
    say_wait("the server", WaitForSingleObject(server, INFINITE));
    say("nobody has the name any more", WaitNamedPipeA(NAME, 1));
    CloseHandle(server);
    return 0;
}
