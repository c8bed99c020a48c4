package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hearback/tickets"
	"hearback/tickets/access"
	"hearback/tickets/store/pgtest"
)

// office is a configuration on one of the databases, for commands.
type office struct {
	t           *testing.T
	dir, config string
}

func eachOffice(t *testing.T, test func(t *testing.T, o *office)) {
	for engine, database := range map[string]func(dir string) string{
		"sqlite": func(string) string { return "" },
		"postgres": func(dir string) string {
			file := filepath.Join(dir, "dsn")
			must(t, os.WriteFile(file, []byte(pgtest.DSN(t)+"\n"), 0o600))
			return "database: {engine: postgres, dsn_file: " + file + "}\n"
		},
	} {
		t.Run(engine, func(t *testing.T) {
			dir := t.TempDir()
			password := filepath.Join(dir, "password")
			must(t, os.WriteFile(password, []byte("unused\n"), 0o600))
			o := &office{t: t, dir: dir, config: filepath.Join(dir, "hearback.yaml")}
			must(t, os.WriteFile(o.config, []byte("council: {name: Westmarsh Council, team_phone: 01234 000000, emergency_duty_phone: 01234 000111, sendiass_name: Westmarsh SENDIASS, sendiass_phone: 01234 000222}\n"+
				database(dir)+"data_dir: "+filepath.Join(dir, "data")+"\nhttp: {listen: \"127.0.0.1:0\", base_url: \"http://127.0.0.1:8080\"}\nmailboxes:\n"+
				"  - {name: sen, address: sen@westmarsh.example, team: North, imap: {host: 127.0.0.1, port: 9, tls: none, username: x, password_file: "+password+"}, smtp: {host: 127.0.0.1, port: 9, tls: none}}\n"+
				"outbound: {mode: send, hold: 60s, go_live: \"2025-06-01\"}\nstaff_domains: [westmarsh.example]\n"), 0o600))
			o.run("a long pass phrase\n", 0, "user", "add", "-email", "priya@westmarsh.example", "-name", "Priya Nair", "-role", "officer", "-team", "North")
			o.run("a long pass phrase\n", 0, "user", "add", "-email", "ola@westmarsh.example", "-name", "Ola Reyes", "-role", "lead", "-team", "North")
			test(t, o)
		})
	}
}

// run runs a command as the shell would, and gives what it printed.
func (o *office) run(in string, want int, args ...string) string {
	o.t.Helper()
	args = append(args[:2:2], append([]string{"-config", o.config}, args[2:]...)...)
	var out, errs bytes.Buffer
	err := run(context.Background(), args, strings.NewReader(in), &out, &errs)
	if got := exitCode(err, &errs); got != want {
		o.t.Fatalf("hearback %s: exit %d, want %d\n%s\n%s", strings.Join(args, " "), got, want, out.String(), errs.String())
	}
	return out.String() + errs.String()
}

