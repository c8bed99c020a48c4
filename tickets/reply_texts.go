package tickets

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/wording"
)

// settingReplyTexts is the name under which versions of the list are kept.
const settingReplyTexts = "reply_texts"

// maxReplyTexts bounds the list: what nobody finds nobody uses.
const maxReplyTexts = 100

// ReplyText is a text that officers can put into a reply and change there.
type ReplyText struct {
	ID     int64  `json:"id"`
	Name   string `json:"name"`
	Body   string `json:"body"`
	TeamID int64  `json:"team,omitempty"` // 0: of every team
}

type replyTextsContent struct {
	Last int64       `json:"last"` // number that was given last; none is given twice
	List []ReplyText `json:"list"`
}

// startReplyTexts are there until somebody changes the list.
func startReplyTexts() replyTextsContent {
	return replyTextsContent{Last: 3, List: []ReplyText{
		{ID: 1, Name: "No news yet", Body: "There is no news yet about {child}. We have not forgotten you.\n\nWe will write again by {due}, even if nothing has changed.\n\nIf you cannot wait, call us on {phone}."},
		{ID: 2, Name: "We are late", Body: "We should have replied to you before now. We are sorry that you had to wait.\n\nI am looking at this now. I will write to you by {due}."},
		{ID: 3, Name: "Tell us your views", Body: "We would like to know what you think, and what {child} thinks. You can write as much or as little as you want.\n\nYou do not need to fill in a form. Just reply to this email, or call us on {phone}.\n\nFor free advice from people who do not work for us, call {sendiass} on {sendiass_phone}."},
	}}
}

func (d *Desk) replyTexts(ctx context.Context, r SettingsReader) (replyTextsContent, int64, error) {
	content, v, err := newest[replyTextsContent](ctx, r, settingReplyTexts)
	if err == nil && v.Version == 0 {
		content = startReplyTexts()
	}
	return content, v.Version, err
}

// ReplyTexts are the texts that somebody can put into a reply: those of every team
// and of their own, by name.
func (d *Desk) ReplyTexts(ctx context.Context, a access.Actor) ([]ReplyText, error) {
	if err := allowed(a, access.SendReply); err != nil {
		return nil, err
	}
	content, _, err := d.replyTexts(ctx, d.store)
	if err != nil {
		return nil, err
	}
	out := slices.DeleteFunc(content.List, func(t ReplyText) bool { return t.TeamID != 0 && !slices.Contains(a.TeamIDs, t.TeamID) })
	slices.SortStableFunc(out, func(x, y ReplyText) int { return strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)) })
	return out, nil
}

// AllReplyTexts are the texts of every team, with the version of the list.
func (d *Desk) AllReplyTexts(ctx context.Context, a access.Actor) ([]ReplyText, int64, error) {
	if err := allowed(a, access.ReadSystem); err != nil {
		return nil, 0, err
	}
	content, version, err := d.replyTexts(ctx, d.store)
	return content.List, version, err
}

// ReplyValues is what the enquiry gives for the fields of a text; what is not known
// is empty.
type ReplyValues struct {
	Name, Child, Ref string
	Due              string
}

// FillReplyText is a text with everything filled in. Paragraphs with a field that
// has no value are left out; missing names those fields.
func (d *Desk) FillReplyText(ctx context.Context, a access.Actor, id int64, v ReplyValues) (text string, missing []string, err error) {
	list, err := d.ReplyTexts(ctx, a)
	if err != nil {
		return "", nil, err
	}
	i := slices.IndexFunc(list, func(t ReplyText) bool { return t.ID == id })
	if i < 0 {
		return "", nil, fault.New(fault.NotFound, "There is no such text. Choose one from the list")
	}
	text, missing, err = wording.RenderReply(list[i].Body, map[string]string{
		"name": v.Name, "child": v.Child, "ref": v.Ref, "due": v.Due, "officer": a.Name, FieldCouncil: d.s.CouncilName, FieldPhone: d.s.TeamPhone,
		FieldSENDIASS: d.s.SENDIASSName, FieldSENDIASSPhone: d.s.SENDIASSPhone,
	})
	if err != nil {
		return "", nil, fault.Wrap(fault.Invalid, "This text cannot be filled in for this enquiry. Write it by hand", err)
	}
	return text, missing, nil
}

// ReplyTextRequest adds a text, changes one or takes one off the list.
type ReplyTextRequest struct {
	Version int64 // of the list that whoever changes it looked at
	Remove  bool
	Text    ReplyText // ID 0: a new one
}

// ChangeReplyTexts changes the list. Faults: Invalid, Denied, Conflict, NotFound.
func (d *Desk) ChangeReplyTexts(ctx context.Context, a access.Actor, r ReplyTextRequest, now time.Time) error {
	if err := sets(a, access.ManageStandards); err != nil {
		return err
	}
	t := r.Text
	t.Name, t.Body = strings.Join(strings.Fields(t.Name), " "), wording.Text{Body: t.Body}.Tidy().Body
	if !r.Remove {
		if wrong := wording.CheckReply(t.Name, t.Body); len(wrong) > 0 {
			return fault.New(fault.Invalid, wrong[0].String())
		}
	}
	return d.write(ctx, a, now, func(w *work) error {
		content, _, err := d.replyTexts(ctx, w.tx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(content.List, func(x ReplyText) bool { return x.ID == t.ID })
		if at < 0 && t.ID != 0 {
			return fault.New(fault.NotFound, "There is no such text any more")
		}
		same := func(x ReplyText) bool {
			return x.ID != t.ID && x.TeamID == t.TeamID && strings.EqualFold(x.Name, t.Name)
		}
		what := "changed"
		switch {
		case r.Remove && at >= 0:
			content.List, what = slices.Delete(content.List, at, at+1), "removed"
		case r.Remove:
			return fault.New(fault.NotFound, "There is no such text any more")
		case slices.ContainsFunc(content.List, same):
			return fault.New(fault.Invalid, "There is a text of this name already")
		case t.ID == 0 && len(content.List) >= maxReplyTexts:
			return fault.Newf(fault.Invalid, "There are %d texts already. Take one off first", maxReplyTexts)
		case t.ID == 0:
			content.Last++
			t.ID, what = content.Last, "added"
			content.List = append(content.List, t)
		default:
			content.List[at] = t
		}
		if t.TeamID != 0 && !r.Remove {
			if _, err := w.tx.TeamByID(ctx, t.TeamID); err != nil {
				return err
			}
		}
		if _, err := w.put(ctx, settingReplyTexts, r.Version, content); err != nil {
			return err
		}
		return w.setting(ctx, settingReplyTexts, map[string]string{what: strconv.FormatInt(t.ID, 10)})
	})
}
