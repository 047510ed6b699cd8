/* WSADuplicateSocket: another SOCKET of the same socket, in the same process and in another one (contract 08 sections 1 and 2). */
#include "say_socket.h"

static char buffer[64];

static SOCKET duplicate(SOCKET s)
{
    WSAPROTOCOL_INFOW info;
    if (WSADuplicateSocketW(s, GetCurrentProcessId(), &info) != 0)
        die("WSADuplicateSocket");
    return WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
}

static DWORD number(SOCKET s, int name)
{
    DWORD value = 77;
    int size = sizeof(value);
    getsockopt(s, SOL_SOCKET, name, (char *)&value, &size);
    return value;
}

static void here(void)
{
    SOCKET client, server, copy;
    OVERLAPPED overlapped, *done = NULL;
    WSABUF one = {sizeof(buffer), buffer};
    DWORD value = 1, flags = 0, bytes = 0;
    ULONG_PTR key = 0;
    HANDLE port;
    stream_pair(&client, &server);
    port = CreateIoCompletionPort((HANDLE)server, NULL, 5, 0);
    copy = duplicate(server);
    printf("a duplicate: %d\n", copy != INVALID_SOCKET && copy != server);
    say_socket("set SO_KEEPALIVE", setsockopt(server, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, sizeof(value)));
    printf("the duplicate has it: %lu\n", number(copy, SO_KEEPALIVE));
    memset(&overlapped, 0, sizeof(overlapped));
    say_socket("WSARecv of the duplicate", WSARecv(copy, &one, 1, NULL, &flags, &overlapped, NULL));
    say_socket("send", send(client, "hello", 5, 0));
    say("its packet", GetQueuedCompletionStatus(port, &bytes, &key, &done, 10000));
    printf("key %lu, %lu bytes, %s\n", (unsigned long)key, bytes, done == &overlapped ? "its OVERLAPPED" : "another");
    say_socket("closesocket", closesocket(server));
    say_socket("closesocket again", closesocket(server));
    say_socket("send of the duplicate", send(copy, "still open", 10, 0));
    say_socket("recv", recv(client, buffer, sizeof(buffer), 0));
    say_socket("closesocket", closesocket(copy));
    say_socket("the end", recv(client, buffer, sizeof(buffer), 0));
    closesocket(client);
    CloseHandle(port);
}

/* The other process: gets the description by its standard input, and answers on the socket. */
static int there(void)
{
    WSAPROTOCOL_INFOW info;
    DWORD bytes = 0, all = 0;
    SOCKET s;
    while (all < sizeof(info) && ReadFile(GetStdHandle(STD_INPUT_HANDLE), (char *)&info + all, sizeof(info) - all, &bytes, NULL) && bytes > 0)
        all += bytes;
    s = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, WSA_FLAG_OVERLAPPED);
    if (s == INVALID_SOCKET || recv(s, buffer, sizeof(buffer), 0) != 4)
        return 1;
    return send(s, "from there", 10, 0) != 10;
}

static void elsewhere(void)
{
    SOCKET client, server;
    WSAPROTOCOL_INFOW info;
    SECURITY_ATTRIBUTES inherit = {sizeof(inherit), NULL, TRUE};
    STARTUPINFOA start;
    PROCESS_INFORMATION process;
    HANDLE out, in;
    DWORD bytes, code = 77;
    char name[MAX_PATH], line[MAX_PATH + 16];
    stream_pair(&client, &server);
    SetHandleInformation((HANDLE)client, HANDLE_FLAG_INHERIT, 0);
    SetHandleInformation((HANDLE)server, HANDLE_FLAG_INHERIT, 0);
    CreatePipe(&out, &in, &inherit, 0);
    SetHandleInformation(in, HANDLE_FLAG_INHERIT, 0);
    memset(&start, 0, sizeof(start));
    start.cb = sizeof(start);
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = out;
    start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    GetModuleFileNameA(NULL, name, sizeof(name));
    snprintf(line, sizeof(line), "\"%s\" there", name);
    say("CreateProcess", CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &process));
    CloseHandle(out);
    say_socket("for the other process", WSADuplicateSocketW(server, process.dwProcessId, &info));
    say("written", WriteFile(in, &info, sizeof(info), &bytes, NULL));
    say_socket("send", send(client, "ping", 4, 0));
    say_wait("it ends", WaitForSingleObject(process.hProcess, 30000));
    GetExitCodeProcess(process.hProcess, &code);
    printf("with %lu\n", code);
    printf("it said %d bytes\n", receive_all(client, buffer, 10));
    say_socket("here it is open still", send(server, "here", 4, 0));
    closesocket(server);
    closesocket(client);
    CloseHandle(in);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
}

static void refused(void)
{
    WSAPROTOCOL_INFOW info;
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    say_socket("for nobody", WSADuplicateSocketW(s, 0xFFFFFFF0, &info));
    say_socket("of no socket", WSADuplicateSocketW(INVALID_SOCKET, GetCurrentProcessId(), &info));
    closesocket(s);
}

int main(int argc, char **argv)
{
    (void)argv;
    startup();
    if (argc > 1)
        return there();
    here();
    elsewhere();
    refused();
    WSACleanup();
    return 0;
}
