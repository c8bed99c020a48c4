package tickets_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

const extractHead = "case_ref,child_name,child_date_of_birth,school,stage,fallback_email,officer_email,person_ref,person_name,person_relation,person_email,person_phone,person_parental_responsibility,person_may_be_told,person_address_protected,person_postcode,person_restriction,person_restriction_start,restricted_case,date_request_received\n"

func extract(rows ...string) tickets.ImportFile {
	file := []byte(extractHead + strings.Join(rows, "\n") + "\n")
	t, err := caseload.Read(context.Background(), file)
	if err != nil {
		panic(err)
	}
	return tickets.ImportFile{Bytes: file, Name: `C:\exports\nightly.csv`, Mapping: caseload.Guess(t.Headings)}
}

func head() access.Actor {
	return access.Actor{StaffID: 1, Name: "Head", Role: access.RoleHead}
}

func (w *world) imports(a access.Actor, f tickets.ImportFile) *tickets.Imported {
	w.t.Helper()
	out, err := w.desk.ApplyImport(context.Background(), a, f, nil, nil, w.db.Now)
	w.must(err)
	return out
}

func (w *world) version() int64 {
	w.t.Helper()
	v, err := w.db.RegisterVersion(context.Background())
	w.must(err)
	return v
}

// register is everything that an extract can touch, as text.
func (w *world) register() string {
	w.t.Helper()
	world, err := w.db.Caseload(context.Background())
	w.must(err)
	world.Version = 0
	var refs []string
	for ref := range world.Cases {
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	var b strings.Builder
	for _, ref := range refs {
		_, _ = fmt.Fprintf(&b, "%+v\n", world.Cases[ref])
	}
	_, _ = fmt.Fprintf(&b, "%v\n%+v\n%+v\n%+v\n", world.ByRef, world.Boxes, world.Phones, world.Places)
	return b.String()
}

// awkward is an extract with something of everything.
func awkward() tickets.ImportFile {
	return extract(
		`wm-2300,"VANE, Ada",03/09/2018,Hartfield Primary,draft plan,ola@westmarsh.example,dean@westmarsh.example,P1,Jo Vane,mother,vanes@family.example,01234 000201,yes,,yes,WM1 1AA,,,,2026-03-02`,
		`WM-2300,,,,,,,P2,Sam Vane,father,vanes@family.example,1234000202,no,,,,No contact,2026-01-01,,`,
		`WM-2301,Bo Vane,01/02/2020,,Assessment,ola@westmarsh.example,dean@westmarsh.example,P1,Jo Vane,mother,vanes@family.example,01234 000201,yes,,,WM1 1AA,,,yes,`,
		`WM-2301,,,,,,,,Ines Roy,interpreter,,,,all,,,,,,`,
		`WM-2201,,2017-02-03,Northgate School,Review,,priya@westmarsh.example,,Rob Brandt,,,,no,,,,indirect only,,,2026-02-02`,
		`WM-2201,,,,,,,,Tessa Brandt,,,,,,yes,,,,,`,
	)
}

func TestImport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		before := w.register()
		plan, err := w.desk.PlanImport(ctx, head(), awkward(), nil)
		w.must(err)
		if w.register() != before || plan.Refused != "" || len(plan.Waiting) != 1 {
			t.Fatalf("the dry run: %q, %d waiting, %+v", plan.Refused, len(plan.Waiting), plan.Problems)
		}
		version := w.version()
		first, err := w.desk.ApplyImport(ctx, head(), awkward(), plan, nil, w.db.Now)
		w.must(err)
		if first.Replanned || w.version() != version+1 || first.NewWaits != 1 || first.Import.Changed != len(plan.Changes) || first.Import.FileName != "nightly.csv" {
			t.Errorf("%+v, version %d after %d", first, w.version(), version)
		}
		world, err := w.db.Caseload(ctx)
		w.must(err)
		ada, bo, milo := world.Cases["WM-2300"], world.Cases["WM-2301"], world.Cases["WM-2201"]
		if ada.Case.ChildName != "Ada VANE" || ada.Case.DOB != "2018-09-03" || ada.Case.Stage != "Draft plan" || ada.Case.OfficerID != w.dean.ID || ada.Dates["request"] != "2026-03-02" || !bo.Case.Restricted {
			t.Errorf("%+v\n%+v", ada, bo)
		}
		jo, sam := world.ByRef["P1"], world.ByRef["P2"]
		if jo == 0 || sam == 0 || jo == sam || len(ada.Parties) != 2 || len(bo.Parties) != 2 || bo.Parties[0].Person.ID != jo {
			t.Fatalf("people: %v, %+v, %+v", world.ByRef, ada.Parties, bo.Parties)
		}
		if l := ada.Parties[0].Link; l.PR != register.PRYes || !l.AddressHidden || l.NoContact {
			t.Errorf("Jo: %+v", l)
		}
		if l := ada.Parties[1].Link; l.PR != register.PRNo || !l.NoContact || len(ada.Restrictions) != 1 || ada.Restrictions[0].EnteredBy != 1 {
			t.Errorf("Sam: %+v, %+v", l, ada.Restrictions)
		}
		if x := world.Boxes[jo]; len(x) != 1 || x[0].VerifiedAt != nil || !x[0].Confidential {
			t.Errorf("addresses: %+v", x)
		}
		if x := world.Phones[sam]; len(x) != 1 || x[0].Digits != "01234000202" || len(world.Phones[jo]) != 1 || len(world.Places[jo]) != 1 {
			t.Errorf("numbers: %+v", x)
		}
		rob, tessa := milo.Parties[1].Link, milo.Parties[0].Link
		if !rob.NoContact || rob.PR != register.PRNo || !tessa.AddressHidden || milo.Case.OfficerID != w.priya.ID || milo.Case.Stage != "Review" || milo.Case.DOB != "2017-02-03" {
			t.Errorf("%+v\n%+v\n%+v", rob, tessa, milo.Case)
		}
		if l := bo.Parties[1].Link; l.MayBeTold != "" {
			t.Errorf("an interpreter is told %q", l.MayBeTold)
		}

		// The same again changes nothing.
		after, version := w.register(), w.version()
		for range 2 {
			second := w.imports(head(), awkward())
			if w.register() != after || w.version() != version || second.NewWaits != 0 || second.Import.Changed != 0 {
				t.Fatalf("the second time: %+v\n%+v\n%s", second.Import, second.Plan.Changes, w.register())
			}
		}
		_, waits, err := w.desk.ImportWaits(ctx, head(), 10)
		w.must(err)
		list, err := w.desk.Imports(ctx, head(), 10)
		w.must(err)
		if waits != 1 || len(list) != 3 {
			t.Errorf("%d wait, %d imports", waits, len(list))
		}
		if age, ever, err := w.desk.ImportAge(ctx, list[0].DoneAt.Add(3600e9)); err != nil || !ever || age != 3600e9 {
			t.Errorf("%v %v %v", age, ever, err)
		}
	})
}

