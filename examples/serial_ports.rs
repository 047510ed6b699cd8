//! A modem on a serial port: commands and answers over a null modem, with events, time limits and a completion port.
//!
//!     cargo run -p overlapped --example serial_ports
//!
//! What to look at:
//!
//! - The two ends of a null modem are ports like any other: with hardware, `Options::new().open_overlapped("COM1")` or the path of a
//!   tty takes the place of `NullModem`, and nothing else changes.
//! - Reads end by their time limits, and that is a success: here an answer seems to be over when there was no byte for 20 ms.
//! - A wait for events is a request like a read. On a completion port both come out as packets, with a context that says which.
//! - The modem hangs up by dropping DTR, which the other end sees as the loss of the carrier.

use overlapped::abi::constants::serial::CLRDTR;
use overlapped::serial::{Events, ModemLines, NullModem, Options, OverlappedSerialPort, Timeouts};
use overlapped::{CompletionPort, Result};
use std::time::Duration;

/// Answers commands, each a line, until one tells it to hang up.
fn modem(port: &OverlappedSerialPort) -> Result<()> {
    loop {
        // The event character is a carriage return: a command is complete.
        port.wait_event().wait().0?;
        let (read, mut command) = port.read(vec![0; 80]).wait();
        command.truncate(read?);
        for line in String::from_utf8_lossy(&command).split_terminator('\r') {
            let answer = match line {
                "AT" => "\r\nOK\r\n",
                "ATI" => "\r\nOverlapped null modem\r\nOK\r\n",
                "ATH" => {
                    port.write(b"\r\nNO CARRIER\r\n".to_vec()).wait().0?;
                    return port.escape(CLRDTR);
                }
                _ => "\r\nERROR\r\n",
            };
            port.write(answer.as_bytes().to_vec()).wait().0?;
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Answer,
    Lines,
    Sent,
}

fn main() -> Result<()> {
    let mut settings = Options::new();
    settings.rate(115_200).event_char(b'\r').timeouts(Timeouts::first_within(Duration::from_secs(10)));
    let (computer, far) = NullModem::new().options(&settings).open()?;
    computer.set_timeouts(Timeouts::waiting().gap(Duration::from_millis(20)))?;
    computer.set_event_mask(Events::RLSD)?;
    // Before anything is sent: what has come by then is no event any more.
    far.set_event_mask(Events::RXFLAG)?;

    let answering = std::thread::spawn(move || modem(&far).map(|()| far));
    let port = CompletionPort::<(), What>::new(0)?;
    let computer = port.associate(computer, ())?;
    computer.wait_event(vec![0; 4], What::Lines)?;
    let mut commands = ["AT", "ATI", "AT&X", "ATH"].into_iter();
    let mut say_next = || -> Result<()> {
        if let Some(command) = commands.next() {
            println!("> {command}");
            computer.read(vec![0; 80], What::Answer)?;
            computer.write(format!("{command}\r").into_bytes(), What::Sent)?;
        }
        Ok(())
    };
    say_next()?;
    let (mut answers, mut heard) = (Vec::new(), String::new());
    loop {
        let packet = port.get()?;
        let (bytes, buffer) = (packet.result?, packet.buffer.unwrap_or_default());
        match packet.context {
            What::Sent => {}
            What::Answer => {
                heard += &String::from_utf8_lossy(&buffer[..bytes]);
                if !["OK\r\n", "ERROR\r\n", "CARRIER\r\n"].iter().any(|end| heard.ends_with(end)) {
                    // A pause in the middle of it: the other thread had to wait for a processor.
                    computer.read(buffer, What::Answer)?;
                    continue;
                }
                let answer = std::mem::take(&mut heard).trim().replace("\r\n", " / ");
                println!("< {answer}");
                answers.push(answer);
                say_next()?;
            }
            What::Lines => println!("  {:?}", Events::from_buffer(&buffer)),
        }
        if answers.len() == 4 && !computer.modem_lines()?.contains(ModemLines::RLSD) {
            break;
        }
    }
    assert_eq!(answers, ["OK", "Overlapped null modem / OK", "ERROR", "NO CARRIER"]);
    drop(answering.join().expect("the modem works")?);
    println!("the carrier is gone");
    Ok(())
}
