package tickets

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/register"
	"hearback/tickets/wording"
)

// longClosure is from when on a closed office is closed for days: longer than any
// weekend from Friday's closing to Monday's opening.
const longClosure = 72 * time.Hour

// helpFields are what every automatic letter to a family carries: nobody may be
// reading when it matters.
func (w *work) helpFields() map[string]string {
	s := w.d.s
	f := map[string]string{
		FieldCouncil: s.CouncilName, FieldPhone: s.TeamPhone, FieldEDT: s.EmergencyDuty,
		FieldSENDIASS: s.SENDIASSName, FieldSENDIASSPhone: s.SENDIASSPhone, FieldFormat: s.FormatSentence,
	}
	if s.PrivacyURL != "" {
		f[FieldPrivacy] = s.PrivacyURL
	}
	if !w.d.cal().IsOpen(w.now) {
		if at, err := w.d.cal().NextOpening(w.now); err == nil {
			name := FieldOpens
			if at.Sub(w.now) > longClosure {
				name = FieldClosedUntil
			}
			f[name] = at.In(sla.London()).Format("Monday 2 January at ") + clockTime(at)
		}
	}
	return f
}

// clockTime is a time of day as families read it: 8:45am, 9am.
func clockTime(at time.Time) string {
	at = at.In(sla.London())
	if at.Minute() == 0 {
		return at.Format("3pm")
	}
	return at.Format("3:04pm")
}

func (w *work) ackFields(ctx context.Context, t *Ticket, clock *TicketClock) (map[string]string, error) {
	f := w.helpFields()
	f[FieldRef] = t.Ref
	f[FieldLead] = w.d.s.LeadSentence
	owner, err := w.answerer(ctx, t)
	if err != nil {
		return nil, err
	}
	f[FieldOwner] = owner
	due := FieldDue
	if !clock.DueAt.After(w.now) {
		due = FieldWasDue // nobody is told to wait for a day that is past
	}
	f[due] = sla.FormatDate(clock.DueDay)
	if topic := topicOf(t.Category); topic != "" {
		f[FieldTopic] = topic
	}
	return f, nil
}

// topicOf is what an enquiry is about, once a person or a rule of the council's has
// said so. The list is ours: nothing of it comes out of the mail.
func topicOf(c Category) string {
	switch c {
	case CategoryAssessment:
		return "an assessment of a child's needs"
	case CategoryComplaint:
		return "a complaint"
	}
	return ""
}

// ackTemplate chooses the letter for somebody who wrote on a case; or why there is none.
func (w *work) ackTemplate(ctx context.Context, t *Ticket, m incoming) (template, why string, err error) {
	c, err := w.tx.CaseByID(ctx, t.CaseID)
	if err != nil {
		return "", "", err
	}
	if m.onCase {
		f, err := w.tx.CaseFacts(ctx, c.ID)
		if err != nil {
			return "", "", err
		}
		parties, err := w.tx.Parties(ctx, c.ID)
		if err != nil {
			return "", "", err
		}
		told := f.Told(*c, m.party, parties, sla.DateOf(w.now).String())
		switch {
		case !told.MayWrite:
			return "", SkipNoContact, nil
		case toldLittle(f, m.party, sla.DateOf(w.now).String()):
			return TemplateNeutral, "", nil // they may hear that we have theirs, and no more
		}
	}
	shared, err := w.sharedMailbox(ctx, m)
	switch {
	case err != nil:
		return "", "", err
	case t.Alert != "" || c.Restricted || shared || !m.onCase:
		// Whoever else sees the screen or the mailbox learns nothing: no number, child,
		// officer or date.
		return TemplateNeutral, "", nil
	}
	switch m.party.Person.Kind {
	case register.KindSchool, register.KindProfessional, register.KindMP:
		return TemplateAckSchool, "", nil
	case register.KindYoungPerson:
		return TemplateAckYoung, "", nil
	}
	if m.chaser {
		return TemplateAckAgain, "", nil
	}
	return TemplateAck, "", nil
}

// toldLittle reports whether somebody limited what a person may be told about the
// child. That a young person decides alone limits nothing here: who answers, and by
// when, is no word about them, and their parent does not wait unseen.
func toldLittle(f *register.CaseFacts, p register.Party, on string) bool {
	if p.Link.MayBeTold == string(register.ToldNothing) || p.Person.Kind == register.KindParent && p.Link.PR == register.PRNo {
		return true
	}
	for _, r := range f.InForce(on) {
		if r.PersonID != p.Person.ID {
			continue
		}
		switch r.Kind {
		case register.NoInformation, register.IndirectOnly, register.OtherRestriction:
			return true
		}
	}
	return false
}

// sharedMailbox reports whether several people read the sender's mailbox: it is
// recorded with more than one, or its name is that of an office.
func (w *work) sharedMailbox(ctx context.Context, m incoming) (bool, error) {
	local, _, _ := strings.Cut(m.from, "@")
	switch strings.NewReplacer("-", "", "_", "", ".", "").Replace(local) {
	case "info", "office", "admin", "administration", "enquiries", "enquiry", "reception", "contact", "contactus", "mail", "post",
		"hello", "secretary", "schooloffice", "mainoffice", "generaloffice", "team", "help", "helpdesk", "support", "family":
		return true, nil
	}
	people, err := w.tx.PeopleWithMailbox(ctx, m.from)
	return len(people) > 1, err
}

// wordsFor are the words that a letter goes out with from now on; fields remembers
// which they are, so that a letter says what it was queued to say.
func (w *work) wordsFor(ctx context.Context, letter string, fields map[string]string) (wording.Text, error) {
	content, v, err := newest[wordingContent](ctx, w.tx, settingWording(letter))
	if err != nil {
		return wording.Text{}, err
	}
	if v.Version == 0 || content.Standard {
		return wording.Standard(letter)
	}
	fields[FieldWording] = strconv.FormatInt(v.Version, 10)
	return content.Text, nil
}
