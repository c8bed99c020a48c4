package mailtest

import (
	"bytes"
	"fmt"
	"math"
	"mime"
	"strings"
	"time"
)

// draft is a mail being written.
type draft struct {
	Truth
	g       *generator
	family  Family
	answers *past // nil for a new mail
	text    string
	raw     bytes.Buffer
}

// write makes subject, text, headers and body.
func (d *draft) write() {
	d.choose()
	d.compose()
	d.headers()
	d.body()
}

// forms of a mail's text, with the charset each is sent in and how often in a hundred.
type form struct {
	name    string
	charset string
	weight  int
}

func forms() []form {
	return []form{
		{"alternative", "utf-8", 45},
		{"plain-qp", "utf-8", 22},
		{"plain-base64", "utf-8", 10},
		{"plain-8bit", "utf-8", 9},
		{"plain-8bit", "iso-8859-1", 7},
		{"plain-qp", "iso-8859-1", 7},
	}
}

// choose draws the form.
func (d *draft) choose() {
	r := d.g.rand
	roll := r.IntN(100)
	for _, f := range forms() {
		d.Form, d.Charset = f.name, f.charset
		if roll -= f.weight; roll < 0 {
			break
		}
	}
	if r.Float64() < d.g.options.HTMLOnly {
		d.Form, d.Charset = "html", "utf-8"
	}
	if d.Kind == KindAutoReply {
		d.Form, d.Charset = "plain-qp", "utf-8"
	}
}

// compose writes subject and text.
func (d *draft) compose() {
	r := d.g.rand
	words := phrases{r: r, f: d.family, latin1: d.Charset == "iso-8859-1" && latin1(d.family.Child)}
	switch d.Kind {
	case KindNew:
		d.Subject = words.subject()
		d.text = words.letter(d.textSize())
	case KindReply:
		d.Subject = reply(d.answers.Subject)
		d.text = words.answer(d.textSize())
	case KindStranger:
		d.Subject = reply(d.answers.Subject)
		d.text = words.stranger(d.textSize())
	case KindAutoReply:
		d.Subject = pick(r, []string{"Automatic reply: ", "Out of office: "}) + d.answers.Subject
		d.text = words.absence()
	}
	if d.Charset == "iso-8859-1" && !latin1(d.text) {
		d.Charset = "utf-8"
	}
	if d.Form == "plain-8bit" {
		// Lines of an unencoded mail end at 998 bytes (RFC 5322 section 2.1.1); mail
		// programs break them at about 72 characters.
		d.text = wrap(d.text, 72)
	}
}

// textSize draws how many bytes of text bring the mail to about its size. Sizes are
// spread like those of an inbox: half below the median, a few many times above.
func (d *draft) textSize() int {
	median := d.g.options.MedianBytes
	draw := math.Exp(d.g.rand.NormFloat64() * 0.7)
	if median == 0 {
		return 0
	}
	const around = 1000 // headers and MIME boundaries
	perByte := map[string]float64{"alternative": 2.5, "plain-base64": 1.37, "html": 1.45}[d.Form]
	if perByte == 0 {
		perByte = 1.03
	}
	return int((float64(median)*draw - around) / perByte)
}

