package inspect

import "bytes"

// splitMbox cuts an mbox into its messages (RFC 4155, with mboxrd quoting). A
// file with one "From " line is an mbox of one message and keeps its plain name.
// A file that is no mbox is given back whole.
func splitMbox(raw []byte) (messages [][]byte, mbox bool) {
	if !bytes.HasPrefix(raw, []byte("From ")) || !isFromLine(firstLine(raw)) {
		return [][]byte{raw}, false
	}
	var starts []int
	for pos := 0; pos < len(raw); {
		if bytes.HasPrefix(raw[pos:], []byte("From ")) && isFromLine(firstLine(raw[pos:])) && (pos == 0 || emptyLineBefore(raw, pos)) {
			starts = append(starts, pos)
		}
		i := bytes.IndexByte(raw[pos:], '\n')
		if i < 0 {
			break
		}
		pos += i + 1
	}
	for i, s := range starts {
		end := len(raw)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		m := raw[s:end]
		if j := bytes.IndexByte(m, '\n'); j >= 0 {
			m = m[j+1:]
		}
		messages = append(messages, unquoteFrom(m))
	}
	return messages, len(messages) > 1
}

func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	return bytes.TrimRight(b, "\r")
}

// isFromLine asks for a time, so that a sentence that begins with From is none.
func isFromLine(l []byte) bool {
	if len(l) < 15 || len(l) > 500 {
		return false
	}
	colons := bytes.Count(l, []byte(":"))
	digits := 0
	for _, c := range l {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return colons >= 1 && digits >= 6
}

func emptyLineBefore(raw []byte, pos int) bool {
	before := raw[:pos]
	before = bytes.TrimSuffix(before, []byte("\n"))
	before = bytes.TrimSuffix(before, []byte("\r"))
	return len(before) == 0 || before[len(before)-1] == '\n'
}

// unquoteFrom takes one > from lines like ">From " and ">>From " (mboxrd).
func unquoteFrom(m []byte) []byte {
	if !bytes.Contains(m, []byte(">From ")) {
		return m
	}
	out := make([]byte, 0, len(m))
	for pos := 0; pos < len(m); {
		end := len(m)
		if i := bytes.IndexByte(m[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		l := m[pos:end]
		if bytes.HasPrefix(bytes.TrimLeft(l, ">"), []byte("From ")) && l[0] == '>' {
			l = l[1:]
		}
		out = append(out, l...)
		pos = end
	}
	return out
}
