package parse_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

func message(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n")) }

func read(t *testing.T, lines ...string) *tickets.Inbound {
	t.Helper()
	return parse.Message(message(lines...), parse.Options{})
}

func TestReadingTwiceGivesTheSame(t *testing.T) {
	raw := letter()
	kept := string(raw)
	a, b := parse.Message(raw, parse.Options{}), parse.Message(raw, parse.Options{})
	if !reflect.DeepEqual(a, b) {
		t.Error("two readings differ")
	}
	if string(raw) != kept {
		t.Error("the raw mail was altered")
	}
}

// Every attachment of a mail with very many is listed (CW#14590 lost all but 15).
func TestEveryAttachmentIsListed(t *testing.T) {
	for _, n := range []int{16, 40, 200, 600} {
		var b strings.Builder
		b.WriteString("From: nadia@family.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n")
		for i := range n {
			fmt.Fprintf(&b, "--b\nContent-Type: application/pdf; name=\"page %d.pdf\"\n\nx%d\n", i, i)
		}
		b.WriteString("--b--\n")
		in := parse.Message([]byte(b.String()), parse.Options{})
		if len(in.Parts) != n {
			t.Fatalf("of %d attachments %d are listed", n, len(in.Parts))
		}
		for i, p := range in.Parts {
			if p.Name != fmt.Sprintf("page %d.pdf", i) {
				t.Errorf("attachment %d is called %q", i, p.Name)
			}
			if n > 40 {
				continue
			}
			r, _, err := parse.Part([]byte(b.String()), p.Path)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != fmt.Sprintf("x%d", i) {
				t.Errorf("attachment %d reads as %q, %v", i, got, err)
			}
		}
	}
}

func TestLimitsKeepTheRestVisible(t *testing.T) {
	mail := "From: a@family.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n" + strings.Repeat("--b\nContent-Type: application/pdf\n\nx\n", 50) + "--b--\n"
	in := parse.Message([]byte(mail), parse.Options{Limits: parse.Limits{MaxParts: 10}})
	last := in.Parts[len(in.Parts)-1]
	if len(in.Problems) == 0 || last.Name != "remaining-parts.bin" || last.Bytes == 0 {
		t.Errorf("beyond MaxParts: %+v, %q", in.Parts, in.Problems)
	}
	in = parse.Message([]byte("From: a@family.example\n\n"+strings.Repeat("Ärger ", 1000)), parse.Options{Limits: parse.Limits{MaxText: 101}})
	if !strings.Contains(in.Text, "The original mail has all of it") || len(in.Problems) == 0 {
		t.Errorf("beyond MaxText: %q", in.Text)
	}
	texts := "From: a@family.example\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\n"+strings.Repeat("words ", 100)+"\n", 20) + "--b--\n"
	in = parse.Message([]byte(texts), parse.Options{Limits: parse.Limits{MaxText: 1000}})
	if len(in.Parts) < 15 || len(in.Problems) == 0 {
		t.Errorf("many texts: %d parts, %q", len(in.Parts), in.Problems)
	}
	deep := "From: a@family.example\n"
	for i := range 80 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	in = parse.Message([]byte(deep+"Content-Type: text/plain\n\nwords"), parse.Options{})
	if len(in.Parts) != 1 || len(in.Problems) == 0 {
		t.Errorf("beyond MaxDepth: %+v %q", in.Parts, in.Problems)
	}
	big := "From: a@family.example\nX-Long: " + strings.Repeat("y", 2000) + "\nSubject: late\n\nwords"
	in = parse.Message([]byte(big), parse.Options{Limits: parse.Limits{MaxHeaderBytes: 1000}})
	if in.From.Email != "a@family.example" || !strings.Contains(in.Text, "words") || len(in.Problems) == 0 {
		t.Errorf("beyond MaxHeaderBytes: %+v", in)
	}
}

