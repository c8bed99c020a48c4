package view

import (
	"strings"
	"time"

	"hearback/web/view/chart"
)

// all is every page in the states that matter.
func (m morning) all() []fixture {
	var out []fixture
	for _, part := range [][]fixture{m.inboxes(), m.enquiries(), m.replies(), m.notes(), m.stops(), m.duties(), m.calls(), m.cases(), m.posts(), m.leads(), m.admins(), m.administration(), m.parents(), m.accounts(), m.failures(), m.audits(), m.intake(), m.register(), m.imports(), m.releases(), m.mailings()} {
		out = append(out, part...)
	}
	return out
}

func (m morning) inbox() Inbox {
	child := milo()
	return Inbox{
		Shell: m.shell("Inbox: needs an answer", "Inbox"), View: "mine", Name: "Mine: needs an answer", Count: 14,
		Views:  ViewCounts{URL: "/inbox/mine/counts", Views: []NavItem{{Text: "Needs answer", Href: "/inbox/mine", Count: 14, Current: true}, {Text: "Waiting", Href: "/inbox/waiting", Count: 6}, {Text: "Answered", Href: "/inbox/answered"}, {Text: "Late", Href: "/inbox/late", Count: 2}, {Text: "Team", Href: "/inbox/team", Count: 61}, {Text: "Urgent", Href: "/inbox/urgent", Count: 1}}},
		Strip:  &Strip{URL: "/inbox/mine/strip", Chart: m.html(m.charts.DueStrip("Enquiries by due day", m.days()))},
		NewBar: NewBar{URL: "/inbox/mine/new?since=812"},
		List: List{
			Caption: "Enquiries that need an answer from you, soonest first", Rows: m.rows(true), Sort: []SortLink{{"Due", "/inbox/mine?sort=due", true}, {"Received", "/inbox/mine?sort=received", false}, {"Child", "/inbox/mine?sort=child", false}},
			Pages: Pages{Summary: "1 to 9 of 14", Next: "/inbox/mine?cursor=abc"}, MoveURL: "/inbox/move", Owners: []Option{{Value: "3", Text: "Ola Reyes"}, {Value: "4", Text: "Dean Foss"}},
		},
		Preview: &Preview{
			Ref: "SEN-104233", Child: child, Subject: "Update on draft plan", Due: dueToday(), Asks: "When will the draft plan come?", From: "Tessa Brandt (mother, parental responsibility checked)",
			Owner: "Priya N.", Deputy: "Ola R.", Alerts: []string{"One person on this case must not be told the address or school."}, Items: []Item{m.itemNote(), m.itemIn(), m.itemAck()}, More: 4, CanReply: true, CanNote: true, CanCall: true, BackHref: "/inbox/mine",
		},
	}
}

func (m morning) inboxes() []fixture {
	full := m.inbox()
	busy := m.inbox()
	busy.Shell.NewCount = 3
	busy.Shell.Mode, busy.Shell.ModeWaiting, busy.Shell.Demo = "hold", 4, true
	busy.Shell.Late = []LateMailbox{{Name: "sen@westmarsh.example", Checked: m.nov(24, 10, 12), Ago: 28 * time.Minute, Href: "/admin/mailboxes"}}
	busy.NewBar.Count, busy.NewBar.Href = 3, "/inbox/mine"
	busy.Shell.Waiting = []Waiting{{ID: "91", Ref: "SEN-104190", To: []string{"Ines Prado"}, Leaves: m.nov(24, 10, 42)}}
	busy.Shell.Flash = &Flash{Kind: "success", Text: "Waiting to go to Ines Prado at 10:42. Press z to cancel."}
	opened := m.inbox()
	opened.Opened = true
	empty := m.inbox()
	empty.Count, empty.Preview, empty.Strip = 0, nil, nil
	empty.List = List{Caption: "Enquiries", Empty: "Nothing needs an answer from you. Next date: Thu 26 Nov, review invitations for J.O.", EmptyLink: &Link{"See the team", "/inbox/team"}}
	unknown := m.inbox()
	unknown.Count, unknown.Preview, unknown.Strip = 0, nil, nil
	unknown.List = List{Caption: "Enquiries", Unknown: "We do not know: mail was last checked Tue 24 Nov, 10:12."}
	broken := m.inbox()
	broken.Broken, broken.LastGood, broken.Preview = true, m.nov(24, 10, 30), nil
	observe := m.inbox()
	observe.Shell.Mode = "observe"
	observe.Shell.Auditor = m.nov(30, 0, 0)
	observe.Shell.Look = Look{}
	return []fixture{
		{name: "inbox", page: PageInbox, data: full},
		{name: "inbox-busy", page: PageInbox, data: busy},
		{name: "inbox-opened", page: PageInbox, data: opened},
		{name: "inbox-empty", page: PageInbox, data: empty},
		{name: "inbox-unknown", page: PageInbox, data: unknown},
		{name: "inbox-broken", page: PageInbox, data: broken},
		{name: "inbox-observe", page: PageInbox, data: observe},
	}
}

func (m morning) enquiry() Enquiry {
	return Enquiry{
		Shell: m.shell("SEN-104233 (M.B.) Enquiry", "Inbox"), Head: m.head(), Back: &Link{"Back to inbox", "/inbox/mine"}, Position: "2 of 14", Prev: "/e/SEN-104101", Next: "/e/SEN-104236",
		Presence: Presence{Text: "Viewing now: Dean Foss. Nobody is writing a reply.", URL: "/e/SEN-104233/presence", Ref: "SEN-104233"},
		NewBar:   NewBar{URL: "/e/SEN-104233/new?since=820", Ref: "SEN-104233"}, Timeline: m.timeline(), People: people(),
		Clocks: Clocks{Rows: []ClockRow{
			{Name: "Answer", At: m.nov(24, 17, 15), Due: Due{DueSoon, "Due soon"}, Left: "6 working hours left", Detail: "Received Tue 17 Nov 09:40 by our mail server.\nFive working days, Mon to Fri, 9:00 to 17:15.\nNo closure day in between."},
			{Name: "Final plan", At: time.Date(2027, 3, 22, 12, 0, 0, 0, m.loc), Day: true, Due: Due{OnTrack, "On track"}, Left: "118 days left", Detail: "Regulation 13(2): 20 weeks from the request of 2 Nov 2026."},
		}},
		Promises: []Promise{{Text: "Draft", By: m.nov(30, 12, 0), Who: "Ola R., call 12 Nov", Due: Due{OnTrack, "On track"}}},
		Contacts: Contacts{LastIn: m.nov(17, 9, 40), LastOut: m.nov(17, 9, 40), LastTwoWay: m.nov(12, 14, 5), Note: "8 working days without a real answer"},
		Files:    []File{{Name: "letter from school.pdf", Kind: "PDF", Bytes: 88_412, Href: "/e/SEN-104233/messages/812/files/1"}, {Name: "IMG_2231.heic", Kind: "photo", Bytes: 2_310_000, Href: "/e/SEN-104233/messages/812/files/2"}}, FileMore: "/c/WM-2201/files",
		Related: []Link{{"Sibling case WM-2204", "/c/WM-2204"}}, ReplyTo: "Tessa Brandt", ReplyHref: "/e/SEN-104233/reply?to=812", CanNote: true, CallHref: "/calls/new?enquiry=SEN-104233", CanMove: true, CanFinish: true,
	}
}

