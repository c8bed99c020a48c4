package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearback/sla"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
	"hearback/web/view"
)

const auditShown = 100

// auditPage is the audit for those who read all of it.
func (s *Server) auditPage(c *Ctx) error { return s.showAudit(c, false, nil) }

// myAudit is what is recorded about the reader.
func (s *Server) myAudit(c *Ctx) error { return s.showAudit(c, true, nil) }

// auditVerify checks the whole chain of seals.
func (s *Server) auditVerify(c *Ctx) error {
	rep, err := s.Desk.VerifyAudit(c.Request.Context(), c.Actor, c.Now)
	if err != nil {
		return err
	}
	chain := &view.AuditChain{
		Whole: rep.Broken == nil, Seals: plural(int(rep.Seals), "seal", "seals"), Records: plural(int(rep.Records), "record", "records"), Last: rep.Last,
	}
	if rep.Broken != nil {
		chain.Broken = fmt.Sprintf("Seal %d: %s", rep.Broken.Seq, rep.Broken.What)
	}
	return s.showAudit(c, false, chain)
}

func (s *Server) showAudit(c *Ctx, own bool, chain *view.AuditChain) error {
	m := view.Audit{
		Shell: s.shell(c, "Audit", "audit"), Own: own, Action: "/admin/audit", CSV: "/admin/audit.csv", Chain: chain,
		From: c.Query("from"), Until: c.Query("until"), Case: strings.TrimSpace(c.Query("case")),
	}
	if own {
		m.Action, m.CSV = "/me/audit", "/me/audit.csv"
	} else {
		m.Verify = "/admin/audit/verify"
	}
	status := http.StatusOK
	if !own {
		if err := s.Desk.Seen(c.Request.Context(), c.Actor, audit.AuditViewed, "", 0, nil, c.Now); err != nil {
			return err
		}
	}
	q, errs, err := s.auditQuery(c, own)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		m.Errors, m.Shell.Failed, status = errs, true, http.StatusUnprocessableEntity
	}
	if status == http.StatusOK {
		if err := s.auditRows(c, &m, q); err != nil {
			return err
		}
	}
	return s.page(c, status, view.PageAudit, m)
}

func (s *Server) auditRows(c *Ctx, m *view.Audit, q tickets.AuditQuery) error {
	q.Limit = auditShown + 1
	list, err := s.Desk.Audit(c.Request.Context(), c.Actor, q)
	if err != nil {
		return err
	}
	asked := url.Values{}
	for _, k := range []string{"who", "what", "from", "until", "case"} {
		if v := c.Query(k); v != "" {
			asked.Set(k, v)
			m.Filtered = true
		}
	}
	if len(asked) > 0 {
		m.CSV += "?" + asked.Encode()
	}
	if c.Query("before") != "" {
		m.Pages.Prev = m.Action + "?" + asked.Encode()
	}
	if len(list) > auditShown {
		list = list[:auditShown]
		asked.Set("before", id(list[auditShown-1].ID))
		m.Pages.Next = m.Action + "?" + asked.Encode()
	}
	for _, l := range list {
		m.Rows = append(m.Rows, auditRow(c, l))
	}
	for _, x := range actionWords() {
		m.Actions = append(m.Actions, view.Option{Value: string(x.action), Text: x.words, Selected: string(x.action) == c.Query("what")})
	}
	if m.Own {
		return nil
	}
	staff, err := s.Store.Staff(c.Request.Context(), c.Actor)
	if err != nil {
		return err
	}
	for _, p := range staff {
		m.People = append(m.People, view.Option{Value: id(p.ID), Text: p.Name, Selected: id(p.ID) == c.Query("who")})
	}
	return nil
}

