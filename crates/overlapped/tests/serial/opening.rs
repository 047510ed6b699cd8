//! CreateFile on ports, and what their last users leave (contract 01 sections 3 and 5.1).

use super::common::{Lab, on_every_engine};
use super::terminal::Terminal;
use super::{code, send, take};
use overlapped::abi::constants::open::{CREATE_ALWAYS, OPEN_EXISTING};
use overlapped::abi::{AccessMask, FileFlags, ShareMode};
use overlapped::serial::{NullModem, NullModemEntry, Options, Timeouts};
use overlapped_kernel::device::{FileType, OpenParams};
use std::path::Path;

/// A port by its name.
fn options(lab: &Lab) -> Options {
    Options::new().system(&lab.system).clone()
}

#[test]
fn named_ends_are_opened_like_any_port_01_3() {
    on_every_engine(|lab| {
        NullModem::new().system(&lab.system).name(7, 12).unwrap();
        let near = options(lab).timeouts(Timeouts::at_once()).open_overlapped("com7").unwrap();
        send(&near, b"lost");
        let far = options(lab).timeouts(Timeouts::at_once()).open_overlapped(r"\\.\COM12").unwrap();
        assert_eq!(take(&far), b"", "a port is empty when it is opened");
        send(&near, b"hello");
        assert_eq!(take(&far), b"hello");
        assert_eq!(code(options(lab).open("COM7")), 5);
        assert_eq!(code(options(lab).open("COM12")), 2, "as a name without prefix, it is a file's");
        assert_eq!(code(NullModem::new().system(&lab.system).name(7, 7)), 87);
    });
}

#[test]
fn what_the_last_user_has_set_stays_01_5_1() {
    on_every_engine(|lab| {
        NullModem::new().system(&lab.system).name(7, 8).unwrap();
        let timeouts = Timeouts::at_once().write(std::time::Duration::from_millis(1234));
        let first = options(lab).rate(300).event_char(b'!').timeouts(timeouts).open("COM7").unwrap();
        let left = first.dcb().unwrap();
        assert_eq!((left.baud_rate, left.evt_char), (300, b'!'));
        drop(first);
        let second = options(lab).open("COM7").unwrap();
        assert_eq!((second.dcb(), second.timeouts()), (Ok(left), Ok(timeouts)));
        assert_eq!(options(lab).open("COM8").unwrap().dcb().unwrap().baud_rate, 9600, "each port has its own");
    });
}

#[test]
fn a_port_has_one_user_and_is_there_already_01_5_1() {
    on_every_engine(|lab| {
        NullModem::new().system(&lab.system).name(7, 8).unwrap();
        let open = |name: &str, share, disposition| {
            let access = AccessMask::GENERIC_READ | AccessMask::GENERIC_WRITE;
            let params = OpenParams { access, share, disposition, flags: FileFlags::empty(), permissions: 0 };
            lab.system.open(name.as_ref(), &params).map_err(|error| error.0)
        };
        assert_eq!(open("COM7", ShareMode::READ, OPEN_EXISTING).err(), Some(87));
        assert_eq!(open("COM7", ShareMode::empty(), CREATE_ALWAYS).err(), Some(87));
        let missing = lab.path("missing");
        lab.system.namespace().write().set_serial(9, missing).unwrap();
        assert_eq!(open("COM9", ShareMode::empty(), OPEN_EXISTING).err(), Some(2));
        assert_eq!(open("COM9", ShareMode::READ, OPEN_EXISTING).err(), Some(2), "first of all it must be there");
        assert_eq!(open("COM9", ShareMode::empty(), CREATE_ALWAYS).err(), Some(2));
        lab.system.namespace().write().set_serial(9, lab.file("file", "no tty")).unwrap();
        assert_eq!(open("COM9", ShareMode::READ, OPEN_EXISTING).err(), Some(2));
        assert_eq!(open("COM9", ShareMode::empty(), OPEN_EXISTING).err(), Some(2), "a file is no port");
        lab.system.namespace().write().remove_serial(3);
        assert_eq!(open("COM3", ShareMode::empty(), OPEN_EXISTING).err(), Some(2));
        NullModem::new().system(&lab.system).name(1, 2).unwrap();
        let aux = open("AUX", ShareMode::empty(), OPEN_EXISTING).unwrap();
        assert_eq!(open("COM1", ShareMode::empty(), OPEN_EXISTING).err(), Some(5), "which is AUX");
        lab.system.close(aux.handle).unwrap();
        let port = open("COM7", ShareMode::empty(), OPEN_EXISTING).unwrap();
        assert_eq!(port.grant.instance.device().file_type(), FileType::Char);
        assert!(
            !port.existed,
            "the last error is 0: only CREATE_ALWAYS and OPEN_ALWAYS tell (00 section 0.3, 01 section 2.3)"
        );
        assert_eq!(open("COM7", ShareMode::empty(), OPEN_EXISTING).err(), Some(5));
        lab.system.close(port.handle).unwrap();
        assert!(open("COM7", ShareMode::empty(), OPEN_EXISTING).is_ok(), "free at once");
    });
}

