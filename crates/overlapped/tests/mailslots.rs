//! Mailslots (contract 07 section 4) on the Rust face: in a process, between systems of it, and between processes.

mod common;

use common::{LOST, Lab, MOMENT, bounded, eventually, never, on_every_engine, on_real_engines, on_sim, sleeps_of};
use overlapped::abi::Win32Error;
use overlapped::engine::SimEngine;
use overlapped::mailslot::{Mailslot, MailslotClient, MailslotInfo, MailslotOptions};
use overlapped::{
    CompletionPort, Error, Event, OpenOptions, System, SystemBuilder, Timeout, WaitResult, alertable, wait_any,
};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

const ROLE: &str = "OVERLAPPED_TEST_MAILSLOT";
/// Messages to another process and back.
const TRIPS: u64 = 500;
const SHORT: Duration = Duration::from_millis(20);

/// A name that nobody else has.
fn unique() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!(r"\\.\mailslot\test\{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn options(lab: &Lab) -> MailslotOptions {
    MailslotOptions::new().system(&lab.system)
}

/// A slot whose reads wait so long, and a client.
fn pair(lab: &Lab, timeout: impl Into<Timeout>) -> (Mailslot, MailslotClient, String) {
    let name = unique();
    let slot = options(lab).read_timeout(timeout).create(&name).unwrap();
    let client = MailslotClient::open_in(&lab.system, &name).unwrap();
    (slot, client, name)
}

fn code<T>(result: Result<T, Error>) -> Win32Error {
    result.err().expect("an error").code()
}

fn read(slot: &Mailslot) -> Vec<u8> {
    let (length, mut message) = slot.receive(Vec::with_capacity(1000)).wait();
    message.truncate(length.unwrap());
    message
}

#[test]
fn messages_come_out_whole_and_in_order_07_4_1() {
    on_every_engine(|lab| {
        let (slot, client, _) = pair(lab, Timeout::Poll);
        let sizes = [0, 1, 424, 425, 426, 100_000];
        for size in sizes {
            client.write(&vec![size as u8; size]).unwrap();
        }
        for (at, size) in sizes.into_iter().enumerate() {
            let info = slot.info().unwrap();
            assert_eq!((info.next, info.count), (Some(size as u32), (sizes.len() - at) as u32));
            assert_eq!(slot.next().unwrap(), Some(vec![size as u8; size]));
        }
        let empty = MailslotInfo { longest: 0, next: None, count: 0, read_timeout: Timeout::Poll };
        assert_eq!((slot.next().unwrap(), slot.info().unwrap()), (None, empty));
    });
}

#[test]
fn a_message_is_never_read_in_part_07_4_1() {
    on_every_engine(|lab| {
        let (slot, client, _) = pair(lab, Timeout::Poll);
        assert_eq!(code(slot.read(&mut [0; 9])), Win32Error::SEM_TIMEOUT, "empty, decision D8");
        assert_eq!(code(slot.read(&mut [])), Win32Error::SEM_TIMEOUT, "so with no room");
        client.write(b"four").unwrap();
        for room in [0, 3] {
            assert_eq!(code(slot.read(&mut vec![0; room])), Win32Error::INSUFFICIENT_BUFFER);
            assert_eq!(code(slot.receive(Vec::with_capacity(room)).wait().0), Win32Error::INSUFFICIENT_BUFFER);
        }
        assert_eq!(slot.info().unwrap().count, 1, "it was kept");
        assert_eq!(read(&slot), b"four");
        client.write(b"").unwrap();
        assert_eq!(slot.info().unwrap().next, Some(0));
        assert_eq!(slot.read(&mut []), Ok(0), "an empty message");
        assert_eq!(slot.info().unwrap().count, 0);
    });
}

