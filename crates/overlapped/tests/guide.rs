//! The Rust of the documents compiles, and does what they say. The first test compares: each block of Rust in README.md and docs/ must
//! stand here, line by line.

#![allow(
    unused_variables,
    clippy::let_and_return,
    clippy::redundant_closure,
    clippy::unnecessary_wraps,
    reason = "the blocks are as the documents have them"
)]

mod common;

use common::{Lab, bounded, eventually, on_every_engine};
use overlapped::serial::OverlappedSerialPort;
use overlapped::{OverlappedFile, Result, System, TcpListener};
use std::path::Path;

const DOCUMENTS: [&str; 10] = [
    "README.md",
    "docs/guide.md",
    "docs/guide-console.md",
    "docs/guide-disks.md",
    "docs/guide-mailslots.md",
    "docs/guide-pipes.md",
    "docs/guide-pools.md",
    "docs/guide-serial.md",
    "docs/guide-sockets.md",
    "docs/testing.md",
];

/// A line of code without what formatting changes: spaces and comments.
fn bare(line: &str) -> String {
    let code = line.split("//").next().unwrap_or_default();
    code.split_whitespace().collect()
}

/// The Rust blocks of a document, as bare lines.
fn blocks(text: &str) -> Vec<Vec<String>> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if matches!(line.trim(), "```rust" | "```rust,no_run") {
            let block = lines.by_ref().take_while(|line| line.trim() != "```");
            blocks.push(block.map(bare).filter(|line| !line.is_empty()).collect());
        }
    }
    blocks
}

#[test]
fn every_block_of_rust_in_the_documents_stands_here() {
    let here: Vec<String> = include_str!("guide.rs").lines().map(bare).filter(|line| !line.is_empty()).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut count = 0;
    for document in DOCUMENTS {
        let text = std::fs::read_to_string(root.join(document)).unwrap_or_else(|error| panic!("{document}: {error}"));
        for block in blocks(&text) {
            let found = here.windows(block.len()).any(|window| window == block);
            assert!(found, "{document} has a block that is not compiled in guide.rs:\n{}", block.join("\n"));
            count += 1;
        }
    }
    assert!(count >= 14, "only {count} blocks were found");
}

