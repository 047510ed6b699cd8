//! An echo server on a completion port: accepts posted in advance, receives and sends of any number of connections, and a few
//! threads that take whatever completes next (contract 06, 08).
//!
//! Each completion brings the key of its device, the context of its request and the request's buffer back. So a connection needs no
//! thread of its own and no table of what it is doing: the context says it. The program is its own client, and ends when every
//! client has had its answer.
//!
//! ```text
//! cargo run -p overlapped --example echo_server -- [connections] [messages]
//! ```

use overlapped::{Associated, CompletionPort, Result, TcpListener, TcpStream};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Accepts on their way at any time: so many clients may come at the same moment.
const ACCEPTS: usize = 4;
const BUFFER: usize = 4096;
const LISTENER: u64 = 0;

/// What a request is about.
enum About {
    /// A connection is to be put in this socket.
    Accept(TcpStream),
    /// Something is to come.
    Receive,
    /// It goes back.
    Send,
    /// Nothing: the thread is to end.
    End,
}

type Port = CompletionPort<u64, About>;
type Device<D> = Associated<D, u64, About>;

/// What the threads share.
struct Server {
    port: Port,
    listener: Device<TcpListener>,
    connections: Mutex<HashMap<u64, Arc<Device<TcpStream>>>>,
    next: AtomicUsize,
    echoed: AtomicUsize,
    /// Connections to come and go before the threads end.
    clients: AtomicUsize,
    threads: usize,
}

impl Server {
    fn start(port: Port, clients: usize, threads: usize) -> Result<Self> {
        let listener = port.associate(TcpListener::bind("127.0.0.1:0")?, LISTENER)?;
        let (connections, next, echoed) = (Mutex::default(), AtomicUsize::new(1), AtomicUsize::new(0));
        let clients = AtomicUsize::new(clients);
        let server = Self { port, listener, connections, next, echoed, clients, threads };
        (0..ACCEPTS).try_for_each(|_| server.ask_for_connection())?;
        Ok(server)
    }

    fn ask_for_connection(&self) -> Result<()> {
        // The socket travels with its request: whoever takes the completion has it.
        self.listener.accept_new(About::Accept)
    }

    /// The loop of each thread.
    fn serve(&self) -> Result<()> {
        loop {
            let done = self.port.get()?;
            let bytes = match (&done.context, done.result) {
                (About::End, _) => return Ok(()),
                // A listener that closes ends its accepts.
                (About::Accept(_), Err(_)) => continue,
                (_, Ok(bytes)) => bytes,
                (_, Err(error)) => {
                    eprintln!("connection {}: {error}", done.key);
                    self.forget(done.key)?;
                    continue;
                }
            };
            match (done.context, done.buffer) {
                (About::Accept(socket), _) => {
                    self.ask_for_connection()?;
                    let key = self.next.fetch_add(1, Ordering::Relaxed) as u64;
                    let connection = Arc::new(self.port.associate(socket, key)?);
                    self.known().insert(key, Arc::clone(&connection));
                    connection.receive(Vec::with_capacity(BUFFER), About::Receive)?;
                }
                (About::Receive, Some(_)) if bytes == 0 => self.forget(done.key)?,
                (About::Receive, Some(buffer)) => self.connection(done.key)?.send(buffer, About::Send)?,
                (About::Send, Some(buffer)) => {
                    self.echoed.fetch_add(bytes, Ordering::Relaxed);
                    self.connection(done.key)?.receive(buffer, About::Receive)?;
                }
                _ => unreachable!("receives and sends bring their buffers back"),
            }
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Device<TcpStream>>>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self, key: u64) -> Result<Arc<Device<TcpStream>>> {
        let found = self.known().get(&key).cloned();
        found.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotConnected).into())
    }

    /// The connection closes when the last request on it has ended. The last connection sends the threads home: each takes one
    /// packet, and all that came before it is done by then.
    fn forget(&self, key: u64) -> Result<()> {
        self.known().remove(&key);
        if self.clients.fetch_sub(1, Ordering::AcqRel) == 1 {
            (0..self.threads).try_for_each(|_| self.port.post(0, About::End))?;
        }
        Ok(())
    }
}

/// A client as they come: it knows nothing of ports.
fn talk(address: SocketAddr, messages: usize) -> std::io::Result<usize> {
    let mut stream = std::net::TcpStream::connect(address)?;
    let mut total = 0;
    for n in 0..messages {
        let message = format!("message {n} of {messages}, and some more of it: {}", "x".repeat(n % 100));
        stream.write_all(message.as_bytes())?;
        let mut answer = vec![0; message.len()];
        stream.read_exact(&mut answer)?;
        assert_eq!(answer, message.as_bytes());
        total += answer.len();
    }
    Ok(total)
}

fn main() -> Result<()> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse().unwrap_or(10));
    let (clients, messages): (usize, usize) = (numbers.next().unwrap_or(20), numbers.next().unwrap_or(50));
    // More threads than may run at once: one that blocks lets another run.
    let threads = 2 * std::thread::available_parallelism()?.get();
    let server = Arc::new(Server::start(Port::new(0)?, clients, threads)?);
    let address = server.listener.local_address()?;
    let workers: Vec<_> = (0..threads)
        .map(|_| {
            let server = Arc::clone(&server);
            std::thread::spawn(move || server.serve())
        })
        .collect();
    let talkers: Vec<_> = (0..clients).map(|_| std::thread::spawn(move || talk(address, messages))).collect();
    let mut total = 0;
    for talker in talkers {
        total += talker.join().expect("a client does not panic")?;
    }
    for worker in workers {
        worker.join().expect("a thread of the server does not panic")?;
    }
    println!("{clients} clients, {total} bytes there and back, {threads} threads");
    assert_eq!(server.echoed.load(Ordering::Relaxed), total);
    Ok(())
}