#[test]
fn a_read_waits_for_a_message_by_each_technique_07_4_1() {
    on_every_engine(|lab| {
        let (slot, client, _) = pair(lab, Timeout::Infinite);
        // The device object.
        let waiting = slot.receive(vec![0; 10]);
        assert!(waiting.is_pending() && wait_any(&[&slot], Timeout::Poll) == Ok(WaitResult::TimedOut));
        client.write(b"device").unwrap();
        assert_eq!(wait_any(&[&slot], LOST), Ok(WaitResult::Object(0)));
        assert_eq!(waiting.wait(), (Ok(6), b"device".to_vec()));
        // An event.
        let event = Event::manual_reset(true);
        let waiting = slot.receive_with_event(vec![0; 10], &event);
        assert!(!event.wait(Timeout::Poll));
        client.write(b"event").unwrap();
        assert_eq!(wait_any(&[&event], LOST), Ok(WaitResult::Object(0)));
        assert_eq!(waiting.wait(), (Ok(5), b"event".to_vec()));
        // A routine.
        let (tell, told) = channel();
        slot.receive_then(vec![0; 10], move |read, buffer| tell.send((read, buffer)).unwrap()).unwrap();
        client.write(b"routine").unwrap();
        assert!(told.try_recv().is_err(), "not before an alertable wait");
        assert!(alertable::sleep_in(&lab.system, LOST));
        assert_eq!(told.recv_timeout(LOST), Ok((Ok(7), b"routine".to_vec())));
        // A port, with both ends.
        let port = CompletionPort::<&str, u32>::new_in(&lab.system, 0);
        let slot = port.associate(slot, "slot").unwrap();
        let client = port.associate(client, "client").unwrap();
        slot.receive(vec![0; 10], 1).unwrap();
        client.send(b"port".to_vec(), 2).unwrap();
        let mut done = [port.get_timeout(LOST), port.get_timeout(LOST)].map(|done| done.unwrap().unwrap());
        done.sort_by_key(|done| done.context);
        assert_eq!((done[0].key, &done[0].result, done[0].buffer.as_deref()), ("slot", &Ok(4), Some(&b"port"[..])));
        assert_eq!((done[1].key, &done[1].result, done[1].context), ("client", &Ok(4), 2));
        // A synchronous call of another thread.
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let mut room = [0; 10];
                slot.read(&mut room).map(|length| room[..length].to_vec())
            });
            client.send(b"thread".to_vec(), 3).unwrap();
            assert_eq!(reader.join().unwrap(), Ok(b"thread".to_vec()));
        });
    });
}

#[test]
fn a_read_is_a_future_07_4_1() {
    on_every_engine(|lab| {
        let (slot, client, _) = pair(lab, Timeout::Infinite);
        let executor = overlapped::Executor::new_in(&lab.system, overlapped::PoolSize::default()).unwrap();
        let task = executor.spawn(async move { slot.receive(vec![0; 8]).await });
        client.write(b"awaited").unwrap();
        assert_eq!(executor.block_on(task).unwrap(), (Ok(7), b"awaited\0"[..7].to_vec()));
    });
}

#[test]
fn a_read_that_has_waited_long_enough_fails_with_121_07_4_1() {
    on_every_engine(|lab| {
        let (slot, client, _) = pair(lab, SHORT);
        let now = || lab.system.engine().now();
        let start = now();
        assert_eq!(code(slot.read(&mut [0; 10])), Win32Error::SEM_TIMEOUT);
        assert!(now().since(start) >= SHORT, "not before its time");
        let (start, event) = (now(), Event::manual_reset(false));
        let late = slot.receive_with_event(vec![0; 10], &event);
        assert_eq!(wait_any(&[&late], LOST), Ok(WaitResult::Object(0)));
        assert!(now().since(start) >= SHORT && event.wait(LOST));
        assert_eq!(code(late.wait().0), Win32Error::SEM_TIMEOUT);
        // Each has its own time; those that wait for ever are not disturbed.
        slot.set_read_timeout(Timeout::Infinite).unwrap();
        let patient = slot.receive(vec![0; 10]);
        slot.set_read_timeout(SHORT).unwrap();
        let hasty = slot.receive(vec![0; 10]);
        assert_eq!(code(hasty.wait().0), Win32Error::SEM_TIMEOUT);
        assert!(patient.is_pending(), "what SetMailslotInfo says is for later reads");
        client.write(b"patience").unwrap();
        assert_eq!(patient.wait().0, Ok(8));
        slot.set_read_timeout(Timeout::Poll).unwrap();
        assert_eq!(code(slot.receive(vec![0; 10]).wait().0), Win32Error::SEM_TIMEOUT);
    });
}

