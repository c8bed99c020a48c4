package extract

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// The kinds of file that are told apart by their content. A name or a declared
// type is only ever evidence against a file, never for it.
const (
	tZIP   = "application/zip"
	tDOCX  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	tXLSX  = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	tPPTX  = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	tODF   = "application/vnd.oasis.opendocument"
	tOLE   = "application/x-ole-storage"
	tMSG   = "application/vnd.ms-outlook"
	tDOC   = "application/msword"
	tXLS   = "application/vnd.ms-excel"
	tPPT   = "application/vnd.ms-powerpoint"
	tPDF   = "application/pdf"
	tRTF   = "application/rtf"
	tGZ    = "application/gzip"
	tBZ2   = "application/x-bzip2"
	tTAR   = "application/x-tar"
	tEML   = "message/rfc822"
	tICS   = "text/calendar"
	tVCF   = "text/vcard"
	tCSV   = "text/csv"
	tTXT   = "text/plain"
	tHTML  = "text/html"
	tXML   = "application/xml"
	tSVG   = "image/svg+xml"
	tJPEG  = "image/jpeg"
	tPNG   = "image/png"
	tGIF   = "image/gif"
	tTIFF  = "image/tiff"
	tWEBP  = "image/webp"
	tBMP   = "image/bmp"
	tHEIC  = "image/heic"
	tAVIF  = "image/avif"
	tMetaf = "image/x-emf"
	t7Z    = "application/x-7z-compressed"
	tRAR   = "application/vnd.rar"
	tXZ    = "application/x-xz"
	tTNEF  = "application/ms-tnef"
	tExe   = "application/x-executable"
	tSound = "audio/*"
	tFilm  = "video/*"
	tBin   = "application/octet-stream"
)

