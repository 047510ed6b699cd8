/* Threads end with requests on their way whose OVERLAPPEDs and buffers were in frames of theirs: they are cancelled (contract 03
   section 9), and nothing else happens. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 64

static HANDLE pipe_end;

/* So much deeper on the stack each round. */
static DWORD issue(int depth) {
    OVERLAPPED overlapped[4];
    char buffer[4][16];
    int i;
    if (depth > 0) {
        volatile char frame[256];
        memset((void *)frame, depth, sizeof frame);
        return issue(depth - 1) + frame[0] - depth;
    }
    memset(overlapped, 0, sizeof overlapped);
    for (i = 0; i < 4; i++)
        if (ReadFile(pipe_end, buffer[i], sizeof buffer[i], NULL, &overlapped[i]) || GetLastError() != ERROR_IO_PENDING)
            return 1;
    return 0;
}

static DWORD WINAPI thread(LPVOID depth) { return issue((int)(INT_PTR)depth); }

int main(void) {
    char name[64], text[4];
    HANDLE client;
    DWORD done, code, failed = 0;
    int round;
    sprintf(name, "\\\\.\\pipe\\stack_requests.%lu", (unsigned long)GetCurrentProcessId());
    pipe_end = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
    client = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (pipe_end == INVALID_HANDLE_VALUE || client == INVALID_HANDLE_VALUE)
        return printf("no pipe: %lu\n", (unsigned long)GetLastError()), 1;
    for (round = 0; round < ROUNDS; round++) {
        HANDLE made = CreateThread(NULL, 0, thread, (LPVOID)(INT_PTR)round, 0, NULL);
        if (made == NULL || WaitForSingleObject(made, 20000) != WAIT_OBJECT_0 || !GetExitCodeThread(made, &code) || code != 0)
            failed++;
        CloseHandle(made);
    }
    printf("failed: %lu\n", (unsigned long)failed);
    /* Nobody reads any more: what is written stays for the next. */
    if (!WriteFile(client, "rest", 4, &done, NULL) || done != 4)
        printf("not written\n");
    {
        OVERLAPPED overlapped;
        memset(&overlapped, 0, sizeof overlapped);
        overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
        if (!ReadFile(pipe_end, text, 4, NULL, &overlapped) && GetLastError() != ERROR_IO_PENDING)
            printf("not read\n");
        if (!GetOverlappedResult(pipe_end, &overlapped, &done, TRUE))
            done = 0;
    }
    printf("read: %.*s\n", (int)done, text);
    return 0;
}
