//! Handles that a process is given while it runs: DuplicateHandle into a child (contract 01 section 1).
//!
//! Parent and child have a socket between them from the start. A handle goes through it as one message: the table of what it refers to, as at the
//! start, with the descriptors. The parent chooses the value, from slots that the child sets aside. Nobody listens: the child reads the socket
//! when it looks for a handle that it does not have. The drawback: only who has started a process can give it handles this way, and 256 of them
//! are all that it can have open at a time.

use super::heirs::pass;
use super::table::{self, Object as Heir, Place, Table};
use super::{arrive, from_errno};
use overlapped_abi::{AccessMask, Win32Error};
use overlapped_kernel::System;
use overlapped_kernel::handle::{Entry, Handle, HandleFlags};
use overlapped_kernel::process::Process;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};
use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;

/// The longest message.
const LONGEST: usize = 64 << 10;
/// More descriptors than any object has.
const DESCRIPTORS: usize = 8;

/// Gives a child of this process what an entry refers to; the value of its handle there. 50 for a process that this one has not started, or
/// that is none of ours, and for what only one process can have (a port, a thread).
pub fn give(system: &System, to: &Process, entry: &Entry) -> Result<u32, Win32Error> {
    let (_, will) = to.bequest().ok_or(Win32Error::NOT_SUPPORTED)?;
    let (mail, number) = will.and_then(|will| will.mail()).ok_or(Win32Error::NOT_SUPPORTED)?;
    let (thing, descriptors) = pass(system, &entry.object, false)?.ok_or(Win32Error::NOT_SUPPORTED)?;
    let value = Handle::set_aside(number).into_raw() as u32;
    let (access, flags) = (entry.access.bits(), entry.flags.bits());
    let places = descriptors.iter().filter_map(|fd| Place::of(fd.as_fd())).collect();
    let table = Table {
        objects: vec![Heir { thing, places }],
        handles: vec![table::Handle { value, access, flags, object: 0 }],
        ..Table::default()
    };
    send(mail, &table.encode(), &descriptors)?;
    Ok(value)
}

fn send(mail: BorrowedFd<'_>, bytes: &[u8], descriptors: &[OwnedFd]) -> Result<(), Win32Error> {
    let borrowed: Vec<BorrowedFd<'_>> = descriptors.iter().map(AsFd::as_fd).collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !borrowed.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&borrowed)) {
        return Err(Win32Error::NOT_SUPPORTED);
    }
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    match rustix::net::sendmsg(mail, &[IoSlice::new(bytes)], &mut control, flags) {
        Ok(_) => Ok(()),
        // It has ended.
        Err(Errno::PIPE | Errno::CONNRESET) => Err(Win32Error::ACCESS_DENIED),
        // It has taken nothing of what it was given for a long time.
        Err(Errno::AGAIN) => Err(Win32Error::TOO_MANY_OPEN_FILES),
        Err(errno) => Err(from_errno(errno)),
    }
}

/// Makes handles of all that has come.
pub fn take(system: &System, mail: &OwnedFd) {
    while let Some((bytes, descriptors)) = next(mail) {
        let Some(Table { objects, handles, .. }) = Table::decode(&bytes) else { continue };
        let (Some(object), Some(handle)) = (objects.first(), handles.first()) else { continue };
        let made = arrive::receive(system, &object.thing, descriptors);
        let Ok(object) = made.inspect_err(|error| tracing::warn!(%error, "a handle was given and could not be made"))
        else {
            continue;
        };
        let Some(value) = Handle::from_raw(handle.value as usize) else { continue };
        let access = AccessMask::from_bits_retain(handle.access);
        let entry = Entry { object, access, flags: HandleFlags::from_bits_truncate(handle.flags) };
        if system.insert_at(value, entry).is_err() {
            tracing::warn!(value = handle.value, "more handles were given than can be open");
        }
    }
}

/// The next message, if there is one.
fn next(mail: &OwnedFd) -> Option<(Vec<u8>, Vec<OwnedFd>)> {
    let mut bytes = vec![0; LONGEST];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC;
    let got = loop {
        match rustix::net::recvmsg(mail, &mut [IoSliceMut::new(&mut bytes)], &mut control, flags) {
            Err(Errno::INTR) => {}
            got => break got.ok()?,
        }
    };
    let descriptors = control.drain().flat_map(|message| match message {
        RecvAncillaryMessage::ScmRights(descriptors) => descriptors.collect(),
        _ => Vec::new(),
    });
    let descriptors = descriptors.collect();
    bytes.truncate(got.bytes);
    // The end of the stream: the parent has gone.
    (got.bytes > 0).then_some((bytes, descriptors))
}
