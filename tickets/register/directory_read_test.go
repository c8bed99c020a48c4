package register

import (
	"slices"
	"strings"
	"testing"

	"hearback/tickets/fault"
)

const ldifExport = `version: 1

# Lists and mailboxes
dn: CN=Kim Sayer,OU=Staff,DC=westmarsh,DC=example
objectClass: user
mail: kim.sayer@westmarsh.example
proxyAddresses: SMTP:kim.sayer@westmarsh.example
proxyAddresses: smtp:k.sayer@westmarsh.example
proxyAddresses: X400:C=GB;A= ;P=WM
altRecipient: cn=dean foss, ou=Staff,DC=westmarsh,DC=example

dn:: Q049RGVhbiBGb3NzLE9VPVN0YWZmLERDPXdlc3RtYXJzaCxEQz1leGFtcGxl
mail: dean.foss@westmarsh.example
msExchGenericForwardingAddress: smtp:dean@home.example

dn: CN=SEN All,OU=Lists,DC=westmarsh,DC=example
objectClass: group
displayName: SEN al
 l
mail: sen-all@westmarsh.example
proxyAddresses: smtp:sen-everybody@westmarsh.example
member;range=0-1499: CN=Kim Sayer,OU=Staff,
 DC=westmarsh,DC=example
member: CN=Dean Foss,OU=Staff,DC=westmarsh,DC=example
member: CN=Gone,OU=Staff,DC=westmarsh,DC=example
`

func TestReadLDIF(t *testing.T) {
	d, err := ReadDirectory(strings.NewReader(strings.ReplaceAll(ldifExport, "\n", "\r\n")))
	if err != nil || len(d.Problems) != 0 {
		t.Fatalf("%v %v", err, d)
	}
	if len(d.Groups) != 2 || d.Groups[0].Address != "sen-all@westmarsh.example" || d.Groups[0].Name != "SEN all" {
		t.Fatalf("%+v", d.Groups)
	}
	for _, g := range d.Groups {
		if !slices.Equal(g.Members, []string{"dean.foss@westmarsh.example", "kim.sayer@westmarsh.example", NotInExport}) {
			t.Errorf("%s: %q", g.Address, g.Members)
		}
	}
	for _, want := range []Forward{
		{Mailbox: "k.sayer@westmarsh.example", To: "kim.sayer@westmarsh.example"},
		{Mailbox: "kim.sayer@westmarsh.example", To: "dean.foss@westmarsh.example"},
		{Mailbox: "dean.foss@westmarsh.example", To: "dean@home.example"},
	} {
		if !slices.Contains(d.Forwards, want) {
			t.Errorf("no %+v in %+v", want, d.Forwards)
		}
	}
	if len(d.Notes) == 0 || d.Notes[0].Line != 25 {
		t.Errorf("notes %+v", d.Notes)
	}
}

func TestReadDirectoryCSV(t *testing.T) {
	d, err := ReadDirectory(strings.NewReader("\ufeffMailbox;Forward;Group;Member;Name\nkim@westmarsh.example;kim@home.example;;;\n;;sen@westmarsh.example;\"a@westmarsh.example;b@mail.example\";SEN\n;;SEN@westmarsh.example;c@mail.example;\n"))
	if err != nil || len(d.Problems) != 0 {
		t.Fatalf("%v %+v", err, d)
	}
	if len(d.Forwards) != 1 || d.Forwards[0] != (Forward{Mailbox: "kim@westmarsh.example", To: "kim@home.example"}) {
		t.Errorf("%+v", d.Forwards)
	}
	if len(d.Groups) != 1 || !slices.Equal(d.Groups[0].Members, []string{"a@westmarsh.example", "b@mail.example", "c@mail.example"}) {
		t.Errorf("%+v", d.Groups)
	}
}

func TestReadDirectoryWithMistakes(t *testing.T) {
	for name, s := range map[string]string{
		"neither":      "Dear all,\nplease find attached\n",
		"empty":        "",
		"no columns":   "a,b\n1,2\n",
		"column twice": "group,member,group\na@b.example,c@d.example,\n",
		"changes":      "dn: cn=a\nchangetype: modify\n",
		"not UTF-8":    "group,member\n\xff\xfe@b.example,c@d.example\n",
		"zero bytes":   "group,member\n\x00",
		"open quote":   "group,member\n\"a@b.example,c@d.example\n",
		"no entry":     "version: 1\n",
	} {
		if _, err := ReadDirectory(strings.NewReader(s)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"no address":         {"group,member\nsen@b.example,x@y.example\nsen@b.example,Kim\n", 3},
		"no list":            {"group,member\n,x@y.example\n", 2},
		"nowhere":            {"mailbox,forward\nkim@b.example,\n", 2},
		"value elsewhere":    {"dn: cn=a\nmail:< file:///etc/passwd\n", 2},
		"bad base64":         {"dn: cn=a\nmail:: ****\n", 2},
		"no colon":           {"dn: cn=a\nmail\n", 2},
		"outside an entry":   {"version: 1\n\nmail: a@b.example\n\ndn: cn=a\n", 3},
		"forward unreadable": {"dn: cn=a\nmail: a@b.example\nmsExchGenericForwardingAddress: nobody\n", 3},
	} {
		d, err := ReadDirectory(strings.NewReader(c.text))
		if err != nil || len(d.Problems) == 0 || d.Problems[0].Line != c.line {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
}

// Whatever it is given, it ends, and every address that it gives is one.
func FuzzReadDirectory(f *testing.F) {
	f.Add(ldifExport)
	f.Add("group,member\na@b.example,c@d.example\n")
	f.Add("mailbox;forward\na@b.example;c@d.example\n")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ReadDirectory(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, g := range d.Groups {
			for _, m := range append(g.Members, g.Address) {
				if _, ok := directoryAddress(m); !ok {
					t.Errorf("%q", m)
				}
			}
		}
		for _, x := range d.Forwards {
			if _, ok := directoryAddress(x.To); !ok || x.Mailbox == FoldMailbox(x.To) {
				t.Errorf("%+v", x)
			}
		}
	})
}
