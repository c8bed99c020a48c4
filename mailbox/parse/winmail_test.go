package parse_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

func le32(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) } //nolint:gosec // small

func tnefAttribute(level byte, id int, data string) []byte {
	sum := uint16(0)
	for i := range len(data) {
		sum += uint16(data[i])
	}
	out := append(append([]byte{level}, le32(id)...), le32(len(data))...)
	return binary.LittleEndian.AppendUint16(append(out, data...), sum)
}

// packetMail is a mail whose only other part is a winmail.dat.
func packetMail(text string, attributes ...[]byte) []byte {
	raw := append([]byte("\x78\x9f\x3e\x22\x01\x00"), tnefAttribute(1, 0x00069007, "\xe4\x04\x00\x00\x00\x00\x00\x00")...)
	raw = append(raw, bytes.Join(attributes, nil)...)
	return []byte("From: nadia@family.example\nSubject: Owen\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" + text +
		"\n--b\nContent-Type: application/ms-tnef; name=\"winmail.dat\"\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(raw) + "\n--b--\n")
}

func tnefFile(name, data string) []byte {
	return append(append(tnefAttribute(2, 0x00069002, strings.Repeat("\x00", 14)), tnefAttribute(2, 0x00018010, name+"\x00")...), tnefAttribute(2, 0x0006800F, data)...)
}

func TestPacketIsOpened(t *testing.T) {
	raw := packetMail("", tnefAttribute(1, 0x0002800C, "The taxi did not come.\r\nCan you ring me?\x00"), tnefFile("../../R\xe9port.pdf", "%PDF-1.4 words"), tnefFile("photo.jpg", "one"), tnefFile("photo.jpg", "two"))
	in := parse.Message(raw, parse.Options{})
	if in.ReplyText != "The taxi did not come.\nCan you ring me?" {
		t.Errorf("the text of the packet is not the text of the mail: %q", in.ReplyText)
	}
	if !strings.Contains(in.Text, "winmail.dat") || !strings.Contains(in.Text, "photo.jpg") {
		t.Errorf("no visible line names the packet and its files: %q", in.Text)
	}
	want := map[string]string{"2/winmail/1": "%PDF-1.4 words", "2/winmail/2": "one", "2/winmail/3": "two"}
	for path, data := range want {
		r, p, err := parse.Part(raw, path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != data || p.Bytes != int64(len(data)) {
			t.Errorf("%s: %q, %d bytes, %v", path, got, p.Bytes, err)
		}
	}
	if len(in.Parts) != 4 || in.Parts[1].Type != "application/pdf" || !strings.HasSuffix(in.Parts[1].Name, "Réport.pdf") {
		t.Errorf("parts: %+v", in.Parts)
	}
	for _, path := range []string{"2/winmail/0", "2/winmail/4", "2/winmail/x", "1/winmail/1", "2/winmail/1/winmail/1"} {
		if _, _, err := parse.Part(raw, path); err == nil {
			t.Errorf("%s: want an error", path)
		}
	}
}

func TestPacketTextBesideOtherText(t *testing.T) {
	in := parse.Message(packetMail("The taxi did not come.", tnefAttribute(1, 0x0002800C, "The taxi did not come, again.\x00")), parse.Options{})
	if in.ReplyText != "The taxi did not come." || strings.Contains(in.Text, "again") {
		t.Errorf("got %q", in.Text)
	}
}

func TestPacketThatCannotBeOpened(t *testing.T) {
	mail := "From: nadia@family.example\nContent-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\nVGhpcyBpcyBubyBwYWNrZXQu\n"
	in := parse.Message([]byte(mail), parse.Options{})
	if len(in.Parts) != 1 || in.Parts[0].Name != "winmail.dat" || !strings.Contains(in.Text, "winmail.dat") || len(in.Problems) == 0 {
		t.Errorf("got %+v", in)
	}
}

func TestPacketOfAnAnswer(t *testing.T) {
	in := parse.Message(packetMail("", tnefAttribute(1, 0x00078008, "IPM.Microsoft Schedule.MtgRespP\x00"), tnefAttribute(1, 0x00018004, "Accepted: Annual review\x00")), parse.Options{})
	if in.Kind != tickets.KindOther || !strings.Contains(in.Text, "[Accepted: ") {
		t.Errorf("kind %q of %q", in.Kind, in.Text)
	}
}

func TestPacketOfAReceipt(t *testing.T) {
	in := parse.Message(packetMail("", tnefAttribute(1, 0x00078008, "REPORT.IPM.Note.IPNRN\x00")), parse.Options{})
	if in.Kind != tickets.KindAutoReply {
		t.Errorf("kind %q", in.Kind)
	}
}
