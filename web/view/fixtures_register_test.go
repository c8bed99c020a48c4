package view

// casePeople are four people of a case, of every level.
func (m morning) casePeople() []CasePerson {
	at := "/c/WM-2201/people/"
	return []CasePerson{
		{
			ID: "1", Href: at + "1", Name: "Tessa Brandt", Link: "mother", PR: "yes", PRNote: "birth certificate, 3 Sep 2026", Level: "yes", Told: "All", Why: []string{"Holds parental responsibility."},
			Reach: []Reach{{ID: "1", Kind: "email", Protected: true}, {ID: "1", Kind: "phone", Protected: true}}, ShowURL: at + "1/show", Marks: []string{"Their address is protected"}, Prefers: "Tessa Brandt prefers: email, not 9 to 3.",
		},
		{
			ID: "2", Href: at + "2", Name: "Rob Brandt", Link: "father", PR: "not checked", Level: "part", Told: "All", NotTold: "the address", Ask: []string{"Check parental responsibility."}, Shared: "Reads the same mailbox as Kay Doyle.",
			Reach: []Reach{{ID: "2", Kind: "email", Value: "rob@post.example", Notes: []string{"Not checked"}, Bad: []string{"Did not arrive: 2 times"}}, {ID: "5", Kind: "post", Value: "1 Quay Street\nWestmarsh\nWM1 1AA"}},
		},
		{ID: "3", Href: at + "3", Name: "Kay Doyle", Link: "uncle", PR: "no", Level: "no", Told: "Nothing", NotTold: "everything", NoWriting: true, Why: []string{"We must not contact them about this child (court order)."}},
		{ID: "4", Href: at + "4", Name: "A. Rao", Link: "educational psychologist", PR: "-", Level: "part", Told: "What they need for their advice", NotTold: "all but what their advice needs"},
	}
}

// everyField is a form with a field of every kind; wrong puts an error beside each.
func everyField(id string, wrong bool) Form {
	f := Form{ID: id, Title: "Every field", Intro: "What it does.", Warn: "What to know before.", Action: "/c/WM-2201/people/2", Do: id, Button: "Save", Seen: "abc", Cancel: "/c/WM-2201", Fields: []Field{
		{Name: "id", Kind: "hidden", Value: "2"},
		{Name: "name", Label: "Name", Hint: "As they write it.", Value: "Rob", Need: "Enter the name"},
		{Name: "mail", Label: "Email address", Kind: "email"},
		{Name: "tel", Label: "Telephone", Kind: "tel"},
		{Name: "on", Label: "On", Kind: "date", Hint: "For example 24/11/2026"},
		{Name: "n", Label: "Points", Kind: "number"},
		{Name: "why", Label: "Why", Kind: "lines", Hint: "For staff only."},
		{Name: "pick", Label: "Pick", Kind: "select", Options: []Option{{Value: "", Text: "Choose"}, {Value: "a", Text: "A", Selected: true}}},
		{Name: "pr", Label: "Parental responsibility", Kind: "radios", Hint: "For parents.", Options: []Option{{Value: "yes", Text: "Yes"}, {Value: "no", Text: "No", Selected: true}}},
		{Name: "tick", Label: "Must not become known", Kind: "tick", Hint: "To others on the case.", Checked: true},
	}}
	if wrong {
		f.Open = true
		for i := range f.Fields {
			if f.Fields[i].Kind != "hidden" {
				f.Fields[i].Error = "This is not right"
			}
		}
	}
	return f
}

