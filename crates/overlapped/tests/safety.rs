//! What safe code may do at any moment without harm: panic in what the library calls, forget, drop in any order, ask for more than 32
//! bits can count.

mod common;

use common::{LOST, Lab, bounded, eventually, on_every_engine, on_real_engines};
use overlapped::{
    CompletionPort, EngineChoice, Event, Handle, IoBuf, OpenOptions, OwnedHandle, SystemBuilder, ThreadPool, Timeout,
    Timer, UnixStream, WaitResult, alertable, wait_any,
};
use overlapped_kernel::handle::HandleFlags;
use std::future::Future;
use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

/// Runs what panics on purpose, and says whether it did.
fn panics(run: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(run)).is_err()
}

/// More bytes than 32 bits can count, of which none is ever touched.
struct Huge(usize);

const HUGE: usize = (1 << 32) + 4096;

impl Huge {
    fn new() -> Self {
        let (none, flags) = (std::ptr::null_mut(), libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE);
        // SAFETY: a new mapping at an address that Linux chooses.
        let start = unsafe { libc::mmap(none, HUGE, libc::PROT_READ, flags, -1, 0) };
        assert_ne!(start, libc::MAP_FAILED, "{}", std::io::Error::last_os_error());
        Self(start as usize)
    }
}

impl Drop for Huge {
    fn drop(&mut self) {
        // SAFETY: mapped by `new`, and nobody has the buffer any more.
        unsafe { libc::munmap(self.0 as *mut libc::c_void, HUGE) };
    }
}

// SAFETY: the mapping does not move; its bytes are zeros.
unsafe impl IoBuf for Huge {
    fn start(&self) -> *const u8 {
        self.0 as *const u8
    }

    fn len(&self) -> usize {
        HUGE
    }
}

#[test]
fn a_transfer_of_more_than_32_bits_tells_all_its_bytes() {
    on_real_engines(|lab: &Lab| {
        let open = || lab.options().write(true).open_overlapped("/dev/null").unwrap();
        let file = open();
        assert_eq!(file.write_at(Huge::new(), 0).wait().0, Ok(HUGE));
        let port = CompletionPort::<(), (), Huge>::new_in(&lab.system, 1);
        let file = port.associate(open(), ()).unwrap();
        file.write_at(Huge::new(), 0, ()).unwrap();
        assert_eq!(port.get().unwrap().result, Ok(HUGE));
    });
}

#[test]
fn a_panic_in_a_function_leaves_the_rest_of_the_queue_and_the_wait_usable() {
    bounded("the waits", || {
        let ran = Arc::new(AtomicUsize::new(0));
        let queue = |panics: bool| {
            let ran = Arc::clone(&ran);
            let run = move || {
                ran.fetch_add(1, Ordering::SeqCst);
                assert!(!panics, "on purpose");
            };
            alertable::current().queue(run).unwrap();
        };
        let (unset, port) = (Event::manual_reset(false), CompletionPort::<u32>::new(1).unwrap());
        let waits: [&dyn Fn(); 4] = [
            &|| assert!(alertable::sleep(Timeout::Infinite)),
            &|| drop(alertable::wait_any(&[&unset], Timeout::Infinite)),
            &|| drop(alertable::wait_all(&[&unset], Timeout::Infinite)),
            &|| drop(port.get_many_alertable(&mut Vec::new(), 1, Timeout::Infinite)),
        ];
        for (round, wait) in waits.into_iter().enumerate() {
            queue(true);
            queue(false);
            assert!(panics(wait), "wait {round}");
            assert_eq!(ran.load(Ordering::SeqCst), 2 * round + 1);
            wait();
            assert_eq!(ran.load(Ordering::SeqCst), 2 * round + 2, "what was behind it runs in the next wait");
        }
        port.post(1, ()).unwrap();
        assert_eq!(port.get().unwrap().key, 1);
        let snapshot = port.snapshot();
        assert_eq!(snapshot.released.len() + snapshot.waiting.len() + snapshot.paused.len(), 1, "{snapshot}");
    });
}

#[test]
fn a_routine_that_panics_has_its_buffer_dropped_and_hurts_no_other_request() {
    on_every_engine(|lab: &Lab| {
        lab.file("data", b"0123456789");
        let (file, kept) = (lab.open("data"), Arc::new(()));
        let held = Arc::clone(&kept);
        file.read_at_then(vec![0; 4], 0, move |_, _| {
            let _held = held;
            panic!("on purpose");
        })
        .unwrap();
        assert!(panics(|| assert!(alertable::sleep_in(&lab.system, LOST))));
        assert_eq!(Arc::strong_count(&kept), 1);
        assert_eq!(file.read_at(vec![0; 4], 2).wait(), (Ok(4), b"2345".to_vec()));
    });
}

