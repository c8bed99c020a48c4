package inbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hearback/tickets/fault"
)

// conn is one IMAP connection on which every step has a deadline.
type conn struct {
	client *imapclient.Client
	socket net.Conn // beneath TLS
	limits Deadlines
	caps   imap.CapSet
	killed atomic.Bool
	since  time.Time // of its sign-in
	// giveBack lets another connection to the server be opened; nil where nobody
	// counts them.
	giveBack atomic.Pointer[func()]
}

// patient keeps imapclient from setting read deadlines: it gives a whole literal
// five minutes, which a large mail on a slow line may need, and a response
// thirty seconds, in which our own work may fall. The deadlines here are ours.
type patient struct{ net.Conn }

// SetReadDeadline does nothing.
func (patient) SetReadDeadline(time.Time) error { return nil }

// kill closes the socket, which makes every step of imapclient return. It never
// blocks: imapclient's Close waits for the reading goroutine, which may be
// waiting for whoever calls Close to take the next mail from it.
func (c *conn) kill() {
	c.killed.Store(true)
	_ = c.socket.Close()
}

// close ends the connection and waits for imapclient's reading goroutine. No
// command may be left unread when it is called.
func (c *conn) close() {
	c.kill()
	_ = c.client.Close()
	<-c.client.Closed() // Close may return early, with an error of TLS
	if giveBack := c.handOn(); giveBack != nil {
		giveBack()
	}
}

// handOn gives what c counts as among the server's connections to whoever calls,
// who uses it for the connection that follows or gives it back; nil when c does
// not count any more, or nobody counts.
func (c *conn) handOn() (giveBack func()) {
	if f := c.giveBack.Swap(nil); f != nil {
		return *f
	}
	return nil
}

func (c *conn) alive() bool {
	select {
	case <-c.client.Closed():
		return false
	default:
		return !c.killed.Load()
	}
}

// within runs one step. When it stays silent for longer than d, or ctx ends,
// the socket is closed. A step that may take long as long as something comes
// calls alive when it does. The error is ctx's, an *imap.Error when the server
// said no, or of kind temporary.
func (c *conn) within(ctx context.Context, d time.Duration, step func(alive func()) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	stopCtx := context.AfterFunc(ctx, c.kill)
	defer stopCtx()
	var late atomic.Bool
	timer := time.AfterFunc(d, func() {
		late.Store(true)
		c.kill()
	})
	defer timer.Stop()
	err := step(func() { timer.Reset(d) })
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case late.Load():
		return fault.Wrap(fault.Temporary, "The mail server did not answer in time.", fmt.Errorf("silent for %s: %w", d, err))
	}
	return err
}

// broke words the error of a step. What is worded already, and the end of ctx,
// stay as they are.
func broke(safe string, err error) error {
	var worded *fault.Error
	if err == nil || errors.As(err, &worded) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.Wrap(fault.Temporary, safe, err)
}

// refused says whether the server answered NO or BAD: the connection is whole.
func refused(err error) (*imap.Error, bool) {
	var no *imap.Error
	return no, errors.As(err, &no)
}
