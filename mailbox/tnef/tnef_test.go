package tnef_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"hearback/mailbox/tnef"
)

func le32(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) } //nolint:gosec // small

// attribute writes one attribute with its checksum.
func attribute(level byte, id int, data []byte) []byte {
	sum := uint16(0)
	for _, c := range data {
		sum += uint16(c)
	}
	out := append([]byte{level}, le32(id)...)
	out = append(append(out, le32(len(data))...), data...)
	return binary.LittleEndian.AppendUint16(out, sum)
}

// property writes a property of variable length.
func property(kind, id int, data []byte) []byte {
	out := le32(id<<16 | kind)
	out = append(append(out, le32(1)...), le32(len(data))...)
	out = append(out, data...)
	return append(out, make([]byte, (4-len(data)%4)%4)...)
}

func properties(list ...[]byte) []byte {
	return append(le32(len(list)), bytes.Join(list, nil)...)
}

func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s + "\x00")) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

func stored(rtf string) []byte {
	out := append(le32(len(rtf)+12), le32(len(rtf))...)
	return append(append(append(out, "MELA"...), 0, 0, 0, 0), rtf...)
}

func packet(attributes ...[]byte) []byte {
	out := append([]byte(tnef.Signature), 1, 0)
	out = append(out, attribute(1, 0x00089006, le32(0x10000))...)
	out = append(out, attribute(1, 0x00069007, append(le32(1252), le32(0)...))...)
	out = append(out, attribute(1, 0x00078008, []byte("IPM.Microsoft Mail.Note\x00"))...)
	return append(out, bytes.Join(attributes, nil)...)
}

func file(name string, data string, props ...[]byte) []byte {
	out := attribute(2, 0x00069002, append([]byte{1, 0, 0xff, 0xff, 0xff, 0xff}, make([]byte, 8)...))
	out = append(out, attribute(2, 0x00018010, []byte(name+"\x00"))...)
	out = append(out, attribute(2, 0x0006800F, []byte(data))...)
	if len(props) > 0 {
		out = append(out, attribute(2, 0x00069005, properties(props...))...)
	}
	return out
}

func TestOpen(t *testing.T) {
	named := append(le32(0x8000<<16|0x001E), make([]byte, 16)...) // a named property between those that matter
	named = append(named, le32(1)...)
	named = append(append(named, le32(6)...), 'a', 0, 'b', 0, 0, 0, 0, 0)
	named = append(append(append(named, le32(1)...), le32(3)...), 'x', 'y', 0, 0)
	raw := packet(
		attribute(1, 0x00018004, []byte("Taxi\x00")),
		attribute(1, 0x0002800C, []byte("The taxi did not come.\x00")),
		attribute(1, 0x00069003, properties(named, property(0x0102, 0x1013, []byte("<p>The taxi</p>")), property(0x0102, 0x1009, stored(`{\rtf1 The taxi}`)))),
		file("LETTER~1.PDF", "%PDF-1", property(0x001F, 0x3707, wide("Letter to Nádia.pdf")), property(0x001E, 0x370E, []byte("application/pdf\x00")), property(0x001E, 0x3712, []byte("img1\x00"))),
		file("photo.jpg", "first"), file("photo.jpg", "second"), file("../../x.sh", "third"),
	)
	p, err := tnef.Open(raw)
	if err != nil {
		t.Fatal(err)
	}
	if p.Damaged || p.Subject != "Taxi" || p.Class != "IPM.Microsoft Mail.Note" || p.Codepage != 1252 {
		t.Errorf("got %+v", p)
	}
	if string(p.Text) != "The taxi did not come." || string(p.HTML) != "<p>The taxi</p>" || string(p.RTF) != `{\rtf1 The taxi}` {
		t.Errorf("texts: %q %q %q", p.Text, p.HTML, p.RTF)
	}
	want := []string{"Letter to Nádia.pdf=%PDF-1", "photo.jpg=first", "photo.jpg=second", "../../x.sh=third"}
	for i, f := range p.Files {
		if got := f.Name + "=" + string(f.Data); i >= len(want) || got != want[i] {
			t.Errorf("file %d: %q", i, got)
		}
	}
	if len(p.Files) != 4 || p.Files[0].Type != "application/pdf" || p.Files[0].ContentID != "img1" {
		t.Errorf("files: %+v", p.Files)
	}
}

func TestOpenAttachedMail(t *testing.T) {
	inner := packet(attribute(1, 0x00018004, []byte("Report\x00")), attribute(1, 0x0002800C, []byte("See the report.\x00")), file("report.txt", "words"))
	object := append(make([]byte, 16), inner...)
	raw := packet(attribute(2, 0x00069002, make([]byte, 14)), attribute(2, 0x00069005, properties(property(0x000D, 0x3701, object), property(0x001E, 0x3001, []byte("Report\x00")))))
	p, err := tnef.Open(raw)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Files) != 2 || p.Files[0].Name != "Report.txt" || string(p.Files[0].Data) != "See the report." || p.Files[1].Name != "report.txt" || string(p.Files[1].Data) != "words" {
		t.Errorf("got %+v", p.Files)
	}
}

