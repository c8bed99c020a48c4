package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web"
)

// staleMail is how long a mailbox may go without a look that went through
// before health turns red: two looks of the default interval.
const staleMail = 100 * time.Second

// refusedLooks in a row at which the mail server refuses our sign-in are no
// hiccup of its: a person has to put it right, and is told before the mailbox is late.
const refusedLooks = 5

// pulse remembers when the steps last went well.
type pulse struct {
	mu                    sync.Mutex
	dispatchAt, sweepAt   time.Time
	dispatchErr, sweepErr string
	startedAt             time.Time
}

func newPulse() *pulse {
	now := time.Now()
	return &pulse{startedAt: now, dispatchAt: now, sweepAt: now}
}

func (p *pulse) dispatched(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dispatchErr = ""
	if err != nil {
		p.dispatchErr = fault.SafeText(err)
		return
	}
	p.dispatchAt = time.Now()
}

func (p *pulse) swept(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweepErr = ""
	if err != nil {
		p.sweepErr = fault.SafeText(err)
		return
	}
	p.sweepAt = time.Now()
}

// folderState is how a folder is doing.
type folderState struct {
	web.MailboxState
	since     time.Time // when it was last known to be read
	elsewhere bool      // another program reads it
	stored    int64
	failures  int
	lastNew   time.Time
}

func (a *App) folderState(f folder, now time.Time) folderState {
	st := f.poller.Status()
	s := folderState{
		MailboxState: web.MailboxState{Mailbox: a.mailboxes[f.box], Folder: st.Folder, LastGood: st.LastGood, Problem: st.Problem},
		since:        f.since(st, a.pulse.startedAt), elsewhere: !f.lease.mine(), stored: st.Stored, failures: st.Failures, lastNew: st.LastNew,
	}
	if s.elsewhere {
		// The program that reads it knows how it is; here nothing is wrong.
		s.OK, s.Problem = true, ""
		return s
	}
	limit := staleMail
	if f.kind != tickets.FolderInbox {
		// These are looked at by the clock alone.
		limit = max(limit, 2*a.folderPoll(f)+staleMail/2)
	}
	silent := now.Sub(s.since)
	s.OK = s.Problem == "" && silent < limit
	s.Alarm = st.SignInRefused && st.Failures >= refusedLooks || silent > max(time.Duration(a.cfg.Intake.AlarmAfterMins)*time.Minute, limit)
	if why := a.watch.refusalOf(s.Mailbox.Name); why != "" {
		// The token may be good for an hour yet; then mail stops for certain.
		s.OK, s.Alarm = false, true
		if s.Problem == "" {
			s.Problem = why
		}
	}
	return s
}

func (a *App) folderPoll(f folder) time.Duration {
	if d := time.Duration(a.cfg.Mailboxes[f.box].IMAP.FolderPoll); d > 0 {
		return d
	}
	return defaultFolderPoll
}

// mailboxStates is how every folder of every mailbox is doing.
func (a *App) mailboxStates(context.Context) []web.MailboxState {
	now := time.Now()
	out := make([]web.MailboxState, 0, len(a.folders))
	for _, f := range a.folders {
		out = append(out, a.folderState(f, now).MailboxState)
	}
	return out
}

// health is how the parts are doing: "" for each that is well.
func (a *App) health(ctx context.Context) web.Health {
	var h web.Health
	now := time.Now()
	for _, f := range a.folders {
		m := a.folderState(f, now)
		if m.OK {
			continue
		}
		why := m.Problem
		if why == "" {
			why = "it has not been read for too long"
		}
		of := "mailbox " + m.Mailbox.Name
		if f.kind != tickets.FolderInbox {
			of += ", folder " + m.Folder
		}
		h.MailIn += of + ": " + strings.TrimSpace(why) + " "
	}
	h.MailIn = strings.TrimSpace(h.MailIn)
	a.pulse.mu.Lock()
	if a.pulse.sweepErr != "" || time.Since(a.pulse.sweepAt) > 8*sweepEvery {
		h.Sweep = "clocks are not being looked at. " + a.pulse.sweepErr
	}
	if a.pulse.dispatchErr != "" || time.Since(a.pulse.dispatchAt) > 8*dispatchEvery {
		h.MailOut = "letters are not being sent. " + a.pulse.dispatchErr
	}
	a.pulse.mu.Unlock()
	if out := a.dispatcher.Health(); !out.OK && h.MailOut == "" {
		h.MailOut = "the mail server does not take letters since " + sla.FormatShort(out.Since) + ". " + out.Trouble
	}
	if err := a.diskGate(ctx); err != nil {
		h.Disk = fault.SafeText(err)
	}
	h.Warnings = a.watch.all()
	return h
}

