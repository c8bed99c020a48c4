package web

import (
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/web/view"
)

// items is everything in the history of an enquiry, oldest first: what was
// said, and the notes for those who may read them.
func (s *Server) items(c *Ctx, t tickets.TicketView) ([]view.Item, error) {
	ctx := c.Request.Context()
	said, err := s.Store.Timeline(ctx, c.Actor, t.ID)
	if err != nil {
		return nil, err
	}
	type dated struct {
		at   time.Time
		item view.Item
	}
	var all []dated
	var latest *view.EmailIn
	for _, it := range said {
		item, ok := s.item(c, t, it)
		if !ok {
			continue
		}
		if item.In != nil && item.In.Automatic == "" {
			latest = item.In
		}
		all = append(all, dated{it.At, item})
	}
	if latest != nil {
		latest.Latest = true
	}
	if c.Actor.May(access.ReadNotes) {
		notes, err := s.Store.Notes(ctx, c.Actor, t.ID)
		if err != nil {
			return nil, err
		}
		for _, n := range notes {
			all = append(all, dated{n.CreatedAt, view.Item{ID: "n" + id(n.ID), Note: &view.NoteEntry{
				By: n.Author, For: s.nameOf(c, n.ForID), At: n.CreatedAt, Text: n.Text.ForStaff(), Enquiry: t.Ref,
			}}})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].at.Before(all[j].at) })
	out := make([]view.Item, 0, len(all))
	for _, d := range all {
		out = append(out, d.item)
	}
	parties, err := s.parties(c, t)
	if err != nil {
		return nil, err
	}
	protect(out, parties)
	readers(out, said, parties)
	return out, nil
}

func newestFirst(items []view.Item) []view.Item {
	out := slices.Clone(items)
	slices.Reverse(out)
	return out
}

// timeline applies what the reader wants to see.
func (s *Server) timeline(c *Ctx, items []view.Item) view.Timeline {
	show := c.QueryArray("show")
	if len(show) == 0 {
		show = []string{"email", "call", "note"}
	}
	t := view.Timeline{Newest: c.Query("order") != "oldest", Empty: "No contact is recorded yet."}
	for _, k := range []struct{ value, text string }{{"email", "Emails"}, {"call", "Calls"}, {"note", "Notes"}, {"system", "System"}} {
		t.Show = append(t.Show, view.Check{Value: k.value, Text: k.text, Checked: slices.Contains(show, k.value)})
	}
	for _, it := range items {
		kind := "email"
		switch {
		case it.Note != nil:
			kind = "note"
		case it.Call != nil:
			kind = "call"
		case it.System != nil:
			kind = "system"
		}
		if slices.Contains(show, kind) {
			t.Items = append(t.Items, it)
		}
	}
	if t.Newest {
		t.Items = newestFirst(t.Items)
	}
	return t
}

func (s *Server) item(c *Ctx, t tickets.TicketView, it tickets.TimelineItem) (view.Item, bool) {
	switch {
	case it.Outgoing != nil && it.Outgoing.Purpose == tickets.PurposeNotice:
		return view.Item{ID: "o" + id(it.Outgoing.ID), System: &view.SystemLine{At: it.At, Text: noticeLine(it.Outgoing)}}, true
	case it.Outgoing != nil: // its Message, once it left, says the same
		return view.Item{ID: "o" + id(it.Outgoing.ID), Out: s.emailOut(c, t, it)}, true
	case it.Message != nil && it.Message.Channel == tickets.ChannelCall:
		return view.Item{ID: id(it.Message.ID), Call: s.callEntry(c, it)}, true
	case it.Message != nil && it.Message.Unconfirmed:
		m := it.Message
		held := &view.StrangerMail{Address: m.FromEmail, At: it.At, Why: m.Reason}
		if c.Actor.May(access.Triage) {
			held.Href = "/duty/" + tabStrangers
		}
		return view.Item{ID: id(m.ID), Stranger: held}, true
	case it.Message != nil && it.Message.Direction == tickets.Out:
		return view.Item{ID: id(it.Message.ID), Out: s.outsideMail(c, t, it)}, true
	case it.Message != nil:
		return view.Item{ID: id(it.Message.ID), In: s.emailIn(c, t, it)}, true
	case it.Event != nil:
		text := eventLine(it.Event)
		return view.Item{ID: "v" + id(it.Event.ID), System: &view.SystemLine{At: it.At, Text: text, By: it.Name}}, text != ""
	}
	return view.Item{}, false
}

