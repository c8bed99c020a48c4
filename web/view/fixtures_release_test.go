package view

// releases are second looks, misdirected messages and the page of the guard.
func (m morning) releases() []fixture {
	second := SecondPage{
		Shell: m.shell("SEN-104233 (M.B.) For a second person", "Held"), Ref: "SEN-104233", Initials: "M.B.", By: "Dean Foss", Asked: "Ola Reyes",
		AskedAt: m.nov(24, 9, 0), Expires: m.nov(25, 9, 0), Why: "She asked for the whole paper", Findings: []Finding{noteContent()}, Copies: []Letter{m.letter()},
		Recipients: m.reply().Receives.To, Action: "/release/4", Bases: []Option{{Value: "task", Text: "Public task"}, {Value: "law", Text: "Legal obligation"}}, Record: "second look 4",
	}
	own, changed, done := second, second, second
	own.Action, own.EditHref = "", "/e/SEN-104233/reply"
	changed.Changed, changed.Errors = "Something changed since the author asked.", []FieldError{{Field: "reason", Text: "Say why"}}
	done.Action, done.State, done.Ended = "", "Released", "Ola Reyes: it is hers"
	list := Seconds{Shell: m.shell("Messages for a second person", "Held"), Rows: []SecondRow{{Href: "/release/4", Ref: "SEN-104233", By: "Dean Foss", Asked: "Ola Reyes", State: "Waits for an answer", At: m.nov(24, 9, 0)}}}
	form := IncidentNew{Shell: m.shell("Report a misdirected message", "Inbox"), Ref: "SEN-104233", Letter: "95", To: "Tessa Brandt", At: m.nov(24, 9, 0), Aware: "24/11/2026 10:05", BackHref: "/e/SEN-104233"}
	wrong := form
	wrong.Errors = []FieldError{{Field: "got_by", Text: "Say who got it"}}
	incident := IncidentPage{
		Shell: m.shell("Misdirected message", "Misdirected"), Ref: "SEN-104233", TicketHref: "/e/SEN-104233", LetterHref: "/e/SEN-104233/reply?letter=delete", By: "Dean Foss",
		At: m.nov(24, 10, 0), Aware: m.nov(24, 9, 30), Due: m.nov(27, 9, 30), Left: "70 hours left of 72", GotBy: "Rob Brandt", What: "The new address", Stopped: 1,
		Steps:   []IncidentStep{{Key: "safety", Name: "First: ring the household that is at risk"}, {Key: "recall", Name: "Look that no copy is still to go", Done: "Ola Reyes", At: m.nov(24, 10, 10)}},
		Blocked: true, Risks: []Option{{Value: "likely", Text: "Harm is likely"}, {Value: "high", Text: "The risk is high"}}, CanClose: true, Action: "/incidents/3",
	}
	closed := incident
	closed.Action, closed.Risk, closed.Words, closed.ICO, closed.Closed, closed.Lessons, closed.Late, closed.Left = "", "Harm is likely", "He may go there", "IC-1", "Closed by Ines Prado.", "Ask first", true, "Closed"
	incidents := Incidents{Shell: m.shell("Misdirected messages", "Misdirected"), Rows: []IncidentRow{{Href: "/incidents/3", Name: "Incident 3", Ref: "SEN-104233", By: "Dean Foss", State: "20 hours left of 72", Due: m.nov(27, 9, 30), Late: true}}}
	guard := GuardPage{
		Shell: m.shell("The check before sending", "Check"), Version: "2", Days: 30, Rows: []GuardRow{{ID: "NO-PR", Words: "[name] is not recorded", Who: "A second person", Count: 3}},
		Reports: []GuardReportRow{
			{ID: "1", At: m.nov(24, 9, 0), By: "Dean Foss", Ref: "SEN-104233", Rules: "NO-PR", Words: "She has it since May"},
			{ID: "2", At: m.nov(23, 9, 0), By: "Priya Nair", Ref: "SEN-104233", Rules: "MARKING-WEAK", Words: "It is a word", Settled: "The check was right, Ines Prado", Answer: "It was"},
		},
		Changes: []GuardChangeRow{
			{ID: "1", Rule: "MARKING-WEAK", Level: "Points it out only", Until: "3 Feb 2027", Reason: "Every letter has it", By: "Ola Reyes", At: m.nov(24, 9, 0), State: "Waits for a second person", Open: true},
			{ID: "2", Rule: "PR-NOT-CHECKED", Level: "Asks for a tick", Until: "3 Feb 2027", Reason: "Too many", By: "Ola Reyes", At: m.nov(24, 9, 0), State: "Approved", SettledBy: "Ines Prado"},
			{ID: "3", Rule: "NEW-ADDRESS", Level: "Points it out only", Until: "3 Feb 2027", Reason: "Noise", By: "Ines Prado", At: m.nov(24, 9, 0), State: "Waits for a second person", Open: true, Own: true},
		},
		Found:  []GuardRow{{ID: "NO-PR", Heading: "No parental responsibility", Words: "[name] is not recorded", Who: "A second person", Count: 3, Level: "Asks for a tick until 3 Feb 2027"}},
		Action: "/admin/guard", Levels: []Option{{Value: "warn", Text: "Point it out only"}}, Rules: []Option{{Value: "MARKING-WEAK", Text: "MARKING-WEAK"}},
	}
	words := GuardWords{
		Shell: m.shell("Words of the check", "Check"), Version: 3, Changed: "Ines Prado, Tue 24 Nov, 09:00", CanChange: true,
		Lists: []GuardList{
			{Name: "tone", Heading: "Tone", Hint: "What may read as harsh.", Text: "as you well know", Program: []string{"shut up"}, Rows: 4},
			{Name: "marks", Heading: "Internal markings", Hint: "What marks a text as for staff.", Program: []string{"staff only"}, Locked: true, Rows: 4},
			{Name: "examples", Heading: "Examples of your own", Hint: "One letter a line.", Rows: 4},
		},
	}
	tried := words
	tried.Tried, tried.Good, tried.Tries = true, 5, []GuardTry{{ID: "ordinary-1", Expect: "goes", Got: "asks", Message: "It may read as harsh.", Whose: "An ordinary letter of the program"}}
	tried.Errors = []FieldError{{Text: "Nothing was saved."}}
	return []fixture{
		{name: "second", page: PageSecond, data: second},
		{name: "second-own", page: PageSecond, data: own},
		{name: "second-changed", page: PageSecond, data: changed},
		{name: "second-done", page: PageSecond, data: done},
		{name: "seconds", page: PageSeconds, data: list},
		{name: "seconds-empty", page: PageSeconds, data: Seconds{Shell: list.Shell}},
		{name: "incidentnew", page: PageIncidentNew, data: form},
		{name: "incidentnew-wrong", page: PageIncidentNew, data: wrong},
		{name: "incident", page: PageIncident, data: incident},
		{name: "incident-closed", page: PageIncident, data: closed},
		{name: "incidents", page: PageIncidents, data: incidents},
		{name: "incidents-empty", page: PageIncidents, data: Incidents{Shell: incidents.Shell}},
		{name: "guard", page: PageGuard, data: guard},
		{name: "guardwords", page: PageGuardWords, data: words},
		{name: "guardwords-tried", page: PageGuardWords, data: tried},
		{name: "guard-quiet", page: PageGuard, data: GuardPage{Shell: guard.Shell, Version: "2", Days: 30, Rows: guard.Rows}},
	}
}
