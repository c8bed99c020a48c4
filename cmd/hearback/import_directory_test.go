package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An export of the directory goes in whole, with its age, or not at all.
func TestImportDirectory(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		file := func(name, text string) string {
			path := filepath.Join(o.dir, name)
			must(t, os.WriteFile(path, []byte(text), 0o600))
			return path
		}
		lists := file("lists.csv", "group,member\nsen-all@westmarsh.example,priya@westmarsh.example\nsen-all@westmarsh.example,ada@mail.example\n")
		forwards := file("forwards.ldif", "dn: cn=Ola\nmail: ola@westmarsh.example\nmsExchGenericForwardingAddress: smtp:ola@home.example\n")
		broken := file("broken.csv", "group,member\nsen-all@westmarsh.example,Priya\n")
		if out := o.run("", 2, "import", "directory", broken); !strings.Contains(out, "broken.csv:2:") || !strings.Contains(out, "Nothing was changed") {
			t.Errorf("a line that cannot be read: %s", out)
		}
		out := o.run("", 0, "import", "directory", "-as-of", "2026-01-05", lists, forwards)
		if !strings.Contains(out, "1 list and 1 forwarding, as of Monday 5 January 2026") {
			t.Errorf("%s", out)
		}
		o.run("", 2, "import", "directory", "-as-of", "2126-01-05", lists)
		o.run("", 2, "import", "directory")
		o.run("", 2, "import", "directory", filepath.Join(o.dir, "nowhere.csv"))
	})
}
