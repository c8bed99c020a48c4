package tickets

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"hearback/tickets/access"
	"hearback/tickets/fault"
	"hearback/tickets/wording"
)

// settingWording is the name under which the versions of a letter's words are kept.
func settingWording(letter string) string { return "wording." + letter }

// wordingContent is one version of a letter's words.
type wordingContent struct {
	Standard bool         `json:"standard,omitempty"` // back to the words that hearback comes with
	Text     wording.Text `json:"text"`
}

// WordingOf reads the words out of a stored version (SettingVersion.Content); own is
// false when that version went back to the words that hearback comes with.
func WordingOf(content string) (t wording.Text, own bool, err error) {
	var c wordingContent
	if err := json.Unmarshal([]byte(content), &c); err != nil {
		return wording.Text{}, false, fmt.Errorf("words of a letter: %w", err)
	}
	return c.Text, !c.Standard, nil
}

// OwnWording is WordingOf for a letter that goes out: without a text when there is
// none to be had, and then compose refuses the letter.
func OwnWording(content string) wording.Text {
	if t, own, err := WordingOf(content); err == nil && own {
		return t
	}
	return wording.Text{}
}

// WordingSetting is where the words of a queued letter are kept; ok is false for a
// letter that has none of the council's.
func WordingSetting(o Outgoing) (name string, version int64, ok bool) {
	version, err := strconv.ParseInt(o.Fields[FieldWording], 10, 64)
	return settingWording(o.Template), version, err == nil
}

// Wording is what a letter says now.
type Wording struct {
	Letter   wording.Letter
	Text     wording.Text
	Standard bool  // the words that hearback comes with
	Version  int64 // 0 when nobody has ever changed them
	SetBy    int64
	SetAt    time.Time
}

// WordingVersion is one earlier state of a letter's words.
type WordingVersion struct {
	Version  int64
	Standard bool
	Text     wording.Text
	SetBy    int64
	SetAt    time.Time
}

// Wordings lists the words of every letter.
func (d *Desk) Wordings(ctx context.Context, a access.Actor) ([]Wording, error) {
	if err := allowed(a, access.ReadSystem); err != nil {
		return nil, err
	}
	var out []Wording
	for _, l := range wording.Letters() {
		x, err := d.wording(ctx, l)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func (d *Desk) wording(ctx context.Context, l wording.Letter) (Wording, error) {
	content, v, err := newest[wordingContent](ctx, d.store, settingWording(l.Name))
	if err != nil {
		return Wording{}, err
	}
	x := Wording{Letter: l, Text: content.Text, Standard: v.Version == 0 || content.Standard, Version: v.Version, SetBy: v.SetBy, SetAt: v.SetAt}
	if x.Standard {
		x.Text, err = wording.Standard(l.Name)
	}
	return x, err
}

// Wording is the words of one letter, with up to 50 earlier ones, newest first.
func (d *Desk) Wording(ctx context.Context, a access.Actor, letter string) (Wording, []WordingVersion, error) {
	if err := allowed(a, access.ReadSystem); err != nil {
		return Wording{}, nil, err
	}
	l, ok := wording.Of(letter)
	if !ok {
		return Wording{}, nil, fault.New(fault.NotFound, "There is no such letter")
	}
	x, err := d.wording(ctx, l)
	if err != nil {
		return Wording{}, nil, err
	}
	list, err := d.store.SettingHistory(ctx, settingWording(letter), 50)
	if err != nil {
		return Wording{}, nil, err
	}
	var out []WordingVersion
	for _, v := range list {
		old := WordingVersion{Version: v.Version, SetBy: v.SetBy, SetAt: v.SetAt}
		text, own, err := WordingOf(v.Content)
		if err == nil && !own {
			text, err = wording.Standard(letter)
		}
		if err != nil {
			return Wording{}, nil, err
		}
		old.Standard, old.Text = !own, text
		out = append(out, old)
	}
	return x, out, nil
}

// WordingRequest gives a letter other words.
type WordingRequest struct {
	Letter   string
	Version  int64 // that whoever changes it looked at
	Standard bool  // back to the words that hearback comes with; Text is not read
	Text     wording.Text
}

// WordingJudge says whether the check of outgoing letters lets an example with these
// words pass; fault.Invalid with words for whoever wrote them.
type WordingJudge func(ctx context.Context, letter string, text wording.Text, now time.Time) error

// ChangeWording keeps new words for a letter, once nothing is wrong with them: no
// unknown field, nothing missing that the letter must say, and an example that the
// check of outgoing letters lets pass. Letters that are queued go with the words that
// they were queued with. Faults: Invalid, Denied, Conflict.
func (d *Desk) ChangeWording(ctx context.Context, a access.Actor, r WordingRequest, judge WordingJudge, now time.Time) error {
	if err := sets(a, access.ManageStandards); err != nil {
		return err
	}
	l, ok := wording.Of(r.Letter)
	if !ok {
		return fault.New(fault.NotFound, "There is no such letter")
	}
	content := wordingContent{Standard: r.Standard}
	if !r.Standard {
		content.Text = r.Text.Tidy()
		if wrong := wording.Check(l.Name, content.Text); len(wrong) > 0 {
			return fault.New(fault.Invalid, wrong[0].String())
		}
		if judge == nil {
			return fault.New(fault.Invalid, "These words cannot be checked just now. Nothing was changed")
		}
		if err := judge(ctx, l.Name, content.Text, now); err != nil {
			return err
		}
	}
	return d.write(ctx, a, now, func(w *work) error {
		v, err := w.put(ctx, settingWording(l.Name), r.Version, content)
		if err != nil {
			return err
		}
		detail := map[string]string{"version": strconv.FormatInt(v.Version, 10)}
		if r.Standard {
			detail["standard"] = "yes"
		}
		return w.setting(ctx, settingWording(l.Name), detail)
	})
}
