//! What processes tell each other about pipes: frames, greetings, and notes in the register. Everything that comes is checked here.
//!
//! | Frame | From | Body |
//! |---|---|---|
//! | READ | client | room in bytes |
//! | WRITE | client | the data; with tag 0 it fits and needs no answer |
//! | FLUSH | client | – |
//! | TRANSACT | client | room in bytes, the message |
//! | CANCEL | client | tag of what is to end |
//! | MODE | client | the new mode of its end |
//! | PEEK | client | room in bytes |
//! | DONE | owner | status, count, bytes of the client that are read or taken back by now, data that was read or seen |
//! | LAST | owner | the server has closed: what the client has not read |
//! | DISCONNECTED | owner | the server has disconnected |
//! | LISTENS | owner | to who waits: an instance listens now |
//!
//! A frame's tag is the number that the client has given its call; the answer has the same.

use super::names::Family;
use super::state::{Mode, Peeked};
use crate::channel::{Fields, Malformed, Writer};
use overlapped_abi::{AccessMask, Status};
use overlapped_kernel::namespace::ObjectName;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

pub(super) const READ: u16 = 1;
pub(super) const WRITE: u16 = 2;
pub(super) const FLUSH: u16 = 3;
pub(super) const TRANSACT: u16 = 4;
pub(super) const CANCEL: u16 = 5;
pub(super) const MODE: u16 = 6;
pub(super) const PEEK: u16 = 7;
pub(super) const DONE: u16 = 32;
pub(super) const LAST: u16 = 33;
pub(super) const LISTENS: u16 = 34;
pub(super) const DISCONNECTED: u16 = 35;

/// What a body may be long, in bytes: a write or an answer.
pub(super) const LONGEST: u32 = 1 << 30;
/// The most data in one write or transaction.
pub(super) const MOST: usize = LONGEST as usize - 64;

/// What a client wants of an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greeting {
    /// To open an instance, with these rights.
    Open(AccessMask),
    /// To know when one listens.
    Wait,
}

impl Greeting {
    pub fn write(self) -> Vec<u8> {
        match self {
            Self::Open(access) => Writer::new().u8(0).u32(access.bits()).finish(),
            Self::Wait => Writer::new().u8(1).finish(),
        }
    }

    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of(bytes);
        let greeting = match fields.u8()? {
            0 => Self::Open(AccessMask::from_bits_retain(fields.u32()?)),
            1 => Self::Wait,
            _ => return Err(Malformed),
        };
        fields.finish().map(|()| greeting)
    }
}

fn write_family(writer: Writer, family: Family) -> Writer {
    let Family { direction, of_messages, limit, default_wait } = family;
    writer.u32(direction).u8(u8::from(of_messages)).u32(limit).u32(default_wait)
}

fn read_family(fields: &mut Fields<'_>) -> Result<Family, Malformed> {
    let (direction, of_messages) = (fields.u32()?, fields.u8()?);
    let (limit, default_wait) = (fields.u32()?, fields.u32()?);
    if !(1..=3).contains(&direction) || of_messages > 1 || limit == 0 {
        return Err(Malformed);
    }
    Ok(Family { direction, of_messages: of_messages == 1, limit, default_wait })
}

/// What an owner notes in the register: what its instances have in common, and how many there are, if that is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub family: Family,
    pub instances: u32,
}

impl Note {
    pub fn write(self) -> Vec<u8> {
        write_family(Writer::new(), self.family).u32(self.instances).finish()
    }

    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of(bytes);
        let note = Self { family: read_family(&mut fields)?, instances: fields.u32()? };
        fields.finish().map(|()| note)
    }
}

/// The answer to a client that has opened an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Welcome {
    /// The rights that it has.
    pub access: AccessMask,
    pub family: Family,
    pub quotas: [u32; 2],
    /// The process that serves it.
    pub server: u32,
}

impl Welcome {
    pub fn write(self) -> Vec<u8> {
        let writer = Writer::new().u32(self.access.bits()).u32(self.quotas[0]).u32(self.quotas[1]).u32(self.server);
        write_family(writer, self.family).finish()
    }

    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of(bytes);
        let access = AccessMask::from_bits_retain(fields.u32()?);
        let (quotas, server) = ([fields.u32()?, fields.u32()?], fields.u32()?);
        let family = read_family(&mut fields)?;
        fields.finish().map(|()| Self { access, family, quotas, server })
    }
}

/// What a child is left with a connection: the mode of its end, what a client is welcomed with, and the pipe's name.
pub(super) fn write_bequest(mode: u32, welcome: &Welcome, name: &ObjectName) -> Vec<u8> {
    Writer::new().u32(mode).bytes(&welcome.write()).rest(name.folded().as_bytes()).finish()
}

