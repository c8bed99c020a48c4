package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// describe serves the OpenAPI document, to everybody: it says nothing of anybody.
// It is made once, here: the library's own route makes it on the first request,
// and two of them at once would write the same variable.
func describe(r *gin.Engine, doc *huma.OpenAPI) {
	// The model of problems comes with links to example.com, and with the value
	// that was sent, which we do not give back (see plain).
	schemas := doc.Components.Schemas.Map()
	if m := schemas["ErrorModel"]; m != nil {
		for _, p := range m.Properties {
			p.Examples = nil
		}
	}
	if m := schemas["ErrorDetail"]; m != nil {
		delete(m.Properties, "value")
	}
	// An enquiry that nobody has to answer has no clock; the library would say
	// that there always is one.
	for _, m := range schemas {
		if p := m.Properties["clock"]; p != nil && p.Ref != "" {
			m.Properties["clock"] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}, Description: p.Description}
		}
	}
	spec, err := json.Marshal(doc)
	if err != nil {
		panic(fmt.Sprintf("api: the OpenAPI document cannot be made: %v", err)) // types are fixed when the program is built
	}
	serve := func(c *gin.Context) {
		c.Header("X-Content-Type-Options", "nosniff")
		c.Data(http.StatusOK, "application/openapi+json", spec)
	}
	r.GET(Prefix+"/openapi.json", serve)
	r.HEAD(Prefix+"/openapi.json", serve)
}

// unknown answers what no route of the API does: 404 for a path, 405 with Allow
// for a method (RFC 9110 section 15.5.6), and OPTIONS. What it answers depends
// on the form of the path alone, never on what exists.
func unknown(routes gin.RoutesInfo) gin.HandlerFunc {
	return func(c *gin.Context) {
		if c.FullPath() != "" || c.Request.URL.Path != Prefix && !strings.HasPrefix(c.Request.URL.Path, Prefix+"/") {
			return
		}
		c.Abort()
		c.Header("Cache-Control", "no-store")
		allow := methodsOf(routes, c.Request.URL.Path)
		switch {
		case len(allow) == 0:
			problem(c, http.StatusNotFound, "There is no such route. "+Prefix+"/openapi.json lists them.")
		case c.Request.Method == http.MethodOptions:
			c.Header("Allow", strings.Join(allow, ", "))
			c.Status(http.StatusNoContent)
			c.Writer.WriteHeaderNow()
		default:
			c.Header("Allow", strings.Join(allow, ", "))
			problem(c, http.StatusMethodNotAllowed, "This route does not know this method.")
		}
	}
}

// methodsOf lists what may be asked of a path, in order; nothing when no route
// of the API has its form.
func methodsOf(routes gin.RoutesInfo, path string) []string {
	var out []string
	for _, r := range routes {
		if strings.HasPrefix(r.Path, Prefix+"/") && hasForm(path, r.Path) {
			out = append(out, r.Method)
		}
	}
	if len(out) > 0 {
		out = append(out, http.MethodOptions)
	}
	slices.Sort(out)
	return out
}

func hasForm(path, pattern string) bool {
	got, want := strings.Split(path, "/"), strings.Split(pattern, "/")
	if len(got) != len(want) {
		return false
	}
	for i, w := range want {
		if strings.HasPrefix(w, ":") && got[i] != "" {
			continue
		}
		if got[i] != w {
			return false
		}
	}
	return true
}

// problem writes a refusal where no operation of the library is at hand.
func problem(c *gin.Context, status int, words string) {
	b, err := json.Marshal(huma.NewError(status, words))
	if err != nil {
		c.Status(status)
		return
	}
	c.Data(status, "application/problem+json", b)
}
