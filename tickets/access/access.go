// Package access says who may see and do what: the Actor that every verb and
// every list query takes, the roles of a SEN team and their permissions.
//
// Roles follow the minimum set of a council's SEN service; a case marked
// restricted is seen only by those named for it and by those whose role
// clears them. The filter itself is SQL, in tickets/store, so that counts,
// limits and snippets never see what the actor may not.
package access

import "time"

// Role is what a member of staff is employed to do in hearback.
type Role string

// The roles. There is no role that is exempt from the guard.
const (
	RoleBusinessSupport Role = "business_support" // duty desk: sorts what nobody owns
	RoleOfficer         Role = "officer"          // named officer for children's cases
	RoleLead            Role = "lead"             // team lead: first step of escalation
	RoleTribunal        Role = "tribunal"
	RoleSafeguarding    Role = "safeguarding"
	RoleDataProtection  Role = "data_protection"
	RoleHead            Role = "head"
	RoleAuditor         Role = "auditor" // read only
	RoleAdmin           Role = "admin"   // the machine, no case content
	RoleSystem          Role = "system"  // hearback's own steps; cannot confirm or override anything
)

// Roles lists every role that a person can hold, for forms and checks.
func Roles() []Role {
	return []Role{
		RoleBusinessSupport, RoleOfficer, RoleLead, RoleTribunal, RoleSafeguarding,
		RoleDataProtection, RoleHead, RoleAuditor, RoleAdmin,
	}
}

// Permission is one thing that a route or a verb asks for.
type Permission string

// The permissions. Each route of web and api names exactly one.
const (
	ReadCases        Permission = "read_cases"        // cases, people, enquiries, messages within the actor's scope
	ReadNotes        Permission = "read_notes"        // internal notes within the actor's scope
	WriteNotes       Permission = "write_notes"       //
	SendReply        Permission = "send_reply"        // write to families and others on the case
	LogCalls         Permission = "log_calls"         //
	Assign           Permission = "assign"            // give an enquiry to somebody
	Finish           Permission = "finish"            //
	Triage           Permission = "triage"            // sort mail that nobody owns
	ReadLead         Permission = "read_lead"         // the team lead's page, escalations, everybody's load
	ReadLedger       Permission = "read_ledger"       // what happened to every mail; no content
	RetryMail        Permission = "retry_mail"        // read a quarantined mail again
	ResolveUncertain Permission = "resolve_uncertain" // say what became of a letter in doubt
	ReleaseMode      Permission = "release_mode"      // select letters that wait because of the outbound mode
	ReadSystem       Permission = "read_system"       // health of mailboxes, queue, disk
	ManageSystem     Permission = "manage_system"     //
	UseAPI           Permission = "use_api"

	AddToRegister      Permission = "add_to_register"     // record people, how to reach them, and a restriction: at once, whoever hears it first
	ManageRegister     Permission = "manage_register"     // change what is recorded about cases and people
	ManageRestrictions Permission = "manage_restrictions" // tighten a restriction, ask for its end; loosen what a link says
	EndRestrictions    Permission = "end_restrictions"    // be the second person who ends one
	ManageDomains      Permission = "manage_domains"      // ask for a change of the staff domains, or be the second person

	ManageUsers Permission = "manage_users" // accounts of staff, their roles and sessions; no case content
	ManageTeams Permission = "manage_teams" // teams and who leads them
	ReadAudit   Permission = "read_audit"   // everybody's entries of the audit; one's own need none
	ImportCases Permission = "import_cases" // the case system's extract, and what of it waits
	ExportAll   Permission = "export_all"   // everything that hearback holds, in open formats
	// ManageStandards: response standards, office hours and closures.
	ManageStandards Permission = "manage_standards"
	AskAccess       Permission = "ask_access"   // ask to be let into a case, or in need go in at once
	GrantAccess     Permission = "grant_access" // be the second person who lets somebody into a case

	SecondLook      Permission = "second_look"      // be the second person who releases what a check stopped; never one's own
	ReportIncident  Permission = "report_incident"  // say that a message went to the wrong person
	HandleIncidents Permission = "handle_incidents" // see incidents of one's scope, and what was done
	CloseIncident   Permission = "close_incident"   // assess and close an incident: data protection alone
	ReadGuard       Permission = "read_guard"       // the rules of the guard and how often each stopped a letter
	WriteMailing    Permission = "write_mailing"    // write a letter to many families, and ask for its approval
	ApproveMailing  Permission = "approve_mailing"  // be the second person who approves one; never one's own
	ManageGuard     Permission = "manage_guard"     // the council's word lists; ask for a change of a rule, or be the second person
)

