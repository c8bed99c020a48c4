package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hearback/mailbox/devmail/misbehave"
	"hearback/mailbox/mailtest"
)

// program is one hearback in a process of its own, between an IMAP proxy and an
// SMTP server that serve nobody else: they know how far it is.
type program struct {
	s      *soak
	number int
	config string
	proxy  *misbehave.IMAPProxy
	smtp   *misbehave.SMTP
	line   func(string) // told of every line of the log, if set

	// Under soak.mu:
	cmd    *exec.Cmd     // nil when it does not run
	ended  chan struct{} // closed when it has ended and its log is read
	dying  bool          // it is being ended: that it ends is no surprise
	bodies int           // mails fetched in this life
	last   string        // what was seen last
	log    []string      // the latest lines
}

// point is a moment at which something can be done to a connection, told by a
// line of it.
type point struct {
	name    string
	from    misbehave.Side
	pattern *regexp.Regexp
}

// points of an IMAP connection. Every answer with a body also counts
// as "fetch 1", "fetch 2" and so on of the program's life.
func points() []point {
	client, server := misbehave.FromClient, misbehave.FromServer
	return []point{
		{"greeting", server, regexp.MustCompile(`^\* OK \[CAPABILITY`)},
		{"login", client, regexp.MustCompile(`(?i)^\S+ LOGIN `)},
		{"select", client, regexp.MustCompile(`(?i)^\S+ (SELECT|EXAMINE) `)},
		{"list", client, regexp.MustCompile(`(?i)^\S+ UID FETCH .*RFC822\.SIZE`)},
		{"ask", client, regexp.MustCompile(`(?i)^\S+ UID FETCH .*BODY\.PEEK\[\]`)},
		{"body", server, regexp.MustCompile(`FETCH \(.*BODY\[\]`)},
		{"done", server, regexp.MustCompile(`^\S+ OK .*[Ff]etch completed`)},
		{"idle", client, regexp.MustCompile(`(?i)^\S+ IDLE`)},
		{"select answer", server, regexp.MustCompile(`^\* OK \[UIDVALIDITY`)},
		{"list answer", server, regexp.MustCompile(`^\* \d+ FETCH \(.*RFC822\.SIZE`)},
		{"idling", server, regexp.MustCompile(`^\+ idling`)},
	}
}

func pointAt(t *testing.T, name string) point {
	t.Helper()
	for _, p := range points() {
		if p.name == name {
			return p
		}
	}
	t.Fatalf("there is no point %q", name)
	return point{}
}

// signals are rules that change nothing.
func signals() []misbehave.ProxyRule {
	var rules []misbehave.ProxyRule
	for _, p := range points() {
		rules = append(rules, misbehave.ProxyRule{Name: p.name, From: p.from, Pattern: p.pattern, Before: true})
	}
	return rules
}

// newProgram makes the surroundings of a program. Its configuration is written by configure.
func (s *soak) newProgram(number int, cert *mailtest.Certificate) *program {
	p := &program{s: s, number: number, last: "nothing"}
	var err error
	p.proxy, err = misbehave.NewIMAPProxy(misbehave.ProxyOptions{
		Upstream: s.h.dovecot.AddrTLS(), ClientTLS: cert.ServerTLS(), UpstreamTLS: s.h.dovecot.TLSConfig(), Rules: signals(),
	})
	must(s.t, err)
	s.t.Cleanup(p.proxy.Close)
	p.smtp, err = misbehave.NewSMTP(misbehave.SMTPOptions{})
	must(s.t, err)
	s.t.Cleanup(p.smtp.Close)
	p.proxy.OnMatch(func(m misbehave.Match) {
		switch m.Rule {
		case "body":
			s.mu.Lock()
			p.bodies++
			n := p.bodies
			s.mu.Unlock()
			p.seen(fmt.Sprintf("fetch %d", n))
		case "done":
			s.mu.Lock()
			fetched := p.bodies > 0
			s.mu.Unlock()
			if fetched {
				// The program has every mail of the batch and can have committed none of it.
				p.seen("before commit")
			}
		default:
			p.seen(m.Rule)
		}
	})
	p.smtp.OnPhase(func(phase misbehave.Phase) { p.seen(string(phase)) })
	return p
}

