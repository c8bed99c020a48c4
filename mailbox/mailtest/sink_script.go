package mailtest

import (
	"net"
	"sync"

	"github.com/emersion/go-smtp"
)

// Step is a point in a conversation at which a Sink's script is asked.
type Step string

// The steps, in order. At StepConnect and StepAccepted only Drop and Hang mean anything.
const (
	StepConnect  Step = "connect"  // a connection was made, before the greeting
	StepHello    Step = "hello"    // EHLO
	StepAuth     Step = "auth"     // a right password was given
	StepMail     Step = "mail"     // MAIL FROM
	StepRcpt     Step = "rcpt"     // RCPT TO
	StepData     Step = "data"     // DATA was answered with 354, nothing of the mail read yet
	StepDot      Step = "dot"      // the whole mail was read, not answered yet
	StepAccepted Step = "accepted" // the mail was answered with 250
)

// Event is what a script is told.
type Event struct {
	Step Step
	Conn int      // number of the connection at this sink, from 1
	Mail Received // as far as it is known at this step; Data from StepDot on
	Rcpt string   // the recipient at StepRcpt
}

// Action is a script's answer. The zero value goes on as usual.
type Action struct {
	verb  verb
	reply *smtp.SMTPError
}

type verb int

const (
	goOn verb = iota
	answer
	drop
	hang
)

// Reply answers with an error, for example Reply(451, "4.3.0 try again later").
func Reply(code int, text string) Action {
	return Action{verb: answer, reply: &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}}
}

// Drop closes the connection without an answer.
func Drop() Action { return Action{verb: drop} }

// Hang keeps the connection open and says nothing until the sink is closed.
func Hang() Action { return Action{verb: hang} }

// ask puts an event to the script.
func (s *Sink) ask(e Event) Action {
	if s.options.Script == nil {
		return Action{}
	}
	return s.options.Script(e)
}

// act does what an action says to a connection. A dropped or hung connection is
// closed when it returns; the error it gives then is answered to nobody.
func (s *Sink) act(a Action, conn net.Conn) error {
	switch a.verb {
	case answer:
		return a.reply
	case hang:
		<-s.quit
		fallthrough
	case drop:
		_ = conn.Close()
		return &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 4, 2}, Message: "closing connection"}
	default:
		return nil
	}
}

// sinkListener numbers connections, asks the script about each, and closes those
// that are open when it is closed itself.
type sinkListener struct {
	net.Listener
	sink *Sink

	mu     sync.Mutex
	closed bool
	open   map[net.Conn]int // the connection's number
	count  int
}

// Accept gives the next connection that the script lets through.
func (l *sinkListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		number, ok := l.add(conn)
		if !ok {
			_ = conn.Close()
			continue
		}
		switch l.sink.ask(Event{Step: StepConnect, Conn: number}).verb {
		case drop:
			_ = l.remove(conn)
			continue
		case hang:
			continue // stays open, unserved, until Close
		}
		return &sinkConn{Conn: conn, listener: l, number: number}, nil
	}
}

func (l *sinkListener) add(conn net.Conn) (int, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, false
	}
	if l.open == nil {
		l.open = make(map[net.Conn]int)
	}
	l.count++
	l.open[conn] = l.count
	return l.count, true
}

func (l *sinkListener) remove(conn net.Conn) error {
	l.mu.Lock()
	delete(l.open, conn)
	l.mu.Unlock()
	return conn.Close()
}

// Close stops listening and closes every open connection.
func (l *sinkListener) Close() error {
	err := l.Listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for conn := range l.open {
		_ = conn.Close()
	}
	clear(l.open)
	return err
}

// sinkConn is a connection that knows its number.
type sinkConn struct {
	net.Conn
	listener *sinkListener
	number   int
}

// Close closes the connection and forgets it.
func (c *sinkConn) Close() error { return c.listener.remove(c.Conn) }