func (m morning) enquiries() []fixture {
	full := m.enquiry()
	states := m.enquiry()
	states.NewBar.Count, states.NewBar.Href = 3, "/e/SEN-104233"
	states.Timeline.Items = nil
	for i, s := range []DeliveryState{Waits, Sending, Sent, Delivered, Bounced, Uncertain, HeldBack, Refused, Cancelled} {
		states.Timeline.Items = append(states.Timeline.Items, m.outIn(s, "9"+string(rune('0'+i))))
	}
	bad := m.itemIn()
	bad.In.Sender = SenderCheck{"fail", "Our mail server could not confirm the sender: the message was not signed by mail.example (SPF fail, DKIM none, DMARC fail)"}
	bad.In.Automatic, bad.In.LeftOut, bad.In.Subject = "Out-of-office reply", []string{"winmail.dat, 14 KB: cannot be opened here, download the original"}, "Automatic reply: your enquiry"
	states.Timeline.Items = append(states.Timeline.Items, bad, Item{ID: "77", Call: &CallEntry{Way: "missed", At: m.nov(11, 9, 2), Text: "Rang twice."}}, Item{ID: "76", Call: &CallEntry{Way: "out", Answered: true, With: "Rob Brandt", Role: "father", At: m.nov(10, 9, 2), Minutes: 3, By: "Priya Nair", Text: "Confirmed the meeting."}})
	bare := m.enquiry()
	bare.Head.Owner, bare.Head.Deputy, bare.Head.Child, bare.Head.CanAsk = "", "", Child{Initials: "?"}, false
	bare.Head.Alerts, bare.Head.Urgent, bare.Head.Holding = nil, true, "Finished 20 Nov"
	bare.Head.Due = Due{Late, "Late 2 days"}
	bare.People, bare.ReplyTo, bare.Clocks, bare.Promises, bare.Files, bare.Related, bare.Contacts = People{}, "", Clocks{}, nil, nil, nil, Contacts{}
	bare.Timeline = Timeline{}
	bare.WhyNoReply, bare.Finished = "Nobody on this case may be written to.", true
	return []fixture{
		{name: "enquiry", page: PageEnquiry, data: full},
		{name: "enquiry-states", page: PageEnquiry, data: states},
		{name: "enquiry-bare", page: PageEnquiry, data: bare},
		{name: "headers", page: PageHeaders, data: Headers{Shell: m.shell("SEN-104233 (M.B.) Headers", "Inbox"), Head: m.head(), BackHref: "/e/SEN-104233#m812", Raw: "Received: from mail.example (mail.example [192.0.2.7]) by mx.westmarsh.example with ESMTPS\nFrom: Tessa Brandt <tessa.brandt@mail.example>\nTo: sen@westmarsh.example\nMessage-ID: <a1@mail.example>", Original: "/e/SEN-104233/messages/812/original", Sender: passed()}},
		{name: "move", page: PageMove, data: Move{Shell: m.shell("SEN-104233 (M.B.) Move", "Inbox"), Head: m.head(), Officers: []Option{{Value: "3", Text: "Ola Reyes (deputy)"}}, BackHref: "/e/SEN-104233", Errors: []FieldError{{"officer", "Choose an officer"}}}},
		{name: "finish", page: PageFinish, data: Finish{Shell: m.shell("SEN-104233 (M.B.) Finish", "Inbox"), Head: m.head(), Waiting: "Tessa Brandt", Reasons: []Option{{Value: "phone", Text: "Answered by telephone"}}, BackHref: "/e/SEN-104233"}},
	}
}

func (m morning) reply() Reply {
	in := m.itemIn().In
	return Reply{
		Shell: m.shell("SEN-104233 (M.B.) Reply", "Inbox"), Head: m.head(), Action: "/e/SEN-104233/reply", BackHref: "/e/SEN-104233",
		Answering: &Answering{ID: "812", Name: in.From, Role: in.Role, At: in.At, Body: in.Body},
		Receives: Receives{
			Seen: "d41d8c", Prefers: "Prefers: email, 16pt text. Do not phone 9 to 3.",
			To:       []Recipient{{ID: "p1", Name: "Tessa Brandt", Role: "mother", Address: "tessa.brandt@mail.example", Used: "used 14 times, last 17 Nov", Why: "Wrote this email. Parental responsibility checked 3 Sep 2026. No restrictions."}},
			NotAdded: []string{"Also on her email, not added: t.aunt@mail.example (not on the case)."},
			CanAdd:   []Candidate{{ID: "p2", Name: "Rob Brandt", Role: "father", Note: "may be told, not the address"}, {ID: "p4", Name: "K. Doyle", Role: "uncle", Barred: true, Why: "no authority on file"}},
		},
		Subject: "Your enquiry SEN-104233", Text: "Dear Tessa,\n\nthank you for asking. The draft plan will be with you by Monday 30 November. I will ring you on Friday if anything changes.\n\nPriya Nair", Under: "her email of 17 Nov only",
		Verdict: Verdict{Level: NoProblems, At: m.nov(24, 10, 31)}, Draft: DraftState{State: "saved", At: m.nov(24, 10, 31), URL: "/e/SEN-104233/reply/draft"},
		Hold: "10 minutes", HoldWhy: "files go with it", Goes: m.nov(24, 10, 32), SeenEvent: "820", DraftRev: "7", People: people(),
	}
}

func noteContent() Finding {
	return Finding{
		Key: "NOTE-CONTENT:p1", Rule: "NOTE-CONTENT", Heading: "It contains part of an internal note", Level: Stopped, Text: "Part of this is from an internal note (Dean Foss, 24 Nov 09:52). Tessa Brandt is not staff. Take it out, or ask for that wording to be published.",
		Before: "…draft by end of November. ", Marked: "Has panel met? Parent asks", After: " I will write…", Fixes: []Fix{{"Take this part out", "NOTE-CONTENT:p1:cut"}}, Links: []Link{{"Ask to publish this wording", "/e/SEN-104233/notes/new?publish=820"}}, Release: "nobody",
	}
}

func newToThread() Finding {
	return Finding{Key: "UNLINKED-RECIPIENT:p2", Rule: "UNLINKED-RECIPIENT", Level: Confirm, Text: "Rob Brandt is new to this thread.", Confirm: "I mean to send him this too", Reasons: []Option{{Value: "both", Text: "Both parents should know"}}}
}

