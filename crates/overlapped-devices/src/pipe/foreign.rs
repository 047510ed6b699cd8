//! Pipes of Linux that this process has as handles: standard input of a child, what POSIX code hands over. They are read and written as
//! files are; here is what is asked of them as pipes of bytes.

use super::ask::Info;
use super::state::{Peeked, Standing};
use crate::socket::Socket;
use overlapped_abi::constants::pipe::{PIPE_DEFAULT_BUFFER, PIPE_NOWAIT};
use overlapped_abi::{Context, Win32Error};
use overlapped_kernel::device::{Descriptor, FileType};
use overlapped_kernel::system::Grant;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::RecvFlags;

/// The descriptor of a handle that refers to a pipe of Linux.
pub(super) fn descriptor(grant: &Grant) -> Option<Descriptor<'_>> {
    let device = grant.instance.device();
    let is_pipe = device.file_type() == FileType::Pipe && Socket::of_instance(&grant.instance).is_err();
    device.descriptor().filter(|_| is_pipe)
}

fn failed(errno: Errno) -> Win32Error {
    Win32Error::from_errno(errno.raw_os_error(), Context::Read)
}

/// PeekNamedPipe.
pub(super) fn peek(fd: BorrowedFd<'_>, room: usize) -> Result<Peeked, Win32Error> {
    let available = rustix::io::ioctl_fionread(fd).map_err(failed)?;
    let available = usize::try_from(available).unwrap_or(usize::MAX);
    let mut watched = [PollFd::new(&fd, PollFlags::IN)];
    let _ = poll(&mut watched, Some(&Timespec::default()));
    let closed = watched[0].revents().contains(PollFlags::HUP);
    if available == 0 && closed {
        return Err(Win32Error::BROKEN_PIPE);
    }
    let mut data = vec![0; room.min(available)];
    let seen = if data.is_empty() { 0 } else { copy(fd, &mut data).map_err(failed)? };
    data.truncate(seen);
    let standing = if closed { Standing::Closing } else { Standing::Connected };
    Ok(Peeked { standing: standing as u32, available, messages: 0, message: None, data })
}

/// Copies the first bytes and leaves them there.
fn copy(fd: BorrowedFd<'_>, to: &mut [u8]) -> Result<usize, Errno> {
    match rustix::net::recv(fd, &mut *to, RecvFlags::PEEK | RecvFlags::DONTWAIT) {
        Ok((seen, _)) => return Ok(seen),
        Err(Errno::AGAIN) => return Ok(0),
        Err(Errno::NOTSOCK) => {}
        Err(errno) => return Err(errno),
    }
    let pair = std::io::pipe().map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::MFILE))?;
    let (out, into) = (OwnedFd::from(pair.0), OwnedFd::from(pair.1));
    // SAFETY: two open descriptors and plain numbers.
    let seen = unsafe { libc::tee(fd.as_raw_fd(), into.as_raw_fd(), to.len(), libc::SPLICE_F_NONBLOCK) };
    match usize::try_from(seen) {
        Ok(0) => Ok(0),
        Ok(seen) => rustix::io::read(out.as_fd(), &mut to[..seen]),
        // Somebody has read it meanwhile.
        Err(_) => Ok(0),
    }
}

/// What it is: a pipe of bytes, whose reader is the server's end.
pub(super) fn info(grant: &Grant, fd: BorrowedFd<'_>) -> Info {
    let plain = crate::file::plain_pipe(grant);
    // SAFETY: an open descriptor and plain numbers.
    let size = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETPIPE_SZ) };
    let size = u32::try_from(size).unwrap_or(PIPE_DEFAULT_BUFFER);
    let bytes = plain.and_then(|plain| plain.asked()).unwrap_or(size);
    let is_server = !grant.access.can_write();
    let mode = if plain.is_some_and(|plain| plain.is_nowait()) { PIPE_NOWAIT } else { 0 };
    Info { is_server, of_messages: false, mode, out_bytes: bytes, in_bytes: bytes, max_instances: 1, instances: 1 }
}

/// SetNamedPipeHandleState: whether it waits, for this handle's instance alone.
pub(super) fn set_mode(grant: &Grant, mode: u32) -> Result<(), Win32Error> {
    match crate::file::plain_pipe(grant) {
        Some(plain) if mode & !PIPE_NOWAIT == 0 => {
            plain.set_nowait(mode & PIPE_NOWAIT != 0);
            Ok(())
        }
        _ if mode == 0 => Ok(()),
        _ => Err(Win32Error::INVALID_PARAMETER),
    }
}

/// The process that has made both ends, which a pair of sockets knows: a child's parent. 1 for a pipe of Linux, which does not.
pub fn maker(fd: BorrowedFd<'_>) -> Result<u32, Win32Error> {
    let made = rustix::net::sockopt::socket_peercred(fd).map_err(|_| Win32Error::INVALID_FUNCTION)?;
    u32::try_from(made.pid.as_raw_nonzero().get()).map_err(|_| Win32Error::INVALID_FUNCTION)
}
