package store

import (
	"hearback/tickets/register"
)

type restrictionRow struct {
	ID            int64    `db:"id"`
	CaseID        int64    `db:"case_id"`
	PersonID      rowID    `db:"person_id"`
	AgainstID     rowID    `db:"against_id"`
	Kind          string   `db:"kind"`
	Source        string   `db:"source"`
	Document      string   `db:"document"`
	Reason        string   `db:"reason"`
	StartsOn      string   `db:"starts_on"`
	ReviewBy      string   `db:"review_by"`
	Interim       bool     `db:"interim"`
	EnteredBy     rowID    `db:"entered_by"`
	EnteredAt     instant  `db:"entered_at"`
	EndAskedBy    rowID    `db:"end_asked_by"`
	EndAskedAt    *instant `db:"end_asked_at"`
	EndReason     string   `db:"end_reason"`
	EndedAt       *instant `db:"ended_at"`
	EndApprovedBy rowID    `db:"end_approved_by"`
}

func restrictionToRow(r *register.Restriction) restrictionRow {
	return restrictionRow{
		ID: r.ID, CaseID: r.CaseID, PersonID: rowID(r.PersonID), AgainstID: rowID(r.AgainstID), Kind: string(r.Kind),
		Source: string(r.Source), Document: r.Document, Reason: r.Reason, StartsOn: r.StartsOn, ReviewBy: r.ReviewBy,
		Interim: r.Interim, EnteredBy: rowID(r.EnteredBy), EnteredAt: at(r.EnteredAt), EndAskedBy: rowID(r.EndAskedBy),
		EndAskedAt: atP(r.EndAskedAt), EndReason: r.EndReason, EndedAt: atP(r.EndedAt), EndApprovedBy: rowID(r.EndApprovedBy),
	}
}

func (r restrictionRow) restriction() register.Restriction {
	return register.Restriction{
		ID: r.ID, CaseID: r.CaseID, PersonID: int64(r.PersonID), AgainstID: int64(r.AgainstID), Kind: register.RestrictionKind(r.Kind),
		Source: register.RestrictionSource(r.Source), Document: r.Document, Reason: r.Reason, StartsOn: r.StartsOn, ReviewBy: r.ReviewBy,
		Interim: r.Interim, EnteredBy: int64(r.EnteredBy), EnteredAt: r.EnteredAt.time(), EndAskedBy: int64(r.EndAskedBy),
		EndAskedAt: r.EndAskedAt.timeP(), EndReason: r.EndReason, EndedAt: r.EndedAt.timeP(), EndApprovedBy: int64(r.EndApprovedBy),
	}
}

type representationRow struct {
	ID        int64    `db:"id"`
	CaseID    int64    `db:"case_id"`
	PersonID  int64    `db:"person_id"`
	ForPerson rowID    `db:"for_person_id"`
	Kind      string   `db:"kind"`
	Document  string   `db:"document"`
	GivenOn   string   `db:"given_on"`
	ExpiresOn string   `db:"expires_on"`
	EnteredBy rowID    `db:"entered_by"`
	EnteredAt instant  `db:"entered_at"`
	EndedAt   *instant `db:"ended_at"`
}

func representationToRow(r *register.Representation) representationRow {
	return representationRow{
		ID: r.ID, CaseID: r.CaseID, PersonID: r.PersonID, ForPerson: rowID(r.ForPerson), Kind: string(r.Kind), Document: r.Document,
		GivenOn: r.GivenOn, ExpiresOn: r.ExpiresOn, EnteredBy: rowID(r.EnteredBy), EnteredAt: at(r.EnteredAt), EndedAt: atP(r.EndedAt),
	}
}

func (r representationRow) representation() register.Representation {
	return register.Representation{
		ID: r.ID, CaseID: r.CaseID, PersonID: r.PersonID, ForPerson: int64(r.ForPerson), Kind: register.RepresentationKind(r.Kind),
		Document: r.Document, GivenOn: r.GivenOn, ExpiresOn: r.ExpiresOn, EnteredBy: int64(r.EnteredBy), EnteredAt: r.EnteredAt.time(),
		EndedAt: r.EndedAt.timeP(),
	}
}

type arrangementRow struct {
	CaseID    int64  `db:"case_id"`
	Value     string `db:"value"`
	Source    string `db:"source"`
	AskedOn   string `db:"asked_on"`
	EnteredBy rowID  `db:"entered_by"`
}

type preferencesRow struct {
	PersonID    int64  `db:"person_id"`
	Channel     string `db:"channel"`
	Times       string `db:"times"`
	Language    string `db:"language"`
	Interpreter bool   `db:"interpreter"`
	LargePrint  int    `db:"large_print"`
	EasyRead    bool   `db:"easy_read"`
	Braille     bool   `db:"braille"`
	Audio       bool   `db:"audio"`
	BSL         bool   `db:"bsl"`
	Words       string `db:"words"`
	NoGeneral   bool   `db:"no_general"`
}

type aliasRow struct {
	ID       int64  `db:"id"`
	CaseID   int64  `db:"case_id"`
	Name     string `db:"name"`
	NameFold string `db:"name_fold"`
}

func (r aliasRow) alias() register.Alias {
	return register.Alias{ID: r.ID, CaseID: r.CaseID, Name: r.Name}
}

type caseDateRow struct {
	CaseID int64  `db:"case_id"`
	Kind   string `db:"kind"`
	On     string `db:"on_date"`
}

type postalRow struct {
	ID           int64   `db:"id"`
	PersonID     int64   `db:"person_id"`
	Lines        string  `db:"lines"`
	Postcode     string  `db:"postcode"`
	Confidential bool    `db:"confidential"`
	FromOn       string  `db:"from_on"`
	ToOn         string  `db:"to_on"`
	EnteredAt    instant `db:"entered_at"`
}

func postalToRow(p *register.Postal) postalRow {
	return postalRow{
		ID: p.ID, PersonID: p.PersonID, Lines: p.Lines, Postcode: p.Postcode, Confidential: p.Confidential,
		FromOn: p.FromOn, ToOn: p.ToOn, EnteredAt: at(p.EnteredAt),
	}
}

func (r postalRow) postal() register.Postal {
	return register.Postal{
		ID: r.ID, PersonID: r.PersonID, Lines: r.Lines, Postcode: r.Postcode, Confidential: r.Confidential,
		FromOn: r.FromOn, ToOn: r.ToOn, EnteredAt: r.EnteredAt.time(),
	}
}

type protectedRow struct {
	ID            int64   `db:"id"`
	CaseID        int64   `db:"case_id"`
	PersonID      rowID   `db:"person_id"`
	AgainstID     rowID   `db:"against_id"`
	RestrictionID rowID   `db:"restriction_id"`
	Kind          string  `db:"kind"`
	Value         string  `db:"value"`
	EnteredAt     instant `db:"entered_at"`
}

func (r protectedRow) fact() register.ProtectedFact {
	return register.ProtectedFact{
		ID: r.ID, CaseID: r.CaseID, PersonID: int64(r.PersonID), AgainstID: int64(r.AgainstID),
		RestrictionID: int64(r.RestrictionID), Kind: r.Kind, Value: r.Value,
	}
}
