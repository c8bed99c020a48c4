package tickets

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"hearback/tickets/access"
	"hearback/tickets/audit"
	"hearback/tickets/fault"
)

// Limits of a letterhead.
const (
	maxSignature = 600 // characters
	maxSignLines = 10
	maxLogoAlt   = 120
)

// LetterheadRequest is how the letters of a team are to look. A nil Logo keeps the
// one that is there, unless NoLogo.
type LetterheadRequest struct {
	TeamID    int64
	Signature string
	Logo      []byte // PNG or JPEG without anything but the picture
	LogoType  string
	LogoAlt   string
	NoLogo    bool
}

// LetterheadOf is how the letters of a team look, for who runs teams.
func (d *Desk) LetterheadOf(ctx context.Context, a access.Actor, teamID int64) (Letterhead, error) {
	if !a.May(access.ManageTeams) && !a.May(access.ReadSystem) {
		return Letterhead{}, fault.New(fault.Denied, "You cannot do this. A system administrator can")
	}
	return d.store.LetterheadOf(ctx, teamID)
}

// SetLetterhead says how the letters of a team look from now on. Letters that wait
// look like it as well: they are made when they leave, and the guard judges them then.
func (d *Desk) SetLetterhead(ctx context.Context, a access.Actor, r LetterheadRequest, now time.Time) error {
	if err := sets(a, access.ManageTeams); err != nil {
		return err
	}
	r.Signature = strings.TrimSpace(strings.ReplaceAll(r.Signature, "\r\n", "\n"))
	r.LogoAlt = strings.Join(strings.Fields(r.LogoAlt), " ")
	switch {
	case !utf8.ValidString(r.Signature) || strings.ContainsRune(r.Signature, 0):
		return fault.New(fault.Invalid, "The signature holds characters that cannot be sent")
	case utf8.RuneCountInString(r.Signature) > maxSignature || strings.Count(r.Signature, "\n") >= maxSignLines:
		return fault.Newf(fault.Invalid, "The signature can have %d lines and %d characters", maxSignLines, maxSignature)
	case utf8.RuneCountInString(r.LogoAlt) > maxLogoAlt:
		return fault.Newf(fault.Invalid, "The words for the logo can have %d characters", maxLogoAlt)
	case len(r.Logo) > 0 && r.LogoAlt == "":
		return fault.New(fault.Invalid, "Say what the logo is in words for people who do not see it: for example, the council's name")
	}
	var raw PreparedRaw
	if len(r.Logo) > 0 {
		var err error
		if raw, err = d.store.PrepareRaw(ctx, r.Logo); err != nil {
			return err
		}
	}
	return d.write(ctx, a, now, func(w *work) error {
		t, err := w.team(ctx, r.TeamID)
		if err != nil {
			return err
		}
		was, err := w.tx.LetterheadOf(ctx, t.ID)
		if err != nil {
			return err
		}
		h := Letterhead{Signature: r.Signature, LogoAlt: r.LogoAlt}
		switch {
		case len(r.Logo) > 0:
			h.LogoType = r.LogoType
			if h.LogoRaw, err = w.tx.SaveRaw(ctx, raw); err != nil {
				return err
			}
		case !r.NoLogo && was.LogoRaw != 0:
			h.LogoRaw, h.LogoType = was.LogoRaw, was.LogoType
			if h.LogoAlt == "" {
				return fault.New(fault.Invalid, "Say what the logo is in words for people who do not see it: for example, the council's name")
			}
		default:
			h.LogoAlt = ""
		}
		if h.Signature == was.Signature && h.LogoRaw == was.LogoRaw && h.LogoAlt == was.LogoAlt {
			return nil
		}
		if err := w.tx.PutLetterhead(ctx, t.ID, h, w.actor.StaffID, w.now); err != nil {
			return err
		}
		return w.audit(ctx, audit.TeamChanged, objectOf("team", t.ID), 0, map[string]string{
			"what": "letterhead", "signature": yesNo(h.Signature != was.Signature), "logo": yesNo(h.LogoRaw != was.LogoRaw),
		})
	})
}
