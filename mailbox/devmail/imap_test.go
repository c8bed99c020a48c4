package devmail_test

import (
	"bytes"
	"crypto/tls"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
	"github.com/google/go-cmp/cmp"
)

func TestSignIn(t *testing.T) {
	opts := options()
	opts.Domains = []string{"council.example", "Family.Example"}
	s := open(t, t.TempDir(), opts)
	addr := listenIMAP(t, s)

	for _, c := range []struct {
		user, password string
		ok             bool
	}{
		{sen, "demo", true},
		{"SEN+tag@Council.example", "demo", true},
		{sen, "wrong", false},
		{sen, "", false},
		{"sen@elsewhere.example", "demo", false},
		{"no address", "demo", false},
	} {
		client, err := imapclient.DialInsecure(addr, nil)
		must(t, err)
		if err := client.Login(c.user, c.password).Wait(); (err == nil) != c.ok {
			t.Errorf("login %q %q: %v", c.user, c.password, err)
		}
		must(t, client.Close())
	}
	client, err := imapclient.DialInsecure(addr, nil)
	must(t, err)
	must(t, client.Authenticate(sasl.NewPlainClient("", parent, "demo")))
	must(t, client.Logout().Wait())
	must(t, client.Close())

	var names []string
	for _, a := range s.Accounts() {
		names = append(names, a.Address)
	}
	if d := cmp.Diff([]string{sen, parent}, names); d != "" {
		t.Errorf("accounts (-want +got):\n%s", d)
	}
}

func TestTLS(t *testing.T) {
	opts := options()
	var pool *tls.Config
	serverConfig, roots := certificate(t)
	opts.TLSConfig, pool = serverConfig, &tls.Config{RootCAs: roots}
	s := open(t, t.TempDir(), opts)
	deliver(t, s, sen, letter(1))

	plain := listenIMAP(t, s)
	implicit, err := s.ListenIMAPS("127.0.0.1:0")
	must(t, err)
	for name, dial := range map[string]func() (*imapclient.Client, error){
		"STARTTLS": func() (*imapclient.Client, error) {
			return imapclient.DialStartTLS(plain, &imapclient.Options{TLSConfig: pool})
		},
		"TLS": func() (*imapclient.Client, error) {
			return imapclient.DialTLS(implicit, &imapclient.Options{TLSConfig: pool})
		},
	} {
		c, err := dial()
		if err != nil {
			t.Fatal(name, err)
		}
		must(t, c.Login(sen, "demo").Wait())
		selectBox(t, c, "INBOX")
		if got := bodies(t, c, everything()); string(got[1]) != letter(1) {
			t.Errorf("%s: body %q", name, got[1])
		}
		must(t, c.Close())
	}
}

func TestFoldersAndRoles(t *testing.T) {
	s := open(t, t.TempDir(), options())
	c := signIn(t, listenIMAP(t, s), sen, nil)
	list := func(pattern string, o *imap.ListOptions) map[string]*imap.ListData {
		t.Helper()
		l, err := c.List("", pattern, o).Collect()
		must(t, err)
		out := make(map[string]*imap.ListData)
		for _, d := range l {
			out[d.Mailbox] = d
		}
		return out
	}
	all := list("*", nil)
	for name, role := range map[string]imap.MailboxAttr{
		"Sent": imap.MailboxAttrSent, "Junk": imap.MailboxAttrJunk, "Archive": imap.MailboxAttrArchive,
		"Drafts": imap.MailboxAttrDrafts, "Trash": imap.MailboxAttrTrash,
	} {
		if all[name] == nil || !slices.Contains(all[name].Attrs, role) {
			t.Errorf("%s: %+v, want role %s", name, all[name], role)
		}
	}
	if len(all) != 6 || all["INBOX"] == nil {
		t.Errorf("default folders: %v", all)
	}

	must(t, c.Create("Years/2026/Autumn", nil).Wait())
	if got := list("Years/%", nil); len(got) != 1 || got["Years/2026"] == nil {
		t.Errorf("Years/%%: %v", got)
	}
	if got := list("*", nil)["Years"]; got == nil || !slices.Contains(got.Attrs, imap.MailboxAttrHasChildren) {
		t.Errorf("parent: %+v", got)
	}
	must(t, c.Rename("Years", "Jahre ü", nil).Wait())
	if got := list("*Autumn", nil); got["Jahre ü/2026/Autumn"] == nil {
		t.Errorf("after rename: %v", got)
	}
	if err := c.Delete("Jahre ü").Wait(); err == nil {
		t.Error("a mailbox with children was deleted")
	}
	if err := c.Delete("INBOX").Wait(); err == nil {
		t.Error("INBOX was deleted")
	}
	for _, name := range []string{"Jahre ü/2026/Autumn", "Jahre ü/2026", "Jahre ü"} {
		must(t, c.Delete(name).Wait())
	}
	if err := c.Create("inbox", nil).Wait(); err == nil {
		t.Error("a second INBOX was made")
	}
	if err := c.Create("a//b", nil).Wait(); err == nil {
		t.Error("an empty level was accepted")
	}

	must(t, c.Unsubscribe("Junk").Wait())
	if got := list("*", &imap.ListOptions{SelectSubscribed: true}); got["Junk"] != nil || got["Sent"] == nil {
		t.Errorf("subscribed: %v", got)
	}
	deliver(t, s, sen, letter(1))
	got := list("INBOX", &imap.ListOptions{ReturnStatus: &imap.StatusOptions{NumMessages: true, NumUnseen: true, Size: true}})
	st := got["INBOX"].Status
	if st == nil || *st.NumMessages != 1 || *st.NumUnseen != 1 || *st.Size != int64(len(letter(1))) {
		t.Errorf("LIST-STATUS: %+v", st)
	}
	got = list("*", &imap.ListOptions{SelectSpecialUse: true})
	if len(got) != 5 {
		t.Errorf("special-use: %v", got)
	}
}

