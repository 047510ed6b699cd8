//! Serial ports (contract 01 §5).

// Baud rates (§5.2); any other number is tried too.
consts! { u32;
    CBR_110 = 110 => "110 baud.";
    CBR_300 = 300 => "300 baud.";
    CBR_600 = 600 => "600 baud.";
    CBR_1200 = 1200 => "1,200 baud.";
    CBR_2400 = 2400 => "2,400 baud.";
    CBR_4800 = 4800 => "4,800 baud.";
    CBR_9600 = 9600 => "9,600 baud.";
    CBR_14400 = 14400 => "14,400 baud.";
    CBR_19200 = 19200 => "19,200 baud.";
    CBR_38400 = 38400 => "38,400 baud.";
    CBR_56000 = 56000 => "56,000 baud.";
    CBR_57600 = 57600 => "57,600 baud.";
    CBR_115200 = 115_200 => "115,200 baud.";
    CBR_128000 = 128_000 => "128,000 baud.";
    CBR_256000 = 256_000 => "256,000 baud.";
}

// Fields of a DCB (§5.2).
consts! { u32;
    DTR_CONTROL_DISABLE = 0 => "DTR off.";
    DTR_CONTROL_ENABLE = 1 => "DTR on.";
    DTR_CONTROL_HANDSHAKE = 2 => "DTR follows the input buffer.";
    RTS_CONTROL_DISABLE = 0 => "RTS off.";
    RTS_CONTROL_ENABLE = 1 => "RTS on.";
    RTS_CONTROL_HANDSHAKE = 2 => "RTS follows the input buffer.";
    RTS_CONTROL_TOGGLE = 3 => "RTS on while bytes wait to be sent.";
}

// Parity and stop bits of a DCB, one byte each (§5.2).
consts! { u8;
    NOPARITY = 0 => "No parity bit.";
    ODDPARITY = 1 => "Odd parity.";
    EVENPARITY = 2 => "Even parity.";
    MARKPARITY = 3 => "Parity bit always 1.";
    SPACEPARITY = 4 => "Parity bit always 0.";
    ONESTOPBIT = 0 => "One stop bit.";
    ONE5STOPBITS = 1 => "One and a half.";
    TWOSTOPBITS = 2 => "Two.";
}

// Timeouts (§5.4).
consts! { u32;
    MAXDWORD = 0xFFFF_FFFF => "In timeouts: return at once.";
}

// Events (§5.5).
consts! { u32;
    EV_RXCHAR = 0x1 => "A byte was received.";
    EV_RXFLAG = 0x2 => "`EvtChar` was received.";
    EV_TXEMPTY = 0x4 => "The last byte was sent.";
    EV_CTS = 0x8 => "CTS changed.";
    EV_DSR = 0x10 => "DSR changed.";
    EV_RLSD = 0x20 => "The carrier changed.";
    EV_BREAK = 0x40 => "A break was received.";
    EV_ERR = 0x80 => "A line error.";
    EV_RING = 0x100 => "Ringing.";
    EV_PERR = 0x200 => "A printer error.";
    EV_RX80FULL = 0x400 => "The input queue is four fifths full.";
    EV_EVENT1 = 0x800 => "The driver's own.";
    EV_EVENT2 = 0x1000 => "The driver's own.";
}

// PurgeComm, ClearCommError, EscapeCommFunction, GetCommModemStatus (§5.6).
consts! { u32;
    PURGE_TXABORT = 0x1 => "End pending writes.";
    PURGE_RXABORT = 0x2 => "End pending reads.";
    PURGE_TXCLEAR = 0x4 => "Discard output.";
    PURGE_RXCLEAR = 0x8 => "Discard input.";

    CE_RXOVER = 0x1 => "The input queue was full.";
    CE_OVERRUN = 0x2 => "A byte was lost in the hardware.";
    CE_RXPARITY = 0x4 => "Bad parity.";
    CE_FRAME = 0x8 => "Bad framing.";
    CE_BREAK = 0x10 => "A break.";
    CE_TXFULL = 0x100 => "The output queue was full.";
    CE_IOE = 0x400 => "An I/O error.";
    CE_MODE = 0x8000 => "An impossible mode.";

    SETXOFF = 1 => "Act as if XOFF had been received.";
    SETXON = 2 => "Act as if XON had been received.";
    SETRTS = 3 => "RTS on.";
    CLRRTS = 4 => "RTS off.";
    SETDTR = 5 => "DTR on.";
    CLRDTR = 6 => "DTR off.";
    RESETDEV = 7 => "Reset the device.";
    SETBREAK = 8 => "Start a break.";
    CLRBREAK = 9 => "End a break.";

    MS_CTS_ON = 0x10 => "CTS is on.";
    MS_DSR_ON = 0x20 => "DSR is on.";
    MS_RING_ON = 0x40 => "It rings.";
    MS_RLSD_ON = 0x80 => "The carrier is there.";
}

