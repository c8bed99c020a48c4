package web

import (
	"slices"
	"strings"

	"hearback/mailbox/guard"
	"hearback/tickets/register"
	"hearback/web/view"
)

// cures puts on a finding what mends it by one press. A button is there only when
// fix can do what it says; the first is the one that the x key presses.
func cures(d *draft, f guard.Finding, out *view.Finding) {
	inFile := false
	add := func(text, value string) {
		// What stands in a file is mended there: no sentence of the text is to blame.
		if inFile && (strings.HasPrefix(value, "search:") || value == "plain" || value == "note") {
			return
		}
		if value != "" && !slices.ContainsFunc(out.Fixes, func(x view.Fix) bool { return x.Value == value }) {
			out.Fixes = append(out.Fixes, view.Fix{Text: text, Value: value})
		}
	}
	link := func(text, href string) { out.Links = append(out.Links, view.Link{Text: text, Href: href}) }
	fileCures(d, f, add)
	inFile = len(out.Fixes) > 0
	switch f.Rule {
	case guard.RuleNote:
		add("Take this part out", cutOrSearch(d, f, out.Marked))
		link("Read the notes", view.EnquiryURL(d.ticket.Ref))
	case guard.RuleNoteEncoded, guard.RuleBroken:
		if plainText(d.text) != d.text {
			add("Make it plain text", "plain")
		}
		add("Take that part out", search(f))
	case guard.RuleQuotedInternal:
		if cutPasted(d.text) != d.text {
			add("Remove that email", "pasted")
		}
		if d.answers != nil && !d.unquoted {
			add("Leave out the email below", "unquote")
		}
		add("Take that part out", search(f))
	case guard.RuleStaffTalk:
		add("Move it to a note", "note")
		link("Write it anew", "#text")
	case guard.RuleMarking:
		add("Take the marked part out", search(f))
	case guard.RuleMarkingWeak:
		if cleanSubject(d.subject) != d.subject {
			add("Clean the subject", "clean")
		}
	case guard.RuleToneExternal, guard.RuleFirstName, guard.RuleOtherChild, guard.RuleConfidentialAddress, guard.RuleConfidentialEmail, guard.RuleSchool,
		guard.RuleInConfidence, guard.RuleWrongSibling:
		add("Take that sentence out", search(f))
	case guard.RuleQuotedOther:
		if d.answers != nil && !d.unquoted {
			add("Leave their email out", "unquote")
		}
		add("Take that part out", search(f))
	case guard.RuleSubjectOtherCase, guard.RuleSubjectOther:
		if d.subject != ownSubject(d) {
			add("Use this enquiry's subject", "subject")
		}
	case guard.RuleUnmerged:
		if token := blankIn(d.text); token != "" {
			if value := blankValue(d, token); value != "" {
				add("Write “"+value+"” there", "fill:"+token)
			}
			add("Take the blank out", "cut:"+token)
		}
		link("Go to it", "#text")
	case guard.RuleSalutation:
		if greetingLine(d.text) != "" && len(d.to) > 0 {
			add("Change the greeting to "+nameIn(d, d.to[0]), "greet")
		}
	case guard.RuleOneParent:
		add("Send "+f.Person+" their own copy", addNamed(d, f.Person))
	case guard.RuleRepresented:
		add("Send the representative their own copy", addNamedIn(d, f))
	case guard.RuleForgottenFile:
		link("Choose a file", "#files")
	}
	swapAndAddress(d, f, add)
	if n := holder(d, f.Mailbox); n != 0 && (len(d.to) > 1 || byPerson(f)) {
		text := "Take " + nameIn(d, n) + " off"
		if len(d.to) > 1 && !byPerson(f) {
			text += " and write to them separately"
		}
		add(text, "off:"+id(n))
	}
	if byPerson(f) && d.ticket.CaseRef != "" {
		link("Check the record", view.CaseURL(d.ticket.CaseRef))
	}
}

// byPerson reports rules about who gets the letter, whatever it says.
func byPerson(f guard.Finding) bool {
	switch f.Rule {
	case guard.RuleNoContact, guard.RuleNoPR, guard.RuleNotLinked, guard.RuleWrongCase, guard.RuleUnlinked, guard.RuleYoungPerson, guard.RuleAuthority,
		guard.RuleForwards, guard.RuleGroupExternal, guard.RuleGroupUnresolved, guard.RuleDomainSpoof, guard.RuleDomainHomograph,
		guard.RuleDisplayNameSpoof, guard.RuleUnlistedDomain, guard.RuleUnparseable, guard.RuleAddressTrick:
		return true
	}
	return false
}

