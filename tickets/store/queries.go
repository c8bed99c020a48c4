package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/jmoiron/sqlx/reflectx"
)

//go:embed query
var queryFiles embed.FS

// query is one named statement.
type query struct {
	name   string
	raw    string   // with ? for parameters
	text   string   // in the form of the engine
	params []string // of a statement with :names, in order
}

// fragment is a piece of a filter that filter.go may put into a list statement.
type fragment string

// queries are all statements by name: the fields of statements and filters are
// filled from the files in query/, and a field without a statement, or a
// statement without a field, stops the start.
type queries struct {
	statements
	factStatements
	releaseStatements
	bounceStatements
	hookStatements
	backupStatements
	mailingStatements
	filters
	mapper    *reflectx.Mapper
	engine    string
	refPrefix string // of our references
}

// loadQueries reads the files that are for both engines and those for this one.
func loadQueries(engine string) (*queries, error) {
	texts, err := readStatements(queryFiles, "query", "query/"+engine)
	if err != nil {
		return nil, err
	}
	qs := &queries{mapper: reflectx.NewMapper("db"), engine: engine}
	bind := sqlx.BindType(map[string]string{SQLite: "sqlite3", Postgres: "pgx"}[engine])
	used := map[string]bool{}
	var missing []string
	fill := func(v reflect.Value, set func(f reflect.Value, name, text string) error) error {
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			text, ok := texts[name]
			if !ok {
				missing = append(missing, name)
				continue
			}
			used[name] = true
			if err := set(v.Field(i), name, text); err != nil {
				return err
			}
		}
		return nil
	}
	statement := func(f reflect.Value, name, text string) error {
		q := query{name: name, raw: text}
		if named.MatchString(text) {
			var err error
			if q.raw, q.params, err = positional(text); err != nil {
				return fmt.Errorf("statement %s: %w", name, err)
			}
		}
		q.text = sqlx.Rebind(bind, q.raw)
		f.Set(reflect.ValueOf(q))
		return nil
	}
	for _, list := range []any{&qs.statements, &qs.factStatements, &qs.releaseStatements, &qs.bounceStatements, &qs.hookStatements, &qs.backupStatements, &qs.mailingStatements} {
		if err := fill(reflect.ValueOf(list).Elem(), statement); err != nil {
			return nil, err
		}
	}
	err = fill(reflect.ValueOf(&qs.filters).Elem(), func(f reflect.Value, _, text string) error {
		f.Set(reflect.ValueOf(fragment(text)))
		return nil
	})
	if err != nil {
		return nil, err
	}
	var extra []string
	for name := range texts {
		if !used[name] {
			extra = append(extra, name)
		}
	}
	slices.Sort(extra)
	if len(missing)+len(extra) > 0 {
		return nil, fmt.Errorf("statements of %s: missing %v, without a use %v", engine, missing, extra)
	}
	return qs, nil
}

// prepare compiles every statement against the live schema, so that a mistake
// stops the start and not a verb.
func (q *queries) prepare(ctx context.Context, x *sqlx.DB) error {
	var errs []error
	for _, list := range []any{q.statements, q.factStatements, q.releaseStatements, q.bounceStatements, q.hookStatements, q.backupStatements, q.mailingStatements} {
		v := reflect.ValueOf(list)
		for i := range v.NumField() {
			one := v.Field(i).Interface().(query)
			errs = append(errs, prepareOne(ctx, x, one))
		}
	}
	return errors.Join(errs...)
}

var (
	header  = regexp.MustCompile(`^-- (name|part): ([A-Za-z0-9]+)$`)
	include = regexp.MustCompile(`\{([A-Za-z0-9]+)\}`)
	named   = regexp.MustCompile(`:([a-z_0-9]+)`)
)

// readStatements parses files of "-- name: X" headers and the statement below
// each. "-- part: X" names a text that {X} stands for in statements of any file.
// Other comments are dropped: a ? or : in one would be taken for a parameter.
func readStatements(fsys fs.FS, dirs ...string) (map[string]string, error) {
	names, parts := map[string]string{}, map[string]string{}
	for _, dir := range dirs {
		files, err := fs.Glob(fsys, dir+"/*.sql")
		if err != nil {
			return nil, fmt.Errorf("statements: %w", err)
		}
		for _, file := range files {
			b, err := fs.ReadFile(fsys, file)
			if err != nil {
				return nil, fmt.Errorf("statements: %w", err)
			}
			if err := parseStatements(file, string(b), names, parts); err != nil {
				return nil, err
			}
		}
	}
	for name, text := range names {
		for range 3 { // parts may hold parts
			text = include.ReplaceAllStringFunc(text, func(m string) string {
				if p, ok := parts[m[1:len(m)-1]]; ok {
					return p
				}
				return m
			})
		}
		if m := include.FindString(text); m != "" {
			return nil, fmt.Errorf("statement %s: no part %s", name, m)
		}
		names[name] = text
	}
	return names, nil
}

func parseStatements(file, content string, names, parts map[string]string) error {
	var name string
	var into map[string]string
	for n, line := range strings.Split(content, "\n") {
		if m := header.FindStringSubmatch(line); m != nil {
			name, into = m[2], names
			if m[1] == "part" {
				into = parts
			}
			if _, twice := into[name]; twice {
				return fmt.Errorf("%s:%d: %s is there twice", file, n+1, name)
			}
			into[name] = ""
			continue
		}
		if i := strings.Index(line, "--"); i >= 0 {
			line = line[:i]
		}
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if into == nil {
			return fmt.Errorf("%s:%d: a statement without a name", file, n+1)
		}
		into[name] = strings.TrimSuffix(strings.TrimSpace(into[name]+" "+line), ";")
	}
	return nil
}

// positional turns :names into ? and lists the names in their order.
func positional(text string) (string, []string, error) {
	if strings.Contains(text, "?") {
		return "", nil, errors.New("it has both ? and :names")
	}
	var params []string
	text = named.ReplaceAllStringFunc(text, func(m string) string {
		params = append(params, m[1:])
		return "?"
	})
	return text, params, nil
}
