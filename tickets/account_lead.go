package tickets

import (
	"context"
	"strconv"
	"strings"

	"hearback/tickets/access"
	"hearback/tickets/register"
)

// TemplateNoLead says that a team has no lead who can sign in. It names no case
// and no enquiry: some of those who get it may not see the team's.
const TemplateNoLead = "notice_no_lead"

// FieldTeam is a team's name.
const FieldTeam = "team"

// standIns are whom a notice for a team's lead goes to while the team has none who
// can sign in: the heads of service, or failing one the other leads of the team.
// More than these may not know of its cases, so that the guard would stop the
// notice; they are told by nobodyToTell.
func (w *work) standIns(ctx context.Context, teamID int64) ([]register.Staff, error) {
	all, err := w.tx.Staff(ctx, access.System("sweep"))
	if err != nil {
		return nil, err
	}
	var heads, away, leads []register.Staff
	for i := range all {
		s := &all[i]
		switch role := access.Role(s.Role); {
		case !w.opens(s):
		case role == access.RoleHead && w.here(s):
			heads = append(heads, *s)
		case role == access.RoleHead:
			away = append(away, *s)
		case role == access.RoleLead && teamID != 0 && s.TeamID == teamID:
			leads = append(leads, *s)
		}
	}
	if len(heads) > 0 {
		return heads, nil
	}
	return merge(leads, away), nil
}

// nobodyToTell is what happens to a notice that has nobody to go to: all leads,
// heads and administrators read that the team has no lead, once a day, and at
// once for each safety alert.
func (w *work) nobodyToTell(ctx context.Context, t *Ticket, template string) error {
	teamID := t.TeamID
	if teamID == 0 {
		m, err := w.tx.MailboxByID(ctx, t.MailboxID)
		if err != nil {
			return err
		}
		teamID = m.TeamID
	}
	key := "no_lead." + strconv.FormatInt(teamID, 10) + "." + localDate(w.now)
	if template == TemplateAlert {
		key = "no_lead.alert." + strconv.FormatInt(t.ID, 10)
	}
	name := ""
	if teamID != 0 {
		team, err := w.tx.TeamByID(ctx, teamID)
		if err != nil && !notFound(err) {
			return err
		}
		if err == nil {
			name = team.Name
		}
	}
	return w.tellNoLead(ctx, key, name, t.MailboxID)
}

// leaderless lists the teams, by name, that somebody leads who cannot sign in any
// more, and tells those who can put it right.
func (w *work) leaderless(ctx context.Context, staffID int64) ([]string, error) {
	all, err := w.tx.Teams(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range all {
		if t.LeadID != staffID {
			continue
		}
		names = append(names, t.Name)
		box, err := w.mailboxOfTeam(ctx, t.ID)
		if err != nil {
			return nil, err
		}
		if box == 0 || !w.d.s.live(w.now) {
			continue // without a mailbox nothing can leave; the page of the teams shows it all the same
		}
		key := "no_lead." + strconv.FormatInt(t.ID, 10) + ".closed." + w.now.UTC().Format("20060102T150405")
		if err := w.tellNoLead(ctx, key, t.Name, box); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// tellNoLead queues the notice that a team has no lead, once for each key.
func (w *work) tellNoLead(ctx context.Context, key, team string, box int64) error {
	fresh, err := w.tx.TakeAlarm(ctx, key, w.now)
	if err != nil || !fresh {
		return err
	}
	all, err := w.tx.Staff(ctx, access.System("sweep"))
	if err != nil {
		return err
	}
	subject := "A team has no lead: " + team
	if team == "" {
		team, subject = "of this mailbox", "Mail of a mailbox without a team"
	}
	base := strings.TrimSuffix(w.d.s.BaseURL, "/")
	for i := range all {
		s := &all[i]
		a := access.Actor{StaffID: s.ID, Role: access.Role(s.Role)}
		if !w.opens(s) || !a.May(access.ReadSystem) || a.Role == access.RoleSystem {
			continue
		}
		link := base + "/escalations"
		if a.May(access.ManageTeams) {
			link = base + "/admin/teams"
		}
		o := &Outgoing{
			MailboxID: box, Purpose: PurposeNotice, Template: TemplateNoLead, Subject: subject,
			Fields: map[string]string{FieldTeam: team, FieldCouncil: w.d.s.CouncilName, FieldLink: link},
		}
		w.automatic(o)
		if err := w.queue(ctx, o, []recipient{{staffID: s.ID, name: s.Name, email: s.Email}}); err != nil {
			return err
		}
	}
	return nil
}
