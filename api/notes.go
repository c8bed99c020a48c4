package api

import (
	"context"
	"time"

	"hearback/tickets"
	"hearback/tickets/access"
)

type listNotesOut struct {
	Body struct {
		Items []note `json:"items" nullable:"false"`
	}
}

// note is an internal note. This route and its permission are the only way to it.
type note struct {
	ID     int64     `json:"id"`
	Author string    `json:"author"`
	At     time.Time `json:"at"`
	Text   string    `json:"text"`
	Source string    `json:"source" doc:"form, api or email"`
}

func (s *server) listNotes(ctx context.Context, a access.Actor, in *refIn) (*listNotesOut, error) {
	t, err := s.Store.Ticket(ctx, a, in.Ref)
	if err != nil {
		return nil, err
	}
	notes, err := s.Store.Notes(ctx, a, t.ID)
	if err != nil {
		return nil, err
	}
	out := &listNotesOut{}
	out.Body.Items = make([]note, 0, len(notes))
	for _, n := range notes {
		out.Body.Items = append(out.Body.Items, note{ID: n.ID, Author: n.Author, At: n.CreatedAt, Text: n.Text.ForStaff(), Source: n.Source})
	}
	return out, nil
}

type addNoteIn struct {
	Ref  string `path:"ref" maxLength:"40" example:"SEN-104233"`
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"262144" doc:"for staff alone; a note has no recipients"`
	}
}

type createdOut struct {
	Location string `header:"Location" doc:"where it can be read"`
	Body     struct {
		ID int64 `json:"id"`
	}
}

func (s *server) addNote(ctx context.Context, a access.Actor, in *addNoteIn) (*createdOut, error) {
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	n, err := s.Desk.AddNote(ctx, a, tickets.NoteRequest{Ref: in.Ref, Text: tickets.NewPrivateText(in.Body.Text), Source: "api"}, now)
	if err != nil {
		return nil, err
	}
	out := &createdOut{Location: locationOf(in.Ref) + "/notes"}
	out.Body.ID = n.ID
	return out, nil
}