func (m morning) replies() []fixture {
	ok := m.reply()
	stopped := m.reply()
	stopped.Verdict = Verdict{Level: Stopped, At: m.nov(24, 10, 31), Findings: []Finding{noteContent(), {Key: "QUOTED-INTERNAL:p1", Rule: "QUOTED-INTERNAL", Level: Stopped, Text: "Below your message is an email between staff (Dean Foss to Ola Reyes, 09:51). Tessa Brandt is not staff.", Fixes: []Fix{{"Remove that email", "QUOTED-INTERNAL:p1:cut"}}}}, Names: []string{"Tessa Brandt"}}
	confirm := m.reply()
	confirm.Receives.To = append(confirm.Receives.To, Recipient{ID: "p2", Name: "Rob Brandt", Role: "father", Address: "rob@post.example", Used: "never used on this case", Why: "Father. Parental responsibility checked 3 Sep 2026.", Limits: "Must not be told the address", Removable: true})
	confirm.Verdict = Verdict{Level: Confirm, At: m.nov(24, 10, 31), Findings: []Finding{newToThread(), {Key: "FORGOTTEN-FILE", Rule: "FORGOTTEN-FILE", Level: Attention, Text: "You mention a file but none is added.", Links: []Link{{"Choose file", "#files"}}}}}
	confirm.Errors = []FieldError{{"f-UNLINKED-RECIPIENT-p2", "Tick to say you mean to send this to Rob Brandt, or take them off"}}
	confirm.Shell.Failed = true
	confirm.Files = letterFiles()
	cannot := m.reply()
	cannot.Verdict = Verdict{Level: CannotCheck, Phone: "01234 000321"}
	cannot.Draft = DraftState{State: "failed", At: m.nov(24, 10, 31), URL: "/e/SEN-104233/reply/draft"}
	attention := m.reply()
	attention.Verdict = Verdict{Level: Attention, At: m.nov(24, 10, 31), Findings: []Finding{{Key: "DUPLICATE-ANSWER", Rule: "DUPLICATE-ANSWER", Level: Attention, Text: "Dean Foss has a message to Tessa Brandt waiting to go.", Links: []Link{{"See it", "/outbox"}}}}}
	attention.Notice = "Rob Brandt was removed from your draft: restriction added today."
	attention.NoteDraft = &Link{"Your note draft, 09:58", "/e/SEN-104233/notes/new"}
	fresh := m.reply()
	fresh.Head = EnquiryHead{Child: milo()}
	fresh.NewMessage, fresh.Answering, fresh.Receives, fresh.Text = true, nil, Receives{CanAdd: fresh.Receives.CanAdd}, ""
	fresh.Action, fresh.Verdict, fresh.Draft, fresh.Under = "/c/WM-2201/messages/new", Verdict{Level: NotChecked}, DraftState{URL: "/c/WM-2201/messages/new/draft"}, ""
	running := m.reply()
	running.Verdict.Level = CheckRunning
	running.Files = LetterFiles{Can: true, Hint: letterFiles().Hint, Error: "Choose a file first"}
	return []fixture{
		{name: "reply", page: PageReply, data: ok},
		{name: "reply-stopped", page: PageReply, data: stopped},
		{name: "reply-confirm", page: PageReply, data: confirm},
		{name: "reply-cannot", page: PageReply, data: cannot},
		{name: "reply-attention", page: PageReply, data: attention},
		{name: "reply-new", page: PageReply, data: fresh},
		{name: "reply-running", page: PageReply, data: running},
		{name: "letter", page: PageLetter, data: LetterPreview{Shell: m.shell("SEN-104233 (M.B.) Preview", "Inbox"), Head: m.head(), BackHref: "/e/SEN-104233/reply", Copies: []Letter{m.letter()}}},
	}
}

func (m morning) letter() Letter {
	return Letter{To: "Tessa Brandt", Address: "tessa.brandt@mail.example", From: "Westmarsh SEN team <sen@westmarsh.example>", Subject: "[SEN-104233] Your enquiry", Text: m.reply().Text + "\n\nIf a child is in danger now, call 999.", Files: []File{{Name: "plan.pdf", Kind: "PDF", Bytes: 120_000}}}
}

func (m morning) notes() []fixture {
	note := Note{
		Shell: m.shell("SEN-104233 (M.B.) Internal note", "Inbox"), Head: m.head(), Action: "/e/SEN-104233/notes/new", BackHref: "/e/SEN-104233", Readers: "staff who work on this case (6 people)",
		Colleagues: []Option{{Value: "3", Text: "Ola Reyes (deputy)", Selected: true}, {Value: "4", Text: "Dean Foss"}}, Text: "Has panel met about M.B.? Mother is at it again.",
		Advice: NoteAdvice{Items: []Suggestion{{"at it again", "has written three times", "TONE-INTERNAL:0"}}}, Draft: DraftState{State: "saved", At: m.nov(24, 9, 51), URL: "/e/SEN-104233/notes/draft"}, Latest: []Item{m.itemIn(), m.itemCall()}, ReplyDraft: &Link{"Your reply draft, 10:31", "/e/SEN-104233/reply"},
	}
	empty := note
	empty.Text, empty.Advice, empty.Errors, empty.Latest, empty.ReplyDraft, empty.Shell.Failed = "", NoteAdvice{}, []FieldError{{"note-text", "Write the note"}}, nil, nil, true
	empty.Draft = DraftState{State: "failed", At: m.nov(24, 9, 51)}
	return []fixture{{name: "note", page: PageNote, data: note}, {name: "note-error", page: PageNote, data: empty}}
}

func (m morning) stops() []fixture {
	second := Finding{Key: "STAFF-TALK-EXTERNAL:p1", Rule: "STAFF-TALK-EXTERNAL", Heading: "It reads as if written to a colleague", Level: Stopped, Text: "This reads as if written to Ola Reyes. Tessa Brandt, M.B.'s mother, would get it too.", Fixes: []Fix{{"Move it to a note for Ola Reyes", "STAFF-TALK-EXTERNAL:p1:note"}, {"Rewrite for Tessa Brandt", "STAFF-TALK-EXTERNAL:p1:edit"}}, Release: "manager"}
	stopped := StoppedPage{Shell: m.shell("SEN-104233 (M.B.) Nothing was sent", "Inbox"), Head: m.head(), At: m.nov(24, 10, 32), Findings: []Finding{noteContent(), second}, Would: []string{"Tessa Brandt (mother)"}, ReplyAction: "/e/SEN-104233/reply", AskAction: "/held/4f21", Seconds: []Option{{Value: "3", Text: "Ola Reyes"}}, ReportURL: "/held/4f21/report", Record: "attempt 4f21, rule NOTE-CONTENT v7"}
	dispatch := stopped
	dispatch.Dispatch, dispatch.Findings, dispatch.AskAction = true, []Finding{{Key: "NO-CONTACT:p1", Rule: "NO-CONTACT", Level: Stopped, Text: "We must not contact Tessa Brandt about M.B. Not by this message or any other.", Fixes: []Fix{{"Take Tessa Brandt off", "NO-CONTACT:p1:off"}}, Confirm: ""}}, ""
	changed := ChangedPage{
		Shell: m.shell("Not sent: something changed", "Inbox"), Head: m.head(), Since: m.nov(24, 10, 29), What: "reply", Draft: m.reply().Text, Subject: "Your enquiry SEN-104233", Action: "/e/SEN-104233/reply", BackHref: "/e/SEN-104233/reply", KeepNote: "Keep as a note for Dean", Receiving: []string{"Tessa Brandt"},
		Hidden: []Hidden{{"answering", "812"}, {"to_person", "p1"}, {"draft_rev", "7"}, {"seen_event", "824"}},
		Events: []Change{{m.nov(24, 10, 33), "in", "Tessa Brandt wrote again: “ignore that, Hartfield just rang me”", &Link{"Read it all", "/e/SEN-104233#m822"}}, {m.nov(24, 10, 34), "out", "Dean Foss's reply to Tessa is waiting to go, leaves 10:35", &Link{"See it", "/outbox"}}, {m.nov(24, 10, 34), "system", "Rob Brandt: “address protected” added by Ola Reyes", nil}},
	}
	changed.Shell.Failed = true
	return []fixture{{name: "stopped", page: PageStopped, data: stopped}, {name: "stopped-dispatch", page: PageStopped, data: dispatch}, {name: "changed", page: PageChanged, data: changed}}
}

