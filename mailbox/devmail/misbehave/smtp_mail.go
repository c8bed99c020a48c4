package misbehave

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

func (c *smtpConn) mail(arg string) error {
	from, params, ok := path(arg, "FROM:")
	switch {
	case !ok:
		return c.write("501 5.5.4 Syntax: MAIL FROM:<address>")
	case c.helo == "":
		return c.write("503 5.5.1 EHLO first")
	case c.srv.opts.Password != "" && c.user == "":
		return c.write("530 5.7.0 Authentication required")
	}
	c.srv.mu.Lock()
	c.srv.attempts++
	c.attempt = c.srv.attempts
	c.srv.mu.Unlock()
	c.msg, c.rcpts = nil, 0
	for _, p := range []Phase{Rcpt, Data, Dot, Accepted} {
		delete(c.at, p) // of the message before
	}
	code, err := c.answer(Mail, from, "250 2.1.0 Ok")
	if code/100 == 2 {
		c.msg = &Message{
			Conn: c.number, Attempt: c.attempt, Helo: c.helo, TLS: c.tls, User: c.user, From: from, Params: params,
		}
		c.msg.To = slices.Clone(c.kept)
	}
	return err
}

func (c *smtpConn) rcpt(arg string) error {
	to, params, ok := path(arg, "TO:")
	switch {
	case !ok || to == "":
		return c.write("501 5.5.4 Syntax: RCPT TO:<address>")
	case c.msg == nil:
		return c.write("503 5.5.1 MAIL first")
	}
	c.rcpts++
	code, err := c.answer(Rcpt, to, "250 2.1.5 Ok")
	switch code / 100 {
	case 2:
		c.msg.To = append(c.msg.To, to)
		c.msg.RcptParams = append(c.msg.RcptParams, params)
		if c.srv.opts.KeepRecipients {
			c.kept = append(c.kept, to)
		}
	case 4, 5:
		c.msg.Refused = append(c.msg.Refused, to)
	}
	return err
}

// path reads "FROM:<a@b> PARAM=x".
func path(arg, prefix string) (address, params string, ok bool) {
	if len(arg) < len(prefix) || !strings.EqualFold(arg[:len(prefix)], prefix) {
		return "", "", false
	}
	rest := strings.TrimSpace(arg[len(prefix):])
	end := strings.LastIndexByte(rest, '>')
	if !strings.HasPrefix(rest, "<") || end < 0 {
		return "", "", false
	}
	return rest[1:end], strings.TrimSpace(rest[end+1:]), true
}

// data reads a message. It is recorded before the Dot phase, for the hook of
// that phase may be the last thing that runs.
func (c *smtpConn) data() error {
	if c.msg == nil || len(c.msg.To) == 0 {
		return c.write("503 5.5.1 RCPT first")
	}
	msg := c.msg
	code, err := c.answer(Data, "", "354 End data with <CR><LF>.<CR><LF>")
	if err != nil || code != 354 {
		return err
	}
	c.msg = nil
	if msg.Raw, msg.Wire, err = readDots(c.r, maxMessage); err != nil {
		return errOver
	}
	s := c.srv
	s.mu.Lock()
	msg.At = maps.Clone(c.at)
	s.messages = append(s.messages, msg)
	n := len(s.messages)
	s.mu.Unlock()

	code, err = c.answer(Dot, "", fmt.Sprintf("250 2.0.0 Ok: queued as %d", n))
	s.mu.Lock()
	msg.Code, msg.At = code, maps.Clone(c.at)
	s.mu.Unlock()
	if err != nil || code/100 != 2 {
		return err
	}
	c.kept = nil
	do := c.reach(Accepted, "")
	s.mu.Lock()
	msg.At = maps.Clone(c.at)
	s.mu.Unlock()
	if err := c.before(do); err != nil {
		return err
	}
	if do.Drop || do.Reset {
		return c.hangUp(do)
	}
	return nil
}

// readDots reads up to CRLF "." CRLF and undoes dot-stuffing (RFC 5321 section
// 4.5.2). Nothing but CRLF ends a line: a bare LF before a dot is content, or a
// message could smuggle in another one.
// wire is all of it as it came, with the dots and the end.
func readDots(r io.ByteReader, limit int) (out, wire []byte, err error) {
	var line []byte
	for {
		b, err := r.ReadByte()
		if err != nil {
			return nil, nil, err
		}
		wire = append(wire, b)
		line = append(line, b)
		if len(out)+len(line) > limit {
			return nil, nil, io.ErrShortBuffer
		}
		if n := len(line); n < 2 || line[n-2] != '\r' || b != '\n' {
			continue
		}
		if string(line) == ".\r\n" {
			return out, wire, nil
		}
		if line[0] == '.' {
			line = line[1:]
		}
		out = append(out, line...)
		line = line[:0]
	}
}