#[test]
fn an_hour_is_over_at_once_where_time_is_virtual_07_4_1() {
    let hour = Duration::from_secs(3600);
    on_sim(SimEngine::builder().seed(common::seed()), move |lab| {
        let (slot, _client, _) = pair(lab, hour);
        let start = lab.system.engine().now();
        assert_eq!(code(slot.read(&mut [0; 1])), Win32Error::SEM_TIMEOUT);
        assert_eq!(code(slot.receive(vec![0; 1]).wait().0), Win32Error::SEM_TIMEOUT);
        assert!(lab.system.engine().now().since(start) >= 2 * hour);
    });
}

#[test]
fn a_waiting_read_that_has_too_little_room_fails_and_the_next_gets_the_message_07_4_1() {
    on_every_engine(|lab| {
        let (slot, client, _) = pair(lab, Timeout::Infinite);
        let small = slot.receive(Vec::with_capacity(2));
        let large = slot.receive(vec![0; 10]);
        let last = slot.receive(vec![0; 10]);
        client.write(b"abc").unwrap();
        assert_eq!(code(small.wait().0), Win32Error::INSUFFICIENT_BUFFER);
        assert_eq!(large.wait(), (Ok(3), b"abc".to_vec()));
        assert!(last.is_pending());
        client.write(b"").unwrap();
        assert_eq!(last.wait(), (Ok(0), Vec::new()));
    });
}

#[test]
fn a_read_that_is_cancelled_leaves_the_message_to_the_next_03_8() {
    on_every_engine(|lab| {
        let (slot, client, _) = pair(lab, Timeout::Infinite);
        let (first, second) = (slot.receive(vec![0; 10]), slot.receive(vec![0; 10]));
        assert!(first.cancel());
        assert_eq!(code(first.wait().0), Win32Error::OPERATION_ABORTED);
        client.write(b"second").unwrap();
        assert_eq!(second.wait().0, Ok(6));
        assert!(!slot.cancel_all(), "nothing is left");
        let third = slot.receive(vec![0; 10]);
        assert!(slot.cancel_own());
        assert_eq!(code(third.wait().0), Win32Error::OPERATION_ABORTED);
        // Dropped: cancelled, and no message is lost to it.
        drop(slot.receive(vec![0; 10]));
        client.write(b"fourth").unwrap();
        assert_eq!(read(&slot), b"fourth");
    });
}

#[test]
fn a_thread_in_a_read_can_be_told_to_give_up_03_8() {
    on_real_engines(|lab| {
        let (slot, _client, _) = pair(lab, Timeout::Infinite);
        let (tell, told) = channel();
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                tell.send(alertable::current()).unwrap();
                slot.read(&mut [0; 10])
            });
            let thread = told.recv_timeout(LOST).unwrap();
            eventually("the read was cancelled", || thread.cancel_synchronous());
            assert_eq!(code(reader.join().unwrap()), Win32Error::OPERATION_ABORTED);
        });
    });
}

#[test]
fn a_slot_lives_as_long_as_its_last_handle_07_4_1() {
    on_every_engine(|lab| {
        let (slot, client, name) = pair(lab, Timeout::Infinite);
        client.write(b"unread").unwrap();
        let second = slot.try_clone().unwrap();
        drop(slot);
        assert_eq!(second.info().unwrap().count, 1);
        assert_eq!(read(&second), b"unread");
        let pending = second.receive(vec![0; 10]);
        client.write(b"x").unwrap();
        assert_eq!(pending.wait().0, Ok(1));
        let pending = second.receive(vec![0; 10]);
        drop(second);
        assert_eq!(code(pending.wait().0), Win32Error::OPERATION_ABORTED, "the close cancels it");
        assert_eq!(code(client.write(b"late")), Win32Error::FILE_NOT_FOUND);
        assert_eq!(code(MailslotClient::open_in(&lab.system, &name)), Win32Error::FILE_NOT_FOUND);
        let again = options(lab).read_timeout(Timeout::Poll).create(&name).unwrap();
        assert_eq!(code(client.write(b"late")), Win32Error::FILE_NOT_FOUND, "that is another slot");
        assert_eq!(again.next().unwrap(), None);
    });
}

