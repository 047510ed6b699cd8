//! Our own contestants: the one module that knows the library.
//!
//! Each is opened by a function that may answer with a reason why it is not here; its rows then stay
//! empty. The benchmarks do not care: to them ours is one more contestant. They use the Rust face as any program would.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use overlapped::{
    AlignedBuf, Associated, Completion, CompletionPort, Event, OpenOptions, OverlappedFile, SentinelChoice,
    SystemBuilder, Timeout, Wait, WaitResult, wait_all, wait_any,
};
use overlapped_win32::synchapi::{ovl_CreateEventW, ovl_SetEvent, ovl_WaitForSingleObject};

use crate::benches::port::{Packet, Queue};
use crate::benches::reads::{Job, Reader, Shape};
use crate::benches::useful::{self, Crew, Run};
use crate::benches::wait::Signal;
use crate::meter::Timer;
use crate::team::{self, Member, Placement};
use crate::workspace::{BLOCK, stamp};

/// Why one of ours is missing.
pub type Absent = String;

/// A completion port as a queue of packets.
pub struct Port(CompletionPort<usize, u64>);

impl Port {
    /// A port that lets `running` threads run at the same time.
    pub fn open(running: u32) -> Result<Self, Absent> {
        CompletionPort::new(running).map(Self).map_err(|error| error.to_string())
    }
}

impl Queue for Port {
    fn post(&self, packet: Packet) {
        self.0.post_bytes(packet.key, packet.context, packet.bytes).expect("the port is open");
    }

    fn get(&self) -> Packet {
        let Completion { key, context, result, .. } = self.0.get().expect("the port is open");
        Packet { key, bytes: result.expect("a post succeeds") as u32, context }
    }
}

/// An event object. As a queue it has room for one packet, like the futex.
pub struct EventObject {
    event: Event,
    context: AtomicU64,
}

impl EventObject {
    /// An auto-reset event.
    pub fn auto_reset() -> Self {
        Self { event: Event::auto_reset(false), context: AtomicU64::new(0) }
    }

    /// A manual-reset event that is signalled.
    pub fn signalled() -> Self {
        Self { event: Event::manual_reset(true), context: AtomicU64::new(0) }
    }
}

impl Signal for EventObject {
    fn set(&self) {
        self.event.set();
    }

    fn wait(&self) -> bool {
        self.event.wait(Timeout::Infinite)
    }
}

impl Queue for EventObject {
    fn post(&self, packet: Packet) {
        self.context.store(packet.context, Ordering::Relaxed);
        self.event.set();
    }

    fn get(&self) -> Packet {
        assert!(self.event.wait(Timeout::Infinite), "the event is there");
        Packet::new(self.context.load(Ordering::Relaxed))
    }
}

/// An event of the C face, used by its handle.
pub struct EventHandle(usize);

impl EventHandle {
    /// A manual-reset event that is signalled.
    pub fn signalled() -> Result<Self, Absent> {
        // SAFETY: neither attributes nor a name.
        let handle = unsafe { ovl_CreateEventW(std::ptr::null(), 1, 1, std::ptr::null()) };
        if handle == 0 { Err("CreateEvent failed".to_owned()) } else { Ok(Self(handle)) }
    }
}

impl Signal for EventHandle {
    fn set(&self) {
        ovl_SetEvent(self.0);
    }

    fn wait(&self) -> bool {
        ovl_WaitForSingleObject(self.0, u32::MAX) == 0
    }
}

impl Drop for EventHandle {
    fn drop(&mut self) {
        overlapped_win32::handleapi::ovl_CloseHandle(self.0);
    }
}

/// Several signalled events in one wait.
pub struct Several {
    events: Vec<Event>,
    all: bool,
}

impl Several {
    /// For any of `count` events, of which the last is signalled.
    pub fn any(count: usize) -> Self {
        Self { events: (1..=count).map(|n| Event::manual_reset(n == count)).collect(), all: false }
    }