func (m morning) dutyTabs(current string) []NavItem {
	tabs := []NavItem{{Text: "Unmatched", Href: "/duty/unmatched", Count: 7}, {Text: "Unconfirmed senders", Href: "/duty/strangers", Count: 1}, {Text: "Automatic", Href: "/duty/automatic", Count: 22}, {Text: "Unreadable", Href: "/duty/unreadable", Count: 1}}
	for i := range tabs {
		tabs[i].Current = tabs[i].Text == current
	}
	return tabs
}

func (m morning) duties() []fixture {
	item := DutyItem{
		ID: "55", Position: "1 of 7", Kind: "unmatched", At: m.nov(19, 21, 14), From: "Amara Nwosu", Address: "amara.n@mail.example", Known: "not seen before", To: "admissions@westmarsh.example (passed on)", Subject: "quick q about reception shoes and taxi",
		Why: "On no case because the address is not known and the message answers none of ours.", Sender: passed(), Due: Due{DueSoon, "Sort by today 17:15"}, HasHTML: true,
		Body:   Body{[]BodyPart{{Text: "Hi, quick question about reception shoes, and whether Chidi gets a taxi.\n\nSchool thinks he will not cope and I would like the council to look at whether he needs a plan.\n\nThanks, Amara"}}},
		Action: "/duty/i/55", Suggestions: []CaseSuggestion{{Value: "WM-1980", Initials: "C.N.", Age: "5", Owner: "Dean Foss", Strength: "weak", Reason: "Same surname; different parent.", Warning: "This address is not on the case.", Enquiry: "SEN-104150"}, {Value: "WM-2011", Initials: "C.N.", Age: "4", Strength: "weak", Reason: "Same first initial and school named in the message."}},
		Teams: []Option{{Value: "transport", Text: "School transport"}}, Reasons: []Option{{Value: "advert", Text: "Advertising"}, {Value: "other_council", Text: "Another council's"}}, After: "an acknowledgement goes to the sender, the answer clock starts from Thu 19 Nov 21:14, the duty lead holds it until an officer is named.", NextHref: "/duty/i/56",
	}
	list := []DutyRow{{ID: "55", From: "Amara Nwosu", Subject: "quick q about reception shoes and taxi", At: m.nov(19, 21, 14), Why: "Address not known.", Due: Due{DueSoon, "Sort by today 17:15"}, Href: "/duty/i/55", Chosen: true}, {ID: "56", From: "h.walsh@post.example", Subject: "(none)", At: m.nov(20, 8, 1), Why: "Two families share this address.", Due: Due{OnTrack, "Sort by tomorrow"}, Href: "/duty/i/56"}}
	base := Duty{Shell: m.shell("Duty: mail without a case", "Duty"), Tab: "unmatched", Name: "Mail without a case", Tabs: m.dutyTabs("Unmatched"), List: list, Item: &item, Alert: &Alert{"can't keep him safe", "12 minutes old", "/duty/i/60"}}
	strangerItem := item
	strangerItem.Kind, strangerItem.Cites, strangerItem.Address, strangerItem.From, strangerItem.Known = "stranger", "SEN-104233", "k.doyle@post.example", "K Doyle", "known: uncle, no authority on file"
	strangerItem.Sender, strangerItem.Why = SenderCheck{"fail", "Our mail server could not confirm the sender (SPF fail, DKIM none, DMARC fail)"}, "Kept apart because the sender is not on the case of the conversation it answers."
	stranger := base
	stranger.Name, stranger.Tabs, stranger.Item, stranger.Alert, stranger.List = "Unconfirmed senders", m.dutyTabs("Unconfirmed senders"), &strangerItem, nil, nil
	stranger.Errors = []FieldError{{"checked", "Say how you checked who this is"}}
	unreadItem := DutyItem{ID: "61", Kind: "unreadable", At: m.nov(24, 7, 3), Address: "scanner@hartfield.example", To: "sen@westmarsh.example", Problem: "The message ends in the middle of an attachment.", Tries: 3, Action: "/duty/i/61", CanRetry: true, CanRelease: true}
	unread := base
	unread.Name, unread.Tabs, unread.Item, unread.Alert = "Mail that could not be read", m.dutyTabs("Unreadable"), &unreadItem, nil
	unread.List = []DutyRow{{ID: "61", From: "scanner@hartfield.example", Subject: "Scan", At: m.nov(24, 7, 3), Why: "Ends in the middle of an attachment.", Href: "/duty/i/61", Chosen: true, Retry: true}}
	auto := Duty{Shell: m.shell("Duty: automatic mail", "Duty"), Tab: "automatic", Name: "Automatic mail", Tabs: m.dutyTabs("Automatic"), ListAction: "/duty/automatic", List: []DutyRow{{ID: "70", From: "mailer-daemon@mail.example", Subject: "Undelivered Mail Returned to Sender", At: m.nov(24, 6, 2), Why: "A bounce: belongs to our letter on SEN-104190.", Href: "/duty/i/70"}, {ID: "71", From: "newsletter@schools.example", Subject: "November news", At: m.nov(24, 6, 40), Why: "Sent by a mailing list.", Href: "/duty/i/71", Retry: true}}}
	empty := Duty{Shell: m.shell("Duty", "Duty"), Name: "Mail without a case", Tabs: m.dutyTabs("Unmatched"), Empty: "All mail is matched. Last checked 10:42."}
	unknown := empty
	unknown.Unknown = "We do not know: mail was last checked 10:12."
	return []fixture{{name: "duty", page: PageDuty, data: base}, {name: "duty-stranger", page: PageDuty, data: stranger}, {name: "duty-unreadable", page: PageDuty, data: unread}, {name: "duty-automatic", page: PageDuty, data: auto}, {name: "duty-empty", page: PageDuty, data: empty}, {name: "duty-unknown", page: PageDuty, data: unknown}}
}