// Every octet comes back as it went in: NUL, 8-bit, bare CR and LF, no final
// line end, no header at all.
func TestExactBytes(t *testing.T) {
	s := open(t, t.TempDir(), options())
	c := signIn(t, listenIMAP(t, s), sen, nil)
	every := make([]byte, 0, 1024)
	for i := range 256 {
		every = append(every, byte(i))
	}
	raws := [][]byte{
		append([]byte("Subject: all\r\n\r\n"), every...),
		append([]byte("Subject: \xff\x00 8bit\nbad header line\n\n"), every...),
		[]byte("no header and no line end"),
		[]byte("\r\n"),
		[]byte("Subject: big\r\n\r\n" + strings.Repeat("0123456789abcdef", 40000)),
		every,
	}
	at := time.Date(2026, 3, 29, 1, 30, 15, 999_000_000, time.FixedZone("", 3600))
	want := make(map[imap.UID][]byte)
	for i, raw := range raws {
		data := appendTo(t, c, "INBOX", raw, &imap.AppendOptions{Time: at, Flags: []imap.Flag{imap.FlagSeen, "$Forwarded", "hear-back"}})
		if data.UID != imap.UID(2*i+1) {
			t.Fatalf("APPENDUID %d, want %d", data.UID, 2*i+1)
		}
		want[data.UID] = raw
		uid, err := s.Deliver(soon(t), sen, raw, at, "")
		must(t, err)
		want[imap.UID(uid)] = raw
	}
	selectBox(t, c, "INBOX")
	got := bodies(t, c, everything())
	if len(got) != len(want) {
		t.Fatalf("%d messages, want %d", len(got), len(want))
	}
	for uid, raw := range want {
		if !bytes.Equal(got[uid], raw) {
			t.Errorf("UID %d: %q", uid, got[uid])
		}
		fromGo, err := s.Raw(sen, "", uint32(uid))
		must(t, err)
		if !bytes.Equal(fromGo, raw) {
			t.Errorf("Raw %d: %q", uid, fromGo)
		}
	}
	info := s.Messages(sen, "INBOX")[0]
	if !info.InternalDate.Equal(time.Date(2026, 3, 29, 0, 30, 15, 0, time.UTC)) {
		t.Errorf("internal date %v", info.InternalDate)
	}
	if d := cmp.Diff([]string{"$Forwarded", `\Seen`, "hear-back"}, info.Flags); d != "" {
		t.Error(d)
	}
	// Header and text are cut from the bytes, and a partial from those.
	head, text := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true}, &imap.FetchItemBodySection{Specifier: imap.PartSpecifierText, Peek: true}
	part := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 5, Size: 1 << 40}}
	msgs, err := c.Fetch(imap.UIDSetNum(3), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{head, text, part}}).Collect()
	must(t, err)
	if got := string(msgs[0].FindBodySection(head)) + string(msgs[0].FindBodySection(text)); got != string(raws[1]) {
		t.Errorf("header and text are not the message: %q", got)
	}
	if got := msgs[0].BodySection[2].Bytes; !bytes.Equal(got, raws[1][5:]) {
		t.Errorf("partial: %q", got)
	}
}

