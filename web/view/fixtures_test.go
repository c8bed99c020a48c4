package view

import (
	"html/template"
	"testing"
	"time"

	"hearback/web/view/chart"
)

// The fixtures tell one invented morning: Tuesday 24 November 2026, 10:40, in the SEN team of Westmarsh Council.

func london(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// fixture is one page in one state.
type fixture struct {
	name string // also its path in the harness
	page string
	data any
}

// familyNames are the invented people who may never be named in a title or an address.
func familyNames() []string {
	return []string{"Tessa", "Brandt", "Milo", "Rob ", "Gareth", "Lunn", "Amara", "Chidi", "Doyle"}
}

type morning struct {
	loc    *time.Location
	charts *chart.Drawer
	t      testing.TB
}

func newMorning(t testing.TB) morning {
	t.Helper()
	d, err := chart.New()
	if err != nil {
		t.Fatal(err)
	}
	return morning{london(t), d, t}
}

func (m morning) now() time.Time { return m.at(time.November, 24, 10, 41) }

func (m morning) at(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, m.loc)
}

func (m morning) nov(day, hour, minute int) time.Time { return m.at(time.November, day, hour, minute) }

func (m morning) html(h template.HTML, err error) template.HTML {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
	return h
}

func council() Council { return Council{Name: "Westmarsh Council", Mark: "WM", Help: "01234 000000"} }

func public(title string) Shell { return Shell{Title: title, Council: council()} }

func (m morning) shell(title, current string) Shell {
	nav := []NavItem{
		{Text: "Inbox", Href: "/inbox", Count: 14, Key: "i"},
		{Text: "Duty", Href: "/duty", Count: 7, Key: "d"},
		{Text: "Cases", Href: "/cases"},
		{Text: "Outbox", Href: "/outbox", Count: 2},
		{Text: "Held", Href: "/held", Count: 1, Key: "h"},
		{Text: "Escalations", Href: "/escalations", Count: 2, Key: "e"},
		{Text: "Lead", Href: "/lead", Key: "l"},
		{Text: "Mailboxes", Href: "/admin/mailboxes"},
	}
	for i := range nav {
		nav[i].Current = nav[i].Text == current
	}
	return Shell{
		Title: title, Council: council(), Person: &Person{Name: "Priya Nair", Role: "SEN officer"}, Look: Look{Shortcuts: true},
		Nav: nav, CallHref: "/calls/new", WriteHref: "/cases?write=yes", Mode: "send", EventsURL: "/events",
	}
}

func milo() Child { return Child{Initials: "M.B.", Age: "7", CaseRef: "WM-2201", Stage: "Draft plan"} }

func dueToday() Due { return Due{DueSoon, "Due today 17:15"} }

func (m morning) head() EnquiryHead {
	return EnquiryHead{
		Ref: "SEN-104233", Child: milo(), Subject: "Update on draft plan", Due: Due{DueSoon, "Answer due today, Tue 24 Nov 17:15"},
		Owner: "Priya Nair", Deputy: "Ola Reyes", Fallback: "the duty lead", Asks: "When will the draft plan come?", AskSaved: m.nov(24, 9, 44), CanAsk: true,
		Alerts: []string{"One person on this case must not be told the address or school."}, URL: "/e/SEN-104233/head",
	}
}

func people() People {
	return People{CaseRef: "WM-2201", CanEdit: true, Rows: []MayBeTold{
		{Name: "Tessa Brandt", Role: "mother", Level: "yes", Told: "Yes, all", Basis: "Parental responsibility checked 3 Sep 2026"},
		{Name: "Rob Brandt", Role: "father", Level: "part", Told: "Yes, all. Not the address", Basis: "Parental responsibility checked 3 Sep 2026"},
		{Name: "Hartfield Primary", Role: "school", Level: "part", Told: "School matters only", Basis: ""},
		{Name: "K. Doyle", Role: "uncle", Level: "no", Told: "Nothing. No authority on file", Basis: ""},
	}}
}

func passed() SenderCheck {
	return SenderCheck{"pass", "Our mail server checked the sender: allowed to send for mail.example (SPF pass, DKIM pass, DMARC pass)"}
}