#[test]
fn names_are_of_one_form_and_belong_to_one_slot_07_4_1() {
    on_every_engine(|lab| {
        let (_slot, client, name) = pair(lab, Timeout::Poll);
        assert_eq!(code(options(lab).create(name.to_uppercase())), Win32Error::ALREADY_EXISTS);
        drop(MailslotClient::open_in(&lab.system, name.to_uppercase()).unwrap());
        for wrong in
            ["", "slot", r"\\.\mailslot", r"\\.\mailslot\", r"\\other\mailslot\a", r"\\*\mailslot\a", r"\\.\pipe\a"]
        {
            assert_eq!(code(options(lab).create(wrong)), Win32Error::INVALID_NAME, "{wrong:?}");
        }
        assert_eq!(code(MailslotClient::open_in(&lab.system, format!("{name}-not"))), Win32Error::FILE_NOT_FOUND);
        // A slot of that path below the other: names are free-form.
        let below = options(lab).read_timeout(Timeout::Poll).create(format!(r"{name}\below\it")).unwrap();
        client.write(b"above").unwrap();
        assert_eq!(below.next().unwrap(), None);
    });
}

#[test]
fn each_end_does_only_its_own_part_07_4_2() {
    on_every_engine(|lab| {
        let name = unique();
        let slot = options(lab).longest(10).read_timeout(Timeout::Poll).create(&name).unwrap();
        let open = |read| OpenOptions::new().write(true).read(read).system(&lab.system).open(&name).unwrap();
        let (writer, both) = (open(false), open(true));
        assert_eq!(code(writer.read_bytes(&mut [0; 1])), Win32Error::ACCESS_DENIED);
        assert_eq!(code(both.read_bytes(&mut [0; 1])), Win32Error::INVALID_PARAMETER);
        assert_eq!(both.write_bytes(b"0123456789"), Ok(10));
        assert_eq!(
            code(writer.write_bytes(b"0123456789X")),
            Win32Error::INVALID_PARAMETER,
            "longer than the slot takes"
        );
        assert_eq!(writer.write_bytes(b""), Ok(0));
        let info = slot.info().unwrap();
        assert_eq!((info.longest, info.count), (10, 2));
        assert_eq!(
            overlapped::devices::mailslot::info(&lab.system.grant(handle(&writer)).unwrap()).unwrap_err(),
            Win32Error::INVALID_PARAMETER
        );
    });
}

fn handle(file: &overlapped::File) -> overlapped_kernel::handle::Handle {
    overlapped_kernel::handle::Handle::from_raw(file.handle().raw()).unwrap()
}

#[test]
fn what_is_done_at_once_reports_to_the_port_too_06_4() {
    on_every_engine(|lab| {
        let (slot, client, _) = pair(lab, Timeout::Infinite);
        let port = CompletionPort::<u8, u8>::new_in(&lab.system, 0);
        let slot = port.associate(slot, 1).unwrap();
        client.write(b"first").unwrap();
        slot.receive(vec![0; 5], 2).unwrap();
        let done = port.get_timeout(LOST).unwrap().expect("done at once, and told of all the same");
        assert_eq!((done.key, done.context, done.buffer.as_deref()), (1, 2, Some(&b"first"[..])));
        let small = slot.receive(Vec::with_capacity(1), 3);
        assert!(small.is_ok());
        client.write(b"long").unwrap();
        let done = port.get_timeout(LOST).unwrap().unwrap();
        assert_eq!((done.context, code(done.result)), (3, Win32Error::INSUFFICIENT_BUFFER));
        assert_eq!(slot.next().unwrap().as_deref(), Some(&b"long"[..]));
    });
}

#[test]
fn many_writers_lose_nothing_and_keep_their_order_07_4_2() {
    on_every_engine(|lab| {
        const WRITERS: u8 = 4;
        const EACH: u32 = 300;
        let (slot, _client, name) = pair(lab, Timeout::Infinite);
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let client = MailslotClient::open_in(&lab.system, &name).unwrap();
                scope.spawn(move || {
                    for n in 0..EACH {
                        client.write(&[&[writer][..], &n.to_le_bytes()].concat()).unwrap();
                    }
                });
            }
            let mut next = [0; WRITERS as usize];
            for _ in 0..u32::from(WRITERS) * EACH {
                let message = read(&slot);
                let n = u32::from_le_bytes(message[1..].try_into().unwrap());
                let expected = &mut next[usize::from(message[0])];
                assert_eq!(n, *expected);
                *expected += 1;
            }
        });
        assert_eq!(slot.info().unwrap().count, 0);
    });
}

