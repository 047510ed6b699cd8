//! Anonymous pipes whose ends are for children (contract 07 §3).
//!
//! An end that a child is to inherit must be a descriptor. A pipe that is made inheritable is one of Linux from the beginning: all processes then share
//! the one queue, as they should, and who has an end and does not use it takes nothing from the others. Drawback: what is queued is
//! counted by Linux, in whole pages.

use super::FileDriver;
use super::device::FileDevice;
use overlapped_abi::{AccessMask, Status, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::device::{Opened, Start};
use overlapped_kernel::handle::{Handle, HandleFlags, Object};
use overlapped_kernel::request::{Completion, Function, Request};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// The least that a pipe of Linux holds, and the most that an ordinary user may have.
const SIZES: std::ops::RangeInclusive<u32> = 4096..=1 << 20;
/// Without a wish.
const USUAL: u32 = 4096;

/// Has a pipe hold so many bytes. More than the user may have leaves it as it is.
fn resize(pipe: &impl AsRawFd, bytes: usize) {
    // SAFETY: an open descriptor, and a number.
    unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, bytes.min(1 << 30) as libc::c_int) };
}

/// What Linux does not know of such an end.
#[derive(Default)]
pub(crate) struct PlainPipe {
    /// PIPE_NOWAIT.
    nowait: AtomicBool,
    /// The size that was asked for; 0 if nobody has.
    asked: AtomicU32,
}

impl PlainPipe {
    pub fn set_nowait(&self, nowait: bool) {
        self.nowait.store(nowait, Ordering::Release);
    }

    pub fn is_nowait(&self) -> bool {
        self.nowait.load(Ordering::Acquire)
    }

    /// The size that was asked for, if anybody has.
    pub fn asked(&self) -> Option<u32> {
        Some(self.asked.load(Ordering::Acquire)).filter(|bytes| *bytes > 0)
    }

    /// What an end that does not wait answers instead of waiting (contract 07 §1.6, §1.7).
    pub(super) fn answer_at_once(&self, fd: BorrowedFd<'_>, request: &Request) -> Option<Start> {
        if !self.is_nowait() {
            return None;
        }
        let queued = rustix::io::ioctl_fionread(fd).unwrap_or(0);
        if request.function() == Function::Write {
            // SAFETY: an open descriptor.
            let size = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETPIPE_SZ) };
            let room = u64::try_from(size).unwrap_or(0).saturating_sub(queued);
            return (request.buffer().len as u64 > room).then_some(Start::Done(Completion::success(0)));
        }
        let mut watched = [PollFd::new(&fd, PollFlags::IN)];
        let _ = poll(&mut watched, Some(&Timespec::default()));
        // At its end, a read says so.
        watched[0].revents().is_empty().then_some(Start::Failed(Status::PIPE_EMPTY))
    }
}

impl FileDriver {
    /// An anonymous pipe of about so many bytes, 0 for the usual number: the handles of the end that is read and of the one that is written.
    pub fn anonymous_pipe(&self, system: &System, bytes: u32, flags: HandleFlags) -> Result<[Handle; 2], Win32Error> {
        let (reader, writer) = std::io::pipe().map_err(|_| Win32Error::TOO_MANY_OPEN_FILES)?;
        let asked = if bytes == 0 { USUAL } else { bytes };
        let size = asked.clamp(*SIZES.start(), *SIZES.end());
        resize(&writer, size as usize);
        let more = [AccessMask::WRITE_ATTRIBUTES, AccessMask::READ_ATTRIBUTES | AccessMask::WRITE_ATTRIBUTES];
        let ends = [OwnedFd::from(reader), OwnedFd::from(writer)].into_iter().zip(more);
        let mut made = Vec::with_capacity(2);
        for (fd, more) in ends {
            let Opened { device, access, overlapped, .. } = self.adopt(fd, false)?;
            if let Some(file) = device.as_any().downcast_ref::<FileDevice>() {
                file.pipe().asked.store(asked, Ordering::Release);
            }
            let handle = system.insert(Object::Instance(system.instance(device, overlapped)), access | more)?;
            system.set_handle_flags(handle, flags, flags)?;
            made.push(handle);
        }
        Ok([made[0], made[1]])
    }
}
