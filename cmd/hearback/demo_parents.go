package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"sort"
	"strconv"
	"strings"
	"time"

	"hearback/mailbox/parse"
	"hearback/tickets/fault"
	"hearback/web"
)

// boxKey names a box in an address of a page without showing whose it is.
func boxKey(address string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(address)))
	return hex.EncodeToString(sum[:8])
}

// outsiders are the people of the cast by address.
func outsiders() map[string]castPerson {
	out := map[string]castPerson{}
	for _, c := range demoCases() {
		for _, p := range c.people {
			if _, ok := out[p.email]; !ok {
				out[p.email] = p
			}
		}
	}
	return out
}

// Boxes lists the mailboxes outside the council, the latest mail first.
func (w *demoWorld) Boxes(context.Context) ([]web.DemoBox, error) {
	cast := outsiders()
	var out []web.DemoBox
	for _, a := range w.post.Accounts() {
		if strings.HasSuffix(strings.ToLower(a.Address), "@"+demoDomain) {
			continue
		}
		b := web.DemoBox{Key: boxKey(a.Address), Address: a.Address, Role: "not on a case"}
		if p, ok := cast[a.Address]; ok {
			b.Name, b.Role = p.name, string(p.relation)
		}
		list := w.post.Messages(a.Address, "INBOX")
		b.Count = len(list)
		if b.Count > 0 {
			b.Last = list[b.Count-1].InternalDate
		}
		w.boxes.Store(b.Key, a.Address)
		out = append(out, b)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Last.After(out[j].Last) })
	return out, nil
}

// Mail is what a box received and what its owner wrote, newest first.
func (w *demoWorld) Mail(ctx context.Context, key string) ([]web.DemoMessage, error) {
	v, ok := w.boxes.Load(key)
	if !ok {
		if _, err := w.Boxes(ctx); err != nil {
			return nil, err
		}
		if v, ok = w.boxes.Load(key); !ok {
			return nil, fault.New(fault.NotFound, "There is no such mailbox")
		}
	}
	address, _ := v.(string)
	var out []web.DemoMessage
	for _, folder := range []string{"INBOX", "Sent"} {
		list := w.post.Messages(address, folder)
		const most = 40
		if len(list) > most {
			list = list[len(list)-most:]
		}
		for _, m := range list {
			raw, err := w.post.Raw(address, folder, m.UID)
			if err != nil {
				continue // moved by a mail program in this moment
			}
			in := parse.Message(raw, parse.Options{})
			msg := web.DemoMessage{
				ID: folder + "-" + strconv.FormatUint(uint64(m.UID), 10), From: in.From.Email, Subject: in.Subject, Text: in.Text, At: m.InternalDate, Sent: folder == "Sent",
			}
			if len(in.To) > 0 {
				msg.To = in.To[0].Email
			}
			out = append(out, msg)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].At.After(out[j].At) })
	return out, nil
}

// Write sends a mail as somebody outside. answers is the id of a message in the
// writer's inbox, or "".
func (w *demoWorld) Write(ctx context.Context, from, to, subject, text, answers string) error {
	a, err := mail.ParseAddress(from)
	if err != nil || strings.HasSuffix(strings.ToLower(a.Address), "@"+demoDomain) || !strings.HasSuffix(strings.ToLower(a.Address), ".example") {
		return fault.New(fault.Invalid, "Choose an address outside the council that ends in .example")
	}
	t, err := mail.ParseAddress(to)
	if err != nil {
		return fault.New(fault.Invalid, "Choose one of the council's mailboxes")
	}
	if strings.TrimSpace(text) == "" {
		return fault.New(fault.Invalid, "Write something")
	}
	p, ok := outsiders()[a.Address]
	if !ok {
		p = castPerson{name: a.Name, email: a.Address}
	}
	var ref *letterRef
	if folder, uid, found := strings.Cut(answers, "-"); found && folder == "INBOX" {
		n, err := strconv.ParseUint(uid, 10, 32)
		if err == nil {
			ref = w.letter(a.Address, uint32(n))
		}
	}
	target := t.Address
	if ref != nil && ref.replyTo != "" {
		target = ref.replyTo
	}
	subject = strings.Join(strings.Fields(subject), " ")
	raw, _ := demoMail(p, t.Address, subject, text, ref, w.time(), 0)
	return w.hand(ctx, a.Address, target, raw)
}

func (w *demoWorld) letter(address string, uid uint32) *letterRef {
	raw, err := w.post.Raw(address, "INBOX", uid)
	if err != nil {
		return nil
	}
	in := parse.Message(raw, parse.Options{})
	ref := &letterRef{id: in.MessageID, subject: in.Subject}
	if len(in.ReplyTo) > 0 {
		ref.replyTo = in.ReplyTo[0].Email
	}
	if ref.id == "" {
		return nil
	}
	return ref
}

// parentWrites: the scripted parent, so that one sees mail arrive.
func (w *demoWorld) parentWrites(ctx context.Context) {
	cases := demoCases()
	wait := 20 * time.Second
	for i := 0; ; i++ {
		pause(ctx, wait)
		if ctx.Err() != nil {
			return
		}
		wait = w.flags.parentEvery
		c := cases[9+(i*7)%(len(cases)-9)]
		p := c.mainWriter()
		l := openers()[(i*3+int(w.time().Unix()/3600))%len(openers())]
		child, _, _ := strings.Cut(c.child, " ")
		body := strings.NewReplacer("{child}", child, "{school}", c.school).Replace(l.body)
		raw, _ := demoMail(p, c.mailbox(), l.subject, body+"\n\n"+p.name, nil, w.time(), i)
		if err := w.hand(ctx, p.email, c.mailbox(), raw); err != nil {
			w.log.Warn("mail", "event", "scripted_parent_failed", "error", err)
		}
	}
}