    /// For all of `count` signalled events.
    pub fn all(count: usize) -> Self {
        Self { events: (0..count).map(|_| Event::manual_reset(true)).collect(), all: true }
    }
}

impl Signal for Several {
    fn set(&self) {
        self.events.iter().for_each(Event::set);
    }

    fn wait(&self) -> bool {
        let objects: Vec<&dyn Wait> = self.events.iter().map(|event| event as &dyn Wait).collect();
        let (wait, index) = if self.all {
            (wait_all(&objects, Timeout::Infinite), 0)
        } else {
            (wait_any(&objects, Timeout::Infinite), objects.len() - 1)
        };
        wait == Ok(WaitResult::Object(index))
    }
}

/// How the port learns that a task blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Telling {
    /// The sentinel finds it.
    Found,
    /// The sentinel finds it, without records of context switches.
    FoundByProc,
    /// The task says so.
    Announced,
}

/// Threads that take tasks from a port.
pub struct PortCrew {
    port: CompletionPort<(), Task>,
    threads: Vec<JoinHandle<()>>,
}

/// A task, or the end.
type Task = Option<(Arc<Run>, u64)>;

impl PortCrew {
    /// A port that lets `running` of its threads run at the same time.
    pub fn open(running: u32, telling: Telling) -> Result<Self, Absent> {
        let sentinel = if telling == Telling::FoundByProc { SentinelChoice::Proc } else { SentinelChoice::Auto };
        let system = SystemBuilder::new().sentinel(sentinel).build().map_err(|error| error.to_string())?;
        let port = CompletionPort::<(), Task>::new_in(&system, running);
        let threads = (0..useful::THREADS).map(|_| {
            let port = port.clone();
            std::thread::spawn(move || {
                while let Ok(Completion { context: Some((run, index)), .. }) = port.get() {
                    match telling {
                        Telling::Announced => announced(&run, index),
                        Telling::Found | Telling::FoundByProc => run.task(index),
                    }
                }
            })
        });
        let threads = threads.collect();
        Ok(Self { port, threads })
    }
}

fn announced(run: &Run, index: u64) {
    let before = run.first_half(index);
    if run.blocks(index) {
        overlapped::blocking(Run::block);
    }
    run.second_half(index, before);
}

impl Crew for PortCrew {
    fn submit(&self, run: &Arc<Run>, index: u64) {
        self.port.post((), Some((Arc::clone(run), index))).expect("the port is open");
    }
}

