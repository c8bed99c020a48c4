// Package clearance is the only place where a letter becomes one that may leave.
// It judges the final bytes on facts read at that moment and gives out
// clearances, each for one copy, once, for a minute.
package clearance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"hearback/mailbox/guard"
	"hearback/mailbox/letter"
	"hearback/mailbox/outbound/internal/compose"
	"hearback/tickets"
)

// Limits of a clearance.
const (
	deadline = 2 * time.Second // for reading facts and deciding; after it nothing leaves
	lifetime = time.Minute     // in which a clearance can be redeemed
)

// Facts is what the mint reads. tickets/store implements it.
type Facts interface {
	GuardFacts(ctx context.Context, asked tickets.FactsAsked) (*tickets.GuardFacts, error)
	RegisterVersion(ctx context.Context) (int64, error)
}

// Mint makes clearances and redeems its own.
type Mint struct {
	facts    Facts
	now      func() time.Time
	children children
	council  councilLists
	known    known
}

// New makes a mint. now is the clock that limits how long a clearance lives.
func New(facts Facts, now func() time.Time) (*Mint, error) {
	if facts == nil || now == nil {
		return nil, errors.New("clearance: a mint needs facts and a clock")
	}
	return &Mint{facts: facts, now: now}, nil
}

// Cleared is the right to send one copy of one letter. Only a Mint fills it; the
// zero Cleared, and a copy of a spent one, are worth nothing.
type Cleared struct{ c *clearance }

// clearance is what a Cleared points to. The bytes and recipients are the mint's
// own: nobody else holds them.
type clearance struct {
	mint  *Mint
	cargo Cargo
	basis tickets.Basis // what it was judged on
	at    time.Time
	spent atomic.Bool
}

// Cargo is what a courier carries.
type Cargo struct {
	DeliveryID int64
	From       string   // envelope sender; "" is the null sender
	To         []string // envelope recipients, serialised from the parsed addresses
	Bytes      []byte
	SHA256     string // hex, of Bytes
}

// Why a clearance is not redeemed.
var (
	ErrNotCleared  = errors.New("clearance: not a clearance of this mint")
	ErrSpent       = errors.New("clearance: redeemed already")
	ErrExpired     = errors.New("clearance: older than a minute")
	ErrStale       = errors.New("clearance: the register changed since")
	ErrUnavailable = errors.New("clearance: the register cannot be read")
)

// Ruling is what was decided about a letter.
type Ruling struct {
	Verdict guard.Verdict
	// Open are the findings that keep it from leaving, given what was confirmed.
	Open []guard.Finding
	// Unavailable says that it could not be decided, and may be later.
	Unavailable bool
	// Err is the cause, for operators. It holds nothing of the letter.
	Err     error
	Version int64 // of the register
	basis   tickets.Basis
}

// Passes reports whether the letter may leave.
func (r Ruling) Passes() bool {
	return r.Err == nil && !r.Unavailable && len(r.Open) == 0 && r.Verdict.RulesVersion != ""
}

// Clear judges every copy of a letter and, when all of them may leave, gives a
// clearance for each, in their order. When one may not, there is none.
func (m *Mint) Clear(ctx context.Context, claim *tickets.Claim, copies []compose.Copy, confirmed []guard.Confirmation, digest string) ([]Cleared, Ruling) {
	// The mint's own bytes: what was judged cannot be changed by whoever made it.
	own := slices.Clone(copies)
	for i := range own {
		own[i].Bytes = slices.Clone(own[i].Bytes)
	}
	r := m.Judge(ctx, claim, own)
	r.Open = r.Verdict.Open(confirmed, digest)
	if !r.Passes() || !r.Verdict.Passes(confirmed, digest) {
		return nil, r
	}
	var out []Cleared
	for _, c := range own {
		to, err := guard.ParseAddress(c.To)
		if err != nil {
			return nil, unavailable(fmt.Errorf("reading a recipient again: %w", err))
		}
		from := ""
		if c.From != "" {
			a, err := guard.ParseAddress(c.From)
			if err != nil {
				return nil, unavailable(fmt.Errorf("reading the sender again: %w", err))
			}
			from = a.String()
		}
		sum := sha256.Sum256(c.Bytes)
		out = append(out, Cleared{&clearance{
			mint: m, basis: r.basis, at: m.now(),
			cargo: Cargo{DeliveryID: c.DeliveryID, From: from, To: []string{to.String()}, Bytes: c.Bytes, SHA256: hex.EncodeToString(sum[:])},
		}})
	}
	return out, r
}