// configure writes the program's own file: as that of the house, with its own ports.
func (p *program) configure(imap, smtp string) {
	t := p.s.t
	raw, err := os.ReadFile(p.s.h.config())
	must(t, err)
	_, imapPort := hostPort(p.proxy.Addr())
	_, smtpPort := hostPort(p.smtp.Addr())
	text := string(raw)
	for _, change := range [][2]string{
		{"port: " + imap + ",", "port: " + strconv.Itoa(imapPort) + ","},
		{"port: " + smtp + ",", "port: " + strconv.Itoa(smtpPort) + ","},
		{", poll: 10m", ""}, // as in real use: the default
		{"level: debug", "level: info"},
	} {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("the configuration lacks %q", change[0])
		}
		text = strings.Replace(text, change[0], change[1], 1)
	}
	p.config = filepath.Join(p.s.h.dir, fmt.Sprintf("hearback%d.yaml", p.number))
	must(t, os.WriteFile(p.config, []byte(text), 0o600))
}

// seen notes how far the program is. Where something waits for this, the
// connection goes on when that is done.
func (p *program) seen(what string) {
	s := p.s
	s.mu.Lock()
	p.last = what
	armed := s.armed
	if armed == nil || armed.point != what || p.cmd == nil || p.dying {
		s.mu.Unlock()
		return
	}
	s.armed = nil
	s.mu.Unlock()
	armed.hit <- p
	select {
	case <-armed.free:
	case <-s.over:
	}
}

// start starts the program if it does not run.
func (p *program) start() {
	s := p.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.cmd != nil {
		return
	}
	cmd := exec.Command(s.binary, "serve", "-config", p.config)
	r, w, err := os.Pipe()
	must(s.t, err)
	cmd.Stdout, cmd.Stderr = w, w
	must(s.t, cmd.Start())
	_ = w.Close()
	p.cmd, p.ended, p.dying, p.bodies, p.last = cmd, make(chan struct{}), false, 0, "nothing"
	go p.read(cmd, r, p.ended)
}

// read follows the program's log to its end.
func (p *program) read(cmd *exec.Cmd, r *os.File, ended chan struct{}) {
	s := p.s
	defer close(ended)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		s.mu.Lock()
		p.log = append(p.log, line)
		p.log = p.log[max(0, len(p.log)-60):]
		s.mu.Unlock()
		if p.line != nil {
			p.line(line)
		}
		if uid, ok := takenIn(line); ok {
			s.note(uid)
			p.seen("taken in") // it is committed; the cursor may not be
		}
	}
	_ = r.Close()
	err := cmd.Wait()
	s.mu.Lock()
	surprise := !p.dying
	p.cmd = nil
	s.mu.Unlock()
	if surprise {
		s.t.Errorf("program %d ended by itself: %v\n%s", p.number, err, strings.Join(p.tail(), "\n"))
	}
	s.h.news.bump()
}

// takenIn reads the UID out of the log line about one mail.
func takenIn(line string) (uint32, bool) {
	if !strings.Contains(line, " event=taken_in ") {
		return 0, false
	}
	for _, word := range strings.Fields(line) {
		if v, ok := strings.CutPrefix(word, "uid="); ok {
			n, err := strconv.ParseUint(v, 10, 32)
			return uint32(n), err == nil
		}
	}
	return 0, false
}

func (p *program) tail() []string {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return append([]string(nil), p.log...)
}

// end ends the program with a signal and waits for it. release lets a held
// connection go; it is called when the signal is sent.
func (p *program) end(sig syscall.Signal, release func()) {
	s := p.s
	s.mu.Lock()
	cmd, ended := p.cmd, p.ended
	p.dying = true
	if cmd != nil {
		_ = cmd.Process.Signal(sig)
	}
	s.mu.Unlock()
	release()
	if cmd == nil {
		return
	}
	select {
	case <-ended:
	case <-time.After(2 * time.Minute):
		_ = cmd.Process.Kill()
		<-ended
		s.t.Errorf("program %d did not end within two minutes of %s:\n%s", p.number, sig, strings.Join(p.tail(), "\n"))
	}
	p.proxy.Drop()
	p.smtp.Drop()
}
