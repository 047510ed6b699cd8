//! The calls themselves, made so that they never block and never raise SIGPIPE.

use crate::direct;
use overlapped_kernel::engine::{Message, RawResult, SocketCall, SocketWork};
use overlapped_kernel::request::Buffer;
use rustix::io::Errno;
use std::os::fd::RawFd;

/// The most of a file that one call sends, so that a fast receiver does not keep the thread for long.
const SEND_FILE_STEP: usize = 1 << 20;
/// More pieces than this are refused by Linux.
const MOST_PARTS: usize = 1024;
/// So much of them is copied at once: no datagram is longer, and a stream goes on with the rest.
const MOST_GATHERED: usize = 1 << 20;

/// Makes the call; `EAGAIN` if it would block. Interrupted calls are made again.
///
/// # Safety
/// The descriptor is open and does not block, and what `call` points to is valid (writable for a receive).
pub(crate) unsafe fn call(call: &SocketCall) -> RawResult {
    loop {
        // SAFETY: the caller's promise.
        match unsafe { once(call.fd, &call.work) } {
            Err(Errno::INTR) => {}
            result => return result,
        }
    }
}

unsafe fn once(fd: RawFd, work: &SocketWork) -> RawResult {
    let nothing = std::ptr::null::<u8>();
    // Not libc's functions of these names: those are cancellation points, which costs 30 ns.
    // SAFETY: buffers and addresses are valid for their lengths, the caller says; the numbers belong to Linux's calls.
    unsafe {
        match *work {
            SocketWork::Receive { buffer, flags } => {
                let flags = flags | libc::MSG_DONTWAIT;
                result(libc::syscall(libc::SYS_recvfrom, fd, buffer.start, buffer.len, flags, nothing, nothing))
            }
            SocketWork::Send { buffer, flags } => {
                let flags = flags | libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
                result(libc::syscall(libc::SYS_sendto, fd, buffer.start, buffer.len, flags, nothing, 0))
            }
            SocketWork::ReceiveMessage { message, flags } if (*message).count > MOST_PARTS => {
                receive_scattered(fd, &mut *message, flags)
            }
            SocketWork::ReceiveMessage { message, flags } => receive_message(fd, message, flags),
            SocketWork::SendMessage { message, flags } if (*message).count > MOST_PARTS => {
                send_gathered(fd, &*message, flags)
            }
            SocketWork::SendMessage { message, flags } => send_message(fd, &*message, flags),
            SocketWork::Accept => {
                let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
                result(libc::syscall(libc::SYS_accept4, fd, nothing, nothing, flags))
            }
            SocketWork::Connect { address, len } => result(libc::syscall(libc::SYS_connect, fd, address, len)),
            SocketWork::SendFile { file, offset, len, fetched } => send_file(fd, file, offset, len, fetched),
        }
    }
}

unsafe fn send_message(fd: RawFd, message: &Message, flags: i32) -> RawResult {
    let header = header(message);
    let flags = flags | libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: the caller's promise; everything in the header is what the message holds.
    result(unsafe { libc::syscall(libc::SYS_sendmsg, fd, &raw const header, flags) })
}

/// More pieces than Linux takes go as one: a datagram must not fall apart.
#[cold]
unsafe fn send_gathered(fd: RawFd, message: &Message, flags: i32) -> RawResult {
    // SAFETY: the pieces are readable, the caller says.
    let parts = unsafe { std::slice::from_raw_parts(message.parts, message.count) };
    let mut whole = Vec::new();
    for part in parts.iter().filter(|part| part.len > 0) {
        let len = part.len.min(MOST_GATHERED - whole.len());
        // SAFETY: as above.
        whole.extend_from_slice(unsafe { std::slice::from_raw_parts(part.start, len) });
    }
    let one = Buffer { start: whole.as_mut_ptr(), len: whole.len() };
    // SAFETY: the piece lives until the call is over; the rest is the caller's promise.
    unsafe { send_message(fd, &Message { parts: &raw const one, count: 1, ..*message }, flags) }
}

/// The same for a receive.
#[cold]
unsafe fn receive_scattered(fd: RawFd, message: &mut Message, flags: i32) -> RawResult {
    // SAFETY: the list is readable, the caller says.
    let parts = unsafe { std::slice::from_raw_parts(message.parts, message.count) };
    let len = parts.iter().fold(0_usize, |len, part| len.saturating_add(part.len)).min(MOST_GATHERED);
    let mut whole = vec![0_u8; len];
    let one = Buffer { start: whole.as_mut_ptr(), len };
    let mut inner = Message { parts: &raw const one, count: 1, ..*message };
    // SAFETY: the piece lives until the call is over; the rest is the caller's promise.
    let received = unsafe { receive_message(fd, &raw mut inner, flags) }?;
    *message = Message { parts: message.parts, count: message.count, ..inner };
    // With MSG_TRUNC Linux says how long a datagram was.
    let mut rest = &whole[..received.min(len)];
    // Empty pieces may lead nowhere.
    for part in parts.iter().filter(|part| part.len > 0) {
        let (now, later) = rest.split_at(part.len.min(rest.len()));
        // SAFETY: the piece is writable, the caller says, and not shorter.
        unsafe { std::ptr::copy_nonoverlapping(now.as_ptr(), part.start, now.len()) };
        rest = later;
    }
    Ok(received)
}

unsafe fn receive_message(fd: RawFd, message: *mut Message, flags: i32) -> RawResult {
    // SAFETY: the caller's promise; everything in the header is what the message holds.
    unsafe {
        let mut header = header(&*message);
        let flags = flags | libc::MSG_DONTWAIT | libc::MSG_CMSG_CLOEXEC;
        let received = result(libc::syscall(libc::SYS_recvmsg, fd, &raw mut header, flags))?;
        (*message).name_len = header.msg_namelen;
        (*message).control_len = header.msg_controllen;
        (*message).flags = header.msg_flags;
        Ok(received)
    }
}

fn header(message: &Message) -> libc::msghdr {
    // SAFETY: all zeros is a message without anything.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_name = message.name.cast();
    header.msg_namelen = message.name_len;
    header.msg_iov = message.parts.cast_mut().cast();
    header.msg_iovlen = message.count.min(MOST_PARTS) as _;
    header.msg_control = message.control.cast();
    header.msg_controllen = message.control_len as _;
    header
}

/// Buffers are lists of pieces for Linux as they are.
const _: () = assert!(
    size_of::<Buffer>() == size_of::<libc::iovec>()
        && std::mem::offset_of!(Buffer, start) == std::mem::offset_of!(libc::iovec, iov_base)
        && std::mem::offset_of!(Buffer, len) == std::mem::offset_of!(libc::iovec, iov_len)
);

fn send_file(fd: RawFd, file: RawFd, offset: u64, len: usize, fetched: bool) -> RawResult {
    let len = len.min(SEND_FILE_STEP);
    if !fetched && !direct::range_at_hand(file, offset, len) {
        return Err(Errno::BUSY);
    }
    let mut offset = i64::try_from(offset).map_err(|_| Errno::INVAL)?;
    // SAFETY: both descriptors are open, the caller says, and the offset outlives the call.
    result(unsafe { libc::syscall(libc::SYS_sendfile, fd, file, &raw mut offset, len) })
}

fn result(number: libc::c_long) -> RawResult {
    usize::try_from(number).map_err(|_| Errno::from_io_error(&std::io::Error::last_os_error()).unwrap_or(Errno::IO))
}
