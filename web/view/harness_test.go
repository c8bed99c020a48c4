package view

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"testing"

	"hearback/web/assets"
)

// policy is the content security policy that every page has to live with.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'none'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

// fixtureServer answers every fixture at /its-name, with ?theme= and ?density= laid over what the fixture says.
func fixtureServer(t testing.TB) http.Handler {
	r, m := newRenderer(t)
	mux := http.NewServeMux()
	mux.Handle("GET "+assets.Prefix, http.StripPrefix(assets.Prefix, http.FileServerFS(assets.FS())))
	var names []string
	for _, f := range m.all() {
		names = append(names, f.name)
		mux.HandleFunc("GET /"+f.name, func(w http.ResponseWriter, req *http.Request) {
			var buf bytes.Buffer
			if err := r.Page(&buf, f.page, f.data); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			page := buf.String()
			// The look is laid over the finished page: fixtures hold their models by value, in many types.
			if theme := req.URL.Query().Get("theme"); theme == "dark" || theme == "light" {
				page = strings.Replace(page, `<html lang="en-GB"`, `<html lang="en-GB" data-theme="`+theme+`"`, 1)
			}
			if req.URL.Query().Get("density") == "roomy" {
				page = strings.Replace(page, `data-density="compact"`, `data-density="roomy"`, 1)
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", policy)
			fmt.Fprint(w, page)
		})
	}
	mux.HandleFunc("GET /violation", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		fmt.Fprint(w, `<html><style>p{color:red}</style><script>1</script><input><img src="data:,"></html>`)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for _, n := range names {
			fmt.Fprintf(w, `<a href="/%s">%s</a><br>`, n, n)
		}
	})
	return mux
}

// TestServeFixtures serves the fixtures for looking at them, until interrupted:
//
//	HEARBACK_FIXTURES=127.0.0.1:8099 go test -run TestServeFixtures -timeout 0 ./web/view
func TestServeFixtures(t *testing.T) {
	addr := os.Getenv("HEARBACK_FIXTURES")
	if addr == "" {
		t.Skip("set HEARBACK_FIXTURES=127.0.0.1:8099 to look at the pages")
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil || !net.ParseIP(host).IsLoopback() {
		t.Fatalf("HEARBACK_FIXTURES must be a loopback address with a port, got %q", addr)
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: fixtureServer(t)}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	t.Logf("fixtures at http://%s/", ln.Addr())
	<-stop
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	<-done
}
