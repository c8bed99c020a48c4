package scan

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"hearback/tickets/fault"
)

// The reasons why a file was not scanned, in words for the page beside the file.
const (
	reasonDown     = "The virus scanner could not be reached"
	reasonDropped  = "The virus scanner broke off"
	reasonSlow     = "The virus scanner took too long"
	reasonStrange  = "The virus scanner gave an answer that we do not understand"
	reasonFailed   = "The virus scanner could not read this file"
	reasonTooLarge = "The file is too large for the virus scanner"
	reasonPart     = "The file could not be read from the email"
)

const (
	chunkBytes  = 64 << 10
	maxAnswer   = 4 << 10 // an answer holds a signature's name and no more
	maxShown    = 200
	limitsFound = "Heuristics.Limits.Exceeded" // AlertExceedsMax of clamd.conf(5): not read to the end
)

// Scan reads r to its end and says what clamd thinks of it. The result always
// has a verdict. An error comes with NotScanned only and means that the same
// file may be asked about again: fault.Temporary when the scanner was down,
// slow or strange, fault.Internal when r could not be read. A file that is too
// large is NotScanned without an error: asking again would not help.
func (s *Scanner) Scan(ctx context.Context, r io.Reader) (Result, error) {
	conn, done, err := s.dial(ctx)
	if err != nil {
		return notScanned(err)
	}
	defer done()
	whole, sendErr := s.send(conn, r)
	switch {
	case errors.Is(sendErr, errTooLarge):
		return Result{NotScanned, reasonTooLarge}, nil
	case fault.KindOf(sendErr) == fault.Internal && sendErr != nil:
		return notScanned(sendErr)
	}
	// clamd answers and closes in the middle of a file that is above its limit:
	// the write fails, and the answer that says why may still be there to read.
	text, err := answer(conn)
	if err != nil {
		if sendErr != nil {
			err = sendErr
		}
		return notScanned(err)
	}
	return judge(text, whole)
}

var errTooLarge = errors.New("larger than MaxBytes")

// send writes the command and the file. whole is true when the last chunk, of
// no length, was written too.
func (s *Scanner) send(conn net.Conn, r io.Reader) (whole bool, err error) {
	w := bufio.NewWriterSize(conn, chunkBytes+16)
	_, _ = w.WriteString("zINSTREAM\x00") // bufio keeps the error for Flush
	buf := make([]byte, chunkBytes)
	for sent := int64(0); ; {
		n, readErr := fill(r, buf)
		if sent += int64(n); sent > s.max {
			return false, errTooLarge
		}
		if n > 0 {
			var head [4]byte
			binary.BigEndian.PutUint32(head[:], uint32(n)) //nolint:gosec // at most chunkBytes
			_, _ = w.Write(head[:])
			if _, err := w.Write(buf[:n]); err != nil {
				return false, broken(err)
			}
		}
		switch {
		case errors.Is(readErr, io.EOF):
			_, _ = w.Write([]byte{0, 0, 0, 0})
			if err := w.Flush(); err != nil {
				return false, broken(err)
			}
			return true, nil
		case readErr != nil:
			return false, fault.Wrap(fault.Internal, reasonPart, readErr)
		}
	}
}

// fill is io.ReadFull but for one thing: the ErrUnexpectedEOF of a reader that
// decodes a cut-off file stays an error, or half a file would pass for all of it.
func fill(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	return n, err
}

// answer reads one answer up to its NUL. Half an answer is none.
func answer(conn net.Conn) (string, error) {
	r := bufio.NewReaderSize(io.LimitReader(conn, maxAnswer), maxAnswer)
	text, err := r.ReadString(0)
	switch {
	case err == nil:
		return strings.TrimSpace(strings.TrimSuffix(text, "\x00")), nil
	case errors.Is(err, io.EOF) && text != "":
		return "", unreadable(text)
	}
	return "", broken(err)
}

// judge reads clamd's answer to INSTREAM (clamd(8)): "stream: OK",
// "stream: NAME FOUND" or "... ERROR".
func judge(text string, whole bool) (Result, error) {
	said, isStream := strings.CutPrefix(text, "stream: ")
	name, found := strings.CutSuffix(said, " FOUND")
	name = strings.TrimSpace(name)
	switch {
	case isStream && said == "OK" && whole:
		return Result{Verdict: Clean}, nil
	case isStream && found && strings.HasPrefix(name, limitsFound):
		return Result{NotScanned, reasonTooLarge}, nil
	case isStream && found && name != "":
		return Result{Infected, printable(name, maxShown)}, nil
	case strings.HasPrefix(text, "INSTREAM size limit exceeded"):
		return Result{NotScanned, reasonTooLarge}, nil
	case strings.HasSuffix(text, "ERROR"):
		return notScanned(fault.Wrap(fault.Temporary, reasonFailed, fmt.Errorf("clamd answered %q", printable(text, maxShown))))
	}
	return notScanned(unreadable(text))
}

func notScanned(err error) (Result, error) {
	return Result{NotScanned, fault.SafeText(err)}, err
}

func unreadable(text string) error {
	return fault.Wrap(fault.Temporary, reasonStrange, fmt.Errorf("clamd answered %q", printable(text, maxShown)))
}

func broken(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fault.Wrap(fault.Temporary, reasonSlow, err)
	}
	return fault.Wrap(fault.Temporary, reasonDropped, err)
}

// printable keeps what may stand on a page and in a log: names of signatures
// are plain ASCII, and anything else came from something that is not clamd.
func printable(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	if len(s) > most {
		s = s[:most]
	}
	return s
}
