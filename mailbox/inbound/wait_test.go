package inbound_test

import (
	"context"
	"regexp"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/inbound"
	"hearback/mailbox/mailtest"
)

// waiting starts Wait; the channel closes when it has returned.
func waiting(ctx context.Context, p *inbound.Poller) <-chan struct{} {
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		p.Wait(ctx)
	}()
	return returned
}

func (w *world) returns(returned <-chan struct{}) {
	w.t.Helper()
	select {
	case <-returned:
	case <-w.ctx.Done():
		w.t.Fatal("Wait does not return")
	}
}

func idling(nth int) misbehave.ProxyRule {
	return misbehave.ProxyRule{Name: "idle", From: misbehave.FromServer, Pattern: regexp.MustCompile(`^\+`), Nth: nth}
}

// Mail that arrives while we idle wakes Wait, and so does mail that came between
// the look and IDLE.
func TestIdleWakes(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.proxy.SetRules(idling(0))
	w := newWorld(t)
	p := w.poller(post.proxy.Addr())
	w.once(p, 0)
	raws := letters(1, 4)
	for i, raw := range raws[:2] {
		returned := waiting(w.ctx, p)
		w.must(post.proxy.WaitCount(w.ctx, "idle", i+1))
		post.deliver(raw)
		w.returns(returned)
		w.once(p, 1)
	}
	post.deliver(raws[2:]...)
	w.returns(waiting(w.ctx, p))
	w.once(p, 2)
	if err := post.proxy.WaitConns(w.ctx, 1); err != nil {
		t.Fatal(err)
	}
}

func TestDovecotIdleWakes(t *testing.T) {
	leaks(t)
	dovecot := mailtest.SharedDovecot(t)
	user := dovecot.User()
	w := newWorld(t)
	p := w.poller(dovecot.AddrTLS(), overTLS(dovecot.TLSConfig(), user))
	w.once(p, 0)
	returned := waiting(w.ctx, p)
	dovecot.Append(t, user, "INBOX", letters(1, 1)[0], time.Time{})
	w.returns(returned)
	w.once(p, 1)
}

// Wait ends with the interval, with or without IDLE, and before there is a
// connection at all.
func TestWaitEnds(t *testing.T) {
	leaks(t)
	soon := func(a *inbound.Account, _ *inbound.Deps) { a.Poll = time.Millisecond }
	dovecot := mailtest.Dovecot(t, mailtest.WithoutCapabilities("IDLE"))
	for name, addr := range map[string]string{"IDLE": newPost(t).addr, "no IDLE": dovecot.Addr()} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.poller(addr, soon, func(a *inbound.Account, _ *inbound.Deps) { a.Username = dovecot.User() })
			w.returns(waiting(w.ctx, p))
			w.once(p, 0)
			w.returns(waiting(w.ctx, p))
			w.once(p, 0)
		})
	}
}

// Close, the end of the program and the loss of the connection end Wait at once,
// also when the server says nothing any more.
func TestWaitIsEnded(t *testing.T) {
	for name, tc := range map[string]struct {
		rule misbehave.ProxyRule // at the server's "+"
		end  func(p *inbound.Poller, post *post, cancel func())
	}{
		"close":               {idling(0), func(p *inbound.Poller, _ *post, _ func()) { p.Close() }},
		"stop":                {idling(0), func(_ *inbound.Poller, _ *post, cancel func()) { cancel() }},
		"drop":                {idling(0), func(_ *inbound.Poller, post *post, _ func()) { post.proxy.Drop() }},
		"close, server hangs": {misbehave.ProxyRule{Do: misbehave.Stall}, func(p *inbound.Poller, _ *post, _ func()) { p.Close() }},
		"stop, server hangs":  {misbehave.ProxyRule{Do: misbehave.Stall}, func(_ *inbound.Poller, _ *post, cancel func()) { cancel() }},
		"stop, half open":     {misbehave.ProxyRule{Do: misbehave.HalfOpen}, func(_ *inbound.Poller, _ *post, cancel func()) { cancel() }},
	} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			post := newPost(t)
			rule := tc.rule
			rule.Name, rule.From, rule.Pattern = "idle", misbehave.FromServer, regexp.MustCompile(`^\+`)
			post.proxy.SetRules(rule)
			w := newWorld(t)
			p := w.poller(post.proxy.Addr())
			w.once(p, 0)
			ctx, cancel := context.WithCancel(w.ctx)
			defer cancel()
			returned := waiting(ctx, p)
			w.must(post.proxy.WaitCount(w.ctx, "idle", 1))
			tc.end(p, post, cancel)
			w.returns(returned)
			post.proxy.SetRules()
			post.deliver(letters(1, 1)...)
			w.recovers(p)
			if n := w.messages(); n != 1 {
				t.Errorf("%d messages afterwards", n)
			}
		})
	}
}

// Close ends a wait without a connection too.
func TestCloseWithoutConnection(t *testing.T) {
	leaks(t)
	w := newWorld(t)
	p := w.poller("127.0.0.1:1")
	w.fails(p)
	returned := waiting(w.ctx, p)
	p.Close()
	w.returns(returned)
}

// A server that hangs or breaks off at IDLE does not make us sign in again and
// again: after three times we poll.
func TestIdleFails(t *testing.T) {
	for name, rule := range map[string]misbehave.ProxyRule{
		"refused": {From: misbehave.FromServer, Pattern: regexp.MustCompile(`^\+`), Before: true, Do: misbehave.Drop},
		"silent":  {From: misbehave.FromClient, Pattern: regexp.MustCompile(`IDLE`), Before: true, Do: misbehave.Stall},
		"rubbish": {From: misbehave.FromServer, Pattern: regexp.MustCompile(`^\+`), Before: true, Do: misbehave.Inject, Bytes: []byte("gibberish\r\n")},
	} {
		t.Run(name, func(t *testing.T) {
			leaks(t)
			post := newPost(t)
			rule.Name = "idle"
			post.proxy.SetRules(rule)
			w := newWorld(t)
			p := w.poller(post.proxy.Addr(), func(a *inbound.Account, d *inbound.Deps) {
				a.Poll = time.Millisecond
				d.Deadlines.Idle = short
			})
			for range 6 {
				w.once(p, 0)
				w.returns(waiting(w.ctx, p))
			}
			if n := post.proxy.Count("idle"); n != 3 {
				t.Errorf("IDLE was tried %d times", n)
			}
			post.deliver(letters(1, 1)...)
			w.once(p, 1)
		})
	}
}

// A connection that ends within IDLE ends the wait, three times; then we poll.
func TestIdleDropped(t *testing.T) {
	leaks(t)
	post := newPost(t)
	post.proxy.SetRules(misbehave.ProxyRule{Name: "idle", From: misbehave.FromServer, Pattern: regexp.MustCompile(`^\+`), Do: misbehave.Drop})
	w := newWorld(t)
	p := w.poller(post.proxy.Addr())
	for range 3 {
		w.once(p, 0)
		w.returns(waiting(w.ctx, p))
	}
	w.once(p, 0)
	returned := waiting(w.ctx, p)
	p.Close()
	w.returns(returned)
}