#[test]
fn a_slot_knows_when_it_was_made_read_and_written_02_1() {
    on_every_engine(|lab| {
        let (slot, client, _) = pair(lab, Timeout::Poll);
        let made = slot.times().unwrap();
        assert!(made.creation.ticks() > 0 && made.write.ticks() == made.creation.ticks());
        std::thread::sleep(Duration::from_millis(2));
        client.write(b"x").unwrap();
        let written = slot.times().unwrap();
        assert!(written.write.ticks() > made.write.ticks() && written.access.ticks() == made.access.ticks());
        assert_eq!(read(&slot), b"x");
        assert!(slot.times().unwrap().access.ticks() > made.access.ticks());
        assert_eq!(slot.times().unwrap().creation, made.creation);
    });
}

#[test]
fn the_systems_of_a_process_share_names_and_simulated_ones_are_computers_of_their_own() {
    let system = || SystemBuilder::new().build().unwrap();
    let simulated = || SystemBuilder::new().custom_engine(std::sync::Arc::new(never().build())).build().unwrap();
    let (one, two, three): (System, System, System) = (system(), system(), simulated());
    let name = unique();
    let slot = MailslotOptions::new().read_timeout(Timeout::Poll).system(&one).create(&name).unwrap();
    MailslotClient::open_in(&two, &name).unwrap().write(b"from two").unwrap();
    assert_eq!(slot.next().unwrap().as_deref(), Some(&b"from two"[..]));
    assert_eq!(code(MailslotClient::open_in(&three, &name)), Win32Error::FILE_NOT_FOUND);
    let own = MailslotOptions::new().read_timeout(Timeout::Poll).system(&three).create(&name).unwrap();
    assert_eq!(code(MailslotClient::open_in(&simulated(), &name)), Win32Error::FILE_NOT_FOUND);
    MailslotClient::open_in(&three, &name).unwrap().write(b"simulated").unwrap();
    assert_eq!((own.info().unwrap().count, slot.info().unwrap().count), (1, 0));
}

#[test]
fn everybody_includes_the_senders_computer_and_lengths_are_limited_07_4_2() {
    on_every_engine(|lab| {
        let (slot, _client, name) = pair(lab, Timeout::Poll);
        let remote = |computer: &str| name.replacen(r"\\.", &format!(r"\\{computer}"), 1);
        let everybody = MailslotClient::open_in(&lab.system, remote("*")).unwrap();
        everybody.write(&[7; 424]).unwrap();
        assert_eq!(slot.next().unwrap(), Some(vec![7; 424]));
        assert_eq!(code(everybody.write(&[7; 425])), Win32Error::BAD_NETPATH);
        everybody.write(b"").unwrap();
        assert_eq!(slot.next().unwrap(), Some(Vec::new()));
        // A computer that nobody knows: the name opens, and messages get lost, those that have no room in a datagram too.
        let nobody = MailslotClient::open_in(&lab.system, remote("no-such-computer")).unwrap();
        for length in [0, 424, 425, 426] {
            nobody.write(&vec![1; length]).unwrap();
        }
        assert_eq!(code(nobody.write(&[1; 427])), Win32Error::BAD_NETPATH);
        // The names of this computer are local: they must exist, and have no such limit.
        let local = MailslotClient::open_in(&lab.system, remote("localhost")).unwrap();
        local.write(&[9; 1000]).unwrap();
        assert_eq!(slot.next().unwrap(), Some(vec![9; 1000]));
        drop(slot);
        everybody.write(b"nobody hears").unwrap();
        assert_eq!(code(MailslotClient::open_in(&lab.system, remote("localhost"))), Win32Error::FILE_NOT_FOUND);
    });
}

// ---- Between processes.

/// This program again, in another role; what it says comes line by line.
struct Other {
    child: Child,
    input: Option<ChildStdin>,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Other {
    fn start(role: &str, name: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "role", "--ignored", "--nocapture", "--test-threads=1"]);
        command.env(ROLE, format!("{role} {name}")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        Self { child, input, lines: BufReader::new(output).lines() }
    }

