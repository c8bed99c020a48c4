package tickets

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// CalendarContent is what was set about the calendar, on top of the configuration.
type CalendarContent struct {
	// Hours are the office hours by English weekday, as "08:45-17:15"; nil leaves
	// those of the configuration.
	Hours   map[string][]string `json:"hours,omitempty"`
	Added   []ClosureContent    `json:"added,omitempty"`
	Removed []ClosureContent    `json:"removed,omitempty"` // of the configuration's
}

// ClosureContent is a closure as it is stored.
type ClosureContent struct {
	Date string `json:"date"` // 2026-12-24, local
	Name string `json:"name"`
	From string `json:"from,omitempty"` // 16:00; empty: the whole day
	To   string `json:"to,omitempty"`
}

func closureContent(c sla.Closure) ClosureContent {
	out := ClosureContent{Date: c.Date.String(), Name: c.Name}
	if c.From != 0 || c.To != 0 {
		out.From = c.From.String()
		if c.To != 0 {
			out.To = c.To.String()
		}
	}
	return out
}

func (c ClosureContent) same(o ClosureContent) bool {
	return c.Date == o.Date && c.From == o.From && c.To == o.To
}

func (c ClosureContent) closure() (sla.Closure, error) {
	out := sla.Closure{Name: plainName(c.Name)}
	var err error
	if out.Date, err = sla.ParseDate(c.Date); err != nil {
		return out, err
	}
	if c.From != "" {
		if out.From, err = sla.ParseTimeOfDay(c.From); err != nil {
			return out, err
		}
	}
	if c.To != "" {
		out.To, err = sla.ParseTimeOfDay(c.To)
	}
	return out, err
}

// on is the calendar of the configuration with what was set.
func (c CalendarContent) on(base *sla.Calendar) (*sla.Calendar, error) {
	hours := base.Hours()
	if c.Hours != nil {
		hours = sla.Hours{}
		for name, spans := range c.Hours {
			day, ok := weekday(name)
			if !ok {
				return nil, fault.Newf(fault.Invalid, "%q is no day of the week", name)
			}
			for _, s := range spans {
				iv, err := interval(s)
				if err != nil {
					return nil, err
				}
				hours[day] = append(hours[day], iv)
			}
		}
	}
	var closures []sla.Closure
	for _, x := range base.Closures() {
		if !slices.ContainsFunc(c.Removed, closureContent(x).same) {
			closures = append(closures, x)
		}
	}
	for _, x := range c.Added {
		cl, err := x.closure()
		if err != nil {
			return nil, err
		}
		closures = append(closures, cl)
	}
	return base.With(hours, closures)
}

func weekday(name string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(d.String(), name) {
			return d, true
		}
	}
	return 0, false
}

// interval reads hours as people write them: 08:45-17:15.
func interval(s string) (sla.Interval, error) {
	from, to, ok := strings.Cut(strings.ReplaceAll(s, "–", "-"), "-")
	if !ok {
		return sla.Interval{}, fault.Newf(fault.Invalid, "%q: write hours as 08:45-17:15", strings.TrimSpace(s))
	}
	f, err := sla.ParseTimeOfDay(strings.TrimSpace(from))
	if err != nil {
		return sla.Interval{}, err
	}
	t, err := sla.ParseTimeOfDay(strings.TrimSpace(to))
	return sla.Interval{From: f, To: t}, err
}

// ParseHours reads the hours of one day: "08:45-12:30, 13:30-17:15", or nothing
// for a day on which the office is shut. fault.Invalid.
func ParseHours(s string) ([]sla.Interval, error) {
	var out []sla.Interval
	for part := range strings.SplitSeq(s, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		iv, err := interval(part)
		if err != nil {
			return nil, err
		}
		out = append(out, iv)
	}
	return out, nil
}

// FormatHours writes what ParseHours reads.
func FormatHours(list []sla.Interval) string {
	parts := make([]string, 0, len(list))
	for _, iv := range list {
		parts = append(parts, iv.From.String()+"-"+iv.To.String())
	}
	return strings.Join(parts, ", ")
}

// CalendarView is the calendar with what was set.
type CalendarView struct {
	Version   int64 // to give back with a change
	Hours     sla.Hours
	Closures  []sla.Closure // by date
	Own       []bool        // of Closures: set on the page, not in the configuration
	Removed   []sla.Closure // of the configuration, taken away on the page
	HoursSet  bool          // hours differ from the configuration
	ChangedBy int64
	ChangedAt time.Time
	LastYear  int
}