func TestFetchItems(t *testing.T) {
	s := open(t, t.TempDir(), options())
	raw := "From: =?utf-8?q?Wren_H=C3=A4rt?= <wren.hart@family.example>\r\nTo: sen@council.example\r\nSubject: Ash\r\n" +
		"Message-ID: <a@family.example>\r\nIn-Reply-To: <b@council.example>\r\nX-Odd: one\r\n two\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/plain\r\n\r\nHello\r\n" +
		"--b1\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--b1--\r\n"
	deliver(t, s, sen, raw)
	c := signIn(t, listenIMAP(t, s), sen, nil)
	selectBox(t, c, "INBOX")
	one := &imap.FetchItemBodySection{Part: []int{1}}
	fields := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"x-odd", "Subject"}, Peek: true}
	msgs, err := c.Fetch(imap.SeqSetNum(1), &imap.FetchOptions{
		UID: true, Flags: true, InternalDate: true, RFC822Size: true, Envelope: true,
		BodyStructure: &imap.FetchItemBodyStructure{Extended: true}, BodySection: []*imap.FetchItemBodySection{one, fields},
	}).Collect()
	must(t, err)
	m := msgs[0]
	if m.Envelope.From[0].Name != "Wren Härt" || m.Envelope.InReplyTo[0] != "b@council.example" || m.Envelope.MessageID != "a@family.example" {
		t.Errorf("envelope: %+v", m.Envelope)
	}
	if m.RFC822Size != int64(len(raw)) || !m.InternalDate.Equal(noon()) || m.UID != 1 {
		t.Errorf("size %d, date %v, uid %d", m.RFC822Size, m.InternalDate, m.UID)
	}
	if string(m.FindBodySection(one)) != "Hello" {
		t.Errorf("part 1: %q", m.FindBodySection(one))
	}
	if got := string(m.FindBodySection(fields)); got != "Subject: Ash\r\nX-Odd: one\r\n two\r\n\r\n" {
		t.Errorf("fields: %q", got)
	}
	mp, ok := m.BodyStructure.(*imap.BodyStructureMultiPart)
	if !ok || len(mp.Children) != 2 || mp.Children[1].MediaType() != "application/pdf" {
		t.Errorf("structure: %+v", m.BodyStructure)
	}
	// BODY[1] without PEEK marked it as seen, and said so.
	if !slices.Contains(m.Flags, imap.FlagSeen) || !slices.Contains(s.Messages(sen, "")[0].Flags, `\Seen`) {
		t.Errorf("flags %v", m.Flags)
	}
}

func TestSearch(t *testing.T) {
	s := open(t, t.TempDir(), options())
	for i := 1; i <= 5; i++ {
		_, err := s.Deliver(soon(t), sen, []byte(letter(i)), noon().AddDate(0, 0, i), "")
		must(t, err)
	}
	_, err := s.Deliver(soon(t), sen, []byte("Subject: =?utf-8?q?Z=C3=B6e?=\r\nContent-Transfer-Encoding: base64\r\n\r\nVGhlIFNwZWVjaCB0aGVyYXBpc3Q=\r\n"), noon(), "")
	must(t, err)
	c := signIn(t, listenIMAP(t, s), sen, nil)
	selectBox(t, c, "INBOX")
	must(t, c.Store(imap.UIDSetNum(2, 3), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagAnswered, "late"}}, nil).Close())

	header := func(k, v string) *imap.SearchCriteria {
		return &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: k, Value: v}}}
	}
	for name, x := range map[string]struct {
		c    *imap.SearchCriteria
		want []imap.UID
	}{
		"all":        {&imap.SearchCriteria{}, []imap.UID{1, 2, 3, 4, 5, 6}},
		"from uid":   {&imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 4, Stop: 0}}}}, []imap.UID{4, 5, 6}},
		"beyond":     {&imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 90, Stop: 0}}}}, []imap.UID{6}}, // 90:* is 6:90
		"seq":        {&imap.SearchCriteria{SeqNum: []imap.SeqSet{{{Start: 2, Stop: 3}}}}, []imap.UID{2, 3}},
		"message id": {header("Message-ID", "m4@family"), []imap.UID{4}},
		"has field":  {header("Message-Id", ""), []imap.UID{1, 2, 3, 4, 5}},
		"decoded":    {header("Subject", "zöe"), []imap.UID{6}},
		"since":      {&imap.SearchCriteria{Since: noon().AddDate(0, 0, 4)}, []imap.UID{4, 5}},
		"before":     {&imap.SearchCriteria{Before: noon().AddDate(0, 0, 1)}, []imap.UID{6}},
		"flag":       {&imap.SearchCriteria{Flag: []imap.Flag{imap.FlagAnswered}}, []imap.UID{2, 3}},
		"keyword":    {&imap.SearchCriteria{NotFlag: []imap.Flag{"LATE"}}, []imap.UID{1, 4, 5, 6}},
		"body":       {&imap.SearchCriteria{Body: []string{"again. (5)"}}, []imap.UID{5}},
		"base64":     {&imap.SearchCriteria{Body: []string{"speech THERAPIST"}}, []imap.UID{6}},
		"text":       {&imap.SearchCriteria{Text: []string{"Transport for Ash (3)"}}, []imap.UID{3}},
		"not":        {&imap.SearchCriteria{Not: []imap.SearchCriteria{{Text: []string{"taxi"}}}}, []imap.UID{6}},
		"or":         {&imap.SearchCriteria{Or: [][2]imap.SearchCriteria{{*header("Subject", "(1)"), *header("Subject", "(2)")}}}, []imap.UID{1, 2}},
		"size":       {&imap.SearchCriteria{Smaller: 120}, []imap.UID{6}},
		"sent":       {&imap.SearchCriteria{SentSince: noon()}, []imap.UID{1, 2, 3, 4, 5}},
		"nothing":    {&imap.SearchCriteria{Body: []string{"no such words"}}, nil},
	} {
		for _, opts := range []*imap.SearchOptions{nil, {ReturnAll: true}} {
			data, err := c.UIDSearch(x.c, opts).Wait()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if d := cmp.Diff(x.want, data.AllUIDs()); d != "" {
				t.Errorf("%s (-want +got):\n%s", name, d)
			}
		}
	}
}
