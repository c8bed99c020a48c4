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
		Reports: []GuardReportRow{{At: m.nov(24, 9, 0), By: "Dean Foss", Ref: "SEN-104233", Rules: "NO-PR", Words: "She has it since May"}},
	}
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
		{name: "guard-quiet", page: PageGuard, data: GuardPage{Shell: guard.Shell, Version: "2", Days: 30, Rows: guard.Rows}},
	}
}