func TestOpenDamaged(t *testing.T) {
	if _, err := tnef.Open([]byte("PK\x03\x04 no packet")); err == nil {
		t.Error("want an error")
	}
	raw := packet(file("a.txt", "first"), file("b.txt", "the second file, which is cut off"))
	p, err := tnef.Open(raw[:len(raw)-20])
	if err != nil || !p.Damaged {
		t.Fatalf("got %+v, %v", p, err)
	}
	if len(p.Files) != 2 || string(p.Files[0].Data) != "first" || !strings.HasPrefix(string(p.Files[1].Data), "the second") {
		t.Errorf("got %+v", p.Files)
	}
	for i := range raw { // no cut and no wrong length may stop it
		if _, err := tnef.Open(raw[:i]); err != nil && i >= 6 {
			t.Fatalf("cut at %d: %v", i, err)
		}
		bad := bytes.Clone(raw)
		bad[i] ^= 0xff
		_, _ = tnef.Open(bad)
	}
}

// The example of [MS-OXRTFCP] section 4.1.
func TestDecompress(t *testing.T) {
	b, err := hex.DecodeString("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
	if err != nil {
		t.Fatal(err)
	}
	got, ok := tnef.Decompress(b)
	if want := "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"; !ok || string(got) != want {
		t.Errorf("got %q, %v", got, ok)
	}
	text, _ := tnef.ReadRTF(got)
	if text != "hello world" {
		t.Errorf("got %q", text)
	}
}

func TestReadRTF(t *testing.T) {
	cases := map[string]struct{ rtf, text, html string }{
		"paragraphs": {`{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\colortbl;\red0\green0\blue0;}\pard Dear team,\par The taxi\tab did not come.\par}`, "Dear team,\nThe taxi\tdid not come.", ""},
		"letters":    {`{\rtf1\ansi\ansicpg1250 N\'e1dia \u321?\'f3d\'9f \u-10179?\u-8704?}`, "Nádia Łódź 😀", ""},
		"pictures":   {`{\rtf1 before{\pict\pngblip 89504e47}{\*\unknown words}after}`, "beforeafter", ""},
		"of HTML":    {`{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Dear team,\htmlrtf\par}\htmlrtf0{\*\htmltag72 </p>}}`, "", "<p>Dear team,</p>"},
		"binary":     {"{\\rtf1 a\\bin3 {{{b}", "ab", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			text, html := tnef.ReadRTF([]byte(c.rtf))
			if text != c.text || html != c.html {
				t.Errorf("got %q, %q", text, html)
			}
		})
	}
}

// TestSameAsYtnef compares with the usual tool, where names are such that it
// loses nothing.
func TestSameAsYtnef(t *testing.T) {
	tool, err := exec.LookPath("ytnef")
	if err != nil {
		t.Skip("ytnef is not installed (Debian: ytnef-tools, Ubuntu: ytnef-tools); nothing to compare with")
	}
	raw := packet(
		attribute(1, 0x00018004, []byte("Taxi\x00")),
		attribute(1, 0x00069003, properties(property(0x0102, 0x1013, []byte("<p>The taxi</p>")))),
		file("letter.txt", "the first"), file("PHOTO~1.JPG", "the second", property(0x001E, 0x3707, []byte("photo-of-the-bus.jpg\x00"))),
	)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "winmail.dat"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.CommandContext(t.Context(), tool, "-H", "-f", out, in).CombinedOutput(); len(said) == 0 { // its exit status is 255 also when all went well
		t.Fatalf("ytnef: %v", err)
	}
	p, err := tnef.Open(raw)
	if err != nil {
		t.Fatal(err)
	}
	ours := map[string]string{"Taxi.html": string(p.HTML)}
	for _, f := range p.Files {
		ours[f.Name] = string(f.Data)
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		theirs, err := os.ReadFile(filepath.Join(out, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := ours[e.Name()]; !ok || got != string(theirs) {
			t.Errorf("%s: ytnef finds %q, we %q", e.Name(), theirs, got)
		}
	}
	if len(entries) != len(ours) {
		t.Errorf("ytnef finds %d files, we %d", len(entries), len(ours))
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(packet(file("a.txt", "first", property(0x001F, 0x3707, wide("letter.txt")))))
	f.Add(packet(attribute(1, 0x00069003, properties(property(0x0102, 0x1009, stored(`{\rtf1\fromhtml1 {\*\htmltag <p>}a\u321?\'e1}`))))))
	b, err := hex.DecodeString("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packet(attribute(1, 0x00069003, properties(property(0x0102, 0x1009, b)))))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := tnef.Open(raw)
		if err != nil {
			return
		}
		total := 0
		for _, file := range p.Files {
			total += len(file.Data)
		}
		if total > 8*(len(raw)+1)+8*len(p.RTF) {
			t.Errorf("%d bytes of files out of %d", total, len(raw))
		}
		tnef.ReadRTF(p.RTF)
		tnef.ReadRTF(raw)
	})
}