func (m morning) itemIn() Item {
	return Item{ID: "812", In: &EmailIn{
		From: "Tessa Brandt", Role: "mother", Address: "tessa.brandt@mail.example", To: "sen@westmarsh.example",
		AlsoTo: []AlsoTo{{"t.aunt@mail.example", "not on the case"}}, At: m.nov(17, 9, 40), Latest: true, HasHTML: true,
		Body: Body{[]BodyPart{
			{Text: "Hello, please can you tell me when the draft plan will come?\n\nThe school said it would be by half term and we have heard nothing. Milo starts to ask why he has to stay in the library at lunch.\n\nThank you\nTessa Brandt"},
			{Text: "On Thu, 12 Nov 2026 at 16:20, SEN team wrote:\n> Thank you for your call today.\n> We said we would send the draft by the end of November.", Quoted: true, Label: "Earlier messages (2): 12 Nov and 4 Nov"},
		}},
		Files: []File{{Name: "letter from school.pdf", Kind: "PDF", Bytes: 88_412, Href: "/e/SEN-104233/messages/812/files/1"}, {Name: "IMG_2231.heic", Kind: "photo", Bytes: 2_310_000, Href: "/e/SEN-104233/messages/812/files/2", Note: "not scanned yet"}},
		Match: "Joined here because it answers our email of 12 Nov (our token in the reply address).", Sender: passed(), Enquiry: "SEN-104233",
	}}
}

func (m morning) itemAck() Item {
	return Item{ID: "813", Out: &EmailOut{
		Automatic: true, What: "Acknowledgement", At: m.nov(17, 9, 40), Enquiry: "SEN-104233",
		Body:       Body{[]BodyPart{{Text: "Thank you for your email. We have it. Your number is SEN-104233.\n\nPriya Nair will reply by Tuesday 24 November 2026."}}},
		Deliveries: []Delivery{{ID: "71", To: "Tessa Brandt", Role: "mother", Address: "tessa.brandt@mail.example", State: Delivered, At: m.nov(17, 9, 41)}},
	}}
}

func (m morning) itemNote() Item {
	return Item{ID: "820", Note: &NoteEntry{By: "Dean Foss", For: "Ola Reyes", At: m.nov(24, 9, 52), Text: "Has panel met? Parent asks for a date.", Enquiry: "SEN-104233"}}
}

func (m morning) itemCall() Item {
	return Item{ID: "790", Call: &CallEntry{Way: "in", Answered: true, With: "Tessa Brandt", Role: "mother", Checked: "identity checked", By: "Ola Reyes", At: m.nov(12, 14, 5), Minutes: 6, Text: "Asked when the draft comes. Said draft by end of November.", Promise: "draft by 30 Nov"}}
}

func (m morning) outIn(state DeliveryState, id string) Item {
	d := Delivery{ID: "d" + id, To: "Tessa Brandt", Role: "mother", Address: "tessa.brandt@mail.example", State: state, At: m.nov(24, 10, 32)}
	switch state {
	case Waits:
		d.At, d.Leaves, d.CanUndo, d.CanNow = time.Time{}, m.nov(24, 10, 42), true, true
	case Bounced:
		d.Detail = "The mail server of mail.example refused it: the mailbox is full."
		d.Href = "/outbox"
	case Refused:
		d.Detail, d.Href = "It contains part of an internal note.", "/held/4f21"
	case HeldBack:
		d.Detail, d.Href = "It waits for a second person.", "/held/4f22"
	}
	return Item{ID: id, Out: &EmailOut{By: "Priya Nair", At: m.nov(24, 10, 31), Enquiry: "SEN-104233", Deliveries: []Delivery{d}, Body: Body{[]BodyPart{{Text: "Dear Tessa,\n\nthe draft plan will be with you by Monday 30 November."}}}}}
}

func (m morning) timeline() Timeline {
	return Timeline{Newest: true, Show: []Check{{"email", "Emails", true}, {"call", "Calls", true}, {"note", "Notes", true}, {"system", "System", true}}, Items: []Item{
		m.itemNote(),
		{ID: "819", Stranger: &StrangerMail{Address: "k.doyle@post.example", At: m.nov(20, 18, 2), Why: "The address is known as an uncle without authority.", Href: "/duty/i/55"}},
		m.itemIn(), m.itemAck(),
		{ID: "814", System: &SystemLine{At: m.nov(17, 9, 41), Text: "Answer date set: 24 Nov 17:15 (5 working days)"}},
		m.itemCall(),
	}, Older: "/e/SEN-104233?before=790"}
}

