/* A client's end that a child process inherits: one instance with two holders, and messages stay messages (contract 00 section 0.4, 07 section 1.7). */
#include "say.h"
#include <stdlib.h>
#include <string.h>

#define NAME "\\\\.\\pipe\\overlapped_inherited"

/* The child tells what it has seen by messages. */
static void tell(HANDLE pipe, const char *what, DWORD number)
{
    char text[100];
    DWORD n;
    int length = snprintf(text, sizeof text, "%s %lu", what, number);
    WriteFile(pipe, text, (DWORD)length, &n, NULL);
}

static void tell_read(HANDLE pipe, DWORD room)
{
    char data[100], text[120];
    DWORD n = 0;
    BOOL ok = ReadFile(pipe, data, room, &n, NULL);
    snprintf(text, sizeof text, "%s, '%.*s':", ok ? "TRUE" : "FALSE", (int)n, data);
    tell(pipe, text, ok ? 0 : GetLastError());
}

static int child(HANDLE pipe)
{
    char question[] = "a question", answer[4];
    DWORD n = 0, all = 0, left = 0, flags = 0;
    GetNamedPipeInfo(pipe, &flags, NULL, NULL, NULL);
    tell(pipe, "flags", flags);
    GetNamedPipeHandleStateA(pipe, &flags, NULL, NULL, NULL, NULL, 0);
    tell(pipe, "state", flags);
    tell_read(pipe, 3);
    PeekNamedPipe(pipe, answer, 1, &n, &all, &left);
    tell(pipe, "seen", n);
    tell(pipe, "of", all);
    tell(pipe, "left of the message", left);
    tell_read(pipe, 99);
    tell_read(pipe, 99);
    tell_read(pipe, 99);
    if (TransactNamedPipe(pipe, question, 10, answer, sizeof answer, &n, NULL))
        tell(pipe, "the answer is whole", n);
    else
        tell(pipe, GetLastError() == ERROR_MORE_DATA ? "a part of the answer" : "no answer", n);
    tell_read(pipe, 99);
    return 7;
}

int main(int argc, char **argv)
{
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    PROCESS_INFORMATION process;
    STARTUPINFOA startup;
    HANDLE server, client;
    DWORD n, mode = PIPE_READMODE_MESSAGE, code = 0;
    char text[200];

    if (argc > 1)
        return child((HANDLE)(ULONG_PTR)strtoul(argv[1], NULL, 10));
    server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1, 1000, 1000, 0, NULL);
    client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, &inherit, OPEN_EXISTING, 0, NULL);
    say("messages", SetNamedPipeHandleState(client, &mode, NULL, NULL));
    say("one", WriteFile(server, "hello", 5, &n, NULL));
    say("an empty one", WriteFile(server, "", 0, &n, NULL));
    say("and another", WriteFile(server, "xy", 2, &n, NULL));
    memset(&startup, 0, sizeof startup);
    startup.cb = sizeof startup;
    snprintf(text, sizeof text, "\"%s\" %lu", argv[0], (DWORD)(ULONG_PTR)client);
    say("a child", CreateProcessA(NULL, text, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process));
    CloseHandle(client);
    say("the child has it open", ConnectNamedPipe(server, NULL));
    while (ReadFile(server, text, sizeof text - 1, &n, NULL)) {
        text[n] = 0;
        puts(text);
        if (strcmp(text, "a question") == 0)
            WriteFile(server, "an answer", 9, &n, NULL);
    }
    printf("then error %lu\n", GetLastError());
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    printf("exit code %lu\n", code);
    CloseHandle(process.hProcess);
    CloseHandle(process.hThread);
    CloseHandle(server);
    return 0;
}
