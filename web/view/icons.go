package view

import "html/template"

// icon is one picture of the set drawn for this program: 16 units square, the colour of the text around it, hidden from screen
// readers because a word always stands beside it. An unknown name draws an empty picture, which the tests refuse.
func icon(name string) template.HTML {
	return template.HTML(`<svg class="hb-icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">` + //nolint:gosec // constants only
		iconPath(name) + `</svg>`)
}

func iconPath(name string) string {
	const stroke = `fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"`
	switch name {
	// The shapes of the answer date are filled, so that they are told apart at a glance and in grey.
	case "ontrack":
		return `<circle cx="8" cy="8" r="5" fill="currentColor"/>`
	case "soon":
		return `<path d="M8 2.2 14.4 13.4H1.6Z" fill="currentColor"/>`
	case "late":
		return `<rect x="2.8" y="2.8" width="10.4" height="10.4" fill="currentColor"/>`
	case "paused":
		return `<path d="M4 2.8h2.8v10.4H4zM9.2 2.8H12v10.4H9.2z" fill="currentColor"/>`
	case "answered":
		return `<path d="m2.6 8.6 3.6 3.6 7.2-8" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>`
	case "urgent":
		return `<path d="M8 1.4 14.6 8 8 14.6 1.4 8Z" fill="currentColor"/>`
	case "in":
		return `<path d="M14 8H2.5M7 3.5 2.5 8 7 12.5" ` + stroke + `/>`
	case "out":
		return `<path d="M2 8h11.5M9 3.5 13.5 8 9 12.5" ` + stroke + `/>`
	case "note":
		return `<path d="M3 2h10v12H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3" ` + stroke + `/>`
	case "call":
		return `<path d="M5.6 2.2 3.5 3c-.8.3-1.2 1.1-1 2 .8 4.3 4.2 7.7 8.5 8.5.9.2 1.7-.2 2-1l.8-2.1-3.3-1.6-1.3 1.5C7.4 9.5 6.5 8.6 5.7 6.8l1.5-1.3Z" ` + stroke + `/>`
	case "system":
		return `<circle cx="8" cy="8" r="1.8" fill="currentColor"/>`
	case "info":
		return `<circle cx="8" cy="8" r="6.2" ` + stroke + `/><path d="M8 7.3v3.7M8 4.9v.1" ` + stroke + `/>`
	case "unknown":
		return `<circle cx="8" cy="8" r="6.2" ` + stroke + ` stroke-dasharray="2.4 2.4"/>`
	case "warn":
		return `<path d="M8 2.2 14.4 13.4H1.6ZM8 6.5v3.2M8 11.5v.1" ` + stroke + `/>`
	case "file":
		return `<path d="M9 1.8H4v12.4h8V4.8ZM9 1.8v3h3" ` + stroke + `/>`
	case "search":
		return `<circle cx="7" cy="7" r="4.2" ` + stroke + `/><path d="m10.2 10.2 3.6 3.6" ` + stroke + `/>`
	case "lock":
		return `<path d="M3.5 7.2h9v6.6h-9zM5.5 7.2V4.8a2.5 2.5 0 0 1 5 0v2.4" ` + stroke + `/>`
	}
	return ""
}