func (o *office) write(name, text string) string {
	o.t.Helper()
	path := filepath.Join(o.dir, name)
	must(o.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// with opens the program of the office.
func (o *office) with(fn func(a *App)) {
	o.t.Helper()
	cfg, err := LoadConfig(o.config)
	must(o.t, err)
	a, err := NewApp(o.t.Context(), cfg, newLogger(cfg.Log, &bytes.Buffer{}), nil)
	must(o.t, err)
	fn(a)
	must(o.t, a.Close())
}

const casesCSV = "Case no,Pupil,Born,Named officer,Deputy,Parent,Mail,PR,Limit\n" +
	"WM-2201,\"BRANDT, Milo\",02/05/2019,priya@westmarsh.example,ola@westmarsh.example,Tessa Brandt,tessa@family.example,yes,\n" +
	"WM-2202,Leo Osei,03/06/2018,priya@westmarsh.example,ola@westmarsh.example,Ada Osei,ada@family.example,no,No contact\n"

func TestImportCasesCommand(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		file := o.write("extract.csv", casesCSV)
		columns := []string{
			"-map", "Case no=case_ref", "-map", "Pupil=child_name", "-map", "Born=child_date_of_birth", "-map", "Named officer=officer_email", "-map", "Deputy=fallback_email",
			"-map", "Parent=person_name", "-map", "Mail=person_email", "-map", "PR=person_parental_responsibility", "-map", "Limit=person_restriction",
		}
		cases := func(want int, in string, more ...string) string {
			return o.run(in, want, append([]string{"import", "cases", file}, more...)...)
		}
		if said := cases(2, ""); !strings.Contains(said, "No column is mapped to case_ref") {
			t.Errorf("without a mapping: %s", said)
		}
		said := cases(0, "", append(slices.Clone(columns), "-save-mapping", "nightly")...)
		for _, want := range []string{"Nothing was changed", "row 2, WM-2201: new case", "2 rows, 0 rows left out", "restriction: No contact", "100 %"} {
			if !strings.Contains(said, want) {
				t.Errorf("the dry run does not say %q:\n%s", want, said)
			}
		}
		if said := o.run("", 0, "import", "mappings"); !strings.Contains(said, "nightly") || !strings.Contains(said, "Born = child_date_of_birth") {
			t.Errorf("the mappings: %s", said)
		}
		cases(2, "no\n", "-mapping", "nightly", "-apply")
		cases(2, "", "-mapping", "nightly", "-apply")
		cases(2, "", "-mapping", "weekly")
		o.with(func(a *App) {
			if _, err := a.store.Case(t.Context(), access.System("test"), "WM-2201"); err == nil {
				t.Error("a dry run, or an import that nobody agreed to, changed something")
			}
		})
		if said := cases(0, "yes\n", "-mapping", "nightly", "-apply"); !strings.Contains(said, "Done: import 1") {
			t.Errorf("%s", said)
		}
		cases(0, "", "-mapping", "nightly", "-apply", "-yes")
		o.with(func(a *App) {
			c, err := a.store.Case(t.Context(), access.System("test"), "WM-2202")
			must(t, err)
			if !c.Parties[0].Link.NoContact || c.OfficerName != "Priya Nair" {
				t.Errorf("%+v", c)
			}
			list, err := a.store.Imports(t.Context(), 5)
			must(t, err)
			if len(list) != 2 || list[0].Changed != 0 || list[0].Mapping != "nightly" {
				t.Errorf("%+v", list)
			}
		})

		// A loosening waits, a wrong row is left out and named, lines of JSON list all.
		o.write("extract.csv", strings.Replace(casesCSV, "no,No contact", "yes,none", 1)+strings.Repeat("WM-2201,,,,,,,,\n", 20)+"WM-2203,Bo Vane,31/02/2019,,ola@westmarsh.example,,,,\n")
		said = cases(1, "", "-mapping", "nightly", "-apply", "-yes", "-json")
		kinds := map[string]int{}
		for line := range strings.Lines(said) {
			var x struct{ Kind string }
			if json.Unmarshal([]byte(line), &x) == nil {
				kinds[x.Kind]++
			}
		}
		if kinds["problem"] != 1 || kinds["waiting"] != 2 || kinds["change"] != 0 || kinds["sum"] != 1 || !strings.Contains(said, "1 row of 23 left out") {
			t.Errorf("%v\n%s", kinds, said)
		}
	})
}

// Beside a program that runs: on SQLite the command says what to do, on PostgreSQL
// it works.
func TestImportBesideServe(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		file := o.write("extract.csv", "case_ref,child_name,fallback_email\nWM-1,Ada Vane,ola@westmarsh.example\n")
		o.with(func(a *App) {
			if a.cfg.Database.Engine == "postgres" {
				o.run("", 0, "import", "cases", file, "-apply", "-yes")
				return
			}
			if said := o.run("", 1, "import", "cases", file, "-apply", "-yes"); !strings.Contains(said, "/admin/import") {
				t.Errorf("%s", said)
			}
		})
	})
}

