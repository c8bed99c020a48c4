package web

import (
	"regexp"
	"strings"

	"hearback/mailbox/guard"
	"hearback/web/view"
)

// verdict puts the guard's answer into the words of the screen.
func (s *Server) verdict(c *Ctx, d *draft, r Review) view.Verdict {
	d.releasable = len(releasable(r.Verdict)) > 0
	v := view.Verdict{Level: view.NoProblems, At: c.Now, Phone: s.Phone}
	for _, n := range d.to {
		if p, ok := find(d.parties, n); ok {
			v.Names = append(v.Names, p.Person.Name)
		}
	}
	rank := map[view.Level]int{view.NoProblems: 0, view.Attention: 1, view.Confirm: 2, view.Stopped: 3}
	keys := map[string]int{}
	for _, f := range r.Verdict.Findings {
		out := finding(d, f)
		if keys[out.Key]++; keys[out.Key] > 1 {
			out.Key += ":" + id(int64(keys[out.Key])) // ids of a page are unique; the tick of the first stands for both
		}
		if rank[out.Level] > rank[v.Level] {
			v.Level = out.Level
		}
		v.Findings = append(v.Findings, out)
	}
	if r.Verdict.Decision == guard.Block && v.Level != view.Stopped {
		v.Level = view.Stopped // the verdict and its findings disagree: the stricter holds
	}
	return v
}

// finding is one finding of the guard as the screen shows it. The guard's own
// sentence names people and is kept; heading, tick and buttons are of the list
// of words. A button is there only when fix can do what it says.
func finding(d *draft, f guard.Finding) view.Finding {
	level := view.Stopped
	switch f.Decision {
	case guard.Warn:
		level = view.Attention
	case guard.Confirm:
		level = view.Confirm
	}
	words := view.FillFinding(f.Rule, level, map[string]string{"name": f.Person, "Y": f.Person})
	out := view.Finding{
		Key: key(f), Rule: f.Rule, Level: level, Heading: words.Heading, Text: f.Words, Release: string(f.Release),
	}
	if out.Text == "" {
		out.Text = words.Text
	}
	if level == view.Confirm {
		out.Confirm = tick(f, words)
		for _, x := range d.confirmed {
			out.Confirmed = out.Confirmed || x.Rule == f.Rule && x.Mailbox == f.Mailbox
		}
	}
	mark(d, f, &out)
	cures(d, f, &out)
	if level == view.Stopped && len(out.Fixes)+len(out.Links) == 0 && f.Cure != "" {
		out.Text = strings.TrimSpace(strings.TrimSuffix(out.Text, ".") + ". " + f.Cure + ".") // what a button would say
	}
	return out
}

// tick is what the author says by ticking. Where the list of words asks for a
// reason, its sentence goes on into a choice that this form does not have.
func tick(f guard.Finding, words view.Finding) string {
	switch {
	case f.Rule == guard.RuleNewAddress:
		return "I checked it by phone"
	case words.Confirm != "" && !strings.HasSuffix(words.Confirm, "because"):
		return words.Confirm
	}
	return "I mean to send this"
}

// holder is the recipient who has this mailbox; 0 when nobody has. Forms carry
// ids of people, never addresses.
func holder(d *draft, mailbox string) int64 {
	for _, n := range d.to {
		p, _ := find(d.parties, n)
		for _, a := range p.Addresses {
			if mailbox != "" && a.Mailbox == mailbox {
				return n
			}
		}
	}
	return 0
}

// mark shows the place. The guard says where, and which words, in small letters
// and without punctuation; the words are looked for in what the author wrote.
func mark(d *draft, f guard.Finding, out *view.Finding) {
	where, words, found := strings.Cut(f.Evidence, ": ")
	if where == "" || f.Rule == guard.RuleCaseData || f.Rule == guard.RuleBroken {
		return // what went wrong inside is for operators
	}
	if !found && !knownPlace(where) {
		words, _, _ = strings.Cut(where, " (") // words alone, with how they were read
		where = ""
	}
	if place := locate(d.text, words); place != nil {
		const around = 40
		out.Marked = d.text[place[0]:place[1]]
		out.Before, out.After = lastOf(d.text[:place[0]], around), firstRunes(d.text[place[1]:], around)
		return
	}
	if where == "" {
		return
	}
	if found {
		where += " (" + strings.TrimSuffix(words, " ...") + ")"
	}
	out.Text += " Found in the " + where + "."
}

// knownPlace reports the names that the guard gives to the places of a letter.
func knownPlace(where string) bool {
	for _, p := range []string{"text", "subject", "file", "header", "quoted", "HTML", "hidden", "display name"} {
		if strings.HasPrefix(where, p) {
			return true
		}
	}
	return false
}

var notWord = regexp.MustCompile(`[^\pL\pN]+`)

// leastMarked is how many letters are no chance: of fewer, the first place in a text
// need not be the one that is meant.
const leastMarked = 6

// locate finds a run of words in a text, whatever stands between them; nil when it is
// not there, or is too short to be told from other words. Of a run that was cut short
// its beginning is found.
func locate(text, words string) []int {
	list := strings.Fields(strings.TrimSuffix(words, "..."))
	if letters := len(strings.Join(list, "")); len(list) == 0 || letters < leastMarked {
		return nil
	}
	if len(list) == 1 && strings.ContainsAny(list[0], "0123456789") {
		// A number: the letter may have spaces in it.
		list = strings.Split(list[0], "")
		for i, w := range list {
			list[i] = regexp.QuoteMeta(w)
		}
		re, err := regexp.Compile(`(?i)` + strings.Join(list, `[^\pL\pN]*`))
		if err != nil {
			return nil
		}
		return re.FindStringIndex(text)
	}
	for i, w := range list {
		list[i] = regexp.QuoteMeta(notWord.ReplaceAllString(w, ""))
	}
	re, err := regexp.Compile(`(?i)` + strings.Join(list, `[^\pL\pN]+`))
	if err != nil {
		return nil
	}
	return re.FindStringIndex(text)
}

func lastOf(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return "…" + string(r[len(r)-n:])
	}
	return s
}

func firstRunes(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
