package devmail

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// maxDirName leaves room for a suffix below the 255 octets of common file
// systems.
const maxDirName = 200

// maxFlagName bounds the flags in a file name, for the same reason.
const maxFlagName = 160

// errFlags says that a message's keywords do not fit into its file name.
var errFlags = errors.New("devmail: the keywords of this message are too long")

// dirName makes a name that is one safe path element on every file system:
// letters, digits and a few signs stay, every other byte becomes =XX, a
// leading dot too. A name that grows too long is cut and ends in its digest.
func dirName(s string) string {
	out := escape(s, ".-_@+")
	if strings.HasPrefix(out, ".") {
		out = "=2E" + out[1:]
	}
	if len(out) > maxDirName {
		sum := sha256.Sum256([]byte(s))
		out = out[:maxDirName-50] + "=H" + hex.EncodeToString(sum[:16])
	}
	return out
}

// escape keeps ASCII letters, digits and the bytes of keep.
func escape(s, keep string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}

// unescape undoes escape; ok is false for what escape cannot have made.
func unescape(s string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '=' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", false
		}
		n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			return "", false
		}
		b.WriteByte(byte(n))
		i += 2
	}
	return b.String(), true
}

// fileName is the name of a message's file: UID, internal date in Unix
// seconds, size in octets, flags. System flags are the letters of Maildir
// (D draft, F flagged, R answered, S seen, T deleted); each keyword follows a
// plus sign.
func fileName(uid imap.UID, date, size int64, flags []imap.Flag) (string, error) {
	var letters, words strings.Builder
	for _, f := range flags {
		if l := flagLetter(f); l != 0 {
			letters.WriteByte(l)
		} else {
			words.WriteString("+" + escape(string(f), "$-_"))
		}
	}
	if letters.Len()+words.Len() > maxFlagName {
		return "", errFlags
	}
	return fmt.Sprintf("%010d.%d.%d.%s%s.eml", uid, date, size, letters.String(), words.String()), nil
}

// parseFileName reads what fileName wrote.
func parseFileName(name string) (*message, bool) {
	p := strings.Split(name, ".")
	if len(p) != 5 || p[4] != "eml" {
		return &message{}, false
	}
	uid, errUID := strconv.ParseUint(p[0], 10, 32)
	date, errDate := strconv.ParseInt(p[1], 10, 64)
	size, errSize := strconv.ParseInt(p[2], 10, 64)
	if errUID != nil || errDate != nil || errSize != nil || uid == 0 || size < 0 {
		return &message{}, false
	}
	letters, words, keywords := strings.Cut(p[3], "+")
	var flags []imap.Flag
	for i := range len(letters) {
		f := letterFlag(letters[i])
		if f == "" {
			return &message{}, false
		}
		flags = append(flags, f)
	}
	if keywords {
		for w := range strings.SplitSeq(words, "+") {
			f, ok := unescape(w)
			if !ok || f == "" {
				return &message{}, false
			}
			flags = append(flags, imap.Flag(f))
		}
	}
	return &message{uid: imap.UID(uid), date: date, size: size, flags: cleanFlags(flags), file: name}, true
}

func flagLetter(f imap.Flag) byte {
	switch f {
	case imap.FlagDraft:
		return 'D'
	case imap.FlagFlagged:
		return 'F'
	case imap.FlagAnswered:
		return 'R'
	case imap.FlagSeen:
		return 'S'
	case imap.FlagDeleted:
		return 'T'
	}
	return 0
}

func letterFlag(l byte) imap.Flag {
	switch l {
	case 'D':
		return imap.FlagDraft
	case 'F':
		return imap.FlagFlagged
	case 'R':
		return imap.FlagAnswered
	case 'S':
		return imap.FlagSeen
	case 'T':
		return imap.FlagDeleted
	}
	return ""
}

// systemFlags are the flags that every folder knows (RFC 9051 section 2.3.2).
func systemFlags() []imap.Flag {
	return []imap.Flag{imap.FlagAnswered, imap.FlagDeleted, imap.FlagDraft, imap.FlagFlagged, imap.FlagSeen}
}

// cleanFlags sorts flags, takes doubles out and drops what no client may set:
// \Recent, \* and backslash names that RFC 9051 does not define.
func cleanFlags(flags []imap.Flag) []imap.Flag {
	out := make([]imap.Flag, 0, len(flags))
	for _, f := range flags {
		if strings.HasPrefix(string(f), `\`) {
			i := slices.IndexFunc(systemFlags(), func(s imap.Flag) bool { return strings.EqualFold(string(s), string(f)) })
			if i < 0 {
				continue
			}
			f = systemFlags()[i]
		}
		if f != "" && !hasFlag(out, f) {
			out = append(out, f)
		}
	}
	slices.Sort(out)
	return out
}

// hasFlag compares without regard to letter case, as keywords are compared.
func hasFlag(flags []imap.Flag, f imap.Flag) bool {
	return slices.ContainsFunc(flags, func(g imap.Flag) bool { return strings.EqualFold(string(g), string(f)) })
}
