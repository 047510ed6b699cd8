//! One direction of a pipe: what was written and not read yet, and who waits for data or for room (contract 07 §1.6, §1.7).
//!
//! Unread bytes stand in one ring, whichever writes they came from; in a pipe of messages their lengths stand beside it. A write is
//! visible to readers at once, with all its bytes; what the quota decides is only when it *completes*: as soon as the unread bytes up
//! to and including its own fit. So a pending write is no more than a mark at the place where it ends. Places are counted from the
//! pipe's beginning and never go back, except that cancelling a write takes its unread bytes out and moves those behind them.
//!
//! Readers wait only while there is nothing to read. A write that meets waiting readers goes straight into their buffers.
//!
//! This is a plain data structure: no lock, no request, no clock. Who has ended is put into a [`Tally`], to be told when the lock
//! around the structure is free again. The drawback of one ring: a cancelled write costs a move of the bytes behind it.

use super::tally::Tally;
use overlapped_abi::Status;
use overlapped_kernel::request::Completion;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Memory that the ring keeps when it has become empty.
const KEPT: usize = 64 * 1024;

/// Where read bytes go.
pub(super) trait Sink {
    /// Bytes that it still takes.
    fn room(&self) -> usize;
    /// Takes the next bytes, no more than its room.
    fn put(&mut self, bytes: &[u8]);

    /// Would bytes that it takes change these, which stand in the same memory?
    fn covers(&self, bytes: &[u8]) -> bool {
        let _ = bytes;
        false
    }

    /// Tells whom it can be told under the lock; `None` if that is done.
    fn tell_at_once(self, completion: Completion) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = completion;
        Some(self)
    }
}

/// How an end reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As much as there is.
    Bytes,
    /// One message, or a part of one.
    Messages,
}

/// A write that has not completed.
struct Pending<P> {
    who: P,
    /// Its length, which is the count that it completes with.
    len: usize,
    /// Where its unread bytes begin, if they were all there, and where they end.
    start: u64,
    end: u64,
    /// Which message it is.
    message: u64,
}

/// A flush that waits until everything before it is read.
struct Flush<P> {
    who: P,
    end: u64,
    /// The first message behind it.
    message: u64,
}

/// See the module page. `P` is who waits, and where a waiting reader's bytes go.
pub(super) struct Queue<P> {
    messages: Option<VecDeque<usize>>,
    quota: usize,
    bytes: VecDeque<u8>,
    /// The place of the first unread byte.
    head: u64,
    /// The number of the first unread message.
    first: u64,
    readers: VecDeque<P>,
    writers: VecDeque<Pending<P>>,
    flushes: VecDeque<Flush<P>>,
    /// Bytes that were written and are here no more. Changed under the lock, and looked at by whoever tells a writer.
    gone: Arc<AtomicU64>,
}

impl<P: Sink> Queue<P> {
    /// An empty queue, of messages or of bytes.
    pub fn new(of_messages: bool, quota: usize) -> Self {
        Self {
            messages: of_messages.then(VecDeque::new),
            quota,
            bytes: VecDeque::new(),
            head: 0,
            first: 0,
            readers: VecDeque::new(),
            writers: VecDeque::new(),
            flushes: VecDeque::new(),
            gone: Arc::default(),
        }
    }