func TestPartThatDoesNotExist(t *testing.T) {
	for _, path := range []string{"", "7", "1", "1/uu1", "1.1"} {
		if _, _, err := parse.Part(letter(), path); !errors.Is(err, parse.ErrNoPart) {
			t.Errorf("part %q: %v", path, err)
		}
	}
}

func TestPartInsideText(t *testing.T) {
	raw, err := os.ReadFile("testdata/uuencode.eml")
	if err != nil {
		t.Fatal(err)
	}
	r, p, err := parse.Part(raw, "1/uu1")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "hello" || p.Name != "note.txt" {
		t.Errorf("got %q %v %+v", got, err, p)
	}
}

func TestContentHashIgnoresTheRoute(t *testing.T) {
	mail := []string{"From: nadia@family.example", "Subject: Taxi", "X-Family: kept", "", "The taxi did not come.", ""}
	hash := func(lines ...string) string { return read(t, lines...).ContentHash }
	base := hash(mail...)
	routed := append([]string{"Return-Path: <nadia@family.example>", "Delivered-To: sen@council.example", "Received: from a.example", "\tby b.example; Mon, 2 Mar 2026", "ARC-Seal: i=1", "DKIM-Signature: v=1", "X-MS-Exchange-Organization-SCL: 1", "Authentication-Results: mx.council.example; spf=pass", "X-Spam-Score: 1"}, mail...)
	if hash(routed...) != base {
		t.Error("trace headers change the hash")
	}
	if parse.Message([]byte(strings.Join(mail, "\n")), parse.Options{}).ContentHash != base {
		t.Error("line ends change the hash")
	}
	if parse.Message(append(message(mail...), "\r\n\r\n"...), parse.Options{}).ContentHash != base {
		t.Error("empty lines at the end change the hash")
	}
	for i, other := range []string{"From: tom@family.example", "Subject: Bus", "X-Family: other", "", "The bus did not come."} {
		if other == "" {
			continue
		}
		changed := append([]string{}, mail...)
		changed[i] = other
		if hash(changed...) == base {
			t.Errorf("%q does not change the hash", other)
		}
	}
}

