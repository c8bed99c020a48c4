package store

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
)

// mailingStatements are the statements of query/mailing.sql; see statements.go for the
// others.
type mailingStatements struct {
	MailingInsert, MailingUpdate, MailingByID, MailingsList, MailingsGoing, MailingLetterInsert, MailingLetterUpdate, MailingLettersDrop,
	MailingLetterByID, MailingLettersOf, MailingLettersNext, MailingLettersUnchecked, MailingQueuedSince, MailingLettersSeen,
	MailingCases, MergeMailings, ExportMailings, ExportMailingLetters query
}

type mailingRow struct {
	ID         int64    `db:"id"`
	Title      string   `db:"title"`
	MailboxID  int64    `db:"mailbox_id"`
	AuthorID   int64    `db:"author_id"`
	State      string   `db:"state"`
	Filter     string   `db:"filter"`
	Subject    string   `db:"subject"`
	Body       string   `db:"body"`
	PerHour    int      `db:"per_hour"`
	Files      string   `db:"files"`
	Digest     string   `db:"digest"`
	MadeAt     *instant `db:"made_at"`
	AskedAt    *instant `db:"asked_at"`
	ApprovedBy rowID    `db:"approved_by"`
	ApprovedAt *instant `db:"approved_at"`
	Answer     string   `db:"answer"`
	CreatedAt  instant  `db:"created_at"`
	ChangedAt  instant  `db:"changed_at"`
	Version    int64    `db:"version"`
	TeamID     rowID    `db:"team_id"`
	Mailbox    string   `db:"mailbox"`
	AuthorName string   `db:"author_name"`
	ByName     string   `db:"by_name"`
}

func mailingToRow(m *tickets.Mailing) (mailingRow, error) {
	row := mailingRow{
		ID: m.ID, Title: m.Title, MailboxID: m.MailboxID, AuthorID: m.AuthorID, State: string(m.State), Subject: m.Subject, Body: m.Body,
		PerHour: m.PerHour, Digest: m.Digest, MadeAt: atP(m.MadeAt), AskedAt: atP(m.AskedAt), ApprovedBy: rowID(m.ApprovedBy),
		ApprovedAt: atP(m.ApprovedAt), Answer: m.Answer.ForStaff(), CreatedAt: at(m.CreatedAt), ChangedAt: at(m.ChangedAt), Version: m.Version,
	}
	var err error
	if row.Filter, err = pack(m.Filter, false); err != nil {
		return row, err
	}
	row.Files, err = pack(m.Files, len(m.Files) == 0)
	return row, err
}

func (r mailingRow) mailing() (tickets.Mailing, error) {
	m := tickets.Mailing{
		ID: r.ID, Title: r.Title, MailboxID: r.MailboxID, TeamID: int64(r.TeamID), AuthorID: r.AuthorID, State: tickets.MailingState(r.State),
		Subject: r.Subject, Body: r.Body, PerHour: r.PerHour, Digest: r.Digest, MadeAt: r.MadeAt.timeP(), AskedAt: r.AskedAt.timeP(),
		ApprovedBy: int64(r.ApprovedBy), ApprovedAt: r.ApprovedAt.timeP(), Answer: tickets.NewPrivateText(r.Answer), CreatedAt: r.CreatedAt.time(),
		ChangedAt: r.ChangedAt.time(), Version: r.Version, AuthorName: r.AuthorName, ByName: r.ByName, Mailbox: r.Mailbox,
	}
	if err := unpack(r.Filter, &m.Filter); err != nil {
		return m, err
	}
	return m, unpack(r.Files, &m.Files)
}

type mailingLetterRow struct {
	ID          int64    `db:"id"`
	MailingID   int64    `db:"mailing_id"`
	CaseID      int64    `db:"case_id"`
	PersonID    rowID    `db:"person_id"`
	Name        string   `db:"name"`
	Email       string   `db:"email"`
	Also        string   `db:"also"`
	State       string   `db:"state"`
	Why         string   `db:"why"`
	Decision    string   `db:"decision"`
	Findings    string   `db:"findings"`
	Confirmed   string   `db:"confirmed"`
	Digest      string   `db:"digest"`
	CheckedAt   *instant `db:"checked_at"`
	Approved    bool     `db:"approved"`
	TicketID    rowID    `db:"ticket_id"`
	OutgoingID  rowID    `db:"outgoing_id"`
	QueuedAt    *instant `db:"queued_at"`
	CaseRef     string   `db:"case_ref"`
	ChildName   string   `db:"child_name"`
	TicketRef   string   `db:"ticket_ref"`
	Delivery    string   `db:"delivery"`
	DeliveryWhy string   `db:"delivery_why"`
	ArrivedAt   *instant `db:"arrived_at"`
}

