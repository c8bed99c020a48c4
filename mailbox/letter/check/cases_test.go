package check

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

// label is what a labelled letter says about the right answer.
type label struct{ ID, Family, Expect, Why string }

// read has all labelled letters of the project judged.
func read(t testing.TB) ([]label, map[string]Answer) {
	t.Helper()
	files, err := filepath.Glob("../../guard/testdata/cases/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no labelled letters: %v", err)
	}
	var labels []label
	answers := map[string]Answer{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range bytes.Split(bytes.TrimSpace(raw), []byte("\n")) {
			var x label
			if err := json.Unmarshal(l, &x); err != nil {
				t.Fatal(err)
			}
			labels = append(labels, x)
		}
		var out bytes.Buffer
		if err := Run(context.Background(), bytes.NewReader(raw), &out); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, l := range bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n")) {
			var a Answer
			if err := json.Unmarshal(l, &a); err != nil {
				t.Fatal(err)
			}
			answers[a.ID] = a
		}
	}
	return labels, answers
}

// TestLabelledLetters judges every labelled letter of the project. It fails when
// one that must not leave could, when 2 % of the harmless ones are stopped, when 5 % of
// them are asked about, or when one letter in twenty that wants a question gets none.
func TestLabelledLetters(t *testing.T) {
	labels, answers := read(t)
	counts, total := map[string]int{}, map[string]int{}
	for _, l := range labels {
		got := answers[l.ID].Decision
		if got == "warn" {
			got = "allow"
		}
		counts[l.Expect+" "+got]++
		total[l.Expect]++
		if got == l.Expect {
			continue
		}
		t.Logf("%s (%s): want %s, got %s by %v", l.ID, l.Why, l.Expect, got, answers[l.ID].Rules)
		if l.Expect == "block" {
			t.Errorf("%s must be blocked", l.ID)
		}
	}
	percent := func(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }
	falseBlocks, friction := percent(counts["allow block"], total["allow"]), percent(counts["allow confirm"], total["allow"])
	caught := percent(counts["confirm confirm"]+counts["confirm block"], total["confirm"])
	t.Logf("%d letters: must-block blocked %d of %d (%.1f %%); harmless %d, stopped %.1f %%, asked about %.1f %%; must-confirm caught %.1f %% of %d, over-blocked %d",
		len(labels), counts["block block"], total["block"], percent(counts["block block"], total["block"]), total["allow"], falseBlocks, friction, caught, total["confirm"], counts["confirm block"])
	if falseBlocks >= 2 || friction >= 5 || caught < 95 {
		t.Error("too many harmless letters are stopped or asked about, or too few questions are asked")
	}
	if len(labels) < 300 {
		t.Errorf("only %d labelled letters", len(labels))
	}
}

// TestFiguresCheck prints how long the decisions about the labelled letters take.
func TestFiguresCheck(t *testing.T) {
	if os.Getenv("HEARBACK_BENCH") == "" {
		t.Skip("figures are printed by make bench")
	}
	_, answers := read(t)
	var ms []float64
	for _, a := range answers {
		ms = append(ms, a.MS)
	}
	sort.Float64s(ms)
	at := func(q float64) float64 { return ms[min(len(ms)-1, int(q*float64(len(ms))))] }
	t.Logf("%d letters: p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, most %.2f ms", len(ms), at(.5), at(.95), at(.99), ms[len(ms)-1])
}

// The words about the right answer must not be able to change it, whatever they say.
func TestAnswersAreNotRead(t *testing.T) {
	const line = `{"id":"a","expect":%q,"rule_hint":%q,"why":%q,"family":%q,"setup":{"staff_domains":["council.example"],"children":[],"people":[]},` +
		`"outbound":{"kind":"new","case_ref":"","from":"jo@council.example","to":["x@nowhere.example"],"subject":"Hello","text":"We are closed on Monday."}}`
	var first string
	for _, w := range []string{"allow", "block", "NOTE-CONTENT", ""} {
		var out bytes.Buffer
		if err := Run(context.Background(), strings.NewReader(fmt.Sprintf(line, w, w, w, w)), &out); err != nil {
			t.Fatal(err)
		}
		var a Answer
		if err := json.Unmarshal(out.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = a.Decision
		}
		if a.Decision != first || a.Decision != "allow" {
			t.Errorf("%q changed the decision to %s", w, a.Decision)
		}
	}
}

