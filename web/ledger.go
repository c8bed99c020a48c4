package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/web/view"
)

// The lines that one page of the ledger shows, and how many are looked through
// for a search.
const (
	ledgerShown = 50
	ledgerMost  = 5000
)

// ledger lists what became of every mail of a mailbox, newest first. It holds
// no senders and no subjects: who may read it need not be one who may read mail.
func (s *Server) ledger(c *Ctx) error {
	box, err := s.mailboxNamed(c)
	if err != nil {
		return err
	}
	ask, err := s.ledgerAsk(c)
	if err != nil {
		return err
	}
	ask.mailboxID = box.ID
	m := view.Ledger{Shell: s.shell(c, "Ledger of a mailbox", "mailboxes"), Mailbox: box.Address, Slug: box.Name, Query: ask.words, Empty: "No mail matches."}
	if c.Actor.May(access.ReadSystem) {
		m.Back = "/admin/mailboxes"
	}
	rows, next, counts, err := s.ledgerRows(c, ask)
	if err != nil {
		return err
	}
	if next != 0 && len(rows) == 0 {
		m.Empty = "No mail matches among the newest. Older mail is on the next page."
	}
	m.Counts = fateCounts(box.Name, counts)
	for _, n := range counts {
		m.Total += n
	}
	m.Filters = ask.filters(s.foldersOf(c, box.ID, rows))
	if m.Boxes, err = s.ledgers(c, box.Name, ask); err != nil {
		return err
	}
	for _, e := range rows {
		m.Rows = append(m.Rows, s.ledgerRow(c, box.Name, e))
	}
	base := ask.query()
	if c.Query("before") != "" {
		m.Pages.Prev = view.LedgerURL(box.Name) + "?" + base.Encode()
	}
	if next != 0 {
		base.Set("before", id(next))
		m.Pages.Next = view.LedgerURL(box.Name) + "?" + base.Encode()
	}
	return s.page(c, http.StatusOK, view.PageLedger, m)
}

