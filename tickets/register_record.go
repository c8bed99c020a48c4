package tickets

import (
	"context"
	"fmt"
	"time"

	"hearback/sla"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// CaseRecord is everything that the register holds about a case, with what follows
// from it. It holds protected facts in the clear: pages mask them and record when
// they are shown (audit.ProtectedShown).
type CaseRecord struct {
	Case  CaseView
	Facts register.CaseFacts
	Told  map[int64]register.Told // by person
	// SharedMailboxes are addresses that more than one person is recorded with, in
	// whatever spelling. For each of them the strictest counts.
	SharedMailboxes []SharedMailbox
	// ReviewDue are restrictions in force whose review date, or whose evidence, is
	// due or has passed.
	ReviewDue []register.Restriction
	// EndAsked are restrictions whose end waits for a second person.
	EndAsked []register.Restriction
	Prompts  []Prompt
	Reasons  []register.Reason // newest first
	// ImportedAt is when the case system's extract was last taken in; zero when never.
	ImportedAt time.Time
	// DirectoryAsOf is the age of the lists and forwardings; zero when there are none.
	DirectoryAsOf time.Time
}

// ImportAge is how old the last extract of the case system is; ok is false when
// none was ever taken in.
func (r CaseRecord) ImportAge(now time.Time) (age time.Duration, ok bool) {
	return now.Sub(r.ImportedAt), !r.ImportedAt.IsZero()
}

// SharedMailbox is one mailbox of several people.
type SharedMailbox struct {
	Email  string  // as written with the first of them
	People []int64 // on this case
	// Elsewhere: somebody who is not on this case is recorded with it too. Who, only
	// those who may see their case learn.
	Elsewhere bool
}

// Prompt is something that an officer has to do about a case, with the day by which
// or since when. Words are for the screen.
type Prompt struct {
	Code     PromptCode
	Words    string
	On       string // 2006-01-02, local date; empty when it has none
	PersonID int64
	Alarm    bool // it is late, or nobody is responsible
}

// PromptCode names a prompt.
type PromptCode string

// The prompts.
const (
	PromptNoOfficer      PromptCode = "no_officer"
	PromptNoFallback     PromptCode = "no_fallback"
	PromptYoungSoon      PromptCode = "young_person_soon"    // ask before the switch
	PromptYoungNow       PromptCode = "young_person_now"     // the switch is past and nobody has asked
	PromptNoBirthDate    PromptCode = "no_date_of_birth"     // the switch cannot be computed
	PromptReview         PromptCode = "restriction_review"   //
	PromptEvidence       PromptCode = "restriction_evidence" // of an interim restriction
	PromptEndAsked       PromptCode = "restriction_end_asked"
	PromptAuthorityEnds  PromptCode = "authority_ends"
	PromptAuthorityEnded PromptCode = "authority_ended"
	PromptPRNotChecked   PromptCode = "pr_not_checked"
)

// reviewSoon is how long before a review date a person is prompted.
const reviewSoon = 30 * 24 * time.Hour

// CaseRecord reads the record of a case that the actor may know; fault.NotFound.
func (d *Desk) CaseRecord(ctx context.Context, a access.Actor, ref string, now time.Time) (*CaseRecord, error) {
	v, err := d.store.Case(ctx, a, ref)
	if err != nil {
		return nil, err
	}
	f, err := d.store.CaseFacts(ctx, v.ID)
	if err != nil {
		return nil, err
	}
	r := &CaseRecord{Case: *v, Facts: *f, Told: map[int64]register.Told{}}
	today := localDate(now)
	for _, p := range v.Parties {
		r.Told[p.Person.ID] = f.Told(v.Case, p, v.Parties, today)
	}
	if r.SharedMailboxes, err = sharedMailboxes(ctx, d.store, v.Parties); err != nil {
		return nil, err
	}
	soon := localDate(now.Add(reviewSoon))
	for _, x := range f.Restrictions {
		if x.EndedAt != nil {
			continue
		}
		if x.ReviewBy != "" && x.ReviewBy <= soon {
			r.ReviewDue = append(r.ReviewDue, x)
		}
		if x.EndAskedBy != 0 {
			r.EndAsked = append(r.EndAsked, x)
		}
	}
	if r.Reasons, err = d.store.ReasonsOfCase(ctx, v.ID); err != nil {
		return nil, err
	}
	imports, err := d.store.Imports(ctx, 1)
	if err != nil {
		return nil, err
	}
	if len(imports) > 0 {
		r.ImportedAt = imports[0].DoneAt
	}
	if r.DirectoryAsOf, err = d.store.DirectoryAsOf(ctx); err != nil {
		return nil, err
	}
	staff := map[int64]bool{}
	for _, id := range []int64{v.OfficerID, v.FallbackID} {
		s, err := d.store.StaffByID(ctx, id)
		if err != nil && !notFound(err) {
			return nil, err
		}
		staff[id] = err == nil && s.Active
	}
	r.Prompts = Prompts(v, f, func(id int64) bool { return staff[id] }, now)
	return r, nil
}

// sharedMailboxes looks up who else is recorded with the addresses of the parties.
func sharedMailboxes(ctx context.Context, store Store, parties []register.Party) ([]SharedMailbox, error) {
	var out []SharedMailbox
	at := map[string]int{}
	on := map[int64]bool{}
	for _, p := range parties {
		on[p.Person.ID] = true
	}
	for _, p := range parties {
		for _, a := range p.Addresses {
			loose := register.LooseMailbox(a.Email)
			if _, seen := at[loose]; seen {
				continue
			}
			people, err := store.PeopleWithMailbox(ctx, a.Mailbox)
			if err != nil {
				return nil, err
			}
			at[loose] = -1
			if len(people) < 2 {
				continue
			}
			s := SharedMailbox{Email: a.Email}
			for _, x := range people {
				if on[x.ID] {
					s.People = append(s.People, x.ID)
				} else {
					s.Elsewhere = true
				}
			}
			at[loose] = len(out)
			out = append(out, s)
		}
	}
	return out, nil
}

// Prompts is what somebody has to do about a case. It is computed from the facts:
// nothing that was forgotten disappears. active says whether a colleague can sign in.
func Prompts(v *CaseView, f *register.CaseFacts, active func(staffID int64) bool, now time.Time) []Prompt {
	if !v.Open {
		return nil
	}
	today := localDate(now)
	var out []Prompt
	add := func(code PromptCode, on string, person int64, alarm bool, format string, args ...any) {
		out = append(out, Prompt{Code: code, Words: fmt.Sprintf(format, args...), On: on, PersonID: person, Alarm: alarm})
	}
	if v.OfficerID == 0 || !active(v.OfficerID) {
		add(PromptNoOfficer, "", 0, true, "This case has no named officer.")
	}
	if v.FallbackID == 0 || !active(v.FallbackID) {
		add(PromptNoFallback, "", 0, true, "Nobody answers for this case when the named officer cannot.")
	}
	youngPrompts(v, f, today, add)
	for _, x := range f.Restrictions {
		switch {
		case x.EndedAt != nil:
			continue
		case x.EndAskedBy != 0:
			add(PromptEndAsked, localDate(*x.EndAskedAt), x.PersonID, false, "Somebody asks for the end of “%s”. A second person decides.", x.Kind.Words())
		case x.ReviewBy == "" || x.ReviewBy > localDate(now.Add(reviewSoon)):
		case x.Interim:
			add(PromptEvidence, x.ReviewBy, x.PersonID, x.ReviewBy < today, "“%s” stands on somebody's word. Its evidence is due %s. It counts until two people end it.", x.Kind.Words(), spoken(x.ReviewBy))
		default:
			add(PromptReview, x.ReviewBy, x.PersonID, x.ReviewBy < today, "“%s” is to be reviewed by %s. It counts until two people end it.", x.Kind.Words(), spoken(x.ReviewBy))
		}
	}
	for _, x := range f.Representations {
		switch {
		case x.EndedAt != nil || x.ExpiresOn == "" || x.ExpiresOn > localDate(now.Add(reviewSoon)):
		case x.ExpiresOn < today:
			add(PromptAuthorityEnded, x.ExpiresOn, x.PersonID, true, "The written authority ended on %s. Nothing may be told to the representative.", spoken(x.ExpiresOn))
		default:
			add(PromptAuthorityEnds, x.ExpiresOn, x.PersonID, false, "The written authority ends on %s. Ask for a new one.", spoken(x.ExpiresOn))
		}
	}
	for _, p := range v.Parties {
		if p.Person.Kind == register.KindParent && p.Link.PR == register.PRNotChecked {
			add(PromptPRNotChecked, "", p.Person.ID, false, "Check whether %s holds parental responsibility.", p.Person.Name)
		}
	}
	return out
}

// youngPrompts: from twelve months before the rights are the young person's, until
// somebody has asked (SEND Code of Practice 2015, 8.13 to 8.18).
func youngPrompts(v *CaseView, f *register.CaseFacts, today string, add func(PromptCode, string, int64, bool, string, ...any)) {
	from, ok := register.YoungPersonFrom(v.DOB)
	if !ok {
		add(PromptNoBirthDate, "", 0, false, "The date of birth is missing: nobody will be told when the rights become the young person's.")
		return
	}
	if f.Arrangement.Value != register.ArrangeNotAsked && f.Arrangement.Value != "" {
		return
	}
	name := register.FirstName(v.ChildName)
	switch ask := register.AskYoungPersonFrom(from); {
	case today >= from:
		add(PromptYoungNow, from, 0, true, "%s makes these decisions since %s. Ask %s who should be told. What goes to parents is warned about until then.", name, spoken(from), name)
	case today >= ask:
		add(PromptYoungSoon, from, 0, false, "%s will make these decisions from %s. Ask how %s wants to be contacted.", name, spoken(from), name)
	}
}

// spoken is a local date as people write it.
func spoken(day string) string {
	d, err := sla.ParseDate(day)
	if err != nil {
		return day
	}
	return sla.FormatDate(d)
}
