#!/usr/bin/env python3
"""jpki_card.py - a software stand-in for the JPKI application of a My Number card.

It plays the *card* side of vsmartcard's "vpcd" virtual reader: it connects to
the TCP port that libifdvpcd opens inside pcscd, answers the card commands that
OpenSC's stock `jpki` driver sends, and so lets the complete real path

    application -> PKCS#11 (opensc-pkcs11.so) -> PC/SC (pcscd) -> card

be exercised on a machine that has neither a reader nor a card.  Only test
certificates and test keys may be loaded: the keys lie in plain files and the
RSA arithmetic here is not protected against side channels.

Only the Python standard library is used (3.8 or newer).

    jpki_card.py --sign-key s.key --sign-cert s.crt --sign-ca sca.crt \
                 --auth-key a.key --auth-cert a.crt --auth-ca aca.crt \
                 --sign-pin ABC123 --auth-pin 1234 --state card.json

What is modelled (elementary files are two bytes, "EF"):

    EF 0001  signature certificate          readable after the sign PIN only
    EF 0002  its CA certificate             always readable
    EF 000A  user-authentication certificate   always readable
    EF 000B  its CA certificate             always readable
    EF 0006  token information, 160 bytes   always readable
    EF 0008  which certificates are present always readable
    EF 001A / 001B   signature key / PIN    (5 tries, 6 to 16 of A-Z 0-9)
    EF 0017 / 0018   authentication key / PIN   (3 tries, 4 digits)

    SELECT           00 A4 04 0C  by application id,  00 A4 02 0C  by EF id
    READ BINARY      00 B0 <15-bit offset> Le     or  00 B0 <80|EF> <offset> Le
    VERIFY           00 20 00 80 [PIN]            no PIN: asks for the tries left, 63Cx
    COMPUTE DIGITAL SIGNATURE   80 2A P1 80 <data> 00
                     P1 00: pads <data> as it is (OpenSC sends a DigestInfo)
                     P1 02: <data> is a SHA-256 hash     P1 03: hashes <data> itself

P2 80 means "the selected EF"; 80|EF (EF 01 to 1E) names one without selecting.
Not modelled: PSS (P1 04 and 05), extended length, secure messaging, changing a
PIN, and the card's other applications.

Security status: PIN success is kept per PIN and dropped on power-off, on reset
and when the application is selected anew.  The retry counters survive all of
that, and with --state also a restart of this program.  A PIN that is locked
stays locked (a real card has to be taken to a municipal counter or kiosk; here
use --reset-tries).

Signals: SIGUSR1 pulls the card out of the reader, or puts it back in.
         SIGINT / SIGTERM end the program.
"""

import argparse
import base64
import hashlib
import json
import logging
import os
import signal
import socket
import struct
import sys
import time

log = logging.getLogger("jpki_card")

# ---------------------------------------------------------------- constants --

JPKI_AID = bytes.fromhex("D392F000260100000001")

# T=1 ATR that OpenSC's jpki driver lists.  It carries no secret and no serial.
DEFAULT_ATR = bytes.fromhex("3BE000FF8131FE4514")

# ISO/IEC 7816-4 status words used below.
SW_OK = 0x9000
SW_WRONG_LENGTH = 0x6700
SW_SECURITY_NOT_SATISFIED = 0x6982
SW_PIN_BLOCKED = 0x6983
SW_CONDITIONS = 0x6985
SW_NO_CURRENT_EF = 0x6986
SW_WRONG_DATA = 0x6A80
SW_FILE_NOT_FOUND = 0x6A82
SW_WRONG_P1P2 = 0x6A86
SW_WRONG_OFFSET = 0x6B00
SW_INS_UNKNOWN = 0x6D00
SW_CLA_UNKNOWN = 0x6E00

# DER of DigestInfo for SHA-256, up to the 32 bytes of the hash.
SHA256_DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420")


# ------------------------------------------------------- PEM, DER, RSA bits --

def load_pem_or_der(path):
    """Return the DER bytes of the first PEM block in `path`, or the file itself."""
    with open(path, "rb") as handle:
        raw = handle.read()
    if b"-----BEGIN" not in raw:
        return raw
    body, inside = [], False
    for line in raw.decode("ascii", "replace").splitlines():
        if line.startswith("-----BEGIN"):
            inside = True
        elif line.startswith("-----END"):
            break
        elif inside:
            body.append(line.strip())
    return base64.b64decode("".join(body))


