package store

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// Every fragment is in a list that is prepared when the program starts.
func TestSamplesUseEveryFragment(t *testing.T) {
	for _, engine := range []string{SQLite, Postgres} {
		q, err := loadQueries(engine)
		if err != nil {
			t.Fatal(err)
		}
		lists, err := q.samples()
		if err != nil {
			t.Fatal(err)
		}
		v := reflect.ValueOf(q.filters)
		for i := range v.NumField() {
			text := v.Field(i).String()
			used := false
			for _, l := range lists {
				used = used || strings.Contains(l.head.String(), text)
			}
			if !used {
				t.Errorf("%s: no sample uses the fragment %s", engine, v.Type().Field(i).Name)
			}
		}
	}
}

func TestStatementFilesWithMistakes(t *testing.T) {
	for name, tc := range map[string]struct{ file, want string }{
		"no name":          {"select 1;", "without a name"},
		"twice":            {"-- name: A\nselect 1;\n-- name: A\nselect 2;", "twice"},
		"no such part":     {"-- name: A\nselect {Nowhere};", "no part"},
		"comment dropped":  {"-- name: A\nselect 1 -- really?\n", ""},
		"part of a part":   {"-- part: X\n{Y}\n-- part: Y\n1\n-- name: A\nselect {X};", ""},
		"comment of other": {"-- name: A\nselect 1;\n\n-- What: why?\n-- name: B\nselect 2;", ""},
	} {
		t.Run(name, func(t *testing.T) {
			names, err := readStatements(fstest.MapFS{"q/a.sql": {Data: []byte(tc.file)}}, "q")
			switch {
			case tc.want == "" && err != nil:
				t.Fatal(err)
			case tc.want == "" && names["A"] != "select 1":
				t.Fatalf("A is %q", names["A"])
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Fatalf("error %v, want one that says %q", err, tc.want)
			}
		})
	}
}

func TestPositional(t *testing.T) {
	text, params, err := positional("insert into x (a, b) values (:a, :b_1) where c = :a")
	if err != nil || text != "insert into x (a, b) values (?, ?) where c = ?" || strings.Join(params, " ") != "a b_1 a" {
		t.Fatalf("%q %q %v", text, params, err)
	}
	if _, _, err := positional("select ? where a = :a"); err == nil {
		t.Fatal("a mixture was taken")
	}
}
