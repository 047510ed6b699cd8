//! Names of the system calls in which threads commonly sleep.

/// The name of a call, if it is one of them.
pub(super) fn name(number: u32) -> Option<&'static str> {
    macro_rules! table {
        ($($name:ident $call:ident,)*) => {
            [$((libc::$call, stringify!($name)),)*]
        };
    }
    let common = table! {
        read SYS_read, write SYS_write, readv SYS_readv, writev SYS_writev, pread SYS_pread64, pwrite SYS_pwrite64,
        preadv SYS_preadv, pwritev SYS_pwritev, preadv2 SYS_preadv2, pwritev2 SYS_pwritev2, openat SYS_openat,
        fsync SYS_fsync, fdatasync SYS_fdatasync, sync_file_range SYS_sync_file_range, fallocate SYS_fallocate, flock SYS_flock,
        fcntl SYS_fcntl, ioctl SYS_ioctl, copy_file_range SYS_copy_file_range, sendfile SYS_sendfile, splice SYS_splice,
        futex SYS_futex, nanosleep SYS_nanosleep, clock_nanosleep SYS_clock_nanosleep, ppoll SYS_ppoll, pselect6 SYS_pselect6,
        epoll_pwait SYS_epoll_pwait, epoll_pwait2 SYS_epoll_pwait2, io_uring_enter SYS_io_uring_enter, connect SYS_connect,
        accept SYS_accept, accept4 SYS_accept4, recvfrom SYS_recvfrom, recvmsg SYS_recvmsg, recvmmsg SYS_recvmmsg,
        sendto SYS_sendto, sendmsg SYS_sendmsg, sendmmsg SYS_sendmmsg, wait4 SYS_wait4, waitid SYS_waitid,
        rt_sigtimedwait SYS_rt_sigtimedwait, rt_sigsuspend SYS_rt_sigsuspend, msgrcv SYS_msgrcv, semop SYS_semop,
        semtimedop SYS_semtimedop, mmap SYS_mmap, munmap SYS_munmap, getrandom SYS_getrandom, unlinkat SYS_unlinkat,
        restart_syscall SYS_restart_syscall,
    };
    let found = common.iter().find(|(call, _)| *call == libc::c_long::from(number)).map(|(_, name)| *name);
    found.or_else(|| older(number))
}

/// Calls that newer processors' tables do not have.
#[cfg(target_arch = "x86_64")]
fn older(number: u32) -> Option<&'static str> {
    Some(match libc::c_long::from(number) {
        libc::SYS_open => "open",
        libc::SYS_poll => "poll",
        libc::SYS_select => "select",
        libc::SYS_epoll_wait => "epoll_wait",
        libc::SYS_pause => "pause",
        _ => return None,
    })
}

#[cfg(not(target_arch = "x86_64"))]
fn older(_number: u32) -> Option<&'static str> {
    None
}
