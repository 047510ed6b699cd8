//! The rows of contract 01 §5.3, and that nothing is half done.

use super::*;

const PORTS: [u32; 2] = [1, 12];

fn marked() -> Dcb {
    Dcb { baud_rate: 4711, byte_size: 0xAA, parity: 0xBB, stop_bits: 0xCC, flags: DcbFlags::BINARY, ..Dcb::default() }
}

fn read(text: &str) -> Option<Definition> {
    parse(text, &marked(), |port| PORTS.contains(&port)).ok()
}

fn dcb(text: &str) -> Dcb {
    read(text).unwrap_or_else(|| panic!("{text:?} was refused")).dcb
}

fn refused(texts: &[&str]) {
    for text in texts {
        assert_eq!(read(text), None, "{text:?}");
    }
}

#[test]
fn pairs_change_what_they_name_01_5_3() {
    let changed = dcb("baud=300");
    assert_eq!(changed, Dcb { baud_rate: 300, stop_bits: c::ONESTOPBIT, ..marked() });
    let all = dcb("baud=1200 parity=e data=7 stop=2");
    assert_eq!((all.baud_rate, all.parity, all.byte_size, all.stop_bits), (1200, c::EVENPARITY, 7, c::TWOSTOPBITS));
    assert_eq!(dcb("stop=1.5").stop_bits, c::ONE5STOPBITS);
    let parities = [("n", 0), ("o", 1), ("e", 2), ("m", 3), ("s", 4)];
    for (name, parity) in parities {
        assert_eq!(dcb(&format!("parity={name}")).parity, parity);
    }
    for bits in 5..=8 {
        assert_eq!(dcb(&format!("data={bits}")).byte_size, bits);
    }
}

#[test]
fn pairs_of_flow_control_01_5_3() {
    let both = DcbFlags::IN_X | DcbFlags::OUT_X;
    assert!(dcb("xon=on").flags.contains(both) && !dcb("xon=off").flags.intersects(both));
    assert!(dcb("odsr=on").flags.contains(DcbFlags::OUTX_DSR_FLOW));
    assert!(dcb("octs=on").flags.contains(DcbFlags::OUTX_CTS_FLOW));
    assert!(dcb("idsr=on").flags.contains(DcbFlags::DSR_SENSITIVITY));
    let dtr = ["off", "on", "hs"].map(|to| dcb(&format!("dtr={to}")).dtr_control());
    assert_eq!(dtr, [0, 1, 2]);
    let rts = ["off", "on", "hs", "tg"].map(|to| dcb(&format!("rts={to}")).rts_control());
    assert_eq!(rts, [0, 1, 2, 3]);
    refused(&["dtr=tg", "dtr=2", "rts=yes", "octs=hs", "xon=", "idsr=1"]);
}

#[test]
fn keys_and_values_in_any_case_01_5_3() {
    assert_eq!(dcb("BAUD=110 PARITY=N Data=8 sTOP=1 XON=ON DTR=HS rts=Tg").baud_rate, 110);
}

#[test]
fn what_is_no_pair_is_refused_01_5_3() {
    refused(&["data=4", "data=9", "stop=0", "stop=3", "stop=1.501", "parity=no", "to=foobar", "parity=", "parity=x"]);
    refused(&[" baud=300", "baud= 300", "baud =300", "baud=300,parity=n", "baud", "bps=300", "baud=-1", "baud=+1"]);
    refused(&["", "baud=4294967296", "baud=0x10", "=300", "baud=300 n"]);
}

#[test]
fn positions_say_everything_01_5_3() {
    let plain = dcb("96,n,8,1");
    assert_eq!((plain.baud_rate, plain.parity, plain.byte_size, plain.stop_bits), (9600, 0, 8, c::ONESTOPBIT));
    let rates = [11, 15, 30, 60, 12, 24, 48, 96, 19, 57_600].map(|rate| dcb(&format!("{rate},o,7,2")).baud_rate);
    assert_eq!(rates, [110, 150, 300, 600, 1200, 2400, 4800, 9600, 19_200, 57_600]);
    assert_eq!(dcb("9600 , e , 7 , 1.5 ").stop_bits, c::ONE5STOPBITS);
}

#[test]
fn positions_set_flow_control_01_5_3() {
    let chars = DcbFlags::IN_X | DcbFlags::OUT_X;
    let lines = DcbFlags::OUTX_CTS_FLOW | DcbFlags::OUTX_DSR_FLOW;
    let all = Dcb { flags: chars | lines, ..marked() };
    let of = |text: &str| {
        let dcb = parse(text, &all, |_| false).unwrap().dcb;
        (dcb.flags & (chars | lines), dcb.dtr_control(), dcb.rts_control())
    };
    assert_eq!(of("96,n,8,1"), (DcbFlags::empty(), 1, 1));
    assert_eq!(of("96,n,8,1,x"), (chars, 1, 1));
    assert_eq!(of("96,n,8,1 , P "), (lines, 2, 2));
}

#[test]
fn what_is_no_list_of_positions_is_refused_01_5_3() {
    refused(&["96,n,8", "96,n,8,", "96,n,8,1,", "96,n,8,1,y", "96,n,8,1,x,p", ",n,8,1", " 96,n,8,1", "96,no,8,1"]);
    refused(&["96,n,9,1", "96,n,8,3", "x,n,8,1", "baud=96,n,8,1", "96,n,8,1 xon=on", "96,n,8,1.501"]);
}

#[test]
fn a_port_that_is_there_may_be_named_first_01_5_3() {
    for text in ["COM1:96,n,8,1", "com12: 96,n,8,1", "COM1 : 96,n,8,1", "COM1 96,n,8,1"] {
        assert_eq!(dcb(text).baud_rate, 9600, "{text}");
    }
    assert_eq!(dcb("COM1:baud=300").baud_rate, 300);
    assert_eq!(dcb("COM1: baud=300").baud_rate, 300);
    refused(&["COM0:96,n,8,1", "COM2:96,n,8,1", "COM0: baud=300", "COM:96,n,8,1", "COM1", "COM1:", "COM1x:96,n,8,1"]);
}

#[test]
fn time_limits_01_5_3() {
    let constant = |text: &str| read(text).unwrap().timeouts.map(|t| t.write_total_timeout_constant);
    assert_eq!((constant("to=on"), constant("to=off"), constant("baud=300")), (Some(60_000), Some(0), None));
    let on = read("baud=96 to=ON").unwrap().timeouts.unwrap();
    assert_eq!(on, CommTimeouts { write_total_timeout_constant: 60_000, ..CommTimeouts::default() });
    assert_eq!(constant("96,n,8,1"), None);
}