#[test]
fn a_timer_whose_routine_panics_goes_on() {
    bounded("the timer", || {
        let (timer, runs) = (Timer::auto_reset().unwrap(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&runs);
        timer.set_with_routine(Duration::from_millis(1), Some(Duration::from_millis(1)), move |_| {
            assert!(count.fetch_add(1, Ordering::SeqCst) > 0, "on purpose");
        });
        assert!(panics(|| while !alertable::sleep(LOST) {}));
        while runs.load(Ordering::SeqCst) < 3 {
            alertable::sleep(LOST);
        }
    });
}

/// A waker that panics, and says how often it was called.
#[derive(Default)]
struct Faulty(AtomicUsize);

impl Wake for Faulty {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
        panic!("on purpose");
    }
}

fn feed(fifo: &Path, bytes: &[u8]) {
    std::fs::OpenOptions::new().write(true).open(fifo).unwrap().write_all(bytes).unwrap();
}

#[test]
fn a_waker_that_panics_ends_no_call_that_delivers_for_it_and_loses_no_completion() {
    on_real_engines(|lab: &Lab| {
        let awaited: Vec<_> = ["a", "b"].map(|name| lab.fifo(name)).into();
        lab.make_fifo("own");
        let own = lab.options().read(true).write(true).open(lab.path("own")).unwrap();
        let faulty = Arc::new(Faulty::default());
        let waker = Waker::from(Arc::clone(&faulty));
        let operations: Vec<_> = awaited
            .iter()
            .map(|file| {
                let mut operation = file.read_at(vec![0; 1], 0);
                assert!(Pin::new(&mut operation).poll(&mut Context::from_waker(&waker)).is_pending());
                operation
            })
            .collect();
        let fifos = ["a", "b", "own"].map(|name| lab.path(name));
        let called = Arc::clone(&faulty);
        let feeder = std::thread::spawn(move || {
            feed(&fifos[0], b"x");
            feed(&fifos[1], b"y");
            eventually("both wakers were called", || called.0.load(Ordering::SeqCst) == 2);
            feed(&fifos[2], b"z");
        });
        // Most likely this thread delivers what the others wait for.
        let mut byte = [0];
        assert_eq!((own.read_bytes(&mut byte), byte), (Ok(1), *b"z"));
        feeder.join().unwrap();
        let got: Vec<_> = operations.into_iter().map(|operation| operation.wait()).collect();
        assert_eq!(got, [(Ok(1), vec![b'x']), (Ok(1), vec![b'y'])]);
    });
}

#[test]
fn a_call_that_a_panic_unwinds_gives_its_buffer_back_untouched() {
    // Blocking calls of sockets run functions that are queued to their thread (contract 05 section 4).
    on_real_engines(|lab: &Lab| {
        let (near, far) = UnixStream::pair_in(&lab.system).unwrap();
        alertable::current().queue(|| panic!("on purpose")).unwrap();
        let mut buffer = vec![0; 4];
        assert!(panics(|| drop((&near).read(&mut buffer))));
        assert_eq!(far.send("late").wait().0, Ok(4));
        assert_eq!(near.receive(vec![0; 4]).wait(), (Ok(4), b"late".to_vec()), "the receive before is over");
        assert_eq!(buffer, [0; 4]);
    });
}

/// Drops that come back into the library: what is queued has such a value.
#[derive(Debug)]
struct Reentrant(CompletionPort<u32, Option<Box<Reentrant>>>, Arc<AtomicUsize>);

