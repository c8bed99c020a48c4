package mailtest

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	_ "github.com/emersion/go-message/charset" // lets the reader decode ISO 8859-1
	"github.com/emersion/go-message/mail"
	"github.com/google/go-cmp/cmp"
)

func lifelike() GenOptions {
	o := Lifelike()
	o.AttachmentMin, o.AttachmentMax = 100, 20_000 // the size changes nothing that is tested here
	return o
}

func TestGenerateIsDeterministic(t *testing.T) {
	long, again, short := GenerateAll(7, 300, lifelike()), GenerateAll(7, 300, lifelike()), GenerateAll(7, 120, lifelike())
	for i := range long {
		if !bytes.Equal(long[i].Raw, again[i].Raw) || long[i].Text != again[i].Text {
			t.Fatalf("mail %d differs the second time", i)
		}
		if i < len(short) && !bytes.Equal(long[i].Raw, short[i].Raw) {
			t.Fatalf("mail %d is another in a longer run", i)
		}
		if diff := cmp.Diff(long[i].Truth, again[i].Truth); diff != "" {
			t.Fatalf("the truth of mail %d differs the second time:\n%s", i, diff)
		}
	}
	if other := GenerateAll(8, 1, lifelike()); bytes.Equal(other[0].Raw, long[0].Raw) {
		t.Error("another seed gives the same mail")
	}
}

// Every generated mail is read by a mail parser and says what Truth says.
func TestGenerateTruth(t *testing.T) {
	mails := GenerateAll(1, 1000, lifelike())
	byID := make(map[string]Mail)
	for i, m := range mails {
		if m.N != i {
			t.Fatalf("mail %d has number %d", i, m.N)
		}
		first, seen := byID[m.ID]
		if seen != m.Duplicate {
			t.Errorf("mail %d: duplicate %v, ID seen before %v", i, m.Duplicate, seen)
		}
		if m.Duplicate {
			if first.N != m.Original || !bytes.HasSuffix(m.Raw, first.Raw) {
				t.Errorf("mail %d is no second delivery of %d", i, m.Original)
			}
			continue
		}
		byID[m.ID] = m
		root, known := byID[m.Root]
		if !known || root.Kind != KindNew || (m.Kind == KindNew) != (m.Root == m.ID) {
			t.Errorf("mail %d (%s): wrong root %s", i, m.Kind, m.Root)
		}
		if same := root.From == m.From; same == (m.Kind == KindStranger) {
			t.Errorf("mail %d (%s): from %s, the thread's family is %s", i, m.Kind, m.From, root.From)
		}
		if m.SameSecond && (mails[i-1].ID != m.Answers || !mails[i-1].Received.Equal(m.Received)) {
			t.Errorf("mail %d is not in the same second as the mail before it", i)
		}
		checkMail(t, m)
	}
}

func checkMail(t *testing.T, m Mail) {
	t.Helper()
	if lines := bytes.Count(m.Raw, []byte("\r\n")); bytes.Count(m.Raw, []byte("\r")) != lines || bytes.Count(m.Raw, []byte("\n")) != lines {
		t.Errorf("mail %d has a bare CR or LF", m.N)
	}
	for line := range bytes.SplitSeq(m.Raw, []byte("\r\n")) {
		if len(line) > 998 { // RFC 5322 section 2.1.1
			t.Errorf("mail %d has a line of %d bytes", m.N, len(line))
		}
	}
	r, err := mail.CreateReader(bytes.NewReader(m.Raw))
	if err != nil {
		t.Errorf("mail %d: %v", m.N, err)
		return
	}
	from, err := r.Header.AddressList("From")
	if err != nil || len(from) != 1 {
		t.Errorf("mail %d: From: %v, %v", m.N, from, err)
		return
	}
	subject, err := r.Header.Subject()
	if err != nil {
		t.Errorf("mail %d: Subject: %v", m.N, err)
	}
	id, err := r.Header.MessageID()
	if err != nil {
		t.Errorf("mail %d: Message-ID: %v", m.N, err)
	}
	date, err := r.Header.Date()
	if err != nil {
		t.Errorf("mail %d: Date: %v", m.N, err)
	}
	got := Truth{
		N: m.N, ID: "<" + id + ">", Subject: subject, From: from[0].Address, Name: from[0].Name,
		Received: date.UTC(), Attachments: nil,
	}
	want := Truth{N: m.N, ID: m.ID, Subject: m.Subject, From: m.From, Name: m.Name, Received: m.Received.UTC(), Attachments: m.Attachments}
	text := readParts(t, m, r, &got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mail %d:\n%s", m.N, diff)
	}
	if m.Form != "html" && !strings.HasPrefix(text, strings.TrimSpace(m.Text)) {
		t.Errorf("mail %d (%s, %s): text\n%q\nwant\n%q", m.N, m.Form, m.Charset, text, m.Text)
	}
	checkThreading(t, m, &r.Header)
}

