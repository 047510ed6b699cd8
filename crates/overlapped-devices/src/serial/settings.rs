//! The settings of a port: what a DCB may say, and what it says at first (contract 01 §5.2, §5.4).

use overlapped_abi::constants::serial as c;
use overlapped_abi::{CommConfig, CommProp, CommTimeouts, Dcb, DcbFlags, Win32Error};

/// Bytes of a queue that nobody has asked to be larger.
pub(super) const QUEUE: usize = 4096;
/// No queue becomes larger than this, whatever is asked for.
const LARGEST_QUEUE: usize = 1 << 24;

/// What stays when a port is closed, for its next user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub dcb: Dcb,
    pub timeouts: CommTimeouts,
}

impl Settings {
    /// Those of a port that nobody has used yet.
    pub fn fresh() -> Self {
        Self { dcb: default_dcb(), timeouts: CommTimeouts::default() }
    }
}

/// 9600 baud, 8 data bits, no parity, 1 stop bit, no flow control; DTR and RTS on.
#[must_use]
pub fn default_dcb() -> Dcb {
    let mut dcb = Dcb {
        length: size_of::<Dcb>() as u32,
        baud_rate: c::CBR_9600,
        flags: DcbFlags::BINARY,
        xon_lim: (QUEUE / 2) as u16,
        xoff_lim: (QUEUE / 8) as u16,
        byte_size: 8,
        parity: c::NOPARITY,
        stop_bits: c::ONESTOPBIT,
        xon_char: 0x11,
        xoff_char: 0x13,
        ..Dcb::default()
    };
    dcb.set_dtr_control(c::DTR_CONTROL_ENABLE);
    dcb.set_rts_control(c::RTS_CONTROL_ENABLE);
    dcb
}

/// The DCB as it is kept, or 87 if no line could be like that, or if it asks for another mode than the binary one.
pub(super) fn checked(dcb: &Dcb) -> Result<Dcb, Win32Error> {
    let stop_bits_fit = match dcb.stop_bits {
        c::ONESTOPBIT => true,
        c::ONE5STOPBITS => dcb.byte_size == 5,
        c::TWOSTOPBITS => dcb.byte_size != 5,
        _ => false,
    };
    let possible = dcb.flags.contains(DcbFlags::BINARY)
        && dcb.baud_rate != 0
        && (5..=8).contains(&dcb.byte_size)
        && dcb.parity <= c::SPACEPARITY
        && stop_bits_fit
        && dcb.xon_char != dcb.xoff_char
        && dcb.dtr_control() <= c::DTR_CONTROL_HANDSHAKE;
    if !possible {
        return Err(Win32Error::INVALID_PARAMETER);
    }
    Ok(Dcb { length: size_of::<Dcb>() as u32, ..*dcb })
}

/// The size of a queue after somebody has recommended one: they only grow.
pub(super) fn queue_size(now: usize, wanted: u32) -> usize {
    now.max((wanted as usize).min(LARGEST_QUEUE))
}

/// GetCommProperties: what every port here can do, with queues of these sizes.
pub(super) fn properties(in_queue: usize, out_queue: usize) -> CommProp {
    CommProp {
        packet_length: size_of::<CommProp>() as u16,
        packet_version: 2,
        service_mask: c::SP_SERIALCOMM,
        max_baud: c::BAUD_USER,
        prov_sub_type: c::PST_RS232,
        prov_capabilities: c::PCF_DTRDSR
            | c::PCF_RTSCTS
            | c::PCF_RLSD
            | c::PCF_PARITY_CHECK
            | c::PCF_XONXOFF
            | c::PCF_SETXCHAR
            | c::PCF_TOTALTIMEOUTS
            | c::PCF_INTTIMEOUTS
            | c::PCF_SPECIALCHARS,
        settable_params: c::SP_PARITY
            | c::SP_BAUD
            | c::SP_DATABITS
            | c::SP_STOPBITS
            | c::SP_HANDSHAKING
            | c::SP_PARITY_CHECK
            | c::SP_RLSD,
        // Every rate from 75 to 115,200, and any other number.
        settable_baud: 0x7FFFF | c::BAUD_USER,
        settable_data: c::DATABITS_5 | c::DATABITS_6 | c::DATABITS_7 | c::DATABITS_8,
        settable_stop_parity: c::STOPBITS_10
            | c::STOPBITS_15
            | c::STOPBITS_20
            | c::PARITY_NONE
            | c::PARITY_ODD
            | c::PARITY_EVEN
            | c::PARITY_MARK
            | c::PARITY_SPACE,
        current_tx_queue: out_queue as u32,
        current_rx_queue: in_queue as u32,
        ..CommProp::default()
    }
}

