package view

import (
	"net/url"
	"slices"
)

// ImportURL takes a file of the case system: GET and POST (multipart).
func ImportURL() string { return "/admin/import" }

// ImportFileURL is one file on its way: GET; POST, do = compare, apply, stop, drop.
func ImportFileURL(id string) string { return ImportURL() + "/f/" + url.PathEscape(id) }

// ImportWaitingURL lists what imports left for a person to decide: GET.
func ImportWaitingURL() string { return ImportURL() + "/waiting" }

// ImportWaitURL decides on one: POST, do = take, leave.
func ImportWaitURL(id string) string { return ImportWaitingURL() + "/" + url.PathEscape(id) }

// Upload reports whether the form sends a file.
func (f Form) Upload() bool {
	return slices.ContainsFunc(f.Fields, func(x Field) bool { return x.Kind == "file" })
}
