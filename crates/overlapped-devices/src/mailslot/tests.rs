//! Mailslots of other computers (contract 07 section 4.2): each has a run-time directory and an address of this machine's loopback network.

use super::*;
use overlapped_abi::Status;
use overlapped_engine::{Choice, open};
use overlapped_kernel::device::{Device, FileType, Next, Start};
use overlapped_kernel::engine::RawResult;
use overlapped_kernel::limits::Limits;
use overlapped_kernel::namespace::Namespace;
use overlapped_kernel::request::{Buffer, Completion, Function, Request, RequestRef, Route as Told};
use overlapped_kernel::road::{Place, Reply, Report, Transfer};
use overlapped_kernel::system::Parts;
use std::net::UdpSocket;
use std::path::Path;
use std::time::{Duration, Instant};

/// Reads wait so long for what must come, in milliseconds.
const LONG: u32 = 60_000;
const MOMENT: Duration = Duration::from_millis(50);

/// A process of a computer: a system with mailslots.
struct Process {
    system: System,
    driver: MailslotDriver,
}

impl Process {
    fn new(run: &Path, servers: &str) -> Self {
        let driver = MailslotDriver::new(Channel::new(run.join("run")));
        let mut namespace = Namespace::new();
        namespace.apply_toml(&format!("[servers]\n{servers}"), Path::new("/devices.toml")).unwrap();
        let engine = open(Choice::Epoll).unwrap().engine;
        let drivers: Vec<Box<dyn Driver>> = vec![Box::new(driver.clone())];
        let lookup = Box::new(crate::HostLookup);
        let parts = Parts { engine, drivers, namespace, lookup, limits: Limits::default() };
        Self { system: System::new(parts).unwrap(), driver }
    }

    fn slot(&self, name: &str) -> Open {
        self.driver.create(&self.system, OsStr::new(&format!(r"\\.\mailslot\{name}")), 0, LONG).unwrap()
    }

    fn close(&self, open: Open) {
        self.system.close(open.handle).unwrap();
    }

    fn client(&self, name: &str) -> Grant {
        let (access, share) = (AccessMask::GENERIC_WRITE, overlapped_abi::ShareMode::READ);
        let params = OpenParams { access, share, disposition: 3, flags: FileFlags::empty(), permissions: 0 };
        self.system.open(OsStr::new(name), &params).unwrap().grant
    }
}

fn transfer(grant: &Grant, function: Function, start: *mut u8, len: usize) -> Result<usize, Win32Error> {
    let transfer = Transfer {
        function,
        buffer: Buffer { start, len },
        place: Place::Pointer,
        route: Told::default(),
        overlapped: None,
        payload: None,
        report: Report::AtOnce,
        probe: None,
    };
    // SAFETY: the callers' buffers outlive the call, which waits.
    match unsafe { grant.instance.transfer(grant.access, transfer) } {
        Ok(Reply::Done(_, completion)) => Ok(completion.bytes),
        Ok(Reply::Pending(_)) => unreachable!("the call waits"),
        Err(refused) => Err(refused.error),
    }
}

fn write(grant: &Grant, message: &[u8]) -> Result<usize, Win32Error> {
    transfer(grant, Function::Write, message.as_ptr().cast_mut(), message.len())
}

fn read(slot: &Open) -> Vec<u8> {
    let mut room = vec![0; 1000];
    let length = transfer(&slot.grant, Function::Read, room.as_mut_ptr(), room.len()).expect("a message in time");
    room.truncate(length);
    room
}

fn count(slot: &Open) -> u32 {
    info(&slot.grant).unwrap().count
}

/// An address that nobody has, in a part of the loopback network that depends on who asks.
fn address() -> SocketAddr {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let [_, _, a, b] = std::process::id().to_be_bytes();
    let host = [127, a | 1, b, u8::try_from(NEXT.fetch_add(1, Ordering::Relaxed)).unwrap()];
    UdpSocket::bind((std::net::Ipv4Addr::from(host), 0)).unwrap().local_addr().unwrap()
}