// headers writes all fields but those that say how the body is built.
func (d *draft) headers() {
	r := d.g.rand
	date := d.Received.In(zone(d.Received)).Format(time.RFC1123Z)
	domain := domainOf(d.From)
	fmt.Fprintf(&d.raw, "Return-Path: <%s>\r\n", d.returnPath())
	fmt.Fprintf(&d.raw, "Received: from mail.%s (mail.%s [192.0.2.%d])\r\n\tby mx.northshire.example with ESMTPS id %08x;\r\n\t%s\r\n",
		domain, domain, 1+r.IntN(250), r.Uint32(), date)
	fmt.Fprintf(&d.raw, "From: %s\r\n", d.sender())
	fmt.Fprintf(&d.raw, "To: %s\r\n", pick(r, []string{"<" + d.To + ">", "SEN Team <" + d.To + ">", d.To}))
	fmt.Fprintf(&d.raw, "Subject: %s\r\n", fold(pick(r, []mime.WordEncoder{mime.QEncoding, mime.BEncoding}).Encode("utf-8", d.Subject)))
	fmt.Fprintf(&d.raw, "Date: %s\r\nMessage-ID: %s\r\n", date, d.ID)
	if d.Answers != "" {
		d.cite()
	}
	if d.Kind == KindAutoReply {
		// RFC 3834 section 5, and what Exchange and vacation programs add of their own.
		fmt.Fprintf(&d.raw, "Auto-Submitted: auto-replied\r\n%s\r\n",
			pick(r, []string{"X-Auto-Response-Suppress: All", "Precedence: bulk", "X-Autoreply: yes"}))
	}
	d.raw.WriteString("MIME-Version: 1.0\r\n")
}

// returnPath is the envelope sender; empty for automatic replies (RFC 3834 section 3.3).
func (d *draft) returnPath() string {
	if d.Kind == KindAutoReply {
		return ""
	}
	return d.From
}

// sender writes From in the ways that mail programs do.
func (d *draft) sender() string {
	name := mime.QEncoding.Encode("utf-8", d.Name)
	if name == d.Name { // nothing to encode
		first, last, ok := strings.Cut(d.Name, " ")
		if ok && d.g.rand.IntN(5) == 0 {
			// The comma makes the quotes necessary (RFC 5322 section 3.2.4). The name that a
			// program shows is then the other way round.
			d.Name = last + ", " + first
			return `"` + d.Name + `" <` + d.From + ">"
		}
	}
	return name + " <" + d.From + ">"
}

// cite writes In-Reply-To and References. Programs that send one without the other exist.
func (d *draft) cite() {
	thread := keepLast(d.g.threads[d.Root], 8)
	ids := append([]string{}, thread...)
	if len(ids) == 0 || ids[0] != d.Root {
		ids = append([]string{d.Root}, ids...)
	}
	if ids[len(ids)-1] != d.Answers {
		ids = append(ids, d.Answers)
	}
	roll := d.g.rand.IntN(20)
	inThread := !strings.HasPrefix(d.Answers, "<letter.")
	if roll != 0 {
		fmt.Fprintf(&d.raw, "In-Reply-To: %s\r\n", d.Answers)
	}
	// Only In-Reply-To is enough when it names a mail of the thread.
	if roll != 1 || !inThread {
		fmt.Fprintf(&d.raw, "References: %s\r\n", strings.Join(ids, "\r\n "))
	}
}

func reply(subject string) string {
	if strings.HasPrefix(subject, "Re: ") {
		return subject
	}
	return "Re: " + subject
}

// zone is British time near enough for a Date field: summer time from April to October.
func zone(at time.Time) *time.Location {
	if m := at.UTC().Month(); m >= time.April && m <= time.October {
		return time.FixedZone("", 3600)
	}
	return time.FixedZone("", 0)
}

func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// fold breaks a long field body at spaces (RFC 5322 section 2.2.3).
func fold(value string) string {
	var b strings.Builder
	length := len("Subject: ")
	for i, word := range strings.Split(value, " ") {
		switch {
		case i == 0:
		case length+len(word) > 74:
			b.WriteString("\r\n ")
			length = 1
		default:
			b.WriteString(" ")
			length++
		}
		b.WriteString(word)
		length += len(word)
	}
	return b.String()
}

// wrap breaks lines longer than width characters at spaces.
func wrap(text string, width int) string {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		column := 0
		for j, word := range strings.Split(line, " ") {
			length := len([]rune(word))
			switch {
			case j == 0:
			case column+1+length > width:
				b.WriteByte('\n')
				column = 0
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += length
		}
	}
	return b.String()
}

// latin1 says whether ISO 8859-1 has all the characters of s.
func latin1(s string) bool {
	for _, c := range s {
		if c > 0xff {
			return false
		}
	}
	return true
}
