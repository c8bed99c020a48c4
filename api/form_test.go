package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"hearback/api"
	"hearback/tickets"
	"hearback/tickets/access"
)

// Requests that are not right are refused in plain words that do not give back
// what was sent, and nothing is done.
func TestRequestsThatAreNotRight(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.officer()
	const js = "application/json"
	long := strings.Repeat("a", 262145)
	for _, x := range []struct {
		name, path, contentType, body string
		want                          int
		says                          string
	}{
		{"no body", "/notes", js, "", http.StatusBadRequest, "Send a JSON object"},
		{"no JSON", "/notes", js, `{"text": "mallory"`, http.StatusBadRequest, "not JSON"},
		{"two objects", "/notes", js, `{"text": "mallory"}{"text":"x"}`, http.StatusBadRequest, "not JSON"},
		{"a list", "/notes", js, `["mallory"]`, http.StatusUnprocessableEntity, "Expected object."},
		{"null", "/notes", js, `null`, http.StatusUnprocessableEntity, "Expected object."},
		{"a form", "/notes", "application/x-www-form-urlencoded", "text=mallory", http.StatusUnsupportedMediaType, "application/json"},
		{"plain text", "/notes", "text/plain", `{"text":"mallory"}`, http.StatusUnsupportedMediaType, "application/json"},
		{"an unknown field", "/notes", js, `{"text":"x","to":["mallory@evil.example"]}`, http.StatusUnprocessableEntity, "There is no such field."},
		{"an unknown field of a reply", "/replies", js, `{"text":"x","mallory":1}`, http.StatusUnprocessableEntity, "There is no such field."},
		{"a field within", "/replies", js, `{"text":"x","confirm":[{"rule":"A","because":"mallory"}],"digest":"d"}`, http.StatusUnprocessableEntity, "There is no such field."},
		{"a missing field", "/notes", js, `{}`, http.StatusUnprocessableEntity, "The field text is missing."},
		{"a wrong type", "/notes", js, `{"text":["mallory"]}`, http.StatusUnprocessableEntity, "Expected string."},
		{"a fraction", "/replies", js, `{"text":"x","to":[1.5]}`, http.StatusUnprocessableEntity, "Expected integer."},
		{"empty words", "/notes", js, `{"text":""}`, http.StatusUnprocessableEntity, "Expected length >= 1."},
		{"too long", "/notes", js, `{"text":"` + long + `"}`, http.StatusUnprocessableEntity, "Expected length <= 262144."},
		{"too large", "/notes", js, `{"text":"` + strings.Repeat(long, 5) + `"}`, http.StatusRequestEntityTooLarge, "at most 1 MiB"},
		{"deep", "/notes", js, strings.Repeat(`{"text":`, 20000), http.StatusBadRequest, "not JSON"},
		{"an unknown parameter", "/notes?draft=mallory", js, `{"text":"x"}`, http.StatusUnprocessableEntity, "There is no such parameter."},
	} {
		rec := c.raw(http.MethodPost, "/tickets/"+ref+x.path, x.contentType, strings.NewReader(x.body))
		if rec.Code != x.want {
			t.Errorf("%s: %d, want %d: %s", x.name, rec.Code, x.want, rec.Body)
		}
		w.isProblem(rec)
		if !strings.Contains(decoded(rec), x.says) {
			t.Errorf("%s: %q is not said: %s", x.name, x.says, rec.Body)
		}
		said := strings.ReplaceAll(rec.Body.String(), "body.mallory", "") // the name of a field is said
		lacks(t, x.name, said, "mallory", "aaaaaaaaaa", `"value"`)
	}
	for query, says := range map[string]string{
		"stat=open": "There is no such parameter.", "state=mallory": "Expected value to be one of", "limit=-1": "Expected number >= 0.", "limit=201": "Expected number <= 200.",
		"limit=all": "invalid", "view=everything": "Expected value to be one of", "q=" + strings.Repeat("a", 201): "Expected length <= 200.",
	} {
		rec := c.asks(http.MethodGet, "/tickets?"+query, nil, http.StatusUnprocessableEntity)
		has(t, query, decoded(rec), says)
	}
	c.asks(http.MethodGet, "/tickets/"+strings.Repeat("A", 41), nil, http.StatusUnprocessableEntity)
	var n notes
	c.get("/tickets/"+ref+"/notes", &n)
	if len(n.Items) != 0 || len(w.letters(ref)) != 0 {
		t.Errorf("%d notes and %d letters came of it", len(n.Items), len(w.letters(ref)))
	}
	lacks(t, "the log", w.log.String(), "mallory", "aaaaaaaaaa")
}

// decoded undoes the escapes of JSON that hide < and >.
func decoded(rec *httptest.ResponseRecorder) string {
	var v struct {
		Detail string
		Errors []struct{ Message string }
	}
	_ = json.Unmarshal(rec.Body.Bytes(), &v)
	out := v.Detail
	for _, e := range v.Errors {
		out += "\n" + e.Message
	}
	return out
}