// diskGate refuses work when the disk is nearly full: better to leave mail on
// the server than to stop in the middle of it.
func (a *App) diskGate(context.Context) error {
	if a.cfg.Database.Engine != "sqlite" && a.cfg.DataDir == "" {
		return nil
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(a.cfg.DataDir, &st); err != nil {
		return fault.Wrap(fault.Temporary, "The data directory cannot be read.", err)
	}
	free := int64(st.Bavail) * int64(st.Bsize) //nolint:unconvert // Bsize differs between machines
	if free < int64(a.cfg.Intake.FreeDiskMB)<<20 {
		return fault.Newf(fault.Temporary, "The disk is nearly full (%d MB free). New mail waits on the server; nothing is lost. Make room and it goes on by itself.", free>>20)
	}
	probe, err := os.CreateTemp(a.cfg.DataDir, ".probe-*")
	if err != nil {
		return fault.Wrap(fault.Temporary, "The data directory cannot be written to.", err)
	}
	name := probe.Name()
	_, werr := probe.WriteString("ok")
	cerr := probe.Close()
	_ = os.Remove(name)
	if werr != nil || cerr != nil {
		return fault.Wrap(fault.Temporary, "The disk is full. New mail waits on the server; nothing is lost. Make room and it goes on by itself.", werr)
	}
	return nil
}

// healthz answers 200 when mail in, mail out, the sweep and the disk are well,
// else 503 with the reason.
func (a *App) healthz(w http.ResponseWriter, r *http.Request) {
	h := a.health(r.Context())
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	bad := false
	var b strings.Builder
	for _, part := range []struct{ name, problem string }{
		{"mail in", h.MailIn}, {"mail out", h.MailOut}, {"sweep", h.Sweep}, {"disk", h.Disk},
	} {
		if part.problem == "" {
			fmt.Fprintf(&b, "%s: ok\n", part.name)
			continue
		}
		bad = true
		fmt.Fprintf(&b, "%s: %s\n", part.name, strings.TrimSpace(part.problem))
	}
	if _, err := a.store.Now(r.Context()); err != nil {
		bad = true
		b.WriteString("database: it does not answer\n")
	}
	b.WriteString(a.folderLines())
	switch {
	case a.scans == nil:
		b.WriteString("virus scanner: none is set up\n")
	case a.watch.get(a.watch.warnings, "scanner") == "":
		b.WriteString("virus scanner: ok\n")
	}
	for _, warning := range a.watch.all() { // to be seen to in time; nothing stands still for it
		fmt.Fprintf(&b, "warning: %s\n", warning)
	}
	if bad {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = w.Write([]byte(b.String()))
}

// folderLines says of every folder when it was last read.
func (a *App) folderLines() string {
	var b strings.Builder
	now := time.Now()
	for _, f := range a.folders {
		m := a.folderState(f, now)
		fmt.Fprintf(&b, "mailbox %s, folder %s: ", m.Mailbox.Name, m.Folder)
		switch {
		case m.elsewhere:
			b.WriteString("read by another program\n")
		case m.LastGood.IsZero():
			b.WriteString("not read yet\n")
		default:
			fmt.Fprintf(&b, "read %d seconds ago\n", int(now.Sub(m.LastGood).Seconds()))
		}
	}
	return b.String()
}

// mode is the outbound mode of the installation.
func (a *App) mode() tickets.Mode { return a.cfg.Outbound.Mode }