func caseWork() []Permission {
	return []Permission{ReadCases, ReadNotes, WriteNotes, LogCalls, UseAPI, AskAccess, ReportIncident}
}

// grants is the whole table of roles and permissions. It is a function, not a
// variable, so that nothing can change it at run time.
func grants(r Role) []Permission {
	switch r {
	case RoleBusinessSupport:
		return append([]Permission{Triage, ReadLedger, Assign, AddToRegister}, caseWork()...)
	case RoleOfficer:
		return append(writing(), caseWork()...)
	case RoleTribunal:
		return append(append(writing(), SecondLook), caseWork()...)
	case RoleSafeguarding:
		return append(append(leading(), ManageGuard), caseWork()...)
	case RoleLead:
		return append(append(leading(), ImportCases, ManageStandards), caseWork()...)
	case RoleHead:
		return append(append(leading(), ImportCases, ExportAll, ReadAudit, ManageStandards, ManageGuard), caseWork()...)
	case RoleDataProtection:
		return []Permission{ReadCases, ReadNotes, ReadLedger, ReadLead, UseAPI, ReadAudit, AskAccess, ReportIncident, HandleIncidents, CloseIncident, ReadGuard, ManageGuard}
	case RoleAuditor:
		return []Permission{ReadCases, ReadNotes, ReadLedger, ReadLead, ReadAudit, AskAccess}
	case RoleAdmin:
		return []Permission{ReadLedger, RetryMail, ReadSystem, ManageSystem, ManageDomains, ManageUsers, ManageTeams, ManageStandards, ReadGuard}
	case RoleSystem:
		return append([]Permission{Triage, ReadLead, ReadLedger, RetryMail, ReadSystem}, caseWork()...)
	}
	return nil
}

// writing is what whoever writes to families does besides working on cases.
func writing() []Permission {
	return []Permission{SendReply, Assign, Finish, ResolveUncertain, AddToRegister, ManageRegister, ManageRestrictions, WriteMailing}
}

// leading is what a team lead may do besides working on cases; a safeguarding
// lead and the head of service may as well, each within their scope.
func leading() []Permission {
	return []Permission{
		SendReply, Assign, Finish, ResolveUncertain, Triage, ReadLead, ReadLedger, RetryMail, ReleaseMode, ReadSystem,
		AddToRegister, ManageRegister, ManageRestrictions, EndRestrictions, ManageDomains, GrantAccess,
		SecondLook, HandleIncidents, ReadGuard, WriteMailing, ApproveMailing,
	}
}

// Actor is who does something: a person who signed in, a program with a token
// of a person, or one of hearback's own steps.
type Actor struct {
	StaffID int64  // 0 for the system
	Name    string // shown in the timeline
	Role    Role
	TeamIDs []int64 // teams whose cases the actor works with
	// Scopes narrows a token below its owner's role; nil means the whole role.
	Scopes []Permission
	// From is the network address of the client, for the audit; empty for hearback's
	// own steps.
	From string
	// Until is when a time-boxed account (an auditor's) ends; zero for others. UTC.
	Until time.Time
	// System names the step, for example "intake" or "sweep"; empty for people.
	System string
}

