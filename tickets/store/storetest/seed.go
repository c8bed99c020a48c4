package storetest

import (
	"context"
	"testing"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/register"
	"hearback/tickets/store"
)

// World is a small council: two teams, a few colleagues, three cases.
type World struct {
	Start        time.Time
	North, South register.Team
	Officer      register.Staff // of the team North
	Deputy       register.Staff
	Lead         register.Staff // of the team North
	Duty         register.Staff // business support of the team North
	Stranger     register.Staff // officer of the team South
	Admin        register.Staff
	Mailbox      tickets.Mailbox
	// Milo is a case of North, Ada a restricted case of North, Juno a case of South.
	Milo, Ada, Juno register.Case
	Tessa, Ray      register.Person // Milo's mother; his father, whom nobody may contact
	Mother, Father  register.Address
	Stepmother      register.Person // on Juno's case
}

// Seed fills a store with a World.
func Seed(t testing.TB, db *store.DB) *World {
	t.Helper()
	w := &World{Start: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}
	ctx := context.Background()
	err := db.Write(ctx, func(tx tickets.Tx) error { return w.fill(ctx, tx) })
	if err != nil {
		t.Fatalf("seeding: %v", err)
	}
	return w
}

func (w *World) fill(ctx context.Context, tx tickets.Tx) error {
	w.North, w.South = register.Team{Name: "North"}, register.Team{Name: "South"}
	for _, g := range []*register.Team{&w.North, &w.South} {
		if err := tx.InsertTeam(ctx, g); err != nil {
			return err
		}
	}
	staff := func(s *register.Staff, email, name string, role access.Role, team int64) error {
		*s = register.Staff{Email: email, Name: name, Role: string(role), TeamID: team, Active: true, PasswordHash: "secret hash", CreatedAt: w.Start}
		return tx.InsertStaff(ctx, s)
	}
	for _, s := range []struct {
		into        *register.Staff
		email, name string
		role        access.Role
		team        int64
	}{
		{&w.Officer, "amira.sole@council.example", "Amira Sole", access.RoleOfficer, w.North.ID},
		{&w.Deputy, "dean.foss@council.example", "Dean Foss", access.RoleOfficer, w.North.ID},
		{&w.Lead, "lena.hart@council.example", "Lena Hart", access.RoleLead, w.North.ID},
		{&w.Duty, "duty.one@council.example", "Bea Lund", access.RoleBusinessSupport, w.North.ID},
		{&w.Stranger, "sid.marsh@council.example", "Sid Marsh", access.RoleOfficer, w.South.ID},
		{&w.Admin, "root@council.example", "Ivo Kern", access.RoleAdmin, 0},
	} {
		if err := staff(s.into, s.email, s.name, s.role, s.team); err != nil {
			return err
		}
	}
	w.Officer.DeputyID = w.Deputy.ID
	if err := tx.UpdateStaff(ctx, &w.Officer); err != nil {
		return err
	}
	w.North.LeadID = w.Lead.ID
	if err := tx.UpdateTeam(ctx, &w.North); err != nil {
		return err
	}
	w.Mailbox = tickets.Mailbox{Name: "sen", Address: "SEN@council.example", TeamID: w.North.ID}
	if err := tx.UpsertMailbox(ctx, &w.Mailbox); err != nil {
		return err
	}
	if err := tx.SetStaffDomains(ctx, []string{"council.example"}); err != nil {
		return err
	}
	return w.fillCases(ctx, tx)
}

func (w *World) fillCases(ctx context.Context, tx tickets.Tx) error {
	w.Milo = register.Case{
		Ref: "WM-2201", ChildName: "Milo Brandt", DOB: "2019-03-04", School: "Oakfield Primary", Stage: "Assessment",
		TeamID: w.North.ID, OfficerID: w.Officer.ID, FallbackID: w.Lead.ID, Open: true, CreatedAt: w.Start,
	}
	w.Ada = register.Case{
		Ref: "WM-2202", ChildName: "Ada Zoë Núñez", DOB: "2015-06-01", School: "Hill School", Stage: "Plan in force",
		TeamID: w.North.ID, OfficerID: w.Deputy.ID, FallbackID: w.Lead.ID, Restricted: true, Open: true, CreatedAt: w.Start,
	}
	w.Juno = register.Case{
		Ref: "WM-2203", ChildName: "Juno O'Brien", DOB: "2012-01-20", School: "Dale High", Stage: "Review",
		TeamID: w.South.ID, OfficerID: w.Stranger.ID, FallbackID: w.Stranger.ID, Open: true, CreatedAt: w.Start,
	}
	for _, c := range []*register.Case{&w.Milo, &w.Ada, &w.Juno} {
		if err := tx.InsertCase(ctx, c); err != nil {
			return err
		}
	}
	w.Tessa = register.Person{Name: "Tessa Brandt", Kind: register.KindParent, CreatedAt: w.Start}
	w.Ray = register.Person{Name: "Ray Brandt", Kind: register.KindParent, CreatedAt: w.Start}
	w.Stepmother = register.Person{Name: "Nell O'Brien", Kind: register.KindParent, CreatedAt: w.Start}
	for _, p := range []*register.Person{&w.Tessa, &w.Ray, &w.Stepmother} {
		if err := tx.InsertPerson(ctx, p); err != nil {
			return err
		}
	}
	for _, l := range []register.Link{
		{CaseID: w.Milo.ID, PersonID: w.Tessa.ID, Relation: "mother", PR: register.PRYes, PRSource: "birth certificate", PRCheckedOn: "2026-01-05", MayBeTold: "all"},
		{CaseID: w.Milo.ID, PersonID: w.Ray.ID, Relation: "father", PR: register.PRNotChecked, NoContact: true, MayBeTold: "nothing"},
		{CaseID: w.Juno.ID, PersonID: w.Stepmother.ID, Relation: "stepmother", PR: register.PRNo, MayBeTold: "school matters only"},
	} {
		if err := tx.InsertLink(ctx, &l); err != nil {
			return err
		}
	}
	w.Mother = register.Address{PersonID: w.Tessa.ID, Email: "Tessa.Brandt@family.example", CreatedAt: w.Start}
	w.Father = register.Address{PersonID: w.Ray.ID, Email: "ray@family.example", Confidential: true, CreatedAt: w.Start}
	nell := register.Address{PersonID: w.Stepmother.ID, Email: "nell@other.example", CreatedAt: w.Start}
	for _, a := range []*register.Address{&w.Mother, &w.Father, &nell} {
		if err := tx.InsertAddress(ctx, a); err != nil {
			return err
		}
	}
	return tx.InsertPhone(ctx, &register.Phone{PersonID: w.Tessa.ID, Number: "01234 000123", Digits: "01234000123"})
}

// Actor is the actor that an account is.
func Actor(t testing.TB, db *store.DB, s register.Staff) access.Actor {
	t.Helper()
	a, err := db.ActorOf(context.Background(), s.ID)
	if err != nil {
		t.Fatalf("actor of %s: %v", s.Name, err)
	}
	return a
}