// CalendarAsSet is the calendar for the page that changes it.
func (d *Desk) CalendarAsSet(ctx context.Context, a access.Actor) (*CalendarView, error) {
	if err := allowed(a, access.ReadSystem); err != nil {
		return nil, err
	}
	c, v, err := newest[CalendarContent](ctx, d.store, SettingCalendar)
	if err != nil {
		return nil, err
	}
	cal, err := c.on(d.base.cal)
	if err != nil {
		return nil, err
	}
	out := &CalendarView{
		Version: v.Version, Hours: cal.Hours(), Closures: cal.Closures(), HoursSet: c.Hours != nil, ChangedBy: v.SetBy, ChangedAt: v.SetAt, LastYear: cal.LastYear(),
	}
	slices.SortStableFunc(out.Closures, func(x, y sla.Closure) int { return x.Date.Compare(y.Date) })
	for _, x := range out.Closures {
		out.Own = append(out.Own, slices.ContainsFunc(c.Added, closureContent(x).same))
	}
	for _, x := range c.Removed {
		if cl, err := x.closure(); err == nil {
			out.Removed = append(out.Removed, cl)
		}
	}
	return out, nil
}

// CalendarChange is one change: a closure more, a closure less, or other hours.
type CalendarChange struct {
	Version int64 // that CalendarAsSet gave
	Add     *sla.Closure
	Remove  *sla.Closure
	Hours   sla.Hours // nil: as they are
}

// CalendarPreview is what a change would do to the dates that families were told.
type CalendarPreview struct {
	Running   int // clocks that were looked at
	Moves     int // that get another due date
	Later     int
	Sooner    int
	LateAfter int // not late now, and late with the change
	InTime    int // late now, and not late with the change
}

// with is the content after a change.
func (c CalendarContent) with(base *sla.Calendar, r CalendarChange) (CalendarContent, error) {
	out := CalendarContent{Hours: c.Hours, Added: slices.Clone(c.Added), Removed: slices.Clone(c.Removed)}
	switch {
	case r.Add != nil:
		x := closureContent(*r.Add)
		if plainName(x.Name) == "" {
			return out, fault.New(fault.Invalid, "Say what the closure is called, for example Christmas closure")
		}
		if r.Add.Date.Year > base.LastYear() {
			return out, fault.Newf(fault.Invalid, "Bank holidays are known up to %d. A closure after that cannot be set yet", base.LastYear())
		}
		if i := slices.IndexFunc(out.Removed, x.same); i >= 0 {
			out.Removed = slices.Delete(out.Removed, i, i+1)
			return out, nil
		}
		if slices.ContainsFunc(out.Added, x.same) || slices.ContainsFunc(base.Closures(), func(b sla.Closure) bool { return closureContent(b).same(x) }) {
			return out, fault.New(fault.Conflict, "This closure is in the calendar already")
		}
		out.Added = append(out.Added, x)
	case r.Remove != nil:
		x := closureContent(*r.Remove)
		if i := slices.IndexFunc(out.Added, x.same); i >= 0 {
			out.Added = slices.Delete(out.Added, i, i+1)
			return out, nil
		}
		if !slices.ContainsFunc(base.Closures(), func(b sla.Closure) bool { return closureContent(b).same(x) }) || slices.ContainsFunc(out.Removed, x.same) {
			return out, fault.New(fault.Conflict, "This closure is not in the calendar any more")
		}
		out.Removed = append(out.Removed, x)
	case r.Hours != nil:
		out.Hours = map[string][]string{}
		for day := time.Sunday; day <= time.Saturday; day++ {
			for _, iv := range r.Hours[day] {
				out.Hours[strings.ToLower(day.String())] = append(out.Hours[strings.ToLower(day.String())], iv.From.String()+"-"+iv.To.String())
			}
		}
	default:
		return out, fault.New(fault.Invalid, "Nothing is to change")
	}
	return out, nil
}

// next is the content and the calendar after a change; fault.Invalid when the
// office would never be open.
func (d *Desk) next(c CalendarContent, r CalendarChange) (CalendarContent, *sla.Calendar, error) {
	out, err := c.with(d.base.cal, r)
	if err != nil {
		return out, nil, err
	}
	cal, err := out.on(d.base.cal)
	return out, cal, err
}