func (m morning) calls() []fixture {
	call := CallForm{
		Shell: m.shell("Log a call", ""), Action: "/calls/new", BackHref: "/e/SEN-104233", Started: m.nov(24, 14, 5), On: "24/11/2026 14:05", Minutes: "6", Caller: "tess", People: []Option{{Value: "p1", Text: "Tessa Brandt, mother of M.B.", Selected: true}, {Value: "unknown", Text: "Someone not on our records"}},
		Chosen: &Caller{"Tessa Brandt", "mother", "May be told: all.", "Do not say the address.", "01234 000456"}, Way: "in", Cases: []Option{{Value: "WM-2201", Text: "M.B., 7, WM-2201", Selected: true}}, Checks: []Check{{"dob", "Child's date of birth", true}, {"postcode", "First line of postcode", true}, {"ref", "Our reference", false}, {"school", "School", false}}, Needed: 2,
		Last: []string{"17 Nov email in", "12 Nov call in, answered", "4 Nov email out"}, Promise: PromiseField{Chips: []Option{{Value: "", Text: "Nothing", Selected: true}, {Value: "2026-11-25", Text: "Wed 25 Nov"}, {Value: "2026-11-27", Text: "Fri 27 Nov"}}}, Joins: []Option{{Value: "SEN-104233", Text: "SEN-104233 Update on draft plan", Selected: true}, {Value: "new", Text: "New enquiry"}}, Stops: "no",
	}
	blank := CallForm{Shell: m.shell("Log a call", ""), Action: "/calls/new", BackHref: "/inbox", On: "24/11/2026 14:05", Errors: []FieldError{{"caller", "Choose who you spoke to, or select “Someone not on our records”"}}}
	blank.Shell.Failed = true
	return []fixture{{name: "call", page: PageCall, data: call}, {name: "call-blank", page: PageCall, data: blank}}
}

func (m morning) cases() []fixture {
	tabs := []NavItem{{Text: "Overview", Href: "/c/WM-2201", Current: true}, {Text: "Contact history", Href: "/c/WM-2201/history", Count: 41}}
	var contacts []chart.Contact
	for i, k := range []string{"in", "out", "in", "in", "call", "out", "in"} {
		contacts = append(contacts, chart.Contact{At: m.now().AddDate(0, -i*2, -i*3), Kind: k, Href: "/e/SEN-104233", Text: "Contact of the family"})
	}
	line := m.html(m.charts.ContactLine(m.now().AddDate(-1, 0, 0), m.now(), m.loc, contacts, []chart.Gap{{From: m.at(time.July, 1, 9, 0), To: m.at(time.August, 14, 9, 0), Text: "No message from us for 30 working days (1 Jul to 14 Aug)"}}))
	top := CaseTop{
		Ref: "WM-2201", Child: milo(), School: "Hartfield Primary", Team: "North", Due: Due{DueSoon, "1 answer due today"}, Tabs: tabs,
		Alerts: []CaseAlert{{"Address is protected for one person. Ask before you share a place, a school or a journey.", &Link{"Restrictions", "/c/WM-2201/restrictions"}}},
	}
	full := Case{
		Shell: m.shell("WM-2201 (M.B.) Case", "Cases"), Top: top, Officer: "Priya Nair", Deputy: "Ola Reyes", Fallback: "Duty lead", FamilyTold: "2 Sep, by email",
		OfficerHref: "/c/WM-2201/officer", ImportNote: "Case system last taken in Tue 24 Nov, 02:10.", People: m.casePeople(), Prompts: []CaseAlert{{"“No contact” is to be reviewed by 24 November 2026.", &Link{"Restrictions", "/c/WM-2201/restrictions"}}}, NewPerson: "/c/WM-2201/people/new",
		Restrictions: "1 (no contact, court order)", RestHref: "/c/WM-2201/restrictions", EditHref: "/c/WM-2201/edit", Facts: []Fact{{Name: "Born", Value: "14 Mar 2019"}}, Siblings: []Link{{"WM-2204 (I.B.)", "/c/WM-2204"}},
		Clocks: []ClockRow{{Name: "Final plan", At: time.Date(2027, 3, 22, 12, 0, 0, 0, m.loc), Day: true, Due: Due{OnTrack, "On track"}, Left: "week 4 of 20, 118 days left", Detail: "Regulation 13(2)"}}, Standards: []ClockRow{{Name: "SEN-104233", At: m.nov(24, 17, 15), Due: Due{DueSoon, "Due soon"}, Left: "6 hours left"}}, Promises: []Promise{{Text: "Draft", By: m.nov(30, 9, 0), Who: "Ola R.", Due: Due{OnTrack, "On track"}}}, Line: line, LineNote: "Last from family 17 Nov · last from us 17 Nov (automatic) · last two-way 12 Nov (8 working days)", Open: m.rows(false)[1:2], Finished: m.rows(false)[8:9], WriteHref: "/c/WM-2201/messages/new", CallHref: "/calls/new?case=WM-2201",
	}
	history := full
	history.Shell.Title = "WM-2201 (M.B.) Contact history"
	history.Top.Tabs = []NavItem{{Text: "Overview", Href: "/c/WM-2201"}, {Text: "Contact history", Href: "/c/WM-2201/history", Count: 41, Current: true}}
	tl := m.timeline()
	history.History, history.HistoryPages = &tl, Pages{Next: "/c/WM-2201/history?cursor=x"}
	history.HistoryFilter = []Check{{"email", "Emails", true}, {"call", "Calls", true}}
	bare := Case{
		Shell: m.shell("WM-3000 (Z.Z.) Case", "Cases"), Top: CaseTop{Ref: "WM-3000", Child: Child{Initials: "Z.Z.", CaseRef: "WM-3000"}, Tabs: tabs, SchoolShow: "/c/WM-3000/show"}, Fallback: "Duty lead", RestHref: "/c/WM-3000/restrictions",
		Steps: []CaseStep{{"Name an officer", true, ""}, {"Enter the date of birth", false, "/c/WM-3000/edit"}},
	}
	list := Cases{Shell: m.shell("Cases", "Cases"), Total: "41 cases", Filters: []CaseFilter{{"officer", "Named officer", []Option{{Value: "", Text: "Any"}, {Value: "none", Text: "None"}}}}, Rows: []CaseRow{{Ref: "WM-2201", Child: milo(), School: "Hartfield Primary", Officer: "Priya N.", Team: "North", Open: 1, Due: dueToday(), LastIn: m.nov(17, 9, 40), LastOut: m.nov(17, 9, 40), Alert: "Protected address"}, {Ref: "WM-2204", Child: Child{Initials: "I.B.", Age: "9", CaseRef: "WM-2204", Stage: "Annual review"}, School: "Hartfield Primary", Fallback: "Duty lead", Due: Due{OnTrack, "Due Fri 27 Nov"}, LastIn: m.nov(20, 13, 44)}}, Pages: Pages{Summary: "1 to 2 of 41", Next: "/cases?cursor=y"}}
	search := Search{Shell: m.shell("Search", ""), Query: "brandt", Asked: true, Children: []SearchHit{{Href: "/c/WM-2201", Text: "M.B., 7, WM-2201", Note: "Priya N.", Extra: &Link{"everything said (41)", "/c/WM-2201/history"}}}, People: []SearchHit{{Href: "/c/WM-2201", Text: "Tessa Brandt", Note: "mother of M.B. and I.B."}}, Enquiry: m.rows(false)[1:2], Inside: []TextHit{{"SEN-104233", "m822", "in", m.nov(24, 9, 0), "Mrs ", "Brandt", " asked when…"}, {"SEN-104233", "m820", "note", m.nov(24, 9, 52), "spoke to ", "Brandt", "…"}}, Hidden: 1}
	search.Shell.Query = "brandt"
	return []fixture{{name: "case", page: PageCase, data: full}, {name: "case-history", page: PageCase, data: history}, {name: "case-bare", page: PageCase, data: bare}, {name: "cases", page: PageCases, data: list}, {name: "cases-empty", page: PageCases, data: Cases{Shell: m.shell("Cases", "Cases"), Empty: "No case matches."}}, {name: "search", page: PageSearch, data: search}, {name: "search-none", page: PageSearch, data: Search{Shell: m.shell("Search", ""), Query: "zzz", Asked: true}}, {name: "search-short", page: PageSearch, data: Search{Shell: m.shell("Search", ""), Query: "z", Errors: []FieldError{{"search-q", "Type at least 2 letters, or a number"}}, Down: true}}}
}