/// A COMMCONFIG without provider data.
pub(super) fn config(dcb: Dcb) -> CommConfig {
    CommConfig {
        size: size_of::<CommConfig>() as u32,
        version: 1,
        dcb,
        provider_sub_type: c::PST_RS232,
        ..CommConfig::default()
    }
}

/// SetCommTimeouts: 87 for the combination that has no meaning.
pub(crate) fn checked_timeouts(timeouts: &CommTimeouts) -> Result<CommTimeouts, Win32Error> {
    let reads =
        [timeouts.read_interval_timeout, timeouts.read_total_timeout_multiplier, timeouts.read_total_timeout_constant];
    if reads == [c::MAXDWORD; 3] { Err(Win32Error::INVALID_PARAMETER) } else { Ok(*timeouts) }
}

/// How long one byte takes on the line, in nanoseconds.
pub(super) fn byte_time(dcb: &Dcb) -> u64 {
    let half_bits = 2 * (1 + u64::from(dcb.byte_size) + u64::from(dcb.parity != c::NOPARITY))
        + match dcb.stop_bits {
            c::ONESTOPBIT => 2,
            c::ONE5STOPBITS => 3,
            _ => 4,
        };
    half_bits * 500_000_000 / u64::from(dcb.baud_rate.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(change: impl FnOnce(&mut Dcb)) -> Result<Dcb, Win32Error> {
        let mut dcb = default_dcb();
        change(&mut dcb);
        checked(&dcb)
    }

    #[test]
    fn impossible_settings_are_87_01_5_2() {
        let refused = Err(Win32Error::INVALID_PARAMETER);
        assert_eq!(with(|dcb| dcb.byte_size = 255), refused);
        assert_eq!(with(|dcb| dcb.byte_size = 4), refused);
        assert_eq!(with(|dcb| dcb.byte_size = 9), refused);
        assert_eq!(with(|dcb| dcb.xoff_char = dcb.xon_char), refused);
        assert_eq!(with(|dcb| (dcb.byte_size, dcb.stop_bits) = (5, c::TWOSTOPBITS)), refused);
        for size in 6..=8 {
            assert_eq!(with(|dcb| (dcb.byte_size, dcb.stop_bits) = (size, c::ONE5STOPBITS)), refused);
        }
        assert_eq!(with(|dcb| dcb.parity = 5), refused);
        assert_eq!(with(|dcb| dcb.stop_bits = 3), refused);
        assert_eq!(with(|dcb| dcb.baud_rate = 0), refused);
        assert_eq!(with(|dcb| dcb.set_dtr_control(3)), refused);
        assert_eq!(with(|dcb| dcb.flags -= DcbFlags::BINARY), refused, "there is no other mode");
    }

    #[test]
    fn possible_settings_are_kept_01_5_2() {
        assert!(with(|dcb| (dcb.byte_size, dcb.stop_bits) = (5, c::ONE5STOPBITS)).is_ok());
        assert!(with(|dcb| (dcb.byte_size, dcb.stop_bits) = (7, c::TWOSTOPBITS)).is_ok());
        let odd = with(|dcb| (dcb.baud_rate, dcb.flags, dcb.length) = (31_250, DcbFlags::BINARY, 0)).unwrap();
        assert_eq!((odd.baud_rate, odd.length, odd.flags), (31_250, 28, DcbFlags::BINARY));
    }

    #[test]
    fn a_byte_takes_its_bits_01_5_2() {
        let mut dcb = default_dcb();
        assert_eq!(byte_time(&dcb), 10 * 1_000_000_000 / 9600);
        (dcb.byte_size, dcb.parity, dcb.stop_bits) = (7, c::EVENPARITY, c::TWOSTOPBITS);
        assert_eq!(byte_time(&dcb), 11 * 1_000_000_000 / 9600);
    }
}