impl Drop for Reentrant {
    fn drop(&mut self) {
        assert_eq!(self.0.post(1, None).unwrap_err().code().0, 6, "the port is closed");
        assert_eq!(self.0.try_get().unwrap_err().code().0, 735);
        let _ = self.0.snapshot();
        self.1.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn what_a_closed_port_drops_may_come_back_to_it() {
    bounded("the drops", || {
        let (port, drops) = (CompletionPort::new(1).unwrap(), Arc::new(AtomicUsize::new(0)));
        for _ in 0..3 {
            port.post(7, Some(Box::new(Reentrant(port.clone(), Arc::clone(&drops))))).unwrap();
        }
        port.close();
        assert_eq!(drops.load(Ordering::SeqCst), 3);
        // A post to the closed port drops its context too.
        port.post(7, Some(Box::new(Reentrant(port.clone(), Arc::clone(&drops))))).unwrap_err();
        assert_eq!(drops.load(Ordering::SeqCst), 4);
    });
}

#[test]
fn a_forgotten_operation_costs_its_buffer_and_nothing_else() {
    on_every_engine(|lab: &Lab| {
        lab.file("data", b"0123456789");
        let file = lab.open("data");
        for _ in 0..100 {
            std::mem::forget(file.read_at(vec![0; 4], 0));
        }
        assert_eq!(file.read_at(vec![0; 4], 6).wait(), (Ok(4), b"6789".to_vec()));
        eventually("no request is outstanding", || {
            file.outstanding() == 0 || wait_any(&[&file], Duration::from_millis(1)).is_err()
        });
    });
}

#[test]
fn an_operation_outlives_its_file_and_its_system() {
    bounded("the operations", || {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("fifo");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        for choice in [EngineChoice::Uring, EngineChoice::Epoll, EngineChoice::Sim(Some(7))] {
            let Ok(system) = SystemBuilder::new().engine(choice).build() else { continue };
            let file = OpenOptions::new().read(true).write(true).system(&system).open_overlapped(&path).unwrap();
            let (waited, forgotten, dropped) =
                (file.read_at(vec![0; 8], 0), file.read_at(vec![0; 8], 0), file.read_at(vec![0; 8], 0));
            let timer = Timer::manual_reset_in(&system);
            timer.set(Duration::from_millis(1), None);
            drop(system);
            drop(file);
            assert_eq!(waited.wait().0.unwrap_err().code().0, 995, "{choice:?}: the last handle ended it");
            std::mem::forget(forgotten);
            drop(dropped);
            drop(timer);
        }
    });
}

#[test]
fn a_pool_may_be_shut_down_and_dropped_by_its_own_work() {
    bounded("the pool", || {
        let (pool, done) = (ThreadPool::new(overlapped::PoolSize::fixed(2)).unwrap(), Event::manual_reset(false));
        let (own, tell) = (pool.clone(), done.clone());
        pool.submit(move || {
            own.shutdown(overlapped::pool::Shutdown::GiveBack, Duration::from_millis(10));
            drop(own);
            tell.set();
        })
        .unwrap();
        drop(pool);
        assert_eq!(wait_any(&[&done], LOST), Ok(WaitResult::Object(0)));
    });
}

/// What safe code can try on the number of a handle that it does not own.
fn attack(handle: &OwnedHandle) {
    let (system, number) = (handle.system(), Handle::from_raw(handle.raw()).expect("a handle"));
    assert_eq!(system.close(number).unwrap_err().0, 6);
    let copy = system.duplicate(number, None, HandleFlags::empty(), true).expect("a duplicate; its source stays");
    assert_eq!(system.close(copy), Ok(()), "which has no owner");
    system.close_instances(|_| true);
    // Nobody can take the ownership away, or pretend to have it.
    assert_eq!(system.set_handle_flags(number, HandleFlags::all(), HandleFlags::empty()), Ok(()));
    assert_eq!(system.handle_flags(number), Ok(HandleFlags::empty()));
    let instance = system.grant(number).expect("open").instance;
    assert_eq!(system.own(number, &instance).unwrap_err().0, 6);
    assert_eq!(system.close(number).unwrap_err().0, 6);
}

/// Else a descriptor that is borrowed from it would be a stranger's.
#[test]
fn nobody_but_its_owner_closes_a_handle() {
    on_real_engines(|lab: &Lab| {
        let (near, far) = UnixStream::pair_in(&lab.system).unwrap();
        let twin = near.handle().duplicate().expect("another handle of the same socket");
        let fd = near.as_fd();
        attack(near.handle());
        attack(&twin);
        let others: Vec<_> = (0..64).map(|_| std::fs::File::open("/dev/null").expect("it is there")).collect();
        assert!(others.iter().all(|other| other.as_raw_fd() != fd.as_raw_fd()));
        let kind = rustix::net::sockopt::socket_type(fd).expect("still the socket");
        assert_eq!(kind, rustix::net::SocketType::STREAM);
        near.send("through").wait().0.unwrap();
        assert_eq!(far.receive(vec![0; 7]).wait().1, b"through");
        drop(twin);
        assert!(far.readable().is_pending(), "a handle is left");
        drop(near);
        assert_eq!(far.receive(vec![0; 1]).wait().0, Ok(0));
    });
}

#[test]
fn a_handle_that_was_let_go_is_anybodys_and_a_protected_one_outlives_its_owner() {
    on_real_engines(|lab: &Lab| {
        lab.file("data", b"x");
        let number = |raw: usize| Handle::from_raw(raw).expect("a handle");
        let raw = lab.open("data").into_handle().into_raw();
        assert_eq!(lab.system.open_handles(), 1);
        assert_eq!(lab.system.close(number(raw)), Ok(()));
        let protected = lab.open("data").into_handle();
        let (raw, flag) = (protected.raw(), HandleFlags::PROTECT_FROM_CLOSE);
        lab.system.set_handle_flags(number(raw), flag, flag).unwrap();
        drop(protected);
        assert_eq!(lab.system.close(number(raw)).unwrap_err().0, 6, "it is protected");
        lab.system.set_handle_flags(number(raw), flag, HandleFlags::empty()).unwrap();
        assert_eq!(lab.system.close(number(raw)), Ok(()), "and has no owner any more");
        assert_eq!(lab.system.open_handles(), 0);
    });
}

/// The same below the owner: a device's descriptor is kept by who looks at it.
#[test]
fn a_descriptor_of_a_closed_socket_is_kept_by_who_has_it() {
    on_real_engines(|lab: &Lab| {
        let (near, mut far) = UnixStream::pair_in(&lab.system).unwrap();
        let instance = Arc::clone(near.socket().instance());
        let kept = instance.device().descriptor().expect("it is open");
        drop(near);
        assert!(instance.device().descriptor().is_none(), "no more for others");
        // The other side knows at once.
        assert_eq!(far.read(&mut [0; 1]).unwrap(), 0);
        assert!(rustix::net::sockopt::socket_type(&kept).is_ok());
    });
}
