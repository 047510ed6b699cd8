//! Echo servers by hand: a loop over epoll, and tasks of tokio.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::thread::JoinHandle;

use rustix::event::{EventfdFlags, epoll, eventfd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::benches::echo::{Job, Server};
use crate::team;

/// Marks what is no connection.
pub(super) const STOP: u64 = u64::MAX;

/// Threads that end when an eventfd says so.
pub(super) struct Threads {
    pub(super) stop: Arc<OwnedFd>,
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { stop: Arc::new(eventfd(0, EventfdFlags::CLOEXEC)?), handles: Vec::new() })
    }

    pub(super) fn spawn(&mut self, alone: bool, body: impl FnOnce() + Send + 'static) {
        self.handles.push(std::thread::spawn(move || {
            if alone {
                team::pin_first();
            }
            body();
        }));
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        let _ = rustix::io::write(&*self.stop, &1_u64.to_ne_bytes());
        for handle in self.handles.drain(..) {
            let _ = handle.join();
        }
    }
}

/// Each thread has its share of the connections and an epoll descriptor, and reads and writes what is ready.
pub struct EpollServer(#[expect(dead_code, reason = "its end ends the threads")] Threads);

impl Server for EpollServer {
    fn start(job: Job) -> io::Result<Self> {
        let mut threads = Threads::new()?;
        let (room, alone) = (job.room, job.threads == 1);
        for share in job.shares() {
            let set = epoll::create(epoll::CreateFlags::CLOEXEC)?;
            epoll::add(&set, &*threads.stop, epoll::EventData::new_u64(STOP), epoll::EventFlags::IN)?;
            for (index, stream) in share.iter().enumerate() {
                stream.set_nonblocking(true)?;
                epoll::add(&set, stream, epoll::EventData::new_u64(index as u64), epoll::EventFlags::IN)?;
            }
            let mut buffer = vec![0; room];
            threads.spawn(alone, move || {
                let mut events = [libc::epoll_event { events: 0, u64: 0 }; 256];
                loop {
                    // SAFETY: room for so many events.
                    let found =
                        unsafe { libc::epoll_wait(set.as_raw_fd(), events.as_mut_ptr(), events.len() as i32, -1) };
                    for event in &events[..usize::try_from(found).unwrap_or(0)] {
                        if event.u64 == STOP {
                            return;
                        }
                        let mut stream = &share[event.u64 as usize];
                        if let Ok(n @ 1..) = stream.read(&mut buffer) {
                            // Messages are small against the socket's buffer.
                            let _ = stream.write_all(&buffer[..n]);
                        }
                    }
                }
            });
        }
        Ok(Self(threads))
    }
}

/// A task for each connection; with one thread, on the scheduler of one thread.
pub struct TokioServer {
    several: Option<tokio::runtime::Runtime>,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    single: Option<JoinHandle<()>>,
}

impl Server for TokioServer {
    fn start(job: Job) -> io::Result<Self> {
        for stream in &job.streams {
            stream.set_nonblocking(true)?;
        }
        let Job { streams, room, threads } = job;
        if threads > 1 {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_io().build()?;
            for stream in streams {
                runtime.spawn(echo_by_task(stream, room));
            }
            return Ok(Self { several: Some(runtime), end: None, single: None });
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let (end, ended) = tokio::sync::oneshot::channel();
        let single = std::thread::spawn(move || {
            team::pin_first();
            runtime.block_on(async {
                for stream in streams {
                    tokio::spawn(echo_by_task(stream, room));
                }
                let _ = ended.await;
            });
        });
        Ok(Self { several: None, end: Some(end), single: Some(single) })
    }
}

impl Drop for TokioServer {
    fn drop(&mut self) {
        if let Some(runtime) = self.several.take() {
            runtime.shutdown_background();
        }
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(single) = self.single.take() {
            let _ = single.join();
        }
    }
}

async fn echo_by_task(stream: TcpStream, room: usize) -> io::Result<()> {
    let mut stream = tokio::net::TcpStream::from_std(stream)?;
    let mut buffer = vec![0; room];
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            n => stream.write_all(&buffer[..n]).await?,
        }
    }
}
