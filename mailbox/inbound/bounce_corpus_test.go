package inbound_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

var (
	citedID     = regexp.MustCompile(`(?im)^[> \t|]*Message-ID:[ \t]*(?:\r?\n[ \t]+)?<([^<>\s]+@[^<>\s]+)>`)
	failedField = regexp.MustCompile(`(?im)^[> \t]*(?:(?:Original|Final)-Recipient:[ \t]*[^;\r\n]*;[ \t]*|X-Failed-Recipients:[ \t]*)<?([^\s<>;,]+@[^\s<>;,]+)>?`)
)

// TestCorpusBounces takes the bounces of a corpus of real mail, has each speak of a
// letter of ours (its Message-ID and recipient, found by looking at the bytes and not
// by asking the parser, are exchanged for ours) and wants each to reopen the right
// enquiry for the right recipient. HEARBACK_CORPUS names a folder with a MANIFEST.tsv.
// What cites no Message-ID in a form that can be exchanged is counted apart.
func TestCorpusBounces(t *testing.T) {
	root := os.Getenv("HEARBACK_CORPUS")
	if root == "" {
		t.Skip("HEARBACK_CORPUS is not set: no corpus of real bounces to measure with")
	}
	manifest, err := os.ReadFile(filepath.Join(root, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	c := newCorrespondence(t)
	var right, delayed, without, elsewhere int
	var wrong []string
	for _, line := range strings.Split(string(manifest), "\n")[1:] {
		f := strings.Split(line, "\t")
		if len(f) < 6 || f[3] != "message" || !(strings.Contains(f[0], "sisimai") || strings.Contains(f[0], "flufl")) {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(root, f[2]))
		if err != nil {
			t.Fatal(err)
		}
		in := parse.Message(raw, parse.Options{})
		if in.Kind != tickets.KindBounce {
			elsewhere++ // measured by TestMeasure of mailbox/parse
			continue
		}
		l := c.answer()
		ours, ok := rewritten(raw, in, l)
		if !ok {
			without++
			continue
		}
		again := parse.Message(ours, parse.Options{})
		late := again.Bounce != nil && again.Bounce.Delayed
		if bad := c.after(l, c.take(ours), late); bad != "" {
			wrong = append(wrong, f[2]+": "+bad)
			continue
		}
		right++
		if late {
			delayed++
		}
	}
	t.Logf("%d bounces can be tied to a letter: %d right (%d of them delays, which are shown and reopen nothing), %d wrong; %d cite no number that can be exchanged; %d are no bounces",
		right+len(wrong), right, delayed, len(wrong), without, elsewhere)
	for _, w := range wrong {
		t.Error(w)
	}
	if right < 200 {
		t.Errorf("only %d bounces were tied: the corpus is not what this test is for", right)
	}
}

// rewritten is a bounce that speaks of l's copy to whoever asked.
func rewritten(raw []byte, in *tickets.Inbound, l answeredLetter) ([]byte, bool) {
	_, body, ok := bytes.Cut(raw, []byte("\n\n"))
	if !ok {
		if _, body, ok = bytes.Cut(raw, []byte("\r\n\r\n")); !ok {
			return nil, false
		}
	}
	ids := citedID.FindAllSubmatch(body, -1)
	if len(ids) == 0 {
		return nil, false
	}
	out := raw
	for _, id := range ids { // a notice in a notice has one of its own
		out = replaceFold(out, string(id[1]), l.asked.MessageID)
	}
	recipients := map[string]bool{}
	for _, r := range failedField.FindAllSubmatch(raw, -1) {
		recipients[strings.ToLower(string(r[1]))] = true
	}
	if in.Bounce.Recipient != "" {
		recipients[strings.ToLower(in.Bounce.Recipient)] = true
	}
	for r := range recipients {
		out = replaceFold(out, r, l.asked.Email)
	}
	return out, true
}

func replaceFold(raw []byte, old, with string) []byte {
	return regexp.MustCompile(`(?i)`+regexp.QuoteMeta(old)).ReplaceAllLiteral(raw, []byte(with))
}
