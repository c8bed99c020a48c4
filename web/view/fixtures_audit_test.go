package view

import "time"

// audits are the audit and who was let into restricted cases.
func (m morning) audits() []fixture {
	full := Audit{
		Shell: m.shell("Audit", "Audit"), Action: "/admin/audit", Verify: "/admin/audit/verify", CSV: "/admin/audit.csv", From: "2026-11-01", Case: "WM-2201",
		People: []Option{{Value: "3", Text: "Ola Reyes"}}, Actions: []Option{{Value: "case.viewed", Text: "Opened", Selected: true}},
		Rows: []AuditRow{
			{At: m.nov(24, 9, 1), Who: "Ola Reyes", Role: "SEN officer", What: "Opened", Object: "WM-2201", Href: "/c/WM-2201", Detail: "page /c/:case", From: "192.0.2.0/24", Sealed: true},
			{At: m.nov(24, 9, 2), Who: "hearback (dispatch)", What: "A letter was sent", Object: "A case that you cannot open"},
		},
		Pages: Pages{Next: "/admin/audit?before=9"}, Chain: &AuditChain{Whole: true, Seals: "12 seals", Records: "340 records", Last: "ab12"},
	}
	broken := full
	broken.Chain = &AuditChain{Broken: "Seal 7: a record, or the seal, was changed"}
	wrong := Audit{Shell: m.shell("Audit", "Audit"), Action: "/admin/audit", CSV: "/admin/audit.csv", Errors: []FieldError{{Field: "from", Text: "Enter a real date"}}}
	own := Audit{Shell: m.shell("Audit", ""), Own: true, Action: "/me/audit", CSV: "/me/audit.csv"}
	row := AccessRow{Case: "WM-2303", Who: "Ola Reyes", Asked: "Priya Nair", AskedAt: m.nov(23, 9, 0), Until: m.nov(30, 9, 0), Reason: "Covers while Dean is away", Action: "/access/4"}
	waits, live, past := row, row, row
	waits.Decide, live.End, live.By, past.State = true, true, "Grace Obi", "Over"
	access := Access{
		Shell: m.shell("Access to restricted cases", "Access"), Action: "/access", Days: "14", CanBreak: true,
		Waiting: []AccessRow{waits}, Live: []AccessRow{live}, Past: []AccessRow{past},
	}
	refused := Access{Shell: m.shell("Access to restricted cases", "Access"), Action: "/access", Days: "x", Errors: []FieldError{{Text: "Choose between 1 and 90 days"}}}
	visit := own
	visit.Shell.Auditor = time.Date(2026, 11, 30, 23, 59, 0, 0, time.UTC)
	return []fixture{
		{name: "audit", page: PageAudit, data: full},
		{name: "audit-broken", page: PageAudit, data: broken},
		{name: "audit-wrong", page: PageAudit, data: wrong},
		{name: "audit-own", page: PageAudit, data: own},
		{name: "audit-visit", page: PageAudit, data: visit},
		{name: "access", page: PageAccess, data: access},
		{name: "access-wrong", page: PageAccess, data: refused},
	}
}
