package web

import (
	"net/url"
	"strconv"
	"strings"

	"hearback/tickets"
	"hearback/tickets/fault"
	"hearback/web/view"
)

// ledgerAsk is what of a ledger is shown.
type ledgerAsk struct {
	mailboxID     int64
	fate          tickets.Fate
	folder, words string
	server        string // "": all; "there" or "gone" on the mail server
	before        int64
}

func (s *Server) ledgerAsk(c *Ctx) (ledgerAsk, error) {
	a := ledgerAsk{
		fate: tickets.Fate(c.Query("fate")), folder: c.Query("folder"), words: strings.TrimSpace(c.Query("q")),
		server: c.Query("server"), before: number(c.Query("before")),
	}
	if a.fate != "" && !known(a.fate) {
		return a, fault.New(fault.Invalid, "There is no such fate of a mail")
	}
	if a.server != "" && a.server != "there" && a.server != "gone" {
		return a, fault.New(fault.Invalid, "A mail is in the mailbox, or no longer there")
	}
	return a, nil
}

// query is the ask as the address of a page, without the place in the list.
func (a ledgerAsk) query() url.Values {
	out := url.Values{}
	for _, x := range [][2]string{{"fate", string(a.fate)}, {"folder", a.folder}, {"server", a.server}, {"q", a.words}} {
		if x[1] != "" {
			out.Set(x[0], x[1])
		}
	}
	return out
}

func (a ledgerAsk) filters(folders []string) []view.CaseFilter {
	fate := []view.Option{{Text: "Any", Selected: a.fate == ""}}
	for _, f := range fates() {
		fate = append(fate, view.Option{Value: string(f), Text: view.FateWord(string(f)), Selected: f == a.fate})
	}
	folder := []view.Option{{Text: "All folders", Selected: a.folder == ""}}
	for _, f := range folders {
		folder = append(folder, view.Option{Value: f, Text: f, Selected: f == a.folder})
	}
	return []view.CaseFilter{
		{Name: "fate", Label: "What became of it", Options: fate},
		{Name: "folder", Label: "Folder", Options: folder},
		{Name: "server", Label: "On the mail server", Options: []view.Option{
			{Text: "Any", Selected: a.server == ""},
			{Value: "there", Text: "Still there", Selected: a.server == "there"},
			{Value: "gone", Text: "No longer in the mailbox", Selected: a.server == "gone"},
		}},
	}
}

func known(f tickets.Fate) bool {
	for _, x := range fates() {
		if x == f {
			return true
		}
	}
	return false
}

func (a ledgerAsk) fits(e tickets.LedgerEntry, low string) bool {
	switch {
	case a.folder != "" && e.Folder != a.folder,
		a.server == "there" && e.GoneAt != nil, a.server == "gone" && e.GoneAt == nil:
		return false
	}
	return ledgerMatches(e, low)
}

// ledgerMatches looks in what a line holds: reference, UID, folder and reason.
func ledgerMatches(e tickets.LedgerEntry, low string) bool {
	return low == "" || strings.Contains(strings.ToLower(e.TicketRef), low) || strconv.FormatUint(uint64(e.UID), 10) == low ||
		strings.Contains(strings.ToLower(e.Reason), low) || strings.EqualFold(e.Folder, low)
}
