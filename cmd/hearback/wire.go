package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hearback/mailbox/outbound"
	"hearback/mailbox/parse"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/tickets/register"
	"hearback/tickets/store"
	"hearback/web"
)

// App is the whole program, wired. Run starts it; nothing runs before.
type App struct {
	cfg        Config
	log        *slog.Logger
	store      *store.DB
	desk       *tickets.Desk
	doors      *doors
	folders    []folder
	mailboxes  []tickets.Mailbox
	holder     string // names this run of the program in leases and claims
	leases     []*lease
	leaseTime  time.Duration
	sweepLease *lease // of the sweep and of tidying
	aliveLease *lease // says that this program is alive: what it has claimed is its own
	watch      *watch
	alarm      alarmRoutes
	hooks      []*hook   // endpoints that are told of events
	scans      *scanLoop // nil without a scanner
	filers     []filer   // of mailboxes whose Sent folder gets a copy of what was sent
	dispatcher *outbound.Dispatcher
	events     *web.Events
	imports    *web.Imports
	reviews    *reviews
	pulse      *pulse
	wake       chan struct{} // a letter may be due
	mailings   chan struct{} // a list of a mailing was made, or one was approved
	// now is the database's time, except while the demonstration loads its history.
	now  func(ctx context.Context) (time.Time, error)
	demo *demoWorld // nil unless this is the demonstration
}

