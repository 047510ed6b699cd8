//! DeviceIoControl on serial ports: the codes of `ntddser.h`, which say the same as the Comm functions and a little more.
//!
//! IOCTL_SERIAL_WAIT_ON_MASK is a wait for events as WaitCommEvent's and not here. 122 for a buffer that is too small, 1 for other codes.

use super::calls::{self, ask};
use super::state::Inserts;
use crate::file::Answer;
use crate::file::answer::Fields;
use overlapped_abi::constants::ioctl::*;
use overlapped_abi::constants::serial as c;
use overlapped_abi::{ComStat, ComStatFlags, CommProp, CommTimeouts, Dcb, DcbFlags, Win32Error};
use overlapped_kernel::system::Grant;

/// SERIAL_HANDFLOW.ControlHandShake: who of the DCB's flags stands where. DTR is in the lowest two bits.
const CONTROLS: [(u32, DcbFlags); 4] = [
    (0x8, DcbFlags::OUTX_CTS_FLOW),
    (0x10, DcbFlags::OUTX_DSR_FLOW),
    (0x40, DcbFlags::DSR_SENSITIVITY),
    (0x8000_0000, DcbFlags::ABORT_ON_ERROR),
];
/// SERIAL_HANDFLOW.FlowReplace. RTS is in bits 6 and 7.
const FLOWS: [(u32, DcbFlags); 5] = [
    (0x1, DcbFlags::OUT_X),
    (0x2, DcbFlags::IN_X),
    (0x4, DcbFlags::ERROR_CHAR),
    (0x8, DcbFlags::NULL),
    (0x8000_0000, DcbFlags::TX_CONTINUE_ON_XOFF),
];
const RTS_SHIFT: u32 = 6;
/// SERIAL_STATUS.Errors of CE_*.
const ERRORS: [(u32, u32); 5] =
    [(c::CE_BREAK, 0x1), (c::CE_FRAME, 0x2), (c::CE_OVERRUN, 0x4), (c::CE_RXOVER, 0x8), (c::CE_RXPARITY, 0x10)];
/// The modem control register: DTR, RTS, and the output that lets interrupts through.
const MODEM_DTR: u32 = 1;
const MODEM_RTS: u32 = 2;
const MODEM_OUT2: u32 = 8;

/// Does what the code says with the caller's input; `room` is that of the output.
pub fn control(grant: &Grant, code: u32, input: &[u8], room: usize) -> Result<Answer, Win32Error> {
    let fields = match code {
        IOCTL_SERIAL_GET_BAUD_RATE => Fields::default().u32(calls::state(grant)?.baud_rate),
        IOCTL_SERIAL_GET_LINE_CONTROL => {
            let dcb = calls::state(grant)?;
            Fields::default().bytes(&[dcb.stop_bits, dcb.parity, dcb.byte_size])
        }
        IOCTL_SERIAL_GET_CHARS => {
            let dcb = calls::state(grant)?;
            Fields::default().bytes(&[dcb.eof_char, dcb.error_char, 0, dcb.evt_char, dcb.xon_char, dcb.xoff_char])
        }
        IOCTL_SERIAL_GET_HANDFLOW => handshake(&calls::state(grant)?),
        IOCTL_SERIAL_GET_TIMEOUTS => timeouts(&calls::timeouts(grant)?),
        IOCTL_SERIAL_GET_WAIT_MASK => Fields::default().u32(calls::mask(grant)?),
        IOCTL_SERIAL_GET_MODEMSTATUS => Fields::default().u32(calls::modem_status(grant)?),
        IOCTL_SERIAL_GET_DTRRTS => Fields::default().u32(outputs(grant)?),
        IOCTL_SERIAL_GET_MODEM_CONTROL => Fields::default().u32(outputs(grant)? | MODEM_OUT2),
        IOCTL_SERIAL_GET_COMMSTATUS => status(calls::clear_error(grant)?),
        IOCTL_SERIAL_GET_PROPERTIES => properties(&calls::properties(grant)?),
        // Nothing but what the other codes say is to be set up.
        IOCTL_SERIAL_CONFIG_SIZE => calls::state(grant).map(|_| Fields::default().u32(0))?,
        _ => return change(grant, code, input).map(|()| Answer::default()),
    };
    let bytes = fields.done();
    if bytes.len() > room { Err(Win32Error::INSUFFICIENT_BUFFER) } else { Ok(Answer::whole(bytes)) }
}

