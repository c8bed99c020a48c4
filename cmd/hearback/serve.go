package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"hearback/api"
	"hearback/mailbox/inbound"
	"hearback/mailbox/parse"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/web"
	"hearback/web/view"
)

// shutdownTime is how long requests and a letter in flight may take to end.
const shutdownTime = 75 * time.Second

func runServe(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) error {
	path, rest, err := configFlag("serve", args, errs, nil)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fault.Newf(fault.Invalid, "serve takes no %q", rest[0])
	}
	cfg, err := LoadConfig(path)
	if err != nil {
		return err
	}
	log := newLogger(cfg.Log, errs)
	a, err := NewApp(ctx, cfg, log, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Serve(ctx, cfg.HTTP.Listen, func(addr string) {
		_, _ = fmt.Fprintf(out, "hearback %s listens on %s. Outbound mode: %s.\n", version, addr, cfg.Outbound.Mode)
	})
}

// configFlag reads -config, and whatever more adds.
func configFlag(name string, args []string, errs io.Writer, more func(*flag.FlagSet)) (string, []string, error) {
	fs := flag.NewFlagSet("hearback "+name, flag.ContinueOnError)
	fs.SetOutput(errs)
	path := fs.String("config", "", "the configuration `file`")
	if more != nil {
		more(fs)
	}
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return "", nil, err
		}
		return "", nil, errUsage
	}
	if *path == "" {
		return "", nil, fault.Newf(fault.Invalid, "Give the configuration: hearback %s -config FILE. config.example.yaml shows every setting.", name)
	}
	return *path, fs.Args(), nil
}

// Serve answers requests and runs the schedule until ctx ends. ready is told
// the address once it listens; it may be nil.
func (a *App) Serve(ctx context.Context, listen string, ready func(addr string)) error {
	handler, err := a.Handler()
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", listen, err)
	}
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second,
		WriteTimeout: 120 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		// Live events never end by themselves: they end when we do.
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	var wg sync.WaitGroup
	served := make(chan error, 1)
	wg.Go(func() { served <- srv.Serve(ln) })
	stepCtx, stopSteps := context.WithCancel(ctx)
	defer stopSteps()
	steps := make(chan error, 1)
	wg.Go(func() { steps <- a.Run(stepCtx) })
	if ready != nil {
		ready(ln.Addr().String())
	}
	var failed error
	select {
	case <-ctx.Done():
	case err := <-served:
		failed = err
	case err := <-steps:
		failed = err
	}
	// Stop HTTP first, then the schedule; a letter in flight is let finish.
	stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := srv.Shutdown(stopCtx); err != nil {
		failed = errors.Join(failed, err, srv.Close())
	}
	stopSteps()
	wg.Wait()
	if errors.Is(failed, http.ErrServerClosed) || ctx.Err() != nil {
		return nil
	}
	return failed
}

// Handler is everything that answers over HTTP.
func (a *App) Handler() (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = false
	r.RedirectTrailingSlash = false
	if err := r.SetTrustedProxies(a.cfg.HTTP.TrustedProxies); err != nil {
		return nil, err
	}
	signIn, err := a.signIn()
	if err != nil {
		return nil, err
	}
	secure := strings.HasPrefix(a.cfg.HTTP.BaseURL, "https://")
	site, err := web.New(web.Deps{
		Store: a.store, Desk: a.desk, Review: review{a}, TryWords: tryWords, Mail: mailReader{}, Files: letterFiles{a}, Sessions: a.sessions(secure),
		Verify: newVerifier().verify, SignIn: signIn, Retry: a.retryMail, Mailboxes: a.mailboxStates,
		Health: a.health, Board: a.board, TryMailbox: a.tryMailbox, Warnings: a.watch.all, Mode: a.mode, Hold: time.Duration(a.cfg.Outbound.Hold), Events: a.events, Imports: a.imports, Letters: exampleLetters{a}, Mailings: mailingReview{a}, Hooks: a.hookNames(), Wake: a.wakeUp,
		Demo: a.demoMail(), Users: a.demoUsers(), Council: view.Council{Name: a.cfg.Council.Name, Mark: mark(a.cfg.Council.Name), Help: a.cfg.Council.TeamPhone},
		Phone: a.cfg.Council.TeamPhone, Now: a.now, Log: a.log, Secure: secure,
	})
	if err != nil {
		return nil, err
	}
	site.Register(r)
	api.Register(r, api.Deps{
		Store: a.store, Desk: a.desk, Review: apiReview{a}, Files: letterFiles{a}, Actor: a.actorByToken,
		Mailboxes: a.apiMailboxes, Now: a.now, Wake: a.wakeUp, Log: a.log, Version: version,
	})
	metrics := a.metrics()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", a.healthz)
	mux.Handle("GET /metrics", metrics)
	mux.Handle("/", site.Wrap(r))
	return bounded(mux, a.desk.FilesMax()), nil
}

