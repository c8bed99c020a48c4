package clearance

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hearback/mailbox/guard"
	"hearback/mailbox/outbound/internal/compose"
	"hearback/tickets"
)

// shapes has everything that the formatted half makes something of.
const shapes = "Dear Tamsin,\n\nthank you <for> \"writing\" & waiting. See https://council.example/send?a=1&b=2.\n" +
	"Second line.\n\n- one\n- two (https://council.example/x)\n\n* star\n• dot\n\n3. third\n4. fourth\n12. alone\n007. agent\n\n" +
	"Yours\n\n> you wrote\n>> deeper - words\n> - a list\n>\n> https://other.example/\n\n- \n* \n-no list\nlast"

// A letter whose halves differ in one word, one place or one thing that is not
// seen is stopped, whatever the rest of the guard would say.
func TestHalvesThatDifferAreStopped(t *testing.T) {
	m, _, _, claim, copies := setUp(t, shapes)
	if got, r := m.Clear(t.Context(), claim, copies, nil, ""); len(got) != 1 {
		t.Fatalf("the letter as it was made is stopped: %+v", r.Verdict)
	}
	head, rest, _ := strings.Cut(string(copies[0].Bytes), "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	body, tail, _ := strings.Cut(rest, "\r\n--=_")
	plain, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	mutate := func(old, now string) []compose.Copy {
		t.Helper()
		html := strings.Replace(string(plain), old, now, 1)
		if html == string(plain) {
			t.Fatalf("there is no %q in %s", old, plain)
		}
		var b bytes.Buffer
		w := quotedprintable.NewWriter(&b)
		_, err1 := w.Write([]byte(html))
		if err2 := w.Close(); err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		c := slices.Clone(copies)
		c[0].Bytes = []byte(head + "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + b.String() + "\r\n--=_" + tail)
		return c
	}
	for what, change := range map[string][2]string{
		"another word":             {"waiting", "hating"},
		"a word less":              {"Second line.", "Second"},
		"a word more":              {"Yours", "Yours truly"},
		"words in another order":   {"Second line.", "line. Second"},
		"a paragraph hidden":       {"<p style=\"margin:0 0 16px 0;\">Yours", "<p style=\"display:none\">Yours"},
		"a comment":                {"Yours", "Yours<!-- she must not know -->"},
		"a title":                  {"</head>", "<title>x</title></head>"},
		"a script":                 {"</body>", "<script>x</script></body>"},
		"words in the head":        {"</head>", "x</head>"},
		"words after the end":      {"</html>", "</html>x"},
		"a link elsewhere":         {"href=\"https://council.example/x\"", "href=\"https://evil.example/x\""},
		"a link of another scheme": {"href=\"https://council.example/x\"", "href=\"javascript:x\""},
		"an image from outside":    {"<p style", "<img src=\"https://council.example/spy.png\" alt=\"\"><p style"},
		"a background from there":  {"background-color:#ffffff", "background:url(https://evil.example/x)"},
		"white on white":           {"color:#0b0c0c", "color:#ffffff"},
		"letters of one point":     {"font-size:16px", "font-size:1px"},
		"pushed off the page":      {"margin:0 0 16px 0", "margin:0 0 0 9999px"},
		"another number":           {"start=\"3\"", "start=\"5\""},
		"no quote any more":        {"<blockquote style=\"margin:0 0 16px 0;padding:0 0 0 16px;border-left:4px solid #505a5f;\">", "<div>"},
		"an event":                 {"<p style", "<p onclick=\"x()\" style"},
		"a field to fill in":       {"<p style", "<input value=\"x\"><p style"},
		"a style sheet":            {"</head>", "<style>p{display:none}</style></head>"},
		"not closed":               {"</body>", ""},
	} {
		got, r := m.Clear(t.Context(), claim, mutate(change[0], change[1]), nil, "")
		if len(got) != 0 || !slices.Contains(r.Verdict.Rules(guard.Confirm), guard.RuleUnparseable) {
			t.Errorf("%s: %d cleared, %v", what, len(got), r.Verdict.Rules(guard.Allow))
		}
	}
}

// Whatever somebody writes, the two halves say the same.
func TestHalvesAgree(t *testing.T) {
	composer, err := compose.New(compose.Settings{Senders: map[string]compose.Sender{ours: {Name: "SEN team"}}})
	if err != nil {
		t.Fatal(err)
	}
	_, _, c, claim, _ := setUp(t, "x")
	line := rapid.OneOf(
		rapid.StringMatching(`[>\-*• 0-9.]{0,5}[ a-zé<>&";'.-]{0,30}`),
		rapid.StringMatching(`(> ?){0,10}(https?://[a-z]{1,5}\.example[/?&=a-z.,)"<]{0,8} ?){0,2}`),
		rapid.String(),
	)
	rapid.Check(t, func(rt *rapid.T) {
		text := strings.Join(rapid.SliceOfN(line, 1, 12).Draw(rt, "lines"), "\n")
		letter := *claim
		letter.Letter.Body, letter.Head = text, tickets.Letterhead{Signature: line.Draw(rt, "signature")}
		letter.Print = map[int64]int{0: rapid.IntRange(0, 60).Draw(rt, "points")}
		copies, err := composer.Copies(&letter, c.now)
		if err != nil {
			return // nothing to send, or a character that cannot be
		}
		m := &Mint{}
		letters, _, refused := m.read(t.Context(), &letter, copies)
		if refused != nil {
			rt.Fatalf("%v\n%q\n%s", refused.Findings, text, copies[0].Bytes)
		}
		if v := agree(letters[0]); v != nil {
			rt.Fatalf("%v", v.Findings)
		}
	})
}

// The council's own sign asks nobody anything; any other picture does.
func TestOnlyTheOwnSignIsVouchedFor(t *testing.T) {
	var own, other bytes.Buffer
	for _, x := range []struct {
		to   *bytes.Buffer
		tone uint8
	}{{&own, 10}, {&other, 200}} {
		m := image.NewGray(image.Rect(0, 0, 30, 10))
		for i := range m.Pix {
			m.Pix[i] = x.tone
		}
		if err := png.Encode(x.to, m); err != nil {
			t.Fatal(err)
		}
	}
	m, _, c, claim, _ := setUp(t, "Dear Tamsin, on Monday.")
	composer, err := compose.New(compose.Settings{Senders: map[string]compose.Sender{ours: {Name: "SEN team"}}})
	if err != nil {
		t.Fatal(err)
	}
	claim.Head = tickets.Letterhead{Logo: own.Bytes(), LogoType: "image/png", LogoAlt: "Westmarsh Council"}
	copies, err := composer.Copies(claim, c.now)
	if err != nil {
		t.Fatal(err)
	}
	if got, r := m.Clear(t.Context(), claim, copies, nil, ""); len(got) != 1 {
		t.Errorf("the sign is stopped: %+v", r.Verdict)
	}
	claim.Head.Logo = other.Bytes() // and not what stands in the bytes
	if got, r := m.Clear(t.Context(), claim, copies, nil, ""); len(got) != 0 || !slices.Contains(r.Verdict.Rules(guard.Confirm), guard.RuleAttachUnreadable) {
		t.Errorf("another picture of that name passes: %+v", r.Verdict)
	}
}

// What the virus scanner said holds a letter, whatever else is well.
func TestScannerHoldsLetters(t *testing.T) {
	m, _, _, claim, copies := setUp(t, "Dear Tamsin, on Monday.")
	for verdict, rule := range map[tickets.ScanVerdict]string{
		tickets.ScanInfected: guard.RuleAttachVirus, tickets.ScanSkipped: guard.RuleAttachUnscanned, "new word": guard.RuleAttachVirus, tickets.ScanClean: "", "": "",
	} {
		claim.Letter.Files = []tickets.LetterFile{{Name: "plan.pdf", Scan: verdict}}
		got, r := m.Clear(t.Context(), claim, copies, nil, "")
		if (len(got) == 1) != (rule == "") || rule != "" && !slices.Contains(r.Verdict.Rules(guard.Confirm), rule) {
			t.Errorf("%q: %d cleared, %v", verdict, len(got), r.Verdict.Rules(guard.Allow))
		}
	}
}
