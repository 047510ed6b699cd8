//! Parallel ports (contract 01 section 4.5): FIFOs, ttys and files in the place of printers.

use super::common::{Lab, MOMENT, on_real_engines, pattern};
use super::terminal::Terminal;
use super::{Timeouts, code};
use overlapped::abi::ShareMode;
use overlapped::{OpenOptions, parallel};
use std::io::Read;
use std::path::Path;

/// How a printer is opened in the lab.
fn options(lab: &Lab) -> OpenOptions {
    let mut options = lab.options();
    options.write(true).share_mode(ShareMode::empty());
    options
}

fn connect(lab: &Lab, path: &Path) {
    lab.system.namespace().write().set_parallel(1, path).unwrap();
}

#[test]
fn what_is_written_is_printed_01_4_5() {
    on_real_engines(|lab| {
        let fifo = lab.make_fifo("printer");
        connect(lab, &fifo);
        let printer = options(lab).open("LPT1").unwrap();
        let mut paper = std::fs::File::open(&fifo).unwrap();
        assert_eq!(printer.write_bytes(b"a line\n"), Ok(7));
        let mut line = [0; 7];
        paper.read_exact(&mut line).unwrap();
        assert_eq!(&line, b"a line\n");
        printer.flush_buffers().unwrap();
        assert_eq!(code(options(lab).open("PRN")), 5, "somebody has it");
        drop(printer);
        let overlapped = options(lab).open_overlapped("PRN").unwrap();
        let bytes = pattern(300_000, 5);
        let write = overlapped.write_at(bytes.clone(), 4711);
        let mut printed = vec![0; bytes.len()];
        paper.read_exact(&mut printed).unwrap();
        assert!(write.wait().0 == Ok(bytes.len()) && printed == bytes);
    });
}

#[test]
fn a_busy_printer_ends_a_write_in_its_time_01_4_5() {
    on_real_engines(|lab| {
        connect(lab, &lab.make_fifo("printer"));
        let printer = options(lab).open_overlapped("LPT1").unwrap();
        parallel::set_timeouts(printer.handle(), Timeouts::waiting().write(MOMENT)).unwrap();
        let some = printer.write_at(vec![0; 1 << 20], 0).wait().0.expect("what was taken is told");
        assert!(some > 0 && some < 1 << 20, "{some}");
        assert_eq!(code(printer.write_at(vec![0; 4096], 0).wait().0), 121, "nothing was taken");
        parallel::set_timeouts(printer.handle(), Timeouts::waiting()).unwrap();
        let write = printer.write_at(vec![0; 4096], 0);
        assert!(write.cancel());
        assert_eq!(code(write.wait().0), 995);
        assert_eq!(parallel::timeouts(printer.handle()), Ok(Timeouts::waiting()));
    });
}

#[test]
fn a_printer_may_be_a_tty_or_a_file_01_4_5() {
    on_real_engines(|lab| {
        let terminal = Terminal::new();
        connect(lab, &terminal.path);
        let printer = options(lab).open("LPT1").unwrap();
        assert_eq!(printer.write_bytes(b"one\ntwo\n"), Ok(8));
        assert_eq!(terminal.receive(8), b"one\ntwo\n", "bytes pass as they are");
        drop(printer);
        let file = lab.file("paper", "before ");
        connect(lab, &file);
        let printer = options(lab).open("lpt1").unwrap();
        assert_eq!((printer.write_bytes(b"and "), printer.write_bytes(b"after")), (Ok(4), Ok(5)));
        assert_eq!(std::fs::read(file).unwrap(), b"before and after");
    });
}

#[test]
fn printers_have_no_dcb_and_one_user_01_4_5() {
    on_real_engines(|lab| {
        connect(lab, &lab.make_fifo("printer"));
        let printer = options(lab).open("LPT1").unwrap();
        let grant =
            lab.system.grant(overlapped_kernel::handle::Handle::from_raw(printer.handle().raw()).unwrap()).unwrap();
        use overlapped::devices::serial;
        assert_eq!(serial::state(&grant).map_err(|error| error.0), Err(1));
        assert_eq!(serial::mask(&grant).map_err(|error| error.0), Err(1));
        assert_eq!(grant.instance.device().file_type() as u32, 2);
        let mut shared = lab.options();
        assert_eq!(code(shared.write(true).open("LPT1")), 87, "share must be 0");
        connect(lab, &lab.path("missing"));
        assert_eq!(code(options(lab).open("LPT1")), 2);
        assert_eq!(code(shared.open("LPT1")), 2, "first of all it must be there");
    });
}
