package tickets

import (
	"context"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
)

// MoveMailbox gives a shared inbox to a team: mail that comes from now on that is
// on no case goes to its triage. Enquiries that are there stay where they are. It
// holds against the configuration, which gives the team only until somebody has
// set it here.
func (d *Desk) MoveMailbox(ctx context.Context, a access.Actor, mailboxID, teamID int64, now time.Time) error {
	if err := sets(a, access.ManageTeams); err != nil {
		return err
	}
	return d.write(ctx, a, now, func(w *work) error {
		m, err := w.tx.MailboxByID(ctx, mailboxID)
		if err != nil {
			return err
		}
		t, err := w.team(ctx, teamID)
		if err != nil {
			return err
		}
		if m.TeamID == t.ID {
			return nil
		}
		set, v, err := newest[map[string]int64](ctx, w.tx, SettingMailboxTeams)
		if err != nil {
			return err
		}
		if set == nil {
			set = map[string]int64{}
		}
		set[m.Name] = t.ID
		if _, err := w.put(ctx, SettingMailboxTeams, v.Version, set); err != nil {
			return err
		}
		before := m.TeamID
		m.TeamID = t.ID
		if err := w.tx.UpsertMailbox(ctx, m); err != nil {
			return err
		}
		return w.audit(ctx, audit.TeamChanged, objectOf("mailbox", m.ID), 0, map[string]string{
			"what": "mailbox_moved", "team_before": objectOf("team", before), "team": objectOf("team", t.ID),
		})
	})
}

// MailboxTeams are the teams that people have given to mailboxes, by the mailbox's
// name in the configuration.
func MailboxTeams(ctx context.Context, r SettingsReader) (map[string]int64, error) {
	set, _, err := newest[map[string]int64](ctx, r, SettingMailboxTeams)
	return set, err
}
