package parse

import "strings"

// attribution finds "On Monday Jane wrote:" and its like at line i, which
// programs wrap over several lines. It gives the line behind it, or i when there
// is none.
//
// It asks for evidence, not for one phrase: a beginning that introduces, a date
// or a time, an address, a verb of writing, a colon at the end. Translations
// differ in words and order but not in having most of these.
func (f *folder) attribution(i int) int {
	first := westernDigits(f.at(i))
	if len(first) > 400 || !canBegin(first) {
		return i
	}
	leading := leads(strings.TrimLeft(first, "-*<>[(\"'„“«_ \u200e\u200f")) || isDigit(first[0])
	var b strings.Builder
	for j, n := i, 0; j < len(f.lines) && n < 7; j++ {
		t := westernDigits(f.at(j))
		if t == "" {
			// Some programs put an empty line inside; only one, and only when what
			// stands so far is no sentence of its own.
			if n == 0 || j+1 >= len(f.lines) || !f.dangling(b.String(), f.at(j+1)) {
				return i
			}
			continue
		}
		if n > 0 {
			if t[0] == '>' && !openAngle(b.String()) {
				return i
			}
			if leads(t) && (!leading || evidence(t).date) || !leading && n > 1 {
				return i // the introduction begins further down
			}
			b.WriteByte(' ')
		}
		n++
		b.WriteString(t)
		if b.Len() > 600 || !leading && b.Len() > 250 {
			return i
		}
		if canEnd(t) && isAttribution(b.String(), n) {
			return f.tail(j + 1)
		}
		if endsSentence(t) {
			return i
		}
	}
	return i
}

// canEnd is a cheap test of the last line of an introduction.
func canEnd(t string) bool {
	t = strings.TrimRight(t, " *_-\u00a0\u200e\u200f")
	if t == "" {
		return false
	}
	if c := t[len(t)-1]; c == ':' || c == '>' || strings.HasSuffix(t, "：") || strings.Contains(t, "GMT") || lastWordIsMail(t) {
		return true
	}
	tail := strings.ToLower(t[max(0, len(t)-40):])
	for _, v := range verbs {
		if strings.HasSuffix(tail, v) {
			return true
		}
	}
	return false
}

// tail adds a last line that holds no more than "> wrote:".
func (f *folder) tail(i int) int {
	if i < len(f.lines) {
		if t := strings.Trim(f.at(i), "<> "); strings.HasSuffix(t, ":") && len(t) < 30 && evidence(t).verb {
			return i + 1
		}
	}
	return i
}

// westernDigits writes the digits of other scripts as 0 to 9, so that a date is
// a date in Arabic, Urdu, Bengali, Hindi, Punjabi and Gujarati too.
func westernDigits(s string) string {
	i := 0
	for i < len(s) && s[i] < 0x80 {
		i++
	}
	if i == len(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '०' && r <= '९', r >= '০' && r <= '৯', r >= '੦' && r <= '੯', r >= '૦' && r <= '૯', r >= '௦' && r <= '௯':
			return (r-0x0966)%0x80 + '0'
		case r >= 0x200e && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return -1 // marks of direction
		case r == '\u00a0' || r == '\u202f':
			return ' '
		}
		return r
	}, s)
}

// openAngle says whether an address was begun and not ended.
func openAngle(s string) bool {
	return strings.LastIndexByte(s, '<') > strings.LastIndexByte(s, '>')
}

// dangling says whether an introduction is open: it has a date but no verb yet,
// and the next line is short and brings an address or the end.
func (f *folder) dangling(sofar, next string) bool {
	return evidence(sofar).date && len(next) > 0 && len(next) < 100 && (strings.HasSuffix(next, ":") || strings.HasSuffix(next, "：") || next[0] == '<')
}

func endsSentence(t string) bool {
	return strings.HasSuffix(t, "!") || strings.HasSuffix(t, "?") || strings.HasSuffix(t, "。")
}

// canBegin is a cheap test that most lines of a letter fail.
func canBegin(t string) bool {
	if t == "" {
		return false
	}
	t = strings.TrimLeft(t, "-*<>[(\"'„“«_ \u200e\u200f\u00a0")
	if t == "" {
		return false
	}
	if t[0] >= '0' && t[0] <= '9' {
		return true
	}
	if strings.Contains(t, "@") || strings.HasSuffix(t, ":") || strings.HasSuffix(t, "：") {
		return true
	}
	return leads(t) || hasDigits(t, 4) && (weekday(t) || strings.Contains(t, ":"))
}

