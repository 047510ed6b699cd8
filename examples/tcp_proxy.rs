//! A TCP proxy on a completion port: everything is a request, connecting, too, and nothing is read faster than it goes on.
//!
//! Each direction of a connection has one buffer, which goes in circles: received here, sent there, and only then received into again.
//! So a side that reads slowly makes the other one wait, through the proxy, and the proxy needs two buffers for a connection
//! however much is sent.
//!
//! The context of each request holds the connection. There is no table of them: one lives as long as a request on it is on its way, and its
//! sockets close with the last. (So what holds its own device must be ended by a cancel when it shall end early.) The program is its own clients
//! and its own server, which echoes.
//!
//! ```text
//! cargo run -p overlapped --example tcp_proxy -- [connections] [bytes]
//! ```

use overlapped::net::Shutdown;
use overlapped::{Associated, BufferPool, CompletionPort, PooledBuf, Result, TcpListener, TcpStream};
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Accepts on their way at any time.
const ACCEPTS: usize = 4;
const BUFFER: usize = 16 * 1024;

/// What a request is about.
enum About {
    /// A client is to be put in this socket.
    Accept(TcpStream),
    /// The server is to answer.
    Connect(Arc<Link>),
    /// Something is to come.
    Receive(Direction),
    /// It goes on.
    Send(Direction),
    /// Nothing: the thread is to end.
    End,
}

type Port = CompletionPort<(), About, PooledBuf>;
type Device<D> = Associated<D, (), About, PooledBuf>;

/// A client, and the server that it talks to.
struct Link {
    client: Device<TcpStream>,
    server: Device<TcpStream>,
}

/// One of the two ways through a link.
struct Direction {
    link: Arc<Link>,
    to_server: bool,
}

impl Direction {
    fn source(&self) -> &Device<TcpStream> {
        if self.to_server { &self.link.client } else { &self.link.server }
    }

    fn target(&self) -> &Device<TcpStream> {
        if self.to_server { &self.link.server } else { &self.link.client }
    }

    fn receive(self, buffer: PooledBuf) -> Result<()> {
        // The context takes the direction with it, so whose request it is has to be known before.
        let link = Arc::clone(&self.link);
        let source = if self.to_server { &link.client } else { &link.server };
        Ok(source.receive(buffer, About::Receive(self))?)
    }

    fn send(self, buffer: PooledBuf) -> Result<()> {
        let link = Arc::clone(&self.link);
        let target = if self.to_server { &link.server } else { &link.client };
        Ok(target.send(buffer, About::Send(self))?)
    }

    /// Nothing comes any more: the other side hears of it when it has everything. The other direction may go on.
    fn end(&self) {
        // Fails when that side has gone, which is as good.
        let _ = self.target().shutdown(Shutdown::Write);
    }

    /// Something failed: both directions end.
    fn fail(&self) {
        self.source().cancel_all();
        self.target().cancel_all();
    }
}

/// What the threads share.
struct Proxy {
    port: Port,
    listener: Device<TcpListener>,
    server: SocketAddr,
    buffers: BufferPool,
    passed: AtomicUsize,
}

impl Proxy {
    fn start(server: SocketAddr) -> Result<Self> {
        let port = Port::new(0)?;
        let listener = port.associate(TcpListener::bind("127.0.0.1:0")?, ())?;
        (0..ACCEPTS).try_for_each(|_| listener.accept_new(About::Accept))?;
        Ok(Self { port, listener, server, buffers: BufferPool::new(BUFFER, 64), passed: AtomicUsize::new(0) })
    }

