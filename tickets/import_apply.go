package tickets

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/caseload"
	"hearback/tickets/fault"
	"hearback/tickets/register"
)

// Imported is what an import did.
type Imported struct {
	Import    register.Import
	Plan      *caseload.Plan // that was carried out
	Replanned bool           // the register had changed since the plan that was shown
	NewWaits  int            // of Plan.Waiting; the others waited already
	Held      time.Duration  // for how long other writers had to wait
}

// ApplyImport carries a plan out, all of it in one transaction or nothing. plan is
// what PlanImport gave for the same file, or nil. When the register has changed
// since, the file is compared again inside the transaction: what is written always
// follows from the register as it is. fault.Refused when too much of the file is
// wrong. The same file again changes nothing and leaves the register's version.
//
// now gives the time of the database at the moment when it is asked: an import may
// take a minute.
func (d *Desk) ApplyImport(ctx context.Context, a access.Actor, f ImportFile, plan *caseload.Plan, progress ImportProgress, now func(context.Context) (time.Time, error)) (*Imported, error) {
	if err := mayImport(a); err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(string, int, int) {}
	}
	if plan == nil {
		var err error
		if plan, err = planImport(ctx, d.store, a, f, progress); err != nil {
			return nil, err
		}
	}
	at, err := now(ctx)
	if err != nil {
		return nil, err
	}
	if err := refused(plan); err != nil {
		return nil, err
	}
	sum := digest(f.Bytes) // outside: others wait while we write
	out := &Imported{}
	var began time.Time
	progress("Waiting for other work to end", 0, 0)
	err = d.write(ctx, a, at, func(w *work) error {
		if began, err = now(ctx); err != nil {
			return err
		}
		if plan, err = w.current(ctx, f, plan, out, progress); err != nil {
			return err
		}
		out.Plan = plan
		i := register.Import{
			FileName: fileName(f.Name), SHA256: sum, Mapping: plainLine(f.MappingName), Rows: plan.Rows, Changed: len(plan.Changes),
			Waiting: len(plan.Waiting), Failed: plan.Errors(), ByID: a.StaffID, DoneAt: w.now,
		}
		if err := w.tx.InsertImport(ctx, &i); err != nil {
			return err
		}
		out.Import = i
		p := newApplier(w, plan)
		if err := p.all(ctx, progress); err != nil {
			return err
		}
		if out.NewWaits, err = p.waiting(ctx, i.ID); err != nil {
			return err
		}
		return w.audit(ctx, audit.CasesImported, "import:"+strconv.FormatInt(i.ID, 10), 0, map[string]string{
			"rows": strconv.Itoa(i.Rows), "changed": strconv.Itoa(i.Changed), "waiting": strconv.Itoa(i.Waiting),
			"failed": strconv.Itoa(i.Failed), "sha256": i.SHA256,
		})
	})
	if err != nil {
		return nil, err
	}
	ended, err := now(ctx)
	if err != nil {
		return nil, err
	}
	out.Held = ended.Sub(began)
	return out, nil
}

func refused(p *caseload.Plan) error {
	if p.Refused != "" {
		return fault.New(fault.Refused, p.Refused)
	}
	return nil
}

// current is the plan, or a new one when the register is not what it was made for.
// A plan that changes anything takes the register first, so that nobody changes it
// between the comparison and the writing.
func (w *work) current(ctx context.Context, f ImportFile, p *caseload.Plan, out *Imported, progress ImportProgress) (*caseload.Plan, error) {
	expect := p.Version
	if len(p.Changes) > 0 {
		if err := w.tx.LockRegister(ctx); err != nil {
			return nil, err
		}
		expect++ // by ourselves
	}
	version, err := w.tx.RegisterVersion(ctx)
	if err != nil || version == expect {
		return p, err
	}
	if len(p.Changes) == 0 {
		if err := w.tx.LockRegister(ctx); err != nil {
			return nil, err
		}
	}
	out.Replanned = true
	if p, err = planImport(ctx, w.tx, w.actor, f, progress); err != nil {
		return nil, err
	}
	return p, refused(p)
}

// applier carries a plan out. Rows of the register are those that the plan was made
// from: nobody has changed them since, so none is read again.
type applier struct {
	w      *work
	plan   *caseload.Plan
	cases  map[string]*caseEdit
	people map[string]int64 // Person of the plan -> id
	order  []*caseEdit      // cases in the order of the file
}

type caseEdit struct {
	row   register.Case
	old   bool // it was there before
	dirty bool
	tell  bool // those who write to the family should know
	links map[int64]*linkEdit
	order []*linkEdit
}

