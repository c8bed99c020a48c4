package api

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"hearback/mailbox/guard"
	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/fault"
)

type replyIn struct {
	Ref  string `path:"ref" maxLength:"40" example:"SEN-104233"`
	Body letterIn
}

// letterIn is a reply as a program writes it.
type letterIn struct {
	To          []int64        `json:"to,omitempty" maxItems:"20" doc:"ids of people on the case; who wrote the answered message when empty"`
	Subject     string         `json:"subject,omitempty" maxLength:"900"`
	Text        string         `json:"text" minLength:"1" maxLength:"262144" doc:"plain text"`
	Answers     int64          `json:"answers,omitempty" doc:"id of the message that is answered; the latest of the family when not given"`
	Files       []int64        `json:"files,omitempty" maxItems:"10" doc:"ids of files that you put to this reply, in order"`
	Quote       *bool          `json:"quote,omitempty" doc:"put the answered message below the text; when not given, only if the letter goes to its writer alone"`
	After       string         `json:"after,omitempty" enum:",answered,waiting_family,waiting_other,open" doc:"what the enquiry becomes; answered when not given"`
	SeenVersion int64          `json:"seen_version,omitempty" doc:"version of the enquiry that you read; the present one when not given"`
	Confirm     []confirmation `json:"confirm,omitempty" maxItems:"50" doc:"findings that you confirm; needs digest"`
	Digest      string         `json:"digest,omitempty" maxLength:"4000" doc:"of the review that you confirm"`
}

type confirmation struct {
	Rule    string `json:"rule" maxLength:"60"`
	Mailbox string `json:"mailbox,omitempty" maxLength:"320" doc:"as the finding has it"`
	Reason  string `json:"reason,omitempty" maxLength:"500"`
}

type reviewOut struct {
	Body struct {
		Decision string          `json:"decision" enum:"allow,warn,confirm,block"`
		Findings []guard.Finding `json:"findings" nullable:"false"`
		Digest   string          `json:"digest"`
		Copies   []Copy          `json:"copies" nullable:"false" doc:"exactly what would go, one letter for each person, but for ids that a letter gets when it is queued"`
	}
}

type replyOut struct {
	Location string `header:"Location" doc:"the enquiry, whose timeline has the letter"`
	Body     struct {
		ID         int64      `json:"id" doc:"of the letter"`
		ReleaseAt  time.Time  `json:"release_at" doc:"it does not leave before"`
		Deliveries []delivery `json:"deliveries" nullable:"false"`
	}
}

// locationOf is where an enquiry is read.
func locationOf(ref string) string { return Prefix + "/tickets/" + url.PathEscape(ref) }

// request fills in what the caller left out: the message that is answered, who
// wrote it, and the present version. items is the timeline that it was read from.
func (s *server) request(ctx context.Context, a access.Actor, in *replyIn) (r tickets.ReplyRequest, items []tickets.TimelineItem, err error) {
	t, err := s.Store.Ticket(ctx, a, in.Ref)
	if err != nil {
		return r, nil, err
	}
	r = tickets.ReplyRequest{
		Ref: t.Ref, To: in.Body.To, Subject: in.Body.Subject, Body: in.Body.Text, AnswersID: in.Body.Answers,
		AfterSend: tickets.State(in.Body.After), SeenVersion: in.Body.SeenVersion, Digest: in.Body.Digest,
		Files: in.Body.Files,
	}
	if r.SeenVersion == 0 {
		r.SeenVersion = t.Version
	}
	// The version was read first: what is in the timeline and came later makes
	// the version stale, and the letter is refused.
	if items, err = s.Store.Timeline(ctx, a, t.ID); err != nil {
		return r, nil, err
	}
	var answered *tickets.Message
	for _, it := range items {
		m := it.Message
		if m == nil || m.Direction != tickets.In || m.Channel != tickets.ChannelEmail || m.Unconfirmed {
			continue
		}
		if m.ID == r.AnswersID || r.AnswersID == 0 && m.Kind == tickets.KindHuman {
			answered = m
		}
	}
	if answered == nil {
		if r.AnswersID != 0 { // whether it is another enquiry's is not for the caller to know
			return r, nil, fault.New(fault.Invalid, "The message you answer is not part of this enquiry")
		}
		return r, items, nil
	}
	r.AnswersID = answered.ID
	switch {
	case len(r.To) > 0:
	case t.CaseID == 0:
		r.ToRequester = true
	case answered.PersonID != 0:
		r.To = []int64{answered.PersonID}
	}
	// The words of one are not passed on to another unless the caller says so;
	// the guard asks again then.
	r.QuoteAnswer = r.ToRequester || !slices.ContainsFunc(r.To, func(id int64) bool { return id != answered.PersonID })
	if in.Body.Quote != nil {
		r.QuoteAnswer = *in.Body.Quote
	}
	return r, items, nil
}

