package misbehave

import "time"

// Phase is a moment of an SMTP connection. A phase is reached when the server
// has read the command and not answered yet, except that Accepted is reached
// when the 250 after the final dot has been written.
type Phase string

// The phases, in the order in which one message meets them.
const (
	Connect  Phase = "connect" // accepted, before the greeting
	Ehlo     Phase = "ehlo"    // HELO too
	StartTLS Phase = "starttls"
	Auth     Phase = "auth"
	Mail     Phase = "mail"
	Rcpt     Phase = "rcpt"
	Data     Phase = "data"     // before the 354
	Dot      Phase = "dot"      // the whole message was read and recorded, nothing answered
	Accepted Phase = "accepted" // the 250 is on its way
	Quit     Phase = "quit"
	Noop     Phase = "noop"
	Rset     Phase = "rset"
)

// Rule says what to do at a moment. The first rule that matches counts.
type Rule struct {
	Phase Phase
	// Attempt is the moment's number, 0 for all: at Connect, Ehlo, StartTLS and
	// Auth that of the connection, from then on that of the MAIL command, both
	// counted over the server's life from 1.
	Attempt int
	// Rcpt is the number of the RCPT command within the message, from 1; 0 for all.
	Rcpt int
	Do   Action
}

// Action is what to do in place of the ordinary answer. The parts happen in the
// order of the fields; the zero Action is the ordinary answer.
type Action struct {
	// Stall says nothing until Resume is called; the connection ends when the
	// client leaves or the server is closed.
	Stall bool
	// Write sends these bytes as they are; with Drip one octet at a time, each in a
	// packet of its own, over and over until the client leaves or the server is
	// closed: a tarpit, or a server that does not stop talking.
	Write string
	Drip  time.Duration // between two octets; 0 for no drip, negative for no time between them
	// Code answers with this code in place of the ordinary one, and Text.
	Code int
	Text string
	// Drop closes the connection: in place of the answer, or after it when Code
	// is set. Reset does so with RST.
	Drop  bool
	Reset bool
}

// At StartTLS the ordinary 220 is given unless Code is set; Stall, Write and
// Drop then come in place of the handshake.

// Message is one message whose final dot the server has read.
type Message struct {
	Conn       int // number of the connection, from 1
	Attempt    int // number of the MAIL command, from 1
	Helo       string
	TLS        bool
	User       string // who signed in, "" for nobody
	From       string // reverse-path, "" for the null sender
	Params     string // ESMTP parameters of MAIL
	To         []string
	Refused    []string // recipients that got 4xx or 5xx
	RcptParams []string // ESMTP parameters of each of To
	Raw        []byte   // octets after dot-stuffing was undone
	Wire       []byte   // as they came, with CRLF "." CRLF at the end
	// Code is the answer to the final dot; 0 when the connection was dropped
	// or is stalled instead, so that the client cannot know.
	Code int
	// At says when each phase was reached (Rcpt: the last one).
	At map[Phase]time.Time
}

// Accepted reports whether the client was told that the server has the message.
func (m Message) Accepted() bool { return m.Code/100 == 2 }

// Event is one phase reached.
type Event struct {
	Conn, Attempt int
	Phase         Phase
	Arg           string // address, or what the client calls itself
	At            time.Time
}

// Refuse answers with a code at a phase of every attempt, or of the given ones.
func Refuse(phase Phase, code int, attempts ...int) []Rule {
	return at(phase, Action{Code: code}, attempts)
}

// DropAt closes the connection at a phase of every attempt, or of the given ones.
func DropAt(phase Phase, attempts ...int) []Rule { return at(phase, Action{Drop: true}, attempts) }

// StallAt goes silent at a phase of every attempt, or of the given ones.
func StallAt(phase Phase, attempts ...int) []Rule { return at(phase, Action{Stall: true}, attempts) }

func at(phase Phase, do Action, attempts []int) []Rule {
	if len(attempts) == 0 {
		return []Rule{{Phase: phase, Do: do}}
	}
	var out []Rule
	for _, n := range attempts {
		out = append(out, Rule{Phase: phase, Attempt: n, Do: do})
	}
	return out
}