    /// Is there nothing to read? An empty message is something.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.messages.as_ref().is_none_or(VecDeque::is_empty)
    }

    /// Unread bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Unread messages; none in a pipe of bytes.
    pub fn message_count(&self) -> usize {
        self.messages.as_ref().map_or(0, VecDeque::len)
    }

    /// Unread bytes of the first message.
    pub fn first_message(&self) -> Option<usize> {
        self.messages.as_ref()?.front().copied()
    }

    /// How many of the bytes that were written are here no more.
    pub fn gone(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.gone)
    }

    fn left(&self, bytes: usize) {
        self.gone.store(self.gone.load(Ordering::Relaxed) + bytes as u64, Ordering::Relaxed);
    }

    /// Does anybody wait here who is meant?
    pub fn has_waiting(&self, is: impl Fn(&P) -> bool) -> bool {
        self.readers.iter().any(&is)
            || self.writers.iter().any(|write| is(&write.who))
            || self.flushes.iter().any(|flush| is(&flush.who))
    }

    fn end(&self) -> u64 {
        self.head + self.bytes.len() as u64
    }

    /// Does anybody wait for data?
    pub fn has_readers(&self) -> bool {
        !self.readers.is_empty()
    }

    /// What waiting readers would take of a write.
    fn wanted(&self) -> usize {
        self.readers.iter().fold(0, |sum, reader| sum.saturating_add(reader.room()))
    }

    /// Would a write of so many bytes complete at once?
    pub fn fits(&self, len: usize) -> bool {
        len == 0 || len.saturating_sub(self.wanted()).saturating_add(self.bytes.len()) <= self.quota
    }

    /// Puts data into the pipe, whatever the quota.
    pub fn write(&mut self, data: &[u8], reading: Reading, tally: &mut Tally<P>) {
        let copied: Vec<u8>;
        let mut data = data;
        // What one reader takes may be put over what is left for others.
        if self.readers.iter().any(|reader| reader.covers(data)) {
            copied = data.to_vec();
            data = &copied;
        }
        let (rest, taken) = self.hand_over(data, reading, tally);
        match &mut self.messages {
            None => {}
            Some(_) if taken && rest.is_empty() => {}
            Some(messages) => messages.push_back(rest.len()),
        }
        self.bytes.extend(rest);
    }

    /// Gives waiting readers what they take; the rest, and whether any reader has seen the end of the data.
    fn hand_over<'a>(&mut self, data: &'a [u8], reading: Reading, tally: &mut Tally<P>) -> (&'a [u8], bool) {
        let mut rest = data;
        if data.is_empty() && self.messages.is_none() {
            return (rest, true);
        }
        while let Some(mut reader) = self.readers.pop_front() {
            let (part, behind) = rest.split_at(rest.len().min(reader.room()));
            reader.put(part);
            self.left(part.len());
            rest = behind;
            let split = reading == Reading::Messages && !rest.is_empty();
            tally.push(reader, read(part.len(), split));
            if rest.is_empty() {
                return (rest, true);
            }
        }
        (rest, false)
    }

    /// A write in a mode that never waits: how much of it the pipe has taken (contract 07 §1.6, PIPE_NOWAIT).
    pub fn write_now(&mut self, data: &[u8], reading: Reading, tally: &mut Tally<P>) -> usize {
        let len = match () {
            () if self.fits(data.len()) => data.len(),
            () if self.messages.is_some() => return 0,
            () => self.wanted().min(data.len()),
        };
        self.write(&data[..len], reading, tally);
        len
    }

    /// A write that waits: true if it is complete, else `who` completes when it fits.
    pub fn write_or_wait(
        &mut self,
        data: &[u8],
        reading: Reading,
        who: impl FnOnce() -> P,
        tally: &mut Tally<P>,
    ) -> bool {
        let complete = self.fits(data.len());
        self.write(data, reading, tally);
        if !complete {
            let (end, count) = (self.end(), self.message_count() as u64);
            let start = end - (data.len().min(self.bytes.len()) as u64);
            let message = self.first + count.saturating_sub(1);
            self.writers.push_back(Pending { who: who(), len: data.len(), start, end, message });
        }
        complete
    }

    /// Would a read with this room meet a message that is longer?
    pub fn splits(&self, room: usize, reading: Reading) -> bool {
        reading == Reading::Messages && self.first_message().is_some_and(|len| len > room)
    }

    /// Reads what is there; nothing if there is nothing.
    pub fn read(&mut self, sink: &mut impl Sink, reading: Reading, tally: &mut Tally<P>) -> Option<Completion> {
        if self.is_empty() {
            return None;
        }
        let room = sink.room();
        let split = self.splits(room, reading);
        let len = match (reading, self.first_message()) {
            (Reading::Messages, Some(message)) => message.min(room),
            _ => self.bytes.len().min(room),
        };
        self.copy(len, |bytes| sink.put(bytes));
        self.bytes.drain(..len);
        self.head += len as u64;
        self.left(len);
        self.pass_messages(len);
        if self.bytes.is_empty() && self.bytes.capacity() > KEPT {
            self.bytes.shrink_to(KEPT);
        }
        self.settle(tally);
        Some(read(len, split))
    }

    /// Shows the next `len` unread bytes.
    fn copy(&self, len: usize, mut to: impl FnMut(&[u8])) {
        let (first, second) = self.bytes.as_slices();
        let cut = len.min(first.len());
        to(&first[..cut]);
        if len > cut {
            to(&second[..len - cut]);
        }
    }

    /// So many bytes have left: so have the messages that they were. A read that takes no bytes takes one empty message; one that takes
    /// some passes the empty messages before them.
    fn pass_messages(&mut self, mut bytes: usize) {
        let Some(messages) = &mut self.messages else { return };
        while let Some(front) = messages.front_mut() {
            let part = bytes.min(*front);
            let whole = part == *front;
            *front -= part;
            bytes -= part;
            if whole {
                messages.pop_front();
                self.first += 1;
            }
            if bytes == 0 {
                return;
            }
        }
    }

    /// `who` gets what is written next, after the readers that wait already. Only if there is nothing to read.
    pub fn wait_to_read(&mut self, who: P) {
        debug_assert!(self.is_empty(), "what is there is read at once");
        self.readers.push_back(who);
    }

    /// True if everything is read, else `who` completes when everything that is there now is.
    pub fn flush_or_wait(&mut self, who: impl FnOnce() -> P) -> bool {
        if self.is_empty() {
            return true;
        }
        let (end, message) = (self.end(), self.first + self.message_count() as u64);
        self.flushes.push_back(Flush { who: who(), end, message });
        false
    }

    /// Ends the writes that fit now, and the flushes whose data has been read.
    fn settle(&mut self, tally: &mut Tally<P>) {
        let limit = self.head.saturating_add(self.quota as u64);
        while let Some(Pending { who, len, .. }) = self.writers.pop_front_if(|write| write.end <= limit) {
            tally.push(who, Completion::success(len));
        }
        let (head, first) = (self.head, self.first);
        let done = |flush: &mut Flush<P>| flush.end <= head && flush.message <= first;
        while let Some(Flush { who, .. }) = self.flushes.pop_front_if(done) {
            tally.push(who, Completion::success(0));
        }
    }

    /// Takes out who waits here; its unread bytes go with it. `None` if it does not wait here.
    pub fn take_out(&mut self, is: impl Fn(&P) -> bool, tally: &mut Tally<P>) -> Option<P> {
        if let Some(place) = place_of(&self.readers, &is) {
            return self.readers.remove(place);
        }
        if let Some(place) = place_of(&self.flushes, |flush| is(&flush.who)) {
            return self.flushes.remove(place).map(|flush| flush.who);
        }
        let place = place_of(&self.writers, |write| is(&write.who))?;
        let write = self.writers.remove(place)?;
        self.take_back(&write, place);
        self.settle(tally);
        Some(write.who)
    }

    /// Takes the unread bytes of a write out; `place` is that of the pending write which followed it.
    fn take_back(&mut self, write: &Pending<P>, place: usize) {
        let start = write.start.max(self.head);
        let gone = write.end - start;
        let from = (start - self.head) as usize;
        self.bytes.drain(from..from + gone as usize);
        self.left(gone as usize);
        let one = u64::from(self.messages.is_some());
        if let Some(messages) = &mut self.messages {
            messages.remove((write.message - self.first) as usize);
        }
        for later in self.writers.iter_mut().skip(place) {
            later.start -= gone;
            later.end -= gone;
            later.message -= one;
        }
        // The write has unread bytes, so that only a flush behind it ends there or later.
        for later in self.flushes.iter_mut().filter(|flush| flush.end >= write.end) {
            later.end -= gone;
            later.message -= one;
        }
    }

    /// Nobody will write any more: waiting readers end with this. What is there can still be read.
    pub fn end_readers(&mut self, status: Status, tally: &mut Tally<P>) {
        self.readers.drain(..).for_each(|reader| tally.push(reader, Completion::failure(status)));
    }

    /// Nobody will read any more: waiting writes and flushes end with this, and all data is lost.
    pub fn end_writers(&mut self, status: Status, tally: &mut Tally<P>) {
        self.writers.drain(..).for_each(|write| tally.push(write.who, Completion::failure(status)));
        self.flushes.drain(..).for_each(|flush| tally.push(flush.who, Completion::failure(status)));
        self.head = self.end();
        self.first += self.message_count() as u64;
        self.bytes = VecDeque::new();
        if let Some(messages) = &mut self.messages {
            messages.clear();
        }
    }

    /// Takes everything that is unread: messages, or all bytes in one piece.
    pub fn take_all(&mut self) -> Vec<Vec<u8>> {
        let bytes = Vec::from(std::mem::take(&mut self.bytes));
        self.head += bytes.len() as u64;
        let Some(messages) = &mut self.messages else {
            return if bytes.is_empty() { Vec::new() } else { vec![bytes] };
        };
        self.first += messages.len() as u64;
        let mut rest = &bytes[..];
        let cut = |len| {
            let (piece, behind) = rest.split_at(len);
            rest = behind;
            piece.to_vec()
        };
        messages.drain(..).map(cut).collect()
    }

    /// The first bytes, of the first message only if there are messages.
    pub fn peek(&self, room: usize) -> Vec<u8> {
        let len = self.first_message().unwrap_or(self.bytes.len()).min(room);
        let mut bytes = Vec::with_capacity(len);
        self.copy(len, |part| bytes.extend_from_slice(part));
        bytes
    }

    /// Everybody who waits here.
    #[cfg(test)]
    pub fn waiting(&self) -> (usize, usize, usize) {
        (self.readers.len(), self.writers.len(), self.flushes.len())
    }
}

/// Where the one that is meant stands. Looked for from both ends: who takes thousands back does it from one of them.
fn place_of<T>(queue: &VecDeque<T>, is: impl Fn(&T) -> bool) -> Option<usize> {
    let last = queue.len().checked_sub(1)?;
    (0..=last / 2).flat_map(|place| [place, last - place]).find(|place| is(&queue[*place]))
}

/// The outcome of a read, of a part of a message perhaps.
fn read(bytes: usize, split: bool) -> Completion {
    let status = if split { Status::BUFFER_OVERFLOW } else { Status::SUCCESS };
    Completion { status, bytes }
}

#[cfg(test)]
mod tests;
