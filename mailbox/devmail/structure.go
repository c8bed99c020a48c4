package devmail

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"
)

// maxParts bounds the parts that BODYSTRUCTURE tells of.
const maxParts = 2000

// bodyStructure describes a message. imapserver.ExtractBodyStructure would do
// for mail that people write, but recurses as deep as a message is nested,
// keeping a copy of it at each level, and makes multiparts without parts, at
// which imapserver's writer panics.
func bodyStructure(raw []byte) imap.BodyStructure {
	br := bufio.NewReader(bytes.NewReader(raw))
	header, _ := textproto.ReadHeader(br)
	left := maxParts
	return describe(header, br, "", 0, &left)
}

func describe(fields textproto.Header, r io.Reader, parent string, depth int, left *int) imap.BodyStructure {
	header := gomessage.Header{Header: fields}
	primary, sub, params := mediaType(&header, parent)
	if primary == "multipart" && depth < maxPartDepth && params["boundary"] != "" {
		if m := describeMultipart(&header, r, sub, params, depth, left); m != nil {
			return m
		}
	}
	body, _ := io.ReadAll(r) // a body cut short is described as far as it goes
	if primary == "multipart" {
		// Nothing in it that could be shown as a part: one opaque file.
		primary, sub, params = "application", "octet-stream", nil
	}
	part := &imap.BodyStructureSinglePart{
		Type: primary, Subtype: sub, Params: params,
		ID: header.Get("Content-Id"), Description: header.Get("Content-Description"),
		Encoding: strings.TrimSpace(header.Get("Content-Transfer-Encoding")), Size: uint32(len(body)),
		Extended: &imap.BodyStructureSinglePartExt{
			Disposition: disposition(&header), Language: languages(&header), Location: header.Get("Content-Location"),
		},
	}
	lines := int64(bytes.Count(body, []byte("\n")))
	switch {
	case primary == "text":
		part.Text = &imap.BodyStructureText{NumLines: lines}
	case primary == "message" && (sub == "rfc822" || sub == "global"):
		if depth >= maxPartDepth {
			part.Type, part.Subtype = "application", "octet-stream"
			break
		}
		inner := bufio.NewReader(bytes.NewReader(body))
		innerHeader, _ := textproto.ReadHeader(inner)
		part.MessageRFC822 = &imap.BodyStructureMessageRFC822{
			Envelope:      imapserver.ExtractEnvelope(innerHeader),
			BodyStructure: describe(innerHeader, inner, "", depth+1, left),
			NumLines:      lines,
		}
	}
	return part
}

// describeMultipart is nil when there is not one part.
func describeMultipart(header *gomessage.Header, r io.Reader, sub string, params map[string]string, depth int, left *int) imap.BodyStructure {
	var children []imap.BodyStructure
	mr := textproto.NewMultipartReader(r, params["boundary"])
	for *left > 0 {
		part, _ := mr.NextPart() // an error ends the list as the last boundary does
		if part == nil {
			break
		}
		*left--
		children = append(children, describe(part.Header, part, sub, depth+1, left))
	}
	if len(children) == 0 {
		return nil
	}
	return &imap.BodyStructureMultiPart{
		Subtype: sub, Children: children,
		Extended: &imap.BodyStructureMultiPartExt{
			Params: params, Disposition: disposition(header), Language: languages(header), Location: header.Get("Content-Location"),
		},
	}
}

// mediaType is the Content-Type, or what RFC 2045 section 5.2 and RFC 2046
// section 5.1.5 have a reader take in its place.
func mediaType(header *gomessage.Header, parent string) (primary, sub string, params map[string]string) {
	if !header.Has("Content-Type") && parent == "digest" {
		return "message", "rfc822", nil
	}
	value, params, err := header.ContentType()
	if err != nil {
		value, _, _ = strings.Cut(value, ";") // go-message hands the field back as it is
	}
	primary, sub, ok := strings.Cut(strings.ToLower(strings.TrimSpace(value)), "/")
	if !ok || primary == "" || sub == "" {
		return "text", "plain", nil
	}
	return primary, sub, params
}

func disposition(header *gomessage.Header) *imap.BodyStructureDisposition {
	value, params, err := header.ContentDisposition()
	if err != nil || value == "" {
		return nil
	}
	return &imap.BodyStructureDisposition{Value: value, Params: params}
}

func languages(header *gomessage.Header) []string {
	var out []string
	for l := range strings.SplitSeq(header.Get("Content-Language"), ",") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
