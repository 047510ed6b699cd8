// Programs for both systems make macros of libc's names, and headers that come later bring <unistd.h> along.
#include <winsock2.h>
#define close closesocket
#define read(socket, to, bytes) recv(socket, to, bytes, 0)
#define write(socket, from, bytes) send(socket, from, bytes, 0)
#define sleep(seconds) Sleep(1000 * (seconds))
#define getpid GetCurrentProcessId
#ifdef __cplusplus
#include <string>
#endif
#include <unistd.h>
#include <stdio.h>

int main(void) {
    WSADATA data;
    char byte;
    if (WSAStartup(MAKEWORD(2, 2), &data)) {
        return 1;
    }
    sleep(0);
    printf("%d %d %d %d\n", close(INVALID_SOCKET), WSAGetLastError(), read(INVALID_SOCKET, &byte, 1), (int)(getpid() != 0));
    WSACleanup();
    return 0;
}
