package tickets

import (
	"context"
	"encoding/json"
	"fmt"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// newest is the newest content of a setting; the zero values when nothing was set.
func newest[T any](ctx context.Context, r SettingsReader, name string) (content T, v SettingVersion, err error) {
	got, err := r.SettingNewest(ctx, name)
	if notFound(err) {
		return content, SettingVersion{Name: name}, nil
	}
	if err != nil {
		return content, v, err
	}
	if err := json.Unmarshal([]byte(got.Content), &content); err != nil {
		return content, v, fmt.Errorf("the setting %s, version %d: %w", name, got.Version, err)
	}
	return content, *got, nil
}

// put stores the next content of a setting. seen is the version that whoever
// changes it looked at: when there is a newer one, nothing is stored.
func (w *work) put(ctx context.Context, name string, seen int64, content any) (*SettingVersion, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, fmt.Errorf("the setting %s: %w", name, err)
	}
	last, err := w.tx.SettingNewest(ctx, name)
	switch {
	case notFound(err):
		last = &SettingVersion{}
	case err != nil:
		return nil, err
	}
	if last.Version != seen {
		return nil, fault.New(fault.Conflict, "Somebody else has changed this since you opened the page. Look at it again")
	}
	v := &SettingVersion{Name: name, Version: seen + 1, Content: string(text), SetBy: w.actor.StaffID, SetAt: w.now}
	return v, w.tx.InsertSetting(ctx, v)
}

// sets refuses who may not set something, in words of the screens.
func sets(a access.Actor, p access.Permission) error {
	if !a.IsPerson() {
		return fault.New(fault.Denied, "Only a person can change this")
	}
	if !a.May(p) {
		return fault.New(fault.Denied, "You cannot do this. A system administrator can")
	}
	return nil
}

// setting records a change of a setting.
func (w *work) setting(ctx context.Context, name string, detail map[string]string) error {
	return w.audit(ctx, audit.SettingChanged, "setting:"+name, 0, detail)
}