/// The codes that answer nothing.
fn change(grant: &Grant, code: u32, input: &[u8]) -> Result<(), Win32Error> {
    match code {
        IOCTL_SERIAL_SET_BAUD_RATE => {
            let [baud_rate] = words(input)?;
            with_state(grant, |dcb| dcb.baud_rate = baud_rate)
        }
        IOCTL_SERIAL_SET_LINE_CONTROL => {
            let [stop_bits, parity, byte_size] = bytes(input)?;
            with_state(grant, |dcb| (dcb.stop_bits, dcb.parity, dcb.byte_size) = (stop_bits, parity, byte_size))
        }
        IOCTL_SERIAL_SET_CHARS => {
            let [eof, error, _, event, xon, xoff] = bytes(input)?;
            with_state(grant, |dcb| {
                (dcb.eof_char, dcb.error_char, dcb.evt_char) = (eof, error, event);
                (dcb.xon_char, dcb.xoff_char) = (xon, xoff);
            })
        }
        IOCTL_SERIAL_SET_HANDFLOW => set_handshake(grant, words(input)?),
        IOCTL_SERIAL_SET_TIMEOUTS => {
            let [gap, read_each, read, write_each, write] = words(input)?;
            let timeouts = CommTimeouts {
                read_interval_timeout: gap,
                read_total_timeout_multiplier: read_each,
                read_total_timeout_constant: read,
                write_total_timeout_multiplier: write_each,
                write_total_timeout_constant: write,
            };
            calls::set_timeouts(grant, &timeouts)
        }
        IOCTL_SERIAL_SET_QUEUE_SIZE => {
            let [incoming, outgoing] = words(input)?;
            calls::setup(grant, incoming, outgoing)
        }
        IOCTL_SERIAL_SET_WAIT_MASK => words(input).and_then(|[mask]| calls::set_mask(grant, mask)),
        IOCTL_SERIAL_PURGE => words(input).and_then(|[what]| calls::purge(grant, what)),
        IOCTL_SERIAL_IMMEDIATE_CHAR => bytes(input).and_then(|[byte]| calls::transmit_char(grant, byte)),
        IOCTL_SERIAL_LSRMST_INSERT => bytes(input).and_then(|[escape]| insert(grant, escape)),
        IOCTL_SERIAL_SET_MODEM_CONTROL => {
            let [lines] = words(input)?;
            ask(grant, |port| {
                port.act(|state, line, _, _| {
                    state.set_dtr(line, lines & MODEM_DTR != 0);
                    state.set_rts(line, lines & MODEM_RTS != 0);
                });
                Ok(())
            })
        }
        IOCTL_SERIAL_SET_BREAK_ON => calls::escape(grant, c::SETBREAK),
        IOCTL_SERIAL_SET_BREAK_OFF => calls::escape(grant, c::CLRBREAK),
        IOCTL_SERIAL_SET_DTR => calls::escape(grant, c::SETDTR),
        IOCTL_SERIAL_CLR_DTR => calls::escape(grant, c::CLRDTR),
        IOCTL_SERIAL_SET_RTS => calls::escape(grant, c::SETRTS),
        IOCTL_SERIAL_CLR_RTS => calls::escape(grant, c::CLRRTS),
        IOCTL_SERIAL_SET_XOFF => calls::escape(grant, c::SETXOFF),
        IOCTL_SERIAL_SET_XON => calls::escape(grant, c::SETXON),
        IOCTL_SERIAL_RESET_DEVICE => calls::escape(grant, c::RESETDEV),
        _ => Err(Win32Error::INVALID_FUNCTION),
    }
}

/// The first so many of the input.
fn bytes<const N: usize>(input: &[u8]) -> Result<[u8; N], Win32Error> {
    input.first_chunk().copied().ok_or(Win32Error::INSUFFICIENT_BUFFER)
}

/// The first so many numbers of the input.
fn words<const N: usize>(input: &[u8]) -> Result<[u32; N], Win32Error> {
    let (words, _) = input.as_chunks::<4>();
    let words: &[[u8; 4]; N] = words.first_chunk().ok_or(Win32Error::INSUFFICIENT_BUFFER)?;
    Ok(words.map(u32::from_ne_bytes))
}

fn with_state(grant: &Grant, change: impl FnOnce(&mut Dcb)) -> Result<(), Win32Error> {
    let mut dcb = calls::state(grant)?;
    change(&mut dcb);
    calls::set_state(grant, &dcb)
}