func (m morning) posts() []fixture {
	tabs := []NavItem{{Text: "Waiting", Href: "/outbox", Count: 2, Current: true}, {Text: "Uncertain", Href: "/outbox/uncertain", Count: 1}, {Text: "Sent", Href: "/outbox/sent"}}
	rows := []OutRow{{ID: "91", Ref: "SEN-104190", Initials: "R.P.", What: "Reply", By: "Priya Nair", To: "Ines Prado", Address: "ines@mail.example", State: Waits, Leaves: m.nov(24, 10, 42), CanUndo: true, CanNow: true}, {ID: "92", Ref: "SEN-104133", Initials: "T.N.", What: "Acknowledgement", To: "Sam Nolan", Address: "sam@mail.example", State: Uncertain, At: m.nov(24, 9, 58)}, {ID: "93", Ref: "SEN-104130", Initials: "E.H.", What: "Reply", By: "Dean Foss", To: "Mel Hart", Address: "mel@mail.example", State: Bounced, At: m.nov(24, 9, 12), Detail: "The mail server of mail.example refused it: no such mailbox."}, {ID: "94", Ref: "SEN-104131", Initials: "E.H.", What: "Reply", By: "Dean Foss", To: "Mel Hart", Address: "mel@mail.example", State: Sent, At: m.nov(24, 9, 12)}}
	kept := []OutRow{{ID: "95", Ref: "SEN-104190", Initials: "R.P.", What: "Reply", By: "Priya Nair", To: "Ines Prado", Address: "ines@mail.example", State: HeldBack, At: m.nov(23, 16, 0), Tick: true}}
	held := Held{Shell: m.shell("Held letters", "Held"), Rows: []HeldRow{{Href: "/held/4f21", Ref: "SEN-104233", Initials: "M.B.", By: "Priya Nair", To: "Tessa Brandt", At: m.nov(24, 10, 32), State: "Stopped before sending", Reason: "Part of this is from an internal note.", Waiting: "9 minutes"}}}
	letter := HeldLetter{Shell: m.shell("SEN-104233 (M.B.) Held letter", "Held"), Head: m.head(), By: "Priya Nair", At: m.nov(24, 10, 32), State: "Waits for a second person", Findings: []Finding{noteContent()}, Copies: []Letter{m.letter()}, Recipients: m.reply().Receives.To, Action: "/held/4f21", CanRelease: true, Bases: []Option{{Value: "task", Text: "Public task"}, {Value: "law", Text: "Legal obligation"}}, Record: "attempt 4f21"}
	own := letter
	own.CanRelease, own.OwnLetter, own.EditHref = false, true, "/e/SEN-104233/reply"
	locked := own
	locked.OwnLetter = false
	return []fixture{
		{name: "outbox", page: PageOutbox, data: Outbox{Shell: m.shell("Outbox", "Outbox"), Tabs: tabs, Tab: "waiting", Rows: rows, Pages: Pages{Summary: "1 to 4 of 4"}}},
		{name: "outbox-kept", page: PageOutbox, data: Outbox{Shell: m.shell("Outbox", "Outbox"), Tabs: tabs, Tab: "kept", Rows: kept, ReleaseAction: "/outbox/release", ModeNote: "These letters were written while nothing was sent. Tick the ones that should still go.", Down: "The mail server has not answered since 10:12."}},
		{name: "outbox-empty", page: PageOutbox, data: Outbox{Shell: m.shell("Outbox", "Outbox"), Tabs: tabs}},
		{name: "doubt", page: PageDoubt, data: Doubt{
			Shell: m.shell("Did it arrive?", "Outbox"), ID: "92", Ref: "SEN-104133", Initials: "T.N.", What: "Reply", By: "Priya Nair", To: "Sam Nolan",
			Address: "sam@mail.example", Subject: "[SEN-104133] Re: Transport", Text: "Dear Sam", State: Uncertain, Given: m.nov(24, 9, 57), Since: m.nov(24, 9, 58),
			Said: "354 Go ahead", MessageID: "k2@westmarsh.example", Attempts: 1, Action: "/outbox/92", Others: []string{"Ines Prado"},
		}},
		{name: "doubt-settled", page: PageDoubt, data: Doubt{
			Shell: m.shell("Did it arrive?", "Outbox"), ID: "92", Ref: "SEN-104133", Initials: "T.N.", What: "Reply", To: "Sam Nolan", Address: "sam@mail.example",
			Text: "Dear Sam", State: Sent, Since: m.nov(24, 10, 58), Why: "Priya Nair: he rang", MessageID: "k2@westmarsh.example",
		}},
		{name: "held", page: PageHeld, data: held},
		{name: "held-empty", page: PageHeld, data: Held{Shell: m.shell("Held letters", "Held")}},
		{name: "heldletter", page: PageHeldLetter, data: letter},
		{name: "heldletter-own", page: PageHeldLetter, data: own},
		{name: "heldletter-locked", page: PageHeldLetter, data: locked},
	}
}

