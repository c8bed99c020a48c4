package store

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/fault"
)

type settingVersionRow struct {
	ID      int64   `db:"id"`
	Name    string  `db:"name"`
	Version int64   `db:"version"`
	Content string  `db:"content"`
	SetBy   rowID   `db:"set_by"`
	SetAt   instant `db:"set_at"`
}

func (r settingVersionRow) setting() tickets.SettingVersion {
	return tickets.SettingVersion{ID: r.ID, Name: r.Name, Version: r.Version, Content: r.Content, SetBy: int64(r.SetBy), SetAt: r.SetAt.time()}
}

// InsertSetting implements tickets.SettingsTx.
func (t *tx) InsertSetting(ctx context.Context, v *tickets.SettingVersion) error {
	err := t.add(ctx, t.db.q.SettingVersionInsert, settingVersionRow{
		Name: v.Name, Version: v.Version, Content: v.Content, SetBy: rowID(v.SetBy), SetAt: at(v.SetAt),
	}, &v.ID)
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, "Somebody else has just changed this. Look at it again", err)
	}
	return err
}

// SettingNewest implements tickets.SettingsReader.
func (r reader) SettingNewest(ctx context.Context, name string) (*tickets.SettingVersion, error) {
	var row settingVersionRow
	if err := r.get(ctx, &row, r.db.q.SettingVersionNewest, name); err != nil {
		return nil, err
	}
	v := row.setting()
	return &v, nil
}

// SettingAt implements tickets.SettingsReader.
func (r reader) SettingAt(ctx context.Context, name string, version int64) (*tickets.SettingVersion, error) {
	var row settingVersionRow
	if err := r.get(ctx, &row, r.db.q.SettingVersionAt, name, version); err != nil {
		return nil, err
	}
	v := row.setting()
	return &v, nil
}

// SettingHistory implements tickets.SettingsReader.
func (r reader) SettingHistory(ctx context.Context, name string, limit int) ([]tickets.SettingVersion, error) {
	var rows []settingVersionRow
	err := r.all(ctx, &rows, r.db.q.SettingVersionsOf, name, limit)
	return plain(rows, settingVersionRow.setting), err
}

// SettingsVersion implements tickets.SettingsReader.
func (r reader) SettingsVersion(ctx context.Context) (v int64, err error) {
	err = r.get(ctx, &v, r.db.q.SettingVersionLast)
	return v, err
}

// TicketsRunning implements tickets.SettingsReader.
func (r reader) TicketsRunning(ctx context.Context, after int64, limit int) (ids []int64, err error) {
	err = r.all(ctx, &ids, r.db.q.TicketsRunning, after, limit)
	return ids, err
}

// AuditSealedAt is when the audit was last sealed; zero when it never was.
func (r reader) AuditSealedAt(ctx context.Context) (time.Time, error) {
	var i instant
	err := r.get(ctx, &i, r.db.q.AuditSealAge)
	if fault.Is(err, fault.NotFound) {
		return time.Time{}, nil
	}
	return i.time(), err
}
