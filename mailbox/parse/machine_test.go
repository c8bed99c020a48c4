package parse_test

import (
	"encoding/base64"
	"regexp"
	"testing"
	"time"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

// wave, pdf and tiff are the heads of such files.
const (
	wave = "RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00"
	pdf  = "%PDF-1.4\n1 0 obj\n"
	tiff = "II*\x00\x08\x00\x00\x00"
	jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
)

func withFile(head, text, name, kind, data string) []byte {
	return []byte(head + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n" + text +
		"\n--b\nContent-Type: " + kind + "; name=\"" + name + "\"\nContent-Disposition: attachment; filename=\"" + name + "\"\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(data)) + "\n--b--\n")
}

func TestMachines(t *testing.T) {
	quarterPast := time.Date(2026, 3, 2, 9, 15, 0, 0, time.UTC)
	cases := []struct {
		name   string
		mail   []byte
		kind   tickets.MailKind
		number string
		at     time.Time
		file   string
	}{
		{"Teams", withFile("From: \"+44 1234 000111\" <noreply@skype.voicemail.microsoft.com>\nSubject: Voice Mail (32 seconds)\nX-CallingTelephoneNumber: +441234000111\nX-VoiceMessageDuration: 32\n", "You received a voice mail from +44 1234 000111.\n", "audio.mp3", "audio/mp3", "ID3\x03"+wave), tickets.KindVoicemail, "+441234000111", time.Time{}, "audio.mp3"},
		{"Exchange Unified Messaging", withFile("From: Anonymous <ExchangeUM@council.example>\nSubject: Voice Mail from 01234000111 (17 seconds)\nContent-Class: voice\n", "You received a voice mail from 01234000111.\n", "01234000111 (17 seconds) Voice Mail.wav", "audio/wav", wave), tickets.KindVoicemail, "01234000111", time.Time{}, "01234000111 (17 seconds) Voice Mail.wav"},
		{"Cisco Unity Connection", withFile("From: unityconnection@council.example\nSubject: Message from 01234 000111\n", "", "VoiceMessage.wav", "audio/wav", wave), tickets.KindVoicemail, "01234 000111", time.Time{}, "VoiceMessage.wav"},
		{"Mitel", withFile("From: Mitel Voice Mail <voicemail@council.example>\nSubject: New voice message\n", "You have a new message from 01234 000111.\nReceived: 02/03/2026 09:15\n", "msg0001.wav", "audio/x-wav", wave), tickets.KindVoicemail, "01234 000111", quarterPast, "msg0001.wav"},
		{"Gamma Horizon", withFile("From: Horizon <noreply@horizon.telephony.example>\nSubject: Voicemail from 01234 000111\nAuto-Submitted: auto-generated\n", "Caller: 01234 000111\n", "vm.wav", "audio/wav", wave), tickets.KindVoicemail, "01234 000111", time.Time{}, "vm.wav"},
		{"8x8 without the sound", []byte("From: 8x8 Voicemail <no-reply@phones.example>\nSubject: New voicemail from 01234 000111\n\nLog in to listen.\n"), tickets.KindVoicemail, "01234 000111", time.Time{}, ""},
		{"one of our own systems", withFile("From: comms@council.example\nSubject: Voicemail from 01234 000111\n", "", "1.wav", "audio/wav", wave), tickets.KindVoicemail, "01234 000111", time.Time{}, "1.wav"},
		{"a parent's recording", withFile("From: Nadia <nadia@family.example>\nSubject: Voice message\n", "This is what Owen said when I asked him about school.\n", "Owen.m4a", "audio/mp4", "\x00\x00\x00\x20ftypM4A \x00\x00"), tickets.KindHuman, "", time.Time{}, ""},
		{"a parent's recording from her telephone", withFile("From: Nadia <nadia@family.example>\nSubject: voicemail from the taxi firm 01234 000111\n", "Please listen to what they left me.\n", "rec.wav", "audio/wav", wave), tickets.KindHuman, "", time.Time{}, ""},
		{"a person answers a notice", withFile("From: officer@council.example\nSubject: RE: Voice Mail (32 seconds)\n", "I have rung her back.\n", "a.wav", "audio/wav", wave), tickets.KindHuman, "", time.Time{}, ""},
		{"Ricoh", withFile("From: scanner@council.example\nSubject: Message from \"RNP002673ABCDEF\"\n", "This E-mail was sent from \"RNP002673ABCDEF\" (MP C3004).\n\nScan Date: 02.03.2026 09:15:00 (+0000)\nQueries to: scanner@council.example\n", "20260302091500.pdf", "application/pdf", pdf), tickets.KindScan, "", quarterPast, "20260302091500.pdf"},
		{"Konica Minolta", withFile("From: bizhub-2nd-floor@council.example\nSubject: Message from KM_C258\n", "", "SKM_C25826030209150.pdf", "application/pdf", pdf), tickets.KindScan, "", time.Time{}, "SKM_C25826030209150.pdf"},
		{"Xerox", withFile("From: office@council.example\nSubject: Scanned from a Xerox Multifunction Device\n", "Please open the attached document. It was scanned and sent to you using a Xerox Multifunction Device.\n\nAttachment File Type: pdf, Multi-Page\n", "Scanned from a Xerox Multifunction Device.pdf", "application/pdf", pdf), tickets.KindScan, "", time.Time{}, "Scanned from a Xerox Multifunction Device.pdf"},
		{"Sharp", withFile("From: sharp@council.example\nSubject: Scanned image from MX-2640N\n", "Device Name: Reception\nDevice Model: MX-2640N\nFile Format: PDF MMR(G4)\nResolution: 200dpi x 200dpi\n\nAttached file is scanned image in PDF format.\n", "office_20260302_091500.pdf", "application/pdf", pdf), tickets.KindScan, "", time.Time{}, "office_20260302_091500.pdf"},
		{"Canon", withFile("From: copier@council.example\nSubject: Attached Image\n", "", "1234_001.pdf", "application/pdf", pdf), tickets.KindScan, "", time.Time{}, "1234_001.pdf"},
		{"Kyocera", withFile("From: taskalfa@council.example\nSubject: Scan to Email\n", "TASKalfa 3252ci\n", "doc00123420260302091500.pdf", "application/pdf", pdf), tickets.KindScan, "", time.Time{}, "doc00123420260302091500.pdf"},
		{"HP by its header", withFile("From: reception@council.example\nSubject: [Untitled]\nX-Mailer: HP Digital Sending Software\n", "", "[Untitled].tif", "image/tiff", tiff), tickets.KindScan, "", time.Time{}, "[Untitled].tif"},
		{"a parent's scan", withFile("From: Nadia <nadia@family.example>\nSubject: EHC plan form\n", "Here is the form that you asked for.\n", "Scan_0001.pdf", "application/pdf", pdf), tickets.KindHuman, "", time.Time{}, ""},
		{"a parent's scan without a word", withFile("From: Nadia <nadia@family.example>\nSubject: Scan\n", "", "Scan_0001.pdf", "application/pdf", pdf), tickets.KindHuman, "", time.Time{}, ""},
		{"a parent's photograph", withFile("From: Nadia <nadia@family.example>\nSubject: \n", "Sent from my iPhone\n", "IMG_0001.jpg", "image/jpeg", jpeg), tickets.KindHuman, "", time.Time{}, ""},
		{"a colleague's scan with a letter", withFile("From: officer@council.example\nSubject: Scan 001\n", "Please put this on the file and ring Mrs Rahman about the taxi before Friday, she is upset.\n", "Scan_0001.pdf", "application/pdf", pdf), tickets.KindHuman, "", time.Time{}, ""},
		{"Mrs Scanlon", withFile("From: Scanlon Canonbury <t.scanlon@family.example>\nSubject: Document from school\n", "", "IMG_2026.pdf", "application/pdf", pdf), tickets.KindHuman, "", time.Time{}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := parse.Message(c.mail, parse.Options{StaffDomains: []string{"council.example"}})
			if in.Kind != c.kind {
				t.Fatalf("kind %q: %q", in.Kind, in.Evidence)
			}
			if c.kind == tickets.KindHuman {
				if in.Machine != nil {
					t.Errorf("got %+v", in.Machine)
				}
				return
			}
			if n := in.Machine; n == nil || n.Number != c.number || !n.At.Equal(c.at) || n.File != c.file {
				t.Errorf("got %+v", n)
			}
		})
	}
}

func TestMachinePatternOfOnesOwn(t *testing.T) {
	mail := withFile("From: door@council.example\nSubject: Call left at desk 4\n", "caller=01234 000111; left 09:15\n", "desk4.ogg", "audio/ogg", "OggS\x00")
	if in := parse.Message(mail, parse.Options{}); in.Kind != tickets.KindHuman {
		t.Fatalf("without the pattern: %q", in.Kind)
	}
	in := parse.Message(mail, parse.Options{MachinePatterns: []parse.MachinePattern{{
		Kind: tickets.KindVoicemail, Sender: regexp.MustCompile(`^door@council\.example$`), Text: regexp.MustCompile(`caller=(?P<number>[0-9 ]+);`), File: regexp.MustCompile(`\.ogg$`),
	}}})
	if in.Kind != tickets.KindVoicemail || in.Machine == nil || in.Machine.Number != "01234 000111" || in.Machine.File != "desk4.ogg" {
		t.Errorf("got %q, %+v", in.Kind, in.Machine)
	}
	if in := parse.Message(mail, parse.Options{MachinePatterns: []parse.MachinePattern{{Kind: tickets.KindVoicemail}}}); in.Kind != tickets.KindHuman {
		t.Error("a pattern of nothing matches everything")
	}
}
