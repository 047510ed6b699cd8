//! BuildCommDCB: the two ways to describe a port in a line of text (contract 01 §5.3), as a function of the text alone.
//!
//! `9600,n,8,1,x` says everything, by position; `baud=9600 parity=n` says some of it, by name. Either may begin with the
//! port's name. Nothing is changed unless all of the text is understood.

use overlapped_abi::constants::serial as c;
use overlapped_abi::{CommTimeouts, Dcb, DcbFlags, Win32Error};

/// `to=on`: a write takes no longer than this, in milliseconds.
const WRITE_LIMIT: u32 = 60_000;

/// What a definition has come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Definition {
    /// The DCB that was given, with what the text names changed.
    pub dcb: Dcb,
    /// The timeouts, if the text says something of them.
    pub timeouts: Option<CommTimeouts>,
}

/// Reads a definition, which changes the fields of `dcb` that it names. `has_port` says whether there is a serial port of this
/// number.
///
/// # Errors
/// 87 for what is no definition, or of a port that is not there.
pub fn parse(text: &str, dcb: &Dcb, has_port: impl Fn(u32) -> bool) -> Result<Definition, Win32Error> {
    let read = after_port(text, has_port).and_then(|text| {
        let dcb = *dcb;
        if text.contains(',') { by_position(text, dcb) } else { by_name(text, dcb) }
    });
    read.ok_or(Win32Error::INVALID_PARAMETER)
}

/// What follows the name of a port, if the text begins with one.
fn after_port(text: &str, has_port: impl Fn(u32) -> bool) -> Option<&str> {
    let Some(name) = text.get(..3).filter(|name| name.eq_ignore_ascii_case("com")) else { return Some(text) };
    let digits = &text[name.len()..];
    let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
    let (number, rest) = digits.split_at(end);
    let number = number.parse().ok().filter(|&number| number > 0 && has_port(number))?;
    debug_assert!(number > 0);
    let after_blanks = rest.trim_start_matches(' ');
    match after_blanks.strip_prefix(':') {
        Some(rest) => Some(rest.trim_start_matches(' ')),
        // A blank is enough to end the name.
        None if after_blanks.len() < rest.len() => Some(after_blanks),
        None => None,
    }
}

fn parity(text: &str) -> Option<u8> {
    let all =
        [("n", c::NOPARITY), ("o", c::ODDPARITY), ("e", c::EVENPARITY), ("m", c::MARKPARITY), ("s", c::SPACEPARITY)];
    all.into_iter().find(|(name, _)| text.eq_ignore_ascii_case(name)).map(|(_, parity)| parity)
}

fn data_bits(text: &str) -> Option<u8> {
    match text {
        "5" => Some(5),
        "6" => Some(6),
        "7" => Some(7),
        "8" => Some(8),
        _ => None,
    }
}

fn stop_bits(text: &str) -> Option<u8> {
    match text {
        "1" => Some(c::ONESTOPBIT),
        "1.5" => Some(c::ONE5STOPBITS),
        "2" => Some(c::TWOSTOPBITS),
        _ => None,
    }
}

/// Digits and nothing else.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// The rates that are written with two digits.
fn abbreviated(rate: u32) -> u32 {
    match rate {
        11 => 110,
        15 => 150,
        30 => 300,
        60 => 600,
        12 => 1200,
        24 => 2400,
        48 => 4800,
        96 => 9600,
        19 => 19_200,
        other => other,
    }
}

/// `baud,parity,data,stop[,x|,p]`.
fn by_position(text: &str, mut dcb: Dcb) -> Option<Definition> {
    if text.starts_with(' ') {
        return None;
    }
    let mut fields = text.split(',').map(|field| field.trim_matches(' '));
    dcb.baud_rate = abbreviated(number(fields.next()?)?);
    dcb.parity = parity(fields.next()?)?;
    dcb.byte_size = data_bits(fields.next()?)?;
    dcb.stop_bits = stop_bits(fields.next()?)?;
    let (by_chars, by_lines) = match fields.next() {
        None => (false, false),
        Some(suffix) if suffix.eq_ignore_ascii_case("x") => (true, false),
        Some(suffix) if suffix.eq_ignore_ascii_case("p") => (false, true),
        Some(_) => return None,
    };
    if fields.next().is_some() {
        return None;
    }
    dcb.flags.set(DcbFlags::IN_X | DcbFlags::OUT_X, by_chars);
    dcb.flags.set(DcbFlags::OUTX_CTS_FLOW | DcbFlags::OUTX_DSR_FLOW, by_lines);
    dcb.set_dtr_control(if by_lines { c::DTR_CONTROL_HANDSHAKE } else { c::DTR_CONTROL_ENABLE });
    dcb.set_rts_control(if by_lines { c::RTS_CONTROL_HANDSHAKE } else { c::RTS_CONTROL_ENABLE });
    Some(Definition { dcb, timeouts: None })
}

fn is_on(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("on") { Some(true) } else { text.eq_ignore_ascii_case("off").then_some(false) }
}

/// `key=value` pairs with blanks between them.
fn by_name(text: &str, mut dcb: Dcb) -> Option<Definition> {
    if text.starts_with(' ') || text.is_empty() {
        return None;
    }
    dcb.stop_bits = c::ONESTOPBIT;
    let mut timeouts = None;
    for pair in text.split(' ').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=')?;
        set(&mut dcb, &mut timeouts, &key.to_ascii_lowercase(), value)?;
    }
    Some(Definition { dcb, timeouts })
}

fn set(dcb: &mut Dcb, timeouts: &mut Option<CommTimeouts>, key: &str, value: &str) -> Option<()> {
    let mut flag = |flags: DcbFlags| is_on(value).map(|on| dcb.flags.set(flags, on));
    match key {
        "xon" => flag(DcbFlags::IN_X | DcbFlags::OUT_X)?,
        "odsr" => flag(DcbFlags::OUTX_DSR_FLOW)?,
        "octs" => flag(DcbFlags::OUTX_CTS_FLOW)?,
        "idsr" => flag(DcbFlags::DSR_SENSITIVITY)?,
        "baud" => dcb.baud_rate = number(value)?,
        "parity" => dcb.parity = parity(value)?,
        "data" => dcb.byte_size = data_bits(value)?,
        "stop" => dcb.stop_bits = stop_bits(value)?,
        "dtr" if value.eq_ignore_ascii_case("hs") => dcb.set_dtr_control(c::DTR_CONTROL_HANDSHAKE),
        "dtr" => dcb.set_dtr_control(u32::from(is_on(value)?)),
        "rts" if value.eq_ignore_ascii_case("hs") => dcb.set_rts_control(c::RTS_CONTROL_HANDSHAKE),
        "rts" if value.eq_ignore_ascii_case("tg") => dcb.set_rts_control(c::RTS_CONTROL_TOGGLE),
        "rts" => dcb.set_rts_control(u32::from(is_on(value)?)),
        "to" => {
            let write_total_timeout_constant = if is_on(value)? { WRITE_LIMIT } else { 0 };
            *timeouts = Some(CommTimeouts { write_total_timeout_constant, ..CommTimeouts::default() });
        }
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests;
