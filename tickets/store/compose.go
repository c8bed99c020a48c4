package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"hearback/tickets"
	"hearback/tickets/access"
)

// samples are composed lists that together use every fragment; a test holds
// that they do. They are prepared when the program starts, so that a mistake in
// a fragment stops it then and not in front of a person.
func (q *queries) samples() ([]*list, error) {
	now := time.Unix(0, 0)
	narrow := access.Actor{StaffID: 1, Role: access.RoleDataProtection, TeamIDs: []int64{1}}
	officer := access.Actor{StaffID: 1, Role: access.RoleOfficer, TeamIDs: []int64{1}}
	support := access.Actor{StaffID: 1, Role: access.RoleBusinessSupport, TeamIDs: []int64{1}}
	tribunal := access.Actor{StaffID: 1, Role: access.RoleTribunal}
	safeguarding := access.Actor{StaffID: 1, Role: access.RoleSafeguarding, TeamIDs: []int64{1}}
	nobody := access.Actor{}
	var out []*list
	for _, a := range []access.Actor{narrow, officer, support, tribunal, safeguarding, nobody} {
		for _, v := range append(countViews(), "finished", "all") {
			filter, err := q.ticketFilter(a, tickets.TicketQuery{View: v, Q: "a 1", State: "open", CaseID: 1, Owner: 1, Now: now})
			if err != nil {
				return nil, err
			}
			out = append(out,
				newList("count of "+v, q.CountTickets).andCond(filter),
				newList(v, q.SelectTicketKeys).andCond(filter).and(q.AfterDue, at(now), at(now), at(now), at(now), 1).tail(q.OrderDue, 1),
				newList(v, q.SelectTicketKeys).andCond(filter).and(q.AfterNewest, at(now), at(now), 1).tail(q.OrderNewest, 1))
		}
		sees, cases := q.seesTicket(a), q.caseFilter(a, tickets.CaseQuery{Q: "a 1"})
		out = append(out,
			newList("ticket", q.SelectTicketID).and(q.TicketRefIs, "").andCond(sees),
			newList("references", q.SelectTicketRefs).and(q.TicketIDIn, []int64{1}).andCond(sees),
			newList("tickets by name", q.SelectTicketID).andCond(q.anyOf(q.named("a 1", []string{"a", "1"}))).and(q.ViewAll).andCond(sees),
			newList("search", q.SelectHits).and(q.HitsMatch, q.match([]string{"a"})).andCond(sees).tail(q.OrderHits, 1),
			newList("cases", q.SelectCases).andCond(cases).and(q.AfterCase, "").and(q.CaseRefIs, "").tail(q.OrderCase, 1),
			newList("no officer", q.CountCases).andCond(cases).and(q.CaseIsOpen).and(q.CaseNoOfficer),
			newList("message", q.SelectMessageID).and(q.MessageIDIs, 1).and(q.MessageAutomatic).and(q.MessageSentApart).andCond(q.seesMessage(a)).tail(q.OrderMessages, 1),
			newList("outbox", q.SelectLetters).and(q.LetterOnTicket).andCond(sees).and(q.LetterOfActor, 1).and(q.LetterOfNobody).
				and(q.LetterTicketIs, 1).and(q.LetterInStates, []string{""}).tail(q.OrderLetters, 1),
			newList("counts of the ledger", q.CountLedger).andCond(q.seesMailbox(a)).tail(q.GroupLedger),
			newList("ledger", q.SelectLedger+" ("+fragment(sees.text)+")", sees.args...).andCond(q.seesMailbox(a)).
				and(q.LedgerMailbox, 1).and(q.LedgerFate, "").and(q.LedgerBefore, 1).tail(q.OrderLedger, 1),
			newList("escalations", q.SelectSteps).and(q.StepsSince, at(now)).andCond(sees).tail(q.OrderSteps, 1),
			newList("due", q.CountTickets).andCond(sees).and(q.ViewOpen).and(q.DueFrom, at(now)).and(q.HasDue, at(now)).and(q.ChasedTwice),
			newList("on time", q.SelectOnTime).and(q.ClockDueWithin, at(now), at(now)).andCond(sees),
			newList("load", q.SelectLoad, at(now)).andCond(sees).and(q.GroupLoadOwned).tail(q.GroupLoad),
			newList("letters of a mailing", whole(q.MailingLettersSeen)).and(q.MailingIs, 1).andCond(q.seesCase(a)).and(q.MailingLetterIs, 1).
				and(q.MailingLetterIn, []string{""}).and(q.MailingLetterAfter, 1).tail(q.OrderMailingLetters, 1),
			newList("counts of a mailing", q.CountMailingLetters).and(q.MailingIs, 1).andCond(q.seesCase(a)).tail(q.GroupMailingLetters),
			newList("cases for a mailing", whole(q.MailingCases)).and(q.CaseIsOpen).andCond(q.seesCase(a)).tail(q.OrderMailingCases),
			newList("restrictions to review", q.SelectReviews).and(q.ReviewBefore, "2026-11-24").andCond(q.seesCase(a)).tail(q.OrderReviews),
			newList("waiting", q.SelectWaiting).and(q.WaitingIsOpen).andCond(q.seesCase(a)).tail(q.OrderWaiting, 10),
			newList("count of waiting", q.CountWaiting).and(q.WaitingIsOpen).andCond(q.seesCase(a)))
	}
	out = append(out,
		newList("mailings", whole(q.MailingsList)).andCond(either(is(q.MailingOwn, 1), is(q.MailingOfTeam, []int64{1}))).tail(q.OrderMailings),
		newList("count of mailings", q.CountMailingsAsked).and(q.MailingAsked, 1).and(q.MailingOfTeam, []int64{1}),
		newList("audit", q.SelectAudit).and(q.AuditStaff, 1).and(q.AuditCase, 1).and(q.AuditAction, "").and(q.AuditFrom, at(now)).
			and(q.AuditUntil, at(now)).and(q.AuditBefore, 1).tail(q.OrderAudit, 1),
		newList("grants", q.SelectGrants).and(q.GrantOwn, 1, 1).andCond(q.seesCase(officer)).tail(q.OrderGrants),
		newList("door of an enquiry", q.SelectTicketDoor).and(q.TicketOfLetter, 1),
		newList("shut door", q.SelectDoor).and(q.DoorOfTicket, "").and(q.DoorOfLetter, 1).and(q.CaseRestricted),
		newList("audit lines", q.SelectAuditLines+" ("+fragment(q.seesCase(officer).text)+")", q.seesCase(officer).args...).
			and(q.AuditStaff, 1).tail(q.OrderAudit, 1),
		newList("count of the audit", q.CountAudit).and(q.AuditStaff, 1))
	all := access.Actor{Role: access.RoleHead}
	filter, err := q.ticketFilter(all, tickets.TicketQuery{View: "team"})
	if err != nil {
		return nil, err
	}
	return append(out, newList("team", q.CountTickets).andCond(filter)), nil
}

// prepareLists compiles the samples.
func (db *DB) prepareLists(ctx context.Context) error {
	lists, err := db.q.samples()
	if err != nil {
		return err
	}
	var errs []error
	seen := map[string]bool{}
	for _, l := range lists {
		q, _, err := l.query(db)
		if err != nil {
			return err
		}
		if seen[q.text] {
			continue
		}
		seen[q.text] = true
		errs = append(errs, prepareOne(ctx, db.write, q))
	}
	return errors.Join(errs...)
}

func prepareOne(ctx context.Context, x *sqlx.DB, q query) error {
	stmt, err := x.PreparexContext(ctx, q.text)
	if err != nil {
		return fmt.Errorf("statement %s: %w", q.name, err)
	}
	return stmt.Close()
}