// PreviewCalendar says what a change would do, and does nothing.
func (d *Desk) PreviewCalendar(ctx context.Context, a access.Actor, r CalendarChange, now time.Time) (CalendarPreview, error) {
	var p CalendarPreview
	if err := sets(a, access.ManageStandards); err != nil {
		return p, err
	}
	c, _, err := newest[CalendarContent](ctx, d.store, SettingCalendar)
	if err != nil {
		return p, err
	}
	_, cal, err := d.next(c, r)
	if err != nil {
		return p, err
	}
	err = d.running(ctx, func(id int64) error {
		stored, err := d.store.ClocksOfTicket(ctx, id)
		if err != nil {
			return err
		}
		events, err := d.store.EventsOfTicket(ctx, id)
		if err != nil {
			return err
		}
		should, err := recomputed(events, d.policies(), cal, true)
		if err != nil {
			return err
		}
		for _, k := range stored {
			want, ok := should[k.ID]
			if k.StoppedAt != nil || !ok {
				continue
			}
			p.Running++
			if want.DueAt.Equal(k.DueAt) {
				continue
			}
			p.Moves++
			if want.DueAt.After(k.DueAt) {
				p.Later++
			} else {
				p.Sooner++
			}
			switch was, is := now.After(k.DueAt), now.After(want.DueAt); {
			case is && !was:
				p.LateAfter++
			case was && !is:
				p.InTime++
			}
		}
		return nil
	})
	return p, err
}

// ChangeCalendar changes the calendar and moves the due dates of clocks that run.
// Clocks that have stopped stay as they were: what was in time then was in time.
func (d *Desk) ChangeCalendar(ctx context.Context, a access.Actor, r CalendarChange, now time.Time) (moved int, err error) {
	if err := sets(a, access.ManageStandards); err != nil {
		return 0, err
	}
	err = d.write(ctx, a, now, func(w *work) error {
		c, _, err := newest[CalendarContent](ctx, w.tx, SettingCalendar)
		if err != nil {
			return err
		}
		content, _, err := d.next(c, r)
		if err != nil {
			return err
		}
		if _, err := w.put(ctx, SettingCalendar, r.Version, content); err != nil {
			return err
		}
		detail := map[string]string{}
		switch {
		case r.Add != nil:
			detail["what"], detail["date"] = "closure_added", r.Add.Date.String()
		case r.Remove != nil:
			detail["what"], detail["date"] = "closure_removed", r.Remove.Date.String()
		default:
			detail["what"] = "hours"
		}
		return w.setting(ctx, SettingCalendar, detail)
	})
	if err != nil {
		return 0, err
	}
	return d.FollowCalendar(ctx, now)
}

// settingFollowed holds the version of the calendar that every clock follows.
const settingFollowed = "calendar.followed"

// FollowCalendar moves clocks that run to the newest calendar, unless all of them
// follow it. A program that ended in the middle leaves the rest to the next call.
func (d *Desk) FollowCalendar(ctx context.Context, now time.Time) (moved int, err error) {
	if _, err := d.Refresh(ctx); err != nil {
		return 0, err
	}
	v := d.rules.Load().calendar
	if v.ID == 0 {
		return 0, nil
	}
	followed, err := d.store.Setting(ctx, settingFollowed)
	if err != nil || followed == strconv.FormatInt(v.Version, 10) {
		return 0, err
	}
	err = d.running(ctx, func(id int64) error {
		n, err := d.recompute(ctx, id, true, now)
		moved += n
		return err
	})
	if err != nil {
		return moved, err
	}
	return moved, d.write(ctx, access.System("calendar"), now, func(w *work) error {
		if err := w.tx.SetSetting(ctx, settingFollowed, strconv.FormatInt(v.Version, 10)); err != nil {
			return err
		}
		return w.audit(ctx, audit.SettingChanged, "setting:"+SettingCalendar, 0, map[string]string{
			"what": "clocks_moved", "version": strconv.FormatInt(v.Version, 10), "moved": strconv.Itoa(moved),
		})
	})
}

// running calls fn with every ticket that has a clock which has not stopped.
func (d *Desk) running(ctx context.Context, fn func(id int64) error) error {
	var after int64
	for {
		ids, err := d.store.TicketsRunning(ctx, after, sweepBatch)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := fn(id); err != nil {
				return err
			}
			after = id
		}
		if len(ids) < sweepBatch {
			return nil
		}
	}
}
