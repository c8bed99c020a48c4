package parse_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"hearback/mailbox/parse"
	"hearback/tickets"
)

// TestMeasure reads a corpus of real mail with stated results and prints how
// often this package agrees. HEARBACK_CORPUS names a folder with a MANIFEST.tsv
// (source, licence, path, kind, exercises, expected); without it the test is
// passed over. It asserts only that every message is read: the figures are for
// people. HEARBACK_CORPUS_MISSES=1 lists the disagreements.
func TestMeasure(t *testing.T) {
	root := os.Getenv("HEARBACK_CORPUS")
	if root == "" {
		t.Skip("HEARBACK_CORPUS is not set")
	}
	raw, err := os.ReadFile(filepath.Join(root, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	s := &score{got: map[string]int{}, of: map[string]int{}, verbose: os.Getenv("HEARBACK_CORPUS_MISSES") != ""}
	for _, l := range strings.Split(string(raw), "\n")[1:] {
		f := strings.Split(l, "\t")
		if len(f) < 6 {
			continue
		}
		mail, err := os.ReadFile(filepath.Join(root, f[2]))
		if err != nil {
			t.Errorf("%s: %v", f[2], err)
			continue
		}
		in := parse.Message(mail, parse.Options{})
		for _, p := range in.Problems {
			if strings.HasPrefix(p, "internal error") {
				t.Errorf("%s: %s", f[2], p)
			}
		}
		s.path, s.root, s.whole = f[2], root, f[3] == "message"
		s.compare(f[0], strings.ReplaceAll(f[5], " ⏎ ", "\n"), in)
	}
	names := make([]string, 0, len(s.of))
	for n := range s.of {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		t.Logf("%-34s %4d of %4d  %5.1f %%", n, s.got[n], s.of[n], 100*float64(s.got[n])/float64(s.of[n]))
	}
	for _, m := range s.misses {
		t.Log(m)
	}
}

type score struct {
	got, of    map[string]int
	misses     []string
	verbose    bool
	path, root string
	whole      bool // the source calls it a message, not a body or a fragment
}

// lost says that a stated result has U+FFFD for what its source could not read.
func lost(s string) bool { return strings.ContainsRune(s, '\uFFFD') }

// subject compares subjects; besides, those whose stated result is readable.
func (s *score) subject(want, got string) {
	s.check("subject", sameWords(want, got), want, got)
	if !lost(want) {
		s.count("subject: stated in full", sameWords(want, got))
	}
}

// attached compares the name of an attachment.
func (s *score) attached(want string, in *tickets.Inbound) {
	s.check("attachments: name", hasName(in, want), want, names(in))
	if !lost(want) {
		s.count("attachments: name, stated in full", hasName(in, want))
	}
}

// attachments compares their number; besides, of whole messages.
func (s *score) attachments(want int, in *tickets.Inbound) {
	s.check("attachments: count", want == len(in.Parts), want, names(in))
	if s.whole {
		s.count("attachments: count, messages", want == len(in.Parts))
	}
}

func (s *score) count(what string, ok bool) {
	s.of[what]++
	if ok {
		s.got[what]++
	}
}

func (s *score) check(what string, ok bool, want, got any) {
	s.of[what]++
	if ok {
		s.got[what]++
	} else if s.verbose {
		s.misses = append(s.misses, fmt.Sprintf("%s | %s\n   want %q\n   got  %q", what, s.path, want, got))
	}
}

func (s *score) compare(source, want string, in *tickets.Inbound) {
	switch {
	case strings.HasPrefix(source, "sisimai"):
		s.sisimai(want, in)
	case strings.Contains(source, "flufl"):
		s.flufl(want, in)
	case strings.HasPrefix(source, "stalwart"):
		s.stalwart(in)
	case strings.HasPrefix(source, "zbateson"):
		s.zbateson(want, in)
	case strings.HasPrefix(source, "mikel"), strings.HasPrefix(source, "jhillyerd"):
		s.snippets(want, in)
	default:
		s.reply(source, want, in)
	}
}

var tupleRe = regexp.MustCompile(`\['([^']*)', *'([^']*)', *'([^']*)', *(true|false)`)

func (s *score) sisimai(want string, in *tickets.Inbound) {
	m := tupleRe.FindStringSubmatch(want)
	if m == nil {
		return
	}
	switch m[3] {
	case "feedback":
		s.check("kind: other", in.Kind == tickets.KindOther, "other", in.Kind)
		return
	case "vacation":
		s.check("kind: auto-reply", in.Kind == tickets.KindAutoReply, "auto_reply", in.Kind)
		return
	case "delivered":
		return // a success report is no failure here
	}
	s.check("kind: bounce", in.Kind == tickets.KindBounce, "bounce "+m[0], in.Kind)
	if in.Bounce == nil {
		return
	}
	s.check("bounce: permanent", in.Bounce.Permanent == strings.HasPrefix(m[1], "5"), m[0], fmt.Sprintf("%+v", *in.Bounce))
	s.check("bounce: has recipient", strings.Contains(in.Bounce.Recipient, "@"), "an address", in.Bounce.Recipient)
	if regexp.MustCompile(`^\d\.\d\.[1-9]\d?$`).MatchString(m[1]) {
		s.check("bounce: status", in.Bounce.Status == m[1], m[1], in.Bounce.Status)
	}
}

var bytesRe = regexp.MustCompile(`b'([^']*)'`)

func (s *score) flufl(want string, in *tickets.Inbound) {
	list := bytesRe.FindAllStringSubmatch(want, -1)
	if len(list) == 0 {
		return
	}
	s.check("kind: bounce", in.Kind == tickets.KindBounce, "bounce", in.Kind)
	got := ""
	if in.Bounce != nil {
		got = in.Bounce.Recipient
	}
	ok := false
	for _, a := range list {
		ok = ok || strings.EqualFold(a[1], got)
	}
	s.check("bounce: recipient", ok, want, got)
	if strings.Contains(want, "simplewarning") && in.Bounce != nil {
		s.check("bounce: permanent", !in.Bounce.Permanent, "temporary", fmt.Sprintf("%+v", *in.Bounce))
	}
}

// stalwart has a full parse as JSON beside the mail.
func (s *score) stalwart(in *tickets.Inbound) {
	raw, err := os.ReadFile(filepath.Join(s.root, strings.TrimSuffix(s.path, ".eml")+".json"))
	if err != nil {
		return
	}
	var j struct {
		Attachments []int `json:"attachments"`
		Parts       []struct {
			Headers []struct {
				Name  json.RawMessage `json:"name"`
				Value json.RawMessage `json:"value"`
			} `json:"headers"`
		} `json:"parts"`
	}
	if json.Unmarshal(raw, &j) != nil || len(j.Parts) == 0 {
		return
	}
	for _, h := range j.Parts[0].Headers {
		switch strings.Trim(string(h.Name), `"`) {
		case "subject":
			var v struct{ Text *string }
			if json.Unmarshal(h.Value, &v) == nil && v.Text != nil {
				s.subject(*v.Text, in.Subject)
			}
		case "from":
			var v struct {
				Address struct {
					List []struct{ Name, Address *string }
				}
			}
			if json.Unmarshal(h.Value, &v) == nil && len(v.Address.List) > 0 && v.Address.List[0].Address != nil {
				s.check("sender", *v.Address.List[0].Address == in.From.Email, *v.Address.List[0].Address, in.From.Email)
				if n := v.Address.List[0].Name; n != nil {
					s.check("sender's name", sameWords(*n, in.From.Name), *n, in.From.Name)
				}
			}
		}
	}
	s.attachments(len(j.Attachments), in)
	for _, i := range j.Attachments {
		if i >= len(j.Parts) {
			continue
		}
		for _, h := range j.Parts[i].Headers {
			if n := strings.Trim(string(h.Name), `"`); n != "content_disposition" && n != "content_type" {
				continue
			}
			m := regexp.MustCompile(`"name": *"(?:file)?name",\s*"value": *("(?:[^"\\]|\\.)*")`).FindSubmatch(h.Value)
			if m == nil {
				continue
			}
			var name string
			if json.Unmarshal(m[1], &name) == nil {
				s.attached(name, in)
				break
			}
		}
	}
}

var (
	phpFrom    = regexp.MustCompile(`'From' => \[\s*'name' => '((?:[^'\\]|\\.)*)',\s*'email' => '([^']*)'`)
	phpSubject = regexp.MustCompile(`'Subject' => '((?:[^'\\]|\\.)*)'`)
	phpCount   = regexp.MustCompile(`'attachments' => (\d+)`)
)

func (s *score) zbateson(want string, in *tickets.Inbound) {
	if m := phpFrom.FindStringSubmatch(want); m != nil {
		s.check("sender", m[2] == in.From.Email, m[2], in.From.Email)
		s.check("sender's name", sameWords(m[1], in.From.Name), m[1], in.From.Name)
	}
	if m := phpSubject.FindStringSubmatch(want); m != nil {
		s.subject(m[1], in.Subject)
	}
	if m := phpCount.FindStringSubmatch(want); m != nil {
		n, _ := strconv.Atoi(m[1])
		s.attachments(n, in)
	}
}

var (
	rubySubject = regexp.MustCompile(`mail\.subject\)\.to eq ["']([^"'#]*)["']`)
	rubyFrom    = regexp.MustCompile(`m(?:ail)?\.from\)\.to eq \[["']([^"']*)["']\]`)
	rubyCount   = regexp.MustCompile(`mail\.attachments\.(?:length|size)\)\.to eq[ (](\d+)`)
	rubyName    = regexp.MustCompile(`mail\.attachments(?:\[\d+\]|\.first)\.filename\)\.to eq ["']([^"']*)["']`)
	goCount     = regexp.MustCompile(`len\(e\.Attachments\) != (\d+)`)
	goName      = regexp.MustCompile(`e\.Attachments\[\d\]\.FileName != "([^"]*)"`)
)

// snippets reads expectations out of the first test case of a source's code.
func (s *score) snippets(want string, in *tickets.Inbound) {
	if i := strings.Index(want, "\n    end\n"); i > 0 {
		want = want[:i]
	}
	if m := rubySubject.FindStringSubmatch(want); m != nil {
		s.subject(strings.ReplaceAll(m[1], `\t`, "\t"), in.Subject)
	}
	if m := rubyFrom.FindStringSubmatch(want); m != nil {
		s.check("sender", m[1] == in.From.Email, m[1], in.From.Email)
	}
	for _, re := range []*regexp.Regexp{rubyCount, goCount} {
		if m := re.FindStringSubmatch(want); m != nil {
			n, _ := strconv.Atoi(m[1])
			s.attachments(n, in)
		}
	}
	for _, re := range []*regexp.Regexp{rubyName, goName} {
		if m := re.FindStringSubmatch(want); m != nil {
			s.attached(m[1], in)
		}
	}
}

var (
	zapierReply = regexp.MustCompile(`assertEqual\(\s*["']([^"']*)["'],\s*EmailReplyParser\.parse_reply`)
	crispReply  = regexp.MustCompile(`test\.equal\("((?:[^"\\]|\\.)*)", (?:reply|fragments\[0\]\.toString\(\)|email\.getVisibleText\(\))\)`)
	alfonsReply = regexp.MustCompile(`"((?:[^"\\]|\\.)*)" == mail\.replies\[0\]\.body`)
)

// crispFirst finds what most fixtures of that source begin with: the first
// paragraph of one that has nothing else.
func (s *score) crispFirst() (string, bool) {
	raw, err := os.ReadFile(filepath.Join(s.root, filepath.Dir(s.path), "email_10.txt"))
	if err != nil {
		return "", false
	}
	first, _, ok := strings.Cut(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n\n")
	return first, ok
}

func (s *score) reply(source, want string, in *tickets.Inbound) {
	text, ok := "", false
	if i := strings.Index(want, "\n    def test"); i > 0 {
		want = want[:i] // of several test cases the first is this file's
	}
	switch {
	case strings.HasPrefix(source, "discourse"):
		raw, err := os.ReadFile(filepath.Join(s.root, strings.Replace(s.path, "/emails/", "/trimmed/", 1)))
		text, ok = string(raw), err == nil
	case strings.HasPrefix(source, "zapier"):
		if m := zapierReply.FindStringSubmatch(want); m != nil {
			text, ok = m[1], true
		}
	case strings.HasPrefix(source, "crisp"):
		switch m := crispReply.FindStringSubmatch(want); {
		case m != nil:
			text, ok = strings.ReplaceAll(m[1], `\n`, "\n"), true
		case strings.Contains(want, "test.equal(COMMON_FIRST_FRAGMENT"):
			text, ok = s.crispFirst()
		}
	case strings.HasPrefix(source, "alfonsrv"):
		if m := alfonsReply.FindStringSubmatch(want); m != nil {
			text, ok = strings.ReplaceAll(m[1], `\n`, "\n"), true
		}
	case strings.HasPrefix(source, "mailgun"):
		if _, t, found := strings.Cut(want, "whitespace removed, = "); found {
			text, _, _ = strings.Cut(t, " (")
			ok = true
		} else if t, found := strings.CutPrefix(want, "reply text = "); found {
			text, ok = t, true
		}
	}
	if !ok {
		return
	}
	name, _, _ := strings.Cut(source, "/")
	s.check("reply text: "+name, squeeze(text) == squeeze(in.ReplyText), text, in.ReplyText)
	s.check("reply text", squeeze(text) == squeeze(in.ReplyText), "", "")
}

func squeeze(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "⏎", " ")), "")
}

func sameWords(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}

func names(in *tickets.Inbound) []string {
	var out []string
	for _, p := range in.Parts {
		out = append(out, p.Name)
	}
	return out
}

func hasName(in *tickets.Inbound, name string) bool {
	for _, p := range in.Parts {
		if p.Name == name {
			return true
		}
	}
	return false
}