    /// Waits until it says this.
    fn hears(&mut self, word: &str) {
        let said = self.lines.by_ref().map(|line| line.unwrap()).find(|line| line.contains(word));
        assert!(said.is_some(), "{word:?} was never said");
    }

    fn tell(&mut self) {
        self.input.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    fn finish(mut self) {
        drop(self.input.take());
        let lines = &mut self.lines;
        lines.for_each(drop);
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "what other processes do"]
fn role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    let (role, name) = role.split_once(' ').unwrap();
    let mut lines = std::io::stdin().lines();
    match role {
        "writer" => {
            let client = MailslotClient::open(name).unwrap();
            for n in 0..200_u32 {
                client.write(&n.to_le_bytes()).unwrap();
            }
            client.write(&[]).unwrap();
            client.write(&vec![5; 3 << 20]).unwrap();
            println!("written");
            assert!(lines.next().is_some(), "the server has closed");
            assert_eq!(code(client.write(b"late")), Win32Error::FILE_NOT_FOUND);
        }
        "techniques" => techniques(name),
        "small" => {
            let client = MailslotClient::open(name).unwrap();
            client.write(&[1; 16]).unwrap();
            assert_eq!(code(client.write(&[1; 17])), Win32Error::INVALID_PARAMETER);
            assert_eq!(code(MailslotOptions::new().create(name)), Win32Error::ALREADY_EXISTS);
            assert_eq!(code(MailslotClient::open(format!("{name}x"))), Win32Error::FILE_NOT_FOUND);
            let everybody = MailslotClient::open(name.replacen(r"\\.", r"\\*", 1)).unwrap();
            everybody.write(b"to everybody").unwrap();
        }
        "server" => {
            let slot = Mailslot::create(name).unwrap();
            println!("ready");
            while lines.next().is_some() {
                println!("got {}", slot.receive(Vec::with_capacity(100_000)).wait().0.unwrap());
            }
        }
        "answers" => {
            let slot = Mailslot::create(format!("{name}there")).unwrap();
            println!("ready");
            lines.next();
            let back = MailslotClient::open(format!("{name}back")).unwrap();
            let before = sleeps_of("ovl-channel");
            for _ in 0..TRIPS {
                back.write(&read(&slot)).unwrap();
            }
            let woken = sleeps_of("ovl-channel") - before;
            // Twice for each message if it read them and the answers.
            assert!(woken < TRIPS / 4, "{TRIPS} messages there and back woke the service thread {woken} times");
        }
        _ => panic!("{role}"),
    }
}

#[test]
fn threads_that_wait_read_what_other_processes_write_07_4_2() {
    on_real_engines(|lab| {
        let name = unique();
        let slot = options(lab).create(format!("{name}back")).unwrap();
        let mut other = Other::start("answers", &name);
        other.hears("ready");
        let there = MailslotClient::open_in(&lab.system, format!("{name}there")).unwrap();
        other.tell();
        for number in 0..TRIPS {
            there.write(&number.to_le_bytes()).unwrap();
            assert_eq!(read(&slot), number.to_le_bytes());
        }
        other.finish();
    });
}

/// A client of another process, by each technique.
fn techniques(name: &str) {
    let client = MailslotClient::open(name).unwrap();
    let event = Event::manual_reset(false);
    let sent = client.send_with_event(b"event".to_vec(), &event);
    assert_eq!(wait_any(&[&event], LOST), Ok(WaitResult::Object(0)));
    assert_eq!(sent.wait().0, Ok(5));
    let (tell, told) = channel();
    client.send_then(b"routine".to_vec(), move |sent, _| tell.send(sent).unwrap()).unwrap();
    assert!(alertable::sleep(LOST));
    assert_eq!(told.recv_timeout(LOST).unwrap(), Ok(7));
    OpenOptions::new().write(true).open(name).unwrap().write_bytes(b"synchronous").unwrap();
    let port = CompletionPort::<u8, usize>::new(0).unwrap();
    let client = port.associate(client, 1).unwrap();
    for n in 0..50 {
        client.send(vec![b'p'; n], n).unwrap();
    }
    for n in 0..50 {
        let done = port.get_timeout(LOST).unwrap().expect("a packet");
        assert_eq!((done.context, done.result), (n, Ok(n)), "in the order of the writes");
    }
}

#[test]
fn a_client_of_another_process_is_answered_when_its_message_is_there_07_4_2() {
    on_real_engines(|lab| {
        let name = unique();
        let slot = options(lab).read_timeout(Timeout::Poll).create(&name).unwrap();
        let mut writer = Other::start("writer", &name);
        writer.hears("written");
        assert_eq!(slot.info().unwrap().count, 202, "whoever is told by the writer finds them");
        for n in 0..200_u32 {
            assert_eq!(slot.next().unwrap(), Some(n.to_le_bytes().to_vec()));
        }
        assert_eq!(slot.next().unwrap(), Some(Vec::new()));
        assert_eq!(slot.next().unwrap(), Some(vec![5; 3 << 20]));
        drop(slot);
        writer.tell();
        writer.finish();
    });
}

#[test]
fn every_technique_works_across_processes_07_4_2() {
    on_real_engines(|lab| {
        let name = unique();
        let slot = options(lab).create(&name).unwrap();
        let waiting: Vec<_> = (0..3).map(|_| slot.receive(vec![0; 20])).collect();
        let other = Other::start("techniques", &name);
        let heard: Vec<Vec<u8>> = waiting.into_iter().map(|read| read.wait().1).collect();
        assert_eq!(heard, [&b"event"[..], b"routine", b"synchronous"]);
        for n in 0..50 {
            assert_eq!(read(&slot), vec![b'p'; n]);
        }
        other.finish();
    });
}

#[test]
fn limits_and_names_hold_across_processes_07_4_1() {
    on_real_engines(|lab| {
        let name = unique();
        let slot = options(lab).longest(16).create(&name).unwrap();
        Other::start("small", &name).finish();
        assert_eq!(read(&slot), [1; 16]);
        assert_eq!(read(&slot), b"to everybody");
    });
}

#[test]
fn a_server_that_is_killed_ends_its_clients_and_frees_its_name_07_4_1() {
    on_real_engines(|lab| {
        let name = unique();
        let mut server = Other::start("server", &name);
        server.hears("ready");
        assert_eq!(code(options(lab).create(&name)), Win32Error::ALREADY_EXISTS);
        let client = MailslotClient::open_in(&lab.system, &name).unwrap();
        for length in [3, 70_000] {
            client.write(&vec![1; length]).unwrap();
        }
        for heard in ["got 3", "got 70000"] {
            server.tell();
            server.hears(heard);
        }
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        eventually("the client is told", || client.write(b"late").is_err());
        assert_eq!(code(client.write(b"late")), Win32Error::FILE_NOT_FOUND);
        assert_eq!(code(MailslotClient::open_in(&lab.system, &name)), Win32Error::FILE_NOT_FOUND);
        let slot = options(lab).read_timeout(Timeout::Poll).create(&name).unwrap();
        assert_eq!(slot.next().unwrap(), None);
    });
}

fn is_stopped(process: u32) -> bool {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).unwrap().flatten();
    let mut stats = tasks.map(|task| std::fs::read_to_string(task.path().join("stat")).unwrap_or_default());
    stats.all(|stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T')))
}

#[test]
fn a_write_to_a_stopped_process_waits_and_ends_with_the_handle_03_9() {
    on_real_engines(|lab| {
        let name = unique();
        let mut server = Other::start("server", &name);
        server.hears("ready");
        let client = MailslotClient::open_in(&lab.system, &name).unwrap();
        let process = rustix::process::Pid::from_raw(server.child.id() as i32).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::STOP).unwrap();
        eventually("all its threads are stopped", || is_stopped(server.child.id()));
        let sent = client.send(vec![0; 100]);
        std::thread::sleep(MOMENT);
        assert!(sent.is_pending(), "nobody has taken it");
        drop(client);
        assert_eq!(code(bounded("the end of the write", move || sent.wait().0)), Win32Error::OPERATION_ABORTED);
        rustix::process::kill_process(process, rustix::process::Signal::CONT).unwrap();
    });
}
