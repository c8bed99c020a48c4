package web

import "strings"

// Line is a line of the table of routes, for tests.
type Line struct{ Method, Path, Need string }

// The needs that are no permission.
const (
	Public = string(public)
	Anyone = string(anyone)
)

// Table is the whole table of routes.
func (s *Server) Table() []Line {
	var out []Line
	for _, r := range s.routes() {
		out = append(out, Line{r.method, r.path, string(r.need)})
	}
	return out
}

// Answers reports whether a route of the table answers this method and path.
func Answers(table []Line, method, path string) bool {
	for _, l := range table {
		if l.Method == method && fits(l.Path, path) {
			return true
		}
	}
	return false
}

func fits(pattern, path string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && (!strings.HasPrefix(a[i], ":") || b[i] == "") {
			return false
		}
	}
	return true
}

// DownloadName is the name that a file is kept under.
func DownloadName(raw string) string { return downloadName(raw) }
