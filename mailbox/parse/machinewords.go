package parse

import (
	"strings"
	"time"

	"hearback/tickets"
)

// The words of telephone systems and printers, in lower case.

var voiceSenders = [...]string{
	"voicemail", "voice mail", "voice-mail", "voicemails", "unity", "unityconnection", "unity connection", "cuc", "mitel", "micollab", "nupoint", "avaya", "aura messaging", "communication manager", "8x8", "gamma", "horizon", "3cx", "pbx", "phonesystem", "phone system", "asterisk", "freepbx", "ringcentral", "vonage", "dialpad", "teams voicemail", "skype.voicemail.microsoft.com", "unified messaging", "voip", "telephony", "messagingservice", "answerphone", "xmediusfax", "sipgate", "circleloop", "wildix", "broadworks", "webex calling",
}

var scanSenders = [...]string{
	"scan", "scans", "scanner", "scanners", "scanning", "scan-to-email", "scantoemail", "scan2email", "mfd", "mfp", "copier", "photocopier", "multifunction", "printer", "printers", "ricoh", "canon", "konica", "bizhub", "minolta", "xerox", "workcentre", "versalink", "altalink", "kyocera", "taskalfa", "ecosys", "sharp", "laserjet", "officejet", "digital sending", "lexmark", "e-studio", "estudio", "epson", "brother", "mailscan", "papercut", "ineo", "develop",
}

var scanDevices = [...]string{
	"ricoh", "canon ir", "imagerunner", "konica", "bizhub", "xerox", "workcentre", "hp digital sending", "hp officejet", "laserjet", "kyocera", "taskalfa", "sharp mx", "lexmark", "e-studio", "network scanner", "multifunction",
}

// voiceSubject tells the subjects of voicemail notices: Exchange and Teams
// "Voice Mail (32 seconds)", Cisco "Message from 01234...", and their like.
func voiceSubject(s string) bool {
	low := strings.ToLower(strings.Join(strings.Fields(s), " "))
	low = strings.TrimLeft(low, "[(*\"' ")
	for _, p := range []string{"external] ", "ext] ", "external: "} {
		low = strings.TrimPrefix(low, p)
	}
	for _, p := range []string{
		"voice mail (", "voice mail from", "voicemail (", "voicemail from", "voicemail message", "voice message", "new voicemail", "new voice mail", "new voice message", "new message in mailbox", "you have a new voice", "you have received a voice", "you have a voice", "missed call with voice", "missed conversation with", "message from unknown", "unity voice", "you have 1 new", "voicemail received", "voicemail for", "voice mail for", "voicemail notification", "new vm from", "voicemail",
	} {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return strings.HasPrefix(low, "message from ") && phoneNumber(low) != ""
}

// scanSubject tells the subjects that printers write.
func scanSubject(s string) bool {
	low := strings.ToLower(strings.Trim(strings.Join(strings.Fields(s), " "), "[]\"' "))
	for _, p := range []string{
		"scan from", "scanned from", "scanned image", "scanned document", "scanned file", "scan to email", "scan to e-mail", "scan-to-email", "scan data from", "scan job", "scan image", "attached image", "image data from", "message from km", "message from \"rnp", "message from rnp", "message from mfp", "message from bizhub", "message from sharp", "message from ricoh", "message from xerox", "message from canon", "a scan from", "document from", "send data from", "data from ", "untitled",
	} {
		if strings.HasPrefix(low, p) {
			return true
		}
	}
	return low == "scan" || low == "scans" || deviceFile(low+".pdf")
}

// scanText tells the text that printers write: Ricoh, Canon, Konica Minolta,
// Xerox, HP, Kyocera, Sharp.
func scanText(text string) bool {
	low := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, p := range []string{
		"this e-mail was sent from \"", "this e-mail was sent from “", "was scanned and sent to you using", "was scanned and sent", "attached file is scanned", "scanned image in", "scan date:", "number of images:", "attachment file type:", "device name:", "device model:", "sent by: multifunction", "multifunction device", "multifunction printer", "multifunctional", "please open the attached document. it was", "sent from a multi", "this document was digitally sent", "digital sending", "scan to e-mail", "image(s) scanned", "this is a scanned", "queries to:", "resolution: ",
	} {
		if strings.Contains(low, p) {
			return true
		}
	}
	return false
}

// deviceFile tells the names that printers give: SKM_C25826030209150.pdf,
// Scan0001.pdf, 20260302091522.pdf, doc01234520260302.pdf, 0001_202603.tif.
func deviceFile(name string) bool {
	low := strings.ToLower(name)
	if i := strings.LastIndexByte(low, '.'); i > 0 {
		low = low[:i]
	}
	digits := 0
	for i := range len(low) {
		if isDigit(low[i]) {
			digits++
		}
	}
	rest := strings.Trim(low, "0123456789_-() .")
	switch rest {
	case "skm", "kmbt", "km", "rnp", "xrx", "xscan", "sharp", "mfp", "mfd", "smfp":
		return digits >= 4
	case "scan", "scanned", "scan to", "scanneddocument", "scanned document", "scanned from", "doc", "document", "image", "img", "attached image", "untitled":
		return digits >= 2 || rest == "scanned document" || rest == "attached image"
	case "":
		return digits >= 8
	}
	for _, p := range []string{"skm_", "skmbt_", "kmbt_", "kmbt", "sharp_mx", "ricoh_", "xerox", "workcentre", "scanned from", "scan_", "scan-", "rnp0"} {
		if strings.HasPrefix(low, p) {
			return digits >= 4
		}
	}
	return false
}

// numberOf finds the caller in the header of Exchange, the name of the file and
// the first lines.
func (m *message) numberOf(in *tickets.Inbound) string {
	if n := strings.TrimSpace(m.root.header.get("X-CallingTelephoneNumber")); n != "" {
		return cutString(n, 40)
	}
	for i := range in.Parts {
		if isSound(&in.Parts[i]) {
			if n := phoneNumber(in.Parts[i].Name); n != "" {
				return n
			}
		}
	}
	for _, l := range strings.Split(in.Text[:min(len(in.Text), 4000)], "\n") {
		low := strings.ToLower(l)
		if strings.Contains(low, "from") || strings.Contains(low, "caller") || strings.Contains(low, "number") || strings.Contains(low, "call") {
			if n := phoneNumber(l); n != "" {
				return n
			}
		}
	}
	return ""
}

// phoneNumber finds a telephone number: + or 0 and nine to fourteen more digits,
// with spaces, dashes and brackets between. Dates and times are none.
func phoneNumber(s string) string {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '+' && c != '0' && !(c == '(' && i+1 < len(s) && s[i+1] == '0') || i > 0 && (isAlnum(s[i-1]) || s[i-1] == '.' || s[i-1] == '/' || s[i-1] == ':') {
			continue
		}
		digits, end, gap := 0, i, 0
		for j := i; j < len(s) && j-i < 30; j++ {
			switch {
			case isDigit(s[j]):
				digits, end, gap = digits+1, j+1, 0
				continue
			case s[j] == '(' && digits > 0 && !strings.HasPrefix(s[j:], "(0)"): // "01234000111 (17 seconds)"
			case s[j] == '+' && j == i, s[j] == ' ', s[j] == '-', s[j] == '(', s[j] == ')':
				if gap++; gap < 3 {
					continue
				}
			}
			break
		}
		if digits >= 10 && digits <= 15 && (end == len(s) || !isAlnum(s[end])) {
			return strings.TrimSpace(s[i:end])
		}
	}
	return ""
}