// readParts reads every part, gives the plain text and adds the attachments to got.
func readParts(t *testing.T, m Mail, r *mail.Reader, got *Truth) string {
	t.Helper()
	var text string
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return text
		}
		if err != nil {
			t.Errorf("mail %d: %v", m.N, err)
			return text
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			t.Errorf("mail %d: %v", m.N, err)
		}
		switch h := part.Header.(type) {
		case *mail.AttachmentHeader:
			name, nameErr := h.Filename()
			mediaType, _, typeErr := h.ContentType()
			if err := errors.Join(nameErr, typeErr); err != nil {
				t.Errorf("mail %d: %v", m.N, err)
			}
			got.Attachments = append(got.Attachments, Attachment{Name: name, Type: mediaType, Bytes: len(body)})
		case *mail.InlineHeader:
			mediaType, params, err := h.ContentType()
			if err != nil {
				t.Errorf("mail %d: %v", m.N, err)
			}
			if params["charset"] != m.Charset {
				t.Errorf("mail %d: charset %q, want %q", m.N, params["charset"], m.Charset)
			}
			if mediaType == "text/plain" {
				text = strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n"))
			}
		}
	}
}

func checkThreading(t *testing.T, m Mail, h *mail.Header) {
	t.Helper()
	references, err := h.MsgIDList("References")
	if err != nil {
		t.Errorf("mail %d: References: %v", m.N, err)
	}
	answers, err := h.MsgIDList("In-Reply-To")
	if err != nil {
		t.Errorf("mail %d: In-Reply-To: %v", m.N, err)
	}
	if m.Kind == KindNew {
		if len(references)+len(answers) > 0 {
			t.Errorf("mail %d is new and cites %v %v", m.N, references, answers)
		}
		return
	}
	bare := func(id string) string { return strings.Trim(id, "<>") }
	if !slices.Contains(references, bare(m.Root)) && !slices.Contains(answers, bare(m.Answers)) {
		t.Errorf("mail %d cites neither its thread nor what it answers: %v %v", m.N, references, answers)
	}
	if got := h.Get("Auto-Submitted") != ""; got != (m.Kind == KindAutoReply) {
		t.Errorf("mail %d (%s): Auto-Submitted present: %v", m.N, m.Kind, got)
	}
}

// The options move the mixture and the sizes to about where they say. The bounds are
// wide, the sequence is fixed, so this is no matter of luck.
func TestGenerateMixture(t *testing.T) {
	options := Lifelike()
	options.AttachmentMin, options.AttachmentMax = 5000, 6000
	counts, sizes := make(map[string]int), []int(nil)
	const n = 4000
	for m := range Generate(3, n, options) {
		counts[string(m.Kind)]++
		counts["form "+m.Form+" "+m.Charset]++
		if m.Duplicate {
			counts["duplicate"]++
		}
		if m.SameSecond {
			counts["same second"]++
		}
		if len(m.Attachments) == 0 {
			sizes = append(sizes, len(m.Raw))
			continue
		}
		counts["attachments"]++
		total := 0
		for _, a := range m.Attachments {
			total += a.Bytes
		}
		if total < 4990 || total > 6000 {
			t.Errorf("mail %d has %d bytes of attachments", m.N, total)
		}
	}
	for what, want := range map[string][2]int{
		"reply": {1250, 1550}, "auto_reply": {120, 210}, "stranger": {20, 65}, "duplicate": {50, 115},
		"same second": {50, 160}, "attachments": {320, 450},
		"form plain-8bit iso-8859-1": {100, 400}, "form plain-base64 utf-8": {250, 550}, "form html utf-8": {60, 180},
	} {
		if got := counts[what]; got < want[0] || got > want[1] {
			t.Errorf("%d mails of %d: %s, want between %d and %d", got, n, what, want[0], want[1])
		}
	}
	slices.Sort(sizes)
	if median := sizes[len(sizes)/2]; median < 5000 || median > 7000 {
		t.Errorf("median size %d, want about %d", median, options.MedianBytes)
	}
}

func TestGenerateReplyAddress(t *testing.T) {
	options := lifelike()
	options.ReplyAddress = func(root Truth) string {
		if root.N%2 == 1 {
			return ""
		}
		return "sen.team+" + strings.Trim(strings.SplitN(root.ID, ".", 2)[0], "<") + "@northshire.example"
	}
	tokens := 0
	for m := range Generate(5, 300, options) {
		to := "sen.team@northshire.example"
		if m.Token {
			tokens++
			to = "sen.team+" + strings.Trim(strings.SplitN(m.Root, ".", 2)[0], "<") + "@northshire.example"
		}
		if m.To != to || !bytes.Contains(m.Raw, []byte(to)) {
			t.Errorf("mail %d (%s) goes to %s, want %s", m.N, m.Kind, m.To, to)
		}
	}
	if tokens == 0 {
		t.Error("no reply went to a token")
	}
	// Everything but the address is the same without it.
	options.ReplyAddress = nil
	for i, m := range GenerateAll(5, 300, options) {
		if m.Token || m.To != "sen.team@northshire.example" {
			t.Fatalf("mail %d has a token that nobody gave", i)
		}
	}
}

func TestFamiliesAreFictional(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range Families(1, 500) {
		if !strings.HasSuffix(f.Address, ".example") || seen[f.Address] || strings.ContainsAny(f.Address, " '") {
			t.Errorf("address %q", f.Address)
		}
		seen[f.Address] = true
	}
}