/// Waits until datagrams for an address are taken in.
fn is_taken_in(address: SocketAddr) {
    let start = Instant::now();
    while UdpSocket::bind(address).is_ok() {
        assert!(start.elapsed() < Duration::from_millis(LONG.into()), "nobody takes in at {address}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Two computers that know each other.
fn two() -> (tempfile::TempDir, [Process; 2], [SocketAddr; 2]) {
    let run = tempfile::tempdir().unwrap();
    let [a, b] = [address(), address()];
    let servers = |own: SocketAddr, other: SocketAddr| {
        format!(
            "me = {{ local = true, mailslots = ['{own}'] }}\nother = {{ mailslots = ['{other}'] }}\n\
             plant = {{ mailslots = ['{a}', '{b}'] }}\n"
        )
    };
    let make = |name: &str, own, other| {
        let place = run.path().join(name);
        std::fs::create_dir(&place).unwrap();
        Process::new(&place, &servers(own, other))
    };
    let computers = [make("one", a, b), make("two", b, a)];
    (run, computers, [a, b])
}

#[test]
fn a_message_reaches_another_computer_a_domain_and_everybody_once_07_4_2() {
    let (_run, [one, two], addresses) = two();
    let (here, there) = (one.slot("Alarm"), two.slot("alarm"));
    addresses.into_iter().for_each(is_taken_in);
    let other = one.client(r"\\OTHER\mailslot\alarm");
    for length in [0, 1, 424] {
        assert_eq!(write(&other, &vec![1; length]), Ok(length));
        assert_eq!(read(&there), vec![1; length]);
    }
    assert_eq!(write(&one.client(r"\\me\mailslot\alarm"), b"to myself"), Ok(9));
    assert_eq!(read(&here), b"to myself");
    // The sender's address is one of the domain's, and the name of everybody leads home by two ways.
    for name in [r"\\plant\mailslot\alarm", r"\\*\mailslot\alarm"] {
        let many = one.client(name);
        for n in 0..20 {
            assert_eq!(write(&many, &[n]), Ok(1), "{name}");
            assert_eq!((read(&here), read(&there)), (vec![n], vec![n]), "{name}");
        }
        assert_eq!(write(&many, &[0; 425]), Err(Win32Error::BAD_NETPATH), "{name}");
    }
    std::thread::sleep(MOMENT);
    assert_eq!((count(&here), count(&there)), (0, 0), "nothing comes twice");
}

#[test]
fn what_is_no_message_or_for_nobody_is_dropped_07_4_2() {
    let (_run, [one, two], [a, _]) = two();
    let here = one.slot("alarm");
    is_taken_in(a);
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    for noise in [&b""[..], b"OVMS", b"OVMS\x01", &[0xFF; 1400]] {
        stranger.send_to(noise, a).unwrap();
    }
    assert_eq!(write(&two.client(r"\\other\mailslot\nobody"), b"for nobody"), Ok(10));
    assert_eq!(write(&two.client(r"\\other\mailslot\alarm"), b"for the alarm"), Ok(13));
    assert_eq!(read(&here), b"for the alarm");
    assert_eq!(count(&here), 0);
}

#[test]
fn one_process_of_a_computer_is_the_post_of_all_and_another_takes_its_place_07_4_2() {
    let run = tempfile::tempdir().unwrap();
    let own = address();
    let servers = format!("me = {{ local = true, mailslots = ['{own}'] }}\npc = {{ mailslots = ['{own}'] }}\n");
    let [first, second] = [(); 2].map(|()| Process::new(run.path(), &servers));
    let far = {
        let place = run.path().join("far");
        std::fs::create_dir(&place).unwrap();
        Process::new(&place, &format!("pc = {{ mailslots = ['{own}'] }}\n"))
    };
    let one = first.slot("one");
    is_taken_in(own);
    let two = second.slot("two");
    let to_two = far.client(r"\\pc\mailslot\two");
    write(&to_two, b"by the first").unwrap();
    assert_eq!(read(&two), b"by the first");
    // Between the processes of the computer, everybody needs no network.
    write(&second.client(r"\\*\mailslot\one"), b"across").unwrap();
    assert_eq!(read(&one), b"across");
    first.close(one);
    // Whether it gets there before the place is taken again, nobody says: it is repeated until it does.
    let start = Instant::now();
    while count(&two) == 0 {
        assert!(start.elapsed() < Duration::from_millis(LONG.into()), "nobody took the place");
        write(&to_two, b"by the second").unwrap();
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(read(&two), b"by the second");
    second.close(two);
    let start = Instant::now();
    while UdpSocket::bind(own).is_err() {
        assert!(start.elapsed() < Duration::from_millis(LONG.into()), "the address is held without need");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A device that keeps its request to itself, as any device has it between the kernel's step and its own.
#[derive(Default)]
struct Pocket(Mutex<Option<RequestRef>>);

// SAFETY: it touches no memory, and completes nothing.
unsafe impl Device for Pocket {
    fn file_type(&self) -> FileType {
        FileType::Unknown
    }

    fn start(&self, _: &Request) -> Start {
        Start::Queue
    }

    fn enqueue(&self, request: RequestRef) {
        *self.0.lock() = Some(request);
    }

    fn resume(&self, _: &Request, _: RawResult) -> Next {
        Next::Complete(Completion::failure(Status::INVALID_DEVICE_REQUEST))
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// A read whose end somebody asks for before the device has put it anywhere.
fn cancelled_on_its_way(system: &System) -> RequestRef {
    let pocket = Arc::new(Pocket::default());
    let instance = system.instance(Arc::clone(&pocket) as Arc<dyn Device>, true);
    let access = AccessMask::FILE_GENERIC_READ;
    system.insert(Object::Instance(Arc::clone(&instance)), access).unwrap();
    let mut room = Box::new([0_u8; 8]);
    let transfer = Transfer {
        function: Function::Read,
        buffer: Buffer { start: room.as_mut_ptr(), len: 8 },
        place: Place::Offset(0),
        route: Told::default(),
        overlapped: None,
        payload: Some(room),
        report: Report::AsPending,
        probe: None,
    };
    // SAFETY: the request owns its memory.
    let issued = unsafe { instance.transfer(access, transfer) };
    assert!(matches!(issued, Ok(Reply::Pending(_))));
    let request = pocket.0.lock().take().expect("it was given");
    assert!(request.cancel() && !request.is_complete());
    request
}

#[test]
fn a_read_that_is_cancelled_before_it_waits_does_not_wait_07_4_1() {
    let run = tempfile::tempdir().unwrap();
    let process = Process::new(run.path(), "");
    let slot = process.slot("early");
    let mut left = slot.grant.instance.device().bequeath(&slot.grant.instance).expect("a slot can be inherited");
    let far = process.driver.inherit(&process.system, &mut left).expect("its kind").expect("there").device;
    for device in [slot.grant.instance.device(), &far] {
        let request = cancelled_on_its_way(&process.system);
        device.enqueue(Arc::clone(&request));
        assert_eq!(request.completion().map(|completion| completion.status), Some(Status::CANCELLED));
    }
    assert_eq!(write(&process.client(r"\\.\mailslot\early"), b"kept"), Ok(4));
    assert_eq!(read(&slot), b"kept", "no cancelled read has taken it");
    process.close(slot);
}
