package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/register"
)

// The index that the guard is given is the one that reading everything anew gives,
// whatever was changed and whoever had asked before.
func TestIndexEqualsARecomputation(t *testing.T) { indexRun(t, 1000) }

// The same for ten thousand changes.
func TestIndexEqualsARecomputationSoak(t *testing.T) {
	if os.Getenv("HEARBACK_SOAK") == "" {
		t.Skip("make soak runs it")
	}
	indexRun(t, 10_000)
}

func indexRun(t *testing.T, changes int) {
	eachEngine(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		rnd := rand.New(rand.NewPCG(4, 2026)) //nolint:gosec // the same changes every time
		start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
		var cases []register.Case
		s := register.Staff{Email: "a@council.example", Name: "A", Role: "lead", Active: true, CreatedAt: start}
		if err := db.Write(ctx, func(tx tickets.Tx) error {
			if err := tx.InsertStaff(ctx, &s); err != nil {
				return err
			}
			for i := range 12 {
				c := register.Case{Ref: fmt.Sprintf("WM-%d", 100+i), ChildName: fmt.Sprintf("Child %d", i), FallbackID: s.ID, Open: true, CreatedAt: start}
				if err := tx.InsertCase(ctx, &c); err != nil {
					return err
				}
				cases = append(cases, c)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		aliases := map[int64][]int64{}
		for n := range changes {
			c, o := &cases[rnd.IntN(len(cases))], cases[rnd.IntN(len(cases))]
			// One in eight changes is taken back: the version must not say otherwise.
			undone := rnd.IntN(8) == 0
			var added register.Alias
			err := db.Write(ctx, func(tx tickets.Tx) error {
				var err error
				switch k := rnd.IntN(6); {
				case k == 0:
					x := *c
					x.ChildName = fmt.Sprintf("Child %d of %d", n, c.ID)
					if err = tx.UpdateCase(ctx, &x); !undone {
						*c = x
					}
				case k == 1:
					added = register.Alias{CaseID: c.ID, Name: fmt.Sprintf("Name %d", n)}
					err = tx.InsertAlias(ctx, &added)
				case k == 2 && len(aliases[c.ID]) > 0:
					err = tx.DeleteAlias(ctx, c.ID, aliases[c.ID][0])
					if !undone {
						aliases[c.ID] = aliases[c.ID][1:]
					}
				case k == 3 && c.ID != o.ID:
					err = tx.PutSibling(ctx, c.ID, o.ID)
				case k == 4:
					err = tx.ReplaceDirectory(ctx, &register.Directory{
						Groups:   []register.Group{{Address: fmt.Sprintf("g%d@council.example", n%7), Members: []string{"a@mail.example"}, AsOf: start}},
						Forwards: []register.Forward{{Mailbox: "k@council.example", To: fmt.Sprintf("k%d@mail.example", n), AsOf: start}},
					})
				default:
					err = tx.PutPreferences(ctx, &register.Preferences{PersonID: person(ctx, t, tx, start), LargePrint: n%40 + 1})
				}
				if err == nil && undone {
					return errUndone
				}
				return err
			})
			if err != nil && !undone {
				t.Fatalf("change %d: %v", n, err)
			}
			if added.ID != 0 && !undone {
				aliases[c.ID] = append(aliases[c.ID], added.ID)
			}
			if n%3 == 2 {
				continue // several changes between two judgements
			}
			var cached, anew *registerIndex
			if err := db.snapshot(ctx, func(r reader) error {
				v, err := r.RegisterVersion(ctx)
				if err != nil {
					return err
				}
				if cached, err = r.registerIndex(ctx, v); err != nil {
					return err
				}
				anew, err = r.readIndex(ctx, v)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(cached, anew) {
				t.Fatalf("after change %d:\ncached %+v\nanew   %+v", n, cached, anew)
			}
		}
	})
}

var errUndone = fmt.Errorf("taken back")

func person(ctx context.Context, t *testing.T, tx tickets.Tx, at time.Time) int64 {
	t.Helper()
	p := register.Person{Name: "P", Kind: register.KindParent, CreatedAt: at}
	if err := tx.InsertPerson(ctx, &p); err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// Addresses from before the second identity get theirs when the program starts.
func TestLooseIsFilledAtTheStart(t *testing.T) {
	eachEngine(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		p := register.Person{Name: "P", Kind: register.KindParent, CreatedAt: time.Unix(0, 0)}
		if err := db.Write(ctx, func(tx tickets.Tx) error {
			if err := tx.InsertPerson(ctx, &p); err != nil {
				return err
			}
			return tx.InsertAddress(ctx, &register.Address{PersonID: p.ID, Email: "Ro.b+x@mail.example", CreatedAt: time.Unix(0, 0)})
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := db.write.ExecContext(ctx, "update addresses set loose = ''"); err != nil {
			t.Fatal(err)
		}
		if list, err := db.PeopleWithMailbox(ctx, "rob@mail.example"); err != nil || len(list) != 0 {
			t.Fatalf("%v, %v", list, err)
		}
		for range 2 {
			if err := db.fillLoose(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if list, err := db.PeopleWithMailbox(ctx, "rob@mail.example"); err != nil || len(list) != 1 || list[0].ID != p.ID {
			t.Errorf("%v, %v", list, err)
		}
	})
}
