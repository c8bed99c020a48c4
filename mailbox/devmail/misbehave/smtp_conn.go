package misbehave

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

const (
	maxCommand = 64 << 10 // octets of a command line
	maxMessage = 64 << 20 // octets of a message
)

// smtpConn is one connection. Its own goroutine owns all of it.
type smtpConn struct {
	srv    *SMTP
	number int
	raw    net.Conn // beneath TLS
	conn   net.Conn
	r      *bufio.Reader
	tls    bool

	helo    string
	user    string
	attempt int      // 0 before MAIL
	msg     *Message // the message under way, nil outside a transaction
	rcpts   int
	kept    []string // recipients of this connection that nothing has cleared (KeepRecipients)
	at      map[Phase]time.Time
}

// errOver ends a connection: a rule, the client or Close wants it so.
var errOver = errors.New("misbehave: the connection is over")

func (c *smtpConn) serve() {
	c.at = make(map[Phase]time.Time)
	if _, err := c.answer(Connect, "", "220 misbehave.example ESMTP"); err != nil {
		return
	}
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return
		}
		verb, arg, _ := strings.Cut(strings.TrimRight(string(line), "\r\n"), " ")
		if err := c.command(strings.ToUpper(verb), strings.TrimSpace(arg)); err != nil {
			return
		}
	}
}

func (c *smtpConn) command(verb, arg string) error {
	switch verb {
	case "EHLO", "HELO":
		return c.hello(verb, arg)
	case "STARTTLS":
		return c.startTLS()
	case "AUTH":
		return c.auth(arg)
	case "MAIL":
		return c.mail(arg)
	case "RCPT":
		return c.rcpt(arg)
	case "DATA":
		return c.data()
	case "RSET":
		c.msg = nil
		_, err := c.answer(Rset, "", "250 2.0.0 Ok")
		return err
	case "NOOP":
		_, err := c.answer(Noop, "", "250 2.0.0 Ok")
		return err
	case "QUIT":
		if _, err := c.answer(Quit, "", "221 2.0.0 Bye"); err != nil {
			return err
		}
		return errOver
	}
	return c.write("502 5.5.1 Command not implemented")
}

// reach records a phase, runs the hooks and gives the action to take.
func (c *smtpConn) reach(phase Phase, arg string) Action {
	s := c.srv
	now := s.opts.Now()
	c.at[phase] = now
	number := c.attempt
	switch phase {
	case Connect, Ehlo, StartTLS, Auth:
		number = c.number
	}
	if number == 0 {
		number = c.number
	}
	s.mu.Lock()
	s.events = append(s.events, Event{Conn: c.number, Attempt: number, Phase: phase, Arg: arg, At: now})
	var do Action
	for _, r := range s.rules {
		if r.Phase == phase && (r.Attempt == 0 || r.Attempt == number) && (r.Rcpt == 0 || phase == Rcpt && r.Rcpt == c.rcpts) {
			do = r.Do
			break
		}
	}
	hooks := s.hooks
	s.mu.Unlock()
	for _, h := range hooks {
		h(phase)
	}
	s.board.add("phase " + string(phase))
	return do
}

// answer reaches a phase and answers as the script says, or with the lines. It
// gives the code that the client got.
func (c *smtpConn) answer(phase Phase, arg string, lines ...string) (int, error) {
	do := c.reach(phase, arg)
	if err := c.before(do); err != nil {
		return 0, err
	}
	if do.Code == 0 && (do.Drop || do.Reset) {
		return 0, c.hangUp(do)
	}
	if do.Code != 0 {
		lines = []string{scripted(do)}
	}
	if err := c.write(lines...); err != nil {
		return 0, err
	}
	code := 0
	if _, err := fmt.Sscanf(lines[len(lines)-1], "%d", &code); err != nil {
		return 0, fmt.Errorf("misbehave: an answer without a code: %w", err)
	}
	if do.Drop || do.Reset {
		return code, c.hangUp(do)
	}
	return code, nil
}

// before does what comes ahead of any answer.
func (c *smtpConn) before(do Action) error {
	if do.Stall {
		if err := c.stall(); err != nil {
			return err
		}
	}
	if do.Drip != 0 {
		return c.drip(do)
	}
	if do.Write != "" {
		if _, err := c.conn.Write([]byte(do.Write)); err != nil {
			return errOver
		}
	}
	return nil
}

// drip writes the same over and over until nobody reads it.
func (c *smtpConn) drip(do Action) error {
	for {
		for i := range len(do.Write) {
			if do.Drip > 0 {
				select {
				case <-time.After(do.Drip):
				case <-c.srv.board.done:
					return errOver
				}
			}
			if _, err := c.conn.Write([]byte{do.Write[i]}); err != nil {
				return errOver
			}
		}
	}
}

