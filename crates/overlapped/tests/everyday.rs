//! What programs do with the types every day: hand them to functions that take any, convert them and their errors, wait for them through
//! whatever holds them.

mod common;

use common::{LOST, Lab, bounded, on_every_engine, on_real_engines};
use overlapped::abi::{FileFlags, ShareMode};
use overlapped::executor::{self, Elapsed};
use overlapped::net::StreamSocket;
use overlapped::pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, PipeEnd, PipeOptions};
use overlapped::pool::{Fired, Shutdown};
use overlapped::{
    AlignedBuf, CompletionPort, Error, Event, Executor, File, IoBuf, MutexObject, OverlappedFile, PoolSize, Semaphore,
    System, TcpListener, TcpStream, ThreadPool, Timeout, Timer, UnixListener, UnixStream, Wait, WaitResult, alertable,
    wait_all, wait_any, wait_first,
};
use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::panic::{RefUnwindSafe, UnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Both ends of a pipe that nobody else has.
fn pipe(system: &System) -> (NamedPipeServer, NamedPipeClient) {
    static LAST: AtomicU32 = AtomicU32::new(0);
    let name = format!(r"\\.\pipe\everyday-{}-{}", std::process::id(), LAST.fetch_add(1, Ordering::Relaxed));
    let server = PipeOptions::new().system(system).create(&name).expect("a pipe");
    let client = ClientOptions::new().system(system).open(&name).expect("a client");
    server.accept().expect("a connection");
    (server, client)
}

/// A server's end whose client has gone: reads are refused with 109.
fn left(system: &System) -> NamedPipeServer {
    pipe(system).0
}

#[test]
fn an_operation_that_was_refused_is_complete_for_those_who_wait() {
    on_every_engine(|lab: &Lab| {
        let (server, stop) = (left(&lab.system), Event::manual_reset(false));
        let read = server.read(vec![0; 8]);
        assert!(!read.is_pending());
        assert_eq!(wait_any(&[&stop, &read], LOST), Ok(WaitResult::Object(1)));
        assert_eq!(wait_any(&[&read, &stop], LOST), Ok(WaitResult::Object(0)), "it stays complete");
        assert_eq!(read.wait().0.unwrap_err().code().0, 109);

        // Beside one that is on its way, the wait says which of the two it was.
        let (near, _far) = UnixStream::pair_in(&lab.system).unwrap();
        let operations = [near.receive(vec![0; 8]), server.read(vec![0; 8])];
        assert_eq!(wait_first(&operations, LOST), Ok(Some(1)));
        let refused = [server.read(vec![0; 8]), server.read(vec![0; 8])];
        assert_eq!(wait_all(&[&refused[0], &refused[1]], LOST), Ok(WaitResult::Object(0)));
        assert_eq!(alertable::wait_any(&[&refused[1]], LOST), Ok(Some(WaitResult::Object(0))));

        // What was taken is nothing to wait for any more.
        let mut taken = server.read(vec![0; 8]);
        assert_eq!(pollster::block_on(&mut taken).0.unwrap_err().code().0, 109);
        assert_eq!(wait_any(&[&taken], LOST).unwrap_err().code().0, 87);
    });
}

#[test]
fn a_pool_tells_of_an_operation_that_was_refused() {
    bounded("the wait", || {
        let executor = Executor::new(PoolSize::fixed(1)).unwrap();
        let server = left(overlapped::default_system().unwrap());
        let read = server.read(vec![0; 8]);
        let fired = executor.pool().signalled(&read, LOST).unwrap();
        assert_eq!(executor.block_on(fired), Fired::Signalled);
        executor.shutdown(LOST).unwrap();
    });
}

#[test]
fn files_become_those_of_the_standard_library() {
    on_real_engines(|lab: &Lab| {
        lab.file("data", "0123456789");
        let file = lab.options().read(true).write(true).share_write(false).open(lab.path("data")).unwrap();
        (&file).read_exact(&mut [0; 4]).unwrap();
        let open = || lab.options().write(true).open(lab.path("data"));
        assert_eq!(open().unwrap_err().code().0, 32);
        let mut standard = file.into_std().unwrap();
        open().expect("sharing has ended");
        let mut rest = String::new();
        standard.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "456789", "where the file pointer stood");
        standard.write_all(b"ab").unwrap();

        let file = OverlappedFile::from_fd_in(&lab.system, standard).unwrap();
        assert_eq!(file.read_at(vec![0; 9], 8).wait(), (Ok(4), b"89ab".to_vec()));
        let fd = OwnedFd::try_from(file).unwrap();
        let file = File::from_fd_in(&lab.system, fd).unwrap();
        assert_eq!(file.set_pointer(SeekFrom::End(0)), Ok(12));
        let mut standard = std::fs::File::try_from(file).unwrap();
        assert_eq!(standard.stream_position().unwrap(), 12);

        // What has no positions goes, too, and what was on its way ends.
        let fifo = lab.fifo("fifo");
        let read = fifo.read_at(vec![0; 8], 0);
        let mut standard = fifo.into_std().unwrap();
        assert_eq!(read.wait().0.unwrap_err().code().0, 995);
        standard.write_all(b"fifo").unwrap();
        let mut bytes = [0; 4];
        standard.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"fifo");
        assert!(!rustix::fs::fcntl_getfl(&standard).unwrap().contains(rustix::fs::OFlags::NONBLOCK));
    });
}

