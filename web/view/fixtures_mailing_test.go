package view

// mailings are the pages of letters to many families.
func (m morning) mailings() []fixture {
	list := Mailings{Shell: m.shell("Letters to many families", "Mailings"), NewHref: "/mailings/new", Rows: []MailingRow{
		{Href: "/mailings/2", Title: "Year 6 evening", By: "Dean Foss", State: "Waits for your approval", Tone: "warn", Note: "57 letters, 3 left out", At: m.nov(24, 9, 0)},
		{Href: "/mailings/1", Title: "New telephone number", By: "Priya Nair", State: "All left", Tone: "good", Note: "212 of 214 arrived, 6 left out", At: m.nov(20, 9, 0)},
	}}
	edit := MailingEdit{
		Shell: m.shell("Write to many families", "Mailings"), New: true, Action: "/mailings/new", BackHref: "/mailings", Body: "Dear {name}\n\n{format}", PerHour: "200", Most: "200",
		Boxes: []Option{{Value: "1", Text: "sen@westmarsh.example"}}, Officers: []Option{{Text: "Any"}, {Value: "2", Text: "Dean Foss"}}, Teams: []Option{{Text: "Any"}},
		Stages: []Option{{Value: "Review", Text: "Review"}}, Years: []Option{{Value: "5", Text: "Year 5"}, {Value: "6", Text: "Year 6", Selected: true}},
		Fields: []MailingField{{Name: "child", Means: "the child's first name", Example: "Milo"}},
	}
	wrong := edit
	wrong.New, wrong.Lost, wrong.Phase = false, "When you save, the list is made again.", true
	wrong.Errors = []FieldError{{Field: "title", Text: "Enter a title"}, {Field: "subject", Text: "Write a subject."}, {Field: "body", Text: "Line 1: there is no field {school}."}, {Field: "per_hour", Text: "Enter a number"}, {Field: "mailbox", Text: "Choose the mailbox"}}
	page := MailingPage{
		Shell: m.shell("Year 6 evening", "Mailings"), Title: "Year 6 evening", State: "Checked", Tone: "wait", Says: "57 letters were checked.", Subject: "Moving on", Body: "Dear {name}\n\nThe evening of {child}.",
		Version: "3", Action: "/mailings/2", EditHref: "/mailings/2/edit", CanList: true, ListWord: "Make the list again", CanAsk: true, AskWord: "Ask for approval of 57 letters",
		Facts: []AdminFact{{Name: "Written by", Text: "Dean Foss"}, {Name: "List made", At: m.nov(24, 9, 0)}},
		Tabs:  []NavItem{{Text: "Get a letter", Href: "/mailings/2?show=letters", Count: 57, Current: true}, {Text: "Left out", Href: "/mailings/2?show=left", Count: 3}},
		Rows: []MailingLine{
			{Name: "Tessa Brandt", Address: "tessa.brandt@mail.example", CaseRef: "WM-2201", CaseHref: "/c/WM-2201", Initials: "M.B.", Href: "/mailings/2/preview/4", Result: "Checked", Tone: "good"},
			{Name: "Ada Osei", Address: "ada.osei@mail.example", CaseRef: "WM-2202", CaseHref: "/c/WM-2202", Initials: "L.O.", Href: "/mailings/2/preview/5", Result: "A question", Tone: "warn", Why: "The check asks: mail to this address did not arrive once.", Also: "One letter for 2 children of theirs"},
		},
		Pages: Pages{Next: "/mailings/2?show=letters&after=5"}, CSVHref: "/mailings/2/results.csv", WalkHref: "/mailings/2/preview/4", WalkWord: "Look at the letters one by one",
	}
	asked := page
	asked.EditHref, asked.CanList, asked.CanAsk, asked.State, asked.Tone, asked.Approve, asked.Digest = "", false, false, "Waits for approval", "warn", "/mailings/2/approve", "abc"
	asked.Errors = []FieldError{{Text: "Something changed since you opened this page."}}
	asked.Alert = "Outgoing post is not switched on."
	going := page
	going.EditHref, going.CanList, going.CanAsk, going.WalkHref, going.CanPause, going.CanStop, going.CanResume, going.State, going.Tone = "", false, false, "", true, true, true, "Approved, leaving", "good"
	going.Rows = []MailingLine{
		{Name: "Tessa Brandt", Address: "tessa.brandt@mail.example", CaseRef: "WM-2201", CaseHref: "/c/WM-2201", Initials: "M.B.", Result: "Arrived", Tone: "good", TicketRef: "SEN-104300", TicketHref: "/e/SEN-104300", At: m.nov(24, 10, 0)},
		{Name: "Rob Brandt", CaseRef: "WM-2201", CaseHref: "/c/WM-2201", Initials: "M.B.", Result: "Came back", Tone: "bad", Why: "It came back: the recipient's mail server did not deliver it.", TicketRef: "SEN-104301", TicketHref: "/e/SEN-104301", At: m.nov(24, 10, 0)},
		{CaseRef: "WM-2203", CaseHref: "/c/WM-2203", Initials: "A.B.", Result: "Left out", Tone: "warn", Why: "Nobody of the family is recorded."},
	}
	checking := page
	checking.EditHref, checking.CanList, checking.CanAsk, checking.WalkHref, checking.Rows, checking.Empty, checking.Checking, checking.ReloadHref = "", false, false, "", nil, "Nobody gets a letter.", true, "/mailings/2"
	one := MailingLetterPage{
		Shell: m.shell("Letter to a family, WM-2201", "Mailings"), Title: "Year 6 evening", BackHref: "/mailings/2", Position: "Letter 3 of 57", Prev: "/mailings/2/preview/3", Next: "/mailings/2/preview/5",
		NextOpen: "/mailings/2/preview/9", Name: "Tessa Brandt", CaseRef: "WM-2201", CaseHref: "/c/WM-2201", Copies: []Letter{m.letter()}, Checked: "The check asks.", Action: "/mailings/2/preview/4", CanTick: true,
		Findings: []Finding{{Key: "BOUNCED", Rule: "BOUNCED", Heading: "It came back once", Level: Confirm, Text: "Mail to this address did not arrive once.", Confirm: "It works again"}},
	}
	none := MailingLetterPage{Shell: one.Shell, Title: one.Title, BackHref: one.BackHref, Name: "Rob Brandt", CaseRef: "WM-2201", CaseHref: "/c/WM-2201", Why: "Restricted: the address has to be kept from them.", Also: "One letter for 2 children of theirs"}
	return []fixture{
		{name: "mailings", page: PageMailings, data: list},
		{name: "mailings-empty", page: PageMailings, data: Mailings{Shell: list.Shell, NewHref: "/mailings/new"}},
		{name: "mailingedit", page: PageMailingEdit, data: edit},
		{name: "mailingedit-wrong", page: PageMailingEdit, data: wrong},
		{name: "mailing", page: PageMailing, data: page},
		{name: "mailing-asked", page: PageMailing, data: asked},
		{name: "mailing-going", page: PageMailing, data: going},
		{name: "mailing-checking", page: PageMailing, data: checking},
		{name: "mailingletter", page: PageMailingOne, data: one},
		{name: "mailingletter-none", page: PageMailingOne, data: none},
	}
}