type linkEdit struct {
	row   register.Link
	dirty bool
}

func newApplier(w *work, p *caseload.Plan) *applier {
	return &applier{w: w, plan: p, cases: map[string]*caseEdit{}, people: map[string]int64{}}
}

// progressEvery is how many changes are made between two signs of life.
const progressEvery = 500

func (p *applier) all(ctx context.Context, progress ImportProgress) error {
	for i := range p.plan.Changes {
		if i%progressEvery == 0 {
			progress("Writing", i, len(p.plan.Changes))
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		c := &p.plan.Changes[i]
		if err := p.one(ctx, c); err != nil {
			return fault.Wrap(fault.KindOf(err), "Row "+strconv.Itoa(c.Row)+" cannot be written, and nothing was. "+fault.SafeText(err), err)
		}
	}
	progress("Writing", len(p.plan.Changes), len(p.plan.Changes))
	return p.flush(ctx)
}

// edit is a case as it will be.
func (p *applier) edit(c *caseload.Change) (*caseEdit, error) {
	if e, ok := p.cases[c.CaseRef]; ok {
		return e, nil
	}
	e := &caseEdit{links: map[int64]*linkEdit{}}
	k, ok := p.plan.Known(c.CaseRef)
	switch {
	case ok:
		e.row, e.old = k.Case, true
		for _, party := range k.Parties {
			e.links[party.Person.ID] = &linkEdit{row: party.Link}
		}
	case c.Action != caseload.AddCase:
		return nil, fault.Newf(fault.Conflict, "Case %s is not there", c.CaseRef)
	}
	p.cases[c.CaseRef] = e
	p.order = append(p.order, e)
	return e, nil
}

// person is the id behind the Person of a change.
func (p *applier) person(key string) (int64, error) {
	if id, ok := p.people[key]; ok {
		return id, nil
	}
	id, err := caseload.PersonID(key)
	if err != nil {
		return 0, fault.Wrap(fault.Internal, "", err)
	}
	return id, nil
}

func (e *caseEdit) link(id int64) (*linkEdit, error) {
	l, ok := e.links[id]
	if !ok {
		return nil, fault.Newf(fault.Conflict, "Somebody is no longer on case %s", e.row.Ref)
	}
	if !l.dirty {
		l.dirty = true
		e.order = append(e.order, l)
	}
	return l, nil
}

// flush writes the cases and links that were changed, once each, and tells those
// who write to the families.
func (p *applier) flush(ctx context.Context) error {
	for _, e := range p.order {
		if e.dirty {
			if err := p.w.tx.UpdateCase(ctx, &e.row); err != nil {
				return err
			}
		}
		for _, l := range e.order {
			if err := p.w.tx.UpdateLink(ctx, &l.row); err != nil {
				return err
			}
		}
		if e.old && e.tell {
			if err := p.w.importTold(ctx, e.row.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// importTold tells the open enquiries of a case that something is different now for
// whoever writes to the family.
func (w *work) importTold(ctx context.Context, caseID int64) error {
	ids, err := w.tx.OpenTicketsOfCase(ctx, caseID)
	if err != nil {
		return err
	}
	for _, id := range ids {
		t, err := w.tx.TicketByID(ctx, id)
		if err != nil {
			return err
		}
		if _, err := w.event(ctx, t, EvFacts, map[string]any{"what": "import"}); err != nil {
			return err
		}
	}
	return nil
}

// waiting keeps what would loosen until a person decides. What waits already, waits
// once.
func (p *applier) waiting(ctx context.Context, importID int64) (fresh int, err error) {
	for i := range p.plan.Waiting {
		c := p.plan.Waiting[i]
		e, err := p.edit(&c)
		if err != nil {
			return 0, err
		}
		row := &register.Waiting{ImportID: importID, CaseID: e.row.ID, Why: c.Waits}
		if c.Person != "" {
			if row.PersonID, err = p.person(c.Person); err != nil {
				return 0, err
			}
			c.Person = caseload.PersonKey(row.PersonID) // the same on every night to come
		}
		row.Key = c.Key()
		text, err := json.Marshal(c)
		if err != nil {
			return 0, fault.Wrap(fault.Internal, "", err)
		}
		row.Change = string(text)
		inserted, err := p.w.tx.InsertWaiting(ctx, row)
		if err != nil {
			return 0, err
		}
		if inserted {
			fresh++
		}
	}
	return fresh, nil
}
