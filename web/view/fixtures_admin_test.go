package view

// administration are the pages about the program and its people, in their states.
func (m morning) administration() []fixture {
	nav := []NavItem{{Text: "Health", Href: "/admin", Current: true}, {Text: "Mailboxes", Href: "/admin/mailboxes"}, {Text: "Users", Href: "/admin/users"}, {Text: "Teams", Href: "/admin/teams"}}
	page := func(heading string) AdminPage {
		return AdminPage{Shell: m.shell(heading, "Admin"), Nav: nav, Heading: heading}
	}
	home := page("Health of hearback")
	home.Shell.Warnings = []string{"Mailbox sen is unusually silent: the last mail came on Mon 23 Nov, 09:00."}
	home.Warnings = home.Shell.Warnings
	home.Lights = []HealthPart{{"Mail in", "good", "well"}, {"Mail out", "bad", "the mail server does not take letters since Tue 24 Nov, 09:00."}, {"Disk", "warn", "81% full"}}
	home.Sections = []AdminSection{
		{ID: "mail", Heading: "Mailboxes, by folder", Links: []Link{{"Mailboxes in detail", "/admin/mailboxes"}}, Table: NewAdminTable("Folders", "None", []string{"Folder", "State", "Last good look"}, []AdminRow{
			{Cells: []AdminCell{{Text: "INBOX", Notes: []string{"sen@westmarsh.example"}}, {Text: "Read", Tone: "good"}, {At: m.nov(24, 10, 41), Notes: []string{"12 seconds ago"}}}},
			{Cells: []AdminCell{{Text: "Sent Items and a name without any end aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", Notes: []string{"sen@westmarsh.example"}}, {Text: "Late", Tone: "bad", Notes: []string{"The mail server refused our sign-in."}}, {Text: "never"}}},
		})},
		{ID: "age", Heading: "How old is what we rely on", Facts: []AdminFact{{Name: "Last import of cases", At: m.nov(23, 2, 10), Text: "(32 hours ago)", Tone: "good"}, {Name: "Directory of the council", Text: "never imported", Tone: "warn"}, {Name: "Letters in doubt", Text: "1 copy", Tone: "bad"}}},
	}
	list := page("Users")
	list.Intro = []string{"Accounts of staff."}
	list.Sections = []AdminSection{
		{ID: "open", Heading: "Open accounts", Table: NewAdminTable("Open accounts", "", []string{"Name", "Role", "Signs in with", "Last sign-in"}, []AdminRow{{Cells: []AdminCell{{Text: "Priya Nair", Href: "/admin/users/u/2", Notes: []string{"priya.nair@westmarsh.example"}}, {Text: "SEN officer"}, {Text: "Password alone", Tone: "warn"}, {At: m.nov(24, 8, 1)}}}}), Links: []Link{{"Invite somebody", "/admin/users/new"}}},
		{ID: "closed", Heading: "Closed accounts", Table: NewAdminTable("Closed accounts", "No account is closed.", nil, nil)},
	}
	edit := page("Priya Nair")
	edit.Back = &Link{"All users", "/admin/users"}
	edit.Errors = []FieldError{{"save-name", "Enter the name that colleagues see"}}
	edit.Sections = []AdminSection{{ID: "change", Heading: "Change", Alert: "This is your own account.", Text: []string{"A change holds from now on."}, Forms: []Form{
		{ID: "save", Title: "Name, role and team", Action: "/admin/users/u/2", Do: "save", Button: "Save", Intro: "A change of role signs the colleague out.", Fields: []Field{{Name: "name", Label: "Name", Need: "x", Error: "Enter the name that colleagues see"}, {Name: "role", Label: "Role", Kind: "select", Options: []Option{{Value: "officer", Text: "SEN officer", Selected: true}}}, {Name: "ends", Label: "Last day of access", Kind: "date", Hint: "For an auditor"}, {Name: "active", Label: "In use", Kind: "tick", Checked: true}}},
		{ID: "settle-3", Action: "/admin/staff-domains/3", Do: "settle", Button: "Settle", Fields: []Field{{Name: "answer", Label: "Add westmarsh.example?", Kind: "radios", Options: []Option{{Value: "approve", Text: "Approve"}, {Value: "refuse", Text: "Refuse"}}, Need: "x"}}},
		{ID: "disable", Title: "Close the account", Action: "/admin/users/u/2", Do: "disable", Button: "Close account", Danger: true, Warn: "Shut out everywhere at once."},
		{Small: true, Action: "/admin/calendars", Do: "remove", Button: "Remove", Title: "the closure on 24 December", Fields: []Field{{Name: "date", Kind: "hidden", Value: "2026-12-24"}}},
	}}}
	code := page("Invitation")
	code.Code = &AdminCode{What: "Code for Priya Nair", Code: "abcd efgh ijkl mnop qrst uvwx yz", After: "It is shown this once."}
	return []fixture{
		{name: "admin-home", page: PageAdmin, data: home},
		{name: "admin-list", page: PageAdmin, data: list},
		{name: "admin-edit", page: PageAdmin, data: edit},
		{name: "admin-code", page: PageAdmin, data: code},
	}
}