def der_item(data, at=0):
    """Decode one DER tag-length-value; return (tag, contents, index after it)."""
    tag, length, at = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[at:at + count], "big")
        at += count
    if at + length > len(data):
        raise ValueError("truncated DER")
    return tag, data[at:at + length], at + length


def der_children(contents):
    """Split the contents of a SEQUENCE into a list of (tag, contents)."""
    items, at = [], 0
    while at < len(contents):
        tag, value, at = der_item(contents, at)
        items.append((tag, value))
    return items


class RsaKey:
    """An RSA private key read from a PKCS#1 or (unencrypted) PKCS#8 file."""

    def __init__(self, path):
        tag, body, _ = der_item(load_pem_or_der(path))
        if tag != 0x30:
            raise ValueError("%s: not a private key" % path)
        parts = der_children(body)
        if parts[1][0] == 0x30:                      # PKCS#8: version, alg, OCTET STRING
            parts = der_children(der_item(parts[2][1])[1])
        numbers = [int.from_bytes(value, "big") for _, value in parts[1:9]]
        if len(numbers) != 8:
            raise ValueError("%s: not an RSA private key" % path)
        (self.n, self.e, self.d, self.p, self.q,
         self.dp, self.dq, self.qinv) = numbers
        self.size = (self.n.bit_length() + 7) // 8

    def sign_pkcs1_v15(self, digest_info):
        """Pad as EMSA-PKCS1-v1_5 (block type 1) and apply the private key."""
        fill = self.size - 3 - len(digest_info)
        if fill < 8:
            raise ValueError("input too long for the key")
        block = b"\x00\x01" + b"\xff" * fill + b"\x00" + digest_info
        m = int.from_bytes(block, "big")
        m1, m2 = pow(m % self.p, self.dp, self.p), pow(m % self.q, self.dq, self.q)
        s = m2 + self.q * ((self.qinv * (m1 - m2)) % self.p)
        if pow(s, self.e, self.n) != m:              # wrong key file, or a fault
            raise ValueError("key self-check failed")
        return s.to_bytes(self.size, "big")


def public_modulus_of_cert(der):
    """Find the RSA modulus in an X.509 certificate (to catch a wrong key file)."""
    fields = der_children(der_children(der_item(der)[1])[0][1])
    index = 6 if fields[0][0] == 0xA0 else 5         # [0] version is optional
    bits = der_children(fields[index][1])[1][1][1:]  # BIT STRING without pad count
    return int.from_bytes(der_children(der_item(bits)[1])[0][1], "big")


def looks_like_digest_info(data):
    """True for SEQUENCE { SEQUENCE { OID, ... }, OCTET STRING } with no slack."""
    try:
        tag, body, end = der_item(data)
        (alg_tag, alg), (hash_tag, _) = der_children(body)
        return (tag == 0x30 and end == len(data) and alg_tag == 0x30
                and der_item(alg)[0] == 0x06 and hash_tag == 0x04)
    except (ValueError, IndexError):
        return False


# ------------------------------------------------------------ the card model --

class Pin:
    """A PIN with a retry counter."""

    def __init__(self, name, value, max_tries):
        self.name, self.value, self.max_tries = name, value.encode("ascii"), max_tries
        self.tries = max_tries
        self.verified = False

    def status(self):
        return 0x63C0 | self.tries

    def verify(self, candidate):
        if self.tries == 0:
            self.verified = False
            return SW_PIN_BLOCKED
        if candidate == self.value:
            self.tries, self.verified = self.max_tries, True
            return SW_OK
        self.tries -= 1
        self.verified = False
        return self.status()


class Key:
    """A private key that may be used while `pin` is verified."""

    def __init__(self, name, rsa, pin):
        self.name, self.rsa, self.pin = name, rsa, pin


class Data:
    """A transparent file; `pin` None means that it may always be read."""

    def __init__(self, name, content, pin=None):
        self.name, self.content, self.pin = name, content, pin


