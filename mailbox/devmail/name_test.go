package devmail

import (
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFileNameRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		flags := cleanFlags(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) imap.Flag {
			if rapid.Bool().Draw(t, "system") {
				return rapid.SampledFrom(systemFlags()).Draw(t, "flag")
			}
			return imap.Flag(rapid.StringMatching(`[!-~]{1,10}`).Draw(t, "keyword"))
		}), 0, 4).Draw(t, "flags"))
		want := &message{
			uid: imap.UID(rapid.Uint32Range(1, 1<<32-1).Draw(t, "uid")), date: rapid.Int64().Draw(t, "date"),
			size: rapid.Int64Min(0).Draw(t, "size"), flags: flags,
		}
		name, err := fileName(want.uid, want.date, want.size, flags)
		if err != nil {
			t.Skip(err)
		}
		want.file = name
		if len(name) > 255 || strings.ContainsAny(name, "/\x00") {
			t.Fatalf("not a path element: %q", name)
		}
		got, ok := parseFileName(name)
		if !ok {
			t.Fatalf("%q cannot be read", name)
		}
		if got.uid != want.uid || got.date != want.date || got.size != want.size || !cmp.Equal(got.flags, want.flags) {
			t.Fatalf("%q: %+v, want %+v", name, got, want)
		}
	})
}

func TestDirNameIsOnePathElement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		if s == "" {
			return
		}
		name := dirName(s)
		if name == "" || len(name) > maxDirName || name[0] == '.' || strings.ContainsFunc(name, func(r rune) bool { return r == '/' || r == '\\' || r < ' ' || r > '~' }) {
			t.Fatalf("dirName(%q) = %q", s, name)
		}
		if back, ok := unescape(name); len(name) < maxDirName-60 && (!ok || back != s) {
			t.Fatalf("unescape(%q) = %q, %v", name, back, ok)
		}
	})
}

func TestParseFileNameRefuses(t *testing.T) {
	for _, name := range []string{
		"", "meta.json", "1.2.3.S", "0.2.3.S.eml", "x.2.3.S.eml", "1.x.3.S.eml", "1.2.-3.S.eml", "1.2.3.Q.eml",
		"1.2.3.S+.eml", "1.2.3.S+=4.eml", "1.2.3.S.eml.damaged", "4294967296.2.3..eml",
	} {
		if m, ok := parseFileName(name); ok {
			t.Errorf("%q: %+v", name, m)
		}
	}
}

func TestMatchFolder(t *testing.T) {
	for _, c := range []struct {
		name, pattern string
		want          bool
	}{
		{"INBOX", "*", true},
		{"INBOX", "%", true},
		{"INBOX", "inbox", true},
		{"a/b/c", "%", false},
		{"a/b/c", "a/%", false},
		{"a/b/c", "a/*", true},
		{"a/b/c", "a/%/c", true},
		{"a/b/c", "*c", true},
		{"a/b/c", "a/b", false},
		{"a/b", "a/b/c", false},
		{"a", "", false},
		{"abc", "a%%**c", true},
		{"abd", "a%%**c", false},
		{strings.Repeat("a", 200), strings.Repeat("*a", 400) + "b", false},
	} {
		if got := matchFolder(c.name, c.pattern); got != c.want {
			t.Errorf("matchFolder(%q, %.20q) = %v", c.name, c.pattern, got)
		}
	}
}
