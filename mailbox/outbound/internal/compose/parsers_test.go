package compose

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gomessage "github.com/emersion/go-message"
	gomail "github.com/emersion/go-message/mail"
	"github.com/google/go-cmp/cmp"

	"hearback/tickets"
)

// reading is what a mail program makes of a letter.
type reading struct {
	From       [][]string `json:"from"` // name, address
	To         [][]string `json:"to"`
	ReplyTo    [][]string `json:"reply_to"`
	Subject    string     `json:"subject"`
	ID         []string   `json:"id"`
	Answers    []string   `json:"answers"`
	References []string   `json:"references"`
	Auto       string     `json:"auto"`
	Date       int64      `json:"date"`
	Text       string     `json:"text"`
	HTML       string     `json:"html"`
	Files      []readFile `json:"files"`
}

type readFile struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Inline bool   `json:"inline"`
	CID    string `json:"cid"`
	SHA256 string `json:"sha256"`
}

// Parsers of three languages read the same in every letter that we make, and it is
// what was put in: families use programs that none of us has seen.
func TestParsersOfThreeLanguagesAgree(t *testing.T) {
	dir, letters := t.TempDir(), everyLetter(t)
	paths := make([]string, len(letters))
	want := make([]reading, len(letters))
	for i, l := range letters {
		wire(t, l.name, l.raw)
		paths[i] = filepath.Join(dir, fmt.Sprintf("%03d.eml", i))
		if err := os.WriteFile(paths[i], l.raw, 0o600); err != nil {
			t.Fatal(err)
		}
		want[i] = readGo(t, l.name, l.raw)
		l.check(t, want[i])
	}
	t.Logf("%d letters", len(letters))
	t.Run("python", func(t *testing.T) {
		python := need(t, "python3", "Python")
		agree(t, letters, want, append([]string{python, filepath.Join("testdata", "parsers", "parse.py")}, paths...))
	})
	t.Run("node", func(t *testing.T) {
		node := need(t, "node", "Node.js")
		parser, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "web", "assets", "node_modules", "postal-mime", "src", "postal-mime.js"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(parser); err != nil {
			missing(t, "the npm package postal-mime is missing: run npm ci in web/assets")
		}
		agree(t, letters, want, append([]string{node, filepath.Join("testdata", "parsers", "parse.mjs"), parser}, paths...))
	})
}

func need(t *testing.T, program, name string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		missing(t, name+" is missing: apt-get install "+program)
	}
	return path
}

func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func agree(t *testing.T, letters []madeLetter, want []reading, command []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	var out, wrong bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &wrong
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, wrong.String())
	}
	lines := bufio.NewScanner(&out)
	lines.Buffer(nil, 64<<20)
	n := 0
	for ; lines.Scan() && n < len(letters); n++ {
		var got reading
		if err := json.Unmarshal(lines.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tidied(want[n]), tidied(got)); d != "" {
			t.Errorf("%s (-Go +%s)\n%s", letters[n].name, filepath.Base(command[0]), d)
		}
	}
	if n != len(letters) || lines.Err() != nil {
		t.Errorf("%d of %d letters were read: %v", n, len(letters), lines.Err())
	}
}

// tidied leaves out in what parsers differ by habit: white space at the end of a
// text, and nil against empty.
func tidied(r reading) reading {
	r.Text, r.HTML = strings.TrimRight(r.Text, "\n"), strings.TrimRight(r.HTML, "\n")
	for _, l := range []*[]string{&r.ID, &r.Answers, &r.References} {
		if len(*l) == 0 {
			*l = nil
		}
	}
	if len(r.Files) == 0 {
		r.Files = nil
	}
	return r
}