// plainTo leaves out the tags of our reply addresses: they are what a stranger
// would need to write into the conversation.
func plainTo(to string) string {
	var out []string
	for _, a := range strings.Split(to, ",") {
		a = strings.TrimSpace(a)
		if plus, at := strings.IndexByte(a, '+'), strings.LastIndexByte(a, '@'); plus > 0 && at-plus > 20 {
			a = a[:plus] + a[at:]
		}
		out = append(out, a)
	}
	return strings.Join(out, ", ")
}

func automaticWord(m *tickets.Message) string {
	switch m.Kind {
	case tickets.KindAutoReply:
		return "Automatic reply"
	case tickets.KindBounce:
		return "Delivery report"
	case tickets.KindList:
		return "Mailing list"
	case tickets.KindOther:
		return "Automatic email"
	}
	return "" // voicemail and scans come from people, by way of a machine
}

// body folds what was quoted from earlier mail and never cuts it.
func body(m *tickets.Message) view.Body {
	text, reply := strings.TrimSpace(m.Text), strings.TrimSpace(m.ReplyText)
	if reply == "" || reply == text {
		return view.Body{Parts: []view.BodyPart{{Text: text}}}
	}
	parts := []view.BodyPart{{Text: reply}}
	if rest, ok := strings.CutPrefix(text, reply); ok {
		parts = append(parts, view.BodyPart{Text: strings.TrimSpace(rest), Quoted: true, Label: "Earlier messages and signature"})
	} else {
		parts = append(parts, view.BodyPart{Text: text, Quoted: true, Label: "The whole email"})
	}
	return view.Body{Parts: parts}
}

func senderCheck(a tickets.AuthResult) view.SenderCheck {
	switch {
	case a.ServerID == "":
		return view.SenderCheck{Level: "none", Text: "Our mail server did not check who sent this."}
	case a.DMARC == "pass":
		return view.SenderCheck{Level: "pass", Text: "Our mail server checked the sender: it is from the address it shows."}
	case a.DMARC == "fail" || a.SPF == "fail" || a.DKIM == "fail":
		return view.SenderCheck{Level: "fail", Text: "Our mail server could not confirm the sender. It may not be from the address it shows."}
	}
	return view.SenderCheck{Level: "none", Text: "The sender's provider does not let us check the address."}
}

func (s *Server) emailOut(c *Ctx, t tickets.TicketView, it tickets.TimelineItem) *view.EmailOut {
	o := it.Outgoing
	out := &view.EmailOut{
		By: o.AuthorName, Automatic: o.Purpose.Automatic(), At: it.At, Enquiry: t.Ref, LetterID: id(o.ID),
		Body: view.Body{Parts: []view.BodyPart{{Text: o.Body}}},
	}
	switch o.Purpose {
	case tickets.PurposeAck:
		out.What = "Acknowledgement"
		out.Body.Parts[0].Text = "We told them that we have their email, who will reply and by when."
	case tickets.PurposeReceipt:
		out.What = "Receipt"
		out.Body.Parts[0].Text = "We told the sender that we have the email, and nothing else."
	}
	if by := o.Fields["due"]; o.Purpose == tickets.PurposeAck && by != "" {
		out.Body.Parts[0].Text += " We aim to reply by " + by + "."
	}
	out.Files = sentFiles(o)
	for _, d := range o.Deliveries {
		out.Deliveries = append(out.Deliveries, s.delivery(c, o, d))
	}
	if c.Actor.May(access.ReportIncident) {
		out.ReportHref = "/incidents/new?letter=" + id(o.ID) + "&of=" + url.QueryEscape(t.Ref)
	}
	return out
}

