package guard

import (
	"strings"
)

// body is the text of the letter as its reader sees it: the text part, the HTML
// part where it says something else, and both where they differ.
func (m *matter) body() string {
	text := m.l.Text
	if low := strings.ToLower(text); strings.Contains(low, "</") && strings.Contains(low, "<") {
		text = htmlText(text, true)
	}
	if m.l.HTML == "" {
		return text
	}
	page := htmlText(m.l.HTML, true)
	if strings.TrimSpace(text) == "" || runOf(words(page), words(text)) >= 0 {
		return page
	}
	return text + "\n\n" + page
}

// newest is what was written this time: the text without quoted mail. Answers
// between quoted lines and below them belong to it. Rules that weigh who is
// talked to look at nothing else.
func newest(text string) string {
	lines := splitLines(text)
	var out []string
	for i := 0; i < len(lines); i++ {
		l := strings.TrimSpace(lines[i])
		if strings.HasPrefix(l, ">") {
			continue
		}
		if n := attribution(lines, i); n > 0 {
			j := i + n
			for j < len(lines) && strings.TrimSpace(lines[j]) == "" {
				j++
			}
			if j < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[j]), ">") {
				i += n - 1
				continue
			}
			break
		}
		if separator(l) || headerBlock(lines, i) != nil {
			break
		}
		out = append(out, lines[i])
	}
	return strings.Join(out, "\n")
}

