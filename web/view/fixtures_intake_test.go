package view

// intake is how mail came in, in the states that matter: from Junk, by way of a
// machine, written in another program, with files that nobody may open.
func (m morning) intake() []fixture {
	long := "a name without an end " + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.docx"
	junk := m.itemIn()
	in := *junk.In
	in.Junk, in.Latest, in.Locked, in.History = true, false, true, true
	in.Files = []File{
		{Name: "plan.pdf", Kind: "PDF", Bytes: 88_412, Href: "/e/SEN-104233/messages/830/files/2"},
		{Name: "invoice[U+202E]fdp.exe", Kind: "application/octet-stream", Bytes: 188_412, Locked: "Locked: the virus scanner found something harmful in it (Win.Test.EICAR_HDB-1). Nobody can open it here."},
		{Name: long, Kind: "Word document", Bytes: 3_000_000, Href: "/e/SEN-104233/messages/830/files/4", Note: "Not scanned for viruses: the file is too large for the virus scanner"},
	}
	in.Readers = []string{"Tessa Brandt", "Rob Brandt"}
	voice := Item{ID: "831", In: &EmailIn{
		From: "Telephone system", Address: "voicemail@westmarsh.example", To: "sen@westmarsh.example", At: m.nov(24, 8, 2), Enquiry: "SEN-104233",
		Machine: &MachineMail{What: "voicemail", Number: "01234 000456", At: m.nov(24, 8, 1), File: "message.wav"},
		Body:    Body{[]BodyPart{{Text: "You have a new voice message."}}}, Files: []File{{Name: "message.wav", Kind: "audio/wav", Bytes: 240_000, Href: "/e/SEN-104233/messages/831/files/2", Note: "Not scanned for viruses"}},
	}}
	scan := Item{ID: "832", In: &EmailIn{
		From: "Printer, second floor", Address: "printer@westmarsh.example", To: "sen@westmarsh.example", At: m.nov(24, 8, 30), Enquiry: "SEN-104233",
		Machine: &MachineMail{What: "scan", File: "SCN_0001.pdf"}, Body: Body{[]BodyPart{{Text: "Scanned from the printer."}}},
	}}
	outside := Item{ID: "833", Out: &EmailOut{
		By: "Dean Foss", Outside: true, To: "tessa.brandt@mail.example", Subject: "Re: Draft plan", At: m.nov(24, 9, 10), HasHTML: true,
		Body: Body{[]BodyPart{{Text: "Dear Tessa, the draft comes on Friday."}}}, Enquiry: "SEN-104233", LeftOut: []string{"a picture in the signature"},
	}}
	stranger := Item{ID: "834", Stranger: &StrangerMail{Address: "k.doyle@post.example", At: m.nov(24, 9, 20), Why: "It cites SEN-104233, but the sender is not on the case.", Href: "/duty/strangers"}}
	e := m.enquiry()
	e.Timeline.Items = []Item{{ID: "830", In: &in}, voice, scan, outside, stranger}

	rules := Rules{
		Shell: m.shell("Intake rules", "Mailboxes"), BackHref: "/admin/mailboxes", CanEdit: true,
		Rows: []RuleRow{
			{ID: "1", What: "Keep away mail from the address", Pattern: "offers@shop.example", Note: "Advertising", By: "Ruth Adler", At: m.nov(2, 9, 0), RemoveURL: "/admin/rules/1"},
			{ID: "2", What: "Say where mail goes whose subject has the words", Pattern: "tribunal appeal", Then: "To team North, as category Urgent", By: "Ola Reyes", At: m.nov(3, 9, 0), RemoveURL: "/admin/rules/2"},
		},
		Kinds: []Option{{Value: "block_sender", Text: "Keep away mail from the address"}}, Teams: []Option{{Value: "1", Text: "North"}}, Categories: []Option{{Value: "urgent", Text: "Urgent"}},
	}
	wrong := rules
	wrong.Errors, wrong.Pattern = []FieldError{{"pattern", "Enter one email address"}}, "nobody"
	read := rules
	read.CanEdit, read.BackHref = false, ""
	none := rules
	none.Rows = nil
	spam := Spam{
		Shell: m.shell("Spam: SEN-104240", "Duty"), Ref: "SEN-104240", Subject: "Win a cruise", Address: "offers@shop.example", Domain: "shop.example",
		Action: "/duty/i/SEN-104240/spam", BackHref: "/duty/i/SEN-104240",
	}
	spamWrong := spam
	spamWrong.Errors, spamWrong.Domain = []FieldError{{"reason", "Say why this is not an enquiry"}}, ""

	sent := Duty{
		Shell: m.shell("Duty: email sent outside hearback", "Duty"), Tab: "sent", Name: "Email sent outside hearback", Tabs: m.dutyTabs("Automatic"),
		Item: &DutyItem{ID: "s12", Kind: "sent", At: m.nov(24, 9, 10), From: "Dean Foss", Address: "dean.foss@westmarsh.example", To: "tessa.brandt@mail.example", Subject: "Plan", Action: "/duty/i/s12", Body: Body{[]BodyPart{{Text: "It comes on Friday."}}}},
	}
	called := Duty{
		Shell: m.shell("Duty: mail without a case", "Duty"), Tab: "unmatched", Name: "Mail without a case", Tabs: m.dutyTabs("Unmatched"),
		Filters: []CaseFilter{{"kind", "Kind", []Option{{Value: "", Text: "All kinds"}}}},
		Item: &DutyItem{
			ID: "SEN-104241", Kind: "unmatched", At: m.nov(24, 8, 2), From: "Telephone system", Address: "voicemail@westmarsh.example", To: "sen@westmarsh.example", Subject: "Voice message", Junk: true,
			Machine: voice.In.Machine, Files: voice.In.Files, Action: "/duty/i/SEN-104241", CanSpam: true, Body: voice.In.Body, Locked: true,
		},
	}
	ledger := Ledger{
		Shell: m.shell("Ledger of sen@", "Mailboxes"), Mailbox: "sen@westmarsh.example", Slug: "sen", Total: 3,
		Boxes:  []NavItem{{Text: "sen@westmarsh.example", Href: "/admin/mailboxes/sen/ledger", Current: true}, {Text: "admissions-sen@westmarsh.example", Href: "/admin/mailboxes/admissions/ledger"}},
		Counts: []FateCount{{"Taken in", 1, "?fate=message"}, {"Not taken in", 2, "?fate=suppressed"}},
		Rows: []LedgerRow{
			{Folder: "INBOX", Validity: "validity 17", UID: "12", At: m.nov(24, 10, 40), Fate: "message", Words: "On SEN-104233", Href: "/e/SEN-104233", Gone: m.nov(24, 10, 50)},
			{Folder: "Junk", Validity: "validity 18", UID: "3", At: m.nov(24, 10, 41), Fate: "suppressed", Words: "It stayed in Junk.", RetryURL: "/admin/mailboxes/sen/ledger/3"},
		},
	}
	return []fixture{
		{name: "enquiry-intake", page: PageEnquiry, data: e},
		{name: "rules", page: PageRules, data: rules},
		{name: "rules-wrong", page: PageRules, data: wrong},
		{name: "rules-read", page: PageRules, data: read},
		{name: "rules-none", page: PageRules, data: none},
		{name: "spam", page: PageSpam, data: spam},
		{name: "spam-wrong", page: PageSpam, data: spamWrong},
		{name: "duty-sent", page: PageDuty, data: sent},
		{name: "duty-voicemail", page: PageDuty, data: called},
		{name: "ledger-folders", page: PageLedger, data: ledger},
	}
}
