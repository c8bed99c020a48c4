package store

import (
	"context"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// staffRow is a row of staff.
type staffRow struct {
	ID           int64    `db:"id"`
	Email        string   `db:"email"`
	Mailbox      string   `db:"mailbox"`
	Name         string   `db:"name"`
	NameFold     string   `db:"name_fold"`
	Role         string   `db:"role"`
	TeamID       rowID    `db:"team_id"`
	PasswordHash string   `db:"password_hash"`
	Active       bool     `db:"active"`
	DeputyID     rowID    `db:"deputy_id"`
	AwayUntil    string   `db:"away_until"`
	AccessEndsAt *instant `db:"access_ends_at"`
	HoldSeconds  int      `db:"hold_seconds"`
	CreatedAt    instant  `db:"created_at"`
}

func staffToRow(s *register.Staff) staffRow {
	return staffRow{
		ID: s.ID, Email: s.Email, Mailbox: s.Mailbox, Name: s.Name, NameFold: fold(s.Name), Role: s.Role,
		TeamID: rowID(s.TeamID), PasswordHash: s.PasswordHash, Active: s.Active, DeputyID: rowID(s.DeputyID),
		AwayUntil: s.AwayUntil, AccessEndsAt: atP(s.AccessEndsAt), HoldSeconds: s.HoldSeconds, CreatedAt: at(s.CreatedAt),
	}
}

func (r staffRow) staff() register.Staff {
	return register.Staff{
		ID: r.ID, Email: r.Email, Mailbox: r.Mailbox, Name: r.Name, Role: r.Role, TeamID: int64(r.TeamID),
		PasswordHash: r.PasswordHash, Active: r.Active, DeputyID: int64(r.DeputyID), AwayUntil: r.AwayUntil,
		AccessEndsAt: r.AccessEndsAt.timeP(), HoldSeconds: r.HoldSeconds, CreatedAt: r.CreatedAt.time(),
	}
}

// InsertStaff implements tickets.Tx. Mailbox is folded here when the caller left it empty.
func (t *tx) InsertStaff(ctx context.Context, s *register.Staff) error {
	t.register = true
	if s.Mailbox == "" {
		s.Mailbox = register.FoldMailbox(s.Email)
	}
	return t.add(ctx, t.db.q.StaffInsert, staffToRow(s), &s.ID)
}

// UpdateStaff implements tickets.Tx.
func (t *tx) UpdateStaff(ctx context.Context, s *register.Staff) error {
	t.register = true
	return t.change(ctx, t.db.q.StaffUpdate, staffToRow(s))
}

func (r reader) oneStaff(ctx context.Context, q query, key any) (*register.Staff, error) {
	var row staffRow
	if err := r.get(ctx, &row, q, key); err != nil {
		return nil, err
	}
	s := row.staff()
	return &s, nil
}

// StaffByID implements tickets.Reader.
func (r reader) StaffByID(ctx context.Context, id int64) (*register.Staff, error) {
	return r.oneStaff(ctx, r.db.q.StaffByID, id)
}

// StaffByMailbox implements tickets.Reader. mailbox is folded; accounts that
// were shut are found as well.
func (r reader) StaffByMailbox(ctx context.Context, mailbox string) (*register.Staff, error) {
	return r.oneStaff(ctx, r.db.q.StaffByMailbox, mailbox)
}

// teamRow is a row of teams.
type teamRow struct {
	ID     int64  `db:"id"`
	Name   string `db:"name"`
	LeadID rowID  `db:"lead_id"`
}

// InsertTeam implements tickets.Tx.
func (t *tx) InsertTeam(ctx context.Context, g *register.Team) error {
	t.register = true
	return t.add(ctx, t.db.q.TeamInsert, teamRow{Name: g.Name, LeadID: rowID(g.LeadID)}, &g.ID)
}

// UpdateTeam implements tickets.Tx.
func (t *tx) UpdateTeam(ctx context.Context, g *register.Team) error {
	t.register = true
	return t.change(ctx, t.db.q.TeamUpdate, teamRow{ID: g.ID, Name: g.Name, LeadID: rowID(g.LeadID)})
}

// TeamByID implements tickets.Reader.
func (r reader) TeamByID(ctx context.Context, id int64) (*register.Team, error) {
	var row teamRow
	if err := r.get(ctx, &row, r.db.q.TeamByID, id); err != nil {
		return nil, err
	}
	return &register.Team{ID: row.ID, Name: row.Name, LeadID: int64(row.LeadID)}, nil
}

// TeamByName implements tickets.Reader.
func (r reader) TeamByName(ctx context.Context, name string) (*register.Team, error) {
	var row teamRow
	if err := r.get(ctx, &row, r.db.q.TeamByName, name); err != nil {
		return nil, err
	}
	return &register.Team{ID: row.ID, Name: row.Name, LeadID: int64(row.LeadID)}, nil
}

// SetStaffDomains implements tickets.Tx: it replaces the list.
func (t *tx) SetStaffDomains(ctx context.Context, domains []string) error {
	t.register = true
	if _, err := t.exec(ctx, t.db.q.DomainsClear); err != nil {
		return err
	}
	for _, d := range domains {
		if _, err := t.exec(ctx, t.db.q.DomainAdd, strings.ToLower(strings.TrimSpace(d))); err != nil {
			return err
		}
	}
	return nil
}

// StaffDomains implements tickets.Reader.
func (r reader) StaffDomains(ctx context.Context) (list []string, err error) {
	err = r.all(ctx, &list, r.db.q.Domains)
	return list, err
}

// SetSetting implements tickets.Tx.
func (t *tx) SetSetting(ctx context.Context, key, value string) error {
	_, err := t.exec(ctx, t.db.q.SettingPut, key, value)
	return err
}

// Setting implements tickets.Reader.
func (r reader) Setting(ctx context.Context, key string) (string, error) {
	var value string
	err := r.get(ctx, &value, r.db.q.SettingGet, key)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return value, err
}

// RegisterVersion implements tickets.Reader.
func (r reader) RegisterVersion(ctx context.Context) (v int64, err error) {
	err = r.get(ctx, &v, r.db.q.RegisterVersion)
	return v, err
}

// mailboxRow is a row of mailboxes.
type mailboxRow struct {
	ID      int64  `db:"id"`
	Name    string `db:"name"`
	Address string `db:"address"`
	Folded  string `db:"folded"`
	TeamID  rowID  `db:"team_id"`
}

func (r mailboxRow) mailbox() tickets.Mailbox {
	return tickets.Mailbox{ID: r.ID, Name: r.Name, Address: r.Address, TeamID: int64(r.TeamID)}
}

// UpsertMailbox implements tickets.Tx.
func (t *tx) UpsertMailbox(ctx context.Context, m *tickets.Mailbox) error {
	t.register = true
	return t.add(ctx, t.db.q.MailboxPut, mailboxRow{
		Name: m.Name, Address: m.Address, Folded: register.FoldMailbox(m.Address), TeamID: rowID(m.TeamID),
	}, &m.ID)
}

// MailboxByID implements tickets.Reader.
func (r reader) MailboxByID(ctx context.Context, id int64) (*tickets.Mailbox, error) {
	var row mailboxRow
	if err := r.get(ctx, &row, r.db.q.MailboxByID, id); err != nil {
		return nil, err
	}
	m := row.mailbox()
	return &m, nil
}

// Mailboxes implements tickets.Reader.
func (r reader) Mailboxes(ctx context.Context) ([]tickets.Mailbox, error) {
	var rows []mailboxRow
	if err := r.all(ctx, &rows, r.db.q.Mailboxes); err != nil {
		return nil, err
	}
	return plain(rows, mailboxRow.mailbox), nil
}