// NewApp opens the database and puts everything together. Close gives it back.
func NewApp(ctx context.Context, cfg Config, log *slog.Logger, change func(*App)) (*App, error) {
	dsn, err := Secret(cfg.Database.DSNEnv, cfg.Database.DSNFile)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Options{
		Engine: cfg.Database.Engine, Dir: cfg.DataDir, DSN: dsn, RefPrefix: cfg.Council.TicketPrefix, Logger: log,
		NoSync: cfg.demoLoading,
	})
	if err != nil {
		return nil, err
	}
	a := &App{
		cfg: cfg, log: log, store: db, events: web.NewEvents(), imports: web.NewImports(), reviews: newReviews(), pulse: newPulse(), wake: make(chan struct{}, 1), mailings: make(chan struct{}, 1),
		now: db.Now, leaseTime: leaseTime, watch: newWatch(),
	}
	if change != nil {
		change(a)
	}
	if err := a.wire(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Close ends connections and the database. Run must have returned.
func (a *App) Close() error {
	for _, f := range a.folders {
		f.poller.Close()
	}
	if a.dispatcher != nil {
		a.dispatcher.Close()
	}
	a.imports.Close()
	return a.store.Close()
}

func (a *App) wire(ctx context.Context) error {
	calendar, err := a.cfg.Calendar()
	if err != nil {
		return err
	}
	settings, err := a.cfg.Settings()
	if err != nil {
		return err
	}
	if settings.RestoredAt, err = a.sinceRestore(ctx); err != nil {
		return err
	}
	a.desk, err = tickets.NewDesk(tickets.Deps{
		Store: a.store, Outbox: a.store, Calendar: calendar, Policies: a.cfg.Policies(), Settings: settings, Random: rand.Reader,
	})
	if err != nil {
		return err
	}
	if err := a.register(ctx); err != nil {
		return err
	}
	if err := a.groupTeams(ctx); err != nil {
		return err
	}
	if _, err := a.desk.Refresh(ctx); err != nil {
		return err
	}
	if a.doors, err = a.cfg.Doors(a.mailboxes); err != nil {
		return err
	}
	if err := a.wireOutbound(); err != nil {
		return err
	}
	a.sweepLease = a.lease("sweep", nil)
	a.aliveLease = a.lease(tickets.ProgramLease(a.holder), nil)
	if err := a.wireHooks(); err != nil {
		return err
	}
	if err := a.wireAlarm(); err != nil {
		return err
	}
	if err := a.wireScans(); err != nil {
		return err
	}
	a.wireInbound()
	a.wireFilers()
	return nil
}

// register puts the mailboxes, their teams and the staff domains of the
// configuration into the register. Running it again changes nothing, and takes back
// nothing of what two people have changed about the domains.
func (a *App) register(ctx context.Context) error {
	err := a.store.Write(ctx, func(tx tickets.Tx) error {
		set, err := tickets.MailboxTeams(ctx, tx)
		if err != nil {
			return err
		}
		for _, m := range a.cfg.Mailboxes {
			teamID, ok := set[m.Name] // what was set on the page rules over the configuration
			if !ok {
				team, err := teamNamed(ctx, tx, m.Team)
				if err != nil {
					return err
				}
				teamID = team.ID
			}
			mb := tickets.Mailbox{Name: m.Name, Address: m.Address, TeamID: teamID}
			if err := tx.UpsertMailbox(ctx, &mb); err != nil {
				return err
			}
			a.mailboxes = append(a.mailboxes, mb)
		}
		return nil
	})
	if err != nil {
		return err
	}
	now, err := a.now(ctx)
	if err != nil {
		return err
	}
	return a.desk.RegisterStaffDomains(ctx, a.cfg.StaffDomain, now)
}

// teamNamed finds a team, or makes it.
func teamNamed(ctx context.Context, tx tickets.Tx, name string) (*register.Team, error) {
	team, err := tx.TeamByName(ctx, name)
	if err == nil {
		// The configuration names it: a team that was removed comes back.
		return team, tx.RestoreTeam(ctx, team.ID)
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	team = &register.Team{Name: name}
	return team, tx.InsertTeam(ctx, team)
}

// Settings are the settings of the domain.
func (c Config) Settings() (tickets.Settings, error) {
	s := tickets.DefaultSettings()
	s.CouncilName, s.TeamPhone, s.EmergencyDuty = c.Council.Name, c.Council.TeamPhone, c.Council.EmergencyDuty
	s.SENDIASSName, s.SENDIASSPhone, s.PrivacyURL = c.Council.SENDIASSName, c.Council.SENDIASSPhone, c.Council.PrivacyURL
	s.BaseURL, s.Mode, s.Hold = c.HTTP.BaseURL, c.Outbound.Mode, time.Duration(c.Outbound.Hold)
	s.HighRiskHold, s.OverdueAfter = time.Duration(c.Outbound.HoldHighRisk), time.Duration(c.Outbound.OverdueAfter)
	s.MailingPerHour = c.Outbound.MailingPerHour
	s.ReopenDays, s.AcksPerHour = c.Intake.ReopenDays, c.Intake.AckPerHour
	for _, d := range c.StaffDomain {
		s.StaffDomains = append(s.StaffDomains, strings.ToLower(strings.TrimSpace(d)))
	}
	for _, h := range c.Webhooks {
		s.Hooks = append(s.Hooks, tickets.Hook{Name: h.Name, Kinds: h.Events})
	}
	s.TrustedAuth, s.SentCopies = map[string]string{}, map[string]bool{}
	for _, m := range c.Mailboxes {
		s.SentCopies[m.Name] = m.IMAP.sentCopy() == sentCopyAppend
		if m.TrustedAuthServer != "" {
			s.TrustedAuth[m.Name] = m.TrustedAuthServer
		}
	}
	if c.Outbound.GoLive != "" {
		d, err := sla.ParseDate(c.Outbound.GoLive)
		if err != nil {
			return s, err
		}
		s.GoLive = d.Midnight()
	}
	return s, s.Validate()
}

func (m MailboxConfig) imapPassword() (string, error) {
	if m.demoPassword != "" {
		return m.demoPassword, nil
	}
	return Secret(m.IMAP.PasswordEnv, m.IMAP.PasswordFile)
}

func (m MailboxConfig) smtpPassword() (string, error) {
	if m.demoPassword != "" {
		return m.demoPassword, nil
	}
	return Secret(m.SMTP.PasswordEnv, m.SMTP.PasswordFile)
}

// stored is told after each commit of the intake.
func (a *App) stored() {
	a.wakeUp()
	a.wakeHooks()
	a.scans.nudge()
	a.events.Publish("counts", "")
	a.events.Publish("item.added", "")
}

func (a *App) wakeUp() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

func tlsFrom(caFile string) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if caFile == "" {
		return cfg, nil
	}
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, fmt.Errorf("the certificate authority cannot be read: %w", err)
	}
	cfg.RootCAs = x509.NewCertPool()
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fault.Newf(fault.Invalid, "%s holds no certificate", filepath.Base(caFile))
	}
	return cfg, nil
}

func newLogger(c Log, w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // checked with the configuration
	opts := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// mailReader reads parts of raw mails for the pages.
type mailReader struct{}

func (mailReader) SafeHTML(raw []byte) (string, bool) {
	html, ok := parse.HTML(raw)
	if !ok {
		return "", false
	}
	return parse.SafeHTML(html), true
}

func (mailReader) Part(raw []byte, path string) (io.Reader, tickets.Part, error) {
	return parse.Part(raw, path)
}

func (mailReader) Headers(raw []byte) string { return parse.Headers(raw) }
