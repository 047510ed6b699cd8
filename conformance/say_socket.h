/* How the programs on sockets print what a call answered. Include it before anything else. */
#ifndef SAY_SOCKET_H
#define SAY_SOCKET_H

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <stdlib.h>
#include <string.h>
#include "say.h"

/* 0, or SOCKET_ERROR/code. */
static inline void say_socket(const char *what, int result)
{
    int code = WSAGetLastError();
    if (result == SOCKET_ERROR)
        printf("%s: SOCKET_ERROR/%d\n", what, code);
    else
        printf("%s: %d\n", what, result);
}

static inline void die(const char *what)
{
    printf("%s failed: %d\n", what, WSAGetLastError());
    exit(1);
}

static inline void startup(void)
{
    WSADATA data;
    setvbuf(stdout, NULL, _IONBF, 0);
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        die("WSAStartup");
}

/* A socket on a free port of the loopback. */
static inline SOCKET bound(int type, struct sockaddr_in *name)
{
    int size = sizeof(*name);
    SOCKET s = WSASocketW(AF_INET, type, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (s == INVALID_SOCKET)
        die("socket");
    memset(name, 0, sizeof(*name));
    name->sin_family = AF_INET;
    name->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)name, sizeof(*name)) != 0 || getsockname(s, (struct sockaddr *)name, &size) != 0)
        die("bind");
    return s;
}

static inline SOCKET listening(struct sockaddr_in *name)
{
    SOCKET s = bound(SOCK_STREAM, name);
    if (listen(s, SOMAXCONN) != 0)
        die("listen");
    return s;
}

static inline SOCKET connected(const struct sockaddr_in *name)
{
    SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (s == INVALID_SOCKET || connect(s, (const struct sockaddr *)name, sizeof(*name)) != 0)
        die("connect");
    return s;
}

/* Two ends of a connection. */
static inline void stream_pair(SOCKET *client, SOCKET *server)
{
    struct sockaddr_in name;
    SOCKET listener = listening(&name);
    *client = connected(&name);
    *server = accept(listener, NULL, NULL);
    if (*server == INVALID_SOCKET)
        die("accept");
    closesocket(listener);
}

/* Receives until so many bytes are there; how many there were at the end of the stream. */
static inline int receive_all(SOCKET s, char *to, int size)
{
    int all = 0, got = 1;
    while (all < size && (got = recv(s, to + all, size - all, 0)) > 0)
        all += got;
    return got < 0 ? got : all;
}

static inline void *extension(SOCKET s, GUID id)
{
    void *function = NULL;
    DWORD bytes = 0;
    if (WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof(id), &function, sizeof(function), &bytes, NULL, NULL) != 0)
        die("WSAIoctl");
    return function;
}

#endif
