package archive

import (
	"bytes"
	"net/mail"
	"strings"
	"time"
)

// headerBytes is how much of a header is looked at for its dates.
const headerBytes = 256 << 10

// header collects the first lines of a mail, up to the empty line.
type header struct {
	b    bytes.Buffer
	done bool
}

// add takes the next line or a piece of one.
func (h *header) add(line []byte, atStart bool) {
	if h.done {
		return
	}
	if atStart && isBlank(line) && h.b.Len() > 0 || h.b.Len()+len(line) > headerBytes {
		h.done = true
		return
	}
	h.b.Write(line)
}

func isBlank(line []byte) bool { return len(bytes.TrimRight(line, "\r\n")) == 0 }

// received is when the mail arrived: what our own server, whose Received is the
// topmost (RFC 5321 section 4.4), wrote; else what the sender says. The zero time
// when neither can be believed: unreadable, older than Internet mail, or after
// now. The result is in UTC, in whole seconds.
func (h *header) received(now time.Time) time.Time {
	var route, sent time.Time
	seen := false
	for _, f := range h.fields() {
		name, value, _ := strings.Cut(f, ":")
		switch strings.ToLower(strings.TrimRight(name, " \t")) {
		case "received":
			if !seen {
				seen = true
				if i := strings.LastIndexByte(value, ';'); i >= 0 {
					route = readDate(value[i+1:])
				}
			}
		case "date":
			if sent.IsZero() {
				sent = readDate(value)
			}
		}
	}
	for _, t := range []time.Time{route, sent} {
		if believable(t, now) {
			return t.UTC().Truncate(time.Second)
		}
	}
	return time.Time{}
}

// believable allows a day for clocks that are wrong.
func believable(t, now time.Time) bool {
	return t.Year() >= 1980 && t.Before(now.Add(24*time.Hour))
}

// fields gives the header's fields, unfolded (RFC 5322 section 2.2.3).
func (h *header) fields() []string {
	var out []string
	for line := range strings.SplitSeq(h.b.String(), "\n") {
		line = strings.TrimRight(line, "\r")
		if line == "" {
			continue
		}
		if (line[0] == ' ' || line[0] == '\t') && len(out) > 0 {
			out[len(out)-1] += line
			continue
		}
		out = append(out, line)
	}
	return out
}

// readDate reads a date of a header; the zero time when it is none.
func readDate(s string) time.Time {
	s = strings.Join(strings.Fields(s), " ")
	if t, err := mail.ParseDate(s); err == nil {
		return t
	}
	for _, layout := range []string{
		time.RFC3339, time.ANSIC, "Mon Jan 2 15:04:05 -0700 2006", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05",
		"Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// envelopeDate is the time on an mbox's From line, when the mail was put there.
func envelopeDate(line []byte) time.Time {
	words := strings.Fields(string(line))
	for i := 2; i < len(words); i++ {
		if t := readDate(strings.Join(words[i:], " ")); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
