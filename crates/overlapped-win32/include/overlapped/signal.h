/* libc's <signal.h>. Ctrl+Break is SIGQUIT here, as it is for console handlers. */
#ifndef OVL_SIGNAL_H
#define OVL_SIGNAL_H
#pragma GCC system_header
#include "ovl/crt.h"
#include "ovl/hide.h"
/* What the program has of its own; see ovl/prelude.h. */
#ifdef OVL_HIDE_sigset_t
#define sigset_t ovl_libc_sigset_t
#endif
#ifdef OVL_HIDE_siginfo_t
#define siginfo_t ovl_libc_siginfo_t
#endif
#ifdef OVL_HIDE_sigaction
#define sigaction ovl_libc_sigaction
#endif
#ifdef OVL_HIDE_stack_t
#define stack_t ovl_libc_stack_t
#endif
#ifdef OVL_HIDE_ucontext_t
#define ucontext_t ovl_libc_ucontext_t
#endif
/* Windows programs may have a pthread_attr_t of their own; <pthread.h> brings libc's. */
#ifndef __have_pthread_attr_t
#define pthread_attr_t ovl_libc_pthread_attr_t
#include_next <signal.h>
#undef pthread_attr_t
#undef __have_pthread_attr_t
#else
#include_next <signal.h>
#endif
#ifdef OVL_HIDE_sigset_t
#undef sigset_t
#endif
#ifdef OVL_HIDE_siginfo_t
#undef siginfo_t
/* libc's members have names that are macros. */
#undef si_pid
#undef si_uid
#undef si_timerid
#undef si_overrun
#undef si_status
#undef si_utime
#undef si_stime
#undef si_value
#undef si_int
#undef si_ptr
#undef si_addr
#undef si_addr_lsb
#undef si_lower
#undef si_upper
#undef si_pkey
#undef si_band
#undef si_fd
#undef si_call_addr
#undef si_syscall
#undef si_arch
#endif
#ifdef OVL_HIDE_sigaction
#undef sigaction
#undef sa_handler
#undef sa_sigaction
#endif
#ifdef OVL_HIDE_stack_t
#undef stack_t
#endif
#ifdef OVL_HIDE_ucontext_t
#undef ucontext_t
#endif
#include "ovl/show.h"

/* A handler is called once, and then set anew: so is that of strict C in glibc, whose `signal` has another symbol then. */
#ifdef __USE_MISC
OVL_BEGIN
#pragma push_macro("signal")
#undef signal
__sighandler_t signal(int number, __sighandler_t handler) OVL_NOTHROW OVL_SYMBOL(signal);
#pragma pop_macro("signal")
OVL_END
#endif
#ifdef OVL_WINDOWS_ONLY_H
/* Numbers that Windows has no names for; programs give them to signals that they send themselves. */
#undef SIGHUP
#undef SIGQUIT
#undef SIGTRAP
#undef SIGIOT
#undef SIGBUS
#undef SIGKILL
#undef SIGUSR1
#undef SIGUSR2
#undef SIGPIPE
#undef SIGALRM
#undef SIGSTKFLT
#undef SIGCHLD
#undef SIGCLD
#undef SIGCONT
#undef SIGSTOP
#undef SIGTSTP
#undef SIGTTIN
#undef SIGTTOU
#undef SIGURG
#undef SIGXCPU
#undef SIGXFSZ
#undef SIGVTALRM
#undef SIGPROF
#undef SIGWINCH
#undef SIGPOLL
#undef SIGIO
#undef SIGPWR
#undef SIGSYS
#undef sigmask
#undef SIG_BLOCK
#undef SIG_UNBLOCK
#undef SIG_SETMASK
#undef SA_RESTART
#undef SA_NOCLDSTOP
#endif
/* SIGQUIT. */
#define SIGBREAK 3
#define SIGABRT_COMPAT SIGABRT

#endif