class JpkiCard:
    """The card: turns a command APDU into a response APDU."""

    def __init__(self, files, pins, atr=DEFAULT_ATR, state_path=None,
                 strict=False, fail_sign=None, stranger=False):
        self.files, self.pins, self.atr = files, pins, atr
        self.state_path, self.strict, self.fail_sign = state_path, strict, fail_sign
        self.stranger = stranger
        self.in_application = False
        self.current = None
        self._load_state()

    # -- retry counters that outlive a restart

    def _load_state(self):
        if not self.state_path or not os.path.exists(self.state_path):
            return
        with open(self.state_path) as handle:
            tries = json.load(handle)
        for pin in self.pins:
            pin.tries = min(pin.max_tries, max(0, int(tries.get(pin.name, pin.max_tries))))

    def save_state(self):
        if not self.state_path:
            return
        scratch = self.state_path + ".new"
        with open(scratch, "w") as handle:
            json.dump({pin.name: pin.tries for pin in self.pins}, handle)
        os.replace(scratch, self.state_path)

    # -- power and selection

    def reset(self):
        self.in_application = False
        self._drop_security_status()

    def _drop_security_status(self):
        self.current = None
        for pin in self.pins:
            pin.verified = False

    # -- command dispatch

    def command(self, apdu):
        """Answer one short command APDU; never raises."""
        try:
            body, sw = self._dispatch(apdu)
        except Exception:                            # a card never crashes the reader
            log.exception("internal error")
            body, sw = b"", 0x6F00
        return body + struct.pack(">H", sw)

    def _dispatch(self, apdu):
        if len(apdu) < 4:
            return b"", SW_WRONG_LENGTH
        cla, ins, p1, p2 = apdu[:4]
        rest = apdu[4:]
        if not rest:
            data, le = b"", None                     # case 1
        elif len(rest) == 1:
            data, le = b"", rest[0] or 256           # case 2
        elif rest[0] == 0:
            return b"", SW_WRONG_LENGTH              # extended length: not offered
        elif len(rest) == 1 + rest[0]:
            data, le = rest[1:], None                # case 3
        elif len(rest) == 2 + rest[0]:
            data, le = rest[1:-1], rest[-1] or 256   # case 4
        else:
            return b"", SW_WRONG_LENGTH

        if (cla, ins) == (0x00, 0xA4):
            return self._select(p1, p2, data)
        if (cla, ins) == (0x00, 0xB0):
            return self._read_binary(p1, p2, le)
        if (cla, ins) == (0x00, 0x20):
            return self._verify(p1, p2, data)
        if (cla, ins) == (0x80, 0x2A):
            return self._sign(p1, p2, data, le)
        return b"", SW_CLA_UNKNOWN if cla not in (0x00, 0x80) else SW_INS_UNKNOWN

    def _select(self, p1, p2, data):
        if p1 == 0x04:
            if data != JPKI_AID or self.stranger:
                return b"", SW_FILE_NOT_FOUND
            self.in_application = True
            self._drop_security_status()
            return b"", SW_OK
        if p1 == 0x02 and p2 == 0x0C and len(data) == 2:
            if not self.in_application:
                return b"", SW_FILE_NOT_FOUND
            found = self.files.get(int.from_bytes(data, "big"))
            if found is None:
                return b"", SW_FILE_NOT_FOUND
            self.current = found
            return b"", SW_OK
        return b"", SW_WRONG_P1P2

    def _target(self, short_id):
        """The EF with that short identifier, or the selected one for 0; selects it."""
        if short_id:
            if not self.in_application:
                return None
            self.current = self.files.get(short_id)
        return self.current

    def _read_binary(self, p1, p2, le):
        if p1 & 0x80:
            if p1 & 0x60:
                return b"", SW_WRONG_P1P2
            target, offset = self._target(p1 & 0x1F), p2
        else:
            target, offset = self.current, p1 << 8 | p2
        if not isinstance(target, Data):
            return b"", SW_NO_CURRENT_EF
        if target.pin and not target.pin.verified:
            return b"", SW_SECURITY_NOT_SATISFIED
        if offset >= len(target.content):
            return b"", SW_WRONG_OFFSET
        return target.content[offset:offset + (le or 256)], SW_OK

    def _verify(self, p1, p2, data):
        if p1 or p2 & 0xE0 != 0x80:
            return b"", SW_WRONG_P1P2
        pin = self._target(p2 & 0x1F)
        if not isinstance(pin, Pin):
            return b"", SW_CONDITIONS
        if not data:
            return b"", pin.status()
        sw = pin.verify(data)
        self.save_state()
        log.info("VERIFY %s PIN: %04X, %d of %d tries left",
                 pin.name, sw, pin.tries, pin.max_tries)
        return b"", sw

    def _sign(self, p1, p2, data, le):
        if p1 not in (0, 2, 3) or p2 & 0xE0 != 0x80:
            return b"", SW_WRONG_P1P2
        key = self._target(p2 & 0x1F)
        if not isinstance(key, Key):
            return b"", SW_CONDITIONS
        if not key.pin.verified:
            return b"", SW_SECURITY_NOT_SATISFIED
        if not data or le is None or le < key.rsa.size:
            return b"", SW_WRONG_LENGTH
        if p1 == 2 and len(data) != 32:
            return b"", SW_CONDITIONS
        if p1:
            digest = data if p1 == 2 else hashlib.sha256(data).digest()
            data = SHA256_DIGEST_INFO + digest
        if len(data) > key.rsa.size - 11:
            return b"", SW_WRONG_LENGTH
        if self.strict and not looks_like_digest_info(data):
            return b"", SW_WRONG_DATA
        if self.fail_sign:
            return b"", self.fail_sign
        started = time.monotonic()
        signature = key.rsa.sign_pkcs1_v15(data)
        log.info("SIGN with the %s key over %d bytes, %.1f ms",
                 key.name, len(data), 1000 * (time.monotonic() - started))
        return signature, SW_OK


