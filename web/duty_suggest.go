package web

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/web/view"
)

// The most cases that are offered, and the most words of a mail that are looked up.
const (
	suggestMost  = 5
	suggestWords = 8
)

// suggester collects cases that a mail may belong to. Nothing is ever chosen:
// what it finds is offered with its reason, and a person decides.
type suggester struct {
	s     *Server
	c     *Ctx
	from  string // folded mailbox of the sender
	found map[string]*suggestion
	order []string
}

type suggestion struct {
	v       tickets.CaseView
	score   int
	reasons []string
}

// suggest looks for the case of a mail by what it cites, by the sender's
// address and name, and by the names and words in it.
func (s *Server) suggest(c *Ctx, t tickets.TicketView, list []*tickets.Message) ([]view.CaseSuggestion, error) {
	g := &suggester{s: s, c: c, from: t.RequesterMailbox, found: map[string]*suggestion{}}
	if t.SuggestedRef != "" {
		if err := g.cited(t.SuggestedRef); err != nil {
			return nil, err
		}
	}
	text, name := t.Subject, ""
	if len(list) > 0 {
		text, name = t.Subject+"\n"+list[0].ReplyText, list[0].FromName
	}
	for _, look := range []func() error{
		func() error { return g.numbers(text) },
		func() error { return g.sender(name, t.RequesterEmail) },
		func() error { return g.names(text) },
		func() error { return g.words(t) },
	} {
		if err := look(); err != nil {
			return nil, err
		}
	}
	return g.best(), nil
}

// add notes a reason for a case that the actor may see; others do not exist.
func (g *suggester) add(ref, reason string, score int) error {
	key := strings.ToUpper(ref)
	if x, ok := g.found[key]; ok {
		if !slices.Contains(x.reasons, reason) {
			x.reasons = append(x.reasons, reason)
			x.score += score
		}
		return nil
	}
	v, err := g.s.Store.Case(g.c.Request.Context(), g.c.Actor, ref)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !v.Open {
		return nil
	}
	x := &suggestion{v: *v, score: score, reasons: []string{reason}}
	if recorded(*v, g.from) {
		x.score += 50
	}
	g.found[key] = x
	g.order = append(g.order, key)
	return nil
}

func (g *suggester) cited(ref string) error {
	t, err := g.s.Store.Ticket(g.c.Request.Context(), g.c.Actor, ref)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || t.CaseRef == "" {
		return err
	}
	return g.add(t.CaseRef, "the email answers "+ref, 30)
}

// caseNumber is what a reference may look like in running text.
const caseNumber = `[A-Za-z]{1,6}-[0-9]{2,9}`

func (g *suggester) numbers(text string) error {
	re := regexp.MustCompile(caseNumber)
	for i, ref := range re.FindAllString(text, 20) {
		if i == suggestWords {
			break
		}
		ref = strings.ToUpper(ref)
		if err := g.add(ref, "the email names this case number", 40); err != nil {
			return err
		}
	}
	return nil
}

// lookup asks for cases by a word and keeps those for which why gives a reason.
func (g *suggester) lookup(word string, score int, why func(v tickets.CaseView) string) error {
	if len([]rune(word)) < 3 {
		return nil
	}
	page, err := g.s.Store.Cases(g.c.Request.Context(), g.c.Actor, tickets.CaseQuery{Q: word, Limit: 20})
	if err != nil {
		return err
	}
	for _, item := range page.Items {
		if reason := why(item); reason != "" {
			if err := g.add(item.Ref, reason, score); err != nil {
				return err
			}
		}
	}
	return nil
}