func scripted(do Action) string {
	text := do.Text
	if text == "" {
		text = fmt.Sprintf("%d.0.0 As the script says", do.Code/100)
	}
	return fmt.Sprintf("%d %s", do.Code, text)
}

func (c *smtpConn) hangUp(do Action) error {
	if do.Reset {
		reset(c.raw)
	} else {
		_ = c.raw.Close() // no TLS close_notify: a broken line does not send one
	}
	return errOver
}

func (c *smtpConn) write(lines ...string) error {
	if _, err := c.conn.Write([]byte(strings.Join(lines, "\r\n") + "\r\n")); err != nil {
		return errOver
	}
	return nil
}

// stall says nothing until Resume. A goroutine of its own looks whether the
// client leaves; it has ended when stall returns.
func (c *smtpConn) stall() error {
	s := c.srv
	s.mu.Lock()
	resume := s.resume
	s.mu.Unlock()
	s.board.add("stalled")
	left := make(chan error, 1)
	go func() {
		_, err := c.r.Peek(1) // returns when the client goes, sends on, or the deadline comes
		left <- err
	}()
	var err error
	peeking := true
	for peeking {
		select {
		case err = <-left:
			peeking = false
		case <-resume:
			_ = c.raw.SetReadDeadline(time.Unix(1, 0))
			<-left
			_ = c.raw.SetReadDeadline(time.Time{})
			return nil
		case <-s.board.done:
			_ = c.raw.SetReadDeadline(time.Unix(1, 0))
			<-left
			return errOver
		}
	}
	if err != nil {
		return errOver
	}
	// The client sent more without waiting (it may: RFC 2920), so its leaving
	// would go unnoticed until Resume or Close.
	select {
	case <-resume:
		return nil
	case <-s.board.done:
		return errOver
	}
}

func (c *smtpConn) hello(verb, arg string) error {
	c.msg = nil
	lines := []string{"250-misbehave.example"}
	if verb == "EHLO" {
		for _, x := range c.srv.opts.Extensions {
			lines = append(lines, "250-"+x)
		}
		if c.srv.opts.TLSConfig != nil && !c.tls {
			lines = append(lines, "250-STARTTLS")
		}
		if c.srv.opts.Password != "" {
			lines = append(lines, "250-AUTH PLAIN")
		}
	}
	last := len(lines) - 1
	lines[last] = "250 " + lines[last][4:]
	code, err := c.answer(Ehlo, arg, lines...)
	if code/100 == 2 {
		c.helo = arg
	}
	return err
}

func (c *smtpConn) startTLS() error {
	if c.srv.opts.TLSConfig == nil || c.tls {
		return c.write("502 5.5.1 STARTTLS is not offered")
	}
	do := c.reach(StartTLS, "")
	if do.Code != 0 {
		if err := c.write(scripted(do)); err != nil {
			return err
		}
		if do.Drop || do.Reset {
			return c.hangUp(do)
		}
		return nil
	}
	if err := c.write("220 2.0.0 Go ahead"); err != nil {
		return err
	}
	if err := c.before(do); err != nil {
		return err
	}
	if do.Drop || do.Reset {
		return c.hangUp(do)
	}
	if c.r.Buffered() > 0 {
		return errOver // commands before the handshake: RFC 3207 section 4.2 has them discarded
	}
	t := tls.Server(c.raw, c.srv.opts.TLSConfig)
	if err := t.Handshake(); err != nil {
		return errOver
	}
	c.conn, c.tls, c.helo, c.user, c.msg = t, true, "", "", nil
	c.r = bufio.NewReaderSize(t, maxCommand)
	return nil
}

func (c *smtpConn) auth(arg string) error {
	mech, initial, _ := strings.Cut(arg, " ")
	if !strings.EqualFold(mech, "PLAIN") || c.srv.opts.Password == "" {
		return c.write("504 5.5.4 Unrecognised mechanism")
	}
	if initial == "" {
		if err := c.write("334 "); err != nil {
			return err
		}
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return errOver
		}
		initial = strings.TrimSpace(string(line))
	}
	plain, err := base64.StdEncoding.DecodeString(initial)
	parts := bytes.Split(plain, []byte{0})
	if err != nil || len(parts) != 3 || string(parts[1]) != c.srv.opts.Username || string(parts[2]) != c.srv.opts.Password {
		_, err := c.answer(Auth, "", "535 5.7.8 Authentication failed")
		return err
	}
	user := string(parts[1])
	code, err := c.answer(Auth, user, "235 2.7.0 Authentication successful")
	if code/100 == 2 {
		c.user = user
	}
	return err
}
