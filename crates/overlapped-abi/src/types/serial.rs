//! Structures of serial ports (contract 01 §5).

use bitflags::bitflags;

bitflags! {
    /// The bit field of a [`Dcb`] (contract 01 §5.2). The two-bit fields have their own accessors.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    #[repr(transparent)]
    pub struct DcbFlags: u32 {
        /// `fBinary`: must be set.
        const BINARY = 1;
        /// `fParity`: parity checking.
        const PARITY = 1 << 1;
        /// `fOutxCtsFlow`: hold output while CTS is off.
        const OUTX_CTS_FLOW = 1 << 2;
        /// `fOutxDsrFlow`: hold output while DSR is off.
        const OUTX_DSR_FLOW = 1 << 3;
        /// `fDsrSensitivity`: ignore input while DSR is off.
        const DSR_SENSITIVITY = 1 << 6;
        /// `fTXContinueOnXoff`: keep sending after having sent XOFF.
        const TX_CONTINUE_ON_XOFF = 1 << 7;
        /// `fOutX`: XON/XOFF for output.
        const OUT_X = 1 << 8;
        /// `fInX`: XON/XOFF for input.
        const IN_X = 1 << 9;
        /// `fErrorChar`: replace bytes with bad parity.
        const ERROR_CHAR = 1 << 10;
        /// `fNull`: drop NUL bytes.
        const NULL = 1 << 11;
        /// `fAbortOnError`: a line error ends all requests.
        const ABORT_ON_ERROR = 1 << 14;

        // The two-bit fields and the unused bits are kept.
        const _ = !0;
    }
}

bitflags! {
    /// The bit field of a [`ComStat`] (contract 01 §5.6).
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    #[repr(transparent)]
    pub struct ComStatFlags: u32 {
        /// `fCtsHold`: output waits for CTS.
        const CTS_HOLD = 1;
        /// `fDsrHold`: output waits for DSR.
        const DSR_HOLD = 1 << 1;
        /// `fRlsdHold`: output waits for the carrier.
        const RLSD_HOLD = 1 << 2;
        /// `fXoffHold`: output waits because XOFF was received.
        const XOFF_HOLD = 1 << 3;
        /// `fXoffSent`: output waits because XOFF was sent.
        const XOFF_SENT = 1 << 4;
        /// `fEof`: the end-of-file character was received.
        const EOF = 1 << 5;
        /// `fTxim`: a character waits to be sent ahead.
        const TXIM = 1 << 6;

        const _ = !0;
    }
}

