/* Messages through a named pipe and back. A Windows program: it is built unchanged by `ovl cc` and by mingw.
 *
 *     pipe_trips threads      the other end is a thread
 *     pipe_trips processes    the other end is a child process
 *     pipe_trips stream       64 KiB pieces in one direction, to a thread
 *
 * For each line, a number of messages or pieces, it moves so many and answers with the sum of their first words as they came. */
#include <windows.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE 64
#define PIECE (64 << 10)

static char name[64];

static void fail(const char *what)
{
    fprintf(stderr, "%s: error %lu\n", what, (unsigned long)GetLastError());
    exit(1);
}

static HANDLE connect_to(const char *pipe)
{
    DWORD mode = PIPE_READMODE_MESSAGE;
    HANDLE end = CreateFileA(pipe, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (end == INVALID_HANDLE_VALUE)
        fail("CreateFile");
    if (!SetNamedPipeHandleState(end, &mode, NULL, NULL) && GetLastError() != ERROR_INVALID_PARAMETER)
        fail("SetNamedPipeHandleState");
    return end;
}

/* Answers each message with itself until the other end closes. */
static void answer(HANDLE end)
{
    char message[MESSAGE];
    DWORD bytes;
    while (ReadFile(end, message, MESSAGE, &bytes, NULL))
        if (!WriteFile(end, message, bytes, &bytes, NULL))
            fail("WriteFile of an answer");
}

static unsigned __stdcall answering(void *unused)
{
    HANDLE end = connect_to(name);
    (void)unused;
    answer(end);
    CloseHandle(end);
    return 0;
}

static unsigned __int64 trips(HANDLE end, unsigned __int64 count)
{
    char message[MESSAGE] = { 0 };
    unsigned __int64 sum = 0, i, word;
    DWORD bytes;
    for (i = 1; i <= count; i++) {
        memcpy(message, &i, sizeof i);
        if (!WriteFile(end, message, MESSAGE, &bytes, NULL))
            fail("WriteFile");
        if (!ReadFile(end, message, MESSAGE, &bytes, NULL) || bytes != MESSAGE)
            fail("ReadFile");
        memcpy(&word, message, sizeof word);
        sum += word;
    }
    return sum;
}

static unsigned __int64 pieces;

static unsigned __stdcall writing(void *end)
{
    static char piece[PIECE];
    unsigned __int64 i;
    DWORD bytes;
    for (i = 1; i <= pieces; i++) {
        memcpy(piece, &i, sizeof i);
        if (!WriteFile(end, piece, PIECE, &bytes, NULL) || bytes != PIECE)
            fail("WriteFile of a piece");
    }
    return 0;
}

static unsigned __int64 stream(HANDLE from, HANDLE to, unsigned __int64 count)
{
    static char piece[PIECE];
    unsigned __int64 sum = 0, i, word;
    HANDLE thread;
    pieces = count;
    thread = (HANDLE)_beginthreadex(NULL, 0, writing, from, 0, NULL);
    if (!thread)
        fail("_beginthreadex");
    for (i = 0; i < count; i++) {
        DWORD at = 0, bytes;
        while (at < PIECE) {
            if (!ReadFile(to, piece + at, PIECE - at, &bytes, NULL))
                fail("ReadFile of a piece");
            at += bytes;
        }
        memcpy(&word, piece, sizeof word);
        sum += word;
    }
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
    return sum;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "threads";
    BOOL streaming = strcmp(mode, "stream") == 0;
    DWORD type = streaming ? PIPE_TYPE_BYTE : PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE;
    HANDLE server, client = NULL, partner = NULL;
    char line[64];
    if (strcmp(mode, "answer") == 0) {
        answer(connect_to(argv[2]));
        return 0;
    }
    sprintf(name, "\\\\.\\pipe\\trips-%lu-%s", (unsigned long)GetCurrentProcessId(), mode);
    server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX, type, 1, PIECE, PIECE, 0, NULL);
    if (server == INVALID_HANDLE_VALUE)
        fail("CreateNamedPipe");
    if (streaming) {
        client = connect_to(name);
    } else if (strcmp(mode, "processes") == 0) {
        STARTUPINFOA startup = { sizeof startup };
        PROCESS_INFORMATION child;
        char command[1024];
        sprintf(command, "\"%s\" answer %s", argv[0], name);
        if (!CreateProcessA(NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child))
            fail("CreateProcess");
        CloseHandle(child.hThread);
        partner = child.hProcess;
    } else {
        partner = (HANDLE)_beginthreadex(NULL, 0, answering, NULL, 0, NULL);
        if (!partner)
            fail("_beginthreadex");
    }
    if (!ConnectNamedPipe(server, NULL) && GetLastError() != ERROR_PIPE_CONNECTED)
        fail("ConnectNamedPipe");
    while (fgets(line, sizeof line, stdin)) {
        unsigned __int64 count = _strtoui64(line, NULL, 10);
        printf("%I64u\n", streaming ? stream(server, client, count) : trips(server, count));
        fflush(stdout);
    }
    CloseHandle(server);
    if (partner) {
        WaitForSingleObject(partner, INFINITE);
        CloseHandle(partner);
    }
    if (client)
        CloseHandle(client);
    return 0;
}