func (s *Server) delivery(c *Ctx, o *tickets.Outgoing, d tickets.Delivery) view.Delivery {
	v := view.Delivery{ID: id(d.ID), To: d.Name, Address: d.Email, State: deliveryState(d.State), At: d.UpdatedAt, Detail: d.Why}
	if v.To == "" {
		v.To = d.Email
	}
	if d.AcceptedAt != nil {
		v.At = *d.AcceptedAt
	}
	switch d.State {
	case tickets.Queued:
		v.Leaves = o.ReleaseAt
		v.CanUndo = mayCancel(c.Actor, o)
		if d.Attempts > 0 {
			v.Leaves = d.NextAt
		} else if len(o.HoldReasons) > 0 && v.Detail == "" {
			v.Detail = "It waits longer because " + strings.Join(o.HoldReasons, ", and ") + "."
		}
	case tickets.Held:
		v.CanUndo = mayCancel(c.Actor, o)
		v.Href = "/held/" + id(o.ID)
		if v.Detail == "" {
			v.Detail = o.HeldReason
		}
	}
	return v
}

func mayCancel(a access.Actor, o *tickets.Outgoing) bool {
	return a.May(access.SendReply) && (o.AuthorID == a.StaffID || a.Role == access.RoleLead || a.Role == access.RoleHead)
}

func deliveryState(st tickets.DeliveryState) view.DeliveryState {
	switch st {
	case tickets.Queued:
		return view.Waits
	case tickets.Claimed, tickets.DataBegun:
		return view.Sending
	case tickets.Accepted:
		return view.Sent
	case tickets.Bounced:
		return view.Bounced
	case tickets.Uncertain:
		return view.Uncertain
	case tickets.Held:
		return view.HeldBack
	case tickets.Cancelled:
		return view.Cancelled
	}
	return view.Refused
}

func (s *Server) callEntry(c *Ctx, it tickets.TimelineItem) *view.CallEntry {
	m := it.Message
	e := &view.CallEntry{Way: "in", With: it.Name, Role: it.Relation, By: s.nameOf(c, m.StaffID), At: it.At, Answered: true, Checked: "identity not checked"}
	if m.Call == nil {
		return e
	}
	if m.Call.Direction == tickets.Out {
		e.Way = "out"
	}
	e.Answered = m.Call.Answered
	if !e.Answered && m.Call.Direction == tickets.In {
		e.Way = "missed"
	}
	if m.Call.IdentityOK {
		e.Checked = "identity checked"
	}
	if c.Actor.May(access.ReadNotes) {
		e.Text = m.Call.Summary.ForStaff()
	}
	e.Promise = m.Call.Promise
	if m.Call.PromiseBy != "" {
		e.Promise += " by " + m.Call.PromiseBy
	}
	return e
}

// nameOf is a colleague's name; "" when there is none.
func (s *Server) nameOf(c *Ctx, staffID int64) string {
	if staffID == 0 {
		return ""
	}
	for _, o := range s.colleagues(c, 0) {
		if o.Value == id(staffID) {
			return o.Text
		}
	}
	return ""
}

// colleagues are the people an enquiry can be given to, or asked.
func (s *Server) colleagues(c *Ctx, chosen int64) []view.Option {
	if v, ok := c.Get("colleagues"); ok && chosen == 0 {
		if list, ok := v.([]view.Option); ok {
			return list
		}
	}
	staff, err := s.Store.Staff(c.Request.Context(), c.Actor)
	if err != nil {
		s.Log.Error("web", "event", "staff_failed", "error", err)
		return nil
	}
	var out []view.Option
	for _, p := range staff {
		if !p.Active || access.Role(p.Role) == access.RoleAdmin || access.Role(p.Role) == access.RoleAuditor {
			continue
		}
		out = append(out, view.Option{Value: id(p.ID), Text: p.Name, Selected: p.ID == chosen})
	}
	if chosen == 0 {
		c.Set("colleagues", out)
	}
	return out
}

func noticeLine(o *tickets.Outgoing) string {
	var to []string
	for _, d := range o.Deliveries {
		to = append(to, d.Name)
	}
	return "Staff were told: " + strings.Join(to, ", ")
}

