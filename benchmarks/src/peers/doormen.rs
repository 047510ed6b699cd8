//! Servers that close each connection that comes: a loop over epoll, a ring with many accepts or with one that stays, and tokio.

use std::io;
use std::net::TcpListener;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::sync::Arc;
use std::thread::JoinHandle;

use io_uring::{IoUring, cqueue, opcode, types};
use rustix::event::epoll;

use super::echo::{STOP, Threads};
use crate::benches::echo_accept::Doorman;
use crate::team;

/// Accepts on their way, where there is more than one.
const ACCEPTS: usize = 64;

/// Accepts until there is nobody, then waits.
pub struct EpollDoorman(#[expect(dead_code, reason = "its end ends the thread")] Threads);

impl Doorman for EpollDoorman {
    fn start(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let mut threads = Threads::new()?;
        let set = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        epoll::add(&set, &*threads.stop, epoll::EventData::new_u64(STOP), epoll::EventFlags::IN)?;
        epoll::add(&set, &listener, epoll::EventData::new_u64(0), epoll::EventFlags::IN)?;
        threads.spawn(true, move || {
            let mut events = [libc::epoll_event { events: 0, u64: 0 }; 8];
            loop {
                // SAFETY: room for so many events.
                let found = unsafe { libc::epoll_wait(set.as_raw_fd(), events.as_mut_ptr(), events.len() as i32, -1) };
                for event in &events[..usize::try_from(found).unwrap_or(0)] {
                    if event.u64 == STOP {
                        return;
                    }
                    while let Ok((stream, _)) = listener.accept() {
                        drop(stream);
                    }
                }
            }
        });
        Ok(Self(threads))
    }
}

/// Many accepts on their way.
pub struct RingDoorman(#[expect(dead_code, reason = "its end ends the thread")] Threads);

impl Doorman for RingDoorman {
    fn start(listener: TcpListener) -> io::Result<Self> {
        let mut threads = Threads::new()?;
        let stop = Arc::clone(&threads.stop);
        threads.spawn(true, move || admit(&listener, &stop, ACCEPTS));
        Ok(Self(threads))
    }
}

/// One accept that stays.
pub struct MultishotDoorman(#[expect(dead_code, reason = "its end ends the thread")] Threads);

impl Doorman for MultishotDoorman {
    fn start(listener: TcpListener) -> io::Result<Self> {
        let mut threads = Threads::new()?;
        let stop = Arc::clone(&threads.stop);
        threads.spawn(true, move || admit(&listener, &stop, 0));
        Ok(Self(threads))
    }
}

/// With so many single accepts, or with one that stays.
fn admit(listener: &TcpListener, stop: &OwnedFd, accepts: usize) {
    let mut word = 0_u64;
    // Made last, so that it goes first.
    let built: io::Result<IoUring> = IoUring::builder().setup_single_issuer().setup_defer_taskrun().build(256);
    let Ok(mut ring) = built else { return };
    let fd = types::Fd(listener.as_raw_fd());
    let ask = || match accepts {
        0 => opcode::AcceptMulti::new(fd).flags(libc::SOCK_CLOEXEC).build(),
        _ => opcode::Accept::new(fd, std::ptr::null_mut(), std::ptr::null_mut()).flags(libc::SOCK_CLOEXEC).build(),
    };
    let listen = opcode::Read::new(types::Fd(stop.as_raw_fd()), (&raw mut word).cast(), 8).build().user_data(STOP);
    let mut wanted = vec![listen];
    wanted.extend((0..accepts.max(1)).map(|_| ask()));
    loop {
        for entry in wanted.drain(..) {
            // SAFETY: word and descriptors outlive the ring, which is dropped before them; the queue has room for all.
            let pushed = unsafe { ring.submission().push(&entry) };
            assert!(pushed.is_ok(), "fewer than the ring's entries");
        }
        if ring.submit_and_wait(1).is_err() {
            return;
        }
        for completion in ring.completion() {
            if completion.user_data() == STOP {
                return;
            }
            if completion.result() >= 0 {
                // SAFETY: Linux has just given the descriptor.
                drop(unsafe { OwnedFd::from_raw_fd(completion.result()) });
            }
            if !cqueue::more(completion.flags()) {
                wanted.push(ask());
            }
        }
    }
}

/// A task on the scheduler of one thread.
pub struct TokioDoorman {
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Doorman for TokioDoorman {
    fn start(listener: TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let (end, ended) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || {
            team::pin_first();
            runtime.block_on(async {
                tokio::spawn(async move {
                    let listener = tokio::net::TcpListener::from_std(listener)?;
                    loop {
                        let (stream, _) = listener.accept().await?;
                        drop(stream);
                    }
                    #[expect(unreachable_code, reason = "it says what the task gives")]
                    io::Result::Ok(())
                });
                let _ = ended.await;
            });
        });
        Ok(Self { end: Some(end), thread: Some(thread) })
    }
}

impl Drop for TokioDoorman {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
