package web

import (
	"hearback/tickets"
	"hearback/tickets/register"
	"hearback/web/view"
)

// about are the words of refusals by which the field is found that they are about.
func about(words ...string) []string { return words }

// linkFields are what ties a person to a case, for a new person and a known one.
func linkFields(l register.Link) []view.Field {
	chosen := l.MayBeTold
	known := chosen == ""
	for _, w := range register.ToldWords() {
		known = known || w == chosen
	}
	if !known {
		chosen = "nothing" // what was written in other words is understood as this
	}
	return []view.Field{
		{Name: "relation", Label: "What they are to the child", Hint: "mother, grandfather, educational psychologist", Value: string(l.Relation), Need: "Say what the person is to the child", About: about("to the child")},
		{
			Name: "pr", Label: "Parental responsibility", Kind: "radios", Hint: "Only for parents and carers. “Not checked” is not “no”.",
			Options: options(orWord(string(l.PR), "not_checked"), "yes", "Yes", "no", "No", "not_checked", "Not checked"), About: about("parental responsibility is"),
		},
		{Name: "pr_source", Label: "Who checked it, against what", Hint: "birth certificate seen by Priya Nair", Value: l.PRSource, About: about("against what")},
		withAbout(dateField("pr_on", "When it was checked", l.PRCheckedOn), "date of the check"),
		{
			Name: "told", Label: "May be told", Kind: "select", Hint: "A restriction takes away from this and never adds.",
			Options: options(chosen, "", "By what they are", "all", "All", "all, not the address", "All, not the address", "school matters only", "School matters only", "advice", "What they need for their advice", "nothing", "Nothing"), About: about("may be told"),
		},
	}
}

func withAbout(f view.Field, words ...string) view.Field {
	f.About = words
	return f
}