// eventLine is an event in words; "" for events that another item shows.
func eventLine(e *tickets.Event) string {
	str := func(k string) string { v, _ := e.Data[k].(string); return v }
	switch e.Kind {
	case tickets.EvTicketOpened:
		return "Enquiry opened. " + str("reason")
	case tickets.EvMailed:
		return "A letter to many families. Nobody waits for an answer"
	case tickets.EvReopened:
		return "Opened again"
	case tickets.EvTriaged:
		return "Sent to duty. " + str("reason")
	case tickets.EvPlaced:
		return "Put on the case by duty"
	case tickets.EvAccepted:
		return "A new sender was accepted"
	case tickets.EvAckSkipped:
		return "Not acknowledged: " + skipWord(str("reason"))
	case tickets.EvReplyChanged:
		return "A reply was cancelled before it left"
	case tickets.EvLetterStopped:
		return "A letter was stopped by the check. Nothing was sent"
	case tickets.EvSecondAsked:
		return "A second person was asked to look at a letter that the check stopped"
	case tickets.EvSecondReleased:
		return "A second person released a letter that the check had stopped"
	case tickets.EvSecondRefused:
		return "A second person refused to release a letter. Nothing was sent"
	case tickets.EvMisdirected:
		return "A letter was reported as misdirected. Copies that had not left were stopped"
	case tickets.EvIncidentClosed:
		return "The report of a misdirected letter was closed"
	case tickets.EvNotDelivered:
		return "A letter did not arrive. It counts as not answered"
	case tickets.EvDoubted:
		return "A report says that a letter may not have arrived. It does not prove it, so nothing was changed"
	case tickets.EvUncertain:
		return "It is not known whether a letter arrived"
	case tickets.EvResolved:
		return "A letter in doubt was settled"
	case tickets.EvAssigned:
		return "Given to somebody else"
	case tickets.EvClockStarted:
		if at, err := time.Parse(time.RFC3339, str("due")); err == nil {
			return "Answer date set: " + sla.FormatShort(at)
		}
		return "Answer date set"
	case tickets.EvClockStopped:
		return "The clock stopped"
	case tickets.EvClockResumed:
		return "The clock runs on: the answer did not arrive"
	case tickets.EvEscalated:
		switch str("step") {
		case string(sla.StepWarning):
			return "The officer was warned that an answer is due"
		case string(sla.StepBreach):
			return "The answer date passed"
		}
		return "The team lead was told"
	case tickets.EvFinished:
		return "Finished. " + str("reason")
	case tickets.EvAlerted:
		return "Words that suggest danger were found. Duty and lead were told"
	}
	return ""
}

// skipWord is why no automatic answer was sent.
func skipWord(code string) string {
	switch code {
	case tickets.SkipRestored:
		return "it came before the database was restored, and may have had one"
	case tickets.SkipHistory:
		return "received before hearback answered mail"
	case tickets.SkipAutomatic, tickets.SkipRobot:
		return "a machine wrote it, or may have"
	case tickets.SkipNoContact:
		return "we must not write to this person"
	case tickets.SkipUnconfirmed:
		return "the sender is not confirmed"
	case tickets.SkipOwn:
		return "it is from our own side"
	case tickets.SkipAddress:
		return "there is no address to answer to"
	case tickets.SkipRecent:
		return "they were answered in the last 24 hours"
	case tickets.SkipNeutral:
		return "nothing may be said to them but that we have it"
	case tickets.SkipSenderCap, tickets.SkipMailboxCap:
		return "too many automatic answers in a short time"
	}
	return "no date could be named"
}

// contacts says when people last spoke.
func contacts(items []view.Item) view.Contacts {
	var out view.Contacts
	later := func(t *time.Time, at time.Time) {
		if at.After(*t) {
			*t = at
		}
	}
	for _, it := range items {
		switch {
		case it.In != nil && it.In.Automatic == "":
			later(&out.LastIn, it.In.At)
		case it.Out != nil && it.Out.Outside:
			later(&out.LastOut, it.Out.At)
			later(&out.LastTwoWay, it.Out.At)
		case it.Out != nil:
			for _, d := range it.Out.Deliveries {
				if d.State == view.Sent || d.State == view.Delivered {
					later(&out.LastOut, d.At)
					if !it.Out.Automatic {
						later(&out.LastTwoWay, d.At)
					}
				}
			}
		case it.Call != nil && it.Call.Answered:
			later(&out.LastTwoWay, it.Call.At)
		}
	}
	if !out.LastOut.IsZero() && out.LastTwoWay.IsZero() {
		out.Note = "Only automatic letters so far: no person has answered"
	}
	return out
}