func (s *server) reviewReply(ctx context.Context, a access.Actor, in *replyIn) (*reviewOut, error) {
	r, _, err := s.request(ctx, a, in)
	if err != nil {
		return nil, err
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	v, err := s.Review.Review(ctx, a, r, now)
	if err != nil {
		return nil, err
	}
	out := &reviewOut{}
	out.Body.Decision, out.Body.Digest = string(v.Verdict.Decision), v.Digest
	out.Body.Findings = findingsFor(a, v.Verdict.Findings)
	copies, err := s.Review.Copies(ctx, a, r, now)
	if err != nil {
		return nil, err
	}
	out.Body.Copies = append([]Copy{}, copies...)
	return out, nil
}

// sendReply asks the guard first, so that a program hears at once what a person
// at the screen would see. The dispatcher asks again, on the final bytes.
func (s *server) sendReply(ctx context.Context, a access.Actor, in *replyIn) (*replyOut, error) {
	r, items, err := s.request(ctx, a, in)
	if err != nil {
		return nil, err
	}
	now, err := s.Now(ctx)
	if err != nil {
		return nil, err
	}
	if in.Body.SeenVersion == 0 && repeated(items, a, r, now) {
		return nil, fault.New(fault.Conflict, "The same words to the same people were queued a moment ago. Nothing was queued again. To send them once more, send seen_version")
	}
	v, err := s.Review.Review(ctx, a, r, now)
	if err != nil {
		return nil, err
	}
	if r.Confirmed, err = confirmed(in, v, now); err != nil {
		return nil, err
	}
	said := make([]guard.Confirmation, 0, len(r.Confirmed))
	for _, x := range r.Confirmed {
		said = append(said, guard.Confirmation{Rule: x.Rule, Mailbox: x.Mailbox, Digest: v.Digest})
	}
	if !v.Verdict.Passes(said, v.Digest) {
		open := v.Verdict.Open(said, v.Digest)
		if err := s.Desk.StoppedAtSend(ctx, a, r.Ref, string(v.Verdict.Decision), v.Verdict.RulesVersion, rulesOf(open), now); err != nil {
			return nil, err
		}
		s.Log.Info("mail", "event", "reply_stopped", "ticket", r.Ref, "rules", rulesOf(open), "outcome", "stopped")
		return nil, &refusal{findingsFor(a, open)}
	}
	r.Digest = v.Digest
	o, err := s.Desk.Reply(ctx, a, r, now)
	if err != nil {
		return nil, err
	}
	if s.Wake != nil {
		s.Wake()
	}
	out := &replyOut{Location: locationOf(r.Ref)}
	out.Body.ID, out.Body.ReleaseAt, out.Body.Deliveries = o.ID, o.ReleaseAt, deliveriesOf(o)
	return out, nil
}

// confirmed are the findings that the caller confirms, as long as the guard asks
// for them. They count for the letter that was reviewed and for no other: a
// digest of anything else confirms nothing, and is said to be wrong.
func confirmed(in *replyIn, v Review, now time.Time) ([]tickets.Confirmation, error) {
	switch {
	case in.Body.Digest == "" && len(in.Body.Confirm) > 0:
		return nil, fault.New(fault.Invalid, "Send the digest of the review that you confirm. Nothing was sent")
	case in.Body.Digest != "" && in.Body.Digest != v.Digest:
		return nil, fault.New(fault.Conflict, "This is not the letter that was reviewed: the words, or who gets them, are others. Review it again. Nothing was sent")
	}
	var out []tickets.Confirmation
	for _, f := range v.Verdict.Findings {
		if f.Decision != guard.Confirm {
			continue
		}
		for _, x := range in.Body.Confirm {
			if x.Rule == f.Rule && x.Mailbox == f.Mailbox {
				out = append(out, tickets.Confirmation{Rule: x.Rule, Mailbox: x.Mailbox, Reason: x.Reason, At: now})
				break
			}
		}
	}
	return out, nil
}

// repeatWithin is how long the same letter is taken for a request that a program
// sent twice, for instance because the answer to the first was lost.
const repeatWithin = 10 * time.Minute

// repeated reports whether the actor has just queued these words for these people.
func repeated(items []tickets.TimelineItem, a access.Actor, r tickets.ReplyRequest, now time.Time) bool {
	to := map[int64]bool{}
	for _, id := range r.To {
		to[id] = true
	}
	for _, it := range items {
		o := it.Outgoing
		if o == nil || o.Purpose != tickets.PurposeReply || o.AuthorID != a.StaffID || now.Sub(o.CreatedAt) > repeatWithin {
			continue
		}
		if o.Body != strings.ReplaceAll(r.Body, "\r\n", "\n") {
			continue
		}
		people, stands := map[int64]bool{}, false
		for _, d := range o.Deliveries {
			if d.PersonID != 0 {
				people[d.PersonID] = true
			}
			stands = stands || !slices.Contains([]tickets.DeliveryState{tickets.Cancelled, tickets.Refused, tickets.Bounced}, d.State)
		}
		if stands && maps.Equal(to, people) {
			return true
		}
	}
	return false
}