# ---------------------------------------------------- the virtual reader side --

class Reader:
    """Speaks vpcd's framing: a two-byte big-endian length, then that many bytes.

    A frame of one byte is a control code; every longer frame is an APDU.
    Only the "give me the ATR" code and APDUs are answered.
    """

    POWER_OFF, POWER_ON, RESET, GET_ATR = 0, 1, 2, 4

    def __init__(self, card, host, port, delay_ms=0):
        self.card, self.address, self.delay = card, (host, port), delay_ms / 1000.0
        self.inserted = True
        self.stopping = False
        self.sock = None

    # -- signal handlers

    def toggle(self, *_):
        self.inserted = not self.inserted
        log.info("card %s", "inserted" if self.inserted else "removed")
        if not self.inserted:
            self._hang_up()

    def stop(self, *_):
        self.stopping = True
        self._hang_up()

    def _hang_up(self):
        if self.sock:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    # -- transport

    def _receive(self, count):
        # vpcd writes the length and the APDU separately; unless the length is
        # acknowledged at once, Nagle's algorithm holds the APDU back for 40 ms.
        chunks = b""
        while len(chunks) < count:
            if hasattr(socket, "TCP_QUICKACK"):
                self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            piece = self.sock.recv(count - len(chunks))
            if not piece:
                raise ConnectionError("reader closed the connection")
            chunks += piece
        return chunks

    def _send(self, payload):
        self.sock.sendall(struct.pack(">H", len(payload)) + payload)

    def serve(self, trace=False):
        """Stay connected to the reader; connect again whenever it comes back."""
        told = False
        while not self.stopping:
            if not self.inserted:
                time.sleep(0.1)
                continue
            try:
                self.sock = socket.create_connection(self.address, timeout=5)
                self.sock.settimeout(None)
                self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                if not told:
                    log.info("waiting for the reader at %s:%d (%s)", *self.address, error)
                    told = True
                time.sleep(0.2)
                continue
            told = False
            log.info("connected to the reader at %s:%d", *self.address)
            self.card.reset()
            try:
                self._serve_connection(trace)
            except OSError as error:
                if not self.stopping:
                    log.info("%s", error)
            finally:
                self.sock.close()
                self.sock = None

    def _serve_connection(self, trace):
        while True:
            frame = self._receive(struct.unpack(">H", self._receive(2))[0])
            if len(frame) == 1:
                if frame[0] == self.GET_ATR:
                    self._send(self.card.atr)
                else:
                    log.debug("control code %d", frame[0])
                    self.card.reset()
                continue
            if trace:
                log.debug("> %s", hide_pin(frame))
            if self.delay:
                time.sleep(self.delay)
            answer = self.card.command(frame)
            if trace:
                log.debug("< %s", answer.hex())
            self._send(answer)