func orWord(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// linkOf reads linkFields.
func (p posted) linkOf(representative bool) tickets.LinkRequest {
	return tickets.LinkRequest{
		Relation: register.Relation(p.text("relation")), PR: register.PR(p.text("pr")), PRSource: p.text("pr_source"), PRCheckedOn: p.day("pr_on"),
		MayBeTold: p.text("told"), Representative: representative,
	}
}

// reasonField asks why something becomes less strict.
func reasonField(label string) view.Field {
	return view.Field{Name: "reason", Label: label, Kind: "lines", Hint: "Kept with the case, for staff only.", About: about("say why", "less strict")}
}

func kindOptions(chosen register.PersonKind) []view.Option {
	var pairs []string
	for _, k := range []register.PersonKind{register.KindParent, register.KindYoungPerson, register.KindSchool, register.KindProfessional, register.KindMP, register.KindOther} {
		pairs = append(pairs, string(k), kindWords(k))
	}
	return options(string(chosen), pairs...)
}

// addForms add to what is recorded; whoever hears something first may.
func (r *record) addForms(p register.Party) []view.Form {
	to := view.PersonAddURL(r.Ref, id(p.Person.ID))
	confidential := func() view.Field {
		return tickField("confidential", "Must not become known to others on the case", p.Link.AddressHidden)
	}
	pr := r.facts.Preferences[p.Person.ID]
	size := ""
	if pr.LargePrint > 0 {
		size = id(int64(pr.LargePrint))
	}
	return []view.Form{
		{
			ID: "email", Title: "Add an email address", Action: to, Do: "email", Button: "Add address", Fold: true,
			Intro:  "It starts unchecked. Letters go there once somebody has checked whose it is.",
			Fields: []view.Field{{Name: "email", Label: "Email address", Kind: "email", Need: "Enter the address", About: about("address", "mailbox")}, confidential()},
		},
		{
			ID: "phone", Title: "Add a telephone number", Action: to, Do: "phone", Button: "Add number", Fold: true,
			Fields: []view.Field{{Name: "phone", Label: "Telephone number", Kind: "tel", Need: "Enter the number", About: about("number")}, confidential()},
		},
		{
			ID: "postal", Title: "Add a postal address", Action: to, Do: "postal", Button: "Add postal address", Fold: true,
			Fields: postalFields(register.Postal{Confidential: p.Link.AddressHidden}),
		},
		{
			ID: "wishes", Title: "How they want to be reached", Action: to, Do: "wishes", Button: "Save", Fold: true,
			Fields: []view.Field{
				{Name: "channel", Label: "Best way", Kind: "select", Options: options(pr.Channel, "", "No wish", "email", "Email", "phone", "Telephone", "letter", "Letter"), About: about("preferred way")},
				{Name: "times", Label: "Times", Hint: "not 9 to 3, after work", Value: pr.Times},
				{Name: "language", Label: "Language, when it is not English", Value: pr.Language},
				tickField("interpreter", "Needs an interpreter", pr.Interpreter), tickField("bsl", "British Sign Language", pr.BSL),
				{Name: "print", Label: "Large print, in points", Kind: "number", Value: size, Hint: "16 or more", About: about("large print")},
				tickField("easy", "Easy read", pr.EasyRead), tickField("braille", "Braille", pr.Braille), tickField("audio", "Audio", pr.Audio),
				{Name: "nogeneral", Label: "No general letters", Kind: "tick", Checked: pr.NoGeneral, Hint: "Letters to many families leave them out. Letters about their own child still go."},
				{Name: "words", Label: "Anything else", Kind: "lines", Value: pr.Words},
			},
		},
	}
}

func postalFields(a register.Postal) []view.Field {
	return []view.Field{
		{Name: "lines", Label: "Address, without the postcode", Kind: "lines", Value: a.Lines, Need: "Enter the address", About: about("lines")},
		{Name: "postcode", Label: "Postcode", Value: a.Postcode, About: about("postcode")},
		withAbout(dateField("from", "From", a.FromOn), "first day"), withAbout(dateField("to", "Until", a.ToOn), "last day"),
		tickField("confidential", "Must not become known to others on the case", a.Confidential),
	}
}

// reachForms change one address, number or place.
func (r *record) reachForms(p register.Party, x view.Reach) []view.Form {
	to := view.PersonURL(r.Ref, id(p.Person.ID))
	how := view.Field{Name: "how", Label: "How it was checked", Kind: "select", Options: []view.Option{{Value: "", Text: "Only when it was checked"}}, About: about("how it was")}
	for _, h := range tickets.HowVerified() {
		how.Options = append(how.Options, view.Option{Value: h.Code, Text: h.Words})
	}
	f := view.Form{ID: x.Kind + x.ID, Title: "Change " + x.Value, Action: to, Do: x.Kind, Button: "Save", Fold: true, Fields: []view.Field{hiddenField("id", x.ID)}}
	what := view.Field{Name: "what", Label: "What happened", Kind: "radios", Need: "Choose what happened"}
	switch x.Kind {
	case "email":
		what.Options = options("", "checked", "It was checked", "cover", "Keep it from others on the case", "uncover", "It need not be kept from others", "remove", "It is not theirs: take it off the record")
		if len(x.Bad) > 0 {
			what.Options = append(options("", "works", "Letters arrive there again: take the mark off"), what.Options...)
		}
		f.Fields = append(f.Fields, what, how, reasonField("Why"))
	case "phone":
		what.Options = options("", "checked", "It was checked", "wrong", "Somebody else answers it", "right", "It is theirs after all", "cover", "Keep it from others on the case", "uncover", "It need not be kept from others", "remove", "Take it off the record")
		f.Fields = append(f.Fields, what, how, reasonField("Why"))
	case "post":
		for _, a := range r.facts.Postal[p.Person.ID] {
			if id(a.ID) == x.ID {
				f.Title, f.Seen = "Change this postal address", seen(a)
				f.Fields = append(append(f.Fields, postalFields(a)...), reasonField("Why it need not be kept from others any more"))
			}
		}
	}
	return []view.Form{f}
}

// changeForms change what somebody is and may be told.
func (s *Server) changeForms(c *Ctx, r *record, p register.Party) []view.Form {
	to := view.PersonURL(r.Ref, id(p.Person.ID))
	link := append(linkFields(p.Link), tickField("representative", "A representative: told nothing without a written authority", p.Link.Representative), reasonField("Why, when they are to be told more than before"))
	out := []view.Form{
		{ID: "link", Title: "What they are to the child and may be told", Action: to, Do: "link", Button: "Save", Fold: true, Seen: seen(p.Link), Fields: link},
		{ID: "name", Title: "Name and kind", Action: to, Do: "name", Button: "Save", Fold: true, Seen: seen(p.Person), Fields: []view.Field{
			{Name: "name", Label: "Name", Value: p.Person.Name, Need: "Enter the name", About: about("name")},
			{Name: "kind", Label: "What they are", Kind: "select", Options: kindOptions(p.Person.Kind), About: about("what the person is")},
			reasonField("Why, when what they are changes"),
		}},
		{
			ID: "authority", Title: "Add a written authority", Action: to, Do: "authority", Button: "Add authority", Fold: true,
			Intro: "With it they may be told all that no restriction keeps back. Without one they are told nothing.",
			Fields: []view.Field{
				{Name: "for", Label: "Who gave it", Kind: "select", Need: "Choose who gave it", Options: r.others(p.Person.ID, "Choose"), About: about("for whom")},
				{Name: "rep", Label: "What they are", Kind: "select", Need: "Choose what they are", Options: representations(), About: about("kind of representative")},
				{Name: "document", Label: "Where the signed authority is", Need: "Say where the signed authority is", About: about("signed authority")},
				withAbout(dateField("given", "Given on", ""), "date of the authority"), withAbout(dateField("expires", "Last day on which it counts", ""), "end of the authority", "has ended"),
			},
		},
	}
	for _, x := range r.facts.Representations {
		if x.PersonID == p.Person.ID && x.EndedAt == nil {
			out = append(out, view.Form{
				ID: "end" + id(x.ID), Title: "End the authority for " + r.personName(x.ForPerson), Action: to, Do: "end", Button: "End it now", Fold: true, Danger: true,
				Intro: "From then on nothing may be told to " + p.Person.Name + ".", Fields: []view.Field{hiddenField("id", id(x.ID))},
			})
		}
	}
	return append(out, view.Form{
		ID: "unlink", Title: "Take " + p.Person.Name + " off this case", Action: to, Do: "unlink", Button: "Take off the case", Fold: true, Danger: true,
		Intro:  "What they wrote and were sent stays. Nobody can write to them about this child from then on.",
		Fields: []view.Field{{Name: "reason", Label: "Why they are not on the case any more", Kind: "lines", Need: "Say why", About: about("say why")}},
	})
}

// others are the people of the case except one, to choose from.
func (r *record) others(except int64, empty string) []view.Option {
	out := []view.Option{{Value: "", Text: empty}}
	for _, p := range r.Parties {
		if p.Person.ID != except {
			out = append(out, view.Option{Value: id(p.Person.ID), Text: p.Person.Name + ", " + string(p.Link.Relation)})
		}
	}
	return out
}

func representations() []view.Option {
	out := []view.Option{{Value: "", Text: "Choose"}}
	for _, k := range register.RepresentationKinds() {
		out = append(out, view.Option{Value: string(k), Text: representationWords(k)})
	}
	return out
}