fn handshake(dcb: &Dcb) -> Fields {
    let of = |table: &[(u32, DcbFlags)]| {
        table.iter().filter(|(_, flag)| dcb.flags.contains(*flag)).fold(0, |all, (bit, _)| all | bit)
    };
    let fields =
        Fields::default().u32(of(&CONTROLS) | dcb.dtr_control()).u32(of(&FLOWS) | dcb.rts_control() << RTS_SHIFT);
    fields.u32(dcb.xon_lim.into()).u32(dcb.xoff_lim.into())
}

/// 87 for limits below 0 or beyond what a DCB holds.
fn set_handshake(grant: &Grant, [controls, flows, xon, xoff]: [u32; 4]) -> Result<(), Win32Error> {
    let limit = |limit: u32| u16::try_from(limit).map_err(|_| Win32Error::INVALID_PARAMETER);
    let (xon_lim, xoff_lim) = (limit(xon)?, limit(xoff)?);
    with_state(grant, |dcb| {
        for (word, table) in [(controls, &CONTROLS[..]), (flows, &FLOWS[..])] {
            table.iter().for_each(|(bit, flag)| dcb.flags.set(*flag, word & bit != 0));
        }
        dcb.set_dtr_control(controls);
        dcb.set_rts_control(flows >> RTS_SHIFT);
        (dcb.xon_lim, dcb.xoff_lim) = (xon_lim, xoff_lim);
    })
}

fn timeouts(of: &CommTimeouts) -> Fields {
    let read = Fields::default().u32(of.read_interval_timeout).u32(of.read_total_timeout_multiplier);
    let write = read.u32(of.read_total_timeout_constant).u32(of.write_total_timeout_multiplier);
    write.u32(of.write_total_timeout_constant)
}

/// SERIAL_STATUS, 20 bytes.
fn status((errors, stat): (u32, ComStat)) -> Fields {
    let errors = ERRORS.iter().filter(|(error, _)| errors & error != 0).fold(0, |all, (_, bit)| all | bit);
    // The reasons to wait have the places that COMSTAT gives them.
    let reasons = stat.flags.bits() & 0x1F;
    let fields = Fields::default().u32(errors).u32(reasons).u32(stat.in_queue).u32(stat.out_queue);
    let [eof, immediate] = [ComStatFlags::EOF, ComStatFlags::TXIM].map(|flag| u8::from(stat.flags.contains(flag)));
    fields.bytes(&[eof, immediate, 0, 0])
}

/// SERIAL_COMMPROP, which is laid out as COMMPROP.
fn properties(of: &CommProp) -> Fields {
    let fields = Fields::default().u16(of.packet_length).u16(of.packet_version).u32(of.service_mask).u32(of.reserved1);
    let fields = fields.u32(of.max_tx_queue).u32(of.max_rx_queue).u32(of.max_baud).u32(of.prov_sub_type);
    let fields = fields.u32(of.prov_capabilities).u32(of.settable_params).u32(of.settable_baud);
    let fields = fields.u16(of.settable_data).u16(of.settable_stop_parity);
    let fields = fields.u32(of.current_tx_queue).u32(of.current_rx_queue).u32(of.prov_spec1).u32(of.prov_spec2);
    fields.units(&of.prov_char).padded(size_of::<CommProp>())
}

/// Is DTR on (1), is RTS (2)?
fn outputs(grant: &Grant) -> Result<u32, Win32Error> {
    ask(grant, |port| Ok(port.look(|state| (u32::from(state.dtr) * MODEM_DTR) | (u32::from(state.rts) * MODEM_RTS))))
}

/// Line and modem status are told among what is received, behind this byte; not any more with 0. 87 for XON or XOFF while they mean something.
fn insert(grant: &Grant, escape: u8) -> Result<(), Win32Error> {
    ask(grant, |port| {
        port.act(|state, _, _, _| {
            let dcb = &state.settings.dcb;
            let flow = dcb.flags.intersects(DcbFlags::OUT_X | DcbFlags::IN_X);
            if escape != 0 && flow && [dcb.xon_char, dcb.xoff_char].contains(&escape) {
                return Err(Win32Error::INVALID_PARAMETER);
            }
            state.inserts = (escape != 0).then_some(Inserts { escape });
            Ok(())
        })
    })
}
