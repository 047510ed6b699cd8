/* libc's <sys/wait.h>, with what <stdlib.h> has of it on Linux and not on Windows. */
#pragma GCC system_header
#include_next <sys/wait.h>
#ifndef WNOHANG
#include <bits/waitflags.h>
#endif
#ifndef WEXITSTATUS
#define WEXITSTATUS(status) __WEXITSTATUS(status)
#define WTERMSIG(status) __WTERMSIG(status)
#define WSTOPSIG(status) __WSTOPSIG(status)
#define WIFEXITED(status) __WIFEXITED(status)
#define WIFSIGNALED(status) __WIFSIGNALED(status)
#define WIFSTOPPED(status) __WIFSTOPPED(status)
#define WIFCONTINUED(status) __WIFCONTINUED(status)
#endif