// A plan that was shown is compared again when the register is another one by now.
func TestImportAfterAChange(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		f := extract(`WM-2201,,,New School,,,,,Rob Brandt,,,,yes,,,,,,,`)
		plan, err := w.desk.PlanImport(ctx, head(), f, nil)
		w.must(err)
		w.must(w.db.Write(ctx, func(tx tickets.Tx) error {
			parties, err := tx.Parties(ctx, w.milo.ID)
			w.must(err)
			i := slices.IndexFunc(parties, func(p register.Party) bool { return p.Person.ID == w.rob.ID })
			parties[i].Link.PR = register.PRNo
			return tx.UpdateLink(ctx, &parties[i].Link)
		}))
		out, err := w.desk.ApplyImport(ctx, head(), f, plan, nil, w.db.Now)
		w.must(err)
		if !out.Replanned || out.NewWaits != 1 {
			t.Errorf("%+v", out)
		}
		parties, err := w.db.Parties(ctx, w.milo.ID)
		w.must(err)
		for _, p := range parties {
			if p.Person.ID == w.rob.ID && p.Link.PR != register.PRNo {
				t.Error("a no was lifted by a plan from before it")
			}
		}
		c, err := w.db.CaseByID(ctx, w.milo.ID)
		w.must(err)
		if c.School != "New School" {
			t.Error("the rest of the plan was lost")
		}
	})
}

var errStopped = errors.New("stopped")

// Whatever goes wrong on the way, nothing of the file is there.
func TestImportIsWholeOrNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		before, version := w.register(), w.version()
		for name, try := range map[string]func(ctx context.Context, stop func()) error{
			"stopped while it writes": func(ctx context.Context, stop func()) error {
				_, err := w.desk.ApplyImport(ctx, head(), many(1500), nil, func(step string, done, _ int) {
					if step == "Writing" && done > 0 {
						stop()
					}
				}, w.db.Now)
				return err
			},
			"too much is wrong": func(ctx context.Context, _ func()) error {
				_, err := w.desk.ApplyImport(ctx, head(), extract("WM-2201,,,New School,,,,,,,,,,,,,,,,", "WM-9,,,,,,,,,,,,,,,,,,,"), nil, nil, w.db.Now)
				if !fault.Is(err, fault.Refused) {
					t.Errorf("%v", err)
				}
				return err
			},
		} {
			ctx, stop := context.WithCancelCause(ctx)
			if err := try(ctx, func() { stop(errStopped) }); err == nil {
				t.Errorf("%s: it succeeded", name)
			}
			stop(nil)
			list, err := w.db.Imports(context.Background(), 10)
			w.must(err)
			if w.register() != before || w.version() != version || len(list) != 0 {
				t.Errorf("%s: something is left", name)
			}
		}
	})
}