// register are the pages of people, restrictions and what is recorded about a child.
func (m morning) register() []fixture {
	tabs := []NavItem{{Text: "Overview", Href: "/c/WM-2201"}, {Text: "Contact history", Href: "/c/WM-2201/history"}, {Text: "People", Href: "/c/WM-2201/people", Count: 4, Current: true}, {Text: "Restrictions", Href: "/c/WM-2201/restrictions", Count: 1}}
	top := CaseTop{
		Ref: "WM-2201", Child: milo(), Team: "North", SchoolShow: "/c/WM-2201/show", Tabs: tabs, Due: Due{DueSoon, "Due today 17:15"},
		Alerts: []CaseAlert{{Text: "This case is restricted. What you open is recorded."}, {"The address is protected for 1 person.", &Link{"Restrictions", "/c/WM-2201/restrictions"}}},
	}
	shown := top
	shown.School = "Hartfield Primary"
	shell := m.shell("WM-2201 (M.B.) People", "Cases")
	rests := []RestrictionRow{
		{ID: "1", Href: "/c/WM-2201/restrictions/1", Kind: "No contact", Who: "Kay Doyle", Source: "Court order", From: "3 Sep 2026", Review: "3 Mar 2027", State: "In force"},
		{ID: "2", Href: "/c/WM-2201/restrictions/2", Kind: "Address protected", Who: "Tessa Brandt", Against: "everybody else on the case", Source: "The family's word", From: "20 Nov 2026", Review: "27 Nov 2026", State: "In force", Note: "On somebody's word. The evidence is due by 27 Nov 2026."},
	}
	late := rests[0]
	late.State, late.Tone = "Overdue for review. Still in force", "late"
	ended := rests[1]
	ended.State, ended.Tone = "Ended 3 Nov 2026", "ended"
	failed := shell
	failed.Failed = true
	errs := []FieldError{{"one-name", "This is not right"}, {Text: "Something else is not right"}}
	folded, small := everyField("two", false), Form{ID: "off", Title: "Milo James", Intro: "Milo James", Action: "/c/WM-2201/edit", Do: "alias-off", Button: "Take away", Small: true, Fields: []Field{{Name: "id", Kind: "hidden", Value: "1"}}}
	folded.Fold = true
	person := PersonPage{
		Shell: shell, Top: top, Back: Link{"Back to people", "/c/WM-2201/people"}, Person: m.casePeople()[1], Reach: m.casePeople()[1].Reach, Facts: []Fact{{"What they are", "Parent or carer", ""}},
		Authority: []Fact{{"For Tessa Brandt", "LTR-12", "Solicitor, until 3 Mar 2027"}}, Rests: rests, Forms: []Form{folded}, AddForms: []Form{everyFold("three")}, MergeHref: "/c/WM-2201/people/2/merge",
	}
	wrong := person
	wrong.Shell, wrong.Errors, wrong.Changed, wrong.Forms = failed, []FieldError{{"two-name", "This is not right"}}, true, []Form{everyField("two", true)}
	wrong.Forms[0].Fold = true
	open := person
	open.Shown, open.Person = true, m.casePeople()[0]
	open.Reach = []Reach{{ID: "1", Kind: "email", Protected: true, Value: "t@safe.example", Forms: []Form{everyFold("four")}}}
	masked := person
	masked.Person, masked.Reach, masked.Rests, masked.Authority, masked.Forms, masked.AddForms = m.casePeople()[0], m.casePeople()[0].Reach, nil, nil, nil, nil
	barred := person
	barred.Person, barred.Reach = m.casePeople()[2], nil
	one := everyField("one", true)
	known := everyFold("known")
	rest := RestrictionPage{Shell: shell, Top: top, Row: rests[1], Facts: []Fact{{"On whose word", "The family's word", ""}}, Waits: "Priya Nair asked on 20 Nov 2026 that it ends. It stays in force until a second person has approved that.", Why: "A team lead approves its end or keeps it.", Forms: []Form{everyField("one", false), folded}}
	restWrong := rest
	restWrong.Shell, restWrong.Errors, restWrong.Changed, restWrong.Forms = failed, errs, true, []Form{one}
	choose := everyField("choose", false)
	sure := everyField("merge", false)
	sure.Danger = true
	edit := CaseEdit{Shell: shell, Top: &top, Back: Link{"Back to the case", "/c/WM-2201"}, Form: everyField("one", false), Forms: []Form{titled("Another form", everyField("two", false))}, Aliases: []Form{small}, Siblings: []Form{{ID: "sib", Title: "WM-2204", Intro: "WM-2204 (I.B.)", Action: "/c/WM-2201/edit", Do: "sibling-off", Button: "Take away", Small: true}}}
	editWrong := edit
	editWrong.Shell, editWrong.Errors, editWrong.Changed, editWrong.Form = failed, errs, true, one
	return []fixture{
		{name: "people", page: PageCasePeople, data: CasePeople{Shell: shell, Top: top, People: m.casePeople(), NewHref: "/c/WM-2201/people/new", Restrict: "1 (no contact, court order)", RestHref: "/c/WM-2201/restrictions"}},
		{name: "people-none", page: PageCasePeople, data: CasePeople{Shell: shell, Top: shown, RestHref: "/c/WM-2201/restrictions"}},
		{name: "person", page: PagePerson, data: person},
		{name: "person-wrong", page: PagePerson, data: wrong},
		{name: "person-shown", page: PagePerson, data: open},
		{name: "person-masked", page: PagePerson, data: masked},
		{name: "person-barred", page: PagePerson, data: barred},
		{name: "person-new", page: PagePersonNew, data: PersonNew{Shell: shell, Top: top, Presets: []Link{{"Parent", "/c/WM-2201/people/new?preset=Parent"}, {"Solicitor", "/c/WM-2201/people/new?preset=Solicitor"}}, Preset: "Solicitor", Note: "Nothing may be told before a written authority is on file.", Form: everyField("one", false), Known: known}},
		{name: "person-new-wrong", page: PagePersonNew, data: PersonNew{Shell: failed, Top: top, Errors: errs, Form: one, Known: known}},
		{name: "merge-choose", page: PageMerge, data: MergePage{Shell: shell, Top: top, Back: Link{"Back to the person", "/c/WM-2201/people/2"}, Choose: &choose}},
		{name: "merge", page: PageMerge, data: MergePage{Shell: shell, Top: top, Back: Link{"Back to the person", "/c/WM-2201/people/2"}, Names: [2]string{"Rob Brandt (stays)", "R. Brandt (goes into it)"}, Rows: []MergeRow{{"No contact", "no", "yes", "yes"}}, Stays: []string{"No contact: yes"}, Form: &sure}},
		{name: "restrictions", page: PageRests, data: RestrictionsPage{Shell: shell, Top: top, InForce: rests, Overdue: []RestrictionRow{late}, Ended: []RestrictionRow{ended}, NewHref: "/c/WM-2201/restrictions/new"}},
		{name: "restrictions-none", page: PageRests, data: RestrictionsPage{Shell: shell, Top: shown}},
		{name: "restriction", page: PageRest, data: rest},
		{name: "restriction-wrong", page: PageRest, data: restWrong},
		{name: "restriction-new", page: PageRestNew, data: RestrictionNew{Shell: shell, Top: top, Form: everyField("one", false)}},
		{name: "restriction-new-wrong", page: PageRestNew, data: RestrictionNew{Shell: failed, Top: top, Errors: errs, Form: one}},
		{name: "case-edit", page: PageCaseEdit, data: edit},
		{name: "case-edit-wrong", page: PageCaseEdit, data: editWrong},
		{name: "case-new", page: PageCaseEdit, data: CaseEdit{Shell: m.shell("New case", "Cases"), Back: Link{"Back to cases", "/c"}, Form: everyField("one", false)}},
	}
}

func everyFold(id string) Form {
	f := everyField(id, false)
	f.Fold = true
	return f
}

func titled(title string, f Form) Form {
	f.Title = title
	return f
}