// sniff tells what a file is. b is its beginning (or all of it).
func sniff(b []byte) string {
	has := func(at int, s string) bool { return len(b) >= at+len(s) && string(b[at:at+len(s)]) == s }
	switch {
	case has(0, "PK\x03\x04"), has(0, "PK\x05\x06"):
		return tZIP
	case has(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return tOLE
	case has(0, "%PDF-"):
		return tPDF
	case has(0, "{\\rt"):
		return tRTF
	case has(0, "\xff\xd8\xff"):
		return tJPEG
	case has(0, "\x89PNG\r\n\x1a\n"):
		return tPNG
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return tGIF
	case has(0, "II*\x00"), has(0, "MM\x00*"):
		return tTIFF
	case has(0, "RIFF") && has(8, "WEBP"):
		return tWEBP
	case has(0, "RIFF") && has(8, "AVI "):
		return tFilm
	case has(0, "RIFF"), has(0, "ID3"), has(0, "OggS"), has(0, "fLaC"), has(0, "#!AMR"), has(0, "\xff\xfb"), has(0, "\xff\xf3"):
		return tSound
	case has(4, "ftyp"):
		return bmff(b)
	case has(0, "\x1a\x45\xdf\xa3"), has(0, "\x00\x00\x01\xba"), has(0, "\x30\x26\xb2\x75"):
		return tFilm
	case has(0, "\x1f\x8b"):
		return tGZ
	case has(0, "BZh"):
		return tBZ2
	case has(0, "7z\xbc\xaf\x27\x1c"):
		return t7Z
	case has(0, "Rar!\x1a\x07"):
		return tRAR
	case has(0, "\xfd7zXZ\x00"):
		return tXZ
	case has(0, "\x78\x9f\x3e\x22"):
		return tTNEF
	case has(0, "MZ") && bytes.IndexByte(b[:min(len(b), 512)], 0) >= 0, has(0, "\x7fELF"):
		return tExe
	case has(0, "BM") && len(b) > 14 && b[6] == 0 && b[7] == 0:
		return tBMP
	case has(40, " EMF"), has(0, "\xd7\xcd\xc6\x9a"):
		return tMetaf
	case has(257, "ustar"):
		return tTAR
	}
	return sniffText(b)
}

func bmff(b []byte) string {
	brand := string(b[8:min(len(b), 12)])
	switch brand {
	case "heic", "heix", "heim", "heis", "mif1", "msf1", "hevc", "hevx":
		return tHEIC
	case "avif", "avis":
		return tAVIF
	case "M4A ", "M4B ":
		return tSound
	}
	return tFilm
}

func sniffText(b []byte) string {
	head, ok := textHead(b)
	if !ok {
		return tBin
	}
	trimmed := strings.TrimLeft(head, "\ufeff \t\r\n")
	low := strings.ToLower(trimmed[:min(len(trimmed), 4096)])
	switch {
	case strings.HasPrefix(low, "begin:vcalendar"):
		return tICS
	case strings.HasPrefix(low, "begin:vcard"):
		return tVCF
	case strings.HasPrefix(low, "{\\rt"):
		return tRTF
	case strings.HasPrefix(low, "<!doctype html"), strings.HasPrefix(low, "<html"), strings.HasPrefix(low, "<head"), strings.HasPrefix(low, "<body"):
		return tHTML
	case strings.HasPrefix(low, "<svg"), strings.HasPrefix(low, "<?xml") && strings.Contains(low, "<svg"), strings.HasPrefix(low, "<!--") && strings.Contains(low, "<svg"):
		return tSVG
	case strings.HasPrefix(low, "<?xml") && strings.Contains(low, "<html"):
		return tHTML
	case strings.HasPrefix(low, "<?xml"):
		return tXML
	case looksLikeMail(trimmed):
		return tEML
	case strings.Contains(low, "<html") || strings.Contains(low, "<body") || strings.Contains(low, "<div") || strings.Contains(low, "<p>") || strings.Contains(low, "<span"):
		return tHTML
	}
	return tTXT
}

// looksLikeMail wants two header fields that mail has and few other texts have.
func looksLikeMail(s string) bool {
	found := 0
	for i, line := range strings.SplitN(s[:min(len(s), 16<<10)], "\n", 200) {
		line = strings.TrimRight(line, "\r")
		if line == "" {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			continue
		}
		name, _, ok := strings.Cut(line, ":")
		if i == 0 && strings.HasPrefix(line, "From ") {
			continue
		}
		if !ok || strings.ContainsAny(name, " \t") {
			break
		}
		switch strings.ToLower(name) {
		case "received", "return-path", "message-id", "mime-version", "delivered-to", "dkim-signature", "content-type", "x-mailer":
			found += 2
		case "from", "to", "subject", "date", "cc", "reply-to":
			found++
		}
	}
	return found >= 3
}

// textHead decodes the beginning of a file and says whether it is text at all:
// few control characters, in one of the character sets that occur.
func textHead(b []byte) (string, bool) {
	h := b[:min(len(b), 64<<10)]
	if len(h) == 0 {
		return "", true
	}
	if d, ok := decodeBOM(h); ok {
		return string(d), mostlyText(d)
	}
	if d, ok := bareUTF16(h); ok {
		return string(d), true
	}
	if !mostlyText(h) {
		return "", false
	}
	return string(h), true
}

func mostlyText(b []byte) bool {
	bad := 0
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b && c != 0x1a {
			bad++
		}
	}
	return bad*100 <= len(b)
}

