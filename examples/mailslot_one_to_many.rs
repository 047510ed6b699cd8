//! One writer, many readers that do not know each other, and a server that reads by a port.
//!
//!     cargo run -p overlapped --example mailslot_one_to_many
//!
//! Sensors report to a mailslot; the name `\\*\mailslot\...` tells all that listen, on every computer in the configuration and on this one. What to
//! look at:
//!
//! - A message is whole: each read gives one, and one that finds too little room stays for the next.
//! - Writers never wait for the reader. `info` says how many messages wait, and how long the next is.
//! - The server has one port for everything. The packet brings the key of the slot, the context of the read, and the buffer back.
//! - A read waits no longer than the slot's read timeout; then its packet says 121.

use overlapped::mailslot::{MailslotClient, MailslotOptions};
use overlapped::{CompletionPort, Result};
use std::thread;
use std::time::Duration;

const SENSORS: u8 = 3;
const REPORTS: u8 = 4;
const TIMED_OUT: u32 = 121;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Slot {
    Reports,
    Alarms,
}

/// A name of this run.
fn name(computer: &str, of: &str) -> String {
    format!(r"\\{computer}\mailslot\example\{}\{of}", std::process::id())
}

fn sensor(number: u8) -> Result<()> {
    let reports = MailslotClient::open(name(".", "reports"))?;
    for value in 0..REPORTS {
        reports.write(&[number, value])?;
    }
    Ok(())
}

fn main() -> Result<()> {
    let port = CompletionPort::<Slot, u8>::new(1)?;
    let patience = MailslotOptions::new().read_timeout(Duration::from_millis(200));
    let reports = port.associate(patience.create(name(".", "reports"))?, Slot::Reports)?;
    let alarms = port.associate(patience.create(name(".", "alarms"))?, Slot::Alarms)?;

    // Two reads are always on their way; whose is which, their contexts say.
    reports.receive(Vec::with_capacity(16), 1)?;
    reports.receive(Vec::with_capacity(16), 2)?;
    alarms.receive(Vec::with_capacity(4), 3)?;

    let sensors: Vec<_> = (0..SENSORS).map(|number| thread::spawn(move || sensor(number))).collect();
    for sensor in sensors {
        sensor.join().expect("a sensor that does not panic")?;
    }
    let everybody = MailslotClient::open(name("*", "alarms"))?;
    everybody.write(b"evacuate")?;

    let (mut seen, mut next) = (0, [0; SENSORS as usize]);
    let mut alarm = None;
    while seen < SENSORS * REPORTS || alarm.is_none() {
        let done = port.get()?;
        match (done.key, done.result) {
            (Slot::Reports, Ok(_)) => {
                let message = done.buffer.expect("a read has a buffer");
                let expected = &mut next[usize::from(message[0])];
                assert_eq!(message[1], *expected, "each sensor's reports come in order");
                *expected += 1;
                seen += 1;
                reports.receive(message, done.context)?;
            }
            (Slot::Alarms, Ok(length)) => {
                alarm = done.buffer.map(|message| String::from_utf8_lossy(&message[..length]).into_owned());
            }
            (Slot::Alarms, Err(error)) => {
                let room = alarms.info()?.next.unwrap_or(0);
                println!("the alarm did not fit into 4 bytes ({}), so it is still there: {room} bytes", error.code().0);
                alarms.receive(Vec::with_capacity(room as usize), 4)?;
            }
            (Slot::Reports, Err(error)) => {
                assert_eq!(error.code().0, TIMED_OUT, "only patience ends here");
                reports.receive(Vec::with_capacity(16), done.context)?;
            }
        }
    }
    println!("{seen} reports, {} of each sensor; the alarm says {:?}", REPORTS, alarm.as_deref().unwrap_or_default());
    assert_eq!(alarm.as_deref(), Some("evacuate"));

    // Nobody writes any more: the reads that are left end with their time.
    for _ in 0..2 {
        let late = port.get()?;
        assert_eq!((late.key, late.result.err().map(|error| error.code().0)), (Slot::Reports, Some(TIMED_OUT)));
    }
    println!("the two reads that were left ended with {TIMED_OUT} after their time");
    Ok(())
}
