package mailtest

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/template"

	"hearback/mailbox/mailtest/throwaway"
)

// PostfixServer is a throw-away Postfix that delivers every mail, for whatever
// domain, to one Dovecot by LMTP. It looks nothing up in DNS and relays nothing, so
// that no mail can leave the machine.
type PostfixServer struct {
	place   *throwaway.Place
	dovecot *DovecotServer
	ports   [2]int // MX, submission
	options postfixOptions
}

type postfixOptions struct {
	milter string
	extra  string
}

// PostfixOption changes how a Postfix is set up.
type PostfixOption func(*postfixOptions)

// WithMilter passes every mail to a milter at this TCP address. While the milter
// is away mail is deferred (451).
func WithMilter(addr string) PostfixOption {
	return func(o *postfixOptions) { o.milter = addr }
}

// WithPostfixConfig appends lines to main.cf.
func WithPostfixConfig(lines string) PostfixOption {
	return func(o *postfixOptions) { o.extra += lines + "\n" }
}

// Postfix starts a Postfix in front of dovecot. Its master insists on root; other
// accounts skip the test, also where servers are required.
func Postfix(t testing.TB, dovecot *DovecotServer, options ...PostfixOption) *PostfixServer {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("Postfix only starts as root")
	}
	program := Require(t, "postfix")
	// Ended by SIGTERM its master ends the others; SIGKILL would leave them.
	place, err := throwaway.New("postfix", "TERM")
	if err != nil {
		t.Fatalf("postfix: %v", err)
	}
	s := &PostfixServer{place: place, dovecot: dovecot}
	for _, set := range options {
		set(&s.options)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of Postfix's log:\n%s", s.Log(40))
		}
		if err := s.place.Close(syscall.SIGTERM); err != nil {
			t.Errorf("postfix: %v", err)
		}
	})
	if err := s.start(program); err != nil {
		t.Fatalf("postfix: %v\n%s", err, s.Log(20))
	}
	return s
}

// Addr is the address that takes mail from anybody, as an MX does.
func (s *PostfixServer) Addr() string { return throwaway.Loopback(s.ports[0]) }

// SubmissionAddr is the address that takes mail only after STARTTLS and a sign-in,
// which Dovecot checks. It has Dovecot's certificate.
func (s *PostfixServer) SubmissionAddr() string { return throwaway.Loopback(s.ports[1]) }

// Log gives the last lines of what Postfix wrote.
func (s *PostfixServer) Log(lines int) string {
	return throwaway.Tail(filepath.Join(s.place.Dir, "log/mail.log"), lines) + "\n" +
		throwaway.Tail(filepath.Join(s.place.Dir, "log/start.out"), lines)
}

func (s *PostfixServer) start(program string) error {
	owner, err := user.Lookup("postfix")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		return err
	}
	for _, name := range []string{"etc", "spool", "data", "log"} {
		if err := os.Mkdir(filepath.Join(s.place.Dir, name), 0o755); err != nil {
			return err
		}
	}
	if err := os.Chown(filepath.Join(s.place.Dir, "data"), uid, -1); err != nil {
		return err
	}
	// Another process may take a port between our look and Postfix's start.
	for attempt := 0; ; attempt++ {
		ports, err := throwaway.Ports(len(s.ports))
		if err != nil {
			return err
		}
		copy(s.ports[:], ports)
		if err := s.configure(filepath.Dir(program)); err != nil {
			return err
		}
		etc := filepath.Join(s.place.Dir, "etc")
		// Makes the queue's directories with the owners that this version wants.
		check := exec.Command(program, "-c", etc, "check")
		if out, err := check.CombinedOutput(); err != nil {
			return fmt.Errorf("postfix check: %w\n%s", err, out)
		}
		// Not "postfix start-fg": there the master is a grandchild in a session of its own.
		err = s.place.Start(throwaway.Command{
			Path: filepath.Join(s.daemons(), "master"),
			Args: []string{"-s", "-c", etc},
			Log:  filepath.Join(s.place.Dir, "log/start.out"),
		})
		if err != nil {
			return err
		}
		err = s.place.Ready(func() error { return greets(s.Addr(), "220 ") })
		if err == nil || attempt == 4 || !strings.Contains(s.Log(200), "Address already in use") {
			return err
		}
	}
}

const postfixMain = `compatibility_level = 3.6
queue_directory = {{.Dir}}/spool
data_directory = {{.Dir}}/data
command_directory = {{.Commands}}
daemon_directory = {{.Daemons}}
shlib_directory = {{.Libraries}}
mail_owner = postfix
setgid_group = postdrop
multi_instance_enable = yes
multi_instance_name = postfix-hearback-test
syslog_name = postfix-hearback-test
maillog_file = {{.Dir}}/log/mail.log
maillog_file_prefixes = {{.Dir}}/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.northshire.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
# Every address is Dovecot's; whatever else might be tried is refused.
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:ok
virtual_transport = lmtp:inet:{{.LMTP}}
default_transport = error:5.7.1 this test server relays nothing
relay_transport = error:5.7.1 this test server relays nothing
disable_dns_lookups = yes
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtpd_client_event_limit_exceptions = static:all
message_size_limit = 60000000
mailbox_size_limit = 0
virtual_mailbox_limit = 0
biff = no
in_flow_delay = 0
queue_run_delay = 5s
minimal_backoff_time = 5s
maximal_backoff_time = 20s
smtpd_milters = {{with .Milter}}inet:{{.}}{{end}}
milter_default_action = tempfail
milter_protocol = 6
smtpd_tls_cert_file = {{.TLS}}/cert.pem
smtpd_tls_key_file = {{.TLS}}/key.pem
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = {{.Auth}}
smtpd_sasl_security_options = noanonymous
{{.Extra}}
`

// postfixMaster is master.cf: nothing runs in a chroot, because the jail would
// lack the files that libraries want.
const postfixMaster = `127.0.0.1:{{.MX}} inet n - n - - smtpd
127.0.0.1:{{.Submission}} inet n - n - - smtpd
  -o syslog_name=postfix-hearback-submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
  -o mynetworks=
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`

// daemons is the directory of Postfix's servers on Debian and Ubuntu; its libraries
// lie in the directory above.
func (s *PostfixServer) daemons() string { return "/usr/lib/postfix/sbin" }

// configure writes main.cf and master.cf.
func (s *PostfixServer) configure(commands string) error {
	values := map[string]any{
		"Dir": s.place.Dir, "Commands": commands, "Daemons": s.daemons(), "Libraries": filepath.Dir(s.daemons()),
		"LMTP": s.dovecot.LMTPAddr(), "TLS": s.dovecot.path("tls"), "Auth": s.dovecot.path("run/auth-client"),
		"MX": s.ports[0], "Submission": s.ports[1],
		"Milter": s.options.milter, "Extra": s.options.extra,
	}
	for name, text := range map[string]string{"main.cf": postfixMain, "master.cf": postfixMaster} {
		t, err := template.New(name).Parse(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		var b strings.Builder
		if err := t.Execute(&b, values); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(s.place.Dir, "etc", name), []byte(b.String()), 0o644); err != nil {
			return err
		}
	}
	return nil
}