// System is the actor of one of hearback's own steps. It sees every case and
// can neither send as a person, confirm a finding nor override one.
func System(step string) Actor { return Actor{Name: "hearback", Role: RoleSystem, System: step} }

// IsPerson reports whether a human being stands behind the actor.
func (a Actor) IsPerson() bool { return a.StaffID != 0 && a.System == "" && a.Role != RoleSystem }

// Over reports whether the time of a time-boxed account has ended.
func (a Actor) Over(now time.Time) bool { return !a.Until.IsZero() && !now.Before(a.Until) }

// May reports whether the actor's role, narrowed by its scopes, grants p.
func (a Actor) May(p Permission) bool {
	if !contains(grants(a.Role), p) {
		return false
	}
	return a.Scopes == nil || contains(a.Scopes, p)
}

// Scope is which cases a role works with, besides those that are the actor's own:
// as named officer, as fall-back owner, as owner of an enquiry, or because two
// people let the actor in.
type Scope string

// The scopes.
const (
	ScopeNone    Scope = "none"    // no case content at all
	ScopeOwn     Scope = "own"     // the actor's own: data protection is let in case by case, on request
	ScopeTeam    Scope = "team"    // cases and enquiries of the actor's teams
	ScopeAppeals Scope = "appeals" // cases whose stage is "Appeal", of every team
	ScopeFlagged Scope = "flagged" // restricted cases, protected people, alerts, of every team
	ScopeAll     Scope = "all"
)

// Scope is the scope of the actor's role.
func (a Actor) Scope() Scope {
	if !a.SeesCases() {
		return ScopeNone
	}
	switch a.Role {
	case RoleHead, RoleAuditor, RoleSystem:
		return ScopeAll
	case RoleTribunal:
		return ScopeAppeals
	case RoleSafeguarding:
		return ScopeFlagged
	case RoleDataProtection:
		return ScopeOwn
	}
	return ScopeTeam
}

// SeesAllTeams reports whether the actor's scope is the whole service.
func (a Actor) SeesAllTeams() bool { return a.Scope() == ScopeAll }

// ServesAllTeams reports whether the role looks after more than its own teams: of
// every mailbox it may know how it does and what became of its mail, which holds
// no sender, no subject and no reference that the actor may not know.
func (a Actor) ServesAllTeams() bool {
	switch a.Role {
	case RoleHead, RoleAuditor, RoleSystem, RoleDataProtection:
		return true
	}
	return false
}

// CaseFacts is what decides whether somebody may see a case.
type CaseFacts struct {
	OfTeam     bool // of one of the actor's teams
	Own        bool // named officer, fall-back owner, owner of an enquiry, or let in
	Restricted bool
	Appeal     bool
	Flagged    bool
}

// Sees is the rule of the lists (tickets/store) for one case whose facts are at
// hand: the guard asks it of the writer of a letter.
func (a Actor) Sees(f CaseFacts) bool {
	if !a.SeesCases() || f.Restricted && !f.Own && !a.SeesRestricted() {
		return false
	}
	switch a.Scope() {
	case ScopeAll:
		return true
	case ScopeTeam:
		return f.Own || f.OfTeam
	case ScopeAppeals:
		return f.Own || f.Appeal
	case ScopeFlagged:
		return f.Own || f.Flagged || f.Restricted
	}
	return f.Own
}

// SeesRestricted reports whether the role is cleared for restricted cases in
// its scope. A named officer or fall-back owner sees a restricted case of her
// own besides; that part is in the SQL filter.
func (a Actor) SeesRestricted() bool {
	switch a.Role {
	case RoleLead, RoleHead, RoleSafeguarding, RoleTribunal, RoleSystem:
		return true
	}
	return false
}

// SeesCases reports whether the role may see case content at all.
func (a Actor) SeesCases() bool { return a.May(ReadCases) }

func contains(list []Permission, p Permission) bool {
	for _, x := range list {
		if x == p {
			return true
		}
	}
	return false
}