func mailingLetterToRow(l *tickets.MailingLetter) (mailingLetterRow, error) {
	row := mailingLetterRow{
		ID: l.ID, MailingID: l.MailingID, CaseID: l.CaseID, PersonID: rowID(l.PersonID), Name: l.Name, Email: l.Email, State: string(l.State),
		Why: l.Why, Decision: l.Decision, Digest: l.Digest, CheckedAt: atP(l.CheckedAt), Approved: l.Approved, TicketID: rowID(l.TicketID),
		OutgoingID: rowID(l.OutgoingID), QueuedAt: atP(l.QueuedAt),
	}
	var err error
	if row.Also, err = pack(l.Also, len(l.Also) == 0); err != nil {
		return row, err
	}
	if row.Findings, err = pack(l.Findings, len(l.Findings) == 0); err != nil {
		return row, err
	}
	row.Confirmed, err = pack(l.Confirmed, len(l.Confirmed) == 0)
	return row, err
}

func (r mailingLetterRow) letter() (tickets.MailingLetter, error) {
	l := tickets.MailingLetter{
		ID: r.ID, MailingID: r.MailingID, CaseID: r.CaseID, PersonID: int64(r.PersonID), Name: r.Name, Email: r.Email,
		State: tickets.MailingLetterState(r.State), Why: r.Why, Decision: r.Decision, Digest: r.Digest, CheckedAt: r.CheckedAt.timeP(),
		Approved: r.Approved, TicketID: int64(r.TicketID), OutgoingID: int64(r.OutgoingID), QueuedAt: r.QueuedAt.timeP(), CaseRef: r.CaseRef,
		ChildName: r.ChildName, TicketRef: r.TicketRef, Delivery: tickets.DeliveryState(r.Delivery), DeliveryWhy: r.DeliveryWhy, ArrivedAt: r.ArrivedAt.timeP(),
	}
	if err := unpack(r.Also, &l.Also); err != nil {
		return l, err
	}
	if err := unpack(r.Findings, &l.Findings); err != nil {
		return l, err
	}
	return l, unpack(r.Confirmed, &l.Confirmed)
}

// InsertMailing implements tickets.MailingTx.
func (t *tx) InsertMailing(ctx context.Context, m *tickets.Mailing) error {
	row, err := mailingToRow(m)
	if err != nil {
		return err
	}
	return t.add(ctx, t.db.q.MailingInsert, row, &m.ID)
}

// UpdateMailing implements tickets.MailingTx.
func (t *tx) UpdateMailing(ctx context.Context, m *tickets.Mailing) error {
	row, err := mailingToRow(m)
	if err != nil {
		return err
	}
	return t.change(ctx, t.db.q.MailingUpdate, row)
}

// InsertMailingLetter implements tickets.MailingTx.
func (t *tx) InsertMailingLetter(ctx context.Context, l *tickets.MailingLetter) error {
	row, err := mailingLetterToRow(l)
	if err != nil {
		return err
	}
	return t.add(ctx, t.db.q.MailingLetterInsert, row, &l.ID)
}

// UpdateMailingLetter implements tickets.MailingTx.
func (t *tx) UpdateMailingLetter(ctx context.Context, l *tickets.MailingLetter) error {
	row, err := mailingLetterToRow(l)
	if err != nil {
		return err
	}
	return t.change(ctx, t.db.q.MailingLetterUpdate, row)
}

// DropMailingLetters implements tickets.MailingTx.
func (t *tx) DropMailingLetters(ctx context.Context, mailingID int64) error {
	_, err := t.exec(ctx, t.db.q.MailingLettersDrop, mailingID)
	return err
}

// MailingByID implements tickets.MailingReader.
func (r reader) MailingByID(ctx context.Context, id int64) (*tickets.Mailing, error) {
	var row mailingRow
	if err := r.getLocked(ctx, &row, r.db.q.MailingByID, id); err != nil {
		return nil, err
	}
	m, err := row.mailing()
	if err != nil {
		return nil, err
	}
	return &m, nil
}

// Mailings implements tickets.MailingReader.
func (r reader) Mailings(ctx context.Context, a access.Actor) ([]tickets.Mailing, error) {
	q := r.db.q
	which := []cond{is(q.MailingOwn, a.StaffID)}
	if a.May(access.ApproveMailing) {
		which = append(which, is(q.MailingOfTeam, teams(a)))
		if a.SeesAllTeams() {
			which = append(which, every())
		}
	}
	var rows []mailingRow
	err := newList("mailings", whole(q.MailingsList)).andCond(either(which...)).tail(q.OrderMailings).rows(ctx, r.session, &rows)
	if err != nil {
		return nil, err
	}
	return convert(rows, mailingRow.mailing)
}