func TestAuthenticationResults(t *testing.T) {
	ours := "Authentication-Results: mx.council.example 1; spf=pass smtp.mailfrom=a; dkim=fail header.d=x; dkim=pass header.d=y; dmarc=pass"
	forged := "Authentication-Results: mx.council.example; spf=fail; dmarc=fail"
	idless := "Authentication-Results: spf=softfail (sender IP is 192.0.2.1) smtp.mailfrom=a.example; dkim=none (message not signed); dmarc=fail action=none header.from=a.example;compauth=fail reason=001"
	cases := []struct {
		name    string
		trusted []string
		headers []string
		want    tickets.AuthResult
	}{
		{"nobody is trusted", nil, []string{ours}, tickets.AuthResult{}},
		{"the topmost of ours", []string{"MX.council.example"}, []string{"Authentication-Results: elsewhere.example; spf=fail", ours, forged}, tickets.AuthResult{SPF: "pass", DKIM: "pass", DMARC: "pass", ServerID: "mx.council.example"}},
		{"somebody else's", []string{"mx.other.example"}, []string{ours}, tickets.AuthResult{}},
		{"Microsoft 365", []string{parse.Microsoft365}, []string{idless}, tickets.AuthResult{SPF: "softfail", DKIM: "none", DMARC: "fail", ServerID: parse.Microsoft365}},
		{"an id-less one below another", []string{parse.Microsoft365}, []string{"Authentication-Results: elsewhere.example; spf=fail", idless}, tickets.AuthResult{}},
		{"an id-less one is not trusted", []string{"mx.council.example"}, []string{idless}, tickets.AuthResult{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := parse.Message(message(append(c.headers, "From: a@a.example", "", "x")...), parse.Options{TrustedAuthServers: c.trusted})
			if in.Auth != c.want {
				t.Errorf("got %+v, want %+v", in.Auth, c.want)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	cases := map[string][]tickets.MailAddress{
		`Rahman, Nadia <nadia@family.example>`:                               {{Name: "Rahman, Nadia", Email: "nadia@family.example"}},
		`"Rahman, Nadia" <nadia@family.example>; tom@family.example`:         {{Name: "Rahman, Nadia", Email: "nadia@family.example"}, {Email: "tom@family.example"}},
		`nadia@family.example (Nadia Rahman)`:                                {{Name: "Nadia Rahman", Email: "nadia@family.example"}},
		`<mailto:nadia@family.example>`:                                      {{Email: "nadia@family.example"}},
		`'nadia@family.example'`:                                             {{Email: "nadia@family.example"}},
		`"=?utf-8?Q?N=C3=A1dia?=" <nadia@family.example>`:                    {{Name: "Nádia", Email: "nadia@family.example"}},
		`=?utf-8?Q?N=C3=A1dia_=3Cnadia=40family=2Eexample=3E?=`:              {{Name: "Nádia", Email: "nadia@family.example"}},
		`Team: nadia@family.example, tom@family.example;`:                    {{Email: "nadia@family.example"}, {Email: "tom@family.example"}},
		`Undisclosed recipients:;`:                                           nil,
		`Nadia Rahman nadia@family.example`:                                  {{Name: "Nadia Rahman", Email: "nadia@family.example"}},
		`"Nadia <nadia@family.example>`:                                      {{Name: "Nadia", Email: "nadia@family.example"}},
		`<@relay.example:nadia@family.example>`:                              {{Email: "nadia@family.example"}},
		`nadia @ family . example`:                                           {{Email: "nadia@family.example"}},
		`"nadia rahman"@family.example`:                                      {{Email: `"nadia rahman"@family.example`}},
		`nadia@family.example <nadia@family.example>`:                        {{Name: "nadia@family.example", Email: "nadia@family.example"}},
		`Nadia (Owen's mum (and carer)) <nadia@family.example>, x@y.example`: {{Name: "Nadia", Email: "nadia@family.example"}, {Email: "x@y.example"}},
		"N\xe1dia <nadia@family.example>":                                    {{Name: "Nádia", Email: "nadia@family.example"}},
		`Nadia`:                                                              {{Name: "Nadia"}},
	}
	for header, want := range cases {
		t.Run(header, func(t *testing.T) {
			in := read(t, "To: "+header, "From: a@b.example", "", "x")
			if !reflect.DeepEqual(in.To, want) {
				t.Errorf("got %+v, want %+v", in.To, want)
			}
		})
	}
}

func TestFromIsFoundWhereverItIs(t *testing.T) {
	if in := read(t, "Sender: nadia@family.example", "", "x"); in.From.Email != "nadia@family.example" || len(in.Problems) == 0 {
		t.Errorf("Sender: %+v", in)
	}
	if in := read(t, "Return-Path: <nadia@family.example>", "", "x"); in.From.Email != "nadia@family.example" {
		t.Errorf("Return-Path: %+v", in)
	}
	if in := read(t, "Subject: x", "", "x"); in.FirstFrom() != "" || len(in.Problems) == 0 {
		t.Errorf("nobody: %+v", in)
	}
}

func TestKinds(t *testing.T) {
	cases := []struct {
		name    string
		headers []string
		body    string
		kind    tickets.MailKind
		auto    bool
	}{
		{"a person", []string{"From: n@family.example", "Subject: Taxi"}, "x", tickets.KindHuman, false},
		{"a person answers an automatic reply", []string{"From: n@family.example", "Subject: RE: Automatic reply: Taxi"}, "x", tickets.KindHuman, false},
		{"a person writes about a delivery", []string{"From: n@family.example", "Subject: Delivery failed again"}, "The wheelchair could not be delivered.", tickets.KindHuman, false},
		{"says no", []string{"From: n@family.example", "Auto-Submitted: no"}, "x", tickets.KindHuman, false},
		{"X-Auto-Response-Suppress alone", []string{"From: n@family.example", "X-Auto-Response-Suppress: All"}, "x", tickets.KindHuman, true},
		{"RFC 3834", []string{"From: n@family.example", "Auto-Submitted: auto-replied; vacation"}, "x", tickets.KindAutoReply, true},
		{"older", []string{"From: n@family.example", "X-Autoreply: yes"}, "x", tickets.KindAutoReply, true},
		{"Precedence", []string{"From: n@family.example", "Precedence: auto_reply"}, "x", tickets.KindAutoReply, true},
		{"subject only", []string{"From: n@family.example", "Subject: Automatische Antwort: Taxi"}, "x", tickets.KindAutoReply, false},
		{"365 out of office with a postmaster envelope", []string{"Return-Path: <postmaster@school.example>", "From: Head <head@school.example>", "Subject: Automatic reply: Owen", "Auto-Submitted: auto-replied"}, "I cannot be reached until Monday.", tickets.KindAutoReply, true},
		{"365 out of office with an empty envelope", []string{"Return-Path: <>", "From: Head <head@school.example>", "Subject: Automatic reply: Undeliverable", "Auto-Submitted: auto-generated"}, "x", tickets.KindAutoReply, true},
		{"list", []string{"From: n@charity.example", "List-Id: <a.charity.example>"}, "x", tickets.KindList, true},
		{"bulk", []string{"From: n@charity.example", "Precedence: bulk"}, "x", tickets.KindList, true},
		{"no-reply", []string{"From: No-Reply <no-reply@school.example>"}, "x", tickets.KindOther, true},
		{"DMARC report", []string{"From: n@provider.example", "Subject: Report domain: council.example Submitter: provider.example Report-ID: 1"}, "x", tickets.KindOther, true},
		{"empty envelope", []string{"Return-Path: <>", "From: n@family.example", "Subject: x"}, "x", tickets.KindOther, true},
		{"Gmail failure", []string{"From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>", "Subject: Delivery Status Notification (Failure)", "X-Failed-Recipients: n@family.example"}, "Address not found", tickets.KindBounce, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := read(t, append(c.headers, "", c.body)...)
			if in.Kind != c.kind || in.AutoHeader != c.auto || (in.Bounce != nil) != (c.kind == tickets.KindBounce) {
				t.Errorf("got %s auto=%v bounce=%v because %q, want %s auto=%v", in.Kind, in.AutoHeader, in.Bounce, in.Evidence, c.kind, c.auto)
			}
			if in.Kind != tickets.KindHuman && len(in.Evidence) == 0 {
				t.Error("no evidence is given")
			}
		})
	}
}

func TestSafeHTML(t *testing.T) {
	in := `<html><head><style>@import url(https://evil.example/x.css)</style><base href="https://evil.example/"></head><body onload="x()" style="background:url(https://evil.example/p.png)">
<script>alert(1)</script><h2>Plan</h2><p>See <a href="https://school.example/a?b=1&amp;c=2" onclick="x()" target="_top">plan</a>, <a href="javascript:alert(1)">no</a>, <a href="data:text/html,x">no</a>, <a href="mailto:a@school.example">mail</a>.</p>
<img src="https://evil.example/pixel.gif" alt="Logo"><img src="https://evil.example/pixel.gif"><img alt="photo.png" src='cid:p1@x'>
<svg><script>alert(2)</script><a xlink:href="javascript:x">s</a></svg><form action="https://evil.example"><input name=a value=b><button>Send</button></form><iframe src="https://evil.example"></iframe>
<table background="https://evil.example/t.png"><tr><td colspan=2>cell</td></tr></table><video src="https://evil.example/v"></video><link rel=stylesheet href="https://evil.example/y.css"><meta http-equiv=refresh content="0;url=https://evil.example"></body></html>`
	out := parse.SafeHTML(in)
	for _, bad := range []string{"evil.example", "javascript", "data:", "<script", "alert", "onclick", "onload", "style", "<img", "<svg", "<form", "<input", "<iframe", "<video", "<link", "<meta", "<base", "target", "cid:"} {
		if strings.Contains(strings.ToLower(out), bad) {
			t.Errorf("%q is left in %s", bad, out)
		}
	}
	for _, good := range []string{"<h2>Plan</h2>", `href="https://school.example/a?b=1&amp;c=2"`, "noopener", "noreferrer", "nofollow", `href="mailto:a@school.example"`, "[image: photo.png]", "[Logo]", `<td colspan="2">cell</td>`} {
		if !strings.Contains(out, good) {
			t.Errorf("%q is missing in %s", good, out)
		}
	}
}

func TestHTMLNamesPicturesOfTheMail(t *testing.T) {
	raw, err := os.ReadFile("testdata/alternative-related.eml")
	if err != nil {
		t.Fatal(err)
	}
	named := strings.Replace(string(raw), "Content-Type: image/png", "Content-Type: image/png; name=\"ramp.png\"", 1)
	html, ok := parse.HTML([]byte(named))
	if !ok || !strings.Contains(parse.SafeHTML(html), "[image: ramp.png]") {
		t.Errorf("got %v %s", ok, parse.SafeHTML(html))
	}
	if _, ok := parse.HTML([]byte("From: a@b.example\n\nplain")); ok {
		t.Error("a plain mail has HTML")
	}
}

func TestHeadersAreShownAsTheyStand(t *testing.T) {
	got := parse.Headers([]byte("From nadia Mon Mar  2 09:15:00 2026\r\nFrom: nadia@family.example\r\nSubject: =?utf-8?q?x?=\r\n y\r\n\r\nbody"))
	if got != "From: nadia@family.example\nSubject: =?utf-8?q?x?=\n y\n" {
		t.Errorf("got %q", got)
	}
}

func TestNothingOfABrokenMailIsLost(t *testing.T) {
	cases := map[string]string{
		"no header":                       "Hello,\nwords of a family\n",
		"a header without an empty line":  "From: a@b.example\nSubject: x\nThese are the words of a family.\nThey have no empty line above.",
		"only a header":                   "From: a@b.example\nSubject: words of a family\n",
		"an unknown encoding":             "From: a@b.example\nContent-Transfer-Encoding: base9000\n\nwords of a family",
		"an unknown charset":              "From: a@b.example\nContent-Type: text/plain; charset=martian\n\nwords of a family",
		"no media type":                   "From: a@b.example\nContent-Type: nonsense; x\n\nwords of a family",
		"a multipart that is none":        "From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\nwords of a family",
		"a style that is never closed":    "From: a@b.example\nContent-Type: text/html\n\n<style>p{}<p>words of a family",
		"NUL bytes":                       "From: a@b.example\n\nwords\x00 of a family",
		"text behind the last boundary":   "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\nwords of a family",
		"text before the first boundary":  "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\nwords of a family\n--b\n\nx\n--b--",
		"an empty plain form":             "From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n\n--b\nContent-Type: text/html\n\n<p>words of a family\n--b--",
		"base64 of a container":           "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\nLS1iCgp3b3JkcyBvZiBhIGZhbWlseQotLWItLQo=",
		"two plain parts":                 "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n\nwords of a family\n--b--",
		"the wrong boundary":              "From: a@b.example\nContent-Type: multipart/mixed; boundary=wrong\n\n--right\nContent-Type: text/plain\n\nwords of a family\n--right--",
		"old Macintosh line ends":         "From: a@b.example\rSubject: x\r\rwords of a family\r",
		"quoted-printable that is broken": "From: a@b.example\nContent-Transfer-Encoding: quoted-printable\n\nwords =ZZ of=\n a=20family =",
	}
	for name, mail := range cases {
		t.Run(name, func(t *testing.T) {
			in := parse.Message([]byte(mail), parse.Options{})
			all := in.Text + " " + in.Subject
			for _, w := range []string{"words", "of", "family"} {
				if !strings.Contains(all, w) {
					t.Errorf("%q is lost: %+v", w, in)
				}
			}
		})
	}
}