// extensions say which types a name may stand for. A name that is not here says nothing.
func typesOfName(name string) []string {
	switch strings.ToLower(strings.TrimSpace(path.Ext(strings.TrimRight(name, ". ")))) {
	case ".docx", ".dotx", ".docm", ".dotm":
		return []string{tDOCX, tOLE}
	case ".xlsx", ".xlsm", ".xltx", ".xltm":
		return []string{tXLSX, tOLE}
	case ".pptx", ".pptm", ".ppsx", ".potx":
		return []string{tPPTX, tOLE}
	case ".odt", ".ods", ".odp", ".odg", ".ott":
		return []string{tODF}
	case ".doc", ".dot":
		return []string{tDOC, tRTF, tHTML, tDOCX, tXML, tOLE}
	case ".xls":
		return []string{tXLS, tHTML, tXLSX, tXML, tCSV, tTXT, tOLE}
	case ".ppt", ".pps":
		return []string{tPPT, tPPTX, tOLE}
	case ".msg":
		return []string{tMSG}
	case ".pdf":
		return []string{tPDF}
	case ".rtf":
		return []string{tRTF}
	case ".jpg", ".jpeg", ".jpe", ".jfif":
		return []string{tJPEG}
	case ".png":
		return []string{tPNG}
	case ".gif":
		return []string{tGIF}
	case ".heic", ".heif":
		return []string{tHEIC, tJPEG}
	case ".tif", ".tiff":
		return []string{tTIFF}
	case ".webp":
		return []string{tWEBP}
	case ".bmp":
		return []string{tBMP}
	case ".svg":
		return []string{tSVG}
	case ".zip":
		return []string{tZIP}
	case ".gz", ".tgz":
		return []string{tGZ}
	case ".tar":
		return []string{tTAR}
	case ".eml":
		return []string{tEML, tTXT, tHTML}
	case ".ics":
		return []string{tICS}
	case ".vcf":
		return []string{tVCF}
	case ".htm", ".html", ".xhtml":
		return []string{tHTML, tTXT, tXML}
	case ".txt", ".csv", ".md", ".log", ".tsv", ".json":
		return []string{tTXT, tCSV, tHTML, tEML, tXML, tICS, tVCF}
	case ".mp3", ".wav", ".m4a", ".ogg", ".amr":
		return []string{tSound}
	case ".mp4", ".mov", ".avi", ".mkv", ".wmv":
		return []string{tFilm, tSound}
	}
	return nil
}

// typesOfDeclared does the same for a declared media type. Types that mail
// programs put on anything say nothing.
func typesOfDeclared(t string) []string {
	t, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(t)), ";")
	t = strings.TrimSpace(t)
	switch t {
	case tPDF, "application/x-pdf":
		return []string{tPDF}
	case tJPEG, "image/jpg", "image/pjpeg":
		return []string{tJPEG}
	case tPNG:
		return []string{tPNG}
	case tGIF:
		return []string{tGIF}
	case tHTML:
		return []string{tHTML, tTXT, tXML}
	case tDOCX:
		return []string{tDOCX, tOLE}
	case tXLSX:
		return []string{tXLSX, tOLE}
	case tPPTX:
		return []string{tPPTX, tOLE}
	case tICS:
		return []string{tICS}
	case tTXT:
		return []string{tTXT, tCSV, tHTML, tEML, tXML, tICS, tVCF}
	}
	return nil
}

// plainName is what people call a type.
func plainName(t string) string {
	switch t {
	case tZIP:
		return "a zip archive"
	case tDOCX, tDOC:
		return "a Word document"
	case tXLSX, tXLS:
		return "an Excel workbook"
	case tPPTX, tPPT:
		return "a presentation"
	case tODF:
		return "an OpenDocument file"
	case tOLE:
		return "an older Office file"
	case tMSG:
		return "an Outlook message"
	case tPDF:
		return "a PDF"
	case tRTF:
		return "a rich text document"
	case tEML:
		return "an email"
	case tHTML:
		return "a web page"
	case tICS:
		return "a calendar entry"
	case tVCF:
		return "a contact card"
	case tTXT, tCSV, tXML:
		return "text"
	case tSVG, tJPEG, tPNG, tGIF, tTIFF, tWEBP, tBMP, tHEIC, tAVIF, tMetaf:
		return "a picture"
	case tSound, tFilm:
		return "a recording"
	case tGZ, tBZ2, tTAR, t7Z, tRAR, tXZ:
		return "an archive"
	case tExe:
		return "a program"
	}
	return "something else"
}

func cleanName(s string) string {
	if !utf8.ValidString(s) {
		s = string(decodeText([]byte(s)))
	}
	return s
}
