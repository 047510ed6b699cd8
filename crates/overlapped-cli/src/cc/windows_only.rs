//! `--windows-only`: what Windows does not have is not there, so that configure scripts and CMake choose as for Windows.
//!
//! Functions are kept from the linker by a header (`ovl/windows_only.h`), headers by others of their names that come first. They are refused
//! to source files only: headers of Linux' C library and of C++ need them, and a header that a project has checked for is included
//! behind that check.

use super::cache;
use std::path::{Path, PathBuf};

/// The name of the header with the functions, below that of the headers.
pub const FUNCTIONS: &str = "ovl/windows_only.h";

/// Headers of Linux that no compiler for Windows has.
#[rustfmt::skip]
const HEADERS: &[&str] = &[
    "aio.h", "ar.h", "argp.h", "argz.h", "arpa/ftp.h", "arpa/inet.h", "arpa/nameser.h", "arpa/nameser_compat.h",
    "arpa/telnet.h", "arpa/tftp.h", "dlfcn.h", "endian.h", "envz.h", "err.h", "execinfo.h", "fmtmsg.h", "fnmatch.h",
    "fstab.h", "fts.h", "glob.h", "grp.h", "gshadow.h", "ifaddrs.h", "langinfo.h", "link.h", "linux/aio_abi.h",
    "linux/capability.h", "linux/errqueue.h", "linux/eventpoll.h", "linux/fanotify.h", "linux/filter.h",
    "linux/fs.h", "linux/futex.h", "linux/if.h", "linux/if_addr.h", "linux/if_link.h", "linux/if_packet.h",
    "linux/if_tun.h", "linux/in.h", "linux/inotify.h", "linux/input.h", "linux/io_uring.h", "linux/ioctl.h",
    "linux/kernel.h", "linux/memfd.h", "linux/netlink.h", "linux/param.h", "linux/prctl.h", "linux/random.h",
    "linux/rtnetlink.h", "linux/sched.h", "linux/seccomp.h", "linux/serial.h", "linux/socket.h", "linux/sockios.h",
    "linux/tcp.h", "linux/time.h", "linux/timerfd.h", "linux/tls.h", "linux/tty.h", "linux/uinput.h", "linux/uio.h",
    "linux/un.h", "linux/vhost.h", "linux/vm_sockets.h", "linux/watchdog.h", "mcheck.h", "mntent.h", "monetary.h",
    "mqueue.h", "net/ethernet.h", "net/if.h", "net/if_arp.h", "net/if_packet.h", "net/route.h", "netdb.h",
    "netinet/ether.h", "netinet/icmp6.h", "netinet/if_ether.h", "netinet/if_fddi.h", "netinet/if_tr.h",
    "netinet/igmp.h", "netinet/in.h", "netinet/in_systm.h", "netinet/ip.h", "netinet/ip6.h", "netinet/ip_icmp.h",
    "netinet/tcp.h", "netinet/udp.h", "netpacket/packet.h", "nl_types.h", "paths.h", "poll.h", "pty.h", "pwd.h",
    "regex.h", "resolv.h", "sgtty.h", "shadow.h", "spawn.h", "stdio_ext.h", "sys/acct.h", "sys/auxv.h", "sys/dir.h",
    "sys/elf.h", "sys/epoll.h", "sys/errno.h", "sys/eventfd.h", "sys/fanotify.h", "sys/fsuid.h", "sys/inotify.h",
    "sys/io.h", "sys/ioctl.h", "sys/ipc.h", "sys/klog.h", "sys/mman.h", "sys/mount.h", "sys/msg.h", "sys/mtio.h",
    "sys/personality.h", "sys/pidfd.h", "sys/poll.h", "sys/prctl.h", "sys/procfs.h", "sys/profil.h", "sys/ptrace.h",
    "sys/quota.h", "sys/random.h", "sys/reboot.h", "sys/resource.h", "sys/rseq.h", "sys/select.h", "sys/sem.h",
    "sys/sendfile.h", "sys/shm.h", "sys/signal.h", "sys/signalfd.h", "sys/single_threaded.h", "sys/socket.h",
    "sys/socketvar.h", "sys/soundcard.h", "sys/statfs.h", "sys/statvfs.h", "sys/swap.h", "sys/syscall.h",
    "sys/sysinfo.h", "sys/syslog.h", "sys/sysmacros.h", "sys/termios.h", "sys/timerfd.h", "sys/times.h",
    "sys/timex.h", "sys/ttydefaults.h", "sys/ucontext.h", "sys/uio.h", "sys/un.h", "sys/user.h", "sys/utsname.h",
    "sys/vfs.h", "sys/vlimit.h", "sys/wait.h", "sys/xattr.h", "syscall.h", "sysexits.h", "syslog.h", "termio.h",
    "termios.h", "ttyent.h", "ucontext.h", "ulimit.h", "utmp.h", "utmpx.h", "values.h", "wait.h", "wordexp.h",
];

/// The directory of headers that refuse to be included, to be searched first.
pub fn directory() -> Result<PathBuf, String> {
    let files: Vec<_> = HEADERS.iter().map(|name| (Path::new(name), text(name))).collect();
    cache::directory("windows-only", files.iter().map(|(name, text)| (*name, text.as_bytes())))
}

fn text(name: &str) -> String {
    format!(
        "#if __INCLUDE_LEVEL__ == 1\n#error \"{name} is not on Windows\"\n#else\n#pragma GCC system_header\n#include_next <{name}>\n#endif\n"
    )
}
