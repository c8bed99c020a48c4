package mailtest

import (
	"slices"
	"strings"
	"text/template"
)

// imapCapabilities is what Dovecot 2.3 offers after sign-in. The setting replaces
// the whole list, so hiding one means naming all the others.
const imapCapabilities = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS " +
	"THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 " +
	"CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY " +
	"PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY SPECIAL-USE"

// dovecotConfig serves Dovecot 2.3 (Debian 12, Ubuntu 24.04) and 2.4 (Debian 13),
// whose settings have other names and another form. It needs no rights at all: one
// account does everything, and no process changes its root.
const dovecotConfig = `{{if .New -}}
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
{{end -}}
protocols = imap lmtp
listen = 127.0.0.1
base_dir = {{.Dir}}/run
state_dir = {{.Dir}}/state
instance_name = hearback-test
log_path = {{.Dir}}/log/dovecot.log
default_internal_user = {{.User}}
default_internal_group = {{.Group}}
default_login_user = {{.User}}
first_valid_uid = 1
auth_mechanisms = plain login
# A refused password is answered at once; see also anvil below.
auth_failure_delay = 0
mail_max_userip_connections = 1000
imap_idle_notify_interval = 30s
mail_fsync = {{if .Fsync}}optimized{{else}}never{{end}}
ssl = yes
{{- if .Capabilities}}
imap_capability = {{.Capabilities}}
{{- end}}
{{if .New -}}
auth_allow_cleartext = yes
ssl_server_cert_file = {{.Dir}}/tls/cert.pem
ssl_server_key_file = {{.Dir}}/tls/key.pem
mail_driver = maildir
mail_home = {{.Dir}}/mail/%{user | lower}
mail_path = {{.Dir}}/mail/%{user | lower}/Maildir
passdb static {
  password = {{.Password}}
}
userdb static {
  fields {
    uid = {{.UID}}
    gid = {{.GID}}
    home = {{.Dir}}/mail/%{user | lower}
  }
  userdb_static_allow_all_users = yes
}
{{else -}}
disable_plaintext_auth = no
ssl_cert = <{{.Dir}}/tls/cert.pem
ssl_key = <{{.Dir}}/tls/key.pem
mail_location = maildir:{{.Dir}}/mail/%Lu/Maildir
mail_home = {{.Dir}}/mail/%Lu
passdb {
  driver = static
  args = password={{.Password}}
}
userdb {
  driver = static
  args = uid={{.UID}} gid={{.GID}} home={{.Dir}}/mail/%Lu allow_all_users=yes
}
{{end -}}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    auto = subscribe
    special_use = \Sent
  }
  mailbox Trash {
    auto = subscribe
    special_use = \Trash
  }
  mailbox Junk {
    auto = subscribe
    special_use = \Junk
  }
}
service anvil {
  chroot =
  # Otherwise each refused password makes the next sign-in from 127.0.0.1 wait
  # longer, up to 15 seconds, in every test that shares the server.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  # One process for all connections, ready from the start.
  {{if .New}}restart_request_count = unlimited{{else}}service_count = 0{{end}}
  process_min_avail = 1
  inet_listener imap {
    port = {{.IMAP}}
  }
  inet_listener imaps {
    port = {{.IMAPS}}
    ssl = yes
  }
}
service imap {
  process_limit = 1024
}
service lmtp {
  inet_listener lmtp {
    {{if .New}}listen{{else}}address{{end}} = 127.0.0.1
    port = {{.LMTP}}
  }
  unix_listener lmtp {
    mode = 0666
  }
}
service auth {
  # Postfix asks here whether a password is right (smtpd_sasl_type = dovecot).
  unix_listener auth-client {
    mode = 0666
  }
}
{{.Extra}}
`

// config is dovecot.conf for this server and this version of Dovecot.
func (s *DovecotServer) config(version string) string {
	var b strings.Builder
	// The template and its data are both ours: an error is a defect of this file.
	err := template.Must(template.New("dovecot.conf").Parse(dovecotConfig)).Execute(&b, map[string]any{
		"New":   !strings.HasPrefix(version, "2.3.") && !strings.HasPrefix(version, "2.2."),
		"Dir":   s.place.Dir,
		"User":  s.account.Name,
		"Group": s.account.Group,
		"UID":   s.account.UID,
		"GID":   s.account.GID,
		"Fsync": s.options.fsync, "Password": Password, "Extra": s.options.extra,
		"Capabilities": s.capabilities(),
		"IMAP":         s.ports[0], "IMAPS": s.ports[1], "LMTP": s.ports[2],
	})
	if err != nil {
		panic(err)
	}
	return b.String()
}

// capabilities is the list to offer, "" for Dovecot's own.
func (s *DovecotServer) capabilities() string {
	if len(s.options.without) == 0 {
		return ""
	}
	without := s.options.without
	if slices.Contains(without, "CONDSTORE") {
		without = append([]string{"QRESYNC"}, without...) // implies the other (RFC 7162 section 3.2.3)
	}
	all := strings.Fields(imapCapabilities)
	all = slices.DeleteFunc(all, func(have string) bool {
		return slices.ContainsFunc(without, func(hide string) bool {
			return strings.EqualFold(have, hide) || strings.HasPrefix(strings.ToUpper(have), strings.ToUpper(hide)+"=")
		})
	})
	return strings.Join(all, " ")
}