pub(super) fn read_bequest(bytes: &[u8]) -> Result<(Mode, Welcome, ObjectName), Malformed> {
    let mut fields = Fields::of(bytes);
    let mode = Mode::from_bits(fields.u32()?).ok_or(Malformed)?;
    let welcome = Welcome::read(fields.bytes()?)?;
    Ok((mode, welcome, ObjectName::new(OsStr::from_bytes(fields.rest()))))
}

/// The end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Done<'a> {
    pub status: Status,
    pub bytes: usize,
    /// Of the bytes that the client has sent, those that are read or taken back: so many more fit.
    pub gone: u64,
    pub data: &'a [u8],
}

impl<'a> Done<'a> {
    pub fn write(self) -> Vec<u8> {
        Writer::new().u32(self.status.0).u64(self.bytes as u64).u64(self.gone).rest(self.data).finish()
    }

    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::of(bytes);
        let (status, bytes, gone) = (Status(fields.u32()?), fields.u64()?, fields.u64()?);
        let bytes = usize::try_from(bytes).map_err(|_| Malformed)?;
        if status == Status::PENDING { Err(Malformed) } else { Ok(Self { status, bytes, gone, data: fields.rest() }) }
    }
}

/// What a client sees of what it has not read.
pub(super) fn write_peeked(seen: &Peeked) -> Vec<u8> {
    let message = seen.message.map_or(u64::MAX, |message| message as u64);
    let writer = Writer::new().u32(seen.standing).u64(seen.available as u64).u64(seen.messages as u64).u64(message);
    writer.rest(&seen.data).finish()
}

pub(super) fn read_peeked(bytes: &[u8]) -> Result<Peeked, Malformed> {
    let mut fields = Fields::of(bytes);
    let standing = fields.u32()?;
    let mut number = || fields.u64().and_then(|n| usize::try_from(n).map_err(|_| Malformed));
    let (available, messages, message) = (number()?, number()?, number()?);
    let data = fields.rest().to_vec();
    let message = (message != usize::MAX).then_some(message);
    if data.len() > message.unwrap_or(available) {
        return Err(Malformed);
    }
    Ok(Peeked { standing, available, messages, message, data })
}

/// The pieces that a client has not read: messages, or bytes in one.
pub(super) fn write_last(pieces: &[Vec<u8>]) -> Vec<u8> {
    pieces.iter().fold(Writer::new(), |writer, piece| writer.bytes(piece)).finish()
}

pub(super) fn read_last(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    let (mut fields, mut pieces) = (Fields::of(bytes), Vec::new());
    while !fields.rest().is_empty() {
        pieces.push(fields.bytes()?.to_vec());
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FAMILY: Family = Family { direction: 3, of_messages: true, limit: 7, default_wait: 50 };

    #[test]
    fn what_is_written_is_read() {
        for greeting in [Greeting::Open(AccessMask::GENERIC_READ), Greeting::Wait] {
            assert_eq!(Greeting::read(&greeting.write()), Ok(greeting));
        }
        let note = Note { family: FAMILY, instances: 2 };
        assert_eq!(Note::read(&note.write()), Ok(note));
        let welcome = Welcome { access: AccessMask::READ_DATA, family: FAMILY, quotas: [1, 2], server: 3 };
        assert_eq!(Welcome::read(&welcome.write()), Ok(welcome));
        let (mode, name) = (Mode::from_bits(3).unwrap(), ObjectName::from("a name"));
        assert_eq!(read_bequest(&write_bequest(mode.bits(), &welcome, &name)), Ok((mode, welcome, name)));
        let done = Done { status: Status::BUFFER_OVERFLOW, bytes: 3, gone: 4, data: b"abc" };
        assert_eq!(Done::read(&done.write()), Ok(done));
        let seen = Peeked { standing: 3, available: 5, messages: 2, message: Some(3), data: b"ab".to_vec() };
        assert_eq!(read_peeked(&write_peeked(&seen)), Ok(seen));
        let pieces = vec![b"one".to_vec(), vec![], b"two".to_vec()];
        assert_eq!(read_last(&write_last(&pieces)), Ok(pieces));
    }

    proptest! {
        #[test]
        fn any_bytes_are_something_or_malformed(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = (Greeting::read(&bytes), Note::read(&bytes), Welcome::read(&bytes), Done::read(&bytes));
            let _ = read_bequest(&bytes);
            if let Ok(seen) = read_peeked(&bytes) {
                prop_assert!(seen.left() <= seen.message.unwrap_or(0));
            }
            if let Ok(pieces) = read_last(&bytes) {
                prop_assert_eq!(write_last(&pieces), bytes);
            }
        }
    }
}