func (m morning) leads() []fixture {
	steps := []Escalation{{ID: "7", Ref: "SEN-104101", Initials: "A.O.", From: "Gareth Lunn", Due: Due{Late, "Late 1 day"}, Reached: "Reached you Mon 23 Nov 09:00: 80% of the standard, 3 calls in one day.", Facts: []string{"Owner Kim S. (away)", "nobody has spoken to him since 9 Nov"}, Next: "Goes to the head of service Wed 25 Nov 17:15.", CanAct: true, Officers: []Option{{Value: "3", Text: "Ola Reyes"}}}}
	lead := Lead{
		Shell: m.shell("North team: who is about to run late", "Lead"), Team: "North", Teams: []Option{{Value: "north", Text: "North", Selected: true}, {Value: "south", Text: "South"}}, AsAt: m.now(),
		Tiles: []Tile{{"Late now", "6", Late, "up 2 since yesterday", "/inbox/late"}, {"Due today", "11", DueSoon, "", "/inbox/team?due=today"}, {"No officer", "0", Answered, "", "/cases?officer=none"}, {"Chased twice or more", "4", DueSoon, "up 1 since yesterday", "/inbox/team?chased=2"}, {"On time, 30 days", "82%", OnTrack, "up 4 points", "/reports/R01"}},
		Due:   m.html(m.charts.DueStrip("Enquiries of the team by due day", m.days())), Oldest: "Oldest: SEN-104090, late 4 days.",
		Load:     m.html(m.charts.Bars("Open enquiries by officer and age", []string{"0 to 2 days", "3 to 5", "6 to 10", "11 and more"}, []chart.Bar{{Name: "Dean Foss", Href: "/inbox/team?officer=4", Parts: []int{9, 14, 9, 6}, Note: "asked for help"}, {Name: "Kim Sands", Href: "/inbox/team?officer=5", Parts: []int{3, 8, 0, 3}, Note: "away, deputy Ola R."}, {Name: "Priya Nair", Href: "/inbox/team?officer=2", Parts: []int{15, 8, 0, 0}}}, 40)),
		Officers: []OfficerLoad{{Name: "Dean Foss", Open: 38, Late: 3, Today: 5, Week: 14, Oldest: "14 days", Note: "asked for help", Href: "/inbox/team?officer=4"}, {Name: "Kim Sands", Away: "away, deputy Ola R.", Open: 14, Late: 2, Today: 1, Week: 4, Oldest: "12 days", Href: "/inbox/team?officer=5"}, {Name: "Priya Nair", Open: 23, Today: 5, Week: 9, Oldest: "5 days", Href: "/inbox/team?officer=2"}}, Ceiling: 40,
		Soon: List{Caption: "Late or late next, soonest first", Rows: m.rows(false)[:5]}, Steps: steps,
	}
	empty := Lead{Shell: m.shell("Who is about to run late", "Lead"), AsAt: m.now(), Empty: "No enquiries yet. This page fills itself when mail arrives."}
	return []fixture{
		{name: "lead", page: PageLead, data: lead},
		{name: "lead-empty", page: PageLead, data: empty},
		{name: "escalations", page: PageEscalations, data: Escalations{Shell: m.shell("Escalations", "Escalations"), Needs: 2, Ladder: []string{"officer", "team lead", "head of service", "director"}, Groups: []EscalationGroup{{"With you", steps}, {"Gone past you", []Escalation{{ID: "8", Ref: "SEN-104090", Initials: "P.Q.", From: "Ada Quill", Due: Due{Late, "Late 4 days"}, Reached: "Reached the head of service Fri 20 Nov 17:15."}}}}}},
		{name: "escalations-empty", page: PageEscalations, data: Escalations{Shell: m.shell("Escalations", "Escalations")}},
	}
}

func (m morning) admins() []fixture {
	boxes := Mailboxes{
		Shell: m.shell("Mailboxes", "Mailboxes"), Admin: true, Nav: []NavItem{{Text: "Mailboxes", Href: "/admin/mailboxes", Current: true}}, Warnings: []string{"Mailbox sen is unusually silent."}, Tried: &MailboxTried{"sen@westmarsh.example", []MailboxTry{{"Reading folder INBOX", ""}, {"Sending", "The server refused the sign-in."}}}, Parts: []HealthPart{{"Mail in", "bad", "1 of 2 late"}, {"Mail out", "good", "10:40"}, {"Check", "good", "ready"}, {"Timers", "good", "10:41"}, {"Disk", "warn", "81% full"}},
		Boxes: []MailboxHealth{
			{Slug: "sen", Name: "sen@westmarsh.example", Server: "imap.westmarsh.example, TLS", In: HealthPart{"In", "good", "10:41"}, Out: HealthPart{"Out", "good", "10:40"}, Last: m.nov(24, 10, 41), Delay: "4 seconds from the server to the screen", Waiting: "0", Held: 2, Team: "North", SecretEnds: "ends in 6 days, on Mon 30 Nov", Folders: []AdminRow{{Cells: []AdminCell{{Text: "INBOX"}, {Text: "Read", Tone: "good"}, {At: m.nov(24, 10, 41)}}}}, Counts: []FateCount{{"On an enquiry", 4021, "/admin/mailboxes/sen/ledger?fate=message"}, {"same mail again", 12, ""}}},
			{Slug: "admissions", Name: "admissions-sen@westmarsh.example", Server: "imap.westmarsh.example, TLS", In: HealthPart{"In", "bad", "10:12 failed"}, Out: HealthPart{"Out", "good", "9:58"}, Last: m.nov(24, 10, 12), Waiting: "?", Happened: "The mail server refused our sign-in: the secret is out of date.", Means: "New mail is waiting on the server. Nothing is lost.", Fix: "Enter the new secret and restart."},
		},
	}
	ledger := Ledger{
		Shell: m.shell("Ledger of sen@", "Mailboxes"), Mailbox: "sen@westmarsh.example", Slug: "sen", Total: 4040, Cursor: "UID 5121", Counts: []FateCount{{"On an enquiry", 4021, "?fate=message"}, {"Same mail again", 12, "?fate=duplicate"}, {"Waits for duty", 3, "?fate=held"}, {"Could not be read", 1, "?fate=quarantined"}, {"Automatic", 3, "?fate=suppressed"}}, Filters: []CaseFilter{{"fate", "Fate", []Option{{Value: "", Text: "Any"}, {Value: "quarantined", Text: "Could not be read"}}}},
		Rows: []LedgerRow{{Folder: "INBOX", Validity: "validity 1700000001", UID: "5121", At: m.nov(24, 10, 40), From: "tessa.brandt@mail.example", Subject: "Re: Your enquiry", Bytes: 6144, Fate: "message", Words: "On SEN-104233, joined by its reply address", Href: "/e/SEN-104233#m822", Original: "/admin/mailboxes/sen/ledger/5121.eml"}, {Folder: "INBOX", Validity: "validity 1700000001", UID: "5120", At: m.nov(24, 7, 3), From: "scanner@hartfield.example", Bytes: 1_812_000, Fate: "quarantined", Words: "Ends in the middle of an attachment, tried 3 times", Href: "/duty/i/61", Original: "/admin/mailboxes/sen/ledger/5120.eml", RetryURL: "/duty/i/61"}}, Pages: Pages{Next: "?cursor=z"},
	}
	missing := ledger
	missing.Missing = 1
	return []fixture{{name: "mailboxes", page: PageMailboxes, data: boxes}, {name: "mailboxes-empty", page: PageMailboxes, data: Mailboxes{Shell: m.shell("Mailboxes", "Mailboxes")}}, {name: "ledger", page: PageLedger, data: ledger}, {name: "ledger-missing", page: PageLedger, data: missing}}
}