// bounded limits what a request may carry. A form with the files of a letter may be
// larger than they may be together, so that its page can say which is too big and
// keep what was typed.
func bounded(h http.Handler, files int64) http.Handler {
	const plain = 8 << 20
	small, large := http.MaxBytesHandler(h, plain), http.MaxBytesHandler(h, max(plain, 2*files+(4<<20)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && (strings.HasSuffix(r.URL.Path, "/reply") || strings.HasSuffix(r.URL.Path, "/files")) {
			large.ServeHTTP(w, r)
			return
		}
		small.ServeHTTP(w, r)
	})
}

// sessions live in the database, so that a restart signs nobody out; only a
// hash of the token is stored.
func (a *App) sessions(secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = a.store.Sessions()
	m.HashTokenInStore = true
	m.IdleTimeout = time.Duration(a.cfg.HTTP.SessionIdle)
	m.Lifetime = time.Duration(a.cfg.HTTP.SessionLife)
	m.Cookie.Name = "hearback"
	if secure {
		m.Cookie.Name = "__Host-hearback"
	}
	m.Cookie.HttpOnly, m.Cookie.Secure, m.Cookie.SameSite, m.Cookie.Path = true, secure, http.SameSiteLaxMode, "/"
	m.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, err error) {
		a.log.Error("web", "event", "session_failed", "error", err)
		http.Error(w, "We cannot reach our records just now. Nothing was sent. Try again.", http.StatusServiceUnavailable)
	}
	return m
}

// retryMail reads a quarantined mail again.
func (a *App) retryMail(ctx context.Context, ledgerID int64) (tickets.IntakeResult, error) {
	now, err := a.now(ctx)
	if err != nil {
		return tickets.IntakeResult{}, err
	}
	r, err := a.retrier().Retry(ctx, ledgerID, now)
	if err == nil {
		a.stored()
	}
	return r, err
}

// retrier reads kept mail again as the pollers read it.
func (a *App) retrier() inbound.Retrier {
	kind := func(mailboxID int64, folder string) tickets.FolderKind {
		for _, acct := range a.doors.Accounts {
			if acct.Mailbox.ID == mailboxID && folderKey(acct.Folder) == folderKey(folder) {
				return acct.Kind
			}
		}
		return tickets.FolderInbox
	}
	how := func(mailboxID int64) parse.Options {
		for _, acct := range a.doors.Accounts {
			if acct.Mailbox.ID == mailboxID {
				o := acct.Parse
				o.TrustedAuthServers = acct.TrustedAuth
				return o
			}
		}
		return parse.Options{}
	}
	return inbound.Retrier{Store: a.store, Intake: a.desk, Kind: kind, Parse: how}
}

// actorByToken finds who holds a token.
func (a *App) actorByToken(ctx context.Context, token string) (access.Actor, error) {
	now, err := a.store.Now(ctx) // a token ends by the database's time, whatever the demonstration's is
	if err != nil {
		return access.Actor{}, err
	}
	return a.store.ActorByTokenHash(ctx, tokenHash(token), now)
}

// apiReview lets the API ask the guard.
type apiReview struct{ a *App }

func (r apiReview) Review(ctx context.Context, actor access.Actor, q tickets.ReplyRequest, now time.Time) (api.Review, error) {
	out, err := review(r).Review(ctx, actor, web.ReviewRequest{Reply: q, Now: now})
	return api.Review{Verdict: out.Verdict, Digest: out.Digest}, err
}

// Copies implements api.Reviewer.
func (r apiReview) Copies(ctx context.Context, actor access.Actor, q tickets.ReplyRequest, now time.Time) ([]api.Copy, error) {
	copies, err := review(r).Copies(ctx, actor, web.ReviewRequest{Reply: q, Now: now})
	if err != nil {
		return nil, err
	}
	out := make([]api.Copy, 0, len(copies))
	for _, c := range copies {
		x := api.Copy{Person: c.PersonID, Name: c.Name, Subject: c.Letter.Subject, Text: c.Letter.Text, Formatted: c.HTML != ""}
		for _, p := range c.Letter.Parts {
			if !p.Inline {
				x.Files = append(x.Files, api.CopyFile{Name: p.Name, Bytes: p.Bytes})
			}
		}
		out = append(out, x)
	}
	return out, nil
}

func (a *App) apiMailboxes(ctx context.Context, _ access.Actor) ([]api.MailboxHealth, error) {
	out := []api.MailboxHealth{}
	for _, m := range a.mailboxStates(ctx) {
		h := api.MailboxHealth{Name: m.Mailbox.Name, Address: m.Mailbox.Address, Folder: m.Folder, OK: m.OK, Problem: m.Problem}
		if !m.LastGood.IsZero() {
			at := m.LastGood
			h.LastGood = &at
		}
		out = append(out, h)
	}
	return out, nil
}

// mark is the two letters beside the council's name.
func mark(name string) string {
	var out string
	for _, w := range strings.Fields(name) {
		out += w[:1]
	}
	if len(out) > 2 {
		out = out[:2]
	}
	return strings.ToUpper(out)
}