func TestOpenAPIDocument(t *testing.T) {
	w := newWorld(t)
	nobody := &client{w: w}
	var first string
	var all sync.WaitGroup
	var mu sync.Mutex
	for range 8 { // at once: the race detector looks on
		all.Go(func() {
			rec := nobody.raw(http.MethodGet, "/openapi.json", "", nil)
			mu.Lock()
			defer mu.Unlock()
			if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "application/openapi+json" || first != "" && first != rec.Body.String() {
				t.Errorf("%d %s", rec.Code, rec.Header())
			}
			first = rec.Body.String()
		})
	}
	all.Wait()
	for _, host := range regexp.MustCompile(`https?:[^"\s]*`).FindAllString(first, -1) {
		t.Errorf("it names a host: %s", host)
	}
	lacks(t, "the document", first, "example.com", "schemas.", "$schema")
	var doc struct {
		OpenAPI string `json:"openapi"`
		Servers []struct{ URL string }
		Info    struct{ Title, Version string }
		Paths   map[string]map[string]struct {
			OperationID string                `json:"operationId"`
			Permission  access.Permission     `json:"x-permission"`
			Security    []map[string][]string `json:"security"`
			Responses   map[string]any
			Parameters  []struct{ Name, In string }
			RequestBody *struct{ Content map[string]any } `json:"requestBody"`
			Description string
		}
		Components struct {
			Schemas         map[string]map[string]any
			SecuritySchemes map[string]map[string]string `json:"securitySchemes"`
		}
	}
	w.must(json.Unmarshal([]byte(first), &doc))
	if doc.OpenAPI != "3.1.0" || doc.Info.Title == "" || doc.Info.Version != "test" || len(doc.Servers) != 1 || doc.Servers[0].URL != api.Prefix {
		t.Errorf("the head: %+v", doc)
	}
	if doc.Components.SecuritySchemes["token"]["scheme"] != "bearer" {
		t.Errorf("how to sign in: %v", doc.Components.SecuritySchemes)
	}
	// Every reference leads somewhere.
	for _, ref := range regexp.MustCompile(`"\$ref":"([^"]*)"`).FindAllStringSubmatch(first, -1) {
		name, ok := strings.CutPrefix(ref[1], "#/components/schemas/")
		if !ok || doc.Components.Schemas[name] == nil {
			t.Errorf("%s leads nowhere", ref[1])
		}
	}
	// It holds exactly the routes, each with its permission, its parameters and
	// what can go wrong.
	r := gin.New()
	api.Register(r, api.Deps{Log: nil})
	routes, ids := map[string]bool{}, map[string]bool{}
	for _, x := range r.Routes() {
		if x.Method != http.MethodHead && x.Path != api.Prefix+"/openapi.json" {
			path := regexp.MustCompile(`:(\w+)`).ReplaceAllString(strings.TrimPrefix(x.Path, api.Prefix), "{$1}")
			routes[strings.ToLower(x.Method)+" "+path] = true
		}
	}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			key := method + " " + path
			if !routes[key] {
				t.Errorf("%s is no route", key)
			}
			delete(routes, key)
			if op.OperationID == "" || ids[op.OperationID] {
				t.Errorf("%s: the id %q is not its own", key, op.OperationID)
			}
			ids[op.OperationID] = true
			if op.Permission == "" || !strings.Contains(op.Description, string(op.Permission)) || len(op.Security) != 1 {
				t.Errorf("%s does not say what it needs", key)
			}
			var named []string
			for _, p := range op.Parameters {
				if p.In == "path" {
					named = append(named, "{"+p.Name+"}")
				}
			}
			if want := regexp.MustCompile(`\{\w+\}`).FindAllString(path, -1); strings.Join(named, "") != strings.Join(want, "") {
				t.Errorf("%s: parameters %v", key, named)
			}
			for _, code := range []string{"401", "403", "422", "429", "503"} {
				if op.Responses[code] == nil {
					t.Errorf("%s: %s is not in it", key, code)
				}
			}
			if method == "post" && (op.RequestBody == nil || op.Responses["413"] == nil || op.Responses["409"] == nil) {
				t.Errorf("%s: its body, 409 or 413 is not in it", key)
			}
		}
	}
	for key := range routes {
		t.Errorf("%s is not in the document", key)
	}
	for name, s := range doc.Components.Schemas {
		if s["type"] == "object" && strings.HasSuffix(name, "InBody") && s["additionalProperties"] != false {
			t.Errorf("%s allows unknown fields", name)
		}
	}
}

