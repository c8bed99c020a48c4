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
// interval has passed, when the connection is lost, when Close is called, or
// when ctx ends. It uses IDLE (RFC 2177) where the server has it.
func (p *Poller) Wait(ctx context.Context) {
	interval := p.acct.Poll
	if interval <= 0 {
		interval = time.Minute
	}
	c := p.current()
	if c == nil || !c.caps.Has(imap.CapIdle) || p.idleFailures >= maxIdleFailures {
		p.pause(ctx, interval, nil)
		return
	}
	cmd, err := c.idle(ctx)
	if err != nil {
		p.idleFailures++
		p.drop(c)
		return
	}
	if p.pause(ctx, min(interval, longestIdle), c.client.Closed()) {
		p.idleFailures++
		_ = cmd.Close()
		p.drop(c)
		return
	}
	p.idleFailures = 0
	if ctx.Err() != nil {
		c.kill() // whoever stops us does not wait for the server
	}
	if err := c.endIdle(ctx, cmd); err != nil {
		p.drop(c) // Once says so when it cannot connect
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
	return c.within(context.WithoutCancel(ctx), c.limits.Idle, func(func()) error {
		if err := cmd.Close(); err != nil {
			return err
		}
		return cmd.Wait()
	})
}