func TestUnreadableLinesBlock(t *testing.T) {
	in := strings.Join([]string{
		`{"id":"one","setup":{}`, `[]`, `{"id":"two"}`, `{"id":"three","setup":{}}`, `{"id":"four","setup":{"people":7},"outbound":{}}`, ``,
		`{"id":"five","setup":{},"outbound":{"headers":{"X":7}}}`, `{"id":"six","setup":null,"outbound":null}`, "\x00\xff",
	}, "\n")
	var out bytes.Buffer
	err := Run(context.Background(), strings.NewReader(in), &out)
	if err == nil || !strings.Contains(err.Error(), "line 1") || !strings.Contains(err.Error(), ErrUnreadable.Error()) {
		t.Errorf("the error says %v", err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 8 {
		t.Fatalf("%d answers for 8 lines", len(lines))
	}
	for _, l := range lines {
		var a Answer
		if err := json.Unmarshal([]byte(l), &a); err != nil || a.Decision != "block" || !slices.Equal(a.Rules, []string{"CASE-DATA-UNAVAILABLE"}) || a.Message == "" {
			t.Errorf("%s: %v", l, err)
		}
	}
}

// An empty line of facts lets nothing out either.
func TestNothingKnownBlocks(t *testing.T) {
	for _, l := range []string{
		`{"id":"a","setup":{},"outbound":{}}`,
		`{"id":"b","setup":{},"outbound":{"case_ref":"X-1","from":"jo@council.example","to":["x@nowhere.example"],"text":"hello"}}`,
		`{"id":"c","setup":{"case_data_available":false},"outbound":{"from":"jo@council.example","to":["x@nowhere.example"],"text":"hello"}}`,
	} {
		var out bytes.Buffer
		if err := Run(context.Background(), strings.NewReader(l), &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), `"decision":"block"`) {
			t.Errorf("%s", out.String())
		}
	}
}

// No line makes the check fail in another way than by an answer of block.
func FuzzLine(f *testing.F) {
	f.Add([]byte(`{"id":"a","setup":{"staff_domains":["c.example"],"children":[{"ref":"A-1","name":"Al Bee"}],"people":[{"email":"m@x.example","name":"M Bee","role":"parent","linked_to":["A-1"],"parental_responsibility":true}],"thread":[{"kind":"note","from":"j@c.example","text":"one two three four five six seven eight"}],"groups":[{"email":"g@c.example","members":["g@c.example","m@x.example"]}]},"outbound":{"kind":"reply","case_ref":"A-1","from":"j@c.example","to":["m@x.example"],"subject":"=?utf-8?b?eA==?=","text":"PHA+","headers":{"Content-Transfer-Encoding":"base64","Content-Type":"text/html"},"attachments":[{"name":"a","text":null}]}}`))
	f.Add([]byte(`{"setup":{},"outbound":{"headers":{"Content-Type":"multipart/mixed; boundary=b"},"text":"--b\r\n\r\nx\r\n--b--"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var out bytes.Buffer
		_ = Run(context.Background(), bytes.NewReader(raw), &out)
		for _, l := range bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n")) {
			var a Answer
			if len(l) > 0 && (json.Unmarshal(l, &a) != nil || a.Decision == "") {
				t.Fatalf("an answer without a decision: %s", l)
			}
			if strings.Contains(string(l), "a rule failed") {
				t.Fatal("a rule failed")
			}
		}
	})
}
