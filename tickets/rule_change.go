package tickets

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// How strict a rule is by the will of two people.
const (
	LevelShips   = ""        // as the program has it
	LevelWarn    = "warn"    // it points something out, and asks nothing
	LevelConfirm = "confirm" // it asks
)

// levelLasts is the longest that a rule can be less or more strict than it ships:
// then somebody has to ask again.
const levelLasts = 90 * 24 * time.Hour

// GuardChange is the wish that a rule be less or more strict, until a day.
type GuardChange struct {
	ID          int64
	Rule, Level string
	Until       string // local date, the last day on which it holds
	Reason      PrivateText
	AskedBy     int64
	AskedAt     time.Time // UTC
	State       string    // "open", "approved", "refused"
	SettledBy   int64
	SettledAt   *time.Time
	Answer      PrivateText
	AskedName   string // for showing
	SettledName string
}

// GuardLevel is how strict a rule is until a day.
type GuardLevel struct {
	Level string    `json:"level"`
	Until string    `json:"until"` // local date
	By    []int64   `json:"by"`    // who asked, who approved
	At    time.Time `json:"at"`
}

// GuardLevels are by rule id. What is past its day does not count.
type GuardLevels map[string]GuardLevel

// On are the levels that hold on a local date.
func (l GuardLevels) On(today string) map[string]string {
	out := map[string]string{}
	for rule, x := range l {
		if today <= x.Until {
			out[rule] = x.Level
		}
	}
	return out
}

func guardDenied(a access.Actor) error {
	if sets(a, access.ManageGuard) != nil {
		return fault.New(fault.Denied, "You cannot do this. Data protection, a head of service or a safeguarding lead can")
	}
	return nil
}

// AskGuardChange asks that a rule be less or more strict. Nothing changes until
// another person approves. lockedRule says which rules nobody can change.
func (d *Desk) AskGuardChange(ctx context.Context, a access.Actor, c GuardChange, lockedRule func(string) bool, now time.Time) error {
	if err := guardDenied(a); err != nil {
		return err
	}
	until, err := time.Parse(time.DateOnly, c.Until)
	reason := strings.TrimSpace(c.Reason.ForStaff())
	switch {
	case c.Rule == "" || lockedRule(c.Rule):
		return fault.New(fault.Refused, "This rule is locked. Nobody can make it less strict")
	case c.Level != LevelShips && c.Level != LevelWarn && c.Level != LevelConfirm:
		return fault.New(fault.Invalid, "Choose how strict the rule is to be")
	case c.Level != LevelShips && err != nil:
		return fault.New(fault.Invalid, "Give the last day on which it holds")
	case c.Level != LevelShips && (until.Before(now.Truncate(24*time.Hour)) || until.Sub(now) > levelLasts):
		return fault.New(fault.Invalid, "The last day lies between today and 90 days from now: then somebody looks again")
	case reason == "" || len(reason) > maxWords:
		return fault.New(fault.Invalid, "Say why, in up to 4000 characters")
	}
	return d.write(ctx, a, now, func(w *work) error {
		c.AskedBy, c.AskedAt, c.State, c.Reason = a.StaffID, w.now, "open", NewPrivateText(reason)
		if err := w.tx.InsertGuardChange(ctx, &c); err != nil {
			return err
		}
		return w.audit(ctx, audit.GuardAsked, "rule:"+c.Rule, 0, map[string]string{"level": levelWord(c.Level), "until": c.Until})
	})
}

// SettleGuardChange approves or refuses, as the second person.
func (d *Desk) SettleGuardChange(ctx context.Context, a access.Actor, id int64, approve bool, answer string, now time.Time) error {
	if err := guardDenied(a); err != nil {
		return err
	}
	answer = strings.TrimSpace(answer)
	if !approve && answer == "" || len(answer) > maxWords {
		return fault.New(fault.Invalid, "Say why, in up to 4000 characters")
	}
	return d.write(ctx, a, now, func(w *work) error {
		c, err := w.tx.GuardChangeByID(ctx, id)
		switch {
		case err != nil:
			return err
		case c.AskedBy == a.StaffID:
			return fault.New(fault.Denied, "Somebody else has to approve what you asked for")
		case c.State != "open":
			return fault.New(fault.Conflict, "This was settled already")
		}
		c.State, c.SettledBy, c.SettledAt, c.Answer = "refused", a.StaffID, &w.now, NewPrivateText(answer)
		action := audit.GuardRefused
		if approve {
			c.State, action = "approved", audit.GuardChanged
			if err := w.setLevel(ctx, c); err != nil {
				return err
			}
		}
		if err := w.tx.SettleGuardChange(ctx, c); err != nil {
			return err
		}
		return w.audit(ctx, action, "rule:"+c.Rule, 0, map[string]string{
			"level": levelWord(c.Level), "until": c.Until, "asked_by": strconv.FormatInt(c.AskedBy, 10),
		})
	})
}

func (w *work) setLevel(ctx context.Context, c *GuardChange) error {
	levels, v, err := newest[GuardLevels](ctx, w.tx, SettingGuardLevels)
	if err != nil {
		return err
	}
	if levels == nil {
		levels = GuardLevels{}
	}
	if c.Level == LevelShips {
		delete(levels, c.Rule)
	} else {
		levels[c.Rule] = GuardLevel{Level: c.Level, Until: c.Until, By: []int64{c.AskedBy, w.actor.StaffID}, At: w.now}
	}
	_, err = w.put(ctx, SettingGuardLevels, v.Version, levels)
	return err
}

func levelWord(level string) string {
	if level == LevelShips {
		return "as_shipped"
	}
	return level
}

// GuardSettings is what two people settled about rules, and what still waits.
type GuardSettings struct {
	Levels  GuardLevels
	Changes []GuardChange // newest first
}

// GuardSettings reads them for who may know the guard's rules.
func (d *Desk) GuardSettings(ctx context.Context, a access.Actor) (*GuardSettings, error) {
	if err := allowed(a, access.ReadGuard); err != nil {
		return nil, err
	}
	levels, _, err := newest[GuardLevels](ctx, d.store, SettingGuardLevels)
	if err != nil {
		return nil, err
	}
	changes, err := d.store.GuardChanges(ctx)
	return &GuardSettings{Levels: levels, Changes: changes}, err
}