func (m morning) parents() []fixture {
	boxes := []ParentBox{{Key: "b1", Address: "tessa.brandt@mail.example", Name: "Tessa Brandt", Role: "mother of M.B.", Count: 3, Last: m.nov(24, 10, 32), Chosen: true}, {Key: "b2", Address: "rob@post.example", Name: "Rob Brandt", Role: "father of M.B.", Count: 1}, {Key: "b3", Address: "office@hartfield.example", Name: "Hartfield Primary", Role: "school"}}
	page := Parents{
		Shell: m.shell("What parents received", ""), Boxes: boxes, Chosen: &boxes[0], IMAPNote: "Any mail program can open these boxes too: server 127.0.0.1, port 1143, password demo.", Write: ParentWrite{As: "tessa.brandt@mail.example", ToList: []Option{{Value: "sen@westmarsh.example", Text: "sen@westmarsh.example"}}, Answers: "m2", Subject: "Re: [SEN-104233] We have your email"},
		Mail: []ParentMail{{ID: "m2", At: m.nov(17, 9, 41), From: "Westmarsh SEN team <sen@westmarsh.example>", Subject: "[SEN-104233] We have your email", Text: "Thank you for your email. We have it. Your number is SEN-104233.\n\nPriya Nair will reply by Tuesday 24 November 2026.", Answer: "/parents/b1?answer=m2"}, {ID: "m1", At: m.nov(17, 9, 40), To: "sen@westmarsh.example", Subject: "draft plan", Text: "Hello, please can you tell me when the draft plan will come?", Ours: true}},
	}
	page.Shell.Demo = true
	none := Parents{Shell: m.shell("What parents received", ""), Boxes: boxes[2:], Write: ParentWrite{}}
	return []fixture{{name: "parents", page: PageParents, data: page}, {name: "parents-none", page: PageParents, data: none}}
}

func (m morning) accounts() []fixture {
	out := []fixture{
		{name: "signin", page: PageSignIn, data: SignIn{Shell: public("Sign in"), CouncilURL: "/sign-in/council", CouncilText: "Sign in with your council account"}},
		{name: "signin-error", page: PageSignIn, data: SignIn{Shell: Shell{Title: "Sign in", Failed: true, Council: council()}, Email: "priya@westmarsh.example", Errors: []FieldError{{"email", "Those details did not work. Check them, or use your council account"}}, Ended: "Your session ended. Your draft is saved up to 10:31. Sign in again", DemoUsers: []DemoUser{{"Priya Nair", "SEN officer", "priya@westmarsh.example", "demo"}}}},
		{name: "signin-council", page: PageSignIn, data: SignIn{Shell: public("Sign in"), CouncilURL: "/sign-in/council", CouncilText: "Sign in with Westmarsh", NoPasswords: true}},
		{name: "signincode", page: PageSignInCode, data: SignInCode{Shell: public("Enter your code"), Action: "/sign-in/code", Recovery: true, Errors: []FieldError{{"code", "That code did not work. Wait for the next one and try again"}}}},
		{name: "signincode-enrol", page: PageSignInCode, data: SignInCode{Shell: public("Set up an authenticator app"), Action: "/sign-in/code", Enrol: true, Picture: "M4 4h1v1h-1zM6 5h1v1h-1z", PictureSize: 12, Secret: "ABCD EFGH IJKL MNOP"}},
		{name: "signincode-me", page: PageSignInCode, data: SignInCode{Shell: m.shell("Set up an authenticator app", ""), Action: "/me/app", BackHref: "/me", Enrol: true, Picture: "M4 4h1v1h-1z", PictureSize: 9, Secret: "ABCD"}},
		{name: "signinagain", page: PageSignInAgain, data: SignInAgain{Shell: m.shell("Confirm it is you", ""), Password: true, Code: true, CouncilURL: "/sign-in/council?again=1", CouncilText: "Sign in with your council account", Next: "/me/app"}},
		{name: "codes", page: PageCodes, data: Codes{Shell: m.shell("Recovery codes", ""), Codes: []string{"abcd-efgh-ijkl-mnop", "bcde-fghi-jklm-nopq"}, NextHref: "/inbox"}},
		{name: "welcome", page: PageWelcome, data: Welcome{Shell: public("Set your password"), Email: "priya@westmarsh.example", Errors: []FieldError{{"password", "The password needs at least 12 characters"}}}},
		{name: "me-account", page: PageMe, data: Me{Shell: m.shell("About you", ""), HasPassword: true, CouncilAccount: true, App: true, CanApp: true, CodesLeft: 7, Sessions: []SessionRow{{Ref: "0123456789abcdef", Agent: "Edge on Windows", From: "192.0.2.0/24", Since: m.nov(24, 8, 55), Seen: m.nov(24, 10, 30), Here: true}, {Ref: "1123456789abcdef", Agent: "Safari on iPhone", From: "198.51.100.0/24", Since: m.nov(23, 18, 2), Seen: m.nov(23, 18, 9)}}}},
		{name: "accessibility", page: PageText, data: NewAccessibilityPage(public(""))},
		{name: "privacy", page: PageText, data: NewPrivacyPage(public(""))},
		{name: "signedout", page: PageSignedOut, data: SignedOut{Shell: public("Signed out"), CouncilURL: "/sign-in/council/out"}},
		{name: "me", page: PageMe, data: Me{Shell: m.shell("Preferences", ""), Theme: "dark", Shortcuts: "on", HoldSeconds: []Option{{Value: "60", Text: "1 minute", Selected: true}, {Value: "600", Text: "10 minutes"}}, LastSignIn: m.nov(24, 8, 55), Teams: "North team"}},
		{name: "help", page: PageHelp, data: Help{Shell: m.shell("Help", ""), AdminHelp: true}},
		{name: "keys", page: PageKeys, data: Keys{Shell: m.shell("Keyboard shortcuts", ""), Groups: KeyGroups()}},
	}
	return out
}

func (m morning) failures() []fixture {
	var out []fixture
	for _, status := range []int{401, 403, 404, 409, 422, 429, 500, 503} {
		p := NewErrorPage(public(""), status, ErrorDetail{Reference: "8c1f", Who: "A team lead", Wait: 5, Saved: "10:31"})
		p.Draft = map[bool]string{true: strings.TrimSpace(m.reply().Text)}[status == 500]
		out = append(out, fixture{name: "error-" + time.Duration(status).String()[:3], page: PageError, data: p})
	}
	return out
}
