// What programs bring along because no header of a compiler for Windows has it: other layouts than those of libc.
#include <winsock2.h>
#include <windows.h>
#include <fcntl.h>
#include <io.h>
#include <signal.h>
#include <stdio.h>
#include <sys/types.h>

typedef unsigned long u_long;
typedef char *key_t;
typedef DWORD nlink_t;
typedef unsigned sigset_t;
typedef int ucontext_t;
typedef struct {
    unsigned bits[2];
} cpu_set_t;
struct iovec {
    u_long iov_len;
    char *iov_base;
};
typedef struct siginfo {
    HANDLE si_handle;
    int si_pid;
} siginfo_t;
struct sigaction {
    int sa_flags;
    void (*sa_handler)(int);
    sigset_t sa_mask;
};

static int sent(SOCKET socket, struct iovec *parts, int count) {
    DWORD bytes = 0;
    return WSASend(socket, (WSABUF *)parts, (DWORD)count, &bytes, 0, NULL, NULL) == 0 ? (int)bytes : WSAGetLastError();
}

static int called;
static void handler(int number) { called = number; }

int main(void) {
    struct sigaction action = {1, handler, 2};
    siginfo_t info = {NULL, 3};
    cpu_set_t set = {{4, 5}};
    key_t key = (char *)"key";
    nlink_t links = 6;
    ucontext_t context = 7;
    struct iovec part = {3, key};
    signal(SIGTERM, action.sa_handler);
    raise(SIGTERM);
    printf("%d %d %d\n", (int)sizeof(struct iovec), (int)sizeof(WSABUF), sent(INVALID_SOCKET, &part, 1) != 3);
    printf("%d %d %d %d %d\n", called == SIGTERM, info.si_pid, (int)set.bits[1], (int)links, context);
    printf("%d %d\n", (int)action.sa_mask, (int)sizeof action);
    return 0;
}