// noticeDate reads the time that a notice states behind words such as "Scan
// Date:" and "Received:"; zero when it states none that can be read. Without a zone the
// clock of the machine is taken to be England's.
func noticeDate(text string) time.Time {
	for _, l := range strings.Split(text[:min(len(text), 4000)], "\n") {
		label, v, ok := strings.Cut(l, ":")
		if !ok {
			continue
		}
		switch strings.ToLower(strings.Trim(label, " *\t")) {
		case "scan date", "date", "date and time", "date/time", "time", "received", "message received", "received at", "call received", "when", "called at", "time of call", "date received", "message left", "date & time":
			if t, ok := readTime(v); ok {
				return t
			}
		}
	}
	return time.Time{}
}

func readTime(s string) (time.Time, bool) {
	s = strings.Join(strings.Fields(strings.NewReplacer("(", " ", ")", " ", " at ", " ", ",", " ").Replace(s)), " ")
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		london = time.UTC
	}
	for _, layout := range []string{
		"02.01.2006 15:04:05 -0700", "02.01.2006 15:04:05", "02.01.2006 15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05Z07:00", "2006/01/02 15:04:05", "2006/01/02 15:04",
		"02/01/2006 15:04:05", "02/01/2006 15:04", "2/1/2006 15:04", "02-01-2006 15:04", "2 January 2006 15:04:05", "2 January 2006 15:04", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04",
		"Monday 2 January 2006 15:04", "Mon 2 Jan 2006 15:04:05 -0700", "Mon 2 Jan 2006 15:04:05", "Mon 2 Jan 2006 15:04", "January 2 2006 3:04 PM", "Monday January 2 2006 3:04 PM", "Jan 2 2006 3:04 PM", "02/01/2006 3:04 PM", "2 January 2006 3:04 PM", "Monday 2 January 2006 3:04 PM",
	} {
		if t, err := time.ParseInLocation(layout, s, london); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
