// Package view is the look of hearback: one template and one model for each page, and nothing else.
//
// It knows no database, no ticket and no mail: a handler fills a model with plain strings, numbers and moments, and
// [Renderer.Page] writes the page. Texts that belong to the product's own voice (the guard's findings, the names of the
// states, the sentences of the error pages) live here, so that a word is written once.
//
// # Times
//
// Models hold time.Time. The renderer shows them in its own location (Europe/London) as "Tue 24 Nov, 17:15", with the year
// when it is not the current one. A zero time shows nothing.
//
// # Addresses
//
// Templates build the addresses of pages from references by the functions in routes.go, which is the table of routes a
// server has to answer. Addresses that carry a query (sorting, filters, the next page) are given by the handler.
//
// # Forms
//
// Every action is a form that works without a script. Where one form has several buttons they share the name "do", and its
// value says which was pressed; the field names of each form are listed at its model. A control that must name one of many
// things carries the name of the thing ("remove", "fix"), and its value is the thing's id.
//
// A form with data-check posts itself to the address of the page plus "/check" while the person writes, and shows the answer
// (FragVerdict) in place; DraftState.URL takes the same form and answers FragReplyDraft or FragNoteDraft with the new revision.
// Both may answer 409, 422 and 503 with the same fragment. A form that comes back with problems has status 422 and fills Errors, whose
// Field is the id of a control, or of a finding: "f-" and its key with everything but letters and digits replaced by "-".
//
// # Fragments
//
// [Renderer.Fragment] writes a part of a page for a request that carries HX-Request; the names are the constants Frag….
// The ids inside never change between renders, and the element with id "composer" is never replaced by a live event.
//
// # Live events
//
// The script opens one connection to Shell.EventsURL a browser, shared by its tabs. The server sends ids and kinds only:
//
//	event: item.added | enquiry.changed | presence | counts | mailbox.state | alert.safety | hold.sent | guard.register
//	data: {"e":"SEN-104233","seq":812}
//
// An element with data-live="item.added counts" (and data-live-ref, when it concerns one enquiry) then asks the server for
// itself again, with the permission check of any other request.
//
// # What a page may load
//
// No page holds an inline script, an inline style or an event attribute. The policy they are tested against:
//
//	default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'none'; connect-src 'self';
//	frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'
//
// One route differs: the body of an HTML mail (MessageFrameURL) is shown inside a frame of the enquiry page, so its own
// policy needs frame-ancestors 'self' and "sandbox", and may load nothing at all but data: images and inline styles.
package view