// leads says whether a line begins with a word that introduces in some language.
func leads(t string) bool {
	w, _, _ := strings.Cut(t, " ")
	w = strings.ToLower(strings.TrimRight(w, ",:"))
	switch w {
	case "on", "am", "le", "el", "il", "op", "em", "w", "dnia", "den", "på", "d.", "kl", "pada", "vào", "dne", "în", "in", "la", "at", "a", "в", "у", "на", "ob", "dana", "στις", "ב", "בתאריך", "في", "در", "am:", "de", "ter", "ons", "man", "tir", "tor", "fre", "lør", "søn", "mån", "tis", "lör", "sön", "ma", "ti", "ke", "to", "pe", "su", "li", "si", "prije", "2.", "wt", "śr", "czw", "pt", "sob", "niedz", "pon", "ar", "nuo", "zo", "vr", "za", "wo", "di", "do", "от", "вт", "ср", "чт", "пт", "сб", "вс", "пн", "quoting", "citando", "zitat", "citerar", "tarihinde", "بتاريخ", "کو", "ل", "יום", "date", "il giorno", "dia", "no", "na", "am.", "from", "von", "dans", "lun", "mar", "mer", "jeu", "ven", "sam", "dim":
		return true
	}
	return weekday(t)
}

func weekday(t string) bool {
	w, _, _ := strings.Cut(t, " ")
	w = strings.ToLower(strings.Trim(w, ",.:"))
	switch w {
	case "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
		"montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
		"lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica",
		"maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "segunda", "terça", "quarta", "quinta", "sexta",
		"понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье", "poniedziałek", "wtorek", "środa", "czwartek", "piątek", "sobota", "niedziela",
		"måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag", "mandag", "tirsdag", "lørdag", "søndag":
		return true
	}
	return false
}

func hasDigits(t string, n int) bool {
	for i := 0; i < len(t); i++ {
		if t[i] >= '0' && t[i] <= '9' {
			if n--; n == 0 {
				return true
			}
		}
	}
	return false
}

// signs is what speaks for an introduction.
type signs struct {
	date  bool // a day and month, a year or a written date
	time  bool // hh:mm
	email bool
	verb  bool // a verb of writing near the end, or the frame that a language puts around
	colon bool // ends with a colon
	lead  bool // begins as introductions do
}