#[test]
fn what_has_no_descriptor_is_no_file_of_the_standard_library() {
    on_every_engine(|lab: &Lab| {
        let name = format!(r"\\.\pipe\everyday-none-{}-{}", std::process::id(), lab.name());
        let server = PipeOptions::new().system(&lab.system).create(&name).unwrap();
        let client =
            lab.options().read(true).write(true).share_mode(ShareMode::empty()).open_overlapped(&name).unwrap();
        assert_eq!(client.into_std().unwrap_err().code().0, 1);
        drop(server);
    });
}

#[test]
fn a_flag_does_not_make_a_file_another_kind() {
    on_every_engine(|lab: &Lab| {
        lab.file("data", "0123456789");
        let file = lab.options().read(true).flags(FileFlags::OVERLAPPED).open(lab.path("data")).unwrap();
        let mut all = String::new();
        (&file).read_to_string(&mut all).unwrap();
        assert_eq!(all, "0123456789");
    });
}

#[test]
fn literals_arrays_and_shared_bytes_are_buffers() {
    on_every_engine(|lab: &Lab| {
        fn pass<B: IoBuf>(system: &System, buffer: B) {
            let (near, far) = UnixStream::pair_in(system).unwrap();
            let (sent, buffer) = near.send(buffer).wait();
            assert_eq!((sent, buffer.len()), (Ok(5), 5));
            let (received, bytes) = far.receive(Box::new([0; 8])).wait();
            assert_eq!((received, &bytes[..5]), (Ok(5), &b"bytes"[..]));
        }
        pass(&lab.system, b"bytes");
        pass(&lab.system, Box::new(*b"bytes"));
        pass(&lab.system, Arc::<str>::from("bytes"));
        pass(&lab.system, Arc::new(b"bytes".to_vec()));
        pass(&lab.system, Cow::Borrowed(&b"bytes"[..]));
        pass(&lab.system, Cow::<'static, [u8]>::Owned(b"bytes".to_vec()));
        pass(&lab.system, AlignedBuf::from(&b"bytes"[..]));
    });
}

#[test]
fn a_copy_of_an_aligned_buffer_has_its_bytes_and_its_limit() {
    let mut buffer = AlignedBuf::from(&b"bytes"[..]);
    buffer.set_capacity(100);
    let mut copy = buffer.clone();
    buffer.fill(0);
    assert_eq!((copy.as_ref(), copy.capacity()), (&b"bytes"[..], 100));
    copy.set_capacity(usize::MAX);
    assert_eq!(copy.capacity(), AlignedBuf::ALIGNMENT);
    assert!(AlignedBuf::with_capacity(1).clone().is_empty());
}

#[test]
fn errors_of_pools_and_tasks_go_where_errors_go() {
    bounded("the pool", || {
        type Anything = Box<dyn std::error::Error + Send + Sync>;

        let pool = ThreadPool::new(PoolSize::fixed(1)).unwrap();
        pool.shutdown(Shutdown::Run, LOST);
        let own = || -> overlapped::Result<()> { Ok(pool.submit(|| {})?) };
        assert_eq!(own().unwrap_err().code().0, 735);
        let any = || -> Result<(), Anything> { Ok(pool.submit(|| {})?) };
        assert_eq!(any().unwrap_err().to_string(), "the thread pool was shut down");

        let executor = Executor::new(PoolSize::fixed(1)).unwrap();
        let late = || async { Ok::<_, Error>(executor::timeout(Duration::ZERO, std::future::pending::<()>()).await?) };
        let late = executor.block_on(late()).unwrap_err();
        assert_eq!((late.code().0, late.kind()), (258, std::io::ErrorKind::TimedOut));
        assert_eq!(std::io::Error::from(Elapsed).kind(), std::io::ErrorKind::TimedOut);

        let task = executor.spawn(async { panic!("on purpose") });
        let outcome = || -> std::io::Result<()> { Ok(task.wait()?) };
        assert_eq!(outcome().unwrap_err().to_string(), "the task panicked: on purpose");
        executor.shutdown(LOST).unwrap();
    });
}

#[test]
fn objects_are_waited_for_through_what_holds_them() {
    on_every_engine(|lab: &Lab| {
        let event = Event::auto_reset(true);
        let shared = Arc::new(event.clone());
        assert_eq!(wait_any(&[&shared], LOST), Ok(WaitResult::Object(0)));
        let boxed: Vec<Box<dyn Wait + Send>> =
            vec![Box::new(event.clone()), Box::new(Timer::auto_reset_in(&lab.system))];
        assert_eq!(wait_any(&[&boxed[0], &boxed[1]], Timeout::Poll), Ok(WaitResult::TimedOut));
        event.set();
        assert_eq!(wait_any(&[&boxed[1], &&boxed[0]], LOST), Ok(WaitResult::Object(1)));

        // A device on a port is signalled as before.
        let port = CompletionPort::<u8, u8>::new_in(&lab.system, 1);
        let (near, far) = UnixStream::pair_in(&lab.system).unwrap();
        let near = port.associate(near, 1).unwrap();
        near.receive(Vec::with_capacity(8), 2).unwrap();
        assert_eq!(wait_any(&[&near], Timeout::Poll), Ok(WaitResult::TimedOut));
        far.send("x").wait().0.unwrap();
        assert_eq!(wait_any(&[&near], LOST), Ok(WaitResult::Object(0)));
        assert_eq!(port.get_timeout(Timeout::Infinite).unwrap().expect("a packet").context, 2);
        assert!(port.get_timeout(Timeout::Poll).unwrap().is_none());
    });
}

#[test]
fn each_object_can_be_waited_for_by_itself() {
    on_every_engine(|lab: &Lab| {
        let semaphore = Semaphore::new(1, 2).unwrap();
        assert!(semaphore.wait(LOST));
        assert!(!semaphore.wait(Timeout::Poll), "the wait has taken it");
        let timer = Timer::auto_reset_in(&lab.system);
        assert!(!timer.wait(Timeout::Poll));
        timer.set(Duration::from_millis(1), None);
        assert!(timer.wait(LOST));
        let mutex = MutexObject::new(false);
        assert_eq!(mutex.wait(LOST), Ok(WaitResult::Object(0)));
        let other = mutex.clone();
        let elsewhere = std::thread::spawn(move || (other.wait(Timeout::Poll), other.release().is_err()));
        assert_eq!(elsewhere.join().unwrap(), (Ok(WaitResult::TimedOut), true));
        mutex.release().unwrap();
        let other = mutex.clone();
        std::thread::spawn(move || other.wait(LOST)).join().unwrap().unwrap();
        assert_eq!(mutex.wait(LOST), Ok(WaitResult::Abandoned(0)));
    });
}

#[test]
fn code_is_general_over_streams_and_over_pipes() {
    fn both_ways<S: StreamSocket>(system: &System, near: S, far: &S) {
        let port = CompletionPort::<&str, u8>::new_in(system, 1);
        let near = port.associate(near, "near").unwrap();
        near.receive(Vec::with_capacity(8), 1).unwrap();
        assert_eq!(StreamSocket::send(far, "there").wait().0, Ok(5));
        assert_eq!(port.get().unwrap().buffer.as_deref(), Some(&b"there"[..]));
        let (arrives, back) = (StreamSocket::readable(far), StreamSocket::receive(far, vec![0; 8]));
        near.send(b"back".to_vec(), 2).unwrap();
        assert_eq!((arrives.wait().0.map(drop), back.wait()), (Ok(()), (Ok(4), b"back".to_vec())));
        assert_eq!(port.get().unwrap().context, 2);
        let pending = StreamSocket::receive(far, vec![0; 8]);
        assert!(StreamSocket::cancel_all(far));
        assert_eq!(pending.wait().0.unwrap_err().code().0, 995);
        StreamSocket::shutdown(&*near, std::net::Shutdown::Write).unwrap();
        assert_eq!(StreamSocket::receive(far, vec![0; 8]).wait().0, Ok(0));
    }

    fn to_and_fro<N: PipeEnd, F: PipeEnd>(system: &System, near: N, far: &F) {
        let port = CompletionPort::<&str, u8>::new_in(system, 1);
        let near = port.associate(near, "near").unwrap();
        near.read(Vec::with_capacity(8), 1).unwrap();
        assert_eq!(PipeEnd::write(far, "there").wait().0, Ok(5));
        assert_eq!(port.get().unwrap().buffer.as_deref(), Some(&b"there"[..]));
        let pending = PipeEnd::read(far, vec![0; 8]);
        assert!(PipeEnd::cancel_all(far));
        assert_eq!(pending.wait().0.unwrap_err().code().0, 995);
    }

    on_every_engine(|lab: &Lab| {
        let (near, far) = UnixStream::pair_in(&lab.system).unwrap();
        both_ways(&lab.system, near, &far);
        let listener = TcpListener::bind_in(&lab.system, "127.0.0.1:0").unwrap();
        let far = TcpStream::connect_in(&lab.system, listener.local_address().unwrap()).unwrap();
        let (near, _) = listener.accept().wait().unwrap();
        both_ways(&lab.system, near, &far);
        let (server, client) = pipe(&lab.system);
        to_and_fro(&lab.system, server, &client);
        let (server, client) = pipe(&lab.system);
        to_and_fro(&lab.system, client, &server);
    });
}

#[test]
fn a_handler_that_panics_leaves_its_port_and_its_devices_usable() {
    fn survives<T: UnwindSafe + RefUnwindSafe>(_: &T) {}

    on_every_engine(|lab: &Lab| {
        let port = CompletionPort::<u8, Vec<u8>>::new_in(&lab.system, 1);
        let (near, far) = UnixStream::pair_in(&lab.system).unwrap();
        let near = port.associate(near, 1).unwrap();
        survives(&far.receive(vec![0; 8]));
        near.receive(Vec::with_capacity(8), vec![1]).unwrap();
        far.send("x").wait().0.unwrap();
        let caught = catch_unwind(|| {
            let done = port.get().unwrap();
            near.receive(Vec::with_capacity(8), done.context).unwrap();
            panic!("on purpose");
        });
        assert!(caught.is_err());
        far.send("y").wait().0.unwrap();
        assert_eq!(port.get().unwrap().buffer, Some(b"y".to_vec()));
    });
}

#[test]
fn a_wish_for_a_local_connection_says_how_it_stands() {
    on_every_engine(|lab: &Lab| {
        let path = lab.path("socket");
        let missing = UnixStream::connect_overlapped_in(&lab.system, &path);
        assert!(missing.is_err() || missing.unwrap().wait().is_err());
        let listener = UnixListener::bind_in(&lab.system, &path).unwrap();
        let connect = UnixStream::connect_overlapped_in(&lab.system, &path).unwrap();
        listener.accept().wait().unwrap();
        assert_eq!(wait_any(&[&connect], LOST), Ok(WaitResult::Object(0)));
        assert!(!connect.is_pending());
        connect.wait().unwrap();
        // In the default system, as `connect`.
        let near = UnixStream::connect_overlapped(&path).unwrap();
        let (_far, near) = (listener.accept().wait().unwrap(), near.wait().unwrap());
        assert_eq!(near.handle().system().engine().name(), overlapped::default_system().unwrap().engine().name());
    });
}

#[test]
fn references_to_one_thread_are_equal() {
    let here = alertable::current();
    let there = std::thread::spawn(alertable::current).join().unwrap();
    assert_eq!(here, alertable::current());
    assert_ne!(here, there);
    assert_eq!(HashSet::from([here.clone(), here, there]).len(), 2);
}

#[test]
fn a_stream_on_a_port_connects_and_says_so_by_a_packet() {
    on_every_engine(|lab: &Lab| {
        let listener = TcpListener::bind_in(&lab.system, "127.0.0.1:0").unwrap();
        let address = listener.local_address().unwrap();
        let port = CompletionPort::<&str, u32>::new_in(&lab.system, 1);
        let associate = |key| {
            let stream = TcpStream::unconnected_in(&lab.system, address).unwrap();
            assert_eq!(stream.send("early").wait().0.unwrap_err().code().0, 59);
            port.associate(stream, key).unwrap()
        };
        let near = associate("near");
        near.connect(address, 1).unwrap();
        let (far, _) = listener.accept().wait().unwrap();
        let done = port.get().unwrap();
        assert_eq!((done.key, done.context, done.result, done.buffer), ("near", 1, Ok(0), None));
        assert_eq!(near.peer_address(), Ok(address));
        near.receive(Vec::with_capacity(8), 2).unwrap();
        far.send("hello").wait().0.unwrap();
        assert_eq!(port.get().unwrap().buffer.as_deref(), Some(&b"hello"[..]));
        let again = near.connect(address, 3).unwrap_err();
        assert_eq!((again.context, again.error.code().0), (3, 1230));

        // Nobody listens there any more.
        drop(listener);
        let refused = associate("refused");
        let (context, error) = match refused.connect(address, 4) {
            Ok(()) => {
                let done = port.get().unwrap();
                assert_eq!(done.key, "refused");
                (done.context, done.result.unwrap_err())
            }
            Err(rejected) => (rejected.context, rejected.error),
        };
        assert_eq!((context, error.code().0, error.operation()), (4, 1225, "connect"));
        assert!(port.try_get().unwrap().is_none(), "it is told once");
    });
}

#[test]
fn an_accept_that_fails_says_so_in_its_packet() {
    on_every_engine(|lab: &Lab| {
        let port = CompletionPort::<(), Option<TcpStream>>::new_in(&lab.system, 1);
        let listener = port.associate(TcpListener::bind_in(&lab.system, "127.0.0.1:0").unwrap(), ()).unwrap();
        listener.accept_new(Some).unwrap();
        drop(listener);
        let error = port.get().unwrap().result.unwrap_err();
        assert_eq!((error.code().0, error.operation()), (995, "accept"));
    });
}
