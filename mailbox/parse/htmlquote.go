package parse

import (
	"regexp"
	"strings"
)

// quoteAttrs reads what mail programs write into class, id and style of the
// elements that hold earlier mail or a signature. rest is set where the program
// only marks the beginning and everything behind is earlier mail.
func quoteAttrs(e *open, attrs map[string]string, rest *bool) {
	if len(attrs) == 0 {
		return
	}
	mark := func(s string) string { return strings.ToLower(s) }
	id, class, name := mark(attrs["id"]), mark(attrs["class"]), mark(attrs["name"])
	has := func(s string, list ...string) bool {
		for _, w := range list {
			if s != "" && strings.Contains(s, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has(id, "divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container", "replyforwardheader"),
		has(class, "ms-outlook-mobile-reference-message"), name == "messagereplysection":
		// Outlook on the web and on phones; Spark.
		*rest = true
		e.quote = true
	case has(id, "olk_src_body_section", "yahoo_quoted", "yahooquoted", "ymail_android_quoted"),
		has(class, "yahoo_quoted", "gmail_attr", "moz-cite-prefix", "protonmail_quote", "tutanota_quote", "zmail_extra", "wm_quote_header"),
		name == "quote" && e.tag.String() == "div":
		e.quote = true
	case has(class, "gmail_signature", "moz-signature", "protonmail_signature"), id == "signature", id == "ms-outlook-mobile-signature", id == "x_signature", has(id, "applemailsignature", "ymail_android_signature"):
		e.footer = true
	}
}

// quoteRule knows the rules that Hotmail and Outlook draw above earlier mail.
func quoteRule(attrs map[string]string) bool {
	return strings.EqualFold(attrs["id"], "stopSpelling") || strings.EqualFold(attrs["id"], "x_stopSpelling") || strings.EqualFold(attrs["id"], "EC_stopSpelling") ||
		strings.EqualFold(attrs["id"], "ecxstopSpelling")
}

// indentOnly tells the blockquote of an "indent" button from a quotation.
func indentOnly(attrs map[string]string) bool {
	style := strings.ReplaceAll(strings.ToLower(attrs["style"]), " ", "")
	class := strings.ToLower(attrs["class"])
	if strings.EqualFold(attrs["type"], "cite") || strings.Contains(class, "quote") {
		return false
	}
	return strings.Contains(style, "border:none") && (strings.Contains(style, "margin:0px0px0px40px") || strings.Contains(style, "margin:00040px") || strings.Contains(style, "margin-left:40px"))
}

var (
	tagRe  = regexp.MustCompile(`(?s)<!--.*?-->|<[^>]*>`)
	metaRe = regexp.MustCompile(`(?i)<meta[^>]{0,300}charset\s*=\s*["']?([-a-z0-9_:]+)`)
	htmlRe = regexp.MustCompile(`(?i)^\s*(?:<\?xml[^>]*>\s*)?(<!doctype html|<html|<head|<body|<meta|<div|<table|<style|<p[ >]|<font|<span)`)
)

// stripTags is the last resort for HTML that leaves no text: a style element
// that is never closed swallows the rest of the page.
func stripTags(s string) string {
	return tidyText(tagRe.ReplaceAllString(s, " "))
}

// stripEnriched reads text/enriched (RFC 1896) and text/richtext roughly.
func stripEnriched(s string) string {
	s = strings.ReplaceAll(tidyText(s), "<nl>", "\n")
	return tagRe.ReplaceAllString(strings.ReplaceAll(s, "<<", "<"), "")
}

func metaCharset(b []byte) string {
	if len(b) > 4096 {
		b = b[:4096]
	}
	if m := metaRe.FindSubmatch(b); m != nil {
		return string(m[1])
	}
	return ""
}

// looksLikeHTML says whether a text of no stated type is HTML.
func looksLikeHTML(b []byte) bool {
	if len(b) > 1024 {
		b = b[:1024]
	}
	return htmlRe.Match(b)
}