// wire holds the bytes against what SMTP carries (RFC 5321 section 4.5.3.1.6, RFC
// 5322 section 2.1.1): lines, line ends, and nothing but ASCII.
func wire(t *testing.T, name string, raw []byte) {
	t.Helper()
	for i, l := range strings.Split(string(raw), "\r\n") {
		if len(l) > 998 || strings.ContainsAny(l, "\r\n\x00") {
			t.Errorf("%s: line %d of %d octets", name, i+1, len(l))
		}
		for j := 0; j < len(l); j++ {
			if l[j] >= 0x80 {
				t.Errorf("%s: line %d has an octet above 127", name, i+1)
				break
			}
		}
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for _, l := range strings.Split(string(head), "\r\n") {
		if strings.TrimSpace(l) == "" {
			t.Errorf("%s: an empty line within the header", name)
		}
	}
	if bytes.Contains(raw, []byte("filename=\"=?")) || bytes.Contains(raw, []byte("name=\"=?")) {
		t.Errorf("%s: an encoded word in a parameter (RFC 2047 section 5)", name)
	}
}

// readGo reads with net/mail for the header and go-message for the parts.
func readGo(t *testing.T, name string, raw []byte) reading {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	list := func(field string) [][]string {
		as, err := m.Header.AddressList(field)
		if err != nil {
			t.Fatalf("%s: %s: %v", name, field, err)
		}
		out := [][]string{}
		for _, a := range as {
			out = append(out, []string{a.Name, a.Address})
		}
		return out
	}
	r := reading{
		From: list("From"), To: list("To"), ReplyTo: list("Reply-To"), Auto: m.Header.Get("Auto-Submitted"), ID: strings.Fields(m.Header.Get("Message-Id")),
		Answers: strings.Fields(m.Header.Get("In-Reply-To")), References: strings.Fields(m.Header.Get("References")),
	}
	at, err := m.Header.Date()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	r.Date = at.Unix()
	e, err := gomessage.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	h := gomail.Header{Header: e.Header}
	if r.Subject, err = h.Subject(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	err = e.Walk(func(_ []int, p *gomessage.Entity, err error) error {
		if err != nil {
			return err
		}
		kind, _, err := p.Header.ContentType()
		if err != nil || strings.HasPrefix(kind, "multipart/") {
			return err
		}
		body, err := io.ReadAll(p.Body)
		if err != nil {
			return err
		}
		ah := gomail.AttachmentHeader{Header: p.Header}
		file, err := ah.Filename()
		if err != nil {
			return err
		}
		how, _, _ := p.Header.ContentDisposition()
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		switch {
		case file == "" && kind == "text/plain":
			r.Text += text
		case file == "" && kind == "text/html":
			r.HTML += text
		default:
			sum := sha256.Sum256(body)
			r.Files = append(r.Files, readFile{
				Name: file, Type: kind, Inline: how == "inline", CID: strings.Trim(p.Header.Get("Content-Id"), "<>"), SHA256: hex.EncodeToString(sum[:]),
			})
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r
}

type madeLetter struct {
	name  string
	raw   []byte
	claim *tickets.Claim
}

// check holds what was read against what was put in.
func (l madeLetter) check(t *testing.T, r reading) {
	t.Helper()
	c := l.claim
	if c.Letter.Body != "" && !strings.HasPrefix(r.Text, strings.TrimRight(tidy(c.Letter.Body), "\n")) {
		t.Errorf("%s: the text is %q", l.name, r.Text)
	}
	if !strings.Contains(r.Subject, strings.TrimSpace(c.Letter.Subject)) {
		t.Errorf("%s: the subject is %q", l.name, r.Subject)
	}
	if twinned(c.Letter.Purpose) != (r.HTML != "") {
		t.Errorf("%s: formatted half: %v", l.name, r.HTML != "")
	}
	if c.Letter.Purpose.Automatic() != strings.HasPrefix(r.Auto, "auto-") {
		t.Errorf("%s: Auto-Submitted: %q", l.name, r.Auto)
	}
	files := r.Files
	if len(c.Head.Logo) > 0 && twinned(c.Letter.Purpose) {
		if len(files) == 0 || !files[0].Inline || !strings.Contains(r.HTML, "\"cid:"+files[0].CID+"\"") || strings.ContainsAny(files[0].CID, "<> ") {
			t.Errorf("%s: the logo is %+v", l.name, files)
			return
		}
		files = files[1:]
	}
	if len(files) != len(c.Letter.Files) {
		t.Errorf("%s: %d files of %d", l.name, len(files), len(c.Letter.Files))
		return
	}
	for i, f := range c.Letter.Files {
		if files[i].Name != f.Name || files[i].SHA256 != f.SHA256 || files[i].Inline {
			t.Errorf("%s: file %q is read as %+v", l.name, f.Name, files[i])
		}
	}
}

// everyLetter makes letters of every purpose and template, and of every shape of
// text, subject, name and file that mail programs have stumbled over.
func everyLetter(t *testing.T) []madeLetter {
	t.Helper()
	var out []madeLetter
	c := composer(t, Sender{Name: "SEN team (North), Westmarsh", PlusAddressing: true})
	made := func(name string, claim *tickets.Claim) {
		t.Helper()
		copies, err := c.Copies(claim, now())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, x := range copies {
			out = append(out, madeLetter{name, x.Bytes, claim})
		}
	}
	all := map[string]string{}
	for _, f := range fieldNames() {
		all[f] = "Ätwas “" + f + "” & <so> on " + strings.Repeat("lang ", 20)
	}
	for name, k := range kinds() {
		claim := reply()
		claim.Letter.Body, claim.Letter.Template, claim.Letter.Purpose, claim.Letter.Fields = "", name, k.purpose, all
		claim.Head = tickets.Letterhead{Signature: "The team", Logo: logo(t), LogoType: "image/png", LogoAlt: "Westmarsh \"Council\""}
		made("template "+name, claim)
	}
	for name, claim := range familyLetters(t) {
		claim.Head = tickets.Letterhead{Signature: "The team", Logo: logo(t), LogoType: "image/png", LogoAlt: "Westmarsh"}
		made("to a family: "+name, claim)
	}
	for name, body := range texts() {
		claim := reply()
		claim.Letter.Body, claim.Letter.QuoteAnswer = body, true
		made("text: "+name, claim)
	}
	for name, subject := range map[string]string{
		"long": strings.Repeat("a long subject of many words ", 30), "one word": strings.Repeat("x", 700), "umlauts": strings.Repeat("Übergänge für Zoë ", 40),
		"emoji": "🎒 " + strings.Repeat("👩‍👧", 30), "looks encoded": "=?utf-8?q?no?= but =?this", "colon": "Re: Fwd: [x] a: b", "tabs": "a\tb",
		"japanese": strings.Repeat("特別支援教育", 30), "arabic": "مرحبا SEN", "quotes": `"quoted" <a@b.example>, (comment)`,
	} {
		claim := reply()
		claim.Letter.Subject = subject
		if name == "tabs" {
			claim.Letter.Subject = "a b" // a tab is folding white space to every parser, and is never in a subject
		}
		made("subject: "+name, claim)
	}
	for _, name := range []string{"Zoë Łukasz Orchard", `O'Neill, "Sam" (Dad)`, "陳大文", strings.Repeat("Maximilian ", 12), "a@b.example", `back\slash`, "=?utf-8?q?x?=", "Tess. Brandt;"} {
		claim := reply()
		claim.Letter.Deliveries[0].Name = strings.TrimSpace(name)
		made("name: "+name, claim)
	}
	for i, names := range fileNames() {
		claim := reply()
		for j, n := range names {
			claim.Letter.Files = append(claim.Letter.Files, fileOf(tickets.FileName(n), contents()[(i+j)%len(contents())]))
		}
		if i%2 == 0 {
			claim.Head = tickets.Letterhead{Signature: "Grüße\n01234 000111", Logo: logo(t), LogoType: "image/png", LogoAlt: "Wappen"}
			claim.Print = map[int64]int{0: 24}
		}
		made(fmt.Sprintf("files: %q", names), claim)
	}
	claim := reply()
	claim.Previous = nil
	for i := range 40 {
		claim.Previous = append(claim.Previous, fmt.Sprintf("%s.%d@council.example", strings.Repeat("r", i*5%200+1), i))
	}
	claim.Letter.Deliveries = append(claim.Letter.Deliveries, tickets.Delivery{ID: 2, Name: "Rob", Email: "rob@post.example", Mailbox: "rob@post.example", MessageID: "def@council.example", Token: "tok2"})
	made("a long thread, two people", claim)
	slices.SortFunc(out, func(a, b madeLetter) int { return strings.Compare(a.name, b.name) })
	return out
}

func texts() map[string]string {
	return map[string]string{
		"dots": ".\n..\n. a\n\n.", "from": "From here\n>From there\nFrom: me", "long line": strings.Repeat("word ", 3000), "no spaces": strings.Repeat("x", 5000),
		"spaces at the end": "a  \nb\t\nc", "equals": "a=b =3D ==\n= \n=", "boundary": "--=_\n--=_0123456789abcdef\n--=_x--", "unicode": "naïve ‘quotes’ – 日本語 🎒 \u00a0nbsp\u200b",
		"right to left": "שלום\nمرحبا", "html": "<p>not html</p> &amp; <script>alert(1)</script> <!-- no -->", "lists": "- a\n- b\n\n1. c\n2. d\n\n> q\n>> r",
		"links": "See https://council.example/a?b=c&d=\"e\"> and <https://council.example/x>.", "one letter": "a", "many lines": strings.Repeat("line\n", 2000),
		"quoted printable trap": strings.Repeat("é", 76) + "\n" + strings.Repeat("=", 75) + " ", "header like": "Subject: no\nBcc: nobody@x.example\n\nBody",
	}
}

func fileNames() [][]string {
	return [][]string{
		{"plan.docx"},
		{"Draft plan, section F (final).docx", "map.png"},
		{"Zoë.pdf"},
		{strings.Repeat("Übergangsplan für Zoë ", 10) + ".pdf"},
		{`it's "quoted"; a=b.txt`},
		{"100% done.xlsx", "a'b''c.txt"},
		{"特別支援教育計画.pdf", strings.Repeat("長", 80) + ".docx"},
		{"emoji 🎒👩‍👧.jpeg"},
		{strings.Repeat("long name ", 17) + ".pdf"},
		{"noextension"},
		{"..hidden.txt"},
		{`C:\Users\x\letter.pdf`, "../../etc/passwd"},
		{"مرحبا.pdf"},
		{"a b  c\td.txt"},
		{"same.pdf", "same.pdf"},
		{"=?utf-8?q?x?=.pdf"},
		{strings.Repeat("%", 70) + ".txt"},
		{strings.Repeat("é", 33) + ".txt"},
	}
}

func contents() [][]byte {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	return [][]byte{
		[]byte("%PDF-1.4\n"), bytes.Repeat(all, 300), []byte("a\r\nb\nc\rd"), []byte("--=_boundary\r\n\r\n.\r\n"), {0}, []byte("<html>no</html>"), bytes.Repeat([]byte("x"), 57), bytes.Repeat([]byte("y"), 58),
	}
}

func fileOf(name string, content []byte) tickets.LetterFile {
	sum := sha256.Sum256(content)
	return tickets.LetterFile{Name: name, Type: "application/pdf", Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), Content: content}
}

func logo(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 60, 20))
	for x := range 60 {
		for y := range 20 {
			m.Set(x, y, color.RGBA{uint8(x * 4), 80, 120, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
