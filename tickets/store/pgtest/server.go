package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"hearback/mailbox/mailtest/throwaway"
)

// server is a PostgreSQL server, our own (place is set) or an existing one.
type server struct {
	place *throwaway.Place
	admin url.URL // of the database from which others are made
	tag   string  // begins the names of our databases, so that two binaries on one server keep apart
	count atomic.Int64

	mu        sync.Mutex
	templates map[string]*template
}

// attach uses an existing server.
func attach(dsn string) (*server, error) {
	admin, err := url.Parse(dsn)
	if err != nil || admin.Host == "" || !strings.HasPrefix(admin.Scheme, "postgres") {
		return nil, fmt.Errorf("%s must look like postgres://user@host:port/database", variable)
	}
	s := newServer(*admin)
	return s, s.ping()
}

func newServer(admin url.URL) *server {
	return &server{admin: admin, tag: "hbtest_" + strings.ToLower(rand.Text()[:10]), templates: make(map[string]*template)}
}

// start makes a cluster beside which nothing else runs and starts it.
func start(initdb string) (*server, error) {
	// Both programs refuse root. Debian's package brings the account postgres.
	account, err := throwaway.RunAs("postgres", "nobody")
	if err != nil {
		return nil, err
	}
	// SIGQUIT is PostgreSQL's immediate shutdown: no flushing, but its shared memory is freed.
	place, err := throwaway.New("postgres", "QUIT")
	if err != nil {
		return nil, err
	}
	s, err := startIn(place, account, initdb)
	if err != nil {
		if closeErr := place.Close(syscall.SIGQUIT); closeErr != nil {
			return nil, fmt.Errorf("%w (and %w)", err, closeErr)
		}
		return nil, err
	}
	return s, nil
}

func startIn(place *throwaway.Place, account throwaway.Account, initdb string) (*server, error) {
	log := filepath.Join(place.Dir, "postgres.log")
	if err := account.Own(place.Dir); err != nil {
		return nil, err
	}
	data := filepath.Join(place.Dir, "data")
	// Started like the server itself, so that it runs as the account and is cleaned up.
	err := place.Start(throwaway.Command{
		Path: initdb,
		Args: []string{
			"-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
			"--no-sync", "--no-instructions",
		},
		Log: log, Account: account,
	})
	if err != nil {
		return nil, err
	}
	if err := place.Wait(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, throwaway.Tail(log, 20))
	}
	// Another process may take the port between our look and the start.
	for attempt := 0; ; attempt++ {
		s, err := startOnPort(place, account, filepath.Join(filepath.Dir(initdb), "postgres"), data, log)
		if err == nil {
			return s, nil
		}
		if tail := throwaway.Tail(log, 20); attempt == 4 || !strings.Contains(tail, "Address already in use") {
			return nil, fmt.Errorf("%w\n%s", err, tail)
		}
	}
}

// startOnPort starts the cluster on a free port. Nothing is synced to disk: the data
// are thrown away, and a crash of the machine ends the tests anyway.
func startOnPort(place *throwaway.Place, account throwaway.Account, postgres, data, log string) (*server, error) {
	ports, err := throwaway.Ports(1)
	if err != nil {
		return nil, err
	}
	args := []string{"-D", data, "-p", fmt.Sprint(ports[0])}
	for _, setting := range []string{
		"listen_addresses=127.0.0.1", "unix_socket_directories=" + place.Dir,
		"fsync=off", "synchronous_commit=off", "full_page_writes=off",
		"wal_level=minimal", "max_wal_senders=0", "max_connections=200", "shared_buffers=64MB",
		"log_min_messages=warning",
	} {
		args = append(args, "-c", setting)
	}
	err = place.Start(throwaway.Command{Path: postgres, Args: args, Log: log, Account: account})
	if err != nil {
		return nil, err
	}
	s := newServer(url.URL{
		Scheme: "postgres", User: url.User("postgres"), Host: throwaway.Loopback(ports[0]),
		Path: "/postgres", RawQuery: "sslmode=disable",
	})
	s.place = place
	return s, place.Ready(s.ping)
}

// ping says whether the server takes commands.
func (s *server) ping() error { return s.exec("select 1") }

// exec runs one statement from the database that is not ours to change.
func (s *server) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.admin.String())
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	if closeErr := conn.Close(ctx); err == nil {
		err = closeErr
	}
	return err
}

// dsn is the address of one of the server's databases.
func (s *server) dsn(database string) string {
	u := s.admin
	u.Path = "/" + database
	return u.String()
}

// stop ends our own server; an existing one goes on.
func (s *server) stop() error {
	if s.place == nil {
		return nil
	}
	return s.place.Close(syscall.SIGQUIT)
}