// What the API answers is what the document says: each field is declared, has
// its type, and is there when it is required.
func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	w := newWorld(t)
	ref := w.fromTessa("Draft plan")
	c := w.role(access.RoleLead)
	c.post("/tickets/"+ref+"/notes", m{"text": "A remark"}, nil, http.StatusCreated)
	c.post("/tickets/"+ref+"/calls", m{"direction": "in", "answered": false}, nil, http.StatusCreated)
	c.post("/tickets/"+ref+"/replies", m{"text": "Dear Tessa,\n\nOn Friday."}, nil, http.StatusCreated)
	done := w.arrives("Ada Osei", "ada.osei@mail.example", "Thanks", "The bus was late.")
	v, err := w.db.Ticket(t.Context(), access.System("test"), done)
	w.must(err)
	lead := w.staff[access.RoleLead]
	w.must(w.desk.Finish(t.Context(), access.Actor{StaffID: lead.ID, Name: lead.Name, Role: access.RoleLead, TeamIDs: []int64{w.north.ID}},
		tickets.FinishRequest{Ref: done, Reason: tickets.FinishReasons()[0].Code, SeenVersion: v.Version}, w.now()))
	var doc m
	w.must(json.Unmarshal(c.raw(http.MethodGet, "/openapi.json", "", nil).Body.Bytes(), &doc))
	for path, form := range map[string]string{
		"/tickets": "/tickets", "/tickets?view=finished": "/tickets", "/tickets/" + ref: "/tickets/{ref}", "/tickets/" + done: "/tickets/{ref}",
		"/tickets/" + ref + "/notes": "/tickets/{ref}/notes", "/cases": "/cases", "/cases/WM-2201": "/cases/{ref}", "/mailboxes": "/mailboxes",
	} {
		var got any
		w.must(json.Unmarshal([]byte(c.get(path, nil)), &got))
		conforms(t, doc, path, at(doc, "paths", form, "get", "responses", "200", "content", "application/json", "schema"), got)
	}
	var review, refusal any
	w.must(json.Unmarshal(c.post("/tickets/"+ref+"/review", m{"text": "Dear Rob,\n\nOn Friday."}, nil, http.StatusOK).Body.Bytes(), &review))
	conforms(t, doc, "review", at(doc, "paths", "/tickets/{ref}/review", "post", "responses", "200", "content", "application/json", "schema"), review)
	w.must(json.Unmarshal(c.post("/tickets/"+ref+"/notes", m{"words": 1}, nil, http.StatusUnprocessableEntity).Body.Bytes(), &refusal))
	conforms(t, doc, "refusal", at(doc, "paths", "/tickets/{ref}/notes", "post", "responses", "422", "content", "application/problem+json", "schema"), refusal)
}

func at(v any, keys ...string) m {
	for _, k := range keys {
		v = v.(m)[k]
	}
	out, _ := v.(m)
	return out
}

// conforms looks at what the schemas of the document use: references, types,
// fields, items, enumerations.
func conforms(t *testing.T, doc m, where string, schema m, got any) {
	t.Helper()
	if schema == nil {
		t.Errorf("%s: there is no schema", where)
		return
	}
	if ref, ok := schema["$ref"].(string); ok {
		schema = at(doc, "components", "schemas", strings.TrimPrefix(ref, "#/components/schemas/"))
	}
	if either, ok := schema["anyOf"].([]any); ok {
		for _, s := range either {
			if got == nil == (s.(m)["type"] == "null") {
				conforms(t, doc, where, s.(m), got)
				return
			}
		}
		t.Errorf("%s: %v is none of %v", where, got, either)
		return
	}
	types := map[string]bool{}
	switch x := schema["type"].(type) {
	case string:
		types[x] = true
	case []any:
		for _, y := range x {
			types[y.(string)] = true
		}
	}
	is := "null"
	switch x := got.(type) {
	case string:
		is = "string"
	case bool:
		is = "boolean"
	case float64:
		is = "number"
		if x == float64(int64(x)) && types["integer"] {
			is = "integer"
		}
	case []any:
		is = "array"
		for _, y := range x {
			conforms(t, doc, where+"[]", schema["items"].(m), y)
		}
	case m:
		is = "object"
		declared, _ := schema["properties"].(m)
		for k, y := range x {
			p, ok := declared[k].(m)
			if !ok {
				t.Errorf("%s.%s is not in the document", where, k)
				continue
			}
			conforms(t, doc, where+"."+k, p, y)
		}
		required, _ := schema["required"].([]any)
		for _, k := range required {
			if _, ok := x[k.(string)]; !ok {
				t.Errorf("%s.%s is required and missing", where, k)
			}
		}
	}
	if !types[is] {
		t.Errorf("%s: %v is no %v", where, got, schema["type"])
	}
	if list, ok := schema["enum"].([]any); ok && got != nil && !slices.Contains(list, got) {
		t.Errorf("%s: %v is none of %v", where, got, list)
	}
}