func (m morning) rows(preview bool) []Row {
	open := func(ref string) string {
		if preview {
			return "/inbox/mine?open=" + ref + "#preview"
		}
		return EnquiryURL(ref)
	}
	return []Row{
		{Ref: "SEN-104101", Initials: "A.O.", Age: "9", Due: Due{Late, "Late 1 day"}, Urgent: true, From: "Gareth Lunn", Role: "father", Asks: "No taxi again", Facts: []string{"3rd chaser", "4 calls", "nobody has spoken to him since 9 Nov"}, Owner: "Kim S.", OwnerNote: "away, deputy Ola R.", Last: LastWord{"in", m.nov(23, 8, 12)}, OpenHref: open("SEN-104101")},
		{Ref: "SEN-104233", Initials: "M.B.", Age: "7", Due: dueToday(), From: "Tessa Brandt", Role: "mother", Asks: "Update on draft plan", Facts: []string{"Dean F. is viewing"}, Owner: "Priya N.", Last: LastWord{"in", m.nov(17, 9, 40)}, Chosen: preview, Draft: true, OpenHref: open("SEN-104233")},
		{Ref: "SEN-104236", Initials: "S.T.", Age: "12", Due: Due{DueSoon, "Due today 17:15"}, From: "Noor Tariq", Role: "mother", Asks: "Which school will be named?", Owner: "Priya N.", Last: LastWord{"in", m.nov(17, 11, 2)}, Changed: true, OpenHref: open("SEN-104236")},
		{Ref: "SEN-104238", Initials: "L.W.", Age: "5", Due: Due{OnTrack, "Due Wed 25 Nov"}, From: "Jo Webb", Role: "foster carer", Asks: "Copy of the review notes", Owner: "Priya N.", Last: LastWord{"call", m.nov(23, 15, 20)}, OpenHref: open("SEN-104238")},
		{Ref: "SEN-104240", Initials: "J.O.", Age: "11", Due: Due{OnTrack, "Due Fri 27 Nov"}, From: "Hartfield Primary", Role: "school", Asks: "Date for the advice from the educational psychologist", Last: LastWord{"in", m.nov(20, 13, 44)}, OpenHref: open("SEN-104240")},
		{Ref: "SEN-104244", Initials: "D.K.", Age: "15", Due: Due{OnTrack, "Due Fri 27 Nov"}, From: "Dr A. Rao", Role: "educational psychologist", Asks: "Report attached, please confirm", Owner: "Priya N.", Last: LastWord{"in", m.nov(20, 17, 1)}, OpenHref: open("SEN-104244")},
		{Ref: "SEN-104198", Initials: "R.P.", Age: "8", Due: Due{Paused, "Paused, waiting for family"}, From: "Ines Prado", Role: "mother", Asks: "Which day suits for the visit?", Facts: []string{"Resumes 1 Dec"}, Owner: "Priya N.", Last: LastWord{"out", m.nov(19, 10, 15)}, OpenHref: open("SEN-104198")},
		{Ref: "SEN-104249", Initials: "E.H.", Age: "6", Due: Due{OnTrack, "Due Mon 30 Nov"}, From: "Mel Hart", Role: "mother", Asks: "Wants to move the meeting", Owner: "Priya N.", Last: LastWord{"in", m.nov(23, 9, 5)}, OpenHref: open("SEN-104249")},
		{Ref: "SEN-104187", Initials: "T.N.", Age: "14", Due: Due{Answered, "Answered 20 Nov"}, From: "Sam Nolan", Role: "young person", Asks: "Can I see my file?", Owner: "Priya N.", Last: LastWord{"out", m.nov(20, 16, 30)}, OpenHref: open("SEN-104187")},
	}
}

func (m morning) days() []chart.Day {
	mark := func(ref, state, words string) chart.Mark {
		return chart.Mark{Ref: ref, Href: EnquiryURL(ref), State: state, Words: words}
	}
	return []chart.Day{
		{Name: "late", Marks: []chart.Mark{mark("SEN-104101", "late", "late 1 day"), mark("SEN-104090", "late", "late 4 days")}},
		{Name: "today", Marks: []chart.Mark{mark("SEN-104233", "soon", "due today 17:15, 6 working hours left"), mark("SEN-104236", "soon", "due today 17:15, 6 working hours left"), mark("SEN-104237", "soon", "due today 17:15, 6 working hours left")}},
		{Name: "Wed 25", Marks: []chart.Mark{mark("SEN-104238", "ontrack", "due Wed 25 Nov"), mark("SEN-104239", "ontrack", "due Wed 25 Nov")}},
		{Name: "Thu 26"},
		{Name: "Fri 27", Marks: []chart.Mark{mark("SEN-104240", "ontrack", "due Fri 27 Nov"), mark("SEN-104244", "ontrack", "due Fri 27 Nov"), mark("SEN-104245", "ontrack", "due Fri 27 Nov")}},
		{Name: "later", Marks: []chart.Mark{mark("SEN-104249", "ontrack", "due Mon 30 Nov"), mark("SEN-104198", "paused", "paused, resumes 1 Dec")}, More: 3, MoreHref: "/inbox/mine?sort=due&after=27nov"},
	}
}
