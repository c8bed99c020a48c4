package view

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"reflect"
	"strings"
	"sync"
	"time"

	"hearback/web/assets"
)

//go:embed templates
var files embed.FS

// Options are what a renderer needs to know about the place it runs in.
type Options struct {
	// Location is the time zone of every shown time; nil is Europe/London.
	Location *time.Location
	// Now is the clock that decides whether a year is shown; nil is time.Now.
	Now func() time.Time
}

// Renderer writes pages and fragments. It is safe for use by several goroutines.
type Renderer struct {
	pages     map[string]declared
	fragments map[string]declared
}

// declared is a template with the type of model it was written for. It is parsed when it is first shown: each page is a
// copy of all shared templates, and most programs show a few of them.
type declared struct {
	tmpl  func() (*template.Template, error)
	model reflect.Type
}

// New looks through every template. It fails when a declared page or fragment has no template, when a file in templates/pages
// was not declared, or when a template does not parse.
func New(opts Options) (*Renderer, error) {
	if opts.Location == nil {
		london, err := time.LoadLocation("Europe/London")
		if err != nil {
			return nil, fmt.Errorf("load the time zone of the screens: %w", err)
		}
		opts.Location = london
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	shared, err := template.New("shared").Funcs(funcs(opts)).Option("missingkey=error").ParseFS(files, "templates/shared/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the shared templates: %w", err)
	}
	r := &Renderer{pages: map[string]declared{}, fragments: map[string]declared{}}
	has := map[string]bool{} // page and template
	for _, p := range pageTable() {
		t, err := parsePage(shared, p.name)
		if err != nil {
			return nil, err
		}
		for _, f := range fragmentTable() {
			has[p.name+" "+f.name] = t.Lookup(f.name) != nil
		}
		r.pages[p.name] = declared{sync.OnceValues(func() (*template.Template, error) { return parsePage(shared, p.name) }), reflect.TypeOf(p.model)}
	}
	// The shared templates themselves are never shown: what is copied must not have been.
	fragments := sync.OnceValues(shared.Clone)
	if err := undeclared(r.pages); err != nil {
		return nil, err
	}
	for _, f := range fragmentTable() {
		from, there := fragments, shared.Lookup(f.name) != nil
		if f.page != "" {
			from, there = r.pages[f.page].tmpl, has[f.page+" "+f.name]
		}
		if !there {
			return nil, fmt.Errorf("fragment %q has no template", f.name)
		}
		r.fragments[f.name] = declared{from, reflect.TypeOf(f.model)}
	}
	return r, nil
}

// parsePage adds one page file to a copy of the shared templates, so that two pages may both define "main".
func parsePage(shared *template.Template, name string) (*template.Template, error) {
	t, err := shared.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the shared templates for page %q: %w", name, err)
	}
	if t, err = t.ParseFS(files, "templates/pages/"+name+".html"); err != nil {
		return nil, fmt.Errorf("parse page %q: %w", name, err)
	}
	if t.Lookup("main") == nil {
		return nil, fmt.Errorf("page %q defines no \"main\"", name)
	}
	return t, nil
}

// undeclared finds page files that no row of the table names: a page that nobody can render, or rendered without its type.
func undeclared(pages map[string]declared) error {
	entries, err := fs.ReadDir(files, "templates/pages")
	if err != nil {
		return fmt.Errorf("list the page templates: %w", err)
	}
	for _, e := range entries {
		name := strings.TrimSuffix(path.Base(e.Name()), ".html")
		if _, ok := pages[name]; !ok {
			return fmt.Errorf("page file %q is not declared in pages.go", e.Name())
		}
	}
	return nil
}

// Page writes a whole page. The data must be the model that pages.go declares for the name. Nothing is written when the
// template fails, so that half a page never looks like a whole one.
func (r *Renderer) Page(w io.Writer, name string, data any) error {
	return render(w, r.pages, "page", name, "layout", data)
}

// Fragment writes one part of a page. The data must be the model that pages.go declares for the name.
func (r *Renderer) Fragment(w io.Writer, name string, data any) error {
	return render(w, r.fragments, "fragment", name, name, data)
}

func render(w io.Writer, table map[string]declared, kind, name, tmpl string, data any) error {
	d, ok := table[name]
	if !ok {
		return fmt.Errorf("%s %q is not declared", kind, name)
	}
	got := reflect.TypeOf(data)
	if got != nil && got.Kind() == reflect.Pointer {
		if reflect.ValueOf(data).IsNil() {
			return fmt.Errorf("%s %q: the model is nil", kind, name)
		}
		got = got.Elem()
	}
	if got != d.model {
		return fmt.Errorf("%s %q needs a %v, got a %v", kind, name, d.model, got)
	}
	t, err := d.tmpl()
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, tmpl, data); err != nil {
		return fmt.Errorf("render %s %q: %w", kind, name, err)
	}
	if _, err := buf.WriteTo(w); err != nil {
		return fmt.Errorf("write %s %q: %w", kind, name, err)
	}
	return nil
}

// CheckAssets says whether the stylesheet and the script are in the program.
func CheckAssets() error {
	if err := assets.Check(); err != nil {
		return errors.Join(errors.New("pages would have no look"), err)
	}
	return nil
}
