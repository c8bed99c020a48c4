package guard

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// council is facts with a register of the size of a large county: 20,000 people,
// 10,000 cases and 10,000 notes, indexed as clearance keeps them.
func council() Facts {
	f := facts()
	firsts := []string{"Ada", "Ben", "Cara", "Dov", "Edie", "Finn", "Gita", "Hugh", "Isla", "Joel", "Kaya", "Liam", "Maya", "Noor", "Owen", "Pia", "Quin", "Rhys", "Seth", "Tara"}
	subjects := []string{"transport", "placement", "tuition", "speech", "hearing", "funding", "reading", "behaviour", "mediation", "tribunal"}
	verbs := []string{"refused", "promised", "doubted", "queried", "postponed", "disputed", "accepted", "ignored"}
	var children []Child
	var people []KnownMailbox
	var notes []Private
	for i := range 10_000 {
		name := fmt.Sprintf("%s Surname%d", firsts[i%len(firsts)], i)
		children = append(children, Child{
			CaseRef: fmt.Sprintf("XX-%05d", i), Name: name, DOB: fmt.Sprintf("20%02d-%02d-%02d", 8+i%12, 1+i%12, 1+i%28),
			UPN: fmt.Sprintf("Z99%010d", i), NHS: fmt.Sprintf("999%07d", i),
		})
		for j := range 2 {
			people = append(people, KnownMailbox{fmt.Sprintf("%s.surname%d@mail%d.example", strings.ToLower(firsts[(i+j)%len(firsts)]), i, j), name})
		}
		notes = append(notes, Private{Text: fmt.Sprintf("%s rang about %s on day %d and was told that panel %s it. The school %s the %s offer number %d without asking the family first. Keep an eye on the %s budget.",
			name, subjects[i%10], i, verbs[i%8], verbs[(i+3)%8], subjects[(i+5)%10], i, subjects[(i+2)%10])})
	}
	f.Others, f.Known, f.Notes = IndexChildren(children), IndexMailboxes(people), IndexNotes(notes)
	return f
}

// everydayText is a letter of about 300 words.
func everydayText() string {
	text := "Dear Tamsin,\n\nThank you for your letter about transport and the reading support. Milo's review is on Thursday.\n\n"
	for i := range 30 {
		text += fmt.Sprintf("In week %d the school will look at speech and hearing with Milo and write to you. ", i)
	}
	return text + "\n\nJo Bell\n"
}

func BenchmarkJudge(b *testing.B) {
	f := council()
	l := letter(everydayText(), mother)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if v := Judge(l, f); v.Decision != Allow {
			b.Fatalf("%+v", v)
		}
	}
}

// TestFigures prints how long the decision takes in a large council. It asserts
// no duration: the figures are in docs/guard.md with the machine they are from.
func TestFigures(t *testing.T) {
	if os.Getenv("HEARBACK_BENCH") == "" {
		t.Skip("figures are printed by make bench")
	}
	f := council()
	strangers := f
	strangers.PartiesOnly = false
	files := letter("Dear Tamsin,\n\nMilo's papers are attached.\n\nJo Bell\n", mother)
	for i := range 10 {
		files.Files = append(files.Files, File{Name: fmt.Sprintf("part %d.pdf", i+1), Text: strings.Repeat(everydayText(), (1<<20)/len(everydayText())), Readable: true})
	}
	for _, c := range []struct {
		name string
		l    Letter
		f    Facts
		n    int
	}{
		{"text letter", letter(everydayText(), mother), f, 400},
		{"text letter to somebody unknown", letter(everydayText(), mother, "nobody.known@mail7.example"), strangers, 400},
		{"10 MB of text in files", files, f, 8},
	} {
		var took, used []time.Duration
		for range c.n {
			start, before := time.Now(), processorTime(t)
			Judge(c.l, c.f)
			took, used = append(took, time.Since(start)), append(used, processorTime(t)-before)
		}
		slices.Sort(took)
		slices.Sort(used)
		t.Logf("%s: p50 %s, p95 %s, p99 %s; of processor p50 %s, p95 %s, p99 %s", c.name,
			took[c.n/2], took[c.n*95/100], took[c.n*99/100], used[c.n/2], used[c.n*95/100], used[c.n*99/100])
	}
}

// processorTime is the processor time that this program has used on all of its
// threads (getrusage(2)): what a decision costs whatever else the machine is doing.
func processorTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
