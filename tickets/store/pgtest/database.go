package pgtest

import (
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
)

// template is a database that others are copied from.
type template struct {
	once     sync.Once
	database string
	err      error
}

// template gives the database for a name and prepares it when it is first asked for.
func (s *server) template(name string, prepare func(dsn string) error) (string, error) {
	s.mu.Lock()
	t, ok := s.templates[name]
	if !ok {
		t = new(template)
		s.templates[name] = t
	}
	s.mu.Unlock()
	t.once.Do(func() {
		if t.database, t.err = s.create(""); t.err != nil {
			return
		}
		if t.err = prepare(s.dsn(t.database)); t.err != nil {
			return
		}
		// Nobody may connect any more, so that a copy never finds it in use.
		t.err = s.exec("alter database " + quote(t.database) + " with allow_connections false")
	})
	return t.database, t.err
}

// create makes a database with a name that was not there before.
func (s *server) create(template string) (string, error) {
	name := fmt.Sprintf("%s_%d", s.tag, s.count.Add(1))
	statement := "create database " + quote(name)
	if template != "" {
		statement += " template " + quote(template)
	}
	if err := s.exec(statement); err != nil {
		return "", fmt.Errorf("create database: %w", err)
	}
	return name, nil
}

// drop removes a database and cuts off who is connected to it.
func (s *server) drop(name string) error {
	if err := s.exec("drop database if exists " + quote(name) + " with (force)"); err != nil {
		return fmt.Errorf("drop database: %w", err)
	}
	return nil
}

func quote(identifier string) string { return pgx.Identifier{identifier}.Sanitize() }
