package tickets

import (
	"context"
	"time"

	"hearback/tickets/register"
)

// SettingVersion is one state of what people set on the administration pages.
// The newest of a name rules over the configuration; the others say what held
// when, and who set it.
type SettingVersion struct {
	ID      int64
	Name    string // SettingStandards, SettingCalendar, SettingMailboxTeams
	Version int64  // 1, 2, 3 of the name
	Content string // JSON
	SetBy   int64
	SetAt   time.Time // UTC
}

// The names of settings that have versions.
const (
	SettingStandards    = "standards"
	SettingCalendar     = "calendar"
	SettingMailboxTeams = "mailbox_teams"
)

// TeamView is a team with what belongs to it.
type TeamView struct {
	register.Team
	Cases     int // open ones
	Open      int // enquiries that are not finished
	People    int // active accounts
	Mailboxes int
}

// StaffFigure says how an account signs in. Times are UTC, zero for never.
type StaffFigure struct {
	LastSignIn   time.Time
	DisabledAt   time.Time
	InviteEnds   time.Time // of an invitation that was not taken up
	SecondFactor bool
	Council      bool // signs in with the council's account
	Password     bool
	Sessions     int
}

// SettingsReader is what the administration of teams, standards and calendars
// asks. Nothing in it is about a child or a family.
type SettingsReader interface {
	SettingNewest(ctx context.Context, name string) (*SettingVersion, error)              // fault.NotFound
	SettingAt(ctx context.Context, name string, version int64) (*SettingVersion, error)   // fault.NotFound
	SettingHistory(ctx context.Context, name string, limit int) ([]SettingVersion, error) // newest first
	SettingsVersion(ctx context.Context) (int64, error)                                   // of all; 0 when nothing was set
	// TicketsRunning lists tickets with a clock that has not stopped, by id above after.
	TicketsRunning(ctx context.Context, after int64, limit int) ([]int64, error)
	Teams(ctx context.Context) ([]TeamView, error) // that were not removed, by name
	TeamRemoved(ctx context.Context, id int64) (bool, error)
}

// SettingsTx is what the administration writes.
type SettingsTx interface {
	InsertSetting(ctx context.Context, v *SettingVersion) error // sets ID; fault.Conflict when the version is there
	RemoveTeam(ctx context.Context, id int64, now time.Time) error
	RestoreTeam(ctx context.Context, id int64) error
}