// swapAndAddress offers the person who is greeted in place of the one who is not,
// and the other addresses that the register has for somebody.
func swapAndAddress(d *draft, f guard.Finding, add func(text, value string)) {
	n := holder(d, f.Mailbox)
	if n == 0 {
		return
	}
	switch f.Rule {
	case guard.RuleWrongCase, guard.RuleSalutation:
		if x := greeted(d); x != 0 && x != n && !slices.Contains(d.to, x) {
			add("Send it to "+nameIn(d, x)+" instead", "swap:"+id(n)+":"+id(x))
		}
	case guard.RuleNearMiss, guard.RuleVariant, guard.RuleNewAddress:
		p, _ := find(d.parties, n)
		for _, a := range p.Addresses {
			if a.Mailbox != f.Mailbox {
				add("Use "+a.Email, "use:"+id(n)+":"+id(a.ID))
			}
		}
	}
}

// greeted is the person of the case, with an address, whom the first line greets.
func greeted(d *draft) int64 {
	line := strings.ToLower(greetingLine(d.text))
	for _, p := range d.parties {
		if line != "" && len(p.Addresses) > 0 && d.record.told(p).MayWrite && wordIn(line, strings.ToLower(first(p.Person.Name))) {
			return p.Person.ID
		}
	}
	return 0
}

// addNamed adds a party by the name that the guard gives; "" when there is none
// with an address who may be written to.
func addNamed(d *draft, name string) string {
	for _, p := range d.parties {
		if name != "" && p.Person.Name == name && mayAdd(d, p) {
			return "add:" + id(p.Person.ID)
		}
	}
	return ""
}

func addNamedIn(d *draft, f guard.Finding) string {
	for _, p := range d.parties {
		if p.Person.Name != f.Person && strings.Contains(f.Words, p.Person.Name) && mayAdd(d, p) {
			return "add:" + id(p.Person.ID)
		}
	}
	return ""
}

func mayAdd(d *draft, p register.Party) bool {
	return !slices.Contains(d.to, p.Person.ID) && len(p.Addresses) > 0 && d.record.told(p).MayWrite
}

func nameIn(d *draft, n int64) string {
	if p, ok := find(d.parties, n); ok {
		return p.Person.Name
	}
	return "them"
}

// cutOrSearch cuts the sentences that hold what was found in the author's words, or
// looks for the place. What is left of a sentence of a note would be a riddle, or say
// enough.
func cutOrSearch(d *draft, f guard.Finding, marked string) string {
	at := strings.Index(d.text, marked)
	if marked == "" || at < 0 {
		return search(f)
	}
	from, to := at, at+len(marked)
	for _, span := range sentenceSpans(d.text) {
		if span[0] < to && span[1] > from {
			from, to = min(from, span[0]), max(to, span[1])
		}
	}
	return "cut:" + d.text[from:to]
}

// search is the button that looks for the place by itself.
func search(f guard.Finding) string { return "search:" + key(f) }

// ownSubject is a subject that names no other case.
func ownSubject(d *draft) string {
	if s := replySubject(d.ticket.Ticket, nil); s != d.subject {
		return s
	}
	return "Your enquiry"
}

// fix mends what a finding names, and checks again. Where it cannot, the form says so.
func (s *Server) fix(c *Ctx, d *draft, value string) error {
	what, arg, _ := strings.Cut(value, ":")
	// A browser sends the ends of lines in its own form.
	arg = strings.ReplaceAll(arg, "\r\n", "\n")
	switch what {
	case "cleanfile", "unfile":
		s.fixFile(c, d, what, number(arg))
	case "off":
		n := number(arg)
		d.to = slices.DeleteFunc(d.to, func(x int64) bool { return x == n })
		if p, ok := find(d.parties, n); ok {
			d.note = p.Person.Name + " was taken off. To tell them, write them a message of their own."
		}
	case "add":
		if p, ok := find(d.parties, number(arg)); ok && mayAdd(d, p) {
			d.to = append(d.to, p.Person.ID)
		}
	case "swap":
		from, to, _ := strings.Cut(arg, ":")
		if p, ok := find(d.parties, number(to)); ok && mayAdd(d, p) {
			d.to = slices.DeleteFunc(d.to, func(x int64) bool { return x == number(from) })
			d.to = append(d.to, p.Person.ID)
		}
	case "use":
		person, address, _ := strings.Cut(arg, ":")
		d.choose(number(person), number(address))
	case "cut":
		if arg != "" {
			d.text = strings.ReplaceAll(d.text, arg, "")
		}
	case "search":
		s.searchOut(c, d, arg)
	case "subject":
		d.subject = ownSubject(d)
	case "clean":
		d.subject = cleanSubject(d.subject)
	case "plain":
		d.text = plainText(d.text)
	case "pasted":
		d.text = cutPasted(d.text)
	case "unquote":
		d.unquoted = true
	case "fill":
		if v := blankValue(d, arg); v != "" && arg != "" {
			d.text = strings.ReplaceAll(d.text, arg, v)
		}
	case "greet":
		d.text = greetAnew(d.text, d.firstNames())
	case "note":
		return s.moveToNote(c, d)
	}
	verdict, errs := s.judge(c, d)
	return s.showReply(c, statusFor(verdict, errs), d, verdict, errs)
}