    /// The loop of each thread.
    fn serve(&self) -> Result<()> {
        loop {
            let done = self.port.get()?;
            match (done.context, done.result) {
                (About::End, _) => return Ok(()),
                (About::Accept(client), Ok(_)) => {
                    self.listener.accept_new(About::Accept)?;
                    // A refusal may be known at once, and has no packet then.
                    if let Err(error) = self.connect(client) {
                        eprintln!("no connection: {error}");
                    }
                }
                (About::Connect(link), Ok(_)) => {
                    for to_server in [true, false] {
                        let direction = Direction { link: Arc::clone(&link), to_server };
                        self.go_on(direction, Direction::receive, self.buffers.take());
                    }
                }
                // The buffer goes back to the pool here.
                (About::Receive(direction), Ok(0)) => direction.end(),
                (About::Receive(direction), Ok(bytes)) => {
                    self.passed.fetch_add(bytes, Ordering::Relaxed);
                    self.go_on(direction, Direction::send, done.buffer.expect("receives bring their buffers back"));
                }
                (About::Send(direction), Ok(_)) => {
                    self.go_on(direction, Direction::receive, done.buffer.expect("sends bring their buffers back"));
                }
                (About::Receive(direction) | About::Send(direction), Err(error)) => {
                    // The first failure ends the other direction, whose request is then cancelled.
                    if !error.is_cancelled() {
                        eprintln!("a connection ends: {error}");
                        direction.fail();
                    }
                }
                // No server for this client, or the listener closes.
                (About::Connect(_) | About::Accept(_), Err(error)) => eprintln!("no connection: {error}"),
            }
        }
    }

    /// A request that is not accepted has no packet: its link ends here.
    fn go_on(&self, direction: Direction, how: fn(Direction, PooledBuf) -> Result<()>, buffer: PooledBuf) {
        let other = Direction { link: Arc::clone(&direction.link), to_server: direction.to_server };
        if let Err(error) = how(direction, buffer) {
            eprintln!("a connection ends: {error}");
            other.fail();
        }
    }

    fn connect(&self, client: TcpStream) -> Result<()> {
        let client = self.port.associate(client, ())?;
        let server = self.port.associate(TcpStream::unconnected(self.server)?, ())?;
        let link = Arc::new(Link { client, server });
        Ok(link.server.connect(self.server, About::Connect(Arc::clone(&link)))?)
    }
}

/// A server that knows nothing of proxies.
fn echo(listener: &std::net::TcpListener, connections: usize) -> std::io::Result<()> {
    std::thread::scope(|scope| {
        for _ in 0..connections {
            let (stream, _) = listener.accept()?;
            scope.spawn(move || {
                std::io::copy(&mut &stream, &mut &stream).and_then(|_| stream.shutdown(Shutdown::Write))
            });
        }
        Ok(())
    })
}

/// A client that sends everything before it reads anything: without a limit, the proxy would have to hold it all.
fn talk(address: SocketAddr, bytes: usize) -> std::io::Result<usize> {
    let stream = std::net::TcpStream::connect(address)?;
    std::thread::scope(|scope| {
        let send = scope.spawn(|| {
            (&stream).write_all(&vec![7; bytes])?;
            stream.shutdown(Shutdown::Write)
        });
        let mut answer = Vec::new();
        (&stream).read_to_end(&mut answer)?;
        send.join().expect("a writer does not panic")?;
        assert!(answer.iter().all(|byte| *byte == 7));
        Ok(answer.len())
    })
}

fn main() -> Result<()> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse().unwrap_or(10));
    let (clients, bytes): (usize, usize) = (numbers.next().unwrap_or(16), numbers.next().unwrap_or(1 << 20));
    let upstream = std::net::TcpListener::bind("127.0.0.1:0")?;
    let proxy = Proxy::start(upstream.local_addr()?)?;
    let address = proxy.listener.local_address()?;
    let threads = 2 * std::thread::available_parallelism()?.get();
    let total = std::thread::scope(|scope| -> Result<usize> {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| proxy.serve())).collect();
        let echo = scope.spawn(|| echo(&upstream, clients));
        let talkers: Vec<_> = (0..clients).map(|_| scope.spawn(move || talk(address, bytes))).collect();
        let mut total = 0;
        for talker in talkers {
            total += talker.join().expect("a client does not panic")?;
        }
        echo.join().expect("the server does not panic")?;
        (0..threads).try_for_each(|_| proxy.port.post((), About::End))?;
        for worker in workers {
            worker.join().expect("a thread of the proxy does not panic")?;
        }
        Ok(total)
    })?;
    let held = proxy.buffers.idle() * BUFFER / 1024;
    println!("{clients} clients, {total} bytes there and back, {held} KiB of buffers, {threads} threads");
    assert_eq!(total, clients * bytes);
    assert_eq!(proxy.passed.load(Ordering::Relaxed), 2 * total);
    assert!(proxy.buffers.idle() <= 2 * clients);
    Ok(())
}
