package inbound

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hearback/tickets/fault"
)

// conn is one IMAP connection on which every step has a deadline.
type conn struct {
	client *imapclient.Client
	limits Deadlines
	once   sync.Once
	idles  bool
}

func dial(ctx context.Context, a Account, limits Deadlines, news chan struct{}) (*conn, error) {
	password, err := a.Password()
	if err != nil {
		return nil, fault.Wrap(fault.Temporary, "The password of this mailbox cannot be read.", err)
	}
	nc, err := dialNet(ctx, a, limits.Dial)
	if err != nil {
		return nil, fault.Wrap(fault.Temporary, "The mail server cannot be reached.", err)
	}
	options := &imapclient.Options{
		TLSConfig: tlsFor(a),
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{
			Mailbox: func(data *imapclient.UnilateralDataMailbox) {
				if data.NumMessages == nil {
					return
				}
				select {
				case news <- struct{}{}:
				default:
				}
			},
		},
	}
	c := &conn{limits: limits}
	// The deadline on the socket covers the greeting and STARTTLS, in which the
	// client cannot be closed yet.
	_ = nc.SetDeadline(time.Now().Add(limits.Dial))
	if a.Security == StartTLS {
		c.client, err = imapclient.NewStartTLS(nc, options)
		if err != nil {
			_ = nc.Close()
			return nil, fault.Wrap(fault.Temporary, "The mail server does not offer an encrypted connection.", err)
		}
	} else {
		c.client = imapclient.New(nc, options)
	}
	if err := c.within(ctx, limits.Dial, c.client.WaitGreeting); err != nil {
		c.close()
		return nil, fault.Wrap(fault.Temporary, "The mail server does not answer as a mail server does.", err)
	}
	_ = nc.SetDeadline(time.Time{})
	err = c.within(ctx, limits.Login, func() error { return c.client.Login(a.Username, password).Wait() })
	if err != nil {
		c.close()
		var refused *imap.Error
		if errors.As(err, &refused) && refused.Type == imap.StatusResponseTypeNo {
			return nil, fault.Wrap(fault.Denied, "The mail server refused our sign-in. New mail is waiting on the server; nothing is lost.", err)
		}
		return nil, fault.Wrap(fault.Temporary, "The mail server broke off while we signed in.", err)
	}
	err = c.within(ctx, limits.Login, func() error {
		c.idles = c.client.Caps().Has(imap.CapIdle)
		return nil
	})
	if err != nil {
		c.close()
		return nil, fault.Wrap(fault.Temporary, "The mail server broke off while we signed in.", err)
	}
	return c, nil
}

func dialNet(ctx context.Context, a Account, limit time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	plain := &net.Dialer{KeepAlive: 30 * time.Second}
	if a.Security == TLS {
		return (&tls.Dialer{NetDialer: plain, Config: tlsFor(a)}).DialContext(ctx, "tcp", a.Addr)
	}
	return plain.DialContext(ctx, "tcp", a.Addr)
}

func tlsFor(a Account) *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.TLS != nil {
		cfg = a.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName, _, _ = net.SplitHostPort(a.Addr)
	}
	return cfg
}

// within runs one step; when it takes longer than d, or ctx ends, the
// connection is closed, which makes every step of go-imap return.
func (c *conn) within(ctx context.Context, d time.Duration, step func() error) error {
	stopCtx := context.AfterFunc(ctx, c.close)
	defer stopCtx()
	timer := time.AfterFunc(d, c.close)
	err := step()
	if !timer.Stop() && err != nil {
		return fault.Wrap(fault.Temporary, "The mail server did not answer in time.", fmt.Errorf("after %s: %w", d, err))
	}
	if ctx.Err() != nil && err != nil {
		return ctx.Err()
	}
	return err
}

func (c *conn) alive() bool {
	select {
	case <-c.client.Closed():
		return false
	default:
		return true
	}
}

func (c *conn) close() { c.once.Do(func() { _ = c.client.Close() }) }

func (c *conn) selectFolder(ctx context.Context, folder string, readOnly bool) (data *imap.SelectData, err error) {
	err = c.within(ctx, c.limits.Select, func() error {
		data, err = c.client.Select(folder, &imap.SelectOptions{ReadOnly: readOnly}).Wait()
		return err
	})
	if err != nil {
		var no *imap.Error
		if errors.As(err, &no) {
			return nil, fault.Wrap(fault.Temporary, "The folder cannot be opened on the mail server.", err)
		}
		return nil, fault.Wrap(fault.Temporary, "The mail server broke off.", err)
	}
	return data, nil
}

// idle starts IDLE. stop ends it; ended closes when the connection is gone.
// Without IDLE it waits for nothing and stop does nothing.
func (c *conn) idle(ctx context.Context) (stop func() error, ended <-chan struct{}, err error) {
	if !c.idles {
		return func() error { return nil }, c.client.Closed(), nil
	}
	var cmd *imapclient.IdleCommand
	err = c.within(ctx, c.limits.Idle, func() error {
		cmd, err = c.client.Idle()
		return err
	})
	if err != nil {
		return nil, nil, fault.Wrap(fault.Temporary, "The mail server broke off.", err)
	}
	stop = func() error {
		// Not bound to ctx: the connection is to be left in order when we are stopped.
		return c.within(context.WithoutCancel(ctx), c.limits.Idle, func() error {
			if err := cmd.Close(); err != nil {
				return err
			}
			return cmd.Wait()
		})
	}
	return stop, c.client.Closed(), nil
}

func (c *conn) settle(ctx context.Context, uids imap.UIDSet, after After, moveTo string) error {
	return c.within(ctx, c.limits.Change, func() error {
		if after == Move {
			_, err := c.client.Move(uids, moveTo).Wait()
			return err
		}
		return c.client.Store(uids, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close()
	})
}

// Try signs in to a mailbox and opens its folder read-only, and changes
// nothing: for `hearback config check -live`.
func Try(ctx context.Context, a Account, limits Deadlines) error {
	c, err := dial(ctx, a, limits, make(chan struct{}, 1))
	if err != nil {
		return err
	}
	defer c.close()
	folder := a.Folder
	if folder == "" {
		folder = "INBOX"
	}
	if _, err := c.selectFolder(ctx, folder, true); err != nil {
		return err
	}
	if a.After != Move {
		return nil
	}
	_, err = c.selectFolder(ctx, a.MoveTo, true)
	return err
}
