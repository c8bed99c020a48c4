package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hearback/mailbox/guard"
	"hearback/tickets/fault"
)

// refusal is the guard's no to a letter. It says which rules stand against it.
type refusal struct{ open []guard.Finding }

func (r *refusal) Error() string { return "the guard refuses: " + strings.Join(rulesOf(r.open), ", ") }

func rulesOf(list []guard.Finding) []string {
	ids := make([]string, 0, len(list))
	for _, f := range list {
		ids = append(ids, f.Rule)
	}
	return ids
}

// failed turns an error of the domain into an answer that is safe to show, and
// logs what operators need.
func (s *server) failed(ctx context.Context, op string, err error) error {
	var no *refusal
	if errors.As(err, &no) {
		return refused(no.open)
	}
	kind := fault.KindOf(err)
	if kind == fault.Internal || kind == fault.Temporary {
		if ctx.Err() == nil {
			s.Log.Error("api", "event", "request_failed", "operation", op, "kind", string(kind), "error", err)
		}
	}
	return huma.NewError(statusOf(kind), fault.SafeText(err))
}

// refused names each finding with its rule, so that a program can tell them apart.
func refused(open []guard.Finding) error {
	words := guard.Words(open)
	if words == "" {
		words = "The check does not clear it."
	}
	details := make([]error, 0, len(open))
	for _, f := range open {
		details = append(details, &huma.ErrorDetail{Message: strings.TrimSpace(f.Words + " " + f.Cure), Location: "guard." + f.Rule})
	}
	return huma.NewError(http.StatusUnprocessableEntity, "Nothing was sent. "+words, details...)
}

func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid, fault.Refused:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Denied:
		return http.StatusForbidden
	case fault.Temporary:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// plain is the last look at a refusal: the library's own ones get plain words,
// what was sent is not given back (it may be a note, and answers end up in the
// logs of callers), and no cause of a fault of ours leaves.
func plain(_ huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	if e.Status >= http.StatusInternalServerError {
		e.Errors = nil
	}
	switch {
	case e.Detail == "validation failed" && e.Status == http.StatusBadRequest:
		e.Detail = "The body is not JSON. Nothing was done."
	case e.Detail == "validation failed" && e.Status == http.StatusUnsupportedMediaType:
		e.Detail, e.Errors = "Send JSON: Content-Type: application/json. Nothing was done.", nil
	case e.Detail == "validation failed":
		e.Detail = "Something in the request is not right; errors says what. Nothing was done."
	case e.Detail == "request body is required":
		e.Detail = "Send a JSON object. Nothing was done."
	case e.Status == http.StatusRequestEntityTooLarge:
		e.Detail = "This is too large: at most 1 MiB. Nothing was done."
	case e.Status == http.StatusRequestTimeout, e.Detail == "cannot read request body":
		e.Detail = "The request did not arrive whole. Nothing was done."
	case e.Detail == "unexpected error occurred":
		e.Detail = fault.SafeText(nil)
	}
	for i, d := range e.Errors {
		if d == nil {
			continue
		}
		e.Errors[i] = &huma.ErrorDetail{Location: d.Location, Message: inWords(d.Message)}
	}
	return e, nil
}

func inWords(message string) string {
	switch {
	case message == "unexpected property":
		return "There is no such field."
	case message == "unknown query parameter":
		return "There is no such parameter."
	case strings.HasPrefix(message, "expected required property "):
		name := strings.TrimSuffix(strings.TrimPrefix(message, "expected required property "), " to be present")
		return "The field " + name + " is missing."
	case strings.HasPrefix(message, "parsing time "): // it quotes what was sent
		return "This is no time. Write it as 2026-11-24T09:30:00Z."
	case strings.HasPrefix(message, "expected "):
		return "E" + message[1:] + "."
	}
	return message
}