// Fields of a COMMPROP (§5.2).
consts! { u32;
    SP_SERIALCOMM = 0x1 => "The serial service.";
    PST_UNSPECIFIED = 0x0 => "Kind of port not told.";
    PST_RS232 = 0x1 => "An RS-232 port.";
    PST_PARALLELPORT = 0x2 => "A parallel port.";
    PST_MODEM = 0x6 => "A modem.";

    PCF_DTRDSR = 0x1 => "DTR and DSR.";
    PCF_RTSCTS = 0x2 => "RTS and CTS.";
    PCF_RLSD = 0x4 => "Carrier detection.";
    PCF_PARITY_CHECK = 0x8 => "Parity checking.";
    PCF_XONXOFF = 0x10 => "XON/XOFF.";
    PCF_SETXCHAR = 0x20 => "XON/XOFF characters can be chosen.";
    PCF_TOTALTIMEOUTS = 0x40 => "Total timeouts.";
    PCF_INTTIMEOUTS = 0x80 => "Interval timeouts.";
    PCF_SPECIALCHARS = 0x100 => "Special characters.";
    PCF_16BITMODE = 0x200 => "A 16-bit mode.";

    SP_PARITY = 0x1 => "Parity can be set.";
    SP_BAUD = 0x2 => "Baud rate can be set.";
    SP_DATABITS = 0x4 => "Data bits can be set.";
    SP_STOPBITS = 0x8 => "Stop bits can be set.";
    SP_HANDSHAKING = 0x10 => "Flow control can be set.";
    SP_PARITY_CHECK = 0x20 => "Parity checking can be set.";
    SP_RLSD = 0x40 => "Carrier detection can be set.";

    BAUD_075 = 0x1 => "75.";
    BAUD_110 = 0x2 => "110.";
    BAUD_134_5 = 0x4 => "134.5.";
    BAUD_150 = 0x8 => "150.";
    BAUD_300 = 0x10 => "300.";
    BAUD_600 = 0x20 => "600.";
    BAUD_1200 = 0x40 => "1,200.";
    BAUD_1800 = 0x80 => "1,800.";
    BAUD_2400 = 0x100 => "2,400.";
    BAUD_4800 = 0x200 => "4,800.";
    BAUD_7200 = 0x400 => "7,200.";
    BAUD_9600 = 0x800 => "9,600.";
    BAUD_14400 = 0x1000 => "14,400.";
    BAUD_19200 = 0x2000 => "19,200.";
    BAUD_38400 = 0x4000 => "38,400.";
    BAUD_56K = 0x8000 => "56,000.";
    BAUD_128K = 0x1_0000 => "128,000.";
    BAUD_115200 = 0x2_0000 => "115,200.";
    BAUD_57600 = 0x4_0000 => "57,600.";
    BAUD_USER = 0x1000_0000 => "Any other.";
}

// 16-bit fields of a COMMPROP (§5.2).
consts! { u16;
    DATABITS_5 = 0x1 => "5 data bits.";
    DATABITS_6 = 0x2 => "6 data bits.";
    DATABITS_7 = 0x4 => "7 data bits.";
    DATABITS_8 = 0x8 => "8 data bits.";
    DATABITS_16 = 0x10 => "16 data bits.";
    DATABITS_16X = 0x20 => "A wide path.";
    STOPBITS_10 = 0x1 => "1 stop bit.";
    STOPBITS_15 = 0x2 => "1.5 stop bits.";
    STOPBITS_20 = 0x4 => "2 stop bits.";
    PARITY_NONE = 0x100 => "No parity.";
    PARITY_ODD = 0x200 => "Odd parity.";
    PARITY_EVEN = 0x400 => "Even parity.";
    PARITY_MARK = 0x800 => "Mark parity.";
    PARITY_SPACE = 0x1000 => "Space parity.";
}