// many is an extract of n children with two parents each.
func many(n int) tickets.ImportFile {
	var b bytes.Buffer
	b.WriteString(extractHead)
	for i := range n {
		_, _ = fmt.Fprintf(&b, "X-%05d,Child %d Marsh,2018-03-%02d,School %d,Draft plan,ola@westmarsh.example,dean@westmarsh.example,A%d,Parent %d Marsh,mother,a%d@family.example,01234 %06d,yes,,,WM%d 1AA,,,,2026-01-15\n",
			i, i, i%28+1, i%50, i, i, i, i, i%90)
	}
	t, err := caseload.Read(context.Background(), b.Bytes())
	if err != nil {
		panic(err)
	}
	return tickets.ImportFile{Bytes: b.Bytes(), Name: "many.csv", Mapping: caseload.Guess(t.Headings)}
}

func TestWhoMayImport(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	for role, may := range map[access.Role]bool{
		access.RoleHead: true, access.RoleLead: true, access.RoleOfficer: false, access.RoleAdmin: false, access.RoleAuditor: false,
		access.RoleBusinessSupport: false, access.RoleSafeguarding: false, access.RoleSystem: true,
	} {
		a := access.Actor{StaffID: w.lead.ID, Role: role, TeamIDs: []int64{w.team.ID}}
		_, err := w.desk.PlanImport(ctx, a, awkward(), nil)
		if may && err != nil || !may && !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", role, err)
		}
	}
	// A lead of another team changes no case of this one, nor learns of it.
	a := access.Actor{StaffID: 9, Role: access.RoleLead, TeamIDs: []int64{w.team.ID + 1}}
	plan, err := w.desk.PlanImport(ctx, a, extract("WM-2201,,,New School,,,,,,,,,,,,,,,,"), nil)
	w.must(err)
	if len(plan.Changes) != 0 || plan.Errors() != 1 {
		t.Errorf("%+v", plan.Changes)
	}
}

func TestSettleWaiting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := context.Background()
		w.imports(head(), extract(
			"WM-2201,,2017-02-03,,,,,,Rob Brandt,,,,no,nothing,yes,,no contact,2026-01-01,yes,",
			"WM-2202,,,,,,,,,,,,,,,,,,,",
		))
		loose := extract("WM-2201,,2018-02-03,,,,,,Rob Brandt,,,,yes,all,no,,none,,no,", "WM-2202,,,,,,,,,,,,,,,,,,,")
		before := w.register()
		w.imports(head(), loose)
		w.imports(head(), loose)
		if w.register() != before {
			t.Fatal("something was loosened")
		}
		waits, n, err := w.desk.ImportWaits(ctx, actor(w.lead), 20)
		w.must(err)
		by := map[string]tickets.ImportWait{}
		for _, x := range waits {
			by[string(x.Change.Action)+" "+x.Change.Field] = x
		}
		if n != 6 || len(by) != 6 {
			t.Fatalf("%d wait: %v", n, waits)
		}
		settle := func(a access.Actor, key string, take bool, reason string) error {
			return w.desk.SettleWaiting(ctx, a, by[key].ID, take, reason, w.now)
		}
		pr := "set_link pr"
		for name, err := range map[string]error{
			"an officer":                      settle(actor(w.dean), pr, true, "checked"),
			"the duty desk":                   settle(actor(w.duty), pr, true, "checked"),
			"the system":                      settle(access.System("x"), pr, true, "checked"),
			"another team":                    settle(access.Actor{StaffID: 9, Role: access.RoleLead, TeamIDs: []int64{99}}, pr, true, "checked"),
			"without why":                     settle(actor(w.lead), pr, true, " "),
			"a mark that a restriction backs": nil,
		} {
			if err == nil && name != "a mark that a restriction backs" {
				t.Errorf("%s gave parental responsibility", name)
			}
		}
		if w.register() != before {
			t.Fatal("a refusal changed something")
		}
		w.must(settle(actor(w.lead), pr, true, "Birth certificate seen"))
		if err := settle(actor(w.lead), pr, true, "again"); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		w.must(settle(actor(w.lead), "set_link may_be_told", false, ""))
		w.must(settle(actor(w.dean), "set_case child_date_of_birth", true, "Passport seen"))
		w.must(settle(actor(w.dean), "end_restriction ", true, "The order has ended"))
		p, err := w.db.Parties(ctx, w.milo.ID)
		w.must(err)
		i := slices.IndexFunc(p, func(x register.Party) bool { return x.Person.ID == w.rob.ID })
		f, err := w.db.CaseFacts(ctx, w.milo.ID)
		w.must(err)
		r := f.Restrictions[len(f.Restrictions)-1]
		if l := p[i].Link; l.PR != register.PRYes || l.MayBeTold != "nothing" || !l.NoContact || r.EndedAt != nil || r.EndAskedBy != w.dean.ID {
			t.Errorf("%+v, %+v", l, r)
		}
		// What was left as it is does not come back; what was taken is no difference any more.
		w.imports(head(), loose)
		_, n, err = w.desk.ImportWaits(ctx, actor(w.lead), 20)
		w.must(err)
		if n != 3 { // the address, the restricted case, and the restriction, which is still in force
			t.Errorf("%d wait", n)
		}
	})
}