impl Drop for PortCrew {
    fn drop(&mut self) {
        self.port.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

type ReadPort = CompletionPort<(), (), AlignedBuf>;

/// Random reads through a handle and a port.
pub struct PortReader {
    job: Job,
    shape: Shape,
    port: ReadPort,
    file: Associated<OverlappedFile, (), (), AlignedBuf>,
}

impl PortReader {
    /// Opens the file of `job` for overlapped reads (unbuffered if the job says so) and ties it to a
    /// port.
    pub fn open(job: &Job, shape: Shape) -> Result<Self, Absent> {
        let open = || -> overlapped::Result<Self> {
            let port = ReadPort::new(shape.workers as u32)?;
            let file = OpenOptions::new().read(true).unbuffered(job.unbuffered).open_overlapped(&job.path)?;
            let file = port.associate(file, ())?;
            Ok(Self { job: job.clone(), shape, port, file })
        };
        open().map_err(|error| error.to_string())
    }

    /// Takes completions and issues the read that `next` names, if any, with the same buffer, until `last` says that all are
    /// done, or a packet without a buffer does.
    fn work(&self, mut next: impl FnMut() -> Option<u64>, mut last: impl FnMut() -> bool) -> io::Result<u64> {
        let mut sum = 0_u64;
        loop {
            let Completion { buffer: Some(buffer), result, .. } = self.port.get()? else { return Ok(sum) };
            if result? != BLOCK {
                return Err(io::Error::other("a short read"));
            }
            sum = sum.wrapping_add(stamp(&buffer));
            if let Some(operation) = next() {
                self.issue(buffer, operation)?;
            }
            if last() {
                return Ok(sum);
            }
        }
    }

    fn start(&self, first: u64) -> io::Result<()> {
        (0..first).try_for_each(|operation| self.issue(AlignedBuf::with_capacity(BLOCK), operation))
    }

    /// One worker counts for itself, as the bare ring and the plain loop do.
    fn work_alone(&self, first: u64, operations: u64) -> io::Result<u64> {
        self.start(first)?;
        let (mut rest, mut done) = (first..operations, 0);
        let last = || {
            done += 1;
            done == operations
        };
        self.work(|| rest.next(), last)
    }

    /// Several share their counts. Who does the last read posts a packet without a buffer for each of the others.
    fn work_together(&self, next: &AtomicU64, left: &AtomicU64, operations: u64) -> io::Result<u64> {
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|operation| *operation < operations);
        let mut ended = false;
        let sum = self.work(take, || {
            ended = left.fetch_sub(1, Ordering::AcqRel) == 1;
            ended
        })?;
        if ended {
            (1..self.shape.workers).try_for_each(|_| self.port.post((), ()))?;
        }
        Ok(sum)
    }

    fn issue(&self, buffer: AlignedBuf, operation: u64) -> io::Result<()> {
        self.file.read_at(buffer, self.job.offset(operation), ()).map_err(|rejected| rejected.error.into())
    }
}

impl Reader for PortReader {
    fn read(&mut self, operations: u64, timer: &mut Timer) -> io::Result<u64> {
        let first = operations.min(self.shape.depth as u64);
        if self.shape.workers == 1 {
            timer.start();
            let sum = self.work_alone(first, operations);
            timer.stop();
            return sum;
        }
        let (next, left) = (AtomicU64::new(first), AtomicU64::new(operations));
        let (this, next, left) = (&*self, &next, &left);
        let members = (0..this.shape.workers).map(|index| -> Member<'_> {
            Box::new(move || {
                if index == 0 {
                    this.start(first)?;
                }
                this.work_together(next, left, operations)
            })
        });
        team::run(timer, Placement::Free, members.collect())
    }
}

/// Copies one file by calls of the library, in this process.
pub struct Copying;

impl Copying {
    /// Whatever is to be made once for many copies.
    pub fn open() -> Result<Self, Absent> {
        Ok(Self)
    }

    /// Copies `from` over or to `to`.
    pub fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        const CHUNK: u64 = 256 << 10;
        const DEPTH: u64 = 8;
        let port = CompletionPort::<bool, u64, AlignedBuf>::new(1)?;
        let source = OpenOptions::new().read(true).sequential(true).open_overlapped(from)?;
        let size = source.size()?;
        let source = port.associate(source, true)?;
        let target = OpenOptions::new().write(true).create(true).open_overlapped(to)?;
        let target = port.associate(target, false)?;
        let mut next = (0..size).step_by(CHUNK as usize);
        let mut left = size.div_ceil(CHUNK);
        for offset in next.by_ref().take(DEPTH as usize) {
            source.read_at(AlignedBuf::with_capacity(CHUNK as usize), offset, offset).map_err(|r| r.error)?;
        }
        while left > 0 {
            let done = port.get()?;
            done.result?;
            let buffer = done.buffer.expect("nobody posts here");
            if done.key {
                target.write_at(buffer, done.context, done.context).map_err(|r| r.error)?;
            } else {
                left -= 1;
                if let Some(offset) = next.next() {
                    source.read_at(buffer, offset, offset).map_err(|r| r.error)?;
                }
            }
        }
        if target.size()? != size {
            target.set_len(size)?;
        }
        Ok(())
    }
}

/// The program `ovl` that was built together with this one.
pub fn program() -> Result<PathBuf, Absent> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = this.with_file_name("ovl");
    if program.is_file() {
        return Ok(program);
    }
    Err("no program `ovl` beside this one; `cargo build --release --workspace` makes both".to_owned())
}
