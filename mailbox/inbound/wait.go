package inbound

import (
	"context"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const (
	// longestIdle ends IDLE long before a firewall forgets a silent connection;
	// many do after some minutes.
	longestIdle = 4 * time.Minute
	// maxIdleFailures in a row, and IDLE is left alone: some servers offer it and
	// break off.
	maxIdleFailures = 3
)

// Wait returns when the server says that there is something new, when the poll
// interval has passed, when the connection is lost, when Close is called, when
// the last look left something to do, or when ctx ends. It uses IDLE (RFC 2177)
// where the server has it. A connection for which others wait is given up when
// the interval has passed, so that an idling inbox starves no other folder.
func (p *Poller) Wait(ctx context.Context) {
	interval := p.acct.Poll
	if interval <= 0 {
		interval = time.Minute
	}
	if p.more {
		return
	}
	c := p.current()
	if c == nil || !c.caps.Has(imap.CapIdle) || p.idleFailures >= maxIdleFailures {
		if p.acct.Limit != nil {
			p.leave(ctx)
		}
		p.pause(ctx, interval, nil)
		return
	}
	cmd, err := c.idle(ctx)
	if err != nil {
		p.idleFailures++
		p.drop(c)
		return
	}
	interval = min(interval, longestIdle)
	if p.pause(ctx, interval, c.client.Closed()) {
		p.idleFailures++
		_ = cmd.Close()
		p.drop(c)
		return
	}
	p.idleFailures = 0
	if err := c.endIdle(ctx, cmd); err != nil {
		p.drop(c) // Once says so when it cannot connect
		return
	}
	if p.acct.Limit.wanted() && time.Since(c.since) >= interval {
		p.leave(ctx)
	}
}

// pause waits; true means that the connection ended.
func (p *Poller) pause(ctx context.Context, d time.Duration, ended <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-p.news:
	case <-ended:
		return true
	}
	return false
}

func (c *conn) idle(ctx context.Context) (cmd *imapclient.IdleCommand, err error) {
	err = c.within(ctx, c.limits.Idle, func(func()) error {
		cmd, err = c.client.Idle()
		return err
	})
	return cmd, err
}

// endIdle ends IDLE also when ctx is over: its goroutine is waited for.
func (c *conn) endIdle(ctx context.Context, cmd *imapclient.IdleCommand) error {
	stop := context.AfterFunc(ctx, c.kill) // whoever stops us does not wait for the server
	defer stop()
	return c.within(context.WithoutCancel(ctx), c.limits.Idle, func(func()) error {
		if err := cmd.Close(); err != nil {
			return err
		}
		return cmd.Wait()
	})
}
