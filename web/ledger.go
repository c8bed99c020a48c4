package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
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
	fate := tickets.Fate(c.Query("fate"))
	if fate != "" && !known(fate) {
		return fault.New(fault.Invalid, "There is no such fate of a mail")
	}
	q := strings.TrimSpace(c.Query("q"))
	m := view.Ledger{Shell: s.shell(c, "Ledger of a mailbox", "mailboxes"), Mailbox: box.Address, Slug: box.Name, Query: q, Empty: "No mail matches."}
	rows, next, counts, err := s.ledgerRows(c, box.ID, fate, q)
	if err != nil {
		return err
	}
	m.Counts = fateCounts(box.Name, counts)
	for _, n := range counts {
		m.Total += n
	}
	options := []view.Option{{Value: "", Text: "Any", Selected: fate == ""}}
	for _, f := range fates() {
		options = append(options, view.Option{Value: string(f), Text: upper(fateWords(f)), Selected: f == fate})
	}
	m.Filters = []view.CaseFilter{{Name: "fate", Label: "What became of it", Options: options}}
	for _, e := range rows {
		m.Rows = append(m.Rows, s.ledgerRow(c, box.Name, e))
	}
	base := url.Values{}
	if fate != "" {
		base.Set("fate", string(fate))
	}
	if q != "" {
		base.Set("q", q)
	}
	if c.Query("before") != "" {
		m.Pages.Prev = view.LedgerURL(box.Name) + "?" + base.Encode()
	}
	if next != 0 {
		base.Set("before", id(next))
		m.Pages.Next = view.LedgerURL(box.Name) + "?" + base.Encode()
	}
	return s.page(c, http.StatusOK, view.PageLedger, m)
}

func known(f tickets.Fate) bool {
	for _, x := range fates() {
		if x == f {
			return true
		}
	}
	return false
}

// ledgerRows reads one page of lines; next is the id below which the following
// page begins, 0 at the end.
func (s *Server) ledgerRows(c *Ctx, mailboxID int64, fate tickets.Fate, q string) (rows []tickets.LedgerEntry, next int64, counts map[tickets.Fate]int, err error) {
	before, low := number(c.Query("before")), strings.ToLower(q)
	for seen := 0; seen < ledgerMost; {
		const batch = 200
		list, all, err := s.Store.Ledger(c.Request.Context(), c.Actor, tickets.LedgerQuery{MailboxID: mailboxID, Fate: fate, Limit: batch, BeforeID: before})
		if err != nil {
			return nil, 0, nil, err
		}
		if counts == nil {
			counts = all
		}
		for _, e := range list {
			seen++
			if !ledgerMatches(e, low) {
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

// ledgerMatches looks in what a line holds: reference, UID, folder and reason.
func ledgerMatches(e tickets.LedgerEntry, low string) bool {
	return low == "" || strings.Contains(strings.ToLower(e.TicketRef), low) || strconv.FormatUint(uint64(e.UID), 10) == low ||
		strings.Contains(strings.ToLower(e.Reason), low) || strings.EqualFold(e.Folder, low)
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
		row.Words = upper(fateWords(e.Fate))
	}
	duty := c.Actor.May(access.Triage)
	switch {
	case e.Fate == tickets.FateQuarantined:
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

// ledgerRetry reads one mail again that could not be read.
func (s *Server) ledgerRetry(c *Ctx) error {
	box, err := s.mailboxNamed(c)
	if err != nil {
		return err
	}
	e, err := s.quarantined(c, number(c.Param("id")))
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
	return s.done(c, view.LedgerURL(box.Name)+"?fate="+string(tickets.FateQuarantined), kind, text)
}
