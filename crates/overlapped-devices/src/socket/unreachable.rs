//! Datagrams to a port where nobody is (SIO_UDP_CONNRESET, contract 08 sections 3 and 11): the other machine says so, and the next
//! receive fails with 10054, once for all that were sent before. Sends never fail for it.
//!
//! Linux tells a socket without a peer only if it is asked to (IP_RECVERR), tells whichever call comes first, and keeps what came
//! in a queue of errors as well, which is thrown away here. The drawback: two calls more when a datagram socket is made.

use super::core::{Core, Flags, Traits, Use};
use super::{Socket, sys};
use overlapped_abi::WsaError;
use rustix::fd::RawFd;
use rustix::io::Errno;

/// Has Linux tell the socket, or not.
pub(super) fn listen(fd: RawFd, traits: Traits, yes: bool) {
    if traits.kind != libc::SOCK_DGRAM || traits.family == libc::AF_UNIX {
        return;
    }
    // A socket of IPv6 may speak IPv4 too. What Linux does not know, it does not tell.
    let _ = sys::set_number(fd, libc::IPPROTO_IP, libc::IP_RECVERR, i32::from(yes));
    if traits.family == libc::AF_INET6 {
        let _ = sys::set_number(fd, libc::IPPROTO_IPV6, libc::IPV6_RECVERR, i32::from(yes));
    }
}

/// Errors that come from other machines, and not from the call that reports them.
fn is_news(error: Errno) -> bool {
    matches!(
        error,
        Errno::CONNREFUSED
            | Errno::HOSTUNREACH
            | Errno::NETUNREACH
            | Errno::HOSTDOWN
            | Errno::PROTO
            | Errno::NOPROTOOPT
            | Errno::OPNOTSUPP
            | Errno::CONNRESET
    )
}

impl Core {
    fn hears(&self) -> bool {
        !self.is_stream() && self.traits.family != libc::AF_UNIX
    }

    /// A datagram socket's call, made again if what it reported is not its own failure.
    pub(super) fn without_news<T>(
        &self,
        fd: &Use<'_>,
        receives: bool,
        mut call: impl FnMut() -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        if receives && self.has(Flags::UNREACHED) && self.take_unreached(fd) {
            return Err(Errno::CONNREFUSED);
        }
        let mut result = call();
        // Each of them is told once; what comes again is the call's own.
        for _ in 0..4 {
            let Err(error) = result else { return result };
            if !is_news(error) || !self.hears() {
                return result;
            }
            if error == Errno::CONNREFUSED && !self.has(Flags::UNTOLD) {
                if receives {
                    sys::drop_errors(fd.raw());
                    return result;
                }
                self.add(Flags::UNREACHED);
            } else {
                sys::drop_errors(fd.raw());
            }
            result = call();
        }
        result
    }

    /// Is a receive to report an unreachable port? It does so once.
    fn take_unreached(&self, fd: &Use<'_>) -> bool {
        self.remove(Flags::UNREACHED);
        sys::drop_errors(fd.raw());
        !self.has(Flags::UNTOLD)
    }

    /// What a look at the socket finds and nobody is to hear of.
    pub(super) fn forget_news(&self, fd: &Use<'_>) {
        if self.hears() && self.has(Flags::UNTOLD) {
            sys::take_error(fd.raw());
            sys::drop_errors(fd.raw());
        }
    }
}

impl Socket {
    /// SIO_UDP_CONNRESET: do receives report ports that cannot be reached? They do at first. 10045 for other sockets than those of
    /// datagrams.
    pub fn set_told_of_unreachable(&self, yes: bool) -> Result<(), WsaError> {
        let core = self.core();
        if !core.hears() {
            return Err(WsaError::EOPNOTSUPP);
        }
        let fd = core.fd().map_err(|error| core.code(error))?;
        listen(fd.raw(), core.traits, yes);
        core.put(Flags::UNTOLD, !yes);
        if !yes {
            core.remove(Flags::UNREACHED);
            core.forget_news(&fd);
        }
        Ok(())
    }
}
