package view

// imports are the pages on which the case system's extract comes in, in their states.
func (m morning) imports() []fixture {
	nav := []NavItem{{Text: "Import cases", Href: ImportURL(), Current: true}, {Text: "Imports: to decide", Href: ImportWaitingURL()}}
	page := func(heading string, sections ...AdminSection) AdminPage {
		return AdminPage{Shell: m.shell(heading, "Mailboxes"), Nav: nav, Heading: heading, Sections: sections}
	}
	long := "an_export_with_a_name_without_any_end_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.csv"
	home := page("Import cases", AdminSection{ID: "file", Heading: "Import", Forms: []Form{{
		ID: "upload", Title: "A file of the case system", Action: ImportURL(), Button: "Read the file", Intro: "At most 7 MB.",
		Fields: []Field{{Name: "file", Label: "File (.csv or .xlsx)", Kind: "file", Need: "Choose a file", Error: "Choose a file"}},
	}}}, AdminSection{ID: "done", Heading: "Imports so far", Table: NewAdminTable("Imports, newest first", "", []string{"When", "File", "Rows", "Changes"}, []AdminRow{
		{Cells: []AdminCell{{At: m.nov(24, 2, 10)}, {Text: long, Notes: []string{"hearback import cases"}}, {Text: "20000"}, {Text: "12"}}},
	})})
	home.Errors = []FieldError{{"upload-file", "Choose a file"}}
	columns := page("Import cases", AdminSection{ID: "cols", Heading: "Columns of " + long, Forms: []Form{{
		ID: "columns", Title: "What each column holds", Action: ImportFileURL("f"), Do: "compare", Button: "Compare with the register",
		Fields: []Field{
			{Name: "column0", Label: "Case no", Kind: "select", Hint: "First row: WM-2201", Options: []Option{{Value: "case_ref", Text: "case ref", Selected: true}}},
			{Name: "column1", Label: "A heading without any end aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Kind: "select", Options: []Option{{Text: "Left out"}}},
			{Name: "save", Label: "Keep this mapping under a name"},
		},
	}}})
	work := page("Import cases", AdminSection{
		ID: "work", Heading: "Working", Text: []string{"This page shows itself again every two seconds."},
		Facts: []AdminFact{{Name: "Now", Text: "Writing"}, {Name: "So far", Text: "500 of 20000 (2 %)"}},
		Forms: []Form{{ID: "stop", Action: ImportFileURL("f"), Do: "stop", Button: "Stop", Title: "and forget the file", Small: true}},
	})
	row := func(cells ...AdminCell) AdminRow { return AdminRow{Cells: cells} }
	dry := page("Import cases", AdminSection{
		ID: "sum", Heading: "What the file would do", Alert: "3 of 20 rows are wrong. Nothing is done until the file or the mapping is right.",
		Facts: []AdminFact{{Name: "Rows", Text: "20"}}, Forms: []Form{{ID: "apply", Title: "Import", Action: ImportFileURL("f"), Do: "apply", Button: "Import", Fields: []Field{{Name: "sure", Label: "Carry out all of it", Kind: "tick"}}}},
	}, AdminSection{ID: "problems", Heading: "Problems (2)", Table: NewAdminTable("Problems by row", "", []string{"Row", "Column", "Row is", "What is wrong"}, []AdminRow{
		row(AdminCell{Text: "4"}, AdminCell{Text: "Born"}, AdminCell{Text: "Left out", Tone: "bad"}, AdminCell{Text: "\"31/02/2019\" is no date."}),
		row(AdminCell{Text: "9"}, AdminCell{Text: "Officer"}, AdminCell{Text: "Taken, look at it", Tone: "warn"}, AdminCell{Text: "nobody@westmarsh.example has no active account; nobody was changed."}),
	}), Links: []Link{{"After these", "?problems=100#problems-head"}}}, AdminSection{ID: "changes", Heading: "Changes (0)", Table: NewAdminTable("Changes", "None.", nil, nil)})
	waiting := page("Imports: waiting for a decision", AdminSection{
		ID: "w3", Heading: "WM-2201: Ray Brandt: parental responsibility: yes (was no)", Text: []string{"It would give parental responsibility to somebody who is recorded without it."},
		Facts: []AdminFact{{Name: "Import", Text: "Tue 24 Nov, 02:10"}}, Links: []Link{{"Open the case", "/c/WM-2201"}},
		Forms: []Form{
			{ID: "take3", Title: "Take it over", Fold: true, Open: true, Action: ImportWaitURL("3"), Do: "take", Button: "Take it over", Fields: []Field{{Name: "reason", Label: "Why", Need: "Say why", Hint: "What you checked, and where."}}},
			{ID: "leave3", Title: "of WM-2201", Small: true, Action: ImportWaitURL("3"), Do: "leave", Button: "Leave as it is"},
		},
	})
	return []fixture{
		{name: "import-home", page: PageAdmin, data: home},
		{name: "import-columns", page: PageAdmin, data: columns},
		{name: "import-work", page: PageAdmin, data: work},
		{name: "import-dry", page: PageAdmin, data: dry},
		{name: "import-waiting", page: PageAdmin, data: waiting},
	}
}
