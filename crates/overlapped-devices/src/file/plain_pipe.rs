//! Pipes of Linux as pipes of Windows: what a parent has left, what a shell has put in the place of standard input and output, and the anonymous
//! pipes whose ends are for children.
//!
//! An end that a child is to inherit must be a descriptor. A pipe that is made inheritable is one of Linux from the beginning: all processes then share
//! the one queue, as they should, and who has an end and does not use it takes nothing from the others. Drawback: what is queued is
//! counted by Linux, in whole pages.

use super::stat::Kind;
use super::{FileDriver, device_of, errors};
use overlapped_abi::{AccessMask, Context, Status, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::Opened;
use overlapped_kernel::handle::{Handle, HandleFlags, Object};
use overlapped_kernel::system::Grant;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsRawFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;

/// The least that a pipe of Linux holds, and the most that an ordinary user may have.
const SIZES: std::ops::RangeInclusive<u32> = 4096..=1 << 20;
/// Without a wish.
const USUAL: u32 = 4096;

/// Has a pipe hold so many bytes. More than the user may have leaves it as it is.
fn resize(pipe: &impl AsRawFd, bytes: usize) {
    // SAFETY: an open descriptor, and a number.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, bytes.min(1 << 30) as libc::c_int) };
}

/// What PeekNamedPipe sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peek {
    /// A copy of the first bytes.
    pub data: Vec<u8>,
    /// All that could be read.
    pub available: usize,
}

impl FileDriver {
    /// An anonymous pipe of about so many bytes, 0 for the usual number: the handles of the end that is read and of the one that is written.
    pub fn anonymous_pipe(&self, system: &System, bytes: u32, flags: HandleFlags) -> Result<[Handle; 2], Win32Error> {
        let (reader, writer) = std::io::pipe().map_err(|_| Win32Error::TOO_MANY_OPEN_FILES)?;
        let size = (if bytes == 0 { USUAL } else { bytes }).clamp(*SIZES.start(), *SIZES.end());
        resize(&writer, size as usize);
        let more = [AccessMask::WRITE_ATTRIBUTES, AccessMask::READ_ATTRIBUTES | AccessMask::WRITE_ATTRIBUTES];
        let ends = [OwnedFd::from(reader), OwnedFd::from(writer)].into_iter().zip(more);
        let mut made = Vec::with_capacity(2);
        for (fd, more) in ends {
            let Opened { device, access, overlapped, .. } = self.adopt(fd, false)?;
            let handle = system.insert(Object::Instance(system.instance(device, overlapped)), access | more)?;
            system.set_handle_flags(handle, flags, flags)?;
            made.push(handle);
        }
        Ok([made[0], made[1]])
    }
}

/// PeekNamedPipe of a pipe of Linux: nothing is taken. 1 for what is no pipe, 5 without the right to read, 109 if the other end is gone.
pub fn peek_pipe(grant: &Grant, room: usize) -> Result<Peek, Win32Error> {
    let device = device_of(grant)?;
    if device.kind() != Kind::Pipe {
        return Err(Win32Error::INVALID_FUNCTION);
    }
    if !grant.access.contains(AccessMask::READ_DATA) {
        return Err(Win32Error::ACCESS_DENIED);
    }
    let available = rustix::io::ioctl_fionread(device.fd()).map_err(errors::other)? as usize;
    if available == 0 {
        let mut entry = [PollFd::from_borrowed_fd(device.fd(), PollFlags::IN)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        let gone = poll(&mut entry, Some(&now)) == Ok(1) && entry[0].revents().contains(PollFlags::HUP);
        return if gone { Err(Context::PipeRead.end_of_data().to_win32()) } else { Ok(Peek::default()) };
    }
    let data = copy(device.fd(), room.min(available))
        .map_err(|error| Status::from_errno(error.raw_os_error(), Context::PipeRead).to_win32())?;
    Ok(Peek { data, available })
}

/// A copy of the first bytes, which stay where they are.
fn copy(fd: BorrowedFd<'_>, len: usize) -> Result<Vec<u8>, Errno> {
    let mut data = vec![0; len];
    if len == 0 {
        return Ok(data);
    }
    // SAFETY: an open descriptor, and a buffer of that length.
    let peeked =
        unsafe { libc::recv(fd.as_raw_fd(), data.as_mut_ptr().cast(), len, libc::MSG_PEEK | libc::MSG_DONTWAIT) };
    if let Ok(peeked) = usize::try_from(peeked) {
        data.truncate(peeked);
        return Ok(data);
    }
    // No socket: a second pipe gets the same bytes.
    let (reader, writer) = std::io::pipe().map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::MFILE))?;
    resize(&writer, len);
    // SAFETY: two open descriptors of pipes, and a number.
    let copied = unsafe { libc::tee(fd.as_raw_fd(), writer.as_raw_fd(), len, libc::SPLICE_F_NONBLOCK) };
    let copied = match usize::try_from(copied) {
        Ok(copied) => copied,
        Err(_) => return Err(Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::INVAL)),
    };
    data.truncate(copied);
    let mut done = 0;
    while done < copied {
        done += rustix::io::read(&reader, &mut data[done..])?;
    }
    Ok(data)
}