func splitLines(text string) []string {
	return strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// unquoteLine is a line without the marks of quoting and of bold type, and how
// often it was quoted.
func unquoteLine(l string) (line string, depth int) {
	l = strings.TrimSpace(l)
	for {
		switch {
		case strings.HasPrefix(l, ">>>"): // GroupWise sets it before and behind names
			return l, depth
		case strings.HasPrefix(l, ">"), strings.HasPrefix(l, "|"):
			depth++
			l = strings.TrimSpace(l[1:])
			continue
		}
		return strings.TrimSpace(strings.ReplaceAll(l, "*", "")), depth
	}
}

// separator reports the lines that mail programs put before a quoted mail.
func separator(l string) bool {
	low := strings.ToLower(strings.Trim(l, "-_* >"))
	for _, s := range []string{"original message", "forwarded message", "begin forwarded message", "forwarded by", "ursprüngliche nachricht", "message d'origine", "mensaje original", "messaggio originale", "oorspronkelijk bericht", "wiadomość oryginalna", "original appointment", "weitergeleitete nachricht", "message transféré"} {
		if strings.HasPrefix(low, s) {
			return true
		}
	}
	return false
}

// fieldOf tells what a line of a quoted header is, in the languages that mail
// programs are set to here: 'f' from, 't' to or cc, 'o' another, 0 none.
func fieldOf(l string) (kind byte, value string) {
	key, value, ok := strings.Cut(l, ":")
	if !ok || len(key) > 24 {
		return 0, ""
	}
	value = strings.TrimSpace(value)
	switch strings.ToLower(strings.TrimSpace(key)) {
	case "from", "von", "de", "da", "van", "od", "fra", "från", "lähettäjä", "expéditeur", "gönderen", "mittente", "remitente", "от", "від", "发件人", "寄件者", "oddo", "sender", "nuo", "prej", "deli":
		return 'f', value
	case "to", "an", "à", "a", "para", "aan", "do", "til", "till", "pour", "kime", "destinataire", "komu", "кому", "收件人", "收件者", "cc", "kopie", "copia", "cópia", "dw", "kopia", "bcc", "vastaanottaja", "kam", "către", "catre", "bilgi", "recipients":
		return 't', value
	case "sent", "date", "subject", "gesendet", "betreff", "envoyé", "objet", "enviado", "asunto", "assunto", "data", "inviato", "oggetto", "verzonden", "onderwerp", "wysłano", "temat", "datum", "sendt", "emne", "ämne", "skickat", "fecha", "konu", "tarih", "тема", "дата", "sent on", "received", "importance", "reply-to", "attachments":
		return 'o', value
	}
	return 0, ""
}

// quotedMail is one quoted mail with the names or addresses of its header.
type quotedMail struct {
	from  string
	to    []string // one string a field; several people may stand in it
	body  string
	inner bool // quoted within somebody else's mail
}

// headerBlock reads the header of a quoted mail that begins at line i; nil when
// none does.
func headerBlock(lines []string, i int) *quotedMail {
	l, _ := unquoteLine(lines[i])
	kind, from := fieldOf(l)
	if kind != 'f' || from == "" {
		return nil
	}
	q := &quotedMail{from: from}
	others, last := 0, i
	for j := i + 1; j < min(len(lines), i+10); j++ {
		n, _ := unquoteLine(lines[j])
		if n == "" && j == i+1 {
			continue
		}
		switch kind, value := fieldOf(n); kind {
		case 't':
			q.to = append(q.to, value)
			others, last = others+1, j
		case 'o':
			others, last = others+1, j
		default:
			if n == "" || others > 0 && j > last+1 {
				j = len(lines)
			}
		}
	}
	q.body = bodyFrom(lines, last+1)
	if others == 0 {
		// "From: Bryony Jewell" alone, over quoted lines.
		if len(words(from)) > 4 || !strings.HasPrefix(strings.TrimSpace(lines[i]), ">") {
			return nil
		}
	}
	return q
}

// attribution reports how many lines from i on are "On Monday X wrote:", in the
// languages that mail programs are set to; 0 when they are not.
func attribution(lines []string, i int) int {
	first, _ := unquoteLine(lines[i])
	if first == "" {
		return 0
	}
	joined := ""
	for n := 1; n <= 3 && i+n <= len(lines); n++ {
		l, _ := unquoteLine(lines[i+n-1])
		if l == "" {
			return 0
		}
		joined = strings.ToLower(strings.TrimSpace(joined + " " + l))
		if strings.HasPrefix(joined, ">>>") && strings.HasSuffix(joined, ">>>") && len(joined) > 8 {
			return n
		}
		if !strings.HasSuffix(joined, ":") || len(joined) > 300 {
			continue
		}
		said := strings.TrimSpace(strings.TrimSuffix(joined, ":"))
		for _, verb := range []string{"wrote", "a écrit", "escribió", "ha scritto", "escreveu", "napisał", "napisała", "napisał(a)", "kirjoitti", "yazdı", "написал", "написав", "a scris", "rašė", "said", "wrote the following", "写道"} {
			if strings.HasSuffix(said, verb) {
				return n
			}
		}
		if head, rest, ok := strings.Cut(said, " wrote "); ok && len(strings.Fields(head)) <= 4 && len(strings.Fields(rest)) <= 8 {
			return n // "Tariq wrote on Monday:"
		}
		for _, verb := range []string{"schrieb ", "schreef ", "skrev ", "het volgende geschreven"} {
			if strings.Contains(" "+said+" ", " "+verb) {
				return n
			}
		}
	}
	return 0
}

// writer is the name or address in an attribution, without when it was.
func writer(who string) string {
	var out []string
	for _, f := range strings.Fields(who) {
		w := words(f)
		if strings.Contains(f, "@") {
			out = append(out, f)
			continue
		}
		if len(w) == 0 || hasDigit(f) || isMonth(w[0]) {
			continue
		}
		switch w[0] {
		case "on", "at", "am", "pm", "wrote", "the", "and", "gmt", "bst", "utc", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "le", "el", "il", "op", "a", "om", "um", "ecrit", "schrieb", "schreef", "escribio", "ha", "scritto", "skrev", "escreveu", "napisal", "yesterday", "today", "this", "morning", "afternoon", "evening", "last", "week", "den", "kl", "dnia":
			continue
		}
		if strings.HasSuffix(w[0], "day") {
			continue
		}
		out = append(out, f)
	}
	return strings.Trim(strings.Join(out, " "), " ,:<>")
}

// bodyFrom are the next lines of a quoted mail, up to the next one.
func bodyFrom(lines []string, i int) string {
	var out []string
	for j := i; j < len(lines) && len(out) < 40; j++ {
		l, _ := unquoteLine(lines[j])
		if kind, _ := fieldOf(l); kind == 'f' && j > i || attribution(lines, j) > 0 || separator(l) {
			break
		}
		out = append(out, l)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// quotedMails lists the quoted mails that say who wrote them. outsider reports a
// writer who is not staff: what stands in her mail she has seen.
func quotedMails(text string, outsider func(string) bool) []quotedMail {
	var out []quotedMail
	lines := splitLines(text)
	within := -1 // depth of an outsider's mail, in which others are quoted
	for i := 0; i < len(lines); i++ {
		_, depth := unquoteLine(lines[i])
		if q := headerBlock(lines, i); q != nil {
			q.inner = within >= 0 && depth > within
			out = append(out, *q)
			if outsider(q.from) {
				within = depth
			} else if within >= depth {
				within = -1
			}
			continue
		}
		if n := attribution(lines, i); n > 0 {
			who := ""
			for _, l := range lines[i : i+n] {
				u, _ := unquoteLine(l)
				who += " " + u
			}
			q := quotedMail{from: writer(who), body: bodyFrom(lines, i+n), inner: within >= 0}
			out = append(out, q)
			if outsider(who) {
				within = depth
			}
			i += n - 1
		}
	}
	return out
}