// foldersOf are the folders that are read, and those of the lines shown: a
// folder that is no longer read keeps its lines.
func (s *Server) foldersOf(c *Ctx, mailboxID int64, rows []tickets.LedgerEntry) []string {
	var out []string
	for _, st := range s.Deps.Mailboxes(c.Request.Context()) {
		if st.Mailbox.ID == mailboxID {
			out = append(out, st.Folder)
		}
	}
	for _, e := range rows {
		out = append(out, e.Folder)
	}
	if f := c.Query("folder"); f != "" {
		out = append(out, f)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ledgers links the ledgers of the mailboxes that are the actor's business,
// with the same filters.
func (s *Server) ledgers(c *Ctx, current string, ask ledgerAsk) ([]view.NavItem, error) {
	list, err := s.Store.Mailboxes(c.Request.Context())
	if err != nil {
		return nil, err
	}
	q := ask.query()
	q.Del("folder") // folders are a mailbox's own
	var out []view.NavItem
	for _, b := range list {
		if !s.runs(c, b) && b.Name != current {
			continue
		}
		to := view.LedgerURL(b.Name)
		if len(q) > 0 {
			to += "?" + q.Encode()
		}
		out = append(out, view.NavItem{Text: b.Address, Href: to, Current: b.Name == current})
	}
	if len(out) < 2 {
		return nil, nil
	}
	return out, nil
}

// ledgerRows reads one page of lines; next is the id below which the following
// page begins, 0 at the end. Counts are those of the whole mailbox.
func (s *Server) ledgerRows(c *Ctx, a ledgerAsk) (rows []tickets.LedgerEntry, next int64, counts map[tickets.Fate]int, err error) {
	before, low := a.before, strings.ToLower(a.words)
	for seen := 0; seen < ledgerMost; {
		const batch = 200
		list, all, err := s.Store.Ledger(c.Request.Context(), c.Actor, tickets.LedgerQuery{MailboxID: a.mailboxID, Fate: a.fate, Limit: batch, BeforeID: before})
		if err != nil {
			return nil, 0, nil, err
		}
		if counts == nil {
			counts = all
		}
		for _, e := range list {
			seen++
			if !a.fits(e, low) {
				continue
			}
			if len(rows) == ledgerShown {
				return rows, rows[len(rows)-1].ID, counts, nil
			}
			rows = append(rows, e)
		}
		if len(list) < batch {
			return rows, 0, counts, nil
		}
		before = list[len(list)-1].ID
	}
	return rows, before, counts, nil
}

func (s *Server) ledgerRow(c *Ctx, slug string, e tickets.LedgerEntry) view.LedgerRow {
	row := view.LedgerRow{
		Folder: e.Folder, Validity: "validity " + strconv.FormatUint(uint64(e.UIDValidity), 10), UID: strconv.FormatUint(uint64(e.UID), 10),
		At: e.ReceivedAt, Stored: e.UpdatedAt, Fate: string(e.Fate), Words: e.Reason,
	}
	if e.TicketRef != "" {
		row.Words = strings.TrimSpace(e.TicketRef + ". " + e.Reason)
	}
	if e.Fate == tickets.FateQuarantined && e.Tries > 0 {
		row.Words = strings.TrimSuffix(row.Words, ".") + ", tried " + plural(e.Tries, "time", "times")
	}
	if row.Words == "" {
		row.Words = wordsOf(e)
	}
	if e.GoneAt != nil {
		row.Gone = *e.GoneAt
	}
	duty := c.Actor.May(access.Triage)
	switch {
	case e.Fate == tickets.FateQuarantined, keptAway(e):
		if duty {
			row.Href = "/duty/i/q" + id(e.ID)
			row.Original = view.DutyOriginalURL("q" + id(e.ID))
		}
		if c.Actor.May(access.RetryMail) {
			row.RetryURL = view.LedgerURL(slug) + "/" + id(e.ID)
		}
	case e.TicketRef != "" && c.Actor.SeesCases():
		row.Href = view.EnquiryURL(e.TicketRef)
	case e.MessageID != 0 && duty:
		row.Href = "/duty/i/a" + id(e.MessageID)
	}
	return row
}

// wordsOf is what a line says when nothing more was written down.
func wordsOf(e tickets.LedgerEntry) string {
	switch e.Fate {
	case tickets.FateMessage:
		return "On an enquiry, with the duty desk, or kept as automatic mail"
	case tickets.FateHeld:
		return "Kept apart until somebody decides whether the sender belongs there"
	case tickets.FateDuplicate:
		return "A second copy of a mail that this mailbox has"
	case tickets.FateSuppressed:
		return "Kept away without a person: our own mail, Junk, or an intake rule"
	}
	return "Kept as it came"
}

// keptAway reports whether a person may look at the mail and want it taken in
// all the same: what stayed in Junk and what a rule keeps away. What else was not
// taken in is our own, and letters among colleagues are for their readers alone.
func keptAway(e tickets.LedgerEntry) bool {
	why := strings.HasPrefix(e.Reason, "Intake rule ") || strings.Contains(e.Reason, "it stayed in Junk")
	return e.Fate == tickets.FateSuppressed && e.RawID != 0 && why
}

// ledgerRetry reads one mail again that could not be read, or takes in one that
// was kept away.
func (s *Server) ledgerRetry(c *Ctx) error {
	box, err := s.mailboxNamed(c)
	if err != nil {
		return err
	}
	e, err := s.notTakenIn(c, number(c.Param("id")))
	if err != nil {
		return err
	}
	if e.MailboxID != box.ID {
		return notThere()
	}
	kind, text, err := s.readAgain(c, e)
	if err != nil {
		return err
	}
	return s.done(c, view.LedgerURL(box.Name)+"?fate="+string(e.Fate), kind, text)
}
