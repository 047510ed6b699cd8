/* Messages and their boundaries, both ways of reading, peeking, transactions (contract 07 sections 1.7 to 1.9). */
#include "say.h"
#include <string.h>

#define NAME "\\\\.\\pipe\\overlapped_messages"

static HANDLE server, client;

static void say_read(const char *what, HANDLE pipe, DWORD room)
{
    char buffer[64] = {0};
    DWORD n = 99;
    BOOL ok = ReadFile(pipe, buffer, room, &n, NULL);
    DWORD error = GetLastError();
    if (ok)
        printf("%s: TRUE, %lu bytes \"%.*s\"\n", what, n, (int)n, buffer);
    else
        printf("%s: FALSE/%lu, %lu bytes \"%.*s\"\n", what, error, n, (int)n, buffer);
}

static void say_peek(const char *what, HANDLE pipe, DWORD room)
{
    char buffer[64] = {0};
    DWORD n = 99, all = 99, left = 99;
    if (PeekNamedPipe(pipe, buffer, room, &n, &all, &left))
        printf("%s: \"%.*s\", %lu of %lu, %ld left\n", what, (int)n, buffer, n, all, (long)(int)left);
    else
        printf("%s: FALSE/%lu, untouched %d\n", what, GetLastError(), n == 99 && all == 99 && left == 99);
}

static void put(HANDLE pipe, const char *text)
{
    DWORD n;
    if (!WriteFile(pipe, text, (DWORD)strlen(text), &n, NULL) || n != strlen(text))
        printf("write: error %lu, %lu bytes\n", GetLastError(), n);
}

static void open_both(DWORD type, DWORD mode)
{
    server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, type, 1, 1000, 1000, 0, NULL);
    client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (mode)
        SetNamedPipeHandleState(client, &mode, NULL, NULL);
}

static void close_both(void)
{
    CloseHandle(client);
    CloseHandle(server);
}

static DWORD WINAPI answer(LPVOID text)
{
    char buffer[64];
    DWORD n;
    ReadFile(server, buffer, sizeof buffer, &n, NULL);
    put(server, (const char *)text);
    return n;
}

static void transact(const char *what, const char *reply, DWORD room)
{
    char buffer[64] = {0};
    DWORD n = 99, got = 0;
    HANDLE thread = CreateThread(NULL, 0, answer, (LPVOID)reply, 0, NULL);
    BOOL ok = TransactNamedPipe(client, (LPVOID)"question", 8, buffer, room, &n, NULL);
    DWORD error = GetLastError();
    WaitForSingleObject(thread, INFINITE);
    GetExitCodeThread(thread, &got);
    CloseHandle(thread);
    if (ok)
        printf("%s: TRUE \"%.*s\", the server got %lu\n", what, (int)n, buffer, got);
    else
        printf("%s: FALSE/%lu \"%.*s\", the server got %lu\n", what, error, (int)n, buffer, got);
}

int main(void)
{
    char buffer[16];
    DWORD n, mode;

    puts("-- message by message");
    open_both(PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, PIPE_READMODE_MESSAGE);
    put(server, "one");
    put(server, "twotwo");
    put(server, "");
    put(server, "last");
    say_peek("peek", client, 64);
    say_peek("peek less", client, 2);
    say_peek("peek nothing", client, 0);
    say_read("the first", client, 64);
    say_read("a part", client, 4);
    say_peek("peek the rest", client, 64);
    say_read("the rest", client, 4);
    say_read("an empty one", client, 64);
    say_read("nothing of it", client, 0);
    say_read("the last", client, 64);
    say_peek("peek at nothing", client, 64);

    puts("-- transactions");
    transact("a transaction", "reply", 64);
    transact("a long reply", "a longer reply", 8);
    say_read("its rest", client, 64);
    put(server, "unread");
    n = 99;
    say("with unread data", TransactNamedPipe(client, buffer, 1, buffer, 16, &n, NULL));
    say_read("the unread data", client, 64);
    mode = PIPE_READMODE_BYTE;
    say("reading bytes", SetNamedPipeHandleState(client, &mode, NULL, NULL));
    say("a transaction of bytes", TransactNamedPipe(client, buffer, 1, buffer, 16, &n, NULL));
    put(server, "ab");
    put(server, "cd");
    say_peek("bytes of the first message only", client, 64);
    say_read("joined", client, 64);
    close_both();

    puts("-- a pipe of bytes");
    open_both(PIPE_TYPE_BYTE, 0);
    mode = PIPE_READMODE_MESSAGE;
    say("message by message", SetNamedPipeHandleState(client, &mode, NULL, NULL));
    put(server, "abc");
    put(server, "");
    put(server, "def");
    say_peek("peek", client, 64);
    say_peek("peek nothing", client, 0);
    say_read("a part", client, 2);
    say_read("the rest", client, 64);
    say("a transaction", TransactNamedPipe(client, buffer, 1, buffer, 16, &n, NULL));
    put(server, "left");
    CloseHandle(server);
    say_read("from a closed pipe", client, 64);
    say_read("at its end", client, 64);
    say_read("nothing at its end", client, 0);
    say_peek("peek there", client, 64);
    say("a write there", WriteFile(client, "x", 1, &n, NULL));
    CloseHandle(client);

    puts("-- states");
    server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1, 1000, 1000, 0, NULL);
    say_read("listening: read", server, 4);
    say("listening: write", WriteFile(server, "x", 1, &n, NULL));
    say_peek("listening: peek", server, 4);
    say("listening: transact", TransactNamedPipe(server, buffer, 1, buffer, 16, &n, NULL));
    say("listening: flush", FlushFileBuffers(server));
    client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    say("connected: connect", ConnectNamedPipe(server, NULL));
    say("the client connects", ConnectNamedPipe(client, NULL));
    put(client, "lost");
    say("disconnect", DisconnectNamedPipe(server));
    say("again", DisconnectNamedPipe(server));
    say_read("disconnected: read", server, 4);
    say("disconnected: write", WriteFile(server, "x", 1, &n, NULL));
    say_peek("disconnected: peek", server, 4);
    say_read("its client: read", client, 4);
    say("its client: write", WriteFile(client, "x", 1, &n, NULL));
    say_peek("its client: peek", client, 4);
    say("its client: flush", FlushFileBuffers(client));
    CloseHandle(client);
    say_handle("nobody listens", CreateFileA(NAME, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL));
    CloseHandle(server);
    return 0;
}
