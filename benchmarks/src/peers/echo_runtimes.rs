//! Echo servers of runtimes on io_uring with a thread for each ring: compio and monoio. Each thread has its share of the connections,
//! and a task for each.

use std::io;
use std::net::TcpStream;
use std::os::fd::{AsRawFd, RawFd};
use std::thread::JoinHandle;

use crate::benches::echo::{Job, Server};
use crate::team;

/// Threads that end when their connections do.
struct Threads {
    connections: Vec<RawFd>,
    handles: Vec<JoinHandle<()>>,
}

impl Threads {
    fn start(job: Job, serve: fn(Vec<TcpStream>, usize) -> io::Result<()>) -> Self {
        let connections = job.streams.iter().map(AsRawFd::as_raw_fd).collect();
        let (room, alone) = (job.room, job.threads == 1);
        let handles = job.shares().into_iter().map(|share| {
            std::thread::spawn(move || {
                if alone {
                    team::pin_first();
                }
                if let Err(error) = serve(share, room) {
                    eprintln!("a runtime's thread: {error}");
                }
            })
        });
        Self { connections, handles: handles.collect() }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        for fd in &self.connections {
            // SAFETY: a number. Its task keeps it open until it has seen this end.
            unsafe { libc::shutdown(*fd, libc::SHUT_RDWR) };
        }
        for handle in self.handles.drain(..) {
            let _ = handle.join();
        }
    }
}

/// compio.
pub struct CompioServer(#[expect(dead_code, reason = "its end ends the threads")] Threads);

impl Server for CompioServer {
    fn start(job: Job) -> io::Result<Self> {
        drop(compio::runtime::Runtime::new()?);
        Ok(Self(Threads::start(job, serve_by_compio)))
    }
}

fn serve_by_compio(streams: Vec<TcpStream>, room: usize) -> io::Result<()> {
    compio::runtime::Runtime::new()?.block_on(async move {
        let tasks: Vec<_> =
            streams.into_iter().map(|stream| compio::runtime::spawn(compio_echo(stream, room))).collect();
        for task in tasks {
            let _ = task.await;
        }
        Ok(())
    })
}

async fn compio_echo(stream: TcpStream, room: usize) -> io::Result<()> {
    use compio::buf::{BufResult, IntoInner, IoBuf};
    use compio::io::{AsyncRead, AsyncWriteExt};
    let mut stream = compio::net::TcpStream::from_std(stream)?;
    let mut buffer: Vec<u8> = Vec::with_capacity(room);
    loop {
        let BufResult(received, back) = stream.read(buffer).await;
        let received = received?;
        if received == 0 {
            return Ok(());
        }
        let BufResult(sent, back) = stream.write_all(back.slice(..received)).await;
        sent?;
        buffer = back.into_inner();
    }
}

/// monoio.
pub struct MonoioServer(#[expect(dead_code, reason = "its end ends the threads")] Threads);

impl Server for MonoioServer {
    fn start(job: Job) -> io::Result<Self> {
        drop(monoio::RuntimeBuilder::<monoio::IoUringDriver>::new().build()?);
        Ok(Self(Threads::start(job, serve_by_monoio)))
    }
}

fn serve_by_monoio(streams: Vec<TcpStream>, room: usize) -> io::Result<()> {
    let mut runtime = monoio::RuntimeBuilder::<monoio::IoUringDriver>::new().with_entries(1024).build()?;
    runtime.block_on(async move {
        let tasks: Vec<_> = streams.into_iter().map(|stream| monoio::spawn(monoio_echo(stream, room))).collect();
        for task in tasks {
            let _ = task.await;
        }
        Ok(())
    })
}

async fn monoio_echo(stream: TcpStream, room: usize) -> io::Result<()> {
    use monoio::buf::IoBuf;
    use monoio::io::{AsyncReadRent, AsyncWriteRentExt};
    let mut stream = monoio::net::TcpStream::from_std(stream)?;
    let mut buffer: Vec<u8> = Vec::with_capacity(room);
    loop {
        let (received, back) = stream.read(buffer).await;
        let received = received?;
        if received == 0 {
            return Ok(());
        }
        let (sent, back) = stream.write_all(back.slice(..received)).await;
        sent?;
        buffer = back.into_inner();
    }
}
