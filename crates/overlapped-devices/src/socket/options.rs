//! Options (contract 08 §8, §10): Linux's own as they are, and those that only Windows knows.

use super::core::{Core, Flags};
use super::lane::Side;
use super::setup::code;
use super::{Socket, sys};
use overlapped_abi::WsaError;
use overlapped_kernel::clock::{Tick, Timeout};
use rustix::io::Errno;
use std::time::Duration;

impl Socket {
    /// setsockopt with Linux's level, name and value: 10042 for an option that there is not, 10014 for a value of another length.
    pub fn set_option(&self, level: i32, name: i32, value: &[u8]) -> Result<(), WsaError> {
        let core = self.core();
        let fd = core.fd().map_err(code)?;
        sys::set_option(fd.raw(), level, name, value).map_err(option_code)?;
        if core.is_stream() && !core.has(Flags::TUNED) && (level, name) != (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY) {
            core.add(Flags::TUNED);
        }
        Ok(())
    }

    /// getsockopt with Linux's level and name; the length of the value. What Linux holds for an accepted socket is its own from the
    /// beginning.
    pub fn option(&self, level: i32, name: i32, value: &mut [u8]) -> Result<usize, WsaError> {
        let fd = self.core().fd().map_err(code)?;
        sys::option(fd.raw(), level, name, value).map_err(option_code)
    }

    fn set_number(&self, level: i32, name: i32, value: i32) -> Result<(), WsaError> {
        self.set_option(level, name, &value.to_ne_bytes())
    }

    /// SO_LINGER: how many seconds the close waits, if it is set.
    #[must_use]
    pub fn linger(&self) -> Option<u16> {
        let mut value = [0; size_of::<libc::linger>()];
        let len = self.option(libc::SOL_SOCKET, libc::SO_LINGER, &mut value).ok()?;
        let word = |at: usize| i32::from_ne_bytes([0, 1, 2, 3].map(|i| value[at + i]));
        (len == value.len() && word(0) != 0).then(|| u16::try_from(word(4)).unwrap_or(u16::MAX))
    }

    /// Sets SO_LINGER: with 0 seconds the close is abortive, with `None` graceful in the background (SO_DONTLINGER). 10042 for
    /// datagrams.
    pub fn set_linger(&self, seconds: Option<u16>) -> Result<(), WsaError> {
        if !self.is_stream() {
            return Err(WsaError::ENOPROTOOPT);
        }
        let mut value = [0; size_of::<libc::linger>()];
        value[..4].copy_from_slice(&i32::from(seconds.is_some()).to_ne_bytes());
        value[4..].copy_from_slice(&i32::from(seconds.unwrap_or(0)).to_ne_bytes());
        self.set_option(libc::SOL_SOCKET, libc::SO_LINGER, &value)
    }

    /// SO_RCVBUF as it was set, in bytes; else what Windows begins with. Linux' own changes with the connection.
    pub fn receive_buffer(&self) -> Result<u32, WsaError> {
        self.buffer(Side::In)
    }

    /// SO_SNDBUF likewise.
    pub fn send_buffer(&self) -> Result<u32, WsaError> {
        self.buffer(Side::Out)
    }

    /// Sets SO_RCVBUF.
    pub fn set_receive_buffer(&self, bytes: u32) -> Result<(), WsaError> {
        self.set_buffer(Side::In, bytes)
    }

    /// Sets SO_SNDBUF. With 0, sends over TCP are complete when the other side has acknowledged them, except those of calls that
    /// do not wait (contract 08 section 10).
    pub fn set_send_buffer(&self, bytes: u32) -> Result<(), WsaError> {
        self.set_buffer(Side::Out, bytes)
    }

    fn buffer(&self, side: Side) -> Result<u32, WsaError> {
        self.core().fd().map_err(code)?;
        // Linux doubles what it is told, and says so when it is asked.
        let set = self.core().rare().as_ref().and_then(|rare| rare.buffers[side as usize]);
        Ok(set.unwrap_or(USUAL_BUFFER))
    }

    fn set_buffer(&self, side: Side, bytes: u32) -> Result<(), WsaError> {
        let core = self.core();
        let fd = core.fd().map_err(code)?;
        core.with_rare(|rare| rare.buffers[side as usize] = Some(bytes));
        core.apply_buffers(fd.raw());
        core.add(Flags::TUNED);
        Ok(())
    }

    /// How long plain receives wait (SO_RCVTIMEO).
    pub(super) fn receive_timeout(&self) -> Timeout {
        limit(self.receive_limit())
    }

    /// How long plain sends wait (SO_SNDTIMEO).
    pub(super) fn send_timeout(&self) -> Timeout {
        limit(self.send_limit())
    }

    /// SO_RCVTIMEO in milliseconds, 0 for ever. Overlapped calls do not care.
    #[must_use]
    pub fn receive_limit(&self) -> u32 {
        self.core().rare().as_ref().map_or(0, |rare| rare.receive_limit)
    }

    /// Sets SO_RCVTIMEO.
    pub fn set_receive_limit(&self, milliseconds: u32) {
        self.core().with_rare(|rare| rare.receive_limit = milliseconds);
    }

    /// SO_SNDTIMEO in milliseconds, 0 for ever.
    #[must_use]
    pub fn send_limit(&self) -> u32 {
        self.core().rare().as_ref().map_or(0, |rare| rare.send_limit)
    }

