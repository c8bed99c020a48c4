package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"hearback/mailbox/devmail"
	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web"
	"hearback/web/view"
)

// The demonstration is the whole product on this machine alone: the same
// program, with an embedded mail server, a made-up council and 60 days of
// correspondence that went through the real intake on a simulated clock.

const (
	demoPassword = "demo"          // of every mailbox of the embedded server
	demoStaffPw  = "hearback-demo" // of every account
	demoDays     = 60
	demoHold     = 20 * time.Second
	demoMailbox  = "sen@" + demoDomain
	demoMailbox2 = "sen-south@" + demoDomain
)

type demoFlags struct {
	listen, imap, smtp, data, token string
	reset                           bool
	parentEvery                     time.Duration
	days                            int
}

func runDemo(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) (err error) {
	var f demoFlags
	fs := flag.NewFlagSet("hearback demo", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.StringVar(&f.listen, "listen", "127.0.0.1:8080", "`address` of the pages; this machine only")
	fs.StringVar(&f.imap, "imap", "127.0.0.1:1143", "`address` of the embedded IMAP server; this machine only")
	fs.StringVar(&f.smtp, "smtp", "127.0.0.1:1025", "`address` of the embedded SMTP server; this machine only")
	fs.StringVar(&f.data, "data", "data/demo", "`directory` for the demonstration's data")
	fs.StringVar(&f.token, "api-token", "", "make this API `token`; it is a team lead's")
	fs.BoolVar(&f.reset, "reset", false, "begin anew")
	fs.DurationVar(&f.parentEvery, "parent-every", 90*time.Second, "how `often` the scripted parent writes; 0 for never")
	fs.IntVar(&f.days, "days", demoDays, "`days` of correspondence to put in")
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	for name, addr := range map[string]string{"-listen": f.listen, "-imap": f.imap, "-smtp": f.smtp} {
		host, _, err := net.SplitHostPort(addr)
		if err != nil || !isLoopbackHost(host) {
			return fault.Newf(fault.Invalid, "%s %s: the demonstration listens on this machine alone, for example 127.0.0.1:8080", name, addr)
		}
	}
	if err := demoDir(f.data, f.reset); err != nil {
		return err
	}
	log := newLogger(Log{Level: "warn", Format: "text"}, errs)
	if err := loadDemo(ctx, f, log, out); err != nil {
		if ctx.Err() != nil {
			_, _ = fmt.Fprintln(out, "\nStopped. The next start begins the history anew.")
			return nil
		}
		return err
	}
	w, err := openDemo(ctx, f, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.findCast(ctx); err != nil {
		return err
	}
	return w.serve(ctx, out)
}

// loadDemo puts the history in at the first start, with a database that does
// not wait for the disk, and closes everything again.
func loadDemo(ctx context.Context, f demoFlags, log *slog.Logger, out io.Writer) (err error) {
	st, err := readDemoState(filepath.Join(f.data, demoMark))
	if err != nil || st.Loaded {
		return err
	}
	w, err := openDemo(ctx, f, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	return w.load(ctx, out)
}

// demoMark is the file that says that a directory is a demonstration's.
const demoMark = "demo.json"

type demoState struct {
	Council string    `json:"council"`
	Loaded  bool      `json:"loaded"` // the history is in
	Until   time.Time `json:"until"`
}

// demoDir makes sure that the directory is new or a demonstration's: this
// program will delete what is in it on -reset, and must never do that to mail
// of real people.
func demoDir(dir string, reset bool) error {
	mark := filepath.Join(dir, demoMark)
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("the demonstration's directory: %w", err)
	}
	if len(entries) > 0 {
		if _, err := os.Stat(mark); err != nil {
			return fault.Newf(fault.Invalid, "%s holds files that are not a demonstration's. Choose another directory with -data", dir)
		}
	}
	st, err := readDemoState(mark)
	if err != nil {
		return err
	}
	if len(entries) > 0 && (reset || !st.Loaded) {
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("clearing the demonstration: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("the demonstration's directory: %w", err)
	}
	if _, err := os.Stat(mark); err == nil {
		return nil
	}
	return writeDemoState(mark, demoState{Council: demoCouncil})
}

func readDemoState(mark string) (demoState, error) {
	var st demoState
	b, err := os.ReadFile(mark)
	if errors.Is(err, os.ErrNotExist) {
		return st, nil
	}
	if err != nil {
		return st, fmt.Errorf("the demonstration's state: %w", err)
	}
	if err := json.Unmarshal(b, &st); err != nil || st.Council != demoCouncil {
		return st, fault.Newf(fault.Invalid, "%s is not a demonstration's. Choose another directory with -data", mark)
	}
	return st, nil
}

func writeDemoState(mark string, st demoState) error {
	b, err := json.Marshal(st)
	if err != nil {
		return err
	}
	tmp := mark + ".tmp"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, mark)
}

// demoWorld is the program and the world around it.
type demoWorld struct {
	flags demoFlags
	log   *slog.Logger
	post  *devmail.Server
	app   *App
	clock atomic.Pointer[time.Time] // simulated time; nil: the real one
	cast  map[string]int64          // staff key -> id
	boxes sync.Map                  // key of a box on the page -> address
}

func (w *demoWorld) time() time.Time {
	if t := w.clock.Load(); t != nil {
		return *t
	}
	return time.Now().UTC()
}

func (w *demoWorld) set(t time.Time) {
	t = t.UTC().Truncate(time.Second)
	w.clock.Store(&t)
}

func openDemo(ctx context.Context, f demoFlags, log *slog.Logger) (w *demoWorld, err error) {
	w = &demoWorld{flags: f, log: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	w.post, err = devmail.Open(filepath.Join(f.data, "mail"), devmail.Options{Password: demoPassword, Now: w.time})
	if err != nil {
		return w, err
	}
	imapAddr, err := w.post.ListenIMAP(f.imap)
	if err != nil {
		return w, fmt.Errorf("the embedded IMAP server: %w", err)
	}
	smtpAddr, err := w.post.ListenSMTP(f.smtp)
	if err != nil {
		return w, fmt.Errorf("the embedded SMTP server: %w", err)
	}
	w.flags.imap, w.flags.smtp = imapAddr, smtpAddr
	st, err := readDemoState(filepath.Join(f.data, demoMark))
	if err != nil {
		return w, err
	}
	cfg := demoConfig(w.flags, st)
	cfg.demoLoading = !st.Loaded
	w.app, err = NewApp(ctx, cfg, log, func(a *App) {
		a.demo = w
		a.now = func(ctx context.Context) (time.Time, error) {
			if t := w.clock.Load(); t != nil {
				return *t, nil
			}
			return a.store.Now(ctx)
		}
	})
	return w, err
}

func (w *demoWorld) close() error {
	var errs []error
	if w.app != nil {
		errs = append(errs, w.app.Close())
	}
	if w.post != nil {
		errs = append(errs, w.post.Close())
	}
	return errors.Join(errs...)
}

// demoConfig is the configuration of the made-up council.
func demoConfig(f demoFlags, st demoState) Config {
	cfg := Default()
	cfg.Council = Council{
		Name: demoCouncil, TeamPhone: "01234 000000", EmergencyDuty: "01234 000111",
		SENDIASSName: "Westmarsh SENDIASS", SENDIASSPhone: "01234 000222", TicketPrefix: "SEN",
	}
	cfg.DataDir = filepath.Join(f.data, "db")
	cfg.HTTP.Listen, cfg.HTTP.BaseURL = f.listen, "http://"+f.listen
	cfg.Outbound.Mode, cfg.Outbound.Hold, cfg.Outbound.HoldHighRisk = tickets.ModeSend, Duration(demoHold), Duration(3*demoHold)
	live := st.Until
	if live.IsZero() {
		live = time.Now()
	}
	cfg.Outbound.GoLive = sla.DateOf(live).AddDays(-f.days - 30).String()
	cfg.StaffDomain = []string{demoDomain}
	cfg.SignIn.TOTP = totpOptional // the passwords stand on the page
	imapHost, imapPort := hostPort(f.imap)
	smtpHost, smtpPort := hostPort(f.smtp)
	for _, m := range []struct{ name, address, team string }{{"sen", demoMailbox, "North"}, {"south", demoMailbox2, "South"}} {
		cfg.Mailboxes = append(cfg.Mailboxes, MailboxConfig{
			Name: m.name, Address: m.address, Team: m.team, PlusAddressing: true, demoPassword: demoPassword,
			IMAP: IMAPConfig{Host: imapHost, Port: imapPort, TLS: "none", Username: m.address, Folder: "INBOX", After: "leave", Poll: Duration(30 * time.Second), SentCopy: sentCopyAppend},
			SMTP: SMTPConfig{Host: smtpHost, Port: smtpPort, TLS: "none"},
		})
	}
	return cfg
}

func hostPort(addr string) (string, int) {
	host, port, _ := net.SplitHostPort(addr)
	n, _ := net.LookupPort("tcp", port)
	return host, n
}

func (w *demoWorld) serve(ctx context.Context, out io.Writer) error {
	if w.flags.token != "" {
		ends := time.Now().Add(365 * 24 * time.Hour)
		if err := addToken(ctx, w.app.store, w.flags.token, w.cast["ola"], "demonstration", ends); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	parentCtx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	err := w.app.Serve(ctx, w.flags.listen, func(addr string) {
		w.welcome(out, addr)
		if w.flags.parentEvery > 0 {
			wg.Go(func() { w.parentWrites(parentCtx) })
		}
	})
	stop()
	return err
}

func (w *demoWorld) welcome(out io.Writer, addr string) {
	_, _ = fmt.Fprintf(out, `
hearback is running with a made-up council: http://%s

Sign in with the password %s as
  priya.nair@%-20s SEN officer
  dean.foss@%-21s SEN officer
  ola.reyes@%-21s team lead, North
  grace.obi@%-21s team lead, South
  sam.tully@%-21s duty officer
  ade.winter@%-20s system administrator: mailboxes, no cases

Try this
  1. Look at http://%s/parents: what families received. Write to us as one of them.
  2. See the enquiry appear in the inbox without reloading, with the date an answer is due.
  3. Answer it. Then write an internal note, and try to get its words into a reply.
  4. Sign in as the lead: who is about to run late.

Any mail program can play any parent: IMAP %s, SMTP %s,
user name any address, password %s. Stop with Ctrl-C; -reset begins anew.
`, addr, demoStaffPw, demoDomain, demoDomain, demoDomain, demoDomain, demoDomain, demoDomain, addr, w.flags.imap, w.flags.smtp, demoPassword)
}

// demoMail is the world outside as the pages see it; nil unless this is the demonstration.
func (a *App) demoMail() web.DemoMail {
	if a.demo == nil {
		return nil
	}
	return a.demo
}

func (a *App) demoUsers() []view.DemoUser {
	if a.demo == nil {
		return nil
	}
	var out []view.DemoUser
	for _, s := range demoStaff() {
		out = append(out, view.DemoUser{Name: s.name, Role: string(s.role), Email: s.email(), Password: demoStaffPw})
	}
	return out
}
