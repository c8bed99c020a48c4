package store

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/register"
)

// Teams implements tickets.SettingsReader.
func (r reader) Teams(ctx context.Context) ([]tickets.TeamView, error) {
	var rows []struct {
		ID     int64  `db:"id"`
		Name   string `db:"name"`
		LeadID rowID  `db:"lead_id"`
		Cases  int    `db:"cases"`
		Open   int    `db:"enquiries"`
		People int    `db:"people"`
		Boxes  int    `db:"boxes"`
	}
	if err := r.all(ctx, &rows, r.db.q.TeamsHere); err != nil {
		return nil, err
	}
	out := make([]tickets.TeamView, 0, len(rows))
	for _, x := range rows {
		out = append(out, tickets.TeamView{
			Team: register.Team{ID: x.ID, Name: x.Name, LeadID: int64(x.LeadID)}, Cases: x.Cases, Open: x.Open, People: x.People, Mailboxes: x.Boxes,
		})
	}
	return out, nil
}

// TeamRemoved implements tickets.SettingsReader.
func (r reader) TeamRemoved(ctx context.Context, id int64) (bool, error) {
	var n int
	err := r.get(ctx, &n, r.db.q.TeamIsRemoved, id)
	return n > 0, err
}

// RemoveTeam implements tickets.SettingsTx.
func (t *tx) RemoveTeam(ctx context.Context, id int64, now time.Time) error {
	t.register = true
	_, err := t.exec(ctx, t.db.q.TeamRemove, at(now), id)
	return err
}

// RestoreTeam implements tickets.SettingsTx.
func (t *tx) RestoreTeam(ctx context.Context, id int64) error {
	t.register = true
	_, err := t.exec(ctx, t.db.q.TeamRestore, id)
	return err
}

// StaffFigures says of every account how it signs in, by the time now. It is for
// pages about accounts; no secret is in it.
func (r reader) StaffFigures(ctx context.Context, now time.Time) (map[int64]tickets.StaffFigure, error) {
	var rows []struct {
		ID           int64    `db:"id"`
		LastSignIn   *instant `db:"last_sign_in_at"`
		Disabled     *instant `db:"disabled_at"`
		SecondFactor bool     `db:"second_factor"`
		Council      bool     `db:"council_account"`
		Password     bool     `db:"has_password"`
		Invited      bool     `db:"invited"`
		InviteEnds   *instant `db:"invite_ends_at"`
		Sessions     int      `db:"sessions"`
	}
	if err := r.all(ctx, &rows, r.db.q.StaffFigures, at(now)); err != nil {
		return nil, err
	}
	out := make(map[int64]tickets.StaffFigure, len(rows))
	for _, x := range rows {
		f := tickets.StaffFigure{SecondFactor: x.SecondFactor, Council: x.Council, Password: x.Password, Sessions: x.Sessions}
		if x.LastSignIn != nil {
			f.LastSignIn = x.LastSignIn.time()
		}
		if x.Disabled != nil {
			f.DisabledAt = x.Disabled.time()
		}
		if x.Invited && x.InviteEnds != nil {
			f.InviteEnds = x.InviteEnds.time()
		}
		out[x.ID] = f
	}
	return out, nil
}