#[test]
fn rights_are_those_of_the_handle_01_2_1() {
    on_every_engine(|lab| {
        NullModem::new().system(&lab.system).name(7, 8).unwrap();
        let mut reader = lab.options();
        reader.read(true).share_mode(ShareMode::empty());
        let reader = reader.open("COM7").unwrap();
        assert_eq!(code(reader.write_bytes(b"x")), 5);
        assert_eq!(code(reader.flush_buffers()), 5);
        assert_eq!(code(reader.size()), 1, "files have sizes");
    });
}

#[test]
fn a_configuration_names_null_modems_01_3() {
    on_every_engine(|lab| {
        let text = "[serial]\nCOM7 = { null_modem = \"COM8\", paced = true }\nCOM8 = { null_modem = \"com7\", paced = true }\n";
        let apply = |text: &str| lab.system.namespace().write().apply_toml(text, Path::new("/etc/devices.toml"));
        apply(text).unwrap();
        let lines: Vec<String> = lab.system.namespace().read().iter().map(|line| line.to_string()).collect();
        assert!(lines.contains(&"COM7 -> null modem to COM8 (/etc/devices.toml:2)".into()), "{lines:?}");
        let near = options(lab).open_overlapped("COM7").unwrap();
        let far = options(lab).timeouts(Timeouts::waiting()).open_overlapped("COM8").unwrap();
        let read = far.read(vec![0; 2]);
        send(&near, b"ok");
        assert_eq!(read.wait().1, b"ok");
        for (text, says) in [
            ("COM7 = { null_modem = \"COM7\" }", "both ends"),
            ("COM7 = { null_modem = \"LPT1\" }", "is a serial port"),
            ("COM7 = { null_modem = 8 }", "in quotes"),
            ("COM7 = { paced = true }", "leads nowhere"),
            ("COM7 = { null_modem = \"COM8\", speed = 3 }", "`null_modem`, `paced` and `lossy`"),
            ("COM7 = { null_modem = \"COM8\" }\nCOM8 = \"/dev/ttyS1\"", "given twice"),
            ("COM7 = { null_modem = \"COM8\" }\nCOM8 = { null_modem = \"COM7\", lossy = true }", "given twice"),
        ] {
            let error = apply(&format!("[serial]\n{text}\n")).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
        let mut names = lab.system.namespace().write();
        let line = NullModemEntry::to(8);
        assert!(names.set_null_modem(0, line).is_err() && names.set_null_modem(8, line).is_err());
    });
}

#[test]
fn a_tty_is_opened_by_its_path_or_by_a_name_and_locked_01_5_1() {
    on_every_engine(|lab| {
        let terminal = Terminal::new();
        let by_path = options(lab).open(&terminal.path).unwrap();
        lab.system.namespace().write().set_serial(9, &terminal.path).unwrap();
        assert_eq!(code(options(lab).open("COM9")), 5);
        drop(by_path);
        let by_name = options(lab).open("COM9").unwrap();
        assert_eq!(code(options(lab).open(&terminal.path)), 5);
        drop(by_name);
        options(lab).open("COM9").unwrap();
    });
}