// MailingsAsked implements tickets.MailingReader.
func (r reader) MailingsAsked(ctx context.Context, a access.Actor) (int, error) {
	q := r.db.q
	if !a.May(access.ApproveMailing) {
		return 0, nil
	}
	l := newList("count of mailings", q.CountMailingsAsked).and(q.MailingAsked, a.StaffID)
	if !a.SeesAllTeams() {
		l.and(q.MailingOfTeam, teams(a))
	}
	n := 0
	err := l.row(ctx, r.session, &n)
	return n, err
}

// MailingLetters implements tickets.MailingReader.
func (r reader) MailingLetters(ctx context.Context, a access.Actor, mq tickets.MailingQuery) ([]tickets.MailingLetter, error) {
	q := r.db.q
	l := newList("letters of a mailing", whole(q.MailingLettersSeen)).and(q.MailingIs, mq.MailingID).andCond(q.seesCase(a))
	if mq.LetterID != 0 {
		l.and(q.MailingLetterIs, mq.LetterID)
	}
	if len(mq.States) > 0 {
		l.and(q.MailingLetterIn, mq.States)
	}
	if mq.AfterID != 0 {
		l.and(q.MailingLetterAfter, mq.AfterID)
	}
	limit := mq.Limit
	if limit <= 0 {
		limit = 1 << 30
	}
	var rows []mailingLetterRow
	if err := l.tail(q.OrderMailingLetters, limit).rows(ctx, r.session, &rows); err != nil {
		return nil, err
	}
	return convert(rows, mailingLetterRow.letter)
}

// MailingCounts implements tickets.MailingReader.
func (r reader) MailingCounts(ctx context.Context, a access.Actor, mailingID int64) (map[tickets.MailingResult]int, int, error) {
	q := r.db.q
	var rows []struct {
		State     string `db:"state"`
		Delivery  string `db:"delivery"`
		N         int    `db:"n"`
		Unchecked int    `db:"unchecked"`
	}
	err := newList("counts of a mailing", q.CountMailingLetters).and(q.MailingIs, mailingID).andCond(q.seesCase(a)).
		tail(q.GroupMailingLetters).rows(ctx, r.session, &rows)
	out, unchecked := map[tickets.MailingResult]int{}, 0
	for _, x := range rows {
		out[tickets.ResultOf(tickets.MailingLetterState(x.State), tickets.DeliveryState(x.Delivery))] += x.N
		unchecked += x.Unchecked
	}
	return out, unchecked, err
}

// MailingCases implements tickets.MailingReader.
func (r reader) MailingCases(ctx context.Context, a access.Actor) ([]register.Case, error) {
	q := r.db.q
	var rows []caseRow
	err := newList("cases for a mailing", whole(q.MailingCases)).and(q.CaseIsOpen).andCond(q.seesCase(a)).tail(q.OrderMailingCases).rows(ctx, r.session, &rows)
	return plain(rows, caseRow.file), err
}

// MailingLettersOf implements tickets.MailingReader.
func (r reader) MailingLettersOf(ctx context.Context, mailingID int64) ([]tickets.MailingLetter, error) {
	var rows []mailingLetterRow
	if err := r.all(ctx, &rows, r.db.q.MailingLettersOf, mailingID); err != nil {
		return nil, err
	}
	return convert(rows, mailingLetterRow.letter)
}

// MailingLetterByID implements tickets.MailingReader.
func (r reader) MailingLetterByID(ctx context.Context, id int64) (*tickets.MailingLetter, error) {
	var row mailingLetterRow
	if err := r.getLocked(ctx, &row, r.db.q.MailingLetterByID, id); err != nil {
		return nil, err
	}
	l, err := row.letter()
	if err != nil {
		return nil, err
	}
	return &l, nil
}

// MailingsIn implements tickets.MailingReader.
func (r reader) MailingsIn(ctx context.Context, s tickets.MailingState) ([]int64, error) {
	var ids []int64
	err := r.all(ctx, &ids, r.db.q.MailingsGoing, string(s))
	return ids, err
}

// MailingNext implements tickets.MailingReader.
func (r reader) MailingNext(ctx context.Context, mailingID int64, limit int) ([]int64, error) {
	var ids []int64
	err := r.all(ctx, &ids, r.db.q.MailingLettersNext, mailingID, limit)
	return ids, err
}

// MailingUnchecked implements tickets.MailingReader.
func (r reader) MailingUnchecked(ctx context.Context, mailingID int64, limit int) ([]int64, error) {
	var ids []int64
	err := r.all(ctx, &ids, r.db.q.MailingLettersUnchecked, mailingID, limit)
	return ids, err
}

// MailingQueuedSince implements tickets.MailingReader.
func (r reader) MailingQueuedSince(ctx context.Context, mailingID int64, since time.Time) (int, error) {
	var n int
	err := r.get(ctx, &n, r.db.q.MailingQueuedSince, mailingID, at(since))
	return n, err
}