func TestExportAll(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		file := o.write("extract.csv", strings.ReplaceAll(casesCSV, "Case no,Pupil,Born,Named officer,Deputy,Parent,Mail,PR,Limit",
			"case_ref,child_name,child_date_of_birth,officer_email,fallback_email,person_name,person_email,person_parental_responsibility,person_restriction"))
		o.run("", 0, "import", "cases", file, "-apply", "-yes")
		mails := map[string]string{}
		for i, body := range []string{"When is the review?", "=HYPERLINK(\"http://evil.example\")", strings.Repeat("A long story.\r\n", 8000), "Caf\xe9 \x00 and bytes"} {
			raw := fmt.Sprintf("From: Tessa <tessa@family.example>\r\nTo: sen@westmarsh.example\r\nSubject: =1+1 number %d\r\nDate: Tue, %d Sep 2025 10:00:00 +0000\r\nMessage-ID: <m%d@family.example>\r\n\r\n%s\r\n", i, 2+i, i, body)
			sum := sha256.Sum256([]byte(raw))
			mails[hex.EncodeToString(sum[:])] = raw
			o.write(fmt.Sprintf("mail%d.eml", i), raw)
			o.run("", 0, "mail", "import", "-mailbox", "sen", filepath.Join(o.dir, fmt.Sprintf("mail%d.eml", i)))
		}
		secretNote, tables := "the private words of a note", map[string]int{}
		o.with(func(a *App) {
			c, err := a.store.Case(t.Context(), access.System("test"), "WM-2201")
			must(t, err)
			must(t, a.store.Write(t.Context(), func(tx tickets.Tx) error {
				now, err := a.now(t.Context())
				must(t, err)
				return tx.InsertNote(t.Context(), &tickets.Note{CaseID: c.ID, AuthorID: c.OfficerID, Text: tickets.NewPrivateText(secretNote), CreatedAt: now})
			}))
			world, err := a.store.Caseload(t.Context())
			must(t, err)
			tables["cases.csv"], tables["people.csv"] = len(world.Cases), len(world.Names)
			at, err := a.now(t.Context())
			must(t, err)
			must(t, addToken(t.Context(), a.store, "hb_secret", c.OfficerID, "test", at.AddDate(0, 1, 0)))
		})
		dir := filepath.Join(o.dir, "out")
		must(t, os.MkdirAll(filepath.Join(dir, "something"), 0o700))
		o.run("", 2, "export", "all", dir) // not empty
		must(t, os.RemoveAll(dir))
		must(t, os.MkdirAll(dir+".partial", 0o700))
		o.run("", 2, "export", "all", dir) // somebody else's
		must(t, os.WriteFile(filepath.Join(dir+".partial", exportMark), nil, 0o600))
		must(t, os.WriteFile(filepath.Join(dir+".partial", "cases.csv"), []byte("half"), 0o600))
		said := o.run("", 0, "export", "all", dir)
		if !strings.Contains(said, "4 originals") {
			t.Errorf("%s", said)
		}

		var m exportManifest
		b, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
		must(t, err)
		must(t, json.Unmarshal(b, &m))
		everything := ""
		rows := map[string][][]string{}
		for _, f := range m.Files {
			b, err := os.ReadFile(filepath.Join(dir, f.File))
			must(t, err)
			everything += string(b)
			if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != f.SHA256 || int64(len(b)) != f.Bytes {
				t.Errorf("%s is not what the manifest says", f.File)
			}
			if strings.HasSuffix(f.File, ".csv") {
				list, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
				must(t, err)
				if len(list)-1 != f.Rows {
					t.Errorf("%s: %d rows, the manifest says %d", f.File, len(list)-1, f.Rows)
				}
				rows[f.File] = list
			} else if n := strings.Count(string(b), "\n"); n != f.Rows {
				t.Errorf("%s: %d lines, the manifest says %d", f.File, n, f.Rows)
			}
			tables[f.File] = max(tables[f.File], 0)
		}
		if len(rows["cases.csv"])-1 != tables["cases.csv"] || len(rows["people.csv"])-1 != tables["people.csv"] || len(rows["links.csv"]) != 3 || len(rows["restrictions.csv"]) != 2 || len(rows["messages.csv"]) != 5 || len(rows["staff.csv"]) != 3 {
			t.Errorf("counts: %v", tables)
		}
		// Every message leads to its original, byte for byte.
		column := slices.Index(rows["messages.csv"][0], "original")
		seen := 0
		for _, r := range rows["messages.csv"][1:] {
			raw, err := os.ReadFile(filepath.Join(dir, r[column]))
			must(t, err)
			want, ok := mails[strings.TrimSuffix(filepath.Base(r[column]), ".eml")]
			if !ok || want != string(raw) {
				t.Errorf("%s is not the original", r[column])
			}
			seen++
			if subject := r[slices.Index(rows["messages.csv"][0], "subject")]; !strings.HasPrefix(subject, "'=1+1") {
				t.Errorf("a cell is a formula: %q", subject)
			}
		}
		if seen != len(mails) || m.Originals != len(mails) {
			t.Errorf("%d originals", seen)
		}
		if !strings.Contains(everything, secretNote) || !strings.Contains(everything, `"action"`) && !strings.Contains(everything, "export.made") {
			t.Error("notes or the audit are missing")
		}
		for _, secret := range []string{"argon2", "hb_secret", tokenHash("hb_secret")} {
			if strings.Contains(everything, secret) {
				t.Errorf("a secret is in the export: %s", secret)
			}
		}
		must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			must(t, err)
			info, err := d.Info()
			must(t, err)
			if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[d.IsDir()]; info.Mode().Perm() != want {
				t.Errorf("%s has %s", path, info.Mode())
			}
			return nil
		}))
		if _, err := os.Stat(dir + ".partial"); !os.IsNotExist(err) {
			t.Error("the begun directory is still there")
		}
	})
}

// Every table of the database is in an export, or said to be left out and why.
func TestExportKnowsEveryTable(t *testing.T) {
	files, err := filepath.Glob("../../tickets/store/migrations/sqlite/*.sql")
	must(t, err)
	known := tickets.NotExported()
	for _, s := range tickets.ExportSets() {
		for _, table := range s.Tables {
			known[table] = s.File
		}
	}
	found := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(t, err)
		for line := range strings.Lines(string(b)) {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "create table "); ok {
				found++
				if name := strings.Fields(rest)[0]; known[name] == "" {
					t.Errorf("the table %s is in no file of the export, nor said to be left out", name)
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d tables were found", found)
	}
}

func TestDefused(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a": "a", "=1": "'=1", "+44": "'+44", "-": "'-", "@x": "'@x", "\tx": "'\tx", "'=1": "'=1", " =1": " =1", "1=2": "1=2",
	} {
		if got := defused(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
