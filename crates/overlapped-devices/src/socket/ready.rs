//! Readiness for those who ask: select and WSAPoll (contract 08 §7.1, §7.2).
//!
//! Linux is asked by ppoll, and its answer brought into Windows' form: a socket that is neither connected nor connecting is ready
//! for nothing, and an attempt to connect that failed is exceptional and nothing else.

use super::core::{Core, Flags, Use};
use super::{Socket, sys};
use overlapped_abi::WsaError;
use overlapped_kernel::clock::{Tick, Timeout};
use rustix::io::Errno;
use std::time::Duration;

bitflags::bitflags! {
    /// What a socket is to be, or is, ready for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
    pub struct Interest: u32 {
        /// Data, the end of it, or a connection.
        const READ = 1;
        /// Room to send, or a connection made.
        const WRITE = 2;
        /// Urgent data.
        const URGENT = 4;
        /// An attempt to connect has failed.
        const FAILED = 8;
        /// The connection is over.
        const HANGUP = 16;
        /// An error waits.
        const ERROR = 32;
    }
}

/// A socket to be watched.
#[derive(Debug)]
pub struct PollEntry<'a> {
    /// Which.
    pub socket: &'a Socket,
    /// What ends the wait.
    pub wanted: Interest,
    /// What is true of it afterwards, wanted or not.
    pub found: Interest,
}

/// Waits until one of the sockets is what is wanted of it, and says how many are; 0 when the time is over.
pub fn wait_ready(entries: &mut [PollEntry<'_>], timeout: Timeout) -> Result<usize, WsaError> {
    let deadline = match timeout {
        Timeout::Poll => Some(Tick(0)),
        Timeout::After(limit) => Some(Tick::monotonic().plus(limit)),
        Timeout::Infinite => None,
    };
    let cores: Vec<_> = entries.iter().map(|entry| (entry.socket.core().clone(), entry.wanted)).collect();
    let uses: Vec<Option<Use<'_>>> = cores.iter().map(|(core, _)| core.fd().ok()).collect();
    let mut fds: Vec<_> =
        cores.iter().zip(&uses).map(|((core, wanted), fd)| question(core, fd.as_ref(), *wanted)).collect();
    // Those that are ready for something else, and would end each poll at once.
    let mut deaf = vec![false; fds.len()];
    loop {
        let limit = deadline.map(|deadline| deadline.since(Tick::monotonic()));
        match ask(&mut fds, limit) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(WsaError::from_errno(error.raw_os_error())),
        }
        let mut ready = 0;
        for (((entry, (core, _)), fd), deaf) in entries.iter_mut().zip(&cores).zip(&mut fds).zip(&mut deaf) {
            if !*deaf {
                entry.found = answer(core, fd.revents);
            }
            if entry.found.intersects(entry.wanted) {
                ready += 1;
            } else if fd.fd >= 0 && fd.revents != 0 {
                (fd.fd, *deaf) = (-1, true);
            }
        }
        if ready > 0 || deadline.is_some_and(|deadline| Tick::monotonic() >= deadline) {
            return Ok(ready);
        }
    }
}

/// Asks Linux, as a blocked thread if that takes time.
fn ask(fds: &mut [libc::pollfd], limit: Option<Duration>) -> Result<usize, Errno> {
    match sys::poll(fds, Some(Duration::ZERO)) {
        Ok(0) if limit != Some(Duration::ZERO) => overlapped_kernel::port::blocking(|| sys::poll(fds, limit)),
        found => found,
    }
}

fn question(core: &Core, fd: Option<&Use<'_>>, wanted: Interest) -> libc::pollfd {
    let idle = core.is_stream() && !core.has(Flags::CONNECTED | Flags::CONNECTING | Flags::LISTENING);
    let failed = idle && core.kept_error().is_some();
    let mut events = libc::POLLRDHUP;
    for (interest, bit) in
        [(Interest::READ, libc::POLLIN), (Interest::WRITE, libc::POLLOUT), (Interest::URGENT, libc::POLLPRI)]
    {
        if wanted.intersects(interest) {
            events |= bit;
        }
    }
    if core.has(Flags::CONNECTING) {
        // A failure shows as room to send.
        events |= libc::POLLOUT;
    }
    // A negative number is passed over.
    let fd = fd.filter(|_| !idle || failed).map_or(-1, Use::raw);
    libc::pollfd { fd, events, revents: 0 }
}

fn answer(core: &Core, found: i16) -> Interest {
    if found & (libc::POLLOUT | libc::POLLERR | libc::POLLHUP) != 0 {
        core.settle();
    }
    let connected = core.has(Flags::CONNECTED | Flags::LISTENING) || !core.is_stream();
    if !connected {
        let failed = core.kept_error().is_some();
        let all = Interest::FAILED | Interest::ERROR | Interest::HANGUP;
        return if failed { all } else { Interest::empty() };
    }
    let over = found & (libc::POLLHUP | libc::POLLERR) != 0;
    let mut answer = Interest::empty();
    answer.set(Interest::READ, found & (libc::POLLIN | libc::POLLRDHUP) != 0 || over);
    answer.set(Interest::WRITE, found & libc::POLLOUT != 0 || over);
    answer.set(Interest::URGENT, found & libc::POLLPRI != 0);
    answer.set(Interest::HANGUP, found & (libc::POLLHUP | libc::POLLRDHUP) != 0);
    answer.set(Interest::ERROR, found & libc::POLLERR != 0);
    answer
}
