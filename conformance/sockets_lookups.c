/* Look-ups that go on while the program does something else, and connections by name and by list: what needs no name server
 * (contract 08 sections 3 and 11). */
#include "say_socket.h"

#ifdef __MINGW32__
/* Its headers do not have them. */
INT WSAAPI GetAddrInfoExCancel(LPHANDLE name);
INT WSAAPI GetAddrInfoExOverlappedResult(LPOVERLAPPED overlapped);
#endif

static HANDLE called;
static DWORD called_with;

static VOID CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped)
{
    (void)bytes;
    (void)overlapped;
    called_with = error;
    SetEvent(called);
}

static ADDRINFOEXW numbers_only(void)
{
    ADDRINFOEXW hints;
    memset(&hints, 0, sizeof(hints));
    hints.ai_flags = AI_NUMERICHOST;
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    return hints;
}

static void say_list(const char *what, PADDRINFOEXW list)
{
    if (list == NULL) {
        printf("%s: no list\n", what);
        return;
    }
    printf("%s: family %d, %d bytes, port %d, next %s\n", what, list->ai_family, (int)list->ai_addrlen,
           ntohs(((struct sockaddr_in *)list->ai_addr)->sin_port), list->ai_next ? "one" : "none");
    FreeAddrInfoExW(list);
}

static void look_ups(void)
{
    ADDRINFOEXW hints = numbers_only();
    PADDRINFOEXW found = NULL;
    OVERLAPPED overlapped;
    HANDLE name = NULL;
    printf("waiting for it: %d\n", GetAddrInfoExW(L"127.0.0.1", L"80", NS_DNS, NULL, &hints, &found, NULL, NULL, NULL, NULL));
    say_list("list", found);
    printf("no name: %d\n", GetAddrInfoExW(L"1.2.3.4.5", L"80", NS_DNS, NULL, &hints, &found, NULL, NULL, NULL, NULL));
    memset(&overlapped, 0, sizeof(overlapped));
    overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
    found = NULL;
    printf("with an event: %d\n", GetAddrInfoExW(L"127.0.0.1", L"81", NS_DNS, NULL, &hints, &found, NULL, &overlapped, NULL, &name));
    say_wait("it is set", WaitForSingleObject(overlapped.hEvent, 30000));
    printf("result: %d\n", GetAddrInfoExOverlappedResult(&overlapped));
    say_list("list", found);
    printf("too late to cancel: %d\n", GetAddrInfoExCancel(&name));
    printf("an event and a routine: %d\n",
           GetAddrInfoExW(L"127.0.0.1", L"82", NS_DNS, NULL, &hints, &found, NULL, &overlapped, routine, NULL));
    CloseHandle(overlapped.hEvent);
    memset(&overlapped, 0, sizeof(overlapped));
    found = NULL;
    printf("with a routine: %d\n", GetAddrInfoExW(L"127.0.0.1", L"83", NS_DNS, NULL, &hints, &found, NULL, &overlapped, routine, NULL));
    say_wait("it is called, and nobody waits alertably", WaitForSingleObject(called, 30000));
    printf("with %lu\n", (unsigned long)called_with);
    say_list("list", found);
    printf("no OVERLAPPED: %d\n", GetAddrInfoExOverlappedResult(NULL));
}

static void by_name(void)
{
    struct sockaddr_in name, local, remote;
    DWORD local_bytes = sizeof(local), remote_bytes = sizeof(remote);
    SOCKET listener = listening(&name), client = socket(AF_INET, SOCK_STREAM, 0), server;
    char port[8], byte = 'x';
    BOOL done;
    snprintf(port, sizeof(port), "%d", ntohs(name.sin_port));
    done = WSAConnectByNameA(client, "127.0.0.1", port, &local_bytes, (LPSOCKADDR)&local, &remote_bytes, (LPSOCKADDR)&remote, NULL, NULL);
    say("by name", done);
    setsockopt(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0);
    printf("the other end is the listener: %s\n", remote.sin_port == name.sin_port ? "yes" : "no");
    server = accept(listener, NULL, NULL);
    say_socket("send", send(client, &byte, 1, 0));
    say_socket("recv", recv(server, &byte, 1, 0));
    closesocket(client);
    closesocket(server);
    client = socket(AF_INET, SOCK_STREAM, 0);
    done = WSAConnectByNameA(client, NULL, port, NULL, NULL, NULL, NULL, NULL, NULL);
    say("no name", done);
    done = WSAConnectByNameA(client, "127.0.0.1", NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    say("no service", done);
    closesocket(client);
    closesocket(listener);
}

int main(void)
{
    startup();
    called = CreateEventW(NULL, FALSE, FALSE, NULL);
    look_ups();
    by_name();
    WSACleanup();
    return 0;
}