    /// Sets SO_SNDTIMEO.
    pub fn set_send_limit(&self, milliseconds: u32) {
        self.core().with_rare(|rare| rare.send_limit = milliseconds);
    }

    /// SO_ERROR: what a connection attempt that nobody waited for, or a datagram, has left; and nothing the next time.
    pub fn take_error(&self) -> WsaError {
        let core = self.core();
        core.settle();
        let untold = |rare: &mut Box<super::core::Rare>| {
            (!std::mem::replace(&mut rare.error_told, true)).then_some(rare.error)?
        };
        let kept = core.rare().as_mut().and_then(untold);
        // The error of an attempt to connect is for whoever finds out how it ended.
        let asked = || {
            let _deciding = core.deciding();
            let fd = core.fd().ok().filter(|_| !core.has(Flags::CONNECTING))?;
            sys::take_error(fd.raw())
        };
        kept.or_else(asked).map_or(WsaError::SUCCESS, |error| core.code(error))
    }

    /// SO_EXCLUSIVEADDRUSE: nobody may bind to the address, not even with SO_REUSEADDR, until the last connection that was accepted
    /// there is closed, too. 10022 once bound, or with SO_REUSEADDR.
    pub fn set_exclusive(&self, yes: bool) -> Result<(), WsaError> {
        let core = self.core();
        if core.has(Flags::BOUND) || yes && core.has(Flags::REUSE) {
            return Err(WsaError::EINVAL);
        }
        core.put(Flags::EXCLUSIVE, yes);
        Ok(())
    }

    /// Is SO_EXCLUSIVEADDRUSE set?
    #[must_use]
    pub fn is_exclusive(&self) -> bool {
        self.core().has(Flags::EXCLUSIVE)
    }

    /// SO_REUSEADDR with the meaning of Windows: several sockets that all have it share an address.
    pub fn set_reuse(&self, yes: bool) -> Result<(), WsaError> {
        let core = self.core();
        if yes && core.has(Flags::EXCLUSIVE) {
            return Err(WsaError::EINVAL);
        }
        // Of streams, SO_REUSEADDR of Linux is about connections that are over, and comes with the bind.
        let option = if core.is_stream() { libc::SO_REUSEPORT } else { libc::SO_REUSEADDR };
        if core.traits.family != libc::AF_UNIX {
            self.set_number(libc::SOL_SOCKET, option, i32::from(yes))?;
        }
        core.put(Flags::REUSE, yes);
        Ok(())
    }

    /// Is SO_REUSEADDR set?
    #[must_use]
    pub fn is_reuse(&self) -> bool {
        self.core().has(Flags::REUSE)
    }

    /// SO_ACCEPTCONN: does it listen?
    #[must_use]
    pub fn is_listening(&self) -> bool {
        self.core().has(Flags::LISTENING)
    }

    /// SO_CONNECT_TIME: seconds since it was connected; `None` if it is not.
    #[must_use]
    pub fn connect_time(&self) -> Option<u32> {
        let core = self.core();
        core.settle();
        let since = core.connected_at().filter(|_| core.has(Flags::CONNECTED))?;
        let seconds = Tick::monotonic().since(since).as_secs();
        Some(u32::try_from(seconds).unwrap_or(u32::MAX))
    }

    /// SIO_KEEPALIVE_VALS: keep-alive packets after `time`, again after `interval`, in milliseconds; Linux counts whole seconds.
    pub fn set_keepalive(&self, on: bool, time: u32, interval: u32) -> Result<(), WsaError> {
        let seconds = |milliseconds: u32| milliseconds.div_ceil(1000).clamp(1, 32767) as i32;
        self.set_number(libc::SOL_SOCKET, libc::SO_KEEPALIVE, i32::from(on))?;
        if on {
            self.set_number(libc::IPPROTO_TCP, libc::TCP_KEEPIDLE, seconds(time))?;
            self.set_number(libc::IPPROTO_TCP, libc::TCP_KEEPINTVL, seconds(interval))?;
        }
        Ok(())
    }

    /// A number that a face keeps with the socket, for options that mean nothing to Linux.
    #[must_use]
    pub fn user_option(&self, key: i32) -> Option<u32> {
        let rare = self.core().rare();
        rare.as_ref()?.user_options.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }

    /// Sets [`Socket::user_option`].
    pub fn set_user_option(&self, key: i32, value: u32) {
        self.core().with_rare(|rare| {
            rare.user_options.retain(|(known, _)| *known != key);
            rare.user_options.push((key, value));
        });
    }
}

/// SO_RCVBUF and SO_SNDBUF of a socket that nobody has tuned, in Windows.
const USUAL_BUFFER: u32 = 65_536;

impl Core {
    /// The error that a look at the socket has found, which stays for SO_ERROR.
    pub(super) fn kept_error(&self) -> Option<Errno> {
        self.rare().as_ref().and_then(|rare| rare.error)
    }
}

fn limit(milliseconds: u32) -> Timeout {
    if milliseconds == 0 { Timeout::Infinite } else { Timeout::After(Duration::from_millis(milliseconds.into())) }
}

fn option_code(error: Errno) -> WsaError {
    match error {
        Errno::NOPROTOOPT | Errno::OPNOTSUPP => WsaError::ENOPROTOOPT,
        // An interface that is not there.
        Errno::NODEV => WsaError::EADDRNOTAVAIL,
        error => code(error),
    }
}