fn open() -> Result<()> {
    use overlapped::OpenOptions;

    let file = OpenOptions::new().read(true).open("data")?; // File: synchronous
    let file = OpenOptions::new().read(true).open_overlapped("data")?; // OverlappedFile
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Key {
    Log,
}

type Context = u32;

fn port(file: OverlappedFile, buffer: Vec<u8>, offset: u64, context: Context) -> Result<()> {
    use overlapped::CompletionPort;

    let port = CompletionPort::<Key, Context>::new(0)?;
    let file = port.associate(file, Key::Log)?;
    file.read_at(buffer, offset, context)?;
    let done = port.get()?; // done.key, done.context, done.buffer, done.result

    assert_eq!((done.key, done.context, done.result), (Key::Log, context, Ok(4)));
    assert_eq!(done.buffer.as_deref(), Some(&b"data"[..]));
    Ok(())
}

#[test]
fn the_guide() {
    on_every_engine(|lab: &Lab| {
        lab.file("data", b"data");
        port(lab.open("data"), Vec::with_capacity(16), 0, 7).unwrap();
        assert_eq!(announced(), 42);
        // There is no file of that name where tests run.
        assert_eq!(open().unwrap_err().code().0, 2);
    });
}

fn slow_thing_outside_the_library() -> u32 {
    42
}

#[rustfmt::skip]
fn announced() -> u32 {
    let answer = overlapped::blocking(|| slow_thing_outside_the_library());
    answer
}

fn pools() -> Result<()> {
    use overlapped::{PoolSize, ThreadPool};

    let fixed = ThreadPool::new(PoolSize::fixed(8))?;
    let adaptive = ThreadPool::new(PoolSize::adaptive(2, 64))?;

    assert_eq!((fixed.size(), adaptive.size()), (PoolSize::fixed(8), PoolSize::adaptive(2, 64)));
    Ok(())
}

fn executor() -> Result<()> {
    use overlapped::{Executor, PoolSize};

    let executor = Executor::new(PoolSize::adaptive(2, 64))?;
    let task = executor.spawn(async { 6 * 7 });
    assert_eq!(executor.block_on(task).unwrap(), 42);
    Ok(())
}

#[test]
fn the_guide_to_pools() {
    bounded("the pools", || {
        pools().unwrap();
        executor().unwrap();
    });
}

fn connection() -> Result<()> {
    use overlapped::{TcpListener, TcpStream};

    let listener = TcpListener::bind("127.0.0.1:0")?;
    let accept = listener.accept(); // a request, on its way
    let client = TcpStream::connect(listener.local_address()?)?; // a call that waits
    let (server, from) = accept.wait()?;
    let (sent, buffer) = client.send("hello").wait(); // or .await, or on a port

    assert_eq!((sent, buffer), (Ok(5), "hello"));
    assert_eq!(server.receive(Vec::with_capacity(5)).wait(), (Ok(5), b"hello".to_vec()));
    Ok(())
}

#[derive(Debug)]
enum About {
    Accept(overlapped::TcpStream),
}

fn server(listener: TcpListener) -> Result<()> {
    let client = overlapped::TcpStream::connect(listener.local_address()?)?;

    use overlapped::CompletionPort;

    let port = CompletionPort::<u64, About>::new(0)?; // key: which device; context: what the request was about
    let listener = port.associate(listener, 0)?;
    for _ in 0..16 {
        listener.accept_new(About::Accept)?; // a packet of a connection brings the connection in its context
    }
    // ... in each thread:
    let done = port.get()?;

    let About::Accept(stream) = done.context;
    assert_eq!(stream.peer_address()?, client.local_address()?);
    Ok(())
}

#[test]
fn the_guide_to_sockets() {
    bounded("the sockets", || {
        connection().unwrap();
        server(TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
    });
}

fn mailslots() -> Result<()> {
    use overlapped::mailslot::{MailslotClient, MailslotOptions};

    let slot = MailslotOptions::new().longest(400).create(r"\\.\mailslot\guide\doors")?;
    let door = MailslotClient::open(r"\\.\mailslot\guide\doors")?; // in any process of the user
    door.write(b"open")?; // in the slot when this returns
    assert_eq!(slot.info()?.count, 1);
    assert_eq!(slot.next()?.as_deref(), Some(&b"open"[..])); // what is there, or None
    Ok(())
}

#[test]
fn the_guide_to_mailslots() {
    // Another run of this test may have the name just now.
    eventually("the name was free", || match mailslots() {
        Err(error) if error.code().0 == 183 => false,
        done => done.map(|()| true).unwrap(),
    });
}

fn run_my_code(system: &System) -> Result<()> {
    assert_eq!(system.engine().name(), "sim");
    Ok(())
}

#[rustfmt::skip]
fn simulation(seed: u64) -> Result<()> {
    use overlapped::engine::SimEngine;
    use overlapped::SystemBuilder;
    use std::sync::Arc;
    use std::time::Duration;

    let engine = Arc::new(
        SimEngine::builder()
            .seed(seed)                                                    // everything follows from it
            .delay(Duration::from_millis(1)..=Duration::from_secs(10))     // of virtual time
            .failures(0.1)                                                 // one operation in ten fails
            .short_transfers(0.2)
            .build(),
    );
    let system = SystemBuilder::new().custom_engine(engine.clone()).build()?;
    run_my_code(&system)?;      // opens with OpenOptions::system(&system), ports with CompletionPort::new_in(&system, ..)

    assert_eq!(engine.seed(), seed);
    Ok(())
}

#[test]
fn the_page_on_testing() {
    bounded("the simulation", || simulation(42).unwrap());
}

mod readme {
    use overlapped::{CompletionPort, OpenOptions, Result};

    fn main() -> Result<()> {
        // K, the key: which device. C, the context: which request.
        let port = CompletionPort::<&str, u64>::new(0)?;
        let file = OpenOptions::new().read(true).open_overlapped("Cargo.lock")?;
        let file = port.associate(file, "the lock file")?;
        for offset in [0, 4096, 8192] {
            file.read_at(Vec::with_capacity(4096), offset, offset)?; // returns at once
        }
        for _ in 0..3 {
            let done = port.get()?; // in any order
            println!("{} at {}: {:?}", done.key, done.context, done.result);
        }
        Ok(())
    }

    /// Compiled; it is for the directory of the project.
    #[test]
    fn the_quick_start_runs() {
        match main() {
            Ok(()) => {}
            Err(error) => assert_eq!(error.code().0, 2, "{error}"),
        }
    }
}

fn pipes() -> Result<()> {
    use overlapped::pipe::{NamedPipeClient, PipeOptions};

    let server = PipeOptions::new().messages().create(r"\\.\pipe\guide")?; // one instance; it listens at once
    let connect = server.connect(); // an Operation, complete when a client has come
    let client = NamedPipeClient::open(r"\\.\pipe\guide")?; // in any process of the user
    connect.wait().0?;
    client.write("hello").wait().0?;
    assert_eq!(server.read(Vec::with_capacity(64)).wait(), (Ok(5), b"hello".to_vec()));
    Ok(())
}

#[test]
fn the_guide_to_pipes() {
    bounded("pipes", || pipes().unwrap());
}

/// Not run: a test has no drive to read.
#[expect(dead_code)]
mod a_drive {
    use overlapped::{AlignedBuf, OpenOptions, disk};

    fn main() -> overlapped::Result<()> {
        let drive = OpenOptions::new().read(true).open_overlapped(r"\\.\PhysicalDrive0")?;
        let (read, sectors) = drive.read_at(AlignedBuf::with_capacity(4096), 0).wait();
        println!("{} bytes, {:?}", read?, disk::layout(drive.handle())?.style);
        println!("ends with {:x?}", &sectors[510..512]);
        Ok(())
    }
}

/// Not run: it would take the terminal of whoever runs the tests.
#[rustfmt::skip]
#[expect(dead_code)]
mod a_screen {
    use overlapped::console::{Input, InputEvent, Screen, constants as c};
    use overlapped::{WaitResult, wait_any};
    use std::time::Duration;

    fn main() -> overlapped::Result<()> {
        let screen = Screen::new()?;                 // a buffer of its own
        screen.show()?;                              // on the terminal's alternate screen
        screen.set_attributes(c::FOREGROUND_GREEN | c::FOREGROUND_INTENSITY)?;
        screen.move_to((10, 5))?;
        screen.write("press a key")?;

        let input = Input::open()?;
        if wait_any(&[&input], Duration::from_secs(10))? == WaitResult::Object(0) {
            for record in input.read(16)? {
                match record.event() {
                    Some(InputEvent::Key(key)) if key.key_down != 0 => println!("key {:#x}", key.virtual_key_code),
                    Some(InputEvent::WindowBufferSize(size)) => println!("{} by {}", size.x, size.y),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Not run: a test has no port of this name.
#[expect(dead_code)]
fn a_port() -> Result<()> {
    use overlapped::serial::{Flow, Options, Parity, Timeouts};

    let port = Options::new().rate(115_200).parity(Parity::Even).flow(Flow::RtsCts).open_overlapped("COM3")?;

    port.set_timeouts(Timeouts::at_once())
}

#[rustfmt::skip]
fn null_modem() -> Result<(OverlappedSerialPort, OverlappedSerialPort)> {
    use overlapped::serial::{Mishap, NullModem};

    let (near, far) = NullModem::new().open()?;          // two ports, for tests
    near.garble(Mishap::Parity, b'x')?;                  // a byte arrives with an error
    near.ring(true)?;                                    // somebody calls
    NullModem::new().paced(true).name(7, 8)?;            // COM7 and COM8 of this process, at the speed of their rate
    Ok((near, far))
}

#[rustfmt::skip]
fn port_events(port: &OverlappedSerialPort) -> Result<overlapped::Operation<overlapped::serial::Events>> {
    use overlapped::serial::Events;

    port.set_event_mask(Events::RXCHAR | Events::CTS | Events::ERR)?;
    let event = port.wait_event();                       // an Operation<Events>
    Ok(event)
}

#[test]
fn the_guide_to_serial_ports() {
    bounded("serial ports", || {
        use overlapped::serial::Events;

        let (near, far) = null_modem().unwrap();
        let event = port_events(&near).unwrap();
        far.write("x").wait().0.unwrap();
        let (outcome, events) = event.wait();
        outcome.unwrap();
        assert!(events.contains(Events::RXCHAR), "{events:?}");
    });
}
