package tickets

import (
	"context"
	"strconv"

	"hearback/tickets/access"
	"hearback/tickets/register"
)

// TemplateMailing asks a lead to approve letters to many families. It says the
// mailing's number and a link: neither its title nor a family.
const TemplateMailing = "notice_mailing"

// MailingRef is what staff call a mailing where its title may not be read.
func MailingRef(id int64) string { return "Mailing " + strconv.FormatInt(id, 10) }

func mailingSubject(ref string) string { return "To be approved: " + ref }

// tellApprovers queues a notice to whoever can approve a mailing as it is: its lines
// all have to be on cases that they can open. When there is nobody, those read it who
// can give the team a lead, once a day.
func (w *work) tellApprovers(ctx context.Context, m *Mailing, lines int) error {
	if !w.d.s.live(w.now) {
		return nil
	}
	people, err := w.approvers(ctx, m, lines)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		return w.nobodyApproves(ctx, m)
	}
	for _, s := range people {
		o := &Outgoing{
			MailboxID: m.MailboxID, Purpose: PurposeNotice, Template: TemplateMailing, Subject: mailingSubject(MailingRef(m.ID)),
			Fields: map[string]string{
				FieldRef: MailingRef(m.ID), FieldCouncil: w.d.s.CouncilName, FieldLink: w.d.s.page("/mailings/" + strconv.FormatInt(m.ID, 10)),
			},
		}
		w.automatic(o)
		if err := w.queue(ctx, o, []recipient{{staffID: s.ID, name: s.Name, email: s.Email}}); err != nil {
			return err
		}
	}
	return nil
}

// approvers are the leads of the mailing's team who can approve it and are here,
// failing them whoever else can: the heads of service.
func (w *work) approvers(ctx context.Context, m *Mailing, lines int) ([]register.Staff, error) {
	all, err := w.tx.Staff(ctx, access.System("mailing"))
	if err != nil {
		return nil, err
	}
	var leads, others []register.Staff
	for i := range all {
		s := &all[i]
		if !w.opens(s) || s.ID == m.AuthorID || !(access.Actor{StaffID: s.ID, Role: access.Role(s.Role)}).May(access.ApproveMailing) {
			continue
		}
		who, err := w.tx.ActorOf(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		if _, err := seenMailing(ctx, w.tx, who, m.ID); notFound(err) {
			continue
		} else if err != nil {
			return nil, err
		}
		counts, _, err := w.tx.MailingCounts(ctx, who, m.ID)
		switch {
		case err != nil:
			return nil, err
		case counts[ResultWaiting] != lines:
		case who.SeesAllTeams() || !w.here(s):
			others = append(others, *s)
		default:
			leads = append(leads, *s)
		}
	}
	if len(leads) > 0 {
		return leads, nil
	}
	return others, nil
}

func (w *work) nobodyApproves(ctx context.Context, m *Mailing) error {
	name := ""
	if m.TeamID != 0 {
		team, err := w.tx.TeamByID(ctx, m.TeamID)
		if err != nil && !notFound(err) {
			return err
		}
		if err == nil {
			name = team.Name
		}
	}
	return w.tellNoLead(ctx, "no_lead.mailing."+strconv.FormatInt(m.ID, 10)+"."+localDate(w.now), name, m.MailboxID)
}
