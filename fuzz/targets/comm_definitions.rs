//! BuildCommDCB (contract 01 section 5.3): no text makes the reader panic; what is refused changes nothing, and what is taken names a line
//! that could be, with no more changed than the two styles can name.

#![no_main]

use libfuzzer_sys::fuzz_target;
use overlapped::serial::{default_dcb, parse_definition};
use overlapped_abi::{Dcb, DcbFlags};

fuzz_target!(|text: &str| {
    let before = default_dcb();
    let has_port = |port: u32| port == 1 || port == 12;
    let Ok(read) = parse_definition(text, &before, has_port) else { return };
    let dcb = read.dcb;
    assert!((5..=8).contains(&dcb.byte_size) && dcb.parity <= 4 && dcb.stop_bits <= 2);
    assert!(dcb.dtr_control() <= 2 && dcb.rts_control() <= 3);
    let named = Dcb {
        baud_rate: dcb.baud_rate,
        byte_size: dcb.byte_size,
        parity: dcb.parity,
        stop_bits: dcb.stop_bits,
        flags: dcb.flags,
        ..before
    };
    assert_eq!(dcb, named, "only what can be named");
    assert!(dcb.flags.contains(DcbFlags::BINARY) && !dcb.flags.contains(DcbFlags::ABORT_ON_ERROR));
    assert!(read.timeouts.is_none_or(|timeouts| [0, 60_000].contains(&timeouts.write_total_timeout_constant)));
    assert_eq!(parse_definition(text, &dcb, has_port).map(|again| again.dcb), Ok(dcb), "twice is once");
    let upper = text.to_ascii_uppercase();
    assert_eq!(parse_definition(&upper, &before, has_port), Ok(read), "in any case");
    if !text.to_ascii_lowercase().starts_with("com") {
        let with_port = format!("COM12: {text}");
        assert_eq!(parse_definition(&with_port, &before, has_port), Ok(read), "a port may come first");
    }
});