// sender offers the cases on which the sender is recorded, several when a
// parent has several children or when families share a mailbox; then those of
// somebody of the same name, or of a child of the same surname. A display name
// proves nothing: the reasons say no more than what was compared.
func (g *suggester) sender(name, email string) error {
	local, _, _ := strings.Cut(email, "@")
	words := strings.FieldsFunc(local, func(r rune) bool { return !unicode.IsLetter(r) })
	asked := []string{strings.Join(strings.Fields(name), " "), strings.Join(words, " ")}
	for _, w := range words {
		if len([]rune(w)) > 3 {
			asked = append(asked, w)
		}
	}
	surname := trimWord(surnameOf(name))
	asked = append(asked, surname)
	for i, q := range asked {
		if slices.Contains(asked[:i], q) {
			continue
		}
		err := g.lookup(q, 10, func(v tickets.CaseView) string {
			full, err := g.s.Store.Case(g.c.Request.Context(), g.c.Actor, v.Ref)
			switch {
			case err != nil:
				return ""
			case recorded(*full, g.from):
				return "the sender's address is recorded with it"
			case named(full.Parties, name):
				return "somebody of the sender's name is on it"
			case len(strings.Fields(name)) > 1 && strings.EqualFold(surnameOf(v.ChildName), surname):
				return "same surname as the sender's"
			}
			return ""
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// named reports whether a case has a person of this full name.
func named(parties []register.Party, name string) bool {
	full := strings.Join(strings.Fields(name), " ")
	if !strings.Contains(full, " ") {
		return false
	}
	return slices.ContainsFunc(parties, func(p register.Party) bool { return strings.EqualFold(p.Person.Name, full) })
}

// recorded reports whether anybody on a case has this mailbox.
func recorded(v tickets.CaseView, mailbox string) bool {
	return mailbox != "" && slices.ContainsFunc(v.Parties, func(p register.Party) bool {
		return slices.ContainsFunc(p.Addresses, func(a register.Address) bool { return a.Mailbox == mailbox })
	})
}

// names looks up capitalised words of the mail as names of children.
func (g *suggester) names(text string) error {
	for _, w := range capitalised(text) {
		err := g.lookup(w, 8, func(v tickets.CaseView) string {
			for _, part := range strings.Fields(v.ChildName) {
				if strings.EqualFold(part, w) {
					return "the email says “" + w + "”, a name of this child"
				}
			}
			return ""
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// words looks for enquiries with the same words as the subject: two at least,
// for one common word would offer strangers' cases, and only while nothing
// better was found.
func (g *suggester) words(t tickets.TicketView) error {
	words := longest(t.Subject, 4)
	if len(words) < 2 || len(g.order) > 0 {
		return nil
	}
	q := strings.Join(words, " ")
	hits, err := g.s.Store.Search(g.c.Request.Context(), g.c.Actor, q, 10)
	if err != nil {
		g.s.Log.Error("web", "event", "suggest_failed", "ticket", t.Ref, "error", err)
		return nil // a suggestion less; duty can still look by hand
	}
	for _, h := range hits {
		if h.Ticket.CaseRef != "" && h.Ticket.Ref != t.Ref {
			if err := g.add(h.Ticket.CaseRef, "words of the subject are also in "+h.Ticket.Ref, 4); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *suggester) best() []view.CaseSuggestion {
	sort.SliceStable(g.order, func(i, j int) bool { return g.found[g.order[i]].score > g.found[g.order[j]].score })
	out := make([]view.CaseSuggestion, 0, suggestMost)
	for _, key := range g.order {
		if len(out) == suggestMost {
			break
		}
		x := g.found[key]
		owner := x.v.OfficerName
		if owner == "" {
			owner = "no named officer"
		}
		sug := view.CaseSuggestion{
			Value: x.v.Ref, Initials: x.v.Initials(), Age: age(x.v.DOB, g.c.Now), Owner: owner, Strength: "weak", Reason: upper(strings.Join(x.reasons, "; ")),
		}
		if recorded(x.v, g.from) {
			sug.Strength = "strong"
		} else {
			sug.Warning = "The sender's address is NOT on this case"
		}
		out = append(out, sug)
	}
	return out
}

// onCase is the person of a case who is recorded with a mailbox; 0 when nobody
// is, or when more than one is: then it is not known who wrote.
func onCase(v tickets.CaseView, mailbox string) int64 {
	if mailbox == "" {
		return 0
	}
	who := int64(0)
	for _, p := range v.Parties {
		for _, a := range p.Addresses {
			if a.Mailbox == mailbox {
				if who != 0 && who != p.Person.ID {
					return 0
				}
				who = p.Person.ID
			}
		}
	}
	return who
}

func surnameOf(name string) string {
	f := strings.Fields(name)
	if len(f) == 0 {
		return ""
	}
	return f[len(f)-1]
}

func trimWord(w string) string {
	return strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) })
}

// capitalised are words of a text that may be names, in their order.
func capitalised(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '-' }) {
		w = strings.TrimSuffix(trimWord(w), "'s")
		r := []rune(w)
		if len(r) < 3 || !unicode.IsUpper(r[0]) || !unicode.IsLower(r[1]) || slices.Contains(out, w) || noName(w) {
			continue
		}
		if out = append(out, w); len(out) == suggestWords {
			break
		}
	}
	return out
}

// noName are words that begin sentences and letters.
func noName(w string) bool {
	switch strings.ToLower(w) {
	case "dear", "hello", "please", "thank", "thanks", "the", "this", "that", "there", "when", "what", "where", "how", "why", "can", "could",
		"would", "will", "sir", "madam", "team", "kind", "regards", "best", "yours", "school", "council", "plan", "and", "but", "for", "not",
		"our", "his", "her", "she", "they", "have", "has", "you", "your", "with", "from", "sent", "good", "morning", "afternoon", "monday",
		"tuesday", "wednesday", "thursday", "friday", "since", "also", "after", "before":
		return true
	}
	return false
}

// longest are the n longest words of a line, in their order.
func longest(line string, n int) []string {
	words := strings.FieldsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words = slices.DeleteFunc(words, func(w string) bool { return len([]rune(w)) < 5 })
	by := slices.Clone(words)
	sort.SliceStable(by, func(i, j int) bool { return len(by[i]) > len(by[j]) })
	if len(by) > n {
		by = by[:n]
	}
	return slices.DeleteFunc(words, func(w string) bool { return !slices.Contains(by, w) })
}