func evidence(t string) signs {
	var s signs
	low := strings.ToLower(t)
	s.colon = strings.HasSuffix(t, ":") || strings.HasSuffix(t, "：") || strings.HasSuffix(t, ":*") || strings.HasSuffix(t, ": **")
	s.email = strings.Contains(t, "@") && findEmail(t) != ""
	s.lead = leads(strings.TrimLeft(t, "-*<>[(\"'„“«_ \u200e\u200f"))
	digits := 0
	for i := 0; i < len(t); i++ {
		if t[i] < '0' || t[i] > '9' {
			digits = 0
			continue
		}
		if digits++; digits == 4 && (i+1 == len(t) || t[i+1] < '0' || t[i+1] > '9') && (t[i-3] == '1' && t[i-2] == '9' || t[i-3] == '2' && t[i-2] == '0') {
			s.date = true
		}
		if i+3 < len(t) && (t[i+1] == ':' || t[i+1] == '.' || t[i+1] == 'h') && isDigit(t[i+2]) && isDigit(t[i+3]) && (i+4 == len(t) || !isDigit(t[i+4])) {
			if t[i+1] == ':' || t[i+1] == 'h' {
				s.time = true
			}
			if t[i+1] == '.' && i+4 < len(t) && t[i+4] == '.' {
				s.date = true
			}
		}
		if i+4 < len(t) && (t[i+1] == '/' || t[i+1] == '-') && isDigit(t[i+2]) && strings.IndexByte(t[i+3:min(i+5, len(t))], t[i+1]) >= 0 {
			s.date = true
		}
	}
	if strings.Contains(t, "年") && strings.Contains(t, "月") {
		s.date = true
	}
	tail := low
	if len(tail) > 120 {
		tail = tail[len(tail)-120:]
	}
	for _, v := range writingVerbs() {
		if j := strings.LastIndex(tail, v); j >= 0 {
			// As a word, not as a part of one.
			if v[0] < 0x80 && j > 0 && isAlnum(tail[j-1]) {
				continue
			}
			s.verb = true
			break
		}
	}
	return s
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isAttribution weighs the signs of a joined introduction of n lines.
func isAttribution(t string, n int) bool {
	if bare := strings.Trim(t, "- "); len(bare) < len(t)-4 {
		t = bare // "---- On Monday Jane wrote ----"
	}
	t = strings.TrimRight(t, " *_\u00a0\u200e\u200f")
	if t == "" {
		return false
	}
	for _, end := range []string{": -", ":-"} {
		t = strings.TrimSuffix(t, end)
	}
	s := evidence(t)
	if !s.colon {
		// Without a colon the words must end with the verb or the address.
		ends := false
		low := strings.ToLower(t)
		for _, v := range writingVerbs() {
			if strings.HasSuffix(low, v) {
				ends = true
				break
			}
		}
		if !ends && s.date && s.time && s.email && (s.lead || isDigit(t[0])) && (strings.HasSuffix(t, ">") || lastWordIsMail(t)) {
			return n <= 3
		}
		if ends && s.date && (s.lead || s.email) && (s.time || s.email) {
			return true
		}
		return n == 1 && stampOnly(t, s)
	}
	switch {
	case s.verb && s.date && (s.time || s.email || s.lead):
		return true
	case s.verb && s.email && (s.time || s.lead || n <= 2 && len(t) < 160):
		return true
	case s.date && s.email && (s.time || s.lead || isDigit(t[0])):
		return true
	case s.verb && s.time && s.lead:
		return true
	}
	return false
}

// stampOnly tells "2016-03-03 17:21 GMT+01:00 Some One": a full date, a time with
// its zone, and a name, and nothing else.
func stampOnly(t string, s signs) bool {
	if !s.date || !s.time || !isDigit(t[0]) || len(t) > 90 || !strings.Contains(t, "GMT") {
		return false
	}
	return len(strings.Fields(t)) <= 8 && !strings.ContainsAny(t, "?!;")
}

func lastWordIsMail(t string) bool {
	return strings.Contains(t[strings.LastIndexByte(t, ' ')+1:], "@")
}

// writingVerbs are the words that end an introduction, in lower case.
func writingVerbs() []string { return verbs[:] }

var verbs = [...]string{
	"wrote", "writes", "schrieb", "geschrieben", "schrieben", "a écrit", "a ecrit", "écrit", "escribió", "escribio", "ha escrit", "va escriure", "escreveu", "ha scritto", "scrive", "schreef", "geschreven",
	"napisał", "napisała", "napisał(a)", "napisal", "napisała/napisał", "pisze", "skrev", "skrev følgende", "kirjoitti", "пишет", "написал", "написала", "писал", "написав", "пише", "написа", "写道", "寫道", "写了", "寫了", "のメール", "書きました", "작성", "wrote the following",
	"yazdı", "şunu yazdı", "a scris", "كتب", "كتبت", "نوشت", "נכתב", "כתב", "כתבה", "írta", "ezt írta", "έγραψε", "napsal", "napsal(a)", "napísal", "je napisao", "je napisala", "je napisal", "menulis", "đã viết", "rašė", "rakstīja", "kirjutas", "has written", "লিখেছেন", "लिखा", "نے لکھا", "ha scritto nel messaggio", "schreef op", "schreef het volgende", "het volgende geschreven", "scríobh", "ysgrifennodd", "shkroi", "ส่ง", "เขียนว่า", "na wrote", "escribe", "escreve", "skriver", "responded", "replied", "пользователь",
}

// originalWords begin the line that stands between dashes above earlier mail.
func originalWords() []string { return originals[:] }

var originals = [...]string{
	"original message", "original nachricht", "originalnachricht", "ursprüngliche nachricht", "ursprungliche nachricht", "weitergeleitete nachricht", "original-nachricht", "message d'origine", "message original", "message d’origine", "mensaje original", "mensagem original", "messaggio originale", "oorspronkelijk bericht", "origineel bericht", "oorspronkelijk e-mailbericht",
	"wiadomość oryginalna", "oryginalna wiadomość", "wiadomosc oryginalna", "originalmeddelande", "ursprungligt meddelande", "ursprungsmeddelande", "original meddelelse", "oprindelig meddelelse", "oprindelig besked", "opprinnelig melding", "opprinnelig e-post", "original melding", "alkuperäinen viesti", "исходное сообщение", "исходное письмо", "пересылаемое сообщение", "оригинальное сообщение", "перенаправленное сообщение", "вихідне повідомлення",
	"原始邮件", "原始郵件", "原始邮件信息", "转发邮件", "转发的邮件", "元のメッセージ", "original e-mail", "original email", "原邮件", "원본 메시지", "원본 메일", "özgün ileti", "orijinal mesaj", "orjinal mesaj", "mesaj original", "mesajul original", "mesaj iniţial", "mesaj inițial", "الرسالة الأصلية", "رسالة أصلية", "پیام اصلی", "اصل پیغام", "মূল বার্তা", "הודעה מקורית", "eredeti üzenet", "αρχικό μήνυμα", "původní zpráva", "původní e-mail", "pôvodná správa", "izvorna poruka", "izvirno sporočilo", "pesan asli", "neges wreiddiol", "algne kiri",
	"forwarded message", "forwarded by", "weitergeleitete", "message transféré", "message transfere", "mensaje reenviado", "mensagem encaminhada", "mensagem reencaminhada", "messaggio inoltrato", "doorgestuurd bericht", "wiadomość przekazana", "treść przekazanej wiadomości", "vidarebefordrat", "videresendt", "välitetty viesti", "iletilmiş mesaj", "yönlendirilmiş", "mesaj redirecționat", "转发的信息", "轉寄", "転送", "přeposlaná zpráva", "továbbított üzenet", "رسالة معاد توجيهها", "הודעה שהועברה", "reply message", "reply above this line", "please reply above", "original msg", "replied message", "回复的原邮件", "original appointment", "ursprünglicher termin",
}
