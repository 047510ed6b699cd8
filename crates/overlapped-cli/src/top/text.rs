//! Lines of a picture: for the screen's boxes, and all of it as text.

use overlapped::observe::{Device, Observation, Packet, Paused, Port, Thread};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

/// Which program it is, and how much it has open.
pub fn headline(seen: &Observation) -> String {
    let program = Path::new(&seen.program).file_name().map_or_else(|| "?".into(), |name| name.to_string_lossy());
    let Observation { process, engine, handles, requests, .. } = seen;
    format!("{program} ({process}) on {engine}: {handles} handles, {requests} requests on their way")
}

/// What a port is doing.
pub fn summary(port: &Port) -> String {
    let Port { number, active, concurrency, .. } = port;
    format!("port {number}: {active} of {concurrency} threads run")
}

pub fn device(index: usize, device: &Device) -> String {
    format!("{index} {}", device.description)
}

pub fn packet(packet: &Packet) -> String {
    let whose = match packet.device {
        Some(device) => format!("device {device}"),
        None => format!("key {:#x}", packet.key),
    };
    let age = Duration::from_nanos(packet.age);
    let end = if packet.status == 0 { String::new() } else { format!(", status {:#010x}", packet.status) };
    format!("{whose}, {} bytes{end}, {age:.1?}", packet.bytes)
}

pub fn thread(thread: &Thread) -> String {
    format!("{} {}", thread.number, thread.name)
}

pub fn paused(paused: &Paused) -> String {
    format!("{} in {}", thread(&paused.thread), paused.why)
}

/// Packets that are written out.
const WRITTEN: usize = 16;

/// All of it.
pub fn of(seen: &Observation) -> String {
    let mut text = headline(seen) + "\n";
    if seen.ports.is_empty() {
        text += "no ports\n";
    }
    for port in &seen.ports {
        let _ = writeln!(text, "{}", summary(port));
        let devices = port.devices.iter().enumerate().map(|(index, line)| device(index, line));
        list(&mut text, "devices", port.devices.len(), devices);
        list(&mut text, "queued packets, oldest first", port.queued, port.packets.iter().map(packet));
        list(&mut text, "waiting, the next to be woken first", port.waiting.len(), port.waiting.iter().map(thread));
        list(&mut text, "released", port.released.len(), port.released.iter().map(thread));
        list(&mut text, "paused", port.paused.len(), port.paused.iter().map(paused));
    }
    text
}

fn list(text: &mut String, title: &str, all: usize, lines: impl Iterator<Item = String>) {
    let _ = writeln!(text, "  {title}: {all}");
    let mut left = all;
    for line in lines.take(WRITTEN) {
        let _ = writeln!(text, "    {line}");
        left -= 1;
    }
    if left > 0 {
        let _ = writeln!(text, "    and {left} more");
    }
}