structs! {
    /// `DCB` (contract 01 §5.2): the settings of a serial port.
    pub struct Dcb: 28 {
        /// `DCBlength`: 28.
        pub length: u32,
        /// `BaudRate`.
        pub baud_rate: u32,
        /// The bit field from `fBinary` to `fDummy2`.
        pub flags: DcbFlags,
        /// `wReserved`.
        pub reserved: u16,
        /// `XonLim`: XON is sent when the input queue falls below this.
        pub xon_lim: u16,
        /// `XoffLim`: XOFF is sent when fewer bytes than this are free.
        pub xoff_lim: u16,
        /// `ByteSize`: 5 to 8 data bits.
        pub byte_size: u8,
        /// `Parity`: `NOPARITY` and so on.
        pub parity: u8,
        /// `StopBits`: `ONESTOPBIT` and so on.
        pub stop_bits: u8,
        /// `XonChar`.
        pub xon_char: u8,
        /// `XoffChar`.
        pub xoff_char: u8,
        /// `ErrorChar`: what replaces bytes with bad parity.
        pub error_char: u8,
        /// `EofChar`.
        pub eof_char: u8,
        /// `EvtChar`: the character of `EV_RXFLAG`.
        pub evt_char: u8,
        /// `wReserved1`.
        pub reserved1: u16,
    }

    /// `COMMTIMEOUTS` (contract 01 §5.4), in milliseconds.
    pub struct CommTimeouts: 20 {
        /// `ReadIntervalTimeout`: the longest gap between two bytes.
        pub read_interval_timeout: u32,
        /// `ReadTotalTimeoutMultiplier`: time for each byte asked for.
        pub read_total_timeout_multiplier: u32,
        /// `ReadTotalTimeoutConstant`: time for each read.
        pub read_total_timeout_constant: u32,
        /// `WriteTotalTimeoutMultiplier`: time for each byte to be written.
        pub write_total_timeout_multiplier: u32,
        /// `WriteTotalTimeoutConstant`: time for each write.
        pub write_total_timeout_constant: u32,
    }

    /// `COMSTAT` (contract 01 §5.6).
    pub struct ComStat: 12 {
        /// The bit field.
        pub flags: ComStatFlags,
        /// `cbInQue`: bytes received and not yet read.
        pub in_queue: u32,
        /// `cbOutQue`: bytes written and not yet sent.
        pub out_queue: u32,
    }

    /// `COMMPROP` (contract 01 §5.2): what a serial port can do.
    pub struct CommProp: 64 {
        /// `wPacketLength`: 64.
        pub packet_length: u16,
        /// `wPacketVersion`: 2.
        pub packet_version: u16,
        /// `dwServiceMask`: `SP_SERIALCOMM`.
        pub service_mask: u32,
        /// `dwReserved1`.
        pub reserved1: u32,
        /// `dwMaxTxQueue`: 0 for no limit.
        pub max_tx_queue: u32,
        /// `dwMaxRxQueue`: 0 for no limit.
        pub max_rx_queue: u32,
        /// `dwMaxBaud`: `BAUD_*`.
        pub max_baud: u32,
        /// `dwProvSubType`: `PST_*`.
        pub prov_sub_type: u32,
        /// `dwProvCapabilities`: `PCF_*`.
        pub prov_capabilities: u32,
        /// `dwSettableParams`: `SP_*`.
        pub settable_params: u32,
        /// `dwSettableBaud`: `BAUD_*`.
        pub settable_baud: u32,
        /// `wSettableData`: `DATABITS_*`.
        pub settable_data: u16,
        /// `wSettableStopParity`: `STOPBITS_*` and `PARITY_*`.
        pub settable_stop_parity: u16,
        /// `dwCurrentTxQueue`.
        pub current_tx_queue: u32,
        /// `dwCurrentRxQueue`.
        pub current_rx_queue: u32,
        /// `dwProvSpec1`.
        pub prov_spec1: u32,
        /// `dwProvSpec2`.
        pub prov_spec2: u32,
        /// `wcProvChar`.
        pub prov_char: [u16; 1],
    }

    /// `COMMCONFIG` (contract 01 §5.2).
    pub struct CommConfig: 52 {
        /// `dwSize`: 52.
        pub size: u32,
        /// `wVersion`: 1.
        pub version: u16,
        /// `wReserved`.
        pub reserved: u16,
        /// `dcb`.
        pub dcb: Dcb,
        /// `dwProviderSubType`: `PST_*`.
        pub provider_sub_type: u32,
        /// `dwProviderOffset`.
        pub provider_offset: u32,
        /// `dwProviderSize`.
        pub provider_size: u32,
        /// `wcProviderData`.
        pub provider_data: [u16; 1],
    }
}

impl Dcb {
    const DTR_SHIFT: u32 = 4;
    const RTS_SHIFT: u32 = 12;

    /// `fDtrControl`: `DTR_CONTROL_*`.
    #[must_use]
    pub const fn dtr_control(&self) -> u32 {
        self.flags.bits() >> Self::DTR_SHIFT & 3
    }

    /// Sets `fDtrControl`.
    pub const fn set_dtr_control(&mut self, control: u32) {
        self.set_two_bits(Self::DTR_SHIFT, control);
    }

    /// `fRtsControl`: `RTS_CONTROL_*`.
    #[must_use]
    pub const fn rts_control(&self) -> u32 {
        self.flags.bits() >> Self::RTS_SHIFT & 3
    }

    /// Sets `fRtsControl`.
    pub const fn set_rts_control(&mut self, control: u32) {
        self.set_two_bits(Self::RTS_SHIFT, control);
    }

    const fn set_two_bits(&mut self, shift: u32, value: u32) {
        let kept = self.flags.bits() & !(3 << shift);
        self.flags = DcbFlags::from_bits_retain(kept | (value & 3) << shift);
    }
}
