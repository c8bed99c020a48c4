package letter

import (
	"bytes"
	"mime"
	"strings"

	"hearback/mailbox/guard"
)

// field is one header field, unfolded.
type field struct {
	name string
	raw  string // as it stands, unfolded: addresses are read from it
	text string // with encoded words decoded
}

// readFields reads the header block. A field twice that may stand once (RFC 5322
// section 3.6) is refused: programs differ about which one they show.
func readFields(raw []byte) ([]field, error) {
	end := bytes.Index(raw, []byte("\r\n\r\n"))
	if end < 0 {
		return nil, refuse(guard.RuleHeaderInjection, "no end of the header")
	}
	var out []field
	for _, line := range strings.Split(string(raw[:end]), "\r\n") {
		if line != "" && (line[0] == ' ' || line[0] == '\t') {
			if len(out) == 0 || strings.TrimSpace(line) == "" {
				return nil, refuse(guard.RuleHeaderInjection, "a line that continues nothing")
			}
			out[len(out)-1].raw += line
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || !fieldName(name) {
			return nil, refuse(guard.RuleHeaderInjection, "a header line without a name")
		}
		out = append(out, field{name: name, raw: value})
	}
	seen := map[string]bool{}
	for i := range out {
		f := &out[i]
		f.raw = strings.TrimSpace(f.raw)
		f.text = decode(f.raw)
		low := strings.ToLower(f.name)
		if seen[low] && once(low) {
			return nil, refuse(guard.RuleHeaderInjection, "a field twice")
		}
		seen[low] = true
	}
	return out, nil
}

// fieldName is ftext of RFC 5322 section 3.6.8.
func fieldName(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return s != ""
}

func once(name string) bool {
	switch name {
	case "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references",
		"mime-version", "content-type", "content-transfer-encoding", "content-disposition", "auto-submitted":
		return true
	}
	return false
}

// decode decodes encoded words; what cannot be decoded stays as it is, so that
// the rules see something in any case.
func decode(s string) string {
	var d mime.WordDecoder
	if out, err := d.DecodeHeader(s); err == nil {
		return out
	}
	return s
}