// auditQuery reads the filters. A case is named by its reference, which the reader
// must be able to open.
func (s *Server) auditQuery(c *Ctx, own bool) (tickets.AuditQuery, []view.FieldError, error) {
	q := tickets.AuditQuery{StaffID: number(c.Query("who")), Action: audit.Action(c.Query("what")), Before: number(c.Query("before"))}
	if own {
		q.StaffID = c.Actor.StaffID
	}
	var errs []view.FieldError
	day := func(field string, into *time.Time, after int) {
		text := c.Query(field)
		if text == "" {
			return
		}
		d, err := time.ParseInLocation(time.DateOnly, text, sla.London())
		if err != nil {
			errs = append(errs, view.FieldError{Field: field, Text: "Enter a real date"})
			return
		}
		*into = d.AddDate(0, 0, after)
	}
	day("from", &q.From, 0)
	day("until", &q.Until, 1) // the day itself is meant as well
	if ref := strings.TrimSpace(c.Query("case")); ref != "" {
		v, err := s.Store.Case(c.Request.Context(), c.Actor, ref)
		if fault.Is(err, fault.NotFound) {
			return q, append(errs, view.FieldError{Field: "case", Text: "There is no such case that you can open"}), nil
		}
		if err != nil {
			return q, nil, err
		}
		q.CaseID = v.ID
	}
	return q, errs, nil
}

func auditRow(c *Ctx, l tickets.AuditLine) view.AuditRow {
	r := view.AuditRow{
		At: l.At, Who: l.Who, Role: roleWord(access.Role(l.Role)), What: actionWord(l.Action), Object: l.Object, Detail: auditDetail(l),
		From: l.From, Sealed: l.Sealed,
	}
	if r.Who == "" {
		r.Who = "hearback (" + l.System + ")"
		if l.System == "" {
			r.Who = "Nobody who is signed in"
		}
	}
	switch {
	case l.CaseID != 0 && l.CaseRef == "":
		r.Object = "A case that you cannot open"
	case l.CaseRef != "" && c.Actor.SeesCases():
		r.Href = view.CaseURL(l.CaseRef)
		if r.Object == "" {
			r.Object = l.CaseRef
		}
	}
	return r
}

func (s *Server) auditCSV(c *Ctx) error   { return s.writeAudit(c, false) }
func (s *Server) myAuditCSV(c *Ctx) error { return s.writeAudit(c, true) }

// writeAudit is what the filters select, as CSV in UTF-8 (RFC 4180). Reading it
// out is recorded first.
func (s *Server) writeAudit(c *Ctx, own bool) error {
	ctx := c.Request.Context()
	q, errs, err := s.auditQuery(c, own)
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		return fault.New(fault.Invalid, errs[0].Text)
	}
	if _, err := s.Desk.Audit(ctx, c.Actor, tickets.AuditQuery{StaffID: q.StaffID, Limit: 1}); err != nil {
		return err
	}
	detail := map[string]string{"format": "csv"}
	if own {
		detail["of"] = "own"
	}
	if err := s.Desk.Seen(ctx, c.Actor, audit.Exported, "audit", 0, detail, c.Now); err != nil {
		return err
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="audit.csv"`)
	c.Status(http.StatusOK)
	w := csv.NewWriter(c.Writer)
	if err := w.Write(AuditColumns()); err != nil {
		return nil //nolint:nilerr // the reader has left
	}
	for l, err := range s.Desk.AuditAll(ctx, c.Actor, q) {
		if err != nil {
			s.Log.Error("web", "event", "audit_export_failed", "error", err)
			panic(http.ErrAbortHandler) // a file that ends early must not look whole
		}
		if err := w.Write(auditFields(l)); err != nil {
			return nil //nolint:nilerr // the reader has left
		}
	}
	w.Flush()
	return nil
}

// AuditColumns are the headings of an export of the audit.
func AuditColumns() []string {
	return []string{"id", "at_utc", "at_london", "who", "role", "action", "object", "case", "from", "detail", "sealed"}
}

func auditFields(l tickets.AuditLine) []string {
	who := l.Who
	if who == "" {
		who = l.System
	}
	out := []string{
		strconv.FormatInt(l.ID, 10), l.At.UTC().Format(time.RFC3339), l.At.In(sla.London()).Format("2006-01-02 15:04:05"), who, l.Role,
		string(l.Action), l.Object, l.CaseRef, l.From, auditDetail(l), strconv.FormatBool(l.Sealed),
	}
	for i, f := range out { // a cell that a spreadsheet would take for a formula
		if f != "" && strings.ContainsRune("=+-@\t\r", rune(f[0])) {
			out[i] = "'" + f
		}
	}
	return out
}