// Judge decides about all copies of a letter and gives no clearance: the
// composer's preview sees what the dispatcher will see. It never panics.
func (m *Mint) Judge(ctx context.Context, claim *tickets.Claim, copies []compose.Copy) (r Ruling) {
	defer func() {
		if p := recover(); p != nil {
			r = unavailable(fmt.Errorf("judging failed: %T", p))
		}
		r.Open = r.Verdict.Open(nil, "")
	}()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	if claim == nil || len(copies) == 0 {
		return Ruling{Verdict: guard.Refused(guard.RuleNoRecipient, "no copies", "Nobody is chosen to get this.")}
	}
	letters, audience, refused := m.read(ctx, claim, copies)
	if refused != nil {
		return Ruling{Verdict: *refused}
	}
	gf, err := m.facts.GuardFacts(ctx, claim.Asks(mailboxes(audience)))
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = outdated(claim, gf)
	}
	if err != nil {
		return unavailable(fmt.Errorf("reading the facts: %w", err))
	}
	facts := m.factsOf(claim, gf, copies[0].Standing)
	facts.CouncilWords = copies[0].Council
	var all []guard.Verdict
	for _, l := range letters {
		all = append(all, guard.JudgeWithin(ctx, l, facts))
		if err := ctx.Err(); err != nil {
			return unavailable(fmt.Errorf("deciding took too long: %w", err))
		}
	}
	v := guard.Merge(append(all, scanned(claim))...)
	r = Ruling{Verdict: v, Version: gf.Version, basis: gf.Basis()}
	if !facts.Complete {
		r.Unavailable, r.Err = true, errors.New("the facts are not complete")
	}
	return r
}

// read reads every copy back from its bytes. Each letter is told of the whole
// audience: who else gets a copy matters to the rules.
func (m *Mint) read(ctx context.Context, claim *tickets.Claim, copies []compose.Copy) ([]guard.Letter, []string, *guard.Verdict) {
	var letters []guard.Letter
	var audience []string
	var rd letter.Reader // the same files are in every copy
	for _, c := range copies {
		l, err := rd.Read(ctx, c.Bytes, letter.Envelope{From: c.From, To: []string{c.To}})
		if err != nil {
			v := guard.Refused(guard.RuleUnparseable, "", "We made a letter that we cannot read back. Nothing was sent.")
			var r *letter.Refusal
			if errors.As(err, &r) {
				v = guard.Refused(r.Rule, r.Why, r.Words)
			}
			return nil, nil, &v
		}
		if v := agree(l); v != nil {
			return nil, nil, v
		}
		ownSign(claim, &l)
		l.Purpose = guard.Purpose(claim.Letter.Purpose)
		letters = append(letters, l)
		audience = append(audience, c.To)
	}
	for i := range letters {
		letters[i].Audience = audience
	}
	return letters, audience, nil
}

// mailboxes are the folded identities of addresses that were all understood.
func mailboxes(addresses []string) []string {
	var out []string
	for _, s := range addresses {
		if a, err := guard.ParseAddress(s); err == nil {
			out = append(out, a.Mailbox())
		}
	}
	return out
}

func unavailable(err error) Ruling {
	v := guard.Unavailable("")
	return Ruling{Verdict: v, Open: v.Open(nil, ""), Unavailable: true, Err: err}
}

// Basis is what a clearance was judged on, for comparing it once more in the
// transaction after which its bytes are given away.
func (m *Mint) Basis(c Cleared) (tickets.Basis, error) {
	if c.c == nil || c.c.mint != m || m == nil {
		return tickets.Basis{}, ErrNotCleared
	}
	if age := m.now().Sub(c.c.at); age < 0 || age > lifetime {
		return tickets.Basis{}, ErrExpired // the server took its time
	}
	return c.c.basis, nil
}

// Redeem hands the cargo over, once. It compares the register's version again:
// a court order entered since the judgement makes the clearance worthless. Only
// BeginData can say that for everything else that was judged; this is the cheap
// look that saves a transaction with the server.
func (m *Mint) Redeem(ctx context.Context, c Cleared) (Cargo, error) {
	if c.c == nil || c.c.mint != m || m == nil {
		return Cargo{}, ErrNotCleared
	}
	if !c.c.spent.CompareAndSwap(false, true) {
		return Cargo{}, ErrSpent
	}
	age := m.now().Sub(c.c.at)
	if age < 0 || age > lifetime {
		return Cargo{}, ErrExpired
	}
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	version, err := m.facts.RegisterVersion(ctx)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return Cargo{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if version != c.c.basis.Version {
		return Cargo{}, ErrStale
	}
	return c.c.cargo, nil
}