def hide_pin(apdu):
    """A command as hex, with the PIN of a VERIFY left out."""
    if len(apdu) > 5 and apdu[1] == 0x20:
        return apdu[:5].hex() + " <%d bytes of PIN>" % (len(apdu) - 5)
    return apdu.hex()


# ------------------------------------------------------------------- program --

def build_card(args):
    sign_pin = Pin("sign", args.sign_pin, 5)
    auth_pin = Pin("auth", args.auth_pin, 3)
    files = {0x0006: Data("token information", b"JPKIAPICCTOKEN2".ljust(96) + bytes(64)),
             0x0008: Data("certificates present", b"\x8F\x8F\x00"),
             0x001B: sign_pin, 0x0018: auth_pin}
    for label, key_id, cert_id, ca_id, pin, cert_pin, key_path, cert_path, ca_path in (
            ("signature", 0x001A, 0x0001, 0x0002, sign_pin, sign_pin,
             args.sign_key, args.sign_cert, args.sign_ca),
            ("authentication", 0x0017, 0x000A, 0x000B, auth_pin, None,
             args.auth_key, args.auth_cert, args.auth_ca)):
        rsa, cert = RsaKey(key_path), load_pem_or_der(cert_path)
        if public_modulus_of_cert(cert) != rsa.n:
            raise ValueError("the %s key does not belong to %s" % (label, cert_path))
        files[key_id] = Key(label, rsa, pin)
        files[cert_id] = Data(label + " certificate", cert, cert_pin)
        files[ca_id] = Data(label + " CA certificate", load_pem_or_der(ca_path))
    return JpkiCard(files, [sign_pin, auth_pin], bytes.fromhex(args.atr), args.state,
                    args.strict_digest_info, int(args.fail_sign or "0", 16), args.stranger)


def sign_pin_value(text):
    if not 6 <= len(text) <= 16 or not all(c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" for c in text):
        raise argparse.ArgumentTypeError("6 to 16 characters of A-Z and 0-9")
    return text


def auth_pin_value(text):
    if len(text) != 4 or not all(c in "0123456789" for c in text):
        raise argparse.ArgumentTypeError("4 digits")
    return text


def main():
    parser = argparse.ArgumentParser(
        description="Software JPKI card for vsmartcard's virtual reader (tests only).")
    for who in ("sign", "auth"):
        parser.add_argument("--%s-key" % who, required=True, help="RSA private key, PEM or DER, not encrypted")
        parser.add_argument("--%s-cert" % who, required=True, help="end-entity certificate, PEM or DER")
        parser.add_argument("--%s-ca" % who, required=True, help="CA certificate, PEM or DER")
    parser.add_argument("--sign-pin", type=sign_pin_value, default="ABC123")
    parser.add_argument("--auth-pin", type=auth_pin_value, default="1234")
    parser.add_argument("--state", help="JSON file that keeps the retry counters")
    parser.add_argument("--reset-tries", action="store_true", help="set the retry counters to full first")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=35963,
                        help="35963 is the first virtual reader, 35964 the second")
    parser.add_argument("--atr", default=DEFAULT_ATR.hex(), help="answer to reset, hex")
    parser.add_argument("--strict-digest-info", action="store_true",
                        help="refuse to sign anything that is not a DER DigestInfo")
    parser.add_argument("--delay-ms", type=int, default=0, help="wait before each answer (a real card is slow)")
    parser.add_argument("--fail-sign", metavar="SW", help="answer every signature command with this status word")
    parser.add_argument("--stranger", action="store_true", help="be a card that has no JPKI application")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="twice: show the APDUs (PINs hidden)")
    args = parser.parse_args()
    logging.basicConfig(level=logging.DEBUG if args.verbose else logging.INFO,
                        format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        card = build_card(args)
    except (OSError, ValueError, IndexError) as error:
        parser.exit(2, "jpki_card.py: %s\n" % error)
    if args.reset_tries:
        for pin in card.pins:
            pin.tries = pin.max_tries
        card.save_state()
    reader = Reader(card, args.host, args.port, args.delay_ms)
    signal.signal(signal.SIGUSR1, reader.toggle)
    signal.signal(signal.SIGTERM, reader.stop)
    signal.signal(signal.SIGINT, reader.stop)
    reader.serve(trace=args.verbose > 1)


if __name__ == "__main__":
    main()
