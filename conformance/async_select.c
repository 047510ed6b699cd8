/* Events of sockets as messages to a window: WSAAsyncSelect (contract 08 section 7). */
#include "say.h"

#define TOLD (WM_USER + 7)

static HWND window;

/* Until the events have come, each once. */
static void told(const char *what, SOCKET of, int wanted)
{
    MSG message;
    int seen = 0, wrong = 0, error = 0;
    DWORD end = GetTickCount() + 8000;
    while ((seen & wanted) != wanted && (int)(end - GetTickCount()) > 0) {
        if (!PeekMessageW(&message, window, 0, 0, PM_REMOVE)) {
            MsgWaitForMultipleObjects(0, NULL, FALSE, 100, QS_ALLINPUT);
            continue;
        }
        if (message.message != TOLD || (SOCKET)message.wParam != of)
            wrong++;
        if (seen & WSAGETSELECTEVENT(message.lParam))
            wrong++;
        seen |= WSAGETSELECTEVENT(message.lParam);
        if (WSAGETSELECTERROR(message.lParam))
            error = WSAGETSELECTERROR(message.lParam);
    }
    printf("%s: %#x, error %d%s\n", what, seen, error, wrong ? ", and wrong ones" : "");
}

static void nothing(const char *what)
{
    MSG message;
    DWORD end = GetTickCount() + 150;
    int count = 0;
    while ((int)(end - GetTickCount()) > 0) {
        while (PeekMessageW(&message, window, 0, 0, PM_REMOVE))
            count++;
        Sleep(10);
    }
    printf("%s: %d\n", what, count);
}

static void talk(void)
{
    struct sockaddr_in name;
    int size = sizeof name;
    char bytes[8];
    u_long on = 1;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), server;
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener, (struct sockaddr *)&name, sizeof name);
    listen(listener, 5);
    getsockname(listener, (struct sockaddr *)&name, &size);
    printf("listener: %d\n", WSAAsyncSelect(listener, window, TOLD, FD_ACCEPT | FD_READ | FD_CLOSE));
    printf("client: %d\n", WSAAsyncSelect(client, window, TOLD, FD_CONNECT | FD_WRITE));
    printf("connect: %d", connect(client, (struct sockaddr *)&name, sizeof name));
    printf(" %d\n", WSAGetLastError());
    {
        /* Both sides tell at once, so they are taken together. */
        MSG message;
        int client_saw = 0, listener_saw = 0;
        DWORD end = GetTickCount() + 8000;
        while ((client_saw != (FD_CONNECT | FD_WRITE) || !listener_saw) && (int)(end - GetTickCount()) > 0) {
            if (!PeekMessageW(&message, window, TOLD, TOLD, PM_REMOVE))
                MsgWaitForMultipleObjects(0, NULL, FALSE, 100, QS_ALLINPUT);
            else if ((SOCKET)message.wParam == client)
                client_saw |= WSAGETSELECTEVENT(message.lParam);
            else
                listener_saw |= WSAGETSELECTEVENT(message.lParam);
        }
        printf("client %#x, listener %#x\n", client_saw, listener_saw);
    }
    server = accept(listener, NULL, NULL);
    printf("accepted: %d\n", server != INVALID_SOCKET);
    send(client, "abcdef", 6, 0);
    told("the accepted one reads", server, FD_READ);
    nothing("once");
    printf("received %d\n", recv(server, bytes, 2, 0));
    told("there is more", server, FD_READ);
    printf("received %d\n", recv(server, bytes, 8, 0));
    nothing("all is read");
    printf("received %d", recv(server, bytes, 8, 0));
    printf(" %d\n", WSAGetLastError());
    printf("blocking: %d", ioctlsocket(server, FIONBIO, (on = 0, &on)));
    printf(" %d\n", WSAGetLastError());
    send(client, "x", 1, 0);
    told("more", server, FD_READ);
    printf("selected again: %d\n", WSAAsyncSelect(server, window, TOLD, FD_READ | FD_CLOSE));
    told("it is news", server, FD_READ);
    printf("not any more: %d\n", WSAAsyncSelect(server, window, 0, 0));
    recv(server, bytes, 1, 0);
    send(client, "y", 1, 0);
    nothing("nobody is told");
    recv(server, bytes, 1, 0);
    printf("again: %d\n", WSAAsyncSelect(server, window, TOLD, FD_READ | FD_CLOSE));
    closesocket(client);
    told("the end", server, FD_CLOSE);
    closesocket(server);
    closesocket(listener);
}

static void refused(void)
{
    struct sockaddr_in name;
    int size = sizeof name;
    SOCKET nobody = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(nobody, (struct sockaddr *)&name, sizeof name);
    getsockname(nobody, (struct sockaddr *)&name, &size);
    WSAAsyncSelect(client, window, TOLD, FD_CONNECT);
    connect(client, (struct sockaddr *)&name, sizeof name);
    told("refused", client, FD_CONNECT);
    closesocket(client);
    closesocket(nobody);
}

int main(void)
{
    WSADATA data;
    WNDCLASSA type;
    WSAStartup(MAKEWORD(2, 2), &data);
    memset(&type, 0, sizeof type);
    type.lpfnWndProc = DefWindowProcA;
    type.hInstance = GetModuleHandle(NULL);
    type.lpszClassName = "sockets";
    RegisterClassA(&type);
    window = CreateWindowA("sockets", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, type.hInstance, NULL);
    talk();
    refused();
    DestroyWindow(window);
    WSACleanup();
    return 0;
}
