//! Echo servers by hand on io_uring, of one thread each: one receive or send on its way for each connection; and receives that stay,
//! into buffers that the ring is lent.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use io_uring::{IoUring, cqueue, opcode, squeue, types};

use super::echo::{STOP, Threads};
use crate::benches::echo::{Job, Server};

/// One thread and its ring: a receive or a send on its way for each connection.
pub struct RingServer(#[expect(dead_code, reason = "its end ends the thread")] Threads);

impl Server for RingServer {
    fn start(job: Job) -> io::Result<Self> {
        let mut threads = Threads::new()?;
        // A ring of this kind belongs to the thread that makes it; here only whether there are rings is found out.
        ring(8)?;
        let stop = Arc::clone(&threads.stop);
        threads.spawn(job.threads == 1, move || echo_by_ring(&job, &stop));
        Ok(Self(threads))
    }
}

fn ring(entries: u32) -> io::Result<IoUring> {
    IoUring::builder().setup_single_issuer().setup_defer_taskrun().build(entries)
}

fn echo_by_ring(job: &Job, stop: &OwnedFd) {
    let mut buffers: Vec<Vec<u8>> = job.streams.iter().map(|_| vec![0; job.room]).collect();
    let (mut word, mut sending) = (0_u64, vec![false; job.streams.len()]);
    // Made last, so that it goes first.
    let Ok(mut ring) = ring((job.streams.len() as u32 + 1).next_power_of_two().max(64)) else { return };
    let receive = |index: usize, buffer: &mut Vec<u8>| {
        let fd = types::Fd(job.streams[index].as_raw_fd());
        opcode::Recv::new(fd, buffer.as_mut_ptr(), buffer.len() as u32).build().user_data(index as u64)
    };
    let listen = opcode::Read::new(types::Fd(stop.as_raw_fd()), (&raw mut word).cast(), 8).build().user_data(STOP);
    let mut wanted = vec![listen];
    wanted.extend(buffers.iter_mut().enumerate().map(|(index, buffer)| receive(index, buffer)));
    loop {
        if submit_all(&mut ring, &mut wanted).and_then(|()| ring.submit_and_wait(1)).is_err() {
            return;
        }
        for completion in ring.completion() {
            let (data, result) = (completion.user_data(), completion.result());
            if data == STOP {
                // Receives are still on their way: their connections end them.
                for stream in &job.streams {
                    let _ = stream.shutdown(std::net::Shutdown::Both);
                }
                return;
            }
            let index = data as usize;
            if result <= 0 {
                continue;
            }
            let fd = types::Fd(job.streams[index].as_raw_fd());
            sending[index] = !sending[index];
            wanted.push(if sending[index] {
                opcode::Send::new(fd, buffers[index].as_ptr(), result as u32).build().user_data(data)
            } else {
                receive(index, &mut buffers[index])
            });
        }
    }
}

/// One thread and its ring: a receive that stays for each connection, and lent buffers that go back when they were sent.
pub struct MultishotServer(#[expect(dead_code, reason = "its end ends the thread")] Threads);

impl Server for MultishotServer {
    fn start(job: Job) -> io::Result<Self> {
        let mut threads = Threads::new()?;
        ring(8)?;
        let stop = Arc::clone(&threads.stop);
        threads.spawn(job.threads == 1, move || {
            if let Err(error) = echo_by_multishot(&job, &stop) {
                eprintln!("multishot receives: {error}");
            }
        });
        Ok(Self(threads))
    }
}

const GROUP: u16 = 0;
/// Marks the send of a connection; the lent buffer is above.
const SENDING: u64 = 1 << 40;

/// Buffers that are lent to a ring.
struct Lent {
    entries: *mut types::BufRingEntry,
    count: u16,
    size: usize,
    memory: Vec<u8>,
    tail: u16,
}

impl Lent {
    /// `count` is a power of two.
    fn new(ring: &IoUring, count: u16, size: usize) -> io::Result<Self> {
        let layout = Self::layout(count);
        // SAFETY: the size is not 0.
        let entries = unsafe { std::alloc::alloc_zeroed(layout) }.cast::<types::BufRingEntry>();
        if entries.is_null() {
            std::alloc::handle_alloc_error(layout);
        }
        let mut lent = Self { entries, count, size, memory: vec![0; usize::from(count) * size], tail: 0 };
        // SAFETY: room for so many entries, which outlives the ring: the loop drops the ring first.
        unsafe { ring.submitter().register_buf_ring_with_flags(entries as u64, count, GROUP, 0) }?;
        (0..count).for_each(|id| lent.lend(id));
        Ok(lent)
    }

    fn layout(count: u16) -> std::alloc::Layout {
        let size = usize::from(count) * size_of::<types::BufRingEntry>();
        std::alloc::Layout::from_size_align(size, 4096).expect("a few pages")
    }

    fn at(&self, id: u16) -> *const u8 {
        self.memory[usize::from(id) * self.size..].as_ptr()
    }

    /// Gives a buffer to the ring.
    fn lend(&mut self, id: u16) {
        let place = usize::from(self.tail & (self.count - 1));
        let address = self.at(id) as u64;
        // SAFETY: the place is below the count, and Linux reads it only after the tail has passed it.
        unsafe {
            let entry = &mut *self.entries.add(place);
            entry.set_addr(address);
            entry.set_len(self.size as u32);
            entry.set_bid(id);
            self.tail = self.tail.wrapping_add(1);
            let tail = types::BufRingEntry::tail(self.entries).cast::<AtomicU16>();
            (*tail).store(self.tail, Ordering::Release);
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout.
        unsafe { std::alloc::dealloc(self.entries.cast(), Self::layout(self.count)) };
    }
}

fn echo_by_multishot(job: &Job, stop: &OwnedFd) -> io::Result<()> {
    let count = (job.streams.len() as u32 * 2).next_power_of_two().clamp(16, 4096);
    let mut word = 0_u64;
    let room = IoUring::builder().setup_single_issuer().setup_defer_taskrun().setup_cqsize(count * 4).build(count)?;
    let mut lent = Lent::new(&room, count as u16, job.room)?;
    // Dropped first: nothing is lent any more then.
    let mut ring = room;
    let fd_of = |index: usize| types::Fd(job.streams[index].as_raw_fd());
    let receive = |index: usize| opcode::RecvMulti::new(fd_of(index), GROUP).build().user_data(index as u64);
    let listen = opcode::Read::new(types::Fd(stop.as_raw_fd()), (&raw mut word).cast(), 8).build().user_data(STOP);
    let mut wanted = vec![listen];
    wanted.extend((0..job.streams.len()).map(receive));
    loop {
        submit_all(&mut ring, &mut wanted)?;
        ring.submit_and_wait(1)?;
        for completion in ring.completion() {
            let (data, result, flags) = (completion.user_data(), completion.result(), completion.flags());
            if data == STOP {
                // Receives are still on their way: their connections end them.
                for stream in &job.streams {
                    let _ = stream.shutdown(std::net::Shutdown::Both);
                }
                return Ok(());
            }
            if data & SENDING != 0 {
                lent.lend((data >> 48) as u16);
                continue;
            }
            let index = data as usize;
            if let (1.., Some(id)) = (result, cqueue::buffer_select(flags)) {
                let send = opcode::Send::new(fd_of(index), lent.at(id), result as u32).build();
                wanted.push(send.user_data(u64::from(id) << 48 | SENDING | data));
            }
            // It ended for want of buffers, or by itself.
            if !cqueue::more(flags) && (result > 0 || result == -libc::ENOBUFS) {
                wanted.push(receive(index));
            }
        }
    }
}

fn submit_all(ring: &mut IoUring, wanted: &mut Vec<squeue::Entry>) -> io::Result<()> {
    for entry in wanted.drain(..) {
        // SAFETY: buffers and descriptors outlive the ring, which is dropped before them.
        while unsafe { ring.submission().push(&entry) }.is_err() {
            ring.submit()?;
        }
    }
    Ok(())
}
