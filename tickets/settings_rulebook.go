package tickets

import (
	"context"
	"slices"

	"hearback/sla"
)

// rulebook is what the desk works by and what people may change while it runs:
// the configuration with the newest settings of the administration pages on top.
// It is never changed, only replaced, so that whoever holds one is not surprised.
type rulebook struct {
	version  int64 // of the settings it was made of
	cal      *sla.Calendar
	calendar SettingVersion // zero when the calendar is that of the configuration
	policies map[string]sla.Policy
	closed   map[string]bool // categories that are not in use
	set      map[string]standardSet
	domains  []string // of staff

	immediate, concern *WordList // with the council's own words; nil: as configured
}

// Calendar is the office's calendar as it is now.
func (d *Desk) Calendar() *sla.Calendar { return d.cal() }

func (d *Desk) cal() *sla.Calendar { return d.rules.Load().cal }

func (d *Desk) policies() map[string]sla.Policy { return d.rules.Load().policies }

// staffDomains are the exact domains of staff as two people have settled them.
func (d *Desk) staffDomains() []string { return d.rules.Load().domains }

// Refresh takes in what was set since, here or in another program that works on
// the same database. Until it is called again the desk works by what it knows.
// When the settings no longer fit the configuration the error says so and the
// desk goes on by the last that did.
func (d *Desk) Refresh(ctx context.Context) (changed bool, err error) {
	d.refresh.Lock()
	defer d.refresh.Unlock()
	version, err := d.store.SettingsVersion(ctx)
	if err != nil {
		return false, err
	}
	domains, err := d.store.StaffDomains(ctx)
	if err != nil {
		return false, err
	}
	if len(domains) == 0 {
		domains = d.s.StaffDomains // the register is not filled yet
	}
	old := d.rules.Load()
	if old.version == version {
		if slices.Equal(old.domains, domains) {
			return false, nil
		}
		next := *old
		next.domains = domains
		d.rules.Store(&next)
		return true, nil
	}
	next, err := d.read(ctx, d.store)
	if err != nil {
		return false, err
	}
	next.version, next.domains = version, domains
	d.rules.Store(next)
	return true, nil
}

// read makes a rulebook of what is stored.
func (d *Desk) read(ctx context.Context, r SettingsReader) (*rulebook, error) {
	next := &rulebook{cal: d.base.cal}
	set, _, err := newest[standardsContent](ctx, r, SettingStandards)
	if err != nil {
		return nil, err
	}
	if err := next.apply(d.base.policies, set); err != nil {
		return nil, err
	}
	lists, own, err := newest[GuardLists](ctx, r, SettingGuardLists)
	if err != nil {
		return nil, err
	}
	if own.ID != 0 {
		next.guardLists(d.s, lists)
	}
	c, v, err := newest[CalendarContent](ctx, r, SettingCalendar)
	if err != nil || v.ID == 0 {
		return next, err
	}
	next.calendar = v
	next.cal, err = c.on(d.base.cal)
	return next, err
}
