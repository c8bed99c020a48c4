package outbound

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hearback/mailbox/guard"
	"hearback/tickets/register"
)

// TestNoOtherWayOut builds files that are not in the repository, laid over it,
// and wants the compiler to refuse each for the reason that is meant. The first
// ones must build, or the others would prove nothing.
func TestNoOtherWayOut(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	const (
		outside = "web/zzdoor/door.go"
		inside  = "mailbox/outbound/zzdoor/door.go"
		imports = `import (
			"context"; "encoding/json"
			"hearback/mailbox/outbound/internal/clearance"
			"hearback/mailbox/outbound/internal/courier"
		)
		var _ = json.Marshal
		var _ context.Context
		var _ clearance.Cleared
		var _ courier.Route
		`
	)
	for name, c := range map[string]struct {
		path, source string
		want         string // in the compiler's message; "" for what must build
	}{
		"control, outside": {outside, `package zzdoor
			import "hearback/mailbox/outbound"
			var _ *outbound.Dispatcher`, ""},
		"control, inside": {inside, "package zzdoor\n" + imports, ""},

		"courier from outside":   {outside, `package zzdoor; import _ "hearback/mailbox/outbound/internal/courier"`, "use of internal package"},
		"clearance from outside": {outside, `package zzdoor; import _ "hearback/mailbox/outbound/internal/clearance"`, "use of internal package"},
		"compose from outside":   {outside, `package zzdoor; import _ "hearback/mailbox/outbound/internal/compose"`, "use of internal package"},
		"from the gateway":       {"mailbox/zzgateway/door.go", `package zzgateway; import _ "hearback/mailbox/outbound/internal/courier"`, "use of internal package"},

		"a Cleared from a literal": {inside, "package zzdoor\n" + imports + `
			func forge() clearance.Cleared { return clearance.Cleared{c: nil} }`, "cannot refer to unexported field c"},
		"a Cleared without a field name": {inside, "package zzdoor\n" + imports + `
			func forge() clearance.Cleared { return clearance.Cleared{nil} }`, "implicit assignment to unexported field"},
		"the inside of a Cleared": {inside, "package zzdoor\n" + imports + `
			func peek(c clearance.Cleared) any { return c.c }`, "c.c undefined"},
		"another type in its place": {inside, "package zzdoor\n" + imports + `
			type mine struct{ clearance.Cleared }
			func send(c *courier.Courier, m mine) { c.Deliver(context.Background(), m, nil) }`, "cannot use m"},
		"bytes in its place": {inside, "package zzdoor\n" + imports + `
			func send(c *courier.Courier, b []byte) { c.Deliver(context.Background(), b, nil) }`, "cannot use b"},
		"a cargo in its place": {inside, "package zzdoor\n" + imports + `
			func send(c *courier.Courier, x clearance.Cargo) { c.Deliver(context.Background(), x, nil) }`, "cannot use x"},
		"a mint's facts from outside": {inside, "package zzdoor\n" + imports + `
			func swap(m *clearance.Mint) { m.facts = nil }`, "m.facts undefined"},
		"the courier's connection": {inside, "package zzdoor\n" + imports + `
			func dial(c *courier.Courier) { c.connect(context.Background()) }`, "c.connect undefined"},
		"the courier's password": {inside, "package zzdoor\n" + imports + `
			func peek(c *courier.Courier) any { return c.route }`, "c.route undefined"},
		"the dispatcher's courier": {outside, `package zzdoor
			import "hearback/mailbox/outbound"
			func peek(d *outbound.Dispatcher) any { return d.couriers }`, "d.couriers undefined"},
		"the dispatcher's mint": {outside, `package zzdoor
			import "hearback/mailbox/outbound"
			func peek(d *outbound.Dispatcher) any { return d.mint }`, "d.mint undefined"},
		"a note as a letter's text": {outside, `package zzdoor
			import "hearback/tickets"
			func leak(n tickets.Note) tickets.Outgoing { return tickets.Outgoing{Body: n.Text} }`, "cannot use n.Text"},
		"a note turned into a string": {outside, `package zzdoor
			import "hearback/tickets"
			func leak(n tickets.Note) string { return string(n.Text) }`, "cannot convert n.Text"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "door.go")
			if err := os.WriteFile(file, []byte(c.source), 0o600); err != nil {
				t.Fatal(err)
			}
			overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(root, c.path): file}})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "go", "build", "-tags", "sqlite_fts5,nomsgpack", "-overlay", filepath.Join(dir, "overlay.json"), "./"+filepath.Dir(c.path))
			cmd.Dir = root
			out, err := cmd.CombinedOutput()
			switch {
			case c.want == "" && err != nil:
				t.Fatalf("this must build: %s", out)
			case c.want != "" && err == nil:
				t.Fatal("the compiler lets it through")
			case c.want != "" && !strings.Contains(string(out), c.want):
				t.Fatalf("refused for another reason, want %q: %s", c.want, out)
			}
		})
	}
}

// The guard may import nothing of ours, so it folds mailboxes itself. It must
// fold as the register does, or a restriction would miss its mailbox.
func TestFoldsAgree(t *testing.T) {
	for _, s := range []string{
		"", "@", "a", "a@", "@b.example", "A.B+c@Example.Example", "a.b+c@gmail.com", "A.B@GoogleMail.com.", "+x@gmail.com", "..@gmail.com",
		" a@b.example ", "a@b@c.example", "x+y+z@home.example", "a@b.example.", "é@b.example", "Ⅷ@b.example",
	} {
		if g, r := guard.FoldMailbox(s), register.FoldMailbox(s); g != r {
			t.Errorf("%q: %q and %q", s, g, r)
		}
		if g, r := guard.LooseMailbox(s), register.LooseMailbox(s); g != r {
			t.Errorf("loose %q: %q and %q", s, g, r)
		}
	}
}

func FuzzFoldsAgree(f *testing.F) {
	f.Add("A.B+c@GoogleMail.com")
	f.Fuzz(func(t *testing.T, s string) {
		if guard.FoldMailbox(s) != register.FoldMailbox(s) || guard.LooseMailbox(s) != register.LooseMailbox(s) {
			t.Fatalf("%q folds in two ways", s)
		}
	})
}
